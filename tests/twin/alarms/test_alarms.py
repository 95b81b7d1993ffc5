"""Alarms: limits with holds and dead bands, suppression by design, and a life that only its table allows."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.alarms.book import AlarmBook
from twin.alarms.life import LIFE, after
from twin.alarms.rules import START_GRACE, Rules
from twin.errors import UsageError
from twin.plant.reading import Station
from twin.plant.station import About, Equipment, StationFile, TagEntry
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


def test_a_bad_value_neither_raises_nor_clears(rules: Rules) -> None:
    book = AlarmBook(rules)
    book.step(frame(0.0, smoke=1))
    assert book.step(frame(1.0, smoke=0, quality=Quality.BAD)) == ()
    assert book.step(frame(2.0, temperature=float("nan"), flow=float("nan"), smoke=float("nan"))) == ()
    assert len(book.standing) == 1


def test_every_transition_the_table_lacks_raises_and_changes_nothing() -> None:
    states = ("normal", "unacknowledged", "acknowledged", "returned")
    for state, event in product(states, ("raised", "cleared", "acknowledged")):
        if (state, event) in LIFE:
            assert after(state, event) in states
        else:
            with pytest.raises(UsageError):
                after(state, event)


@given(st.lists(st.tuples(st.floats(0, 150) | st.just(float("nan")), st.booleans(), st.booleans()), max_size=60))
def test_whatever_comes_an_alarm_changes_only_as_the_table_allows(story: list[tuple[float, bool, bool]]) -> None:
    book = AlarmBook(RULES)
    states = {}
    events = {("normal", "unacknowledged"), ("returned", "unacknowledged"), ("unacknowledged", "returned")}
    events |= {("acknowledged", "normal")}
    for at, (temperature, smoke, acknowledge) in enumerate(story):
        for alarm in book.step(frame(float(at), temperature=temperature, smoke=smoke)):
            assert (states.get(alarm.id, "normal"), alarm.state) in events
            states[alarm.id] = alarm.state
        for alarm in book.standing if acknowledge else ():
            seen = book.acknowledge(alarm.id, by="somebody")
            if seen:
                states[seen.id] = seen.state
        assert all(alarm.state != "normal" for alarm in book.standing)
