"""Which column measures what: found once by equipment and measurement, and read as SI arrays over the pumps.

A frame is read as arrays over the pumps (n,) or circuits (c,). A block of frames is read at once, and has time before
them, (t, n): a call costs more than what it reads. Whatever reckons along the last axis does so for either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.plant.reading import Station
from twin.plant.station import Circuit, Pump, Sensor
from twin.signals import Block, Floats, Frame, Quality, TagTable
from twin.text import Text
from twin.units import scales_and_offsets

Indices = NDArray[np.intp]
Readings = Mapping[str, Floats]
"""What is measured: for each measurement an array (n,) over the equipment, SI, NaN where it is missing or bad."""

VIBRATION = ("vibration_pump_de_x", "vibration_pump_de_y", "vibration_pump_nde_x", "vibration_pump_nde_y")
ENVELOPE = ("acceleration_envelope_pump_de", "acceleration_envelope_pump_nde")
CURRENT = ("motor_current_u", "motor_current_v", "motor_current_w")
OF_PUMP = (
    "suction_pressure",
    "discharge_pressure",
    "pump_flow",
    "shaft_speed",
    "motor_active_power",
    "inlet_strainer_differential_pressure",
    "casing_water_temperature",
    "discharge_valve_position",
    "running",
    *CURRENT,
    *VIBRATION,
    *ENVELOPE,
)
OF_DRIVE = ("frequency_output", "frequency_setpoint", "trip")
OF_FEEDER = ("feeder_power", "protection_trip")
GAUGES = tuple(f"{side}_pressure_{letter}" for side in ("inlet", "outlet") for letter in "abc")
METERS = tuple(f"{side}_flow_{letter}" for side in ("inlet", "outlet") for letter in "ab")
THERMOMETERS = ("inlet_temperature_a", "inlet_temperature_b")
OF_HEADER = (*GAUGES, *METERS, *THERMOMETERS)
REDUNDANT = (GAUGES[:3], GAUGES[3:], METERS, THERMOMETERS)
"""Instruments of a header that measure the same, of which the middle one is believed."""

MEASURES = (*OF_PUMP, *OF_DRIVE, *OF_FEEDER)
ROW = {measure: row for row, measure in enumerate(MEASURES)}
"""The row of each measurement in :attr:`Measured.table`."""
CURRENTS, VIBRATIONS, ENVELOPES = (
    slice(ROW[members[0]], ROW[members[-1]] + 1) for members in (CURRENT, VIBRATION, ENVELOPE)
)

STAND_STILL = ("frequency_setpoint", "discharge_valve_position")  # by right, for hours
WANTED: dict[str, Text] = {
    "suction_pressure": Text("head and NPSH", "扬程和汽蚀余量"),
    "discharge_pressure": Text("head and branch loss", "扬程和支管压损"),
    "pump_flow": Text("head, power and losses", "扬程、功率和压损"),
    "shaft_speed": Text("whether the shaft follows its drive", "轴转速是否跟随变频器"),
    "motor_active_power": Text("power", "功率"),
    "inlet_strainer_differential_pressure": Text("strainer loss", "滤网压差"),
    "frequency_setpoint": Text("whether the drive follows its set-point", "变频器是否跟随给定"),
    "feeder_power": Text("the power meter against its feeder's", "功率表与馈线的核对"),
}
"""What is lost for a pump without a measurement, in the user's words."""


