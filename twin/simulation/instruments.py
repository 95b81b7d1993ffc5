"""Transmitters: from what is true to what is said. Bias and noise of its class, resolution, range, period, failures.

The classes are the usual ones of a station like this: pressure 0.075 % of span, flow 1 % of reading, resistance
thermometers ± 0.2 K, vibration 3 %. A bias belongs to a transmitter and is the same in every run.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twin.signals import Floats, Qualities, Quality, Tag, TagTable
from twin.simulation.chance import of_station
from twin.simulation.effects import Effects
from twin.simulation.layout import Layout
from twin.units import scales_and_offsets


@dataclass(frozen=True, slots=True)
class Class:
    """How well a kind of transmitter measures.

    ``spread`` of span and ``scatter`` of reading are random from second to second, correlated by ``memory`` (AR 1);
    ``zero`` (of span) and ``gain`` (of reading) are the greatest fixed errors; ``noise`` and ``offset`` are the same
    as spread and zero in the tag's own unit.
    """

    spread: float = 0.0
    scatter: float = 0.0
    zero: float = 0.0
    gain: float = 0.0
    noise: float = 0.0
    offset: float = 0.0
    memory: float = 0.0
    cutoff: float = 0.0  # of span, below which zero is said


BAD, MISSING = np.uint8(Quality.BAD), np.uint8(Quality.MISSING)
QUIETEST = 2e-4  # of span: noise of a failing transmitter is reckoned in it where a sound one has less, or none
LIVE_BELOW = 0.2 / 16.0  # of span below a range that is still a measurement (NAMUR NE 43: 3.8 mA of 4 to 20)
LIVE_ABOVE = 0.5 / 16.0  # and above it (20.5 mA); beyond these bounds a signal says that its transmitter has failed
PRESSURE = Class(spread=2e-4, zero=4e-4)
FLOW = Class(scatter=3e-3, gain=4e-3, memory=0.3, cutoff=1e-3)
TEMPERATURE = Class(noise=0.05, offset=0.2, memory=0.3)
VIBRATION = Class(scatter=0.03, gain=0.02)
SPEED = Class(scatter=2e-4)
POWER = Class(scatter=2e-3, gain=2e-3)
CURRENT = Class(scatter=2e-3, gain=2e-3)
POSITION = Class(spread=2e-4, zero=5e-4)
FREQUENCY = Class(noise=2e-3)
LEVEL = Class(spread=3e-4, zero=1e-3)
OTHER = Class(scatter=2e-3, gain=5e-3)
EXACT = Class()

OF_UNIT = {
    "MPa": PRESSURE, "kPa": PRESSURE, "bar": PRESSURE, "Pa": PRESSURE,
    "m3/h": FLOW, "m³/h": FLOW, "L/min": FLOW, "L/s": FLOW, "t/h": FLOW, "m3/s": FLOW, "m³/s": FLOW,
    "°C": TEMPERATURE, "K": TEMPERATURE,
    "mm/s": VIBRATION, "g": VIBRATION,
    "r/min": SPEED, "Hz": FREQUENCY,
    "kW": POWER, "W": POWER, "MW": POWER, "Mvar": POWER, "A": CURRENT, "kV": CURRENT, "V": CURRENT,
    "%": POSITION, "m": LEVEL, "deg": EXACT, "m3": EXACT, "h": EXACT, "m/s": SPEED,
}  # fmt: skip
EXACTLY_SAID = frozenset({"frequency_setpoint", "pose_x", "pose_y", "battery"})
"""What is not measured but known to who says it."""


@dataclass(frozen=True, eq=False)
class Transmitters:
    """All transmitters of a station, arrays over tags (n,)."""

    scale: Floats  # value in SI = value in the tag's unit * scale + offset
    offset: Floats
    gain: Floats
    zero: Floats  # tag's unit
    noise: Floats  # tag's unit
    scatter: Floats
    memory: Floats
    fresh: Floats  # share of the noise that is new each second
    cutoff: Floats  # tag's unit
    step: Floats  # tag's unit; 1 where ``quantised`` is False
    quantised: NDArray[np.bool_]
    low: Floats
    high: Floats
    span: Floats
    dead_below: Floats  # tag's unit, beyond which a signal is no measurement
    dead_above: Floats
    period: NDArray[np.int64]  # s, whole, at least 1

    def rounded(self, value: Floats) -> Floats:
        """(n,) what can be said of values (n,): multiples of the tags' steps, and no negative zero."""
        coarse = value / self.step
        np.rint(coarse, out=coarse)
        coarse *= self.step
        coarse += 0.0
        return coarse if self._all_quantised else np.where(self.quantised, coarse, value)

    @cached_property
    def _all_quantised(self) -> bool:
        return bool(self.quantised.all())

    def slow(self, second: int) -> NDArray[np.bool_]:
        """(n,) which do not report at this second of the run."""
        due = tuple(second % period == 0 for period in self._periods)
        if due not in self._late:
            self._late[due] = (second % self.period) != 0
        return self._late[due]

    @cached_property
    def _periods(self) -> tuple[int, ...]:
        """Each period once."""
        return tuple(np.unique(self.period).tolist())

    @cached_property
    def _late(self) -> dict[tuple[bool, ...], NDArray[np.bool_]]:
        """Which do not report, by the periods that are due: a handful."""
        return {}


