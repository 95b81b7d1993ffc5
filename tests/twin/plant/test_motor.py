"""A drive's losses by its load, as its makers' tables have them; what a motor takes at its rating."""

from __future__ import annotations

import numpy as np
import pytest

from twin.plant.motor import drive_losses, rated_input
from twin.plant.station import Motor


def test_a_motor_takes_at_its_rating_what_its_efficiency_there_makes_it() -> None:
    motor = Motor(power_kw=1800, current_a=124, voltage_kv=10, load=(0.5, 1.0, 1.2), efficiency=(0.95, 0.96, 0.955))
    assert rated_input(motor) == pytest.approx(1800e3 / 0.96)


TIP_SHEET = {0.016: (55, 61), 0.125: (89, 89), 0.25: (94, 95), 0.42: (95, 96), 0.5: (96, 96), 0.75: (97, 97)}
"""Efficiency [%] of drives of 100 and of 200 hp by their load, both 97 % at full load (what the table gives for 200 hp
at 12.5 %, 81, is less than that of any smaller drive from 20 hp on, and taken for a slip)."""


@pytest.mark.parametrize("load", sorted(TIP_SHEET))
def test_drives_are_as_efficient_at_part_load_as_they_are_said_to_be(load: float) -> None:
    rated_loss = 1.0 / 0.97 - 1.0
    lost = rated_loss * drive_losses(np.array([load]), np.array([load ** (2.0 / 3.0)]))[0]
    low, high = TIP_SHEET[load]
    assert low - 1.0 <= 100.0 * load / (load + lost) <= high + 1.0
