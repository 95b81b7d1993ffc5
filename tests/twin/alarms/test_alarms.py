"""Alarms: limits with holds and dead bands, suppression by design, and a life that only its table allows."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import twin
from twin.alarms.book import RANKS, SHELF_LONGEST, AlarmBook
from twin.alarms.life import EVENTS, LIFE, STATES, AlarmEvent, AlarmState, after, diagram
from twin.alarms.rules import START_GRACE, Rules, range_beyond
from twin.commands import Acknowledge, ReturnToService, Shelve, TakeOutOfService, ToAlarms, Unshelve
from twin.errors import UsageError
from twin.plant.reading import Station, read
from twin.plant.station import About, Equipment, RateLimit, StationFile, TagEntry
from twin.signals import Frame, Quality

TEMPERATURE, FLOW, RUNNING, SMOKE = range(4)


def _rules() -> Rules:
    file = StationFile(
        format="pumphouse-station",
        version=1,
        station=About(id="S"),
        equipment=(Equipment(id="P1", kind="pump"), Equipment(id="HALL", kind="room")),
        tags=(
            TagEntry(name="TT", equipment="P1", measures="casing", unit="°C", range=(0, 150), H=85, HH=95, hold=3),
            TagEntry(name="FT", equipment="P1", measures="pump_flow", unit="m3/h", range=(0, 10000), L=2600),
            TagEntry(name="YS", equipment="P1", measures="running", kind="digital"),
            TagEntry(name="SMOKE", equipment="HALL", measures="smoke_1", kind="digital"),
        ),
    )
    return Rules.of(Station(file))


RULES = _rules()


@pytest.fixture
def rules() -> Rules:
    return RULES


def frame(at: float, temperature: float = 60.0, flow: float = 6500.0, running: float = 1.0, smoke: float = 0.0,
          quality: int = Quality.GOOD) -> Frame:  # fmt: skip
    return Frame(at, np.array([temperature, flow, running, smoke]), np.full(4, quality, dtype=np.uint8))


def test_a_limit_alarms_only_after_it_was_broken_for_its_hold(rules: Rules) -> None:
    book = AlarmBook(rules)
    assert book.step(frame(0.0)) == ()
    assert book.step(frame(1.0, temperature=90)) == ()
    assert book.step(frame(3.9, temperature=90)) == ()
    (alarm,) = book.step(frame(4.0, temperature=90))
    assert (alarm.tag, alarm.rule, alarm.state, alarm.since) == ("TT", "H", "unacknowledged", 4.0)


@given(st.sampled_from((1.0, -1.0)), st.floats(-1e3, 1e3), st.floats(allow_nan=False))
def test_a_value_is_beyond_its_limit_wherever_it_is_more_than_that(sign: float, limit: float, value: float) -> None:
    for said in (value, limit, np.nextafter(limit, np.inf), np.nextafter(limit, -np.inf)):
        least, most = range_beyond(sign, limit, -np.inf, np.inf)
        assert (least <= said <= most) == (sign * (said - limit) > 0)


def test_a_dip_below_the_limit_starts_the_hold_anew(rules: Rules) -> None:
    book = AlarmBook(rules)
    for at, temperature in enumerate((90, 90, 84, 90, 90, 90)):
        assert book.step(frame(float(at), temperature=temperature)) == ()


def test_a_value_must_leave_the_dead_band_before_the_alarm_returns(rules: Rules) -> None:
    book = AlarmBook(rules)
    for at in range(5):
        book.step(frame(float(at), temperature=90))
    assert book.step(frame(5.0, temperature=84.5)) == ()
    (alarm,) = book.step(frame(6.0, temperature=83.0))
    assert alarm.state == "returned"
    assert alarm.until == 6.0


def test_an_alarm_that_came_and_went_unseen_still_stands_until_somebody_sees_it(rules: Rules) -> None:
    book = AlarmBook(rules)
    (alarm,) = book.step(frame(0.0, smoke=1))
    book.step(frame(1.0, smoke=0))
    assert [a.state for a in book.standing] == ["returned"]
    seen = book.acknowledge(alarm.id, by="Li")
    assert seen is not None
    assert (seen.state, seen.acknowledged_by) == ("normal", "Li")
    assert book.standing == ()


def test_acknowledging_twice_changes_nothing(rules: Rules) -> None:
    book = AlarmBook(rules)
    (alarm,) = book.step(frame(0.0, smoke=1))
    book.acknowledge(alarm.id, by="Li")
    before = book.standing
    assert book.acknowledge(alarm.id, by="Wang") is None
    assert book.standing == before


def test_a_stopped_pump_has_no_low_flow_alarm(rules: Rules) -> None:
    book = AlarmBook(rules)
    for at in range(100):
        assert book.step(frame(float(at), flow=0.0, running=0.0)) == ()


def test_a_pump_that_has_just_started_is_given_time_to_come_up(rules: Rules) -> None:
    book = AlarmBook(rules)
    book.step(frame(0.0, flow=0.0, running=0.0))
    assert book.step(frame(1.0, flow=500.0)) == ()
    assert book.step(frame(START_GRACE, flow=500.0)) == ()
    (alarm,) = book.step(frame(2.0 + START_GRACE, flow=500.0))
    assert alarm.tag == "FT"


def test_a_clock_that_is_set_back_silences_a_started_pump_no_longer_than_a_start(rules: Rules) -> None:
    book = AlarmBook(rules)
    book.step(frame(1e6, running=0.0))
    book.step(frame(1e6 + 1, flow=100.0))
    book.step(frame(0.0, flow=100.0))
    assert book.step(frame(START_GRACE - 1.0, flow=100.0)) == ()
    assert [a.tag for a in book.step(frame(START_GRACE, flow=100.0))] == ["FT"]


def test_a_bad_value_neither_raises_nor_clears(rules: Rules) -> None:
    book = AlarmBook(rules)
    book.step(frame(0.0, smoke=1))
    assert book.step(frame(1.0, smoke=0, quality=Quality.BAD)) == ()
    assert book.step(frame(2.0, temperature=float("nan"), flow=float("nan"), smoke=float("nan"))) == ()
    assert len(book.standing) == 1


def test_a_shelved_alarm_is_silent_and_its_shelf_ends_by_itself(rules: Rules) -> None:
    book = AlarmBook(rules)
    (alarm,) = book.step(frame(0.0, smoke=1))
    shelved = book.obey(Shelve(alarm.id, 600.0, "Li", 0.0))
    assert shelved is not None
    assert (shelved.state, shelved.shelved_until, shelved.silenced_by) == ("shelved", 600.0, "Li")
    assert book.step(frame(599.0, smoke=1)) == ()
    gone, anew = book.step(frame(600.0, smoke=1))
    assert (gone.id, gone.state) == (alarm.id, "normal")
    assert (anew.tag, anew.state, anew.since) == (alarm.tag, "unacknowledged", 600.0)


@given(st.floats(0.0, 1e9), st.lists(st.floats(-1e7, 1e5), min_size=1, max_size=20))
def test_no_shelf_outlasts_a_shift_whatever_the_clock_does(wished: float, steps: list[float]) -> None:
    book = AlarmBook(RULES)
    (alarm,) = book.step(frame(0.0, smoke=1))
    book.obey(Shelve(alarm.id, wished, "Li", 0.0))
    time = 0.0
    for step in steps:
        time += step
        book.step(frame(time, smoke=0))
        for held in book.standing:
            assert held.shelved_until is not None
            assert 0.0 < held.shelved_until - time <= SHELF_LONGEST
    book.step(frame(time + SHELF_LONGEST, smoke=0))
    assert book.standing == ()


def test_an_alarm_out_of_service_stays_so_until_somebody_returns_it(rules: Rules) -> None:
    book = AlarmBook(rules)
    (alarm,) = book.step(frame(0.0, smoke=1))
    book.obey(TakeOutOfService(alarm.id, "Li", 0.0))
    for at in (1.0, 1e6):
        assert book.step(frame(at, smoke=at > 1)) == ()
    (held,) = book.standing
    assert held.state == "out_of_service"
    book.obey(ReturnToService(alarm.id, "Li", 1e6))
    assert [anew.state for anew in book.step(frame(1e6 + 1, smoke=1))] == ["unacknowledged"]


def test_what_a_stopped_pump_would_alarm_is_counted_as_suppressed(rules: Rules) -> None:
    book = AlarmBook(rules)
    book.step(frame(0.0, flow=0.0, running=0.0))
    assert book.suppressed == (("FT", "L"),)
    book.step(frame(1.0, running=0.0))
    assert book.suppressed_count == 0


def test_only_what_has_been_seen_is_suppressed_by_a_stop(rules: Rules) -> None:
    unseen, seen = AlarmBook(rules), AlarmBook(rules)
    for book in (unseen, seen):
        (alarm,) = book.step(frame(0.0, flow=100.0))
    seen.acknowledge(alarm.id, "Li")
    assert [a.state for a in unseen.step(frame(1.0, flow=0.0, running=0.0))] == ["returned"]
    assert [a.state for a in seen.step(frame(1.0, flow=0.0, running=0.0))] == ["suppressed"]
    assert seen.step(frame(2.0, flow=0.0)) == ()  # it has started and is given its time
    states = [a.state for a in seen.step(frame(3.0 + START_GRACE, flow=0.0))]
    assert states == ["normal", "unacknowledged"]


def test_the_first_alarm_of_a_quiet_group_is_its_first_out(rules: Rules) -> None:
    book = AlarmBook(rules)
    book.step(frame(0.0, temperature=90))
    flow, *_ = book.step(frame(1.0, temperature=90, flow=100.0))
    (heat,) = book.step(frame(3.0, temperature=90, flow=100.0))
    (smoke,) = book.step(frame(4.0, temperature=90, flow=100.0, smoke=1))
    assert [(a.tag, a.first_out) for a in (flow, heat, smoke)] == [("FT", True), ("TT", False), ("SMOKE", True)]


def test_of_alarms_raised_at_once_the_one_that_broke_its_limit_first_is_first_out(rules: Rules) -> None:
    book = AlarmBook(rules)
    book.step(frame(0.0, temperature=90))
    heat, flow = book.step(frame(3.0, temperature=90, flow=100.0))
    assert [(a.tag, a.first_out) for a in (heat, flow)] == [("TT", True), ("FT", False)]


@pytest.mark.parametrize("value", [1e3 * 60.0, -500.0])
def test_what_no_signal_can_say_breaks_no_limit(rules: Rules, value: float) -> None:
    book = AlarmBook(rules)
    for at in range(10):
        assert book.step(frame(float(at), temperature=value)) == ()


def bearing(celsius: tuple[float, float] | None = (0, 150)) -> Rules:
    """The rules of a bearing's thermometer, of that range or of none, and a header's gauge."""
    file = StationFile(
        format="pumphouse-station",
        version=1,
        station=About(id="S"),
        equipment=(Equipment(id="P1", kind="pump"), Equipment(id="H", kind="header")),
        tags=(
            TagEntry(name="TT", equipment="P1", measures="pump_bearing_de_temperature", unit="°C", range=celsius),
            TagEntry(name="PT", equipment="H", measures="inlet_pressure_a", unit="bar", range=(0, 25)),
        ),
        rates=(
            RateLimit(measures="*bearing*_temperature", rise=1.0, per_s=60, over_s=60.0),
            RateLimit(measures="inlet_pressure_?", rise=0.3, fall=0.3, per_s=1, over_s=3.0),
        ),
    )
    return Rules.of(Station(file))


@given(st.floats(-3.0, 3.0), st.floats(20.0, 100.0))
def test_a_bearing_alarms_when_it_heats_by_more_than_a_kelvin_a_minute(rate: float, start: float) -> None:
    assume(abs(rate - 1.0) > 0.02)
    book = AlarmBook(bearing())
    raised = []
    for at in range(180):
        temperature = np.clip(start + rate * max(at - 60, 0) / 60.0, 0.0, 150.0)
        raised += book.step(Frame(float(at), np.array([temperature, 6.0]), np.zeros(2, dtype=np.uint8)))
    assert [(a.tag, a.rule, a.unit) for a in raised] == ([("TT", "RISE", "°C/min")] if rate > 1.0 else [])


@pytest.mark.parametrize(("step", "rule"), [(2.0, "RISE"), (-2.0, "FALL"), (0.5, None)])
def test_a_header_alarms_when_its_pressure_leaps(step: float, rule: str | None) -> None:
    book = AlarmBook(bearing())
    raised = []
    for at in range(60):
        pressure = 6.0 + (step if at >= 30 else 0.0)
        raised += book.step(Frame(float(at), np.array([60.0, pressure]), np.zeros(2, dtype=np.uint8)))
    assert {(a.tag, a.rule, a.unit) for a in raised} == ({("PT", rule, "bar/s")} if rule else set())
    if rule:
        assert raised[0].since <= 32.0


def test_a_leap_over_a_gap_in_time_is_no_rate(rules: Rules) -> None:
    book = AlarmBook(bearing())
    for at, pressure in [(float(i), 6.0) for i in range(10)] + [(100.0 + i, 12.0) for i in range(10)]:
        assert book.step(Frame(at, np.array([60.0, pressure]), np.zeros(2, dtype=np.uint8))) == ()


@pytest.mark.parametrize("celsius", [(0, 150), None])
@pytest.mark.parametrize("nonsense", [np.inf, -np.inf, np.nan, 1e308])
def test_one_sample_that_is_nonsense_is_no_rate(celsius: tuple[float, float] | None, nonsense: float) -> None:
    book = AlarmBook(bearing(celsius))
    for at in range(200):
        value = nonsense if at == 100 and (celsius or not np.isfinite(nonsense)) else 60.0
        assert book.step(Frame(float(at), np.array([value, 6.0]), np.zeros(2, dtype=np.uint8))) == ()


def test_a_book_goes_on_where_another_was_left(rules: Rules) -> None:
    left = AlarmBook(rules)
    (smoke,) = left.step(frame(0.0, smoke=1))
    (flow,) = left.step(frame(1.0, smoke=1, flow=100.0))
    left.acknowledge(smoke.id, "Li")
    left.obey(Shelve(flow.id, 1000.0, "Li", 1.0))
    book = AlarmBook(rules)
    book.resume(left.standing)
    assert book.standing == left.standing
    assert book.step(frame(2.0, smoke=1, flow=100.0)) == ()
    (back,) = book.step(frame(3.0, smoke=0, flow=100.0))
    assert (back.id, back.state) == (smoke.id, "normal")
    (heat,) = [a for at in range(4, 9) for a in book.step(frame(float(at), temperature=90, flow=100.0))]
    assert heat.id > flow.id


def test_each_alarm_of_the_reference_station_says_in_both_languages_what_to_do() -> None:
    for rule in Rules.of(read()).rules:
        assert rule.guidance.en, rule.tag
        assert rule.guidance.zh, rule.tag


def test_a_cubicle_and_a_drive_fail_as_one_with_the_pump_they_serve() -> None:
    groups = {rule.equipment: rule.group for rule in Rules.of(read()).rules}
    assert groups["VFD101"] == groups["P101"] == "P101"
    assert groups["P102"] == "P102"


@pytest.mark.parametrize(("state", "event"), list(product(STATES, EVENTS)))
def test_every_transition_the_table_lacks_raises_and_changes_nothing(state: AlarmState, event: AlarmEvent) -> None:
    before = dict(LIFE)
    if (state, event) in LIFE:
        assert after(state, event) in STATES
    else:
        with pytest.raises(UsageError, match=event):
            after(state, event)
    assert before == LIFE


def test_every_state_can_be_reached_and_left() -> None:
    reached = {"normal"}
    for _ in STATES:
        reached |= {follows for (state, _), follows in LIFE.items() if state in reached}
    assert reached == set(STATES)
    assert {state for state, _ in LIFE} == set(STATES)


def test_the_manual_shows_the_table() -> None:
    manual = (Path(twin.__file__).parent / "README.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{diagram()}\n```" in manual


TO_EVENT: dict[type[ToAlarms], AlarmEvent] = {
    Acknowledge: "acknowledged",
    Shelve: "shelved",
    Unshelve: "unshelved",
    TakeOutOfService: "removed",
    ReturnToService: "restored",
}
WAY: dict[AlarmState, tuple[type[ToAlarms], ...]] = {  # what is to be said of an alarm that came, to have it so
    "unacknowledged": (),
    "acknowledged": (Acknowledge,),
    "returned": (),
    "shelved": (Shelve,),
    "suppressed": (Acknowledge,),
    "out_of_service": (TakeOutOfService,),
}


def said(command: type[ToAlarms], alarm: int, at: float) -> ToAlarms:
    return Shelve(alarm, at + 60.0, "Li", at) if command is Shelve else command(alarm, "Li", at)  # type: ignore[call-arg]


def brought_to(state: AlarmState) -> tuple[AlarmBook, int]:
    """A book with one alarm in that state, and its number."""
    book = AlarmBook(RULES)
    (alarm,) = book.step(frame(0.0, flow=100.0))
    for command in WAY[state]:
        book.obey(said(command, alarm.id, 1.0))
    book.step(frame(2.0, flow=6500.0 if state == "returned" else 100.0, running=float(state != "suppressed")))
    assert [a.state for a in book.standing] == [state]
    return book, alarm.id


@pytest.mark.parametrize(("state", "command"), list(product(WAY, TO_EVENT)))
def test_a_command_does_what_the_table_says_and_otherwise_nothing(state: AlarmState, command: type[ToAlarms]) -> None:
    book, alarm = brought_to(state)
    before, follows = book.standing, LIFE.get((state, TO_EVENT[command]))
    changed = book.obey(said(command, alarm, 3.0))
    assert (changed.state if changed is not None else None) == follows
    if follows is None:
        assert book.standing == before
    assert book.obey(said(command, alarm + 1, 3.0)) is None  # of an alarm that never was


def test_the_nearer_to_harm_the_sooner_somebody_must_look() -> None:
    ranks = {(rule.tag, rule.name): RANKS[rule.priority] for rule in Rules.of(read()).rules}
    for (tag, name), rank in ranks.items():
        if name in ("H", "L"):
            assert ranks.get((tag, 2 * name), -1) < rank
    urgent = {rule.text.en for rule in Rules.of(read()).rules if rule.priority == "urgent"}
    assert urgent
    assert all("moke" in text or "lood" in text for text in urgent)


COMMANDS = st.sampled_from((Acknowledge, Shelve, Unshelve, TakeOutOfService, ReturnToService))
STORY = st.tuples(st.floats(0, 150) | st.just(float("nan")), st.booleans(), st.booleans(), COMMANDS, st.integers(0, 6))


@given(st.lists(STORY, max_size=60))
def test_whatever_comes_an_alarm_changes_only_as_the_table_allows(story: list[Any]) -> None:
    book = AlarmBook(RULES)
    states: dict[int, str] = {}
    allowed = {(state, follows) for (state, _), follows in LIFE.items()}
    for at, (temperature, smoke, running, command, number) in enumerate(story):
        changed = list(book.step(frame(float(at), temperature=temperature, smoke=smoke, running=running)))
        if command is Shelve:
            changed.append(book.obey(Shelve(number, at + 5.0, "Li", float(at))))
        else:
            changed.append(book.obey(command(number, "Li", float(at))))
        for alarm in filter(None, changed):
            assert (states.get(alarm.id, "normal"), alarm.state) in allowed
            states[alarm.id] = alarm.state
        assert {a.id: a.state for a in book.standing} == {i: s for i, s in states.items() if s != "normal"}
