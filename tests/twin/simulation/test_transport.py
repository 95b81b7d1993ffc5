"""Plug flow: what enters a main leaves it once the main's volume has followed, and no heat is made or lost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twin.signals import Floats
from twin.simulation import transport
from twin.simulation.transport import Contents, Mains

COLD, WARM = 330.0, 390.0
VOLUME = np.array([1000.0, 400.0])


def of_two(warmth: float = COLD) -> tuple[Mains, Contents]:
    """Two mains of 100 cells full of water of one temperature."""
    it = transport.mains(VOLUME, np.array([2.5, 0.5]))
    return it, transport.filled(it, np.full((2, it.cells + 1), warmth))


def flow(it: Mains, held: Contents, volume: float, far: float, near: float) -> transport.Leaving:
    both = np.full(2, 1.0)
    return transport.advance(it, held, volume * both, far * both, near * both)


def test_warmer_water_arrives_once_the_volume_of_the_main_has_followed() -> None:
    it, held = of_two()
    arrived: list[Floats] = [flow(it, held, 5.0, WARM, COLD).near for _ in range(240)]
    for main, volume in enumerate(VOLUME):
        at = np.array([near[main] for near in arrived])
        followed = 5.0 * (np.arange(at.size) + 1)
        cell = it.cell[main]
        assert (at[followed <= volume - cell] == COLD).all()
        np.testing.assert_allclose(at[followed >= volume + 5.0 + cell], WARM)


def test_water_that_turns_back_brings_what_it_took_with_it() -> None:
    it, held = of_two()
    flow(it, held, 300.0, WARM, COLD)
    back = flow(it, held, -250.0, WARM, COLD)
    np.testing.assert_allclose(back.far, WARM)
    assert np.isnan(back.near).all()


def test_water_that_stands_is_not_told_of() -> None:
    it, held = of_two()
    left = flow(it, held, 0.0, WARM, WARM)
    assert np.isnan(left.far).all()
    assert np.isnan(left.near).all()


@example([5e-324], [280.0])  # next to nothing moves nothing
@given(
    st.lists(st.floats(-700.0, 700.0), min_size=1, max_size=30),
    st.lists(st.floats(280.0, 400.0), min_size=1, max_size=30),
)
def test_heat_that_enters_is_in_the_main_or_has_left_it(moves: list[float], temperatures: list[float]) -> None:
    it, held = of_two()
    before = transport.content(it, held)
    entered = np.zeros(2)
    for i, volume in enumerate(moves):
        far, near = temperatures[i % len(temperatures)], temperatures[-(i % len(temperatures)) - 1]
        left = flow(it, held, volume, far, near)
        if np.isfinite(left.near).all():
            entered += volume * (far - left.near)
        elif np.isfinite(left.far).all():
            entered += -volume * (near - left.far)
    after = transport.content(it, held)
    np.testing.assert_allclose(after - before, entered, atol=1e-9 * before.max())


@given(st.lists(st.floats(-700.0, 700.0), min_size=1, max_size=30))
def test_no_water_is_warmer_or_colder_than_what_there_was(moves: list[float]) -> None:
    it, held = of_two()
    for volume in moves:
        flow(it, held, volume, WARM, COLD)
    assert held.warmth.min() >= COLD - 1e-9
    assert held.warmth.max() <= WARM + 1e-9
    assert ((held.part >= 0.0) & (held.part <= 1.0)).all()


def test_an_insulated_main_loses_a_kelvin_on_forty_kilometres() -> None:
    after = transport.cooled(np.array([393.15]), 283.15, np.array([40e3 / 2.5]))
    assert 393.15 - after[0] == pytest.approx(1.0, rel=0.01)


def test_cooling_in_steps_is_cooling_at_once() -> None:
    it, held = of_two(WARM)
    for _ in range(50):
        transport.cool(held, 283.15, 5.0)
    expected = transport.cooled(np.array([WARM]), 283.15, np.array([250.0]))
    np.testing.assert_allclose(held.warmth, expected[0], rtol=1e-12)
    assert transport.content(it, held) == pytest.approx(VOLUME * expected[0])


def test_what_stands_along_a_main_is_what_entered_so_much_volume_ago() -> None:
    it, held = of_two()
    flow(it, held, 0.0, COLD, COLD)
    for i in range(80):
        transport.advance(it, held, VOLUME / 100.0, np.full(2, 300.0 + i), np.full(2, COLD))
    both = np.array([0, 1])
    for share in (0.105, 0.405, 0.705):
        np.testing.assert_allclose(transport.along(it, held, both, np.full(2, share)), 379.0 - (100 * share // 1))
    assert (transport.along(it, held, both, np.full(2, 0.9)) == COLD).all()
