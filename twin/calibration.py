"""``pumphouse calibrate``: a station file that knows its own pumps and transmitters, by a recording that is healthy."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from twin.errors import StationError
from twin.plant import calibrating
from twin.plant.binding import GAUGES, METERS, THERMOMETERS, Binding, or_zero
from twin.plant.calibrating import Branch, Known, Outcome
from twin.plant.curve import from_station
from twin.plant.estimating import repetition, scatter
from twin.plant.reading import Station, parse
from twin.plant.rewriting import rewritten
from twin.plant.station import Calibration, Calibrations, Sensor
from twin.plant.whereabouts import Path as KeyPath
from twin.recordings.recording import Recording
from twin.signals import Block, Floats, TagTable
from twin.surveying import GAUGE_CLASS, Blocks, Survey, screened
from twin.times import iso
from twin.units import STANDARD_GRAVITY, scale_and_offset

Progress = Callable[[float], None]

DESIGN = Calibration()  # what is known of a pump that nobody calibrated: ISO 9906 grade 1B
OF_PUMP = ("head_scale", "steepness_scale", "head_offset_m", "power_scale", "flow_scale")
# What is known of transmitters beforehand as a standard uncertainty: half of their class.
FLOW_METER = Known(1.0, DESIGN.flow_scale_sigma)  # 1 % of reading
THERMOMETER = Known(0.0, 0.15)  # K
UNKNOWN_GAUGE = Known(0.0, 1e3)  # Pa, of a gauge whose range the file does not state
SURE = 0.01  # K to which the mean of many samples of two thermometers is trusted
USUAL_WEIGHT = 950.0 * STANDARD_GRAVITY  # N/m³, where no sample tells it
STANDING = 0.03  # of rated flow: with less, a branch loses nothing
PASSES = 3  # over the frames: screening, survey, noise


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter: what it was, what it is now; ``kept`` says why it is what it was."""

    subject: str
    parameter: str
    unit: str
    before: float | None
    after: float
    sigma: float
    kept: str = ""

    def told(self) -> dict[str, Any]:
        """As ``--json`` writes it."""
        return {
            "subject": self.subject,
            "parameter": self.parameter,
            "unit": self.unit,
            "before": self.before,
            "after": self.after,
            "uncertainty": self.sigma,
            "identified": not self.kept,
            "kept_because": self.kept or None,
        }


@dataclass(frozen=True)
class Calibrated:
    """What a calibration came to: the new station file's text, every parameter, and the tags not used, with why."""

    text: str
    rows: tuple[Row, ...]
    set_aside: Mapping[str, str]
    span: tuple[float, float]
    samples: int

    def told(self) -> dict[str, Any]:
        """As ``--json`` writes it."""
        return {
            "span": [iso(end) for end in self.span],
            "samples": self.samples,
            "set_aside": dict(self.set_aside),
            "parameters": [row.told() for row in self.rows],
        }


def calibrate_recording(
    recording: Recording, station: Station, span: tuple[float, float] | None, progress: Progress
) -> Calibrated:
    """Calibrate a station by a recording, or by a span of it [s, POSIX]."""
    start, end = recording.span
    since, until = span or (start, float(np.nextafter(end, np.inf)))
    if not recording.row_count:
        raise StationError(recording.path, "holds no frames", "Name a recording with data")
    if until <= start or since > end:
        wrong = f"has nothing in that span; it lasts from {iso(start)} to {iso(end)}"
        raise StationError(recording.path, wrong, "Choose a span within it")
    passes = 0

    def blocks() -> Iterator[Block]:
        nonlocal passes
        for block in recording.blocks(since, until):
            progress((passes + (float(block.at[0]) - since) / max(until - since, 1.0)) / PASSES)
            yield block
        passes += 1

    return calibrate(station, recording.tags, blocks, str(recording.path))


