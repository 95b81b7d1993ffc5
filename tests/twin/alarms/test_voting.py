"""Gauges of one header alarm as one, when so many of them say so as the station file asks for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.alarms.book import Alarm, AlarmBook
from twin.alarms.rules import Rules
from twin.alarms.voting import Middles, Votes
from twin.plant.checking import mistakes
from twin.plant.reading import Station, read
from twin.plant.station import About, Equipment, Interlock, RateLimit, StationFile, TagEntry
from twin.signals import Frame, Quality
from twin.telling import alarm_told

LOW, HIGH = 2.5, 21.0  # bar


def header(votes: int = 2, **different: object) -> Station:
    """A header with three gauges; ``different`` is what the third has of its own."""
    one = {"equipment": "H", "unit": "bar", "range": (0.0, 25.0), "L": LOW, "H": HIGH}
    gauges = [
        TagEntry.model_validate(
            {**one, "name": f"P{letter}", "measures": f"inlet_pressure_{letter}", "en": f"Inlet pressure {letter}"}
            | {"zh": f"压力 {letter}", **(different if letter == "C" else {})}
        )
        for letter in "ABC"
    ]
    return Station(
        StationFile(
            format="pumphouse-station",
            version=1,
            station=About(id="S"),
            equipment=(Equipment(id="H", kind="header"),),
            tags=(*gauges, TagEntry(name="SMOKE", equipment="H", measures="smoke_1", kind="digital")),
            interlocks=(Interlock(id="high", of="H", measures="inlet_pressure_?", above=24.0, votes=votes),),
            rates=(RateLimit(measures="inlet_pressure_?", rise=0.3, fall=0.3, per_s=1, over_s=3.0),),
        )
    )


RULES = Rules.of(header())


def frame(at: float, *gauges: float) -> Frame:
    missing = [Quality.MISSING if np.isnan(gauge) else Quality.GOOD for gauge in gauges]
    return Frame(at, np.array([*gauges, 0.0]), np.array([*missing, Quality.GOOD], dtype=np.uint8))


def raised(*gauges: float) -> list[Alarm]:
    return list(AlarmBook(RULES).step(frame(0.0, *gauges)))


PRESSURE = st.floats(0.0, 25.0) | st.just(float("nan"))


@given(PRESSURE, PRESSURE, PRESSURE)
def test_two_of_three_gauges_alarm_and_one_less_for_each_that_says_nothing(a: float, b: float, c: float) -> None:
    known = [gauge for gauge in (a, b, c) if not np.isnan(gauge)]
    needed = max(1, len(known) - 1)
    wanted = set()
    for rule, beyond in (("H", sum(g > HIGH for g in known)), ("L", sum(g < LOW for g in known))):
        if known and beyond >= needed:
            wanted.add((rule, beyond, len(known)))
    assert {(alarm.rule, alarm.votes, alarm.voters) for alarm in raised(a, b, c)} == wanted


def test_a_header_says_once_what_its_gauges_say() -> None:
    (alarm,) = raised(22.0, 23.0, 10.0)
    assert (alarm.tag, alarm.value, alarm.first_out) == ("PA", 22.0, True)
    assert alarm.text.en == "Inlet pressure above 21 bar (H, 2oo3)"
    assert alarm.text.zh == "压力 高于 21 bar（H, 2oo3）"
    assert alarm_told(alarm)["votes"] == [2, 3]


def test_what_alarms_by_itself_has_no_votes() -> None:
    (alarm,) = AlarmBook(RULES).step(Frame(0.0, np.array([10.0, 10.0, 10.0, 1.0]), np.zeros(4, dtype=np.uint8)))
    assert (alarm.tag, alarm_told(alarm)["votes"]) == ("SMOKE", None)


def test_an_alarm_of_gauges_returns_when_too_few_of_them_say_so() -> None:
    book = AlarmBook(RULES)
    book.step(frame(0.0, 22.0, 22.0, 10.0))
    assert book.step(frame(1.0, 22.0, 20.9, 10.0)) == ()  # within the dead band
    assert [a.state for a in book.step(frame(2.0, 22.0, 20.0, 10.0))] == ["returned"]


@pytest.mark.parametrize("leap", [2.0, -2.0])
def test_a_leap_of_the_header_alarms_and_that_of_one_gauge_does_not(leap: float) -> None:
    found: list[set[str]] = []
    for leaping in (3, 1):
        book = AlarmBook(RULES)
        seen = set()
        for at in range(20):
            gauges = [10.0 + (leap if at >= 10 and gauge < leaping else 0.0) for gauge in range(3)]
            seen |= {alarm.rule for alarm in book.step(frame(float(at), *gauges))}
        found.append(seen)
    assert found == [{"RISE" if leap > 0 else "FALL"}, set()]


@pytest.mark.parametrize("station", [header(votes=1), header(votes=3), header(H=22.0), header(range=(0.0, 40.0))])
def test_gauges_that_do_not_vote_or_are_not_alike_alarm_each_by_itself(station: Station) -> None:
    alarms = AlarmBook(Rules.of(station)).step(frame(0.0, 23.0, 23.0, 23.0))
    assert [(alarm.tag, alarm.voters) for alarm in alarms] == [("PA", 0), ("PB", 0), ("PC", 0)]


def test_each_header_of_the_reference_station_alarms_once_and_each_fire_detector_by_itself() -> None:
    rules = Rules.of(read()).rules
    for equipment in ("SUPPLY", "RETURN"):
        of = [r for r in rules if r.equipment == equipment and r.gauges is not None]
        assert sorted({r.tag[-3:] for r in of}) == ["01A", "11A"]
        assert {r.name for r in of} == {"L", "H", "HH", "RISE", "FALL"}
    assert len([r for r in rules if r.equipment == "ROOM-VFD" and r.name == "DI" and "smoke" in r.text.en.lower()]) == 2


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('{measures = "casing", over_s = 60}', "has no limit"),
        ('{measures = "casin", rise = 1, over_s = 60}', "no tag measures 'casin'"),
        ('{measures = "casing", rise = 1, over_s = 60, per_s = 7}', "per_s"),
    ],
)
def test_a_rate_limit_that_could_never_alarm_is_a_mistake(entry: str, said: str) -> None:
    text = f"""format = "pumphouse-station"
