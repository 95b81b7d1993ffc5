"""The model foretells real pumps it was not made for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.twin.plant import real_pumps


@pytest.fixture
def folder(shared_data: Path) -> Path:
    return shared_data / "pump_curves"


def test_least_speed_follows_from_greatest_speed_by_the_affinity_laws(folder):
    errors = {
        pump: real_pumps.error_at_least_speed(fastest, slowest)
        for pump, (fastest, slowest) in real_pumps.envelopes(folder).items()
    }
    median = float(np.median(list(errors.values())))
    for pump, error in errors.items():
        print(f"{pump:24} {error:6.1%}")
    print(f"{'median':24} {median:6.1%} of the highest head at least speed")
    assert median <= 0.042


def test_head_and_power_of_a_real_pump_follow_from_its_other_points(folder):
    pairs = [real_pumps.errors_leaving_one_out(sheet) for sheet in real_pumps.sheets(folder).values()]
    head, power = (np.concatenate([pair[i] for pair in pairs]) for i in (0, 1))
    assert np.median(np.abs(head)) < 0.02
    assert np.median(np.abs(power)) < 0.02