def calibrate(station: Station, tags: TagTable, blocks: Blocks, name: str = "the recording") -> Calibrated:
    """Calibrate a station by frames. Raises StationError where they hold nothing to calibrate by."""
    if not station.pumps:
        raise StationError(name, "belongs to a station without pumps", "Name a station that has some with --station")
    bare = _bare(station)
    set_aside = screened(Binding(bare, tags), blocks, name)
    survey = Survey.of(bare, tags, blocks, frozenset(set_aside))
    if not survey.steady.any():
        raise StationError(name, "no pump ever runs steadily in it", "Choose a span in which pumps run")
    bench = _Bench(station, survey, set_aside)
    bench.pumps()
    after = parse(_written(station, bench.values), station.path)
    bench.noise(Survey.of(after, tags, blocks, frozenset(set_aside)))
    return Calibrated(
        text=_written(station, bench.values),
        rows=tuple(bench.rows),
        set_aside={tags[column].name: why for column, why in set_aside.items()},
        span=(float(survey.at[0]), float(survey.at[-1])),
        samples=survey.at.size,
    )


def ensure_new(out: Path) -> None:
    """Raise StationError where a file is there already: a station file is somebody's work, and is not overwritten."""
    if out.exists():
        raise StationError(out, "is there already", "Name a new file with --out, or remove this one first")


def with_model_found(text: str, station: Station, out: Path) -> str:
    """The text with its 3D model named from where the new file will lie, where it would not be found there."""
    name, model = station.file.station.model, station.model_path
    if model is None or not model.is_file() or (out.parent / name).is_file():
        return text
    way = Path(os.path.relpath(model, out.parent.absolute())).as_posix()
    moved = text.replace(f'model = "{name}"', f'model = "{way}"', 1)
    return moved if parse(moved).file.station.model == way else text


def write_station(text: str, out: Path) -> None:
    """Write the new station file, whole; never over another."""
    ensure_new(out)
    try:
        with out.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        wrong = f"cannot be written: {(error.strerror or '').lower()}"
        raise StationError(out, wrong, "Name a place where files can be written") from None


def _bare(station: Station) -> Station:
    """The station as if nobody had calibrated it: samples are judged against the design."""
    pumps = tuple(pump.model_copy(update={"calibration": None}) for pump in station.pumps)
    file = station.file.model_copy(update={"pumps": pumps, "calibration": Calibrations()})
    return Station(file, station.text, station.path)


# ---- the file -------------------------------------------------------------------------------------------------------


def _written(station: Station, values: Mapping[KeyPath, float]) -> str:
    """The station's text with the values in it. Raises StationError for a text in which that is not possible."""
    rounded = {path: _rounded(path, values) for path in values}
    text = rewritten(station.text, rounded)
    raw: Any = tomllib.loads(text)
    for path, value in rounded.items():
        held = raw
        for key in path:
            held = held[key]
        if not np.isclose(held, value, rtol=1e-5):
            wrong = f"its '{'.'.join(str(key) for key in path)}' is written in a way that cannot be changed in place"
            raise StationError(station.path or station.id, wrong, "Write each [table] of it once")
    return text


def _rounded(path: KeyPath, values: Mapping[KeyPath, float]) -> float:
    """A value to a hundredth of its uncertainty, an uncertainty to three digits."""
    sigma = values.get((*path[:-1], f"{path[-1]}_sigma"))
    if not sigma:
        return float(f"{values[path]:.3g}")
    return round(values[path], int(np.ceil(2.0 - np.log10(sigma))))


# ---- what is estimated ----------------------------------------------------------------------------------------------


