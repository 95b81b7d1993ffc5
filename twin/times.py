"""Times as people and files write them: ISO 8601, ``+90``, ``10min``, spans, and whole nanoseconds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from twin.errors import CommandLineError, StationError
from twin.signals import Floats

Nanoseconds = NDArray[np.int64]

NO_TIME = np.iinfo(np.int64).min
"""Stands for a time nobody knows, where times are whole nanoseconds."""

_SECOND = 1_000_000_000
_AT_HAND = 2**13  # numbers turned at once: fresh memory for whole days costs more than their arithmetic
_FURTHEST = 9.2e9  # s; int64 nanoseconds end a little beyond
_UNITS = {"ms": 1e-3, "s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>ms|sec|s|min|m|h|d)?")
_SECONDS = re.compile(r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")

AS_TIME = "Write it as 2026-01-12T03:20:00+08:00, or as +90 for seconds from the start"
AS_DURATION = "Write it as 90s, 10min or 24h"
AS_SPAN = "Write it as A..B, such as +0..+400"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as asked for: POSIX seconds, or seconds from the start of a recording."""

    seconds: float
    from_start: bool = False

    def within(self, start: float) -> float:
        """POSIX seconds, in a recording that starts then."""
        return start + self.seconds if self.from_start else self.seconds


@dataclass(frozen=True, slots=True)
class Span:
    """From a moment to another; an open end reaches as far as there is."""

    since: Moment | None
    until: Moment | None

    def within(self, start: float, end: float) -> tuple[float, float]:
        """POSIX seconds, in a recording that lasts from ``start`` to ``end``."""
        since = self.since.within(start) if self.since else start
        until = self.until.within(start) if self.until else float(np.nextafter(end, np.inf))
        return since, until


def moment(text: str, zone: tzinfo = UTC) -> Moment:
    """``+90``, POSIX seconds, or ISO 8601; without an offset it is local to ``zone``."""
    text = text.strip()
    if text.startswith("+"):
        try:
            return Moment(duration(text[1:]), from_start=True)
        except StationError:
            raise CommandLineError(f"'{text}'", "is not a time", AS_TIME) from None
    try:
        return Moment(posix(text, zone))
    except ValueError:
        raise CommandLineError(f"'{text}'", "is not a time", AS_TIME) from None


def duration(text: str) -> float:
    """Seconds in ``90s``, ``10min``, ``24h``, ``1h30min`` or plain ``90``."""
    text = text.strip()
    parts = list(_DURATION.finditer(text))
    if not parts or "".join(part.group(0) for part in parts) != text.replace("  ", " "):
        raise CommandLineError(f"'{text}'", "is not a duration", AS_DURATION)
    if len(parts) > 1 and any(part["unit"] is None for part in parts):
        raise CommandLineError(f"'{text}'", "is not a duration", AS_DURATION)
    return sum(float(part["number"]) * _UNITS[part["unit"] or "s"] for part in parts)


def span(text: str, zone: tzinfo = UTC) -> Span:
    """``A..B``; either end may be left out."""
    since, dots, until = text.partition("..")
    if not dots:
        raise CommandLineError(f"'{text}'", "is not a span", AS_SPAN)
    read = Span(moment(since, zone) if since.strip() else None, moment(until, zone) if until.strip() else None)
    ends = (read.since, read.until)
    if ends[0] and ends[1] and ends[0].from_start == ends[1].from_start and ends[1].seconds <= ends[0].seconds:
        raise CommandLineError(f"'{text}'", "is a span that ends before it begins", AS_SPAN)
    return read


def posix(text: str, zone: tzinfo = UTC) -> float:
    """POSIX seconds of one cell of a file: a number of them, or ISO 8601. Raises ValueError for anything else."""
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()


def iso(at: float, zone: tzinfo = UTC, digits: int = 3) -> str:
    """ISO 8601 with that many digits of a second; ``Z`` for UTC, an offset elsewhere. Empty for NaN."""
    if not np.isfinite(at):
        return ""
    whole, parts = divmod(round(int(nanoseconds(np.array([at]))[0]) / 10 ** (9 - digits)), 10**digits)
    when = datetime.fromtimestamp(whole, zone)
    fraction = f".{parts:0{digits}d}" if digits else ""
    stamp = when.isoformat()
    return stamp[:19] + fraction + ("Z" if zone is UTC else stamp[19:])


def nanoseconds(at: Floats) -> Nanoseconds:
    """(n,) POSIX seconds as whole nanoseconds; NaN becomes :data:`NO_TIME`, what is too far away the furthest.

    Every float64 within a few centuries of now comes back from :func:`seconds` as it was: whole seconds and their
    fraction are turned apart, for their sum in nanoseconds has more digits than a float64 holds.
    """
    known = ~np.isnan(at)
    at = np.clip(np.where(known, at, 0.0), -_FURTHEST, _FURTHEST)
    whole = np.floor(at)
    turned = whole.astype(np.int64) * _SECOND + np.rint((at - whole) * _SECOND).astype(np.int64)
    return np.where(known, turned, NO_TIME)


def nanosecond(at: float) -> int:
    """One time as whole nanoseconds, as :func:`nanoseconds` has it."""
    if at != at:
        return int(NO_TIME)
    at = min(max(at, -_FURTHEST), _FURTHEST)
    whole = math.floor(at)
    return whole * _SECOND + round((at - whole) * _SECOND)


def seconds(at: Nanoseconds) -> Floats:
    """(n,) whole nanoseconds as POSIX seconds; :data:`NO_TIME` becomes NaN."""
    found = np.empty(at.shape)
    flat, told = found.reshape(-1), at.reshape(-1)
    for low in range(0, len(told), _AT_HAND):
        some, into = told[low : low + _AT_HAND], flat[low : low + _AT_HAND]
        whole = some // _SECOND
        np.divide(some - whole * _SECOND, _SECOND, out=into)
        into += whole
        unknown = some == NO_TIME
        if unknown.any():
            into[unknown] = np.nan
    return found


def evenly(start: int, step: int, count: int) -> Floats | None:
    """What :func:`seconds` makes of so many times from ``start`` on, ``step`` apart [ns], reckoned without them; None
    where these are no whole seconds."""
    if step % _SECOND:
        return None
    first, period = start // _SECOND, step // _SECOND
    found = np.arange(first, first + period * count, period, dtype=np.float64) if step else np.full(count, float(first))
    if start % _SECOND:
        found += start % _SECOND / _SECOND
    return found
