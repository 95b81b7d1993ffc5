"""The plant obeys physics, says something for every tag, and is the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from tests.twin.simulation.stations import START, column, frames_of, plant, reference, run, small
from twin.errors import StationError
from twin.plant.reading import parse
from twin.signals import Frame, Quality
from twin.simulation.plant import Plant
from twin.simulation.scenario import Scenario

DUTY = ("P101", "P102", "P103")


@pytest.fixture(scope="module")
def healthy() -> list[Frame]:
    return list(frames_of("healthy"))


def test_every_tag_of_the_reference_station_has_a_value_in_its_range(healthy: list[Frame]) -> None:
    tags = reference().tags
    for frame in healthy:
        wrong = [tags[i].name for i in np.flatnonzero(frame.quality != Quality.GOOD)]
        assert not wrong
        assert np.isfinite(frame.values).all()
    low, high = np.array([t.low for t in tags]), np.array([t.high for t in tags])
    values = np.array([frame.values for frame in healthy])
    assert ((values >= low) & (values <= high)).all()


def test_every_value_is_a_multiple_of_what_its_transmitter_can_say(healthy: list[Frame]) -> None:
    step = np.array([tag.step for tag in reference().tags])
    fine = step > 0
    codes = healthy[-1].values[fine] / step[fine]
    assert np.allclose(codes, np.round(codes), atol=1e-6)


def test_no_limit_is_broken_in_healthy_running_except_by_standing_pumps(healthy: list[Frame]) -> None:
    standing = {pump.id for pump in reference().pumps if pump.standby}
    for i, tag in enumerate(reference().tags):
        if tag.equipment in standing:
            continue
        value = np.mean([frame.values[i] for frame in healthy])
        assert tag.limits.high is None or value < tag.limits.high, tag.name
        assert tag.limits.low is None or value > tag.limits.low, tag.name


def test_pump_flows_add_up_to_what_the_headers_pass(healthy: list[Frame]) -> None:
    for header, pumps in (("SUPPLY", "1"), ("RETURN", "2")):
        total = sum(column(healthy, f"P{pumps}0{n}", "pump_flow").mean() for n in (1, 2, 3, 4))
        for side in ("inlet_flow_a", "inlet_flow_b", "outlet_flow_a", "outlet_flow_b"):
            assert column(healthy, header, side).mean() == pytest.approx(total, rel=0.012)


def test_a_standby_has_no_flow_no_speed_and_no_power(healthy: list[Frame]) -> None:
    for pump in ("P104", "P204"):
        for measures in ("pump_flow", "shaft_speed", "motor_active_power", "motor_current_u", "running"):
            assert not column(healthy, pump, measures).any()
        assert column(healthy, pump, "ready").all()
        assert column(healthy, pump, "check_valve_closed").all()


def test_power_is_what_the_water_takes_divided_by_the_efficiencies(healthy: list[Frame]) -> None:
    for pump in ("P101", "P202"):
        flow = column(healthy, pump, "pump_flow").mean() / 3600.0
        rise = column(healthy, pump, "discharge_pressure").mean() - column(healthy, pump, "suction_pressure").mean()
        power = column(healthy, pump, "motor_active_power").mean() * 1e3
        efficiency = flow * rise * 1e6 / power
        assert 0.86 * 0.955 < efficiency < 0.89 * 0.97


def test_currents_give_the_power_at_the_voltage(healthy: list[Frame]) -> None:
    current = np.mean([column(healthy, "P101", f"motor_current_{phase}") for phase in "uvw"])
    voltage = column(healthy, "VFD101", "output_voltage").mean() * 1e3
    apparent = np.sqrt(3.0) * voltage * current
    factor = column(healthy, "P101", "motor_active_power").mean() * 1e3 / apparent
    assert 0.75 < factor < 0.92
    assert column(healthy, "VFD101", "output_current").mean() == pytest.approx(current, rel=0.01)


def test_what_the_drives_draw_is_what_cubicles_and_incomers_measure(healthy: list[Frame]) -> None:
    feeders = 0.0
    for cubicle, pump in (("H01", "P101"), ("H02", "P102"), ("H03", "P103")):
        feeder = column(healthy, cubicle, "feeder_power").mean()
        assert feeder == pytest.approx(column(healthy, pump, "motor_active_power").mean() / 0.968, rel=0.01)
        feeders += feeder
    station = column(healthy, "H11", "feeder_power").mean()
    assert station == pytest.approx(column(healthy, "ST1", "lv_power").mean() / 0.985, rel=0.01)
    incomer = column(healthy, "T1", "incomer_active_power").mean() * 1e3
    assert 0.0 < incomer - feeders - station < 0.015 * incomer


def test_speed_follows_frequency_and_the_circuit_keeps_its_flow(healthy: list[Frame]) -> None:
    assert column(healthy, "P102", "shaft_speed").mean() == pytest.approx(
        990.0 * column(healthy, "VFD102", "frequency_output").mean() / 50.0, rel=1e-3
    )
    assert column(healthy, "SUPPLY", "outlet_flow_b").mean() == pytest.approx(0.985 * 19500.0, rel=0.01)


def test_hours_and_totals_only_grow() -> None:
    of_plant = plant()
    frames = run(of_plant, 190)
    for equipment, measures in (("P101", "run_hours"), ("MU", "total")):
        assert (np.diff(column(frames, equipment, measures)) >= 0.0).all()
    hours = column(frames, "P101", "run_hours")
    assert hours[-1] - hours[0] == pytest.approx(180 / 3600.0, abs=0.11)


def test_slow_tags_hold_their_value_between_reports() -> None:
    frames = run(plant(), 61)
    conductivity = column(frames, "WQ-S", "conductivity")
    assert len(set(conductivity[:60])) == 1
    assert conductivity[60] != conductivity[0]


def test_the_same_seed_gives_the_same_frames_and_another_gives_others() -> None:
    first, again, other = (run(plant("drive_trip", seed), 70) for seed in (1, 1, 2))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.values, two.values)
        assert one.poses == two.poses
        assert one.events == two.events
    assert not np.array_equal(first[-1].values, other[-1].values)


def test_the_machines_as_built_are_the_same_in_every_run() -> None:
    one, other = run(plant(seed=1), 60), run(plant(seed=2), 60)
    for pump in DUTY:
        power = [column(frames, pump, "motor_active_power").mean() for frames in (one, other)]
        assert power[0] == pytest.approx(power[1], rel=0.01)


def test_a_state_that_is_restored_goes_on_bit_for_bit() -> None:
    of_plant = plant("demo")
    run(of_plant, 30)
    kept = of_plant.state()
    first = run(of_plant, 100)
    of_plant.restore(kept)
    again = run(of_plant, 100)
    another = plant("demo", seed=9)
    another.restore(kept)
    elsewhere = run(another, 100)
    for one, two, three in zip(first, again, elsewhere, strict=True):
        np.testing.assert_array_equal(one.values, two.values)
        np.testing.assert_array_equal(one.values, three.values)
        np.testing.assert_array_equal(one.quality, two.quality)
        assert one.poses == two.poses


def test_the_smallest_station_runs_and_says_nothing_for_what_it_has_not() -> None:
    of_plant = Plant(small(), 1, START)
    frame = run(of_plant, 5)[-1]
    assert frame.values[0] == pytest.approx(98.5, rel=0.02)
    assert 10.0 < frame.values[1] < 14.0
    assert frame.quality[2] == Quality.MISSING
    assert np.isnan(frame.values[2])
    assert of_plant.silent == ("X",)


def test_a_station_without_pumps_cannot_be_simulated() -> None:
    bare = parse('format = "pumphouse-station"\nversion = 1\nstation = {id = "BARE"}\n')
    with pytest.raises(StationError, match="has no pump"):
        Plant(bare)


def test_a_rotation_starts_one_pump_before_it_stops_the_other() -> None:
    frames = run(plant("duty-rotation"), 400)
    starting, stopping = column(frames, "P104", "shaft_speed"), column(frames, "P101", "shaft_speed")
    assert starting[60] == 0.0
    assert starting[-1] == pytest.approx(column(frames, "P102", "shaft_speed")[-1], rel=1e-3)
    assert stopping[-1] == 0.0
    assert stopping[np.argmax(starting > 900.0) - 20] > 900.0
    assert (np.diff(starting[60:200]) < 11.0).all()  # the drive's ramp: 0.5 Hz/s
    total = sum(column(frames, f"P10{n}", "pump_flow") for n in (1, 2, 3, 4))
    assert total.min() > 0.95 * total[:60].mean()
    assert column(frames, "P101", "discharge_valve_closed")[-1] == 1.0
    assert [event.kind for frame in frames for event in frame.events] == ["operation"]


def test_speed_and_flow_follow_their_set_points() -> None:
    moved = Scenario.model_validate(
        {
            "name": {"en": "set-points"},
            "duration_s": 240,
            "happenings": [
                {"at": 10, "operation": "speed", "on": "return", "value": 45, "ramp_s": 20},
                {"at": 10, "operation": "flow", "on": "supply", "value": 19000, "ramp_s": 20},
            ],
        }
    )
    frames = run(Plant(reference(), 3, START, moved), 240)
    assert column(frames, "P201", "shaft_speed")[-60:].mean() == pytest.approx(45.0 / 50.0 * 990.0, rel=2e-3)
    flow = column(frames, "SUPPLY", "outlet_flow_b")
    assert flow[-60:].mean() < flow[:10].mean() - 100.0
    assert column(frames, "VFD101", "frequency_setpoint")[-1] < column(frames, "VFD101", "frequency_setpoint")[0] - 0.5