@dataclass(frozen=True)
class Columns:
    """Columns and conversions of some measurements of some equipment: (measurements, equipment), -1 where missing."""

    measures: tuple[str, ...]
    column: NDArray[np.intp]
    scale: Floats
    offset: Floats

    @classmethod
    def of(cls, tags: TagTable, measures: Sequence[str], equipment: Sequence[str]) -> Columns:
        """Look each pair up in the tag table."""
        found = [[tags.measuring(e, m) if e else None for e in equipment] for m in measures]
        column = np.array([[-1 if c is None else c for c in row] for row in found], dtype=np.intp)
        column = column.reshape(len(measures), len(equipment))
        units = ["" if c < 0 else tags[int(c)].unit for c in column.flat]
        scale, offset = scales_and_offsets(units)
        return cls(tuple(measures), column, scale.reshape(column.shape), offset.reshape(column.shape))

    def corrected(self, tags: TagTable, sensors: Mapping[str, Sensor]) -> Columns:
        """The same, with what calibration knows of each transmitter taken out of what it says."""
        scale, offset = self.scale.copy(), self.offset.copy()
        for place, column in np.ndenumerate(self.column):
            sensor = sensors.get(tags[int(column)].name) if column >= 0 else None
            if sensor is not None:
                scale[place] /= sensor.scale
                offset[place] -= scale[place] * sensor.offset
        return replace(self, scale=scale, offset=offset)

    def where(self, measure: str) -> NDArray[np.intp]:
        """(n,) the column of a measurement, -1 where there is none."""
        column: NDArray[np.intp] = self.column[self.measures.index(measure)]
        return column


@dataclass(frozen=True)
class Measured:
    """What a frame says, SI, as arrays over pumps (n,) and circuits (c,), NaN where it is missing or bad.

    What a block of t frames says has time before pumps, circuits and tags, and is of no one instant.

    Attributes
    ----------
    at : float             Of the frame; NaN for a block. [s, POSIX]
    table : (k, n)         Of the pumps, rows in the order of :data:`MEASURES`.
    header_table : (h, c)  Of the headers, rows in the order of :data:`OF_HEADER`, and one of the bypasses' flow.
    middles : (4, c)       What is believed of each of :data:`REDUNDANT`.
    values : (tags + 1,)   The frame's values as they came, NaN where they are bad or missing, and a NaN behind them.
    """

    at: float
    table: Floats
    header_table: Floats
    middles: Floats
    values: Floats

    def of(self, measure: str) -> Floats:
        """(n,) one measurement of the pumps."""
        read: Floats = self.table[ROW[measure]]
        return read

    @cached_property
    def pumps(self) -> Readings:
        """By measurement what is said of the pumps."""
        return dict(zip(MEASURES, self.table, strict=True))

    @cached_property
    def headers(self) -> Readings:
        """By measurement what is said of the headers."""
        return dict(zip(_OF_HEADERS, self.header_table, strict=True))

    def frames(self, times: Iterable[float]) -> Iterator[Measured]:
        """What each frame of a block says, of which these are the times."""
        of_pumps, of_headers, middles = (
            table.swapaxes(0, 1) for table in (self.table, self.header_table, self.middles)
        )
        return map(Measured, times, of_pumps, of_headers, middles, self.values)


