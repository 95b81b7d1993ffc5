"""From the shaft to the mains: efficiency by load, current by power and field, and what a drive loses at any speed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import reference
from twin.signals import Floats
from twin.simulation.chance import as_built
from twin.simulation.effects import Effects
from twin.simulation.electrics import Electrics, electrics
from twin.simulation.layout import layout_of

LAYOUT = layout_of(reference())
MACHINES = LAYOUT.machines
BUILT = as_built(LAYOUT)
EVERY = np.ones(len(MACHINES))


def driven(load: float | Floats, speed: float = 1.0, effects: Effects | None = None) -> Electrics:
    """All motors at this share of their rated power at the shaft, and of their rated speed."""
    given = load * MACHINES.motor_power
    return electrics(given, speed * MACHINES.rated_hz, LAYOUT, BUILT, effects or Effects.none(LAYOUT))


def test_efficiency_passes_through_the_loads_it_was_given_at() -> None:
    for which, motor in enumerate(LAYOUT.motors):
        for load, efficiency in zip(motor.load, motor.efficiency, strict=True):
            assert MACHINES.motor_power[which] * load / driven(load).motor[which] == pytest.approx(efficiency)


@given(st.floats(0.02, 1.5), st.floats(0.02, 1.5))
def test_more_at_the_shaft_takes_more_from_the_mains(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert (driven(less).drive <= driven(more).drive).all()


@given(st.floats(0.0, 1.5), st.floats(0.1, 1.0))
def test_a_motor_takes_more_than_it_gives_and_its_drive_more_still(load: float, speed: float) -> None:
    it = driven(load, speed)
    assert (it.motor >= load * MACHINES.motor_power).all()
    assert (it.drive > it.motor).all()
    np.testing.assert_allclose(it.drive, it.motor + it.drive_lost)


def test_the_reference_motor_draws_its_duty_current() -> None:
    it = driven(1519e3 / MACHINES.motor_power)
    assert it.motor[0] == pytest.approx(1519e3 / 0.962, rel=2e-3)
    assert it.current[0].mean() == pytest.approx(104.0, rel=0.06)


def test_an_unloaded_motor_still_draws_its_field_and_one_that_is_off_nothing() -> None:
    np.testing.assert_allclose(driven(0.0).current.mean(axis=1), MACHINES.magnetising, rtol=0.01)
    assert not driven(0.0, 0.0).current.any()
    assert not driven(0.0, 0.0).drive.any()


def test_a_slower_motor_has_less_voltage() -> None:
    np.testing.assert_allclose(driven(0.5, 0.8).voltage, 8000.0)


@given(st.floats(0.1, 1.0), st.floats(0.3, 1.0), st.floats(0.3, 1.0))
def test_a_drive_is_less_efficient_at_less_load_and_at_the_same_load_and_less_speed(
    load: float, one: float, other: float
) -> None:
    slow, fast = sorted((one, other))

    def efficiency(share: float, speed: float) -> Floats:
        it = driven(share, speed)
        return it.motor / it.drive

    assert (efficiency(load, slow) <= efficiency(load, fast) + 1e-12).all()
    assert (efficiency(0.5 * load, fast) < efficiency(load, fast)).all()


def test_at_rated_power_a_drive_loses_what_the_station_file_says() -> None:
    it = driven(1.0)
    np.testing.assert_allclose(
        it.motor / it.drive, [pump.drive.efficiency for pump in reference().pumps if pump.drive], rtol=2e-3
    )


@given(st.floats(0.04, 0.3))
def test_phases_that_differ_leave_the_mean_current_as_it_is(more: float) -> None:
    effects = Effects.none(LAYOUT)
    effects.imbalance += more
    uneven, even = driven(0.8, effects=effects).current, driven(0.8).current
    np.testing.assert_allclose(uneven.mean(axis=1), even.mean(axis=1))
    assert (np.ptp(uneven, axis=1) / uneven.mean(axis=1) > more).all()
