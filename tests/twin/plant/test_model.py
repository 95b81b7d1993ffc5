"""The pump-curve model: what it expects of a pump, and what it says where it knows too little."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.detectors.plant import Plant
from twin.plant.binding import Binding, middle
from twin.plant.model import PumpModel
from twin.plant.reading import Station, read
from twin.signals import Frame, Quality, TagTable


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


@pytest.fixture(scope="module")
def frame(station: Station) -> Frame:
    return Plant(station, 0, head_spread=0.0, meter_spread=0.0, noise=0.0).frame()


def with_value(station: Station, frame: Frame, equipment: str, measures: str, value: float) -> Frame:
    values = frame.values.copy()
    values[station.tags.measuring(equipment, measures)] = value
    return Frame(frame.at, values, frame.quality)


def test_a_pump_on_its_calibrated_curve_has_the_head_expected_of_it(station: Station, frame: Frame) -> None:
    for pump, state in zip(station.pumps, PumpModel(station).step(frame).states(), strict=True):
        if state.running:
            assert pump.calibration is not None
            expected = state.expected_head / pump.calibration.head_scale
            assert state.head == pytest.approx(expected, rel=0.01)


def test_electrical_power_covers_shaft_and_motor_losses(station: Station, frame: Frame) -> None:
    state = PumpModel(station).step(frame).states()[0]
    hydraulic = 943.1 * 9.80665 * state.flow * state.head
    assert 0.80 < hydraulic / state.expected_power < 0.88


def test_a_stopped_pump_is_expected_to_do_nothing(station: Station, frame: Frame) -> None:
    state = PumpModel(station).step(frame).states()[3]
    assert not state.running
    assert np.isnan([state.expected_head, state.expected_power, state.npsh_required]).all()


def test_npsh_available_is_that_of_the_hot_water_at_the_suction(station: Station, frame: Frame) -> None:
    supply, back = (PumpModel(station).step(frame).states()[i] for i in (0, 4))
    assert supply.npsh_available == pytest.approx((0.608e6 + 101_325 - 198.7e3) / (943.1 * 9.80665), rel=0.01)
    assert back.npsh_available == pytest.approx((0.438e6 + 101_325 - 4.25e3) / (995.7 * 9.80665), rel=0.01)
    assert supply.npsh_required == pytest.approx(8.6, rel=0.1)


def test_a_bad_value_is_not_used(station: Station, frame: Frame) -> None:
    quality = frame.quality.copy()
    quality[station.tags.measuring("P101", "pump_flow")] = Quality.BAD
    state = PumpModel(station).step(Frame(frame.at, frame.values, quality)).states()[0]
    assert np.isnan(state.flow)
    assert np.isnan(state.expected_head)


def test_a_pump_without_a_speed_signal_takes_its_drives_frequency(station: Station, frame: Frame) -> None:
    state = PumpModel(station).step(with_value(station, frame, "P101", "shaft_speed", np.nan)).states()[0]
    assert state.speed == pytest.approx(1.0)
    assert np.isfinite(state.expected_head)


def test_a_pump_without_a_running_signal_runs_when_it_turns(station: Station, frame: Frame) -> None:
    model = PumpModel(station)
    assert model.step(with_value(station, frame, "P101", "running", np.nan)).states()[0].running
    assert not model.step(with_value(station, frame, "P104", "running", np.nan)).states()[3].running


def test_beyond_its_last_point_a_curve_says_nothing(station: Station, frame: Frame) -> None:
    state = PumpModel(station).step(with_value(station, frame, "P101", "pump_flow", 9500.0))
    assert not state.in_range[0]
    assert state.in_range[1]


def test_slopes_at_the_rated_point_are_those_of_the_fault_catalogue(station: Station) -> None:
    head_flow, head_speed, power_flow, power_speed = PumpModel(station).slopes()[:, 0]
    assert -3.0 * head_flow == pytest.approx(2.0, abs=0.3)  # flow meter + 3 %: rH + 2.0
    assert -3.0 * power_flow == pytest.approx(-1.0, abs=0.4)  # and rP - 1.0
    assert -head_speed == pytest.approx(-2.7, abs=0.3)  # speed sensor + 1 %: rH - 2.7
    assert -power_speed == pytest.approx(-2.6, abs=0.4)  # and rP - 2.6


def test_a_falling_curve_is_less_steep_where_a_slow_pump_stands(station: Station) -> None:
    model = PumpModel(station)
    half = np.full(len(model.pumps), 0.5)
    rated, slow = model.slopes(), model.slopes(half * model.rated_flow, half)
    assert slow[0] == pytest.approx(0.5 * rated[0], rel=0.05)  # H = A - B·Q²
    assert slow[1] == pytest.approx(0.5 * rated[1], rel=0.05)  # and both go with the square of speed
    assert slow[2:] == pytest.approx(0.25 * rated[2:], rel=0.15)  # power by its cube


def test_what_is_not_measured_is_said_to_be_unchecked(station: Station) -> None:
    assert Binding(station).unchecked == ()
    kept = TagTable(tag for tag in station.tags if tag.measures != "inlet_strainer_differential_pressure")
    (said,) = Binding(station, kept).unchecked
    assert "strainer loss" in said.en
    assert "every pump" in said.en
    assert "滤网" in said.zh


@pytest.mark.parametrize(
    ("column", "expected"), [([3.0, 1.0, 2.0], 2.0), ([np.nan, 1.0, 2.0], 1.5), ([np.nan, np.nan, 4.0], 4.0)]
)
def test_the_middle_leaves_out_what_is_missing(column: list[float], expected: float) -> None:
    assert middle(np.array(column)[:, None])[0] == expected


def test_the_middle_of_nothing_is_unknown() -> None:
    assert np.isnan(middle(np.full((3, 1), np.nan))[0])