class Binding:
    """The station's pumps and circuits, and where in a frame each of their measurements stands.

    ``circuit_of`` (n,) is each pump's circuit as an index into ``circuits``; pumps of no circuit share a nameless one.
    """

    def __init__(self, station: Station, tags: TagTable | None = None) -> None:
        self.tags = station.tags if tags is None else tags
        self.pumps: tuple[Pump, ...] = station.pumps
        names = list(dict.fromkeys(pump.circuit for pump in self.pumps))
        known = {circuit.id: circuit for circuit in station.file.circuits}
        self.circuits: tuple[str, ...] = tuple(names)
        self.circuit_parts: tuple[Circuit | None, ...] = tuple(known.get(name) for name in names)
        self.circuit_of = np.array([names.index(pump.circuit) for pump in self.pumps], dtype=np.intp)
        self.headers = tuple(_header(station, name) for name in names)
        drives = [_drive(station, pump) for pump in self.pumps]
        feeders = [_feeder(station, pump.id, drive) for pump, drive in zip(self.pumps, drives, strict=True)]
        of_pumps = Columns.of(self.tags, OF_PUMP, [pump.id for pump in self.pumps])
        sensors = _sensors(station, self.tags, of_pumps.where("pump_flow"))
        groups = (
            of_pumps,
            Columns.of(self.tags, OF_DRIVE, drives),
            Columns.of(self.tags, OF_FEEDER, feeders),
        )
        self._groups = tuple(group.corrected(self.tags, sensors) for group in groups)
        self._header = Columns.of(self.tags, OF_HEADER, self.headers).corrected(self.tags, sensors)
        self._bypass = Columns.of(self.tags, ("flow",), [_bypass(station, name) for name in names])
        all_of_them = (*self._groups, self._header, self._bypass, Columns.of(self.tags, ("",), [""] * len(names)))
        self._column = np.concatenate([part.column.ravel() for part in all_of_them])
        self._scale = np.concatenate([part.scale.ravel() for part in all_of_them])
        self._offset = np.concatenate([part.offset.ravel() for part in all_of_them])
        self._middle = Middle()
        self._shape, self._of_pumps = (len(MEASURES), len(self.pumps)), len(MEASURES) * len(self.pumps)

    def read(self, frame: Frame) -> Measured:
        """What a frame says of pumps and headers. Bad and missing values are NaN."""
        values = sound(frame)
        read = values[self._column]  # all at once: a call costs more than what it reads
        read *= self._scale
        read += self._offset
        table = read[: self._of_pumps].reshape(self._shape)
        of_headers = read[self._of_pumps :].reshape(-1, len(self.circuits))
        return self._measured(frame.at, table, of_headers, values)

    def read_all(self, block: Block) -> Measured:
        """What the frames of a block say, each the same as by itself."""
        values = sound(block)
        read = values[:, self._column]
        read *= self._scale
        read += self._offset
        table = read[:, : self._of_pumps].reshape(-1, *self._shape).swapaxes(0, 1)
        of_headers = read[:, self._of_pumps :].reshape(len(block), -1, len(self.circuits)).swapaxes(0, 1)
        return self._measured(np.nan, table, of_headers, values)

    def _measured(self, at: float, table: Floats, of_headers: Floats, values: Floats) -> Measured:
        """``of_headers`` has a last row of what is not there."""
        voters = of_headers[_VOTERS].reshape(len(_VOTERS), -1)
        middles = self._middle(voters).reshape(len(REDUNDANT), *of_headers.shape[1:])
        return Measured(at, table, of_headers[:-1], middles, values)

    def watched(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Columns of what is measured for the model, and for each the pump it depends on, -1 for a header's."""
        of_pumps = [
            (int(c), p)
            for group in self._groups
            for measure, row in zip(group.measures, group.column, strict=True)
            for p, c in enumerate(row)
            if measure not in STAND_STILL
        ]
        of_headers = [(int(c), -1) for c in self._header.column.flat]
        pairs = [(c, p) for c, p in of_pumps + of_headers if c >= 0 and self.tags[c].kind == "analog"]
        table = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        return table[:, 0].copy(), table[:, 1].copy()

    def column(self, measure: str) -> NDArray[np.intp]:
        """(n,) the column of a measurement of each pump, its drive or its feeder; -1 where there is none."""
        for group in self._groups:
            if measure in group.measures:
                return group.where(measure)
        raise KeyError(measure)

    def header_column(self, measure: str) -> NDArray[np.intp]:
        """(c,) the same for the headers."""
        return self._header.where(measure)

    def tag(self, column: int) -> str:
        """The name of a column's tag, or nothing where there is none."""
        return self.tags[int(column)].name if column >= 0 else ""

    @property
    def unchecked(self) -> tuple[Text, ...]:
        """What cannot be checked for want of a measurement, in words."""
        return tuple(
            _said(self.pumps, measure, lost, self.column(measure) < 0)
            for measure, lost in WANTED.items()
            if (self.column(measure) < 0).any()
        )


_OF_HEADERS = (*OF_HEADER, "bypass_flow")


def _voters() -> NDArray[np.intp]:
    """(4, 4) the rows of the headers' readings that vote with one another, column by column; the last for nobody."""
    most = max(len(group) for group in REDUNDANT)
    padded = [(*map(OF_HEADER.index, group), *(-1,) * (most - len(group))) for group in REDUNDANT]
    return np.array(padded, dtype=np.intp).T.copy()


_VOTERS = _voters()


def sound(frames: Frame | Block) -> Floats:
    """(..., tags + 1) the values of a frame or block, NaN where they are bad or missing, and a NaN for what has no tag.

    That stands behind all others.
    """
    *time, tags = frames.values.shape
    values: Floats = np.empty((*time, tags + 1))
    values[..., :tags] = frames.values
    values[..., tags] = np.nan
    if np.count_nonzero(frames.quality):  # of all qualities the best is 0
        values[..., :tags][frames.quality >= Quality.BAD] = np.nan
    infinite = np.isinf(values)  # which no instrument says
    if np.count_nonzero(infinite):
        values[infinite] = np.nan
    return values


def or_zero(values: Floats) -> Floats:
    """Zero where a value is missing or infinite."""
    return np.where(np.isfinite(values), values, 0.0)


class Middle:
    """Medians that leave out NaN, of rows of which mostly the same are missing: it remembers which two are halved."""

    def __init__(self) -> None:
        self._missing = b"none yet"
        self._both: tuple[Indices, Indices] = (np.empty(0, dtype=np.intp), np.empty(0, dtype=np.intp))

    def __call__(self, rows: Floats) -> Floats:
        """(c,) the median of each column of (k, c) rows; NaN where there is nothing else."""
        ordered = rows.copy()
        ordered.sort(axis=0)  # NaN last
        missing = np.isnan(ordered)
        told = missing.tobytes()
        if told != self._missing:
            self._missing, self._both = told, _halved(missing)
        lower, upper = self._both
        flat = ordered.ravel()
        median: Floats = flat[lower]
        median += flat[upper]
        median *= 0.5
        return median


def middle(rows: Floats) -> Floats:
    """Median of each column (c,) of (k, c) rows, leaving out NaN; NaN where there is nothing else."""
    return Middle()(rows)


def _halved(missing: NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Where in flattened columns (k, c) in ascending order the two middle values of each stand."""
    k, c = missing.shape
    count = k - np.count_nonzero(missing, axis=0)
    columns = np.arange(c)
    return np.maximum(count - 1, 0) // 2 * c + columns, np.minimum(count // 2, k - 1) * c + columns


def _sensors(station: Station, tags: TagTable, flow_meters: NDArray[np.intp]) -> dict[str, Sensor]:
    """What is known of transmitters, by tag: those the file lists, and the pumps' flow meters."""
    sensors = dict(station.file.calibration.sensors)
    for pump, column in zip(station.pumps, flow_meters.tolist(), strict=True):
        if column >= 0 and pump.calibration is not None and pump.calibration.flow_scale != 1.0:
            listed = sensors.get(tags[column].name, Sensor())
            scale = listed.scale * pump.calibration.flow_scale
            sensors[tags[column].name] = listed.model_copy(update={"scale": scale})
    return sensors


def _said(pumps: Sequence[Pump], measure: str, lost: Text, missing: Iterable[bool]) -> Text:
    names = [pump.id for pump, gone in zip(pumps, missing, strict=True) if gone]
    everyone = len(names) == len(pumps)
    who = Text("every pump", "所有泵") if everyone else Text(", ".join(names), "、".join(names))
    plain = measure.replace("_", " ")
    return Text(
        f"Not checked for {who.en}: {lost.en} ({plain} is not measured)",
        f"{who.zh}未检查：{lost.zh}（无测点 {measure}）",
    )


def _drive(station: Station, pump: Pump) -> str:
    if pump.drive is not None:
        return pump.drive.id
    return next((e.id for e in station.file.equipment if e.kind == "drive" and e.serves == pump.id), "")


def _feeder(station: Station, pump: str, drive: str) -> str:
    return next((e.id for e in station.file.equipment if e.kind == "cubicle" and e.serves in {pump, drive} - {""}), "")


def _header(station: Station, circuit: str) -> str:
    return next((e.id for e in station.file.equipment if e.kind == "header" and e.circuit == circuit), "")


def _bypass(station: Station, circuit: str) -> str:
    return next((r.id for r in station.file.resistances if r.kind == "bypass" and r.circuit == circuit), "")
