"""The electrical side: what drives draw is met, section by section, by what incomers bring, at a voltage that sags."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.simulation.stations import column, plant, reference, run
from twin.commands import Disturb
from twin.signals import Floats, Frame
from twin.simulation import grid
from twin.simulation.effects import Effects
from twin.simulation.grid import Grid, Load
from twin.simulation.layout import layout_of
from twin.simulation.outside import MILD
from twin.simulation.service import Job, Service, nothing, service

LAYOUT = layout_of(reference())
FEED = grid.feeds(LAYOUT)
HEALTHY = Effects.none(LAYOUT)
PUMPS = len(LAYOUT.machines)
DUTY = ~LAYOUT.machines.standby
HOUR = 3600.0


def load(drive: float = 1.5e6, of: Service | None = None, off: tuple[int, ...] = ()) -> Load:
    """All duty drives at one power. [W]"""
    gone = np.zeros(FEED.station, dtype=bool)
    gone[list(off)] = True
    air = np.full(len(LAYOUT.rooms) + 1, 295.0)
    return Load(drive * DUTY, np.zeros(PUMPS, dtype=bool), 0, 0.3, air, MILD, of or nothing(LAYOUT), gone)


def settled(it: Load, hours: float = 24.0, effects: Effects = HEALTHY, since: Grid | None = None) -> Grid:
    """A grid that has carried this for so long."""
    lot = np.random.default_rng(1)
    of = since or grid.first(it, FEED, lot)
    for _ in range(int(hours * HOUR / 60.0)):
        grid.step(of, it, grid.powers(it, FEED, of.oil_fan), FEED, effects, lot, 60.0)
    return of


def incomers(it: Load) -> dict[str, Floats]:
    of = grid.first(it, FEED, np.random.default_rng(1))
    power = grid.powers(it, FEED, of.oil_fan)
    return grid.transformer_readings(of, power, it, FEED, np.array([3.0, 3.0]))


@given(st.floats(0.0, 2e6))
def test_incomers_bring_what_is_drawn_and_what_is_lost_on_the_way(drive: float) -> None:
    it = load(drive)
    power = grid.powers(it, FEED, np.zeros(FEED.main, dtype=bool))
    drawn = it.drives.sum() + power.station.sum()
    assert drawn < power.main.sum() < 1.02 * drawn + 80e3
    assert power.panel.sum() == pytest.approx(power.station.sum())


@given(st.floats(0.0, 2e6))
def test_current_voltage_and_power_of_an_incomer_agree_at_its_power_factor(drive: float) -> None:
    said = incomers(load(drive))
    apparent = np.sqrt(3.0) * said["incomer_voltage"] * said["incomer_current"]
    assert said["incomer_active_power"] / apparent == pytest.approx(np.full(FEED.main, 0.965))
    assert np.hypot(said["incomer_active_power"], said["reactive_power"]) == pytest.approx(apparent)


@given(st.floats(0.0, 1.5e6), st.floats(1e5, 5e5))
def test_the_voltage_sags_the_more_is_drawn_by_a_per_cent_or_so(drive: float, more: float) -> None:
    less, other = incomers(load(drive))["incomer_voltage"], incomers(load(drive + more))["incomer_voltage"]
    assert (other < less).all()
    assert (other > 0.975 * less).all()


def test_where_a_main_transformer_is_out_the_couplers_close_and_the_other_carries_all() -> None:
    both, one = load(), load(of=service([Job("transformer", 0, "T1", 0.0, 900.0)], 1.0, LAYOUT))
    before, after = (grid.powers(each, FEED, np.zeros(FEED.main, dtype=bool)) for each in (both, one))
    assert after.main[0] == 0.0
    assert after.main[1] == pytest.approx(before.main.sum(), rel=0.02)
    closed = grid.cubicle_readings(settled(one, 0.1), after, one, FEED)["breaker_closed"]
    assert closed[FEED.coupler].all()


def test_contacts_and_joints_warm_with_nearly_the_square_of_their_current() -> None:
    low, high = settled(load(1e6)), settled(load(1.5e6))
    drives = FEED.drives[0][DUTY[FEED.drives[1]]]
    rise = (high.contact[drives] - 296.5) / (low.contact[drives] - 296.5)
    assert rise == pytest.approx(np.full(drives.size, 1.5**1.8), rel=0.01)


def test_a_transformer_warms_for_hours_and_its_windings_are_warmer_than_its_oil() -> None:
    resting, loaded = settled(load(0.5e6)), load(1.8e6)
    target = settled(loaded, 48.0)
    after = settled(loaded, 3.0, since=resting)
    assert (after.winding > after.oil).all()
    assert ((target.oil - after.oil) > 0.2 * (target.oil - settled(load(0.5e6)).oil)).all()


def test_a_dry_transformer_that_loses_its_cooling_passes_its_alarm_and_then_its_trip() -> None:
    effects = Effects.none(LAYOUT)
    effects.transformer_heat[FEED.main] = 5.0  # gross
    it = settled(load(), 0.1)
    warm = [float(settled(load(), 0.5, effects, it).dry.max()) - 273.15 for _ in range(8)]
    assert (np.diff(warm) > 0.0).all()
    assert warm[0] < 155.0 < 170.0 < warm[-1] < 200.0
    assert it.fan[0]
    assert not it.fan[1]


def test_a_battery_that_is_alone_lasts_for_its_autonomy_and_recovers() -> None:
    trial = load(of=service([Job("ups", 0, "UPS1", 0.0, 1e6)], 1.0, LAYOUT))
    it = settled(trial, 0.5)
    said = grid.ups_readings(it, trial, FEED)
    assert said["ups_on_battery"].tolist() == [1.0, 0.0]
    assert said["battery_voltage"][0] < said["battery_voltage"][1]
    assert 0.0 < said["autonomy"][0] < said["autonomy"][1] - 0.4 * HOUR
    assert settled(trial, 3.0, since=it).charge[0] == 0.0
    assert grid.ups_readings(it, trial, FEED)["ups_output_voltage"].tolist()[0] == 0.0
    assert settled(load(), 24.0, since=it).charge[0] > 0.99


@cache
def tripped() -> tuple[Frame, ...]:
    of_plant = plant()
    before = run(of_plant, 10)
    for pump in ("P101", "P102", "P103"):
        of_plant.disturb(Disturb("drive_trip", pump, "test", 0.0))
    return (*before, *run(of_plant, 15))


def test_when_drives_trip_their_feeders_and_their_incomer_see_it_and_the_other_hardly() -> None:
    frames = list(tripped())
    assert column(frames, "H01", "feeder_current")[-1] == 0.0
    assert column(frames, "H01", "breaker_closed")[-1] == 0.0
    assert column(frames, "T1", "incomer_active_power")[-1] < 0.15 * column(frames, "T1", "incomer_active_power")[0]
    assert column(frames, "T1", "incomer_voltage")[-1] > column(frames, "T1", "incomer_voltage")[0] + 0.2
    assert column(frames, "T2", "incomer_active_power")[-1] == pytest.approx(
        column(frames, "T2", "incomer_active_power")[0], rel=0.03
    )
    assert column(frames, "T1", "voltage_distortion")[-1] < column(frames, "T2", "voltage_distortion")[-1]
