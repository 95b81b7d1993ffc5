"""Transmitters say what is true within their class, in the steps and the range they have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import START, column, frames_of
from twin.plant.reading import parse
from twin.signals import Quality
from twin.simulation import instruments
from twin.simulation.effects import Effects
from twin.simulation.layout import Layout, layout_of

STATION = """
format = "pumphouse-station"
version = 1
station = {id = "T"}
tags = [
  {name = "P", unit = "MPa", range = [0, 2.5], step = 0.0001},
  {name = "Q", unit = "m3/h", range = [0, 10000], step = 0.2},
  {name = "T", unit = "°C", range = [0, 150]},
  {name = "S", unit = "m3/h", range = [0, 10000], period = 10},
]
"""


@pytest.fixture
def layout() -> Layout:
    return layout_of(parse(STATION))


def said(layout: Layout, true: list[float], seconds: int, effects: Effects | None = None) -> tuple[np.ndarray, ...]:
    kit = instruments.transmitters(layout)
    lot = np.random.default_rng(1)
    memory = instruments.first(layout.station.tags, lot)
    acts = effects or Effects.none(layout)
    rows = [instruments.step(memory, np.array(true), kit, acts, lot, k) for k in range(seconds)]
    return np.array([values for values, _ in rows]), np.array([quality for _, quality in rows])


def test_a_transmitter_is_right_within_its_class(layout: Layout) -> None:
    values, quality = said(layout, [1.2e6, 1.8, 393.15, 1.8], 400)
    assert (quality == Quality.GOOD).all()
    assert values[:, 0].mean() == pytest.approx(1.2, abs=0.00075 * 2.5)
    assert values[:, 0].std() == pytest.approx(2e-4 * 2.5, rel=0.2)
    assert values[:, 1].mean() == pytest.approx(6480.0, rel=0.01)
    assert values[:, 1].std() == pytest.approx(0.003 * 6480.0, rel=0.2)
    assert values[:, 2].mean() == pytest.approx(120.0, abs=0.3)


def test_a_fixed_error_belongs_to_the_transmitter_and_not_to_the_run(layout: Layout) -> None:
    one, other = instruments.transmitters(layout), instruments.transmitters(layout)
    np.testing.assert_array_equal(one.zero, other.zero)
    np.testing.assert_array_equal(one.gain, other.gain)


def test_over_its_range_a_value_is_held_at_the_end_and_bad(layout: Layout) -> None:
    values, quality = said(layout, [3.0e6, 4.0, 300.0, 0.0], 3)
    assert (values[:, :2] == [2.5, 10000.0]).all()
    assert (quality[:, :2] == Quality.BAD).all()
    assert (quality[:, 2:] == Quality.GOOD).all()


@pytest.mark.parametrize(
    ("pressure", "held", "expected"),
    [
        (2.5 + 0.029 * 2.5, 2.5, Quality.GOOD),  # 20.46 mA
        (2.5 + 0.034 * 2.5, 2.5, Quality.BAD),  # 20.54 mA
        (-0.011 * 2.5, 0.0, Quality.GOOD),  # 3.82 mA
        (-0.014 * 2.5, 0.0, Quality.BAD),  # 3.78 mA
    ],
)
def test_beyond_its_range_a_signal_lives_within_the_bounds_of_namur_ne_43(
    layout: Layout, pressure: float, held: float, expected: Quality
) -> None:
    values, quality = said(layout, [pressure * 1e6, 0.0, 300.0, 0.0], 50)
    assert (values[:, 0] == held).all()
    assert (quality[:, 0] == expected).all()


@given(st.sampled_from([0.0, 2.5e6]), st.integers(0, 9))
def test_noise_alone_never_makes_a_signal_at_the_end_of_its_range_bad(pressure: float, seed: int) -> None:
    station = layout_of(parse(STATION))
    lot = np.random.default_rng(seed)
    kit, memory, acts = (
        instruments.transmitters(station),
        instruments.first(station.station.tags, lot),
        Effects.none(station),
    )
    for second in range(50):
        _, quality = instruments.step(memory, np.array([pressure, 0.0, 273.15, 0.0]), kit, acts, lot, second)
        assert (quality == Quality.GOOD).all()


def test_a_slow_transmitter_speaks_only_now_and_then(layout: Layout) -> None:
    values, _ = said(layout, [1e6, 1.8, 300.0, 1.8], 30)
    assert len(set(values[:, 3])) == 3
    assert len(set(values[:10, 3])) == 1


def test_what_is_not_there_is_missing(layout: Layout) -> None:
    values, quality = said(layout, [np.nan, 1.8, 300.0, 1.8], 2)
    assert np.isnan(values[:, 0]).all()
    assert (quality[:, 0] == Quality.MISSING).all()


def test_an_offset_is_added_to_what_is_said(layout: Layout) -> None:
    effects = Effects.none(layout)
    effects.sensor_offset[0] = 0.004
    healthy, _ = said(layout, [1e6, 1.8, 300.0, 1.8], 20)
    biased, _ = said(layout, [1e6, 1.8, 300.0, 1.8], 20, effects)
    np.testing.assert_allclose(biased[:, 0] - healthy[:, 0], 0.01, atol=1.01e-4)
    np.testing.assert_array_equal(biased[:, 1:], healthy[:, 1:])


def test_sister_transmitters_differ_a_little_and_always_alike() -> None:
    frames = frames_of("healthy")
    a, b, c = (column(frames, "SUPPLY", f"inlet_pressure_{letter}") for letter in "abc")
    assert 1e-5 < abs(a.mean() - b.mean()) < 2.0 * 0.00075 * 2.5
    assert abs((a - b)[:60].mean() - (a - b)[60:].mean()) < 4e-4
    assert len({round(float(x.mean()), 5) for x in (a, b, c)}) == 3
    assert frames[0].at == START
