"""A healthy recording through the eyes of the design: what pumps did in steady running, and which tags to trust."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from twin.detectors.channels import Channels
from twin.detectors.pump_residuals import REFERENCE_DENSITY
from twin.errors import StationError
from twin.plant import screening
from twin.plant.binding import GAUGES, METERS, THERMOMETERS, Binding
from twin.plant.calibrating import Run
from twin.plant.estimating import Mask
from twin.plant.model import PumpModel
from twin.plant.reading import Station
from twin.signals import Block, Floats, Frame, Quality, TagTable
from twin.units import STANDARD_GRAVITY

Blocks = Callable[[], Iterator[Block]]

SHORTEST = 120  # samples of a span, and seconds
GAP = 2.5  # periods between samples that still follow one another
GAUGE_CLASS = 4e-4  # of span: what is known of a pressure transmitter beforehand, half its class of 0.075 %
OUTVOTED = 6.0  # times that by which one gauge of three may stand off the middle one
SCREENED = (
    "suction_pressure",
    "discharge_pressure",
    "pump_flow",
    "shaft_speed",
    "motor_active_power",
    "frequency_output",
)


@dataclass(frozen=True, eq=False)
class Survey:
    """A recording through the eyes of the design: arrays (t, n) over pumps, (t, c) over circuits, SI."""

    model: PumpModel
    channels: Channels
    at: Floats
    follows: Mask
    pumps: Mapping[str, Floats]
    headers: Mapping[str, Floats]
    steady: Mask
    running: Mask
    values: Floats  # (t, m) residuals, % of rated
    valid: Mask  # (t, m)

    @classmethod
    def of(cls, station: Station, tags: TagTable, blocks: Blocks, set_aside: frozenset[int]) -> Survey:
        """Run the model, without any detector, over all frames."""
        model = PumpModel(station, tags)
        channels = Channels(model)
        columns: dict[str, list[Any]] = {}
        headers: dict[str, list[Floats]] = {}
        for frame in _frames(blocks, set_aside):
            state = model.step(frame)
            sample = channels.sample(state)
            taken = {
                "at": frame.at,
                "flow": state.flow,
                "speed": state.speed,
                "head": state.head,
                "power": state.power,
                "density": state.density,
                "suction": state.measured.pumps["suction_pressure"],
                "discharge": state.measured.pumps["discharge_pressure"],
                "running": state.running,
                "value": sample.value,
                "valid": sample.why == 0,
            }
            for key, value in taken.items():
                columns.setdefault(key, []).append(value)
            for key, value in state.measured.headers.items():
                headers.setdefault(key, []).append(value)
        pumps = {key: np.array(rows) for key, rows in columns.items()}
        at, valid = pumps.pop("at"), pumps.pop("valid")
        return cls(
            model=model,
            channels=channels,
            at=at,
            follows=np.r_[False, np.diff(at) < GAP * max(1.0, float(np.median(np.diff(at))))],
            pumps=pumps,
            headers={key: np.array(rows) for key, rows in headers.items()},
            steady=_steady(channels, valid, len(model.pumps)),
            running=pumps.pop("running"),
            values=pumps.pop("value"),
            valid=valid,
        )

    @property
    def losses(self) -> Floats:
        """(2, n) what discharge branch and suction of each pump lose at rated flow. [Pa]"""
        per_cent = self.channels.losses * self.model.rated_head / 100.0
        return np.asarray(per_cent * REFERENCE_DENSITY * STANDARD_GRAVITY, dtype=np.float64)

    def judged(self, name: str, pump: int) -> Mask:
        """(t,) when a residual of a pump may be judged; never where it has none."""
        own = self.channels.of(name)
        return np.asarray(self.valid[:, own[self.channels.pump[own] == pump]].any(axis=1), dtype=bool)

    def run(self, pump: int, offset: Floats | float) -> Run:
        """The steady samples of a pump, its gauges said to read ``offset`` [Pa] too much head."""
        chosen = self.steady[:, pump]
        density = self.pumps["density"][:, pump]
        return Run(
            flow=self.pumps["flow"][:, pump],
            speed=self.pumps["speed"][:, pump],
            head=self.pumps["head"][:, pump] - offset / (density * STANDARD_GRAVITY),
            power=self.pumps["power"][:, pump],
            density=density,
            follows=self.follows,
        ).where(chosen)


def _frames(blocks: Blocks, set_aside: frozenset[int]) -> Iterable[Frame]:
    """All frames, with what cannot be relied on called bad."""
    columns = sorted(set_aside)
    for block in blocks():
        quality = block.quality.copy()
        quality[:, columns] = Quality.BAD
        yield from Block(block.at, block.values, quality, block.arrived).frames()


def _steady(channels: Channels, valid: Mask, pumps: int) -> Mask:
    """(t, n) when each pump may be judged: neither starting nor ramping, on its curve."""
    steady = np.zeros((len(valid), pumps), dtype=bool)
    for name in ("power", "head"):
        own = channels.of(name)
        steady[:, channels.pump[own]] |= valid[:, own]
    return steady


# ---- what can be relied on ------------------------------------------------------------------------------------------


def screened(binding: Binding, blocks: Blocks, name: str) -> dict[int, str]:
    """Columns that cannot be used, each with the reason. Raises StationError where there is too little of any."""
    tags = binding.tags
    watched = [
        (measure, int(column), int(running))
        for measure in SCREENED
        for column, running in zip(binding.column(measure), binding.column("running"), strict=True)
    ]
    watched += [
        (measure, int(column), -1)
        for measure in (*GAUGES, *METERS, *THERMOMETERS)
        for column in binding.header_column(measure)
    ]
    watched = [one for one in watched if one[1] >= 0]
    columns = sorted({c for _, column, running in watched for c in (column, running) if c >= 0})
    values, at = _values(blocks, columns)
    if at.size < SHORTEST or at[-1] - at[0] < SHORTEST:
        wrong = f"holds only {at.size} samples there, over {at[-1] - at[0] if at.size else 0.0:.0f} s"
        raise StationError(name, wrong, f"Choose a span of at least {SHORTEST} s")
    where = {column: place for place, column in enumerate(columns)}
    found = {}
    for measure, column, running in watched:
        live = values[:, where[running]] > 0.5 if running >= 0 else np.ones(at.size, dtype=bool)
        tag = tags[column]
        why = screening.trouble(measure, values[:, where[column]], live, (tag.low, tag.high))
        if why:
            found[column] = why
    return found | {c: why for c, why in _outvoted(binding, values, where).items() if c not in found}


def _values(blocks: Blocks, columns: list[int]) -> tuple[Floats, Floats]:
    """(t, k) values of some columns, NaN where they are bad, and their times (t,)."""
    parts, times = [np.empty((0, len(columns)))], [np.empty(0)]
    for block in blocks():
        bad = block.quality[:, columns] >= Quality.BAD
        parts.append(np.where(bad, np.nan, block.values[:, columns]))
        times.append(block.at)
    return np.concatenate(parts), np.concatenate(times)


def _outvoted(binding: Binding, values: Floats, where: Mapping[int, int]) -> dict[int, str]:
    """Header gauges that two others contradict by more than any sound one may be off."""
    found = {}
    for side in (GAUGES[:3], GAUGES[3:]):
        for columns in np.stack([binding.header_column(measure) for measure in side], axis=1):
            if (columns < 0).any():
                continue
            readings = values[:, [where[int(c)] for c in columns]]
            off = np.nanmedian(readings - np.nanmedian(readings, axis=1, keepdims=True), axis=0)
            for column, apart in zip(columns.tolist(), off.tolist(), strict=True):
                tag = binding.tags[column]
                if abs(apart) > OUTVOTED * GAUGE_CLASS * (tag.high - tag.low):
                    found[column] = f"stands {apart:+.3g} {tag.unit} off its sisters: a fault, not an offset"
    return found
