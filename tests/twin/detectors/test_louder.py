"""Machines that shake more than their sisters from the first look on."""

from __future__ import annotations

import numpy as np
import pytest

from twin.detectors.louder import LOOKS, Louder
from twin.signals import Floats

MACHINES, POINTS, VELOCITIES = 5, 11, 9


def strange(levels: Floats, looks: int = LOOKS + 3, louder: Louder | None = None) -> list[int]:
    """Which are strange after so many looks at levels (n, 11) in mm/s and g."""
    louder = louder or Louder(MACHINES, POINTS, VELOCITIES)
    for _ in range(looks):
        found = louder.step(levels, 100.0 * np.log(levels), np.ones(levels.shape, dtype=bool))
    return np.flatnonzero(found).tolist()


@pytest.fixture
def levels() -> Floats:
    """As machines of one kind are built: between 1.3 and 2.4 mm/s, 0.6 and 1 g."""
    chance = np.random.default_rng(3)
    return np.hstack([chance.uniform(1.3, 2.4, (MACHINES, 9)), chance.uniform(0.6, 1.0, (MACHINES, 2))])


def test_machines_as_they_are_built_are_not_strange(levels: Floats) -> None:
    assert not strange(levels)


def test_one_beyond_its_zone_and_its_sisters_is_strange_but_not_before_it_is_known(levels: Floats) -> None:
    levels[2, 4] = 5.4
    assert not strange(levels, LOOKS - 1)
    assert strange(levels) == [2]


def test_what_is_within_its_zone_may_be_louder(levels: Floats) -> None:
    levels[2, 4] = 4.8
    assert not strange(levels)


def test_all_alike_are_built_so(levels: Floats) -> None:
    assert not strange(3.0 * levels)


def test_an_envelope_needs_no_zone(levels: Floats) -> None:
    levels[3, 10] = 3.2
    assert strange(levels) == [3]


def test_it_ends_when_the_machine_is_quiet_again(levels: Floats) -> None:
    louder, broken = Louder(MACHINES, POINTS, VELOCITIES), levels.copy()
    broken[1, 0] = 9.0
    assert strange(broken, louder=louder) == [1]
    assert not strange(levels, 60, louder)


def test_what_grows_later_is_left_to_those_who_know_what_it_was(levels: Floats) -> None:
    louder = Louder(MACHINES, POINTS, VELOCITIES)
    strange(levels, 60, louder)
    levels[2, 4] = 8.0
    assert not strange(levels, 60, louder)


def test_one_without_sisters_is_compared_with_nobody() -> None:
    assert not strange(np.full((1, POINTS), 9.0), louder=Louder(1, POINTS, VELOCITIES))
