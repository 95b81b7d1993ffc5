"""Dry transformers alarm and trip by their windings' temperature; what they fed is fed by the other, or by nothing."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.simulation.stations import START, column, plant, reference, run
from twin.alarms.book import AlarmBook
from twin.alarms.rules import Rules
from twin.commands import Disturb, Mend, Operate
from twin.errors import StationError
from twin.signals import Floats, Frame, Quality
from twin.simulation import control, relays
from twin.simulation.control import Controls
from twin.simulation.layout import KELVIN, layout_of
from twin.simulation.plant import Plant

LAYOUT = layout_of(reference())
RELAYS = relays.relays(LAYOUT)
HOLD = 5  # s
WINDINGS = tuple(f"dry_transformer_winding_{phase}" for phase in "abc")
PANELS = LAYOUT.ids("lv_panel")


@cache
def healthy() -> Floats:
    of_plant = plant()
    run(of_plant, 2)
    return of_plant.step().values


def controls() -> Controls:
    return control.first(LAYOUT, np.ones(len(LAYOUT.resistances)), relays=len(RELAYS))


def watched(it: Controls, winding: str, celsius: float, seconds: int, failed: bool = False) -> bool:
    """Whether ST1 is off after its thermometer has said this for a while."""
    at = reference().tags.measuring("ST1", winding)
    assert at is not None
    values, quality = healthy().copy(), np.zeros(len(reference().tags), dtype=np.uint8)
    values[at] = celsius
    quality[at] = Quality.BAD if failed else Quality.GOOD
    for _ in range(seconds):
        relays.watch(it, values, quality, RELAYS, 1.0)
    assert not it.transformer_off[1]
    return bool(it.transformer_off[0])


def notes(frames: list[Frame], subject: str) -> list[str]:
    return [event.text.en for frame in frames for event in frame.events if event.subject == subject]


def test_every_dry_transformer_trips_where_its_thermometers_say_high_high_and_alarms_before() -> None:
    assert [relay.rule.of for relay in RELAYS.each] == ["ST1", "ST2"]
    for relay in RELAYS.each:
        assert [tag.measures for tag in relay.tags] == list(WINDINGS)
        assert {(tag.limits.high, tag.limits.high_high) for tag in relay.tags} == {(155.0, relay.limit)}


@given(st.sampled_from(WINDINGS), st.floats(170.1, 200.0), st.integers(0, HOLD))
@settings(max_examples=15, deadline=None)
def test_any_winding_takes_it_off_after_the_hold_and_not_before(winding: str, celsius: float, dip: int) -> None:
    it = controls()
    assert not watched(it, winding, celsius, dip)
    assert not watched(it, winding, 120.0, 1)
    assert not watched(it, winding, celsius, HOLD)
    assert watched(it, winding, celsius, 1)
    assert it.told()[-1].text.en.startswith("taken off by interlock: winding temperature, first out B4-TT-7210")


def test_a_thermometer_that_has_failed_takes_nothing_off_but_is_not_believed_for_a_reset() -> None:
    it = controls()
    assert not watched(it, WINDINGS[0], 199.0, 60, failed=True)
    assert it.transformer_warm[0]


def overheated(*names: str) -> Plant:
    """A plant whose transformers have lost their cooling hours ago."""
    of_plant = plant()
    run(of_plant, 5)
    for name in names:
        of_plant.disturb(Disturb("transformer_overtemperature", name, "test", START, severity="gross"))
        index = LAYOUT.ids("station_transformer").index(name)
        of_plant._state.rest.grid.dry[index] = KELVIN + 171.0
    return of_plant


@cache
def one_off() -> tuple[Plant, tuple[Frame, ...]]:
    of_plant = overheated("ST1")
    return of_plant, tuple(run(of_plant, 30))


def test_the_other_transformer_carries_all_once_one_is_off() -> None:
    frames = list(one_off()[1])
    first, second = (column(frames, name, "lv_power") for name in ("ST1", "ST2"))
    assert first[-1] == 0.0
    assert second[-1] == pytest.approx(first[0] + second[0], rel=0.02)
    assert column(frames, "H11", "breaker_closed")[[0, -1]].tolist() == [1.0, 0.0]
    assert column(frames, "H11", "protection_trip")[[0, -1]].tolist() == [0.0, 1.0]
    assert column(frames, "H12", "breaker_closed")[-1] == 1.0
    assert all(column(frames, panel, "lv_feeder_current")[-1] > 50.0 for panel in PANELS)
    assert not any(column(frames, "UPS1", "ups_on_battery"))


def test_it_is_told_once_and_stays_off_until_it_is_reset_which_waits_for_its_windings() -> None:
    kept, frames = one_off()
    state = kept.state()
    assert len(notes(list(frames), "ST1")) == 1 + 1  # it was taken off; and the fault that made it hot
    kept.operate(Operate("reset", "ST1", "operator", START))
    assert notes(run(kept, 1), "ST1")[-1] == "reset refused: its windings are above their alarm limit"
    kept.mend(Mend("transformer_overtemperature", "ST1", "test", START))
    kept._state.rest.grid.dry[0] = KELVIN + 150.0
    frames_cold = run(kept, 10)
    assert column(frames_cold, "ST1", "lv_power")[-1] == 0.0  # it does not come back by itself
    kept.operate(Operate("reset", "ST1", "operator", START))
    assert column(run(kept, 3), "ST1", "lv_power")[-1] > 100.0
    kept.restore(state)


def test_its_alarm_comes_before_its_trip_first_out_and_high_high_with_it() -> None:
    of_plant, book = overheated("ST1"), AlarmBook(Rules.of(reference()))

    def raised(celsius: float) -> dict[str, bool]:
        """Rules that stand for the transformer after a while at this temperature, and whether one was first out."""
        of_plant._state.rest.grid.dry[0] = KELVIN + celsius
        for _ in range(HOLD + 3):
            book.step(of_plant.step())
        rules: dict[str, bool] = {}
        for alarm in book.standing:
            if alarm.equipment == "ST1":
                rules[alarm.rule] = rules.get(alarm.rule, False) or alarm.first_out
        return rules

    assert raised(150.0) == {}
    assert raised(160.0) == {"H": True}
    assert not of_plant._state.controls.transformer_off.any()
    assert set(raised(171.0)) == {"H", "HH"}
    assert of_plant._state.controls.transformer_off.tolist() == [True, False]


def test_without_any_low_voltage_is_dead_and_batteries_carry_what_must_go_on() -> None:
    of_plant = overheated("ST1", "ST2")
    frames = run(of_plant, 40)
    assert all(column(frames, panel, "lv_feeder_current")[-1] == 0.0 for panel in PANELS)
    assert column(frames, "UPS1", "ups_on_battery")[-1] == 1.0
    assert column(frames, "UPS1", "battery_voltage")[-1] < column(frames, "UPS1", "battery_voltage")[0]
    assert column(frames, "MU", "flow")[-1] == 0.0
    assert not any(column(frames, "HVAC", f"exhaust_fan_{i + 1}_running")[-1] for i in range(len(LAYOUT.rooms)))
    assert column(frames, "P101", "running")[-1] == 1.0  # drives are fed at 10 kV


def test_only_what_can_be_reset_is() -> None:
    with pytest.raises(StationError, match="pump or station transformer"):
        plant().operate(Operate("reset", "T1", "operator", START))