@dataclass(eq=False)
class Said:
    """What is remembered: the noise of a moment ago, and what was said last, arrays over tags."""

    noise: Floats
    value: Floats


def transmitters(layout: Layout) -> Transmitters:
    """The station's transmitters, each with its fixed errors."""
    tags = layout.station.tags
    lot = of_station(layout, "transmitters")
    classes = [_class(tag) for tag in tags]
    scale, offset = scales_and_offsets(tag.unit for tag in tags)
    low = np.array([tag.low for tag in tags], dtype=np.float64)
    high = np.array([tag.high for tag in tags], dtype=np.float64)
    span = np.where(np.isfinite(high - low), high - low, 0.0)
    step = np.array([tag.step for tag in tags], dtype=np.float64)
    zero = _column(classes, "zero") * span + _column(classes, "offset")
    return Transmitters(
        scale=scale,
        offset=offset,
        gain=1.0 + _column(classes, "gain") * lot.uniform(-1.0, 1.0, len(tags)),
        zero=zero * lot.uniform(-1.0, 1.0, len(tags)),
        noise=_column(classes, "spread") * span + _column(classes, "noise"),
        scatter=_column(classes, "scatter"),
        memory=_column(classes, "memory"),
        fresh=np.sqrt(1.0 - _column(classes, "memory") ** 2),
        cutoff=_column(classes, "cutoff") * span,
        step=np.where(step > 0.0, step, 1.0),
        quantised=step > 0.0,
        low=np.where(np.isfinite(low), low, -np.inf),
        high=np.where(np.isfinite(high), high, np.inf),
        span=span,
        dead_below=np.where(np.isfinite(low), low - LIVE_BELOW * span, -np.inf),
        dead_above=np.where(np.isfinite(high), high + LIVE_ABOVE * span, np.inf),
        period=np.array([max(1, round(tag.period)) for tag in tags], dtype=np.int64),
    )


def _class(tag: Tag) -> Class:
    if tag.kind != "analog" or tag.measures in EXACTLY_SAID:
        return EXACT
    return OF_UNIT.get(tag.unit, OTHER)


def _column(classes: list[Class], name: str) -> Floats:
    return np.array([getattr(each, name) for each in classes], dtype=np.float64)


def first(tags: TagTable, lot: Generator) -> Said:
    """Nothing was said yet."""
    return Said(lot.standard_normal(len(tags)), np.full(len(tags), np.nan))


def step(
    said: Said, true: Floats, kit: Transmitters, effects: Effects, lot: Generator, second: int
) -> tuple[Floats, Qualities]:
    """Values (n,) in the tags' units and their quality.

    Parameters
    ----------
    true : (n,)   What there is to measure, SI; NaN where the plant has no such thing.
    """
    noise = lot.standard_normal(true.size)
    noise *= kit.fresh
    noise += kit.memory * said.noise
    said.noise = noise
    wanted = true - kit.offset
    wanted /= kit.scale
    size = np.abs(wanted)
    beyond = size >= kit.cutoff
    wanted *= beyond
    size *= beyond
    size *= kit.scatter
    sigma = np.maximum(kit.noise, size, out=size)
    if effects.sensors_noisy:
        quietest = np.where(effects.sensor_noise > 0.0, QUIETEST * kit.span, 0.0)
        sigma = np.maximum(sigma, quietest) * (1.0 + effects.sensor_noise)
    value = wanted
    value *= kit.gain
    value += _fixed(kit, effects)
    value += np.multiply(sigma, noise, out=sigma)
    said.value, quality = _limited(said, kit.rounded(value), kit, kit.slow(second) | effects.sensor_stuck)
    return _known(said.value, quality, effects, lot)


@lru_cache(maxsize=8)
def _fixed(kit: Transmitters, effects: Effects) -> Floats:
    """(n,) what transmitters say too much whatever they measure, and what faults add to it; in the tags' units."""
    fixed: Floats = kit.zero + effects.sensor_offset * kit.span
    return fixed


def _limited(said: Said, value: Floats, kit: Transmitters, silent: NDArray[np.bool_]) -> tuple[Floats, Qualities]:
    """What is said within the tags' ranges, and its quality; those that are silent (n,) say what they said before."""
    held = silent & np.isfinite(said.value)
    quality = np.zeros(value.size, dtype=np.uint8)
    limited = np.minimum(np.maximum(value, kit.low), kit.high)
    if (limited != value).any():
        quality[((value < kit.dead_below) | (value > kit.dead_above)) & ~held] = BAD
    np.copyto(limited, said.value, where=held)
    return limited, quality


def _known(value: Floats, quality: Qualities, effects: Effects, lot: Generator) -> tuple[Floats, Qualities]:
    """The same without what does not come."""
    gone = np.isnan(value)
    if effects.sensors_gone:
        gone |= lot.random(value.size) < effects.sensor_gone
        value = np.where(gone, np.nan, value)
    quality[gone] = MISSING
    return value, quality
