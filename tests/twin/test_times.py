"""Times, durations and spans as people write them."""

from __future__ import annotations

import math
from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin import times
from twin.errors import CommandLineError

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = 1_768_190_400.0  # 2026-01-12T12:00:00+08:00


@pytest.mark.parametrize(
    "text",
    ["2026-01-12T12:00:00+08:00", "2026-01-12T04:00:00Z", "2026-01-12 04:00:00", "1768190400", " 1768190400.0 "],
)
def test_one_instant_may_be_written_in_many_ways(text: str) -> None:
    assert times.moment(text) == times.Moment(NOON)


def test_a_time_without_an_offset_is_local_to_the_station() -> None:
    assert times.moment("2026-01-12T12:00:00", SHANGHAI).seconds == NOON
    assert times.moment("2026-01-12T12:00:00", UTC).seconds == NOON + 8 * 3600


def test_a_plus_counts_from_the_start_of_a_recording() -> None:
    assert times.moment("+90").within(1000.0) == 1090.0
    assert times.moment("+1.5h").within(0.0) == 5400.0
    assert times.moment("2026-01-12T04:00:00Z").within(1000.0) == NOON


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("10min", 600), ("24h", 86400), ("1h30min", 5400), ("90", 90), ("250ms", 0.25), ("1 h", 3600)],
)
def test_a_duration_carries_its_unit(text: str, seconds: float) -> None:
    assert times.duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "10 parsecs", "-5s", "1h30", "s", "1e3s", "+"])
def test_what_is_no_duration_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CommandLineError, match="Write it as 90s, 10min or 24h"):
        times.duration(text)


@pytest.mark.parametrize("text", ["", "tomorrow", "+soon", "2026-13-01", "26:00", "inf", "nan"])
def test_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CommandLineError, match="is not a time"):
        times.moment(text)


def test_a_span_may_be_open_at_either_end() -> None:
    assert times.span("+0..+400").within(1000.0, 5000.0) == (1000.0, 1400.0)
    assert times.span("+10..").within(1000.0, 5000.0) == (1010.0, np.nextafter(5000.0, np.inf))
    assert times.span("..+10").within(1000.0, 5000.0) == (1000.0, 1010.0)
    assert times.span("2026-01-12T04:00:00Z..2026-01-12T05:00:00Z").within(0.0, 1.0) == (NOON, NOON + 3600)


@pytest.mark.parametrize("text", ["", "+1", "+5..+5", "+9..+2", "+1..later", "+1...+2...+3"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(CommandLineError):
        times.span(text)


@given(st.floats(-4e9, 4e9))
def test_a_time_comes_back_from_nanoseconds_to_the_last_bit(at: float) -> None:
    back = times.seconds(times.nanoseconds(np.array([at])))[0]
    assert back == at or abs(at) < 2**22  # below that a float64 knows less than a nanosecond
    assert abs(back - at) <= 0.5e-9


def test_a_time_nobody_knows_stays_unknown() -> None:
    assert math.isnan(times.seconds(times.nanoseconds(np.array([math.nan])))[0])
    assert times.iso(math.nan) == ""


def test_what_is_too_far_away_is_as_far_as_can_be_said() -> None:
    first, last = times.nanoseconds(np.array([-np.inf, np.inf]))
    assert first < times.nanoseconds(np.array([-4e9]))[0]
    assert last > times.nanoseconds(np.array([4e9]))[0]


@given(st.integers(-(10**18), 4 * 10**18), st.integers(-(10**13), 10**13), st.integers(0, 50))
def test_even_times_are_reckoned_as_they_would_be_one_by_one(start: int, step: int, count: int) -> None:
    whole = step // 10**9 * 10**9
    one_by_one = times.seconds(start + whole * np.arange(count, dtype=np.int64))
    np.testing.assert_array_equal(times.evenly(start, whole, count), one_by_one)
    assert (times.evenly(start, step, count) is None) == (step != whole)


@given(st.integers(0, 4_000_000_000_000))
def test_iso_8601_comes_back_to_the_millisecond(milliseconds: int) -> None:
    at = milliseconds / 1000
    assert times.posix(times.iso(at)) == at
    assert times.posix(times.iso(at, timezone(timedelta(hours=8)))) == at


def test_iso_8601_rounds_up_into_the_next_second() -> None:
    assert times.iso(NOON + 0.9996) == "2026-01-12T04:00:01.000Z"
    assert times.iso(NOON, SHANGHAI, digits=0) == "2026-01-12T12:00:00+08:00"
