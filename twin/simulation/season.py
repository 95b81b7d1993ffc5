"""A heating season: what the town asks for by weather and hour, and how warm the water is that answers it.

Heat load follows the outdoor temperature as buildings feel it, a day late, and the hours of the day. The source sends
water by its heating curve; flow carries what is left, so that a relay station's set flow follows the load too. All of
it is a function of time and seed alone: any day can be simulated without the days before it.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from functools import cache, lru_cache
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.errors import StationError
from twin.plant.station import NotNegative, Part, Positive, Share
from twin.signals import Floats
from twin.simulation import dispatch, transport
from twin.simulation.layout import KELVIN, Layout
from twin.simulation.outside import Sheet
from twin.simulation.weather import DAY, HOUR, Climate, hours, outdoor, standard
from twin.text import did_you_mean

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
HeatingCurve = Annotated[tuple[tuple[Share, float], ...], Field(min_length=1)]

STEP = 1800.0  # s between two reckonings of load and temperature
ROWS = int(DAY / STEP) + 1
MINUTES = int(DAY / 60.0) + 1
FELT_OVER = np.arange(0.0, 25.0, 3.0) * HOUR  # what buildings feel is the mean of a day
WAKING = ((0, -1.0), (4, -1.0), (7, 1.0), (9, 0.6), (14, -0.4), (19, 0.9), (22, 0.0), (24, -1.0))  # of the daily swing
FILLING = 2.0 * DAY  # in which heating is brought up and let go at the ends of a season
LONGEST = 3  # days that water is under way at most


class Season(Part):
    """A heating season, as a scenario file gives it: estimates for Jinan where nothing is said.

    ``temperature_c`` gives each circuit's water where it is made by the share of the design heat load, ``away_km`` how
    far that is from this station's upstream neighbour. A circuit that is not named is as the station file says.
    """

    begins: MonthDay = "11-15"
    ends: MonthDay = "03-15"
    climate: Climate = Climate()
    indoor_c: float = 18.0
    design_c: float = -7.0  # outdoors, at which everything is asked for
    hot_water: Share = 0.06  # of the design load, all year round
    daily_swing: Share = 0.03
    least_flow: Positive = 0.5  # of the set flow
    temperature_c: dict[str, HeatingCurve] = Field(default_factory=dict)
    away_km: dict[str, NotNegative] = Field(default_factory=dict)


class Winter:
    """A season at a station. Temperatures in K, times in POSIX seconds."""

    def __init__(self, season: Season, layout: Layout, seed: int, zone: tzinfo, thing: object = "the season") -> None:
        for name in (*season.temperature_c, *season.away_km):
            if name not in layout.circuits:
                remedy = did_you_mean(name, layout.circuits) or f"Name one of {', '.join(layout.circuits)}"
                raise StationError(thing, f"its season names '{name}', which is no circuit", remedy)
        self._season, self._layout, self._seed, self._zone = season, layout, seed, zone
        self._offset = standard(zone)
        self.ground = season.climate.ground_c + KELVIN
        self._design = self._made(np.ones(1))[0]
        self._shares = lru_cache(maxsize=64)(self._shares_of)
        self._flowed = lru_cache(maxsize=8)(self._flowed_of)
        self._table = lru_cache(maxsize=8)(self._table_of)

    # --- what a plant asks -------------------------------------------------------------------------------------------

    def now(self, at: float) -> Sheet:
        """What there is at an instant."""
        day, second = divmod(at + self._offset, DAY)
        rows, heads = self._table(int(day))
        load, warmth, *sent = _between(rows, second / STEP)
        return Sheet(float(load), np.array(sent), _between(heads, second / 60.0), float(warmth), self.ground)

    def sent_at(self, times: Floats) -> Floats:
        """(k, c) what the upstream neighbours sent."""
        day, second = np.divmod(times + self._offset, DAY)
        sent = np.empty((times.size, len(self._layout.circuits)))
        for each in np.unique(day):
            here = day == each
            rows, _ = self._table(int(each))
            for c in range(sent.shape[1]):
                sent[here, c] = np.interp(second[here] / STEP, np.arange(ROWS), rows[:, 2 + c])
        return sent

    def ages(self, at: float, circuit: int, volume: Floats) -> Floats:
        """(k,) by the flows there were."""
        sent_at = self._before(
            int((at + self._offset) // DAY), np.array([at]), volume / self._layout.set_points[circuit]
        )
        age: Floats = at - sent_at
        return age

    # --- load and temperature ----------------------------------------------------------------------------------------

    def heat(self, times: Floats) -> Floats:
        """(k,) share of the design heat load that the weather asks for, whatever the hour."""
        season = self._season
        lagged = (times[:, None] - FELT_OVER).ravel()
        felt = outdoor(season.climate, self._seed, lagged, self._zone).reshape(times.size, -1).mean(axis=1)
        rooms = np.maximum((season.indoor_c - felt) / (season.indoor_c - season.design_c), 0.0) * self.heating(times)
        asked: Floats = np.minimum(season.hot_water + (1.0 - season.hot_water) * rooms, 1.0)
        return asked

    def heating(self, times: Floats) -> Floats:
        """(k,) 1 within the season, 0 outside it."""
        year = datetime.fromtimestamp(float(times[0]), self._zone).year
        on = np.zeros(times.size)
        for begins in (year - 1, year, year + 1):
            ends = begins + (self._season.ends < self._season.begins)
            up = (times - _instant(begins, self._season.begins, self._zone)) / FILLING
            down = (_instant(ends, self._season.ends, self._zone) - times) / FILLING
            on = np.maximum(on, np.clip(np.minimum(up, down), 0.0, 1.0))
        return on

    def share(self, times: Floats) -> Floats:
        """(k,) of the set flow, that carries the heat asked for at the temperatures there are."""
        heat = self.heat(times)
        waking = np.interp(hours(times, self._zone), *np.array(WAKING, dtype=np.float64).T)
        asked = heat * (1.0 + self._season.daily_swing * waking)
        made = self._made(heat)
        span = np.ptp(made, axis=1) / max(float(np.ptp(self._design)), 1e-9) if made.shape[1] > 1 else 1.0
        flow: Floats = np.clip(asked / span, self._season.least_flow, 1.0)
        return flow

    def _made(self, heat: Floats) -> Floats:
        """(k, c) water of each circuit where it is made, at shares (k,) of the heat load."""
        made: Floats = np.tile(self._layout.water_temperature, (heat.size, 1))
        for name, curve in self._season.temperature_c.items():
            made[:, self._layout.circuit(name)] = KELVIN + np.interp(heat, *np.array(curve, dtype=np.float64).T)
        return made

    # --- tables, a day at a time -------------------------------------------------------------------------------------

    def _times(self, day: int) -> Floats:
        times: Floats = day * DAY - self._offset + STEP * np.arange(ROWS, dtype=np.float64)
        return times

    def _shares_of(self, day: int) -> Floats:
        return self.share(self._times(day))

    def _table_of(self, day: int) -> tuple[Floats, Floats]:
        """Load, outdoor temperature and what is sent (rows, 2 + c); what the neighbours hold (minutes, l)."""
        times = self._times(day)
        warmth = outdoor(self._season.climate, self._seed, times, self._zone) + KELVIN
        rows = np.column_stack([self._shares(day), warmth, self._sent(day, times)])
        minutes: Floats = 60.0 * np.arange(MINUTES, dtype=np.float64)
        heads = dispatch.heads(dispatch.moves(self._seed, day, self._layout), minutes, len(self._layout.lines))
        return rows, heads

    def _sent(self, day: int, times: Floats) -> Floats:
        """(k, c) what arrives at the upstream neighbours from where it is made, and is sent on, in a day."""
        sent = np.empty((times.size, len(self._layout.circuits)))
        for c, name in enumerate(self._layout.circuits):
            way = 1e3 * self._season.away_km.get(name, 0.0) * self._area(name)
            made_at = self._before(day, times, np.full(times.size, way / self._layout.set_points[c]))
            sent[:, c] = transport.cooled(self._made(self.heat(made_at))[:, c], self.ground, times - made_at)
        return sent

    def _before(self, day: int, times: Floats, followed: Floats) -> Floats:
        """(k,) when water set out that so much (k,) followed until times (k,) of a day, in seconds at the set flow."""
        instants, passed = self._flowed(day)
        set_out: Floats = np.interp(np.interp(times, instants, passed) - followed, passed, instants)
        return set_out

    def _flowed_of(self, day: int) -> tuple[Floats, Floats]:
        """Instants of some days up to the end of this one, and what has flowed until each, in seconds at set flow."""
        days = range(day - LONGEST, day + 1)
        instants = np.concatenate([*(self._times(each)[:-1] for each in days), self._times(day)[-1:]])
        share = np.concatenate([*(self._shares(each)[:-1] for each in days), self._shares(day)[-1:]])
        return instants, np.append(0.0, np.cumsum(0.5 * STEP * (share[1:] + share[:-1])))

    def _area(self, circuit: str) -> float:
        """Of the circuit's line. [m²]"""
        bore = next((line.bore_m for line in self._layout.lines if line.circuit == circuit), 0.0)
        return float(0.25 * np.pi * bore**2)


def _between(rows: Floats, place: float) -> Floats:
    """A row at a place between two."""
    whole = int(place)
    part = place - whole
    row: Floats = rows[whole] * (1.0 - part) + rows[whole + 1] * part
    return row


@cache
def _instant(year: int, day: str, zone: tzinfo) -> float:
    """The beginning of a local day. [s, POSIX]"""
    month, number = day.split("-")
    return datetime(year, int(month), int(number), tzinfo=zone).timestamp()