@dataclass
class _Bench:
    """Where a station is calibrated: its survey, what was found, row by row, and what of it is to be written where."""

    station: Station
    survey: Survey
    set_aside: Mapping[int, str]
    rows: list[Row] = field(default_factory=list)
    values: dict[KeyPath, float] = field(default_factory=dict)

    @property
    def binding(self) -> Binding:
        return self.survey.model.binding

    def pumps(self) -> None:
        """Gauges first, then flow meters, then the pumps that they measure."""
        flows: dict[int, Outcome] = {}
        gauges: dict[int, Outcome] = {}
        for circuit in range(len(self.binding.circuits)):
            gauges |= self._side(circuit, GAUGES[:3], "suction")
            gauges |= self._side(circuit, GAUGES[3:], "discharge")
            self._thermometers(circuit)
            flows |= self._meters(circuit)
        for index in range(len(self.station.pumps)):
            self._pump(index, flows, gauges)

    def noise(self, survey: Survey) -> None:
        """How each residual of the calibrated station scatters."""
        stated = self.station.file.calibration.noise
        for channel, key in enumerate(survey.channels.keys):
            chosen = survey.valid[:, channel] & np.isfinite(survey.values[:, channel])
            values = survey.values[chosen, channel] * survey.channels.scale[channel]
            found = scatter(values, (survey.follows & np.r_[False, chosen[:-1]])[chosen])
            if found is None:
                continue
            sigma, coefficient = found
            worth = values.size / repetition(values - np.median(values), survey.follows[chosen])
            was = stated.get(key)
            doubts = sigma / float(np.sqrt(2.0 * worth)), float(np.sqrt((1.0 - coefficient**2) / values.size))
            unit = survey.channels.names[channel].unit
            self.rows.append(Row(key, "sigma", unit, was.sigma if was else None, sigma, doubts[0]))
            self.rows.append(Row(key, "ar", "", was.ar if was else None, coefficient, doubts[1]))
            self.values[("calibration", "noise", key, "sigma")] = sigma
            self.values[("calibration", "noise", key, "ar")] = coefficient

    def _pump(self, index: int, flows: Mapping[int, Outcome], gauges: Mapping[int, Outcome]) -> None:
        """Head, power and flow of one pump."""
        pump = self.station.pumps[index]
        design = from_station(self.station.file.curves[pump.curve], pump.curve)
        stated = {key: _stated(pump.calibration, key) for key in OF_PUMP}
        measures = ("discharge_pressure", "suction_pressure")
        ends = [gauges.get(int(self.binding.column(m)[index]), _NO_GAUGE) for m in measures]
        if not all(end.kept for end in ends):
            stated["head_offset_m"] = None  # what the file calls an offset of the head is now one of the gauges
        meter = flows.get(int(self.binding.column("pump_flow")[index]), _NO_METER)
        flow = Known(meter.value, meter.sigma)
        run = self.survey.run(index, ends[0].value - ends[1].value)
        weight = STANDARD_GRAVITY * float(np.mean(run.density)) if run.density.size else USUAL_WEIGHT
        offset = Known(0.0, max(float(np.hypot(ends[0].sigma, ends[1].sigma)) / weight, 1e-3))
        known = [Known(1.0, DESIGN.head_scale_sigma), Known(1.0, DESIGN.steepness_scale_sigma), offset]
        of_head = calibrating.head(run, design, flow, known, [stated[key] for key in OF_PUMP[:3]])
        of_power = Known(1.0, DESIGN.power_scale_sigma)
        power = calibrating.power(run, design, pump.motor, flow, of_power, stated["power_scale"])
        for key, outcome in zip(OF_PUMP, [*of_head, power, meter], strict=True):
            before = float(getattr(pump.calibration or DESIGN, key))
            row = Row(
                pump.id, key, "m" if key.endswith("_m") else "", before, outcome.value, outcome.sigma, outcome.kept
            )
            self._enter(row, ("pumps", index, "calibration"))

    def _meters(self, circuit: int) -> dict[int, Outcome]:
        """Flow meters of a circuit: its header's are entered, its pumps' returned by column."""
        survey = self.survey
        own = self.binding.column("pump_flow")
        pumps = [p for p in self._pumps_of(circuit) if own[p] >= 0]
        header, columns = self._of_header(circuit, METERS)
        steady = np.where(survey.steady[:, pumps], survey.pumps["flow"][:, pumps], np.nan)
        flows = np.where(survey.running[:, pumps], steady, 0.0).T
        bypass = or_zero(survey.headers["bypass_flow"][:, circuit])
        stated = [self._stated_sensor(column, "scale") for column in columns]
        stated += [_stated(self.station.pumps[p].calibration, "flow_scale") for p in pumps]
        outcomes = calibrating.flow_gains(header, flows, bypass, survey.follows, FLOW_METER, stated)
        for column, outcome in zip(columns, outcomes, strict=False):
            self._enter_sensor(column, "scale", outcome)
        return dict(zip((int(own[p]) for p in pumps), outcomes[len(columns) :], strict=True))

    def _thermometers(self, circuit: int) -> None:
        """The thermometers of a circuit's inlet."""
        readings, columns = self._of_header(circuit, THERMOMETERS)
        stated = [self._stated_sensor(column, "offset") for column in columns]
        outcomes = calibrating.gauge_offsets(readings, (), self.survey.follows, THERMOMETER, stated, SURE)
        for column, outcome in zip(columns, outcomes, strict=True):
            self._enter_sensor(column, "offset", outcome)

    def _side(self, circuit: int, side: tuple[str, ...], end: str) -> dict[int, Outcome]:
        """Gauges of one header and of the pumps' ends that look at it, by column. [Pa]"""
        own = self.binding.column(f"{end}_pressure")
        readings, columns = self._of_header(circuit, side)
        pumps = [p for p in self._pumps_of(circuit) if own[p] >= 0 and int(own[p]) not in self.set_aside]
        columns += [int(own[p]) for p in pumps]
        if not columns:
            return {}
        tag = self.binding.tags[columns[0]]
        span = (tag.high - tag.low) * scale_and_offset(tag.unit)[0]
        known = Known(0.0, GAUGE_CLASS * span) if np.isfinite(span) else UNKNOWN_GAUGE
        stated = [self._stated_sensor(column, "offset") for column in columns]
        branches = [self._branch(p, end) for p in pumps]
        outcomes = calibrating.gauge_offsets(readings, branches, self.survey.follows, known, stated)
        found = dict(zip(columns, outcomes, strict=True))
        for column, outcome in found.items():
            self._enter_sensor(column, "offset", outcome)
        return found

    def _branch(self, pump: int, end: str) -> Branch:
        """What lies between a pump and the header at one of its ends."""
        survey = self.survey
        downstream = end == "discharge"
        share = survey.pumps["flow"][:, pump] / survey.model.rated_flow[pump]
        usable = survey.judged("branch_loss" if downstream else "suction_path", pump)
        if not downstream:  # no check valve parts a standing pump from its inlet header
            usable |= ~survey.running[:, pump] & (np.abs(share) < STANDING)
        loss = float(survey.losses[0 if downstream else 1][pump])
        return Branch(survey.pumps[end][:, pump], share * np.abs(share), usable, loss if downstream else -loss)

    def _of_header(self, circuit: int, measures: tuple[str, ...]) -> tuple[Floats, list[int]]:
        """Readings (j, t) of a header's trusted instruments, and their columns."""
        found = [(m, int(self.binding.header_column(m)[circuit])) for m in measures]
        found = [(m, column) for m, column in found if column >= 0 and column not in self.set_aside]
        readings = np.array([self.survey.headers[m][:, circuit] for m, _ in found])
        return readings.reshape(len(found), -1), [column for _, column in found]

    def _pumps_of(self, circuit: int) -> list[int]:
        return [int(p) for p in np.flatnonzero(self.binding.circuit_of == circuit)]

    def _stated_sensor(self, column: int, key: str) -> Known | None:
        """What the file states of a transmitter, SI, where it does."""
        tag = self.binding.tags[column]
        sensor = self.station.file.calibration.sensors.get(tag.name)
        if sensor is None or key not in sensor.model_fields_set:
            return None
        unit = scale_and_offset(tag.unit)[0] if key == "offset" else 1.0
        return Known(unit * float(getattr(sensor, key)), unit * float(getattr(sensor, f"{key}_sigma")))

    def _enter_sensor(self, column: int, key: str, outcome: Outcome) -> None:
        """Note what became of a transmitter, in the unit of its tag."""
        tag = self.binding.tags[column]
        said, unit = (tag.unit, scale_and_offset(tag.unit)[0]) if key == "offset" else ("", 1.0)
        before = float(getattr(self.station.file.calibration.sensors.get(tag.name, Sensor()), key))
        row = Row(tag.name, key, said, before, outcome.value / unit, outcome.sigma / unit, outcome.kept)
        self._enter(row, ("calibration", "sensors", tag.name))

    def _enter(self, row: Row, table: KeyPath) -> None:
        """Note a parameter; only what is new is to be written."""
        self.rows.append(row)
        if not row.kept or row.after != row.before:
            self.values[(*table, row.parameter)] = row.after
            self.values[(*table, f"{row.parameter}_sigma")] = row.sigma


_NO_GAUGE = Outcome(0.0, UNKNOWN_GAUGE.sigma, "it is not measured")
_NO_METER = Outcome(FLOW_METER.value, FLOW_METER.sigma, "it has no flow meter, or one that was set aside")


def _stated(calibration: Calibration | None, key: str) -> Known | None:
    """What the file states of a pump, where it does."""
    if calibration is None or key not in calibration.model_fields_set:
        return None
    return Known(float(getattr(calibration, key)), float(getattr(calibration, f"{key}_sigma")))
