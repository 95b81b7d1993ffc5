"""Thermometers of one body: what warms all shows in their middle one, what moves one does not."""

from __future__ import annotations

import numpy as np

from twin.detectors.cusum import Cusum
from twin.detectors.pools import Pools

K, H = 1.0, 10.0
MANY = 6
SPREAD = 0.12  # K


def run(rise: np.ndarray, seconds: int, told: float = 1.0) -> tuple[Pools, Cusum, list[int], list[int]]:
    """Six windings and a bearing, that all rise (7,) a second; when the windings cross together, and when each does."""
    chance = np.random.default_rng(5)
    pools, each = Pools([range(MANY)], MANY + 1, K, H), Cusum(MANY + 1, K, H)
    together, alone = [], []
    for second in range(seconds):
        innovation = rise * second + chance.normal(0.0, SPREAD, MANY + 1)
        heard = chance.random(MANY + 1) < told
        pools.step(float(second), innovation, np.zeros(MANY + 1), np.full(MANY + 1, SPREAD), heard)
        each.step(float(second), innovation / SPREAD, heard)
        together += [second] * bool(pools.warmer()[0])
        alone += [second] * bool(each.crossed[:MANY].sum() > 1)
    return pools, each, together, alone


def test_what_warms_all_is_seen_sooner_together_than_by_any_two() -> None:
    _, _, together, alone = run(np.full(MANY + 1, 0.005), 120)
    assert together[0] < 0.8 * alone[0]


def test_one_that_drifts_alone_warms_no_body() -> None:
    drifting = np.zeros(MANY + 1)
    drifting[2] = 0.02
    pools, each, together, _ = run(drifting, 200)
    assert each.crossed[2]
    assert not together
    assert pools.below(0.9).all()


def test_lost_samples_delay_little() -> None:
    _, _, whole, _ = run(np.full(MANY + 1, 0.005), 120)
    _, _, lossy, _ = run(np.full(MANY + 1, 0.005), 120, told=0.9)
    assert lossy[0] <= whole[0] + 5


def test_a_thermometer_of_no_group_is_left_to_itself() -> None:
    pools, _, together, _ = run(np.full(MANY + 1, 0.01), 100)
    assert together
    assert not pools.warmer()[MANY]
    assert pools.below(0.1)[MANY]


def test_two_thermometers_are_no_group() -> None:
    pools = Pools([[0, 1]], 2, K, H)
    for second in range(50):
        pools.step(float(second), np.full(2, 9.0), np.zeros(2), np.full(2, SPREAD), np.ones(2, dtype=bool))
    assert not pools.warmer().any()
