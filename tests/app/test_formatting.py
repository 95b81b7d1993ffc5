"""Numbers, units, ages and times are written one way in the whole window."""

from __future__ import annotations

import math
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.presenters import formatting
from app.presenters.formatting import SPACE
from twin.signals import Quality, Tag

SHANGHAI = ZoneInfo("Asia/Shanghai")


@given(st.floats(-1e12, 1e12), st.integers(0, 4), st.booleans(), st.booleans())
def test_a_written_number_reads_as_the_number_rounded(value: float, decimals: int, signed: bool, grouped: bool) -> None:
    said = formatting.number(value, decimals, signed=signed, grouped=grouped)
    read = float(said.replace(formatting.MINUS, "-").replace(SPACE, ""))
    assert math.isclose(read, round(value, decimals), rel_tol=1e-12, abs_tol=10.0**-decimals)


def test_zero_has_no_sign_and_what_is_no_number_is_a_dash() -> None:
    assert formatting.number(-0.01, 1, signed=True) == "0.0"
    assert formatting.number(math.nan, 2) == formatting.NOTHING
    assert formatting.number(3.24, 1, signed=True) == "+3.2"
    assert formatting.number(-3.24, 1) == "−3.2"
    assert formatting.number(123456.0, 0, grouped=True) == f"123{SPACE}456"


def test_units_are_written_as_people_write_them() -> None:
    assert formatting.unit_glyph("m3/h") == "m³/h"
    assert formatting.unit_glyph("r/min") == "r/min"
    assert formatting.quantity(-3.24, 1, "m") == f"−3.2{SPACE}m"
    assert formatting.quantity(0.5, 2, "-") == "0.50"


def test_a_tag_is_written_with_its_own_decimals() -> None:
    assert formatting.tag_value(0.61234, Tag("p", "MPa", low=0.0, high=2.5)) == "0.612"
    assert formatting.tag_value(1.0, Tag("on", kind="digital")) == "1"


def test_ages_are_told_in_the_two_largest_units() -> None:
    said = {0.44: "0.4 s", 12.9: "12 s", 185.0: "3 min 05 s", 8_040.0: "2 h 14 min", 180_000.0: "2 d 02 h"}
    for seconds, words in said.items():
        assert formatting.age(seconds, "en").replace(SPACE, " ") == words
    assert formatting.age(185.0, "zh") == "3分 05秒"
    assert formatting.age(math.nan, "en") == formatting.NOTHING
    assert formatting.duration(-12.0, "en") == f"−12{SPACE}s"


@given(st.floats(0, 1e7))
def test_an_age_is_never_told_older_than_it_is(seconds: float) -> None:
    said = formatting.age(seconds, "en").replace(SPACE, " ").split()
    worth = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
    told = sum(float(figure) * worth[unit] for figure, unit in zip(said[::2], said[1::2], strict=True))
    assert told <= seconds + 1e-9


def test_times_are_the_stations_own() -> None:
    at = 1_768_190_400.25
    assert formatting.clock(at, SHANGHAI) == "12:00:00"
    assert formatting.clock(at, SHANGHAI, tenths=True) == "12:00:00.2"
    assert (formatting.day(at), formatting.clock(at)) == ("2026-01-12", "04:00:00")
    assert formatting.stamp(at, SHANGHAI) == "2026-01-12T12:00:00.250+08:00"


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_time_is_too_strange_to_be_written(at: float) -> None:
    assert formatting.clock(at)
    assert formatting.day(at)


def test_every_quality_has_a_word_in_both_languages() -> None:
    for language in ("en", "zh"):
        assert len({formatting.quality_word(quality, language) for quality in Quality}) == len(Quality)