version = 1
station = {{id = "S"}}
equipment = [{{id = "H", kind = "header"}}]
tags = [{{name = "T", equipment = "H", measures = "casing", unit = "°C", range = [0, 9]}}]
rates = [{entry}]
"""
    (found,) = mistakes(text)
    assert found.line == 6
    assert said in str(found)


ANY = st.floats(-1.0, 30.0) | st.sampled_from([LOW, HIGH, 0.0, 25.0, float("nan"), float("inf")])


@given(ANY, ANY, ANY)
def test_a_quick_look_at_gauges_sees_what_a_close_one_does(a: float, b: float, c: float) -> None:
    votes, broken = Votes(RULES.rules), np.zeros(len(RULES.rules), dtype=bool)
    votes.step(np.array([a, b, c, 0.0]), broken)
    said = np.full(len(RULES.rules), np.nan)
    votes.tell(said)
    closely = RULES.sign * (said - RULES.limit) > 0
    assert broken.tolist() == closely.tolist()


@given(ANY, ANY, ANY)
def test_the_middle_of_gauges_is_that_of_those_that_say_anything(a: float, b: float, c: float) -> None:
    heard = sorted(gauge for gauge in (a, b, c) if -0.3125 <= gauge <= 25.78125)  # what 4 to 20 mA can say
    rates = [rule for rule in RULES.rules if rule.span > 0]
    middle = np.zeros(len(rates))
    Middles(rates).step(np.array([a, b, c, 0.0]), middle)
    for rule, value in zip(rates, middle, strict=True):
        place = len(heard) // 2 if rule.sign > 0 else (len(heard) - 1) // 2  # of two, the worse
        assert value == heard[place] if heard else np.isnan(value)
