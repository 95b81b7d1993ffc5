"""How numbers, units, ages, times and qualities are written, in both languages: one way for the whole window."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

from twin.signals import Quality, Tag
from twin.units import written as unit_glyph

NOTHING = "–"
MINUS = "−"
SPACE = "\u00a0"  # one that no line breaks at, and that every face has

_QUALITIES = {
    "en": {
        Quality.GOOD: "good",
        Quality.UNCERTAIN: "uncertain",
        Quality.STALE: "stale",
        Quality.BAD: "bad",
        Quality.MISSING: "missing",
    },
    "zh": {
        Quality.GOOD: "良好",
        Quality.UNCERTAIN: "可疑",
        Quality.STALE: "陈旧",
        Quality.BAD: "坏值",
        Quality.MISSING: "缺失",
    },
}

_RECONCILED = {"en": "reconciled", "zh": "校正值"}
_AGE_UNITS = {"en": ("s", "min", "h", "d"), "zh": ("秒", "分", "时", "天")}
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def number(value: float, decimals: int, *, signed: bool = False, grouped: bool = False) -> str:
    """A figure with so many decimals and a true minus sign; a dash for what is not finite.

    ``grouped`` parts thousands by a space from five digits on.
    """
    if not math.isfinite(value):
        return NOTHING
    text = f"{abs(value):,.{decimals}f}"
    text = text.replace(",", SPACE if grouped and abs(value) >= 10_000 else "")
    if not any(digit in "123456789" for digit in text):
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def tag_value(value: float, tag: Tag) -> str:
    """A tag's value with its own decimals."""
    return number(value, tag.decimals)


def quantity(value: float, decimals: int, unit: str, *, signed: bool = False) -> str:
    """A figure and its unit: ``−3.2 m``."""
    glyph = unit_glyph(unit)
    figure = number(value, decimals, signed=signed)
    return f"{figure}{SPACE}{glyph}" if glyph else figure


def age(seconds: float, language: str) -> str:
    """How long ago, in the two largest units worth telling: ``0.4 s``, ``12 s``, ``3 min 05 s``, ``2 h 14 min``."""
    if not math.isfinite(seconds):
        return NOTHING
    seconds = max(0.0, seconds)
    second, minute, hour, day = _AGE_UNITS.get(language, _AGE_UNITS["en"])
    gap = "" if language == "zh" else SPACE
    if seconds < 10.0:
        return f"{math.floor(seconds * 10.0) / 10.0:.1f}{gap}{second}"
    whole = int(seconds)
    if seconds < MINUTE:
        return f"{whole}{gap}{second}"
    if seconds < HOUR:
        return f"{whole // 60}{gap}{minute} {whole % 60:02d}{gap}{second}"
    if seconds < DAY:
        return f"{whole // 3600}{gap}{hour} {whole % 3600 // 60:02d}{gap}{minute}"
    return f"{whole // 86_400}{gap}{day} {whole % 86_400 // 3600:02d}{gap}{hour}"


def duration(seconds: float, language: str) -> str:
    """A length of time, signed: ``−3 min 05 s``."""
    return (MINUS if seconds < 0 else "") + age(abs(seconds), language)


def clock(at: float, zone: tzinfo = UTC, tenths: bool = False) -> str:
    """The time of day at the station: ``14:03:22``."""
    moment = _moment(at, zone)
    if moment is None:
        return NOTHING
    fraction = f".{moment.microsecond // 100_000}" if tenths else ""
    return moment.strftime("%H:%M:%S") + fraction


def day(at: float, zone: tzinfo = UTC) -> str:
    """The day at the station: ``2026-01-12``."""
    moment = _moment(at, zone)
    return NOTHING if moment is None else moment.strftime("%Y-%m-%d")


def stamp(at: float, zone: tzinfo = UTC) -> str:
    """ISO 8601 with milliseconds and offset, for what other programs read."""
    moment = _moment(at, zone)
    return "" if moment is None else moment.isoformat(timespec="milliseconds")


def quality_word(quality: int, language: str) -> str:
    """``stale``, ``陈旧``."""
    return _QUALITIES.get(language, _QUALITIES["en"])[Quality(quality)]


def reconciled_word(language: str) -> str:
    """What stands before a value that others say a transmitter should show: ``reconciled``, ``校正值``."""
    return _RECONCILED.get(language, _RECONCILED["en"])


def _moment(at: float, zone: tzinfo) -> datetime | None:
    try:
        return datetime.fromtimestamp(at, zone)
    except (OverflowError, ValueError, OSError):
        return None
