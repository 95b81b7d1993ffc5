"""The load of alarms beside EEMUA 191: rates, floods, what stands too long, what chatters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.alarms.book import Alarm
from twin.alarms.metrics import CHATTERS, FLOOD_BEGINS, REMEMBERED, STALE, WINDOW, Rates, load_of
from twin.text import Text

ALARM = Alarm(1, "TT", "P1", "H", "medium", "unacknowledged", 0.0, None, 90.0, 85.0, Text("hot", "热"))


def raised(number: int, at: float, tag: str = "TT") -> Alarm:
    return replace(ALARM, id=number, tag=tag, since=at)


@given(st.lists(st.floats(0.0, 4000.0), min_size=1, max_size=60).map(sorted))
def test_the_rate_is_what_was_raised_in_the_last_ten_minutes(times: list[float]) -> None:
    rates = Rates()
    for number, at in enumerate(times):
        now = rates.step(at, [raised(number, at)])
        assert now.per_window == sum(at - WINDOW < earlier <= at for earlier in times[: number + 1])
    assert rates.load().raised == len(times)


def test_a_flood_begins_with_more_than_ten_and_ends_with_fewer_than_five() -> None:
    rates = Rates()
    flood = [rates.step(float(at), [raised(at, float(at), f"T{at}")]).flood for at in range(FLOOD_BEGINS + 1)]
    assert flood == [False] * FLOOD_BEGINS + [True]
    assert rates.step(WINDOW + 5.0, ()).flood
    assert not rates.step(WINDOW + 7.0, ()).flood
    load = rates.load()
    assert load.floods == 1
    assert load.worst == FLOOD_BEGINS + 1
    assert load.flooded == pytest.approx((WINDOW + 7.0 - 10.0) / (WINDOW + 7.0), abs=1e-3)


def test_an_alarm_that_comes_again_and_again_chatters_and_is_named() -> None:
    rates = Rates()
    for turn in range(CHATTERS):
        now = rates.step(10.0 * turn, [raised(1, 10.0 * turn)])
        rates.step(10.0 * turn + 5.0, [replace(ALARM, state="returned")])
    assert now.chattering == ("TT H",)
    assert rates.step(100.0, ()).chattering == ()
    assert rates.load().chattering == ("TT H",)


def test_what_stands_for_a_day_is_stale_and_what_is_shelved_is_not() -> None:
    standing = (ALARM, replace(ALARM, id=2, state="shelved"), replace(ALARM, id=3, since=100.0))
    rates = Rates()
    rates.resume(standing)
    now = rates.step(STALE, ())
    assert (now.standing, now.stale) == (2, 1)


def test_an_acknowledgement_is_no_new_alarm() -> None:
    rates = Rates()
    rates.step(0.0, [ALARM])
    assert rates.step(1.0, [replace(ALARM, state="acknowledged")]).per_window == 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_a_clock_that_leaps_leaves_sane_figures(steps: list[float]) -> None:
    rates, at = Rates(), 0.0
    for number, step in enumerate(steps):
        at += step
        now = rates.step(at, [raised(number, at)])
        assert 1 <= now.per_window <= number + 1
    assert 0.0 <= rates.load().flooded <= 1.0


def test_a_storm_of_alarms_is_not_remembered_without_end() -> None:
    rates = Rates()
    now = rates.step(0.0, [raised(number, 0.0, f"T{number}") for number in range(3 * REMEMBERED)])
    assert now.per_window == REMEMBERED
    assert rates.load().raised == 3 * REMEMBERED


@given(st.lists(st.tuples(st.floats(1.0, 300.0), st.floats(1.0, 300.0)), max_size=40))
def test_the_load_of_what_was_recorded_is_that_which_was_lived_through(lives: list[tuple[float, float]]) -> None:
    lived, changes, at = Rates(), [], 0.0
    lived.step(0.0, ())
    for number, (quiet, stood) in enumerate(lives):
        at += quiet
        came = raised(number, at)
        lived.step(at, (came,))
        at += stood
        seen = replace(came, state="acknowledged")
        gone = replace(seen, state="normal", until=at)
        lived.step(at, (seen, gone))
        changes += [came, seen, gone]
    found, was = load_of(changes, (0.0, at)), lived.load()
    assert (found.raised, found.per_window, found.worst) == (was.raised, was.per_window, was.worst)
    assert (found.most_standing, found.chattering) == (was.most_standing, was.chattering)


def test_a_recorded_flood_ends_although_nothing_else_was_recorded_after_it() -> None:
    changes = [raised(number, 10.0 + number, f"T{number}") for number in range(FLOOD_BEGINS + 1)]
    load = load_of(changes, (0.0, 2.0 * STALE))
    assert (load.floods, load.worst, load.stale) == (1, FLOOD_BEGINS + 1, FLOOD_BEGINS + 1)
    assert load.flooded * 2.0 * STALE == pytest.approx(WINDOW, rel=0.2)
