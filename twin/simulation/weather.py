"""Outdoor temperature by day and hour: a climate, and weather drawn by lot that can be asked for at any time.

Weather is a function of time and seed alone, so that any day of a winter can be simulated without the days before.
"""

from __future__ import annotations

import zlib
from datetime import datetime, tzinfo
from functools import cache, lru_cache

import numpy as np
from pydantic import Field

from twin.plant.station import NotNegative, Part
from twin.signals import Floats

DAY, HOUR = 86_400.0, 3600.0
YEAR = 365.2425 * DAY
NEW_YEAR = 1_577_836_800.0  # s, POSIX: a turn of the year from which others are counted
BLOCK = 1024  # draws that are made together
FRONTS, GUSTS = 2.5 * DAY, 7.0 * HOUR  # between two draws of slow and of fast weather
FAST = 0.3  # of the spread, that is fast
COLDEST_DAY = 18.0  # of January
WARMEST_HOUR = 15.0


class Climate(Part):
    """A place's winter, as a scenario file gives it: estimates for Jinan where nothing is said."""

    mean_c: float = 14.7
    summer_over_mean_k: NotNegative = 14.2
    day_over_mean_k: NotNegative = 4.5
    weather_k: NotNegative = 3.2  # standard deviation of a day from the usual one
    ground_c: float = Field(default=10.0, ge=-10.0, le=30.0)


def outdoor(climate: Climate, seed: int, times: Floats, zone: tzinfo) -> Floats:
    """(k,) outdoor temperature at times (k,) [s, POSIX]. [°C]"""
    of_year = np.cos(2.0 * np.pi * ((times - NEW_YEAR) / YEAR - COLDEST_DAY * DAY / YEAR))
    of_day = np.cos(2.0 * np.pi * (hours(times, zone) - WARMEST_HOUR) / 24.0)
    slow = chance(seed, "fronts", times / FRONTS)
    fast = chance(seed, "gusts", times / GUSTS)
    weather = np.sqrt(1.0 - FAST**2) * slow + FAST * fast
    usual: Floats = climate.mean_c - climate.summer_over_mean_k * of_year + climate.day_over_mean_k * of_day
    usual += climate.weather_k * weather
    return usual


def hours(times: Floats, zone: tzinfo) -> Floats:
    """(k,) hour of the local day, summer time never counted."""
    local: Floats = ((times + standard(zone)) % DAY) / HOUR
    return local


@cache
def standard(zone: tzinfo) -> float:
    """A zone's offset from UTC in winter. [s]"""
    offset = datetime(2020, 1, 1, tzinfo=zone).utcoffset()
    return offset.total_seconds() if offset else 0.0


def chance(seed: int, purpose: str, place: Floats) -> Floats:
    """(k,) standard normal at every place (k,), continuous, and forgotten one place further on.

    Between two draws a and b at whole places stands ``a cos φ + b sin φ``, whose spread is the same everywhere.
    """
    whole = np.floor(place)
    angle = 0.5 * np.pi * (place - whole)
    number = whole.astype(np.int64)
    drawn: Floats = np.cos(angle) * _drawn(seed, purpose, number) + np.sin(angle) * _drawn(seed, purpose, number + 1)
    return drawn


def lot(seed: int, purpose: str, number: int) -> np.random.Generator:
    """The lot of a numbered thing (a day, a block of draws), the same whenever it is asked for."""
    return np.random.default_rng([seed, zlib.crc32(purpose.encode()), number % 2**32])


def _drawn(seed: int, purpose: str, number: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Floats:
    block, within = np.divmod(number, BLOCK)
    found = np.empty(number.size)
    for each in np.unique(block):
        here = block == each
        found[here] = _block(seed, purpose, int(each))[within[here]]
    return found


@lru_cache(maxsize=64)
def _block(seed: int, purpose: str, number: int) -> Floats:
    drawn = lot(seed, purpose, number).standard_normal(BLOCK)
    drawn.flags.writeable = False
    return drawn
