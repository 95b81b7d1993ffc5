"""The station's own clock: its zone, short moments, and how long something lasted. (Numbers: formatting.)"""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

from app.presenters.formatting import NOTHING
from twin.plant.reading import Station


def zone(station: Station | None) -> tzinfo:
    """The station's time zone; UTC where there is no station."""
    return station.zone if station is not None else UTC


def moment(at: float, where: tzinfo) -> str:
    """Day of the year and time, for lists: ``01-12 14:03:22``."""
    return datetime.fromtimestamp(at, where).strftime("%m-%d %H:%M:%S") if math.isfinite(at) else NOTHING


def offset(at: float, where: tzinfo) -> str:
    """``UTC+8``."""
    hours = seconds_from_utc(at, where) / 3600
    return f"UTC{hours:+g}" if hours else "UTC"


def seconds_from_utc(at: float, where: tzinfo) -> float:
    """How far the station's clock is ahead of UTC at a time. [s]"""
    shift = datetime.fromtimestamp(at, where).utcoffset() if math.isfinite(at) else None
    return shift.total_seconds() if shift is not None else 0.0


def lasting(seconds: float) -> str:
    """``00:17``, ``12:03``, ``1:02:03``."""
    if not math.isfinite(seconds):
        return NOTHING
    hours, rest = divmod(max(0, int(seconds)), 3600)
    text = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{hours}:{text}" if hours else text
