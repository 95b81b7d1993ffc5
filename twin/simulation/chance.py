"""What is drawn by lot: how each machine differs from its sisters (by the station), and slow wandering (by the run)."""

from __future__ import annotations

import math
import zlib
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from twin.plant.station import Calibration
from twin.signals import Floats
from twin.simulation.effects import BEARINGS, VIBRATION_POINTS
from twin.simulation.layout import Layout

FURTHEST = 2.0  # standard deviations: a stated uncertainty is not exceeded by more
GRADE_1B = 0.03  # ISO 9906:2012: head within ± 3 %, efficiency down to − 3 %


def of_station(layout: Layout, purpose: str) -> Generator:
    """The lot that belongs to a station: the same plant in every run."""
    return np.random.default_rng([zlib.crc32(layout.station.id.encode()), zlib.crc32(purpose.encode())])


@dataclass(frozen=True, eq=False)
class AsBuilt:
    """How each machine differs from its design and its sisters, arrays over pumps."""

    head_scale: Floats  # (p,)
    power_scale: Floats  # (p,)
    phase: Floats  # (p, 3) current of each phase over the mean
    vibration: Floats  # (p, 9) at rated speed and flow [m/s]
    envelope: Floats  # (p, 2) [m/s²]
    bearing: Floats  # (p, 5) heat over the usual
    winding: Floats  # (p, 6) the same
    hours: Floats  # (p,) run before the simulation began [s]


def as_built(layout: Layout) -> AsBuilt:
    """Draw the plant that was really built, within what the station file says it knows of it."""
    lot = of_station(layout, "pumps")
    count = len(layout.machines)
    scales = [_scales(pump.calibration, lot) for pump in layout.station.pumps]
    phase = 1.0 + 0.006 * lot.uniform(-1.0, 1.0, (count, 3))
    return AsBuilt(
        head_scale=np.array([head for head, _ in scales]),
        power_scale=np.array([power for _, power in scales]),
        phase=phase / phase.mean(axis=1, keepdims=True),
        vibration=1e-3 * lot.uniform(1.3, 2.3, (count, VIBRATION_POINTS)),
        envelope=9.81 * lot.uniform(0.35, 0.6, (count, 2)),
        bearing=lot.uniform(0.93, 1.07, (count, BEARINGS)),
        winding=lot.uniform(0.97, 1.03, (count, 6)),
        hours=3600.0 * lot.uniform(2_000.0, 9_000.0, count),
    )


def _scales(calibration: Calibration | None, lot: Generator) -> tuple[float, float]:
    """Head and shaft power over the design's. Without a calibration: anything that grade 1B lets pass."""
    if calibration is None:
        head = 1.0 + GRADE_1B * lot.uniform(-1.0, 1.0)
        return head, head / (1.0 - GRADE_1B * lot.uniform(0.0, 1.0))
    head_off, power_off = np.clip(lot.standard_normal(2), -FURTHEST, FURTHEST)
    return (
        float(calibration.head_scale + calibration.head_scale_sigma * head_off),
        float(calibration.power_scale + calibration.power_scale_sigma * power_off),
    )


def wandered(at: Floats, seconds: float, lot: Generator, dt: float) -> Floats:
    """Slow chance one step on: standard normal, forgotten over ``seconds`` (Ornstein–Uhlenbeck, exact)."""
    return stirred(at, seconds, lot.standard_normal(at.shape), dt)


def stirred(at: Floats, seconds: float, fresh: Floats, dt: float) -> Floats:
    """The same with ``fresh``, as many standard normal numbers, drawn already."""
    kept = math.exp(-dt / seconds)
    moved: Floats = kept * at + math.sqrt(1.0 - kept * kept) * fresh
    return moved


def approached(at: Floats, target: Floats | float, seconds: float, dt: float) -> Floats:
    """A first-order state one step on towards its target (exact for a target that holds)."""
    moved: Floats = target + (at - target) * math.exp(-dt / seconds)
    return moved


def clipped(values: Floats, least: Floats | float, most: Floats | float) -> Floats:
    """The same as ``np.clip``, which takes three times as long for a handful of numbers."""
    held: Floats = np.minimum(np.maximum(values, least), most)
    return held
