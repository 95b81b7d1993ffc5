"""A recording as an MCAP log, as viewers of robots' logs open it: everything in JSON, each topic with its schema."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twin import __version__, times
from twin.detectors.anomaly import Anomaly
from twin.recordings.exporters import schemas
from twin.recordings.exporters.extract import Extract
from twin.recordings.exporters.whole import whole
from twin.recordings.importers.mcap_log import OWN_LOG, OWN_METADATA, OWN_NOTES, OWN_STATION, OWN_TAGS
from twin.recordings.importers.messages import HUNDREDTHS, ICE, OWN_PANORAMAS, OWN_THERMAL, THERMAL_ENCODING
from twin.recordings.logbook import Entry, tags_as_text
from twin.recordings.memory import Track
from twin.recordings.pictures import Picture
from twin.signals import Block, Event, Tag
from twin.thermography import Panorama, ThermalFrame

if TYPE_CHECKING:
    from mcap.writer import Writer

FRAME = "station"
"""What the axes of the model are called: poses are in it."""
REST = "station"
"""The topic of tags that belong to no equipment."""
SECOND = 1_000_000_000  # ns


def write_mcap(extract: Extract, path: Path) -> int:
    """How many rows were written, each as a message a piece of equipment. Times of the log are source times."""
    from mcap.writer import CompressionType, Writer

    written = 0
    with whole(path) as file:
        writer = Writer(file, compression=CompressionType.ZSTD)
        writer.start(library=f"pumphouse {__version__}")
        _write_head(writer, extract)
        topics = _Topics(writer)
        signals = [_Signals(topics, extract.tags, *told) for told in _by_equipment(extract.tags)]
        robots = [_Robot(topics, track) for track in extract.tracks()]
        pictures = _Pictures(topics, extract)
        for block in extract.blocks():
            for robot in robots:
                robot.write(float(block.at[-1]))
            pictures.write(float(block.at[-1]))
            for one in signals:
                one.write(block)
            written += len(block)
        for robot in robots:
            robot.write(np.inf)
        pictures.write(np.inf)
        for entry in extract.entries():
            _write_entry(topics, entry)
        writer.finish()  # type: ignore[no-untyped-call]
    return written


def _write_head(writer: Writer, extract: Extract) -> None:
    """What the importer needs to bring tags, station and log back as they were, and whether rows are raw."""
    recording = extract.recording
    said = {"data": extract.said, "recording": recording.path.name, "program": __version__}
    writer.add_metadata(OWN_METADATA, said)
    writer.add_attachment(0, 0, OWN_TAGS, "application/jsonl", tags_as_text(extract.tags))
    writer.add_attachment(0, 0, OWN_LOG, "application/jsonl", extract.log())
    writer.add_attachment(0, 0, OWN_NOTES, "application/jsonl", extract.notes())
    if recording.station is not None:
        writer.add_attachment(0, 0, OWN_STATION, "application/toml", recording.station.text.encode())


class _Topics:
    """The topics of a log and their schemas, each made when it is first asked for."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, int] = {}

    def write(self, topic: str, schema: dict[str, Any], at: int, said: dict[str, Any]) -> None:
        """A message of a topic, at a time in nanoseconds."""
        if topic not in self._channels:
            self._channels[topic] = self._writer.register_channel(topic, "json", self._schema(schema))
        stamp = {"sec": at // SECOND, "nsec": at % SECOND}
        data = json.dumps({"timestamp": stamp, **said}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        self._writer.add_message(self._channels[topic], at, data.encode(), at)

    def _schema(self, schema: dict[str, Any]) -> int:
        name = str(schema["title"])
        if name not in self._schemas:
            self._schemas[name] = self._writer.register_schema(name, "jsonschema", json.dumps(schema).encode())
        return self._schemas[name]


# ---- signals --------------------------------------------------------------------------------------------------------


def _by_equipment(tags: Sequence[Tag]) -> Iterator[tuple[str, list[int]]]:
    """The topic of each piece of equipment, and the columns of its tags."""
    columns: dict[str, list[int]] = {}
    for column, tag in enumerate(tags):
        columns.setdefault(tag.equipment or REST, []).append(column)
    yield from columns.items()


class _Signals:
    """The topic of one piece of equipment."""

    def __init__(self, topics: _Topics, tags: Sequence[Tag], topic: str, columns: list[int]) -> None:
        self._topics = topics
        self._topic = f"/{topic}"
        self._columns = columns
        self._names = [tags[column].name for column in columns]
        self._schema = schemas.signals(topic, [tags[column] for column in columns])

    def write(self, block: Block) -> None:
        """A message a row."""
        values, quality = block.values[:, self._columns], block.quality[:, self._columns]
        missing = ~np.isfinite(values)
        told = values.tolist()
        for row, at in enumerate(times.nanoseconds(block.at).tolist()):
            said = dict(zip(self._names, told[row], strict=True))
            for column in np.flatnonzero(missing[row]).tolist():
                del said[self._names[column]]
            stated = np.flatnonzero(missing[row] | (quality[row] > 0)).tolist()
            worse = {self._names[column]: int(quality[row, column]) for column in stated}
            self._topics.write(self._topic, self._schema, at, {"values": said, "quality": worse})


# ---- robots ---------------------------------------------------------------------------------------------------------


class _Robot:
    """The topic of one robot's poses, written as far as the rows have come."""

    def __init__(self, topics: _Topics, track: Track) -> None:
        self._topics = topics
        self._track = track
        self._topic = f"/{track.robot}/pose"
        self._written = 0

    def write(self, until: float) -> None:
        """The poses up to then."""
        track, first = self._track, self._written
        self._written = int(np.searchsorted(track.at, until, side="right"))
        for row, at in enumerate(times.nanoseconds(track.at[first : self._written]).tolist(), first):
            position = dict(zip("xyz", track.position[row].tolist(), strict=True))
            orientation = dict(zip("xyzw", track.orientation[row].tolist(), strict=True))
            said = {"frame_id": FRAME, "pose": {"position": position, "orientation": orientation}}
            self._topics.write(self._topic, schemas.POSE, at, said)


# ---- pictures -------------------------------------------------------------------------------------------------------


class _Pictures:
    """The topics of all cameras, written as far as the rows have come."""

    def __init__(self, topics: _Topics, extract: Extract) -> None:
        self._topics = topics
        self._taken = extract.pictures()
        self._next: Picture | None = next(self._taken, None)

    def write(self, until: float) -> None:
        """The pictures up to then."""
        while self._next is not None and self._next.at <= until:
            at = times.nanosecond(self._next.at)
            if isinstance(self._next, Panorama):
                image = {"frame_id": self._next.camera, "data": _base64(self._next.jpeg), "format": "jpeg"}
                said = {**image, **_pose(self._next)}
                self._topics.write(f"/{self._next.camera}{OWN_PANORAMAS}", schemas.COMPRESSED_IMAGE, at, said)
            else:
                self._topics.write(f"/{self._next.camera}{OWN_THERMAL}", schemas.RAW_IMAGE, at, _raw(self._next))
            self._next = next(self._taken, None)


def _raw(frame: ThermalFrame) -> dict[str, Any]:
    """A thermal frame as viewers of robots' logs show it."""
    kelvin = np.nan_to_num(frame.temperature * np.float64(HUNDREDTHS) + ICE, nan=0.0)
    pixels = np.clip(np.rint(kelvin), 0, np.iinfo(np.uint16).max).astype("<u2")
    rows, columns = pixels.shape
    size = {"width": columns, "height": rows, "step": 2 * columns}
    lens = {"emissivity": _number(frame.emissivity), "field_of_view": list(map(_number, frame.field_of_view))}
    image = {"frame_id": frame.camera, **size, "encoding": THERMAL_ENCODING, "data": _base64(pixels.tobytes())}
    return {**image, **lens, **_pose(frame)}


def _pose(picture: Picture) -> dict[str, Any]:
    """Where a camera was and how it was turned, in fields that viewers pass over."""
    return {"position": list(map(_number, picture.position)), "orientation": list(map(_number, picture.orientation))}


def _number(told: float) -> float | None:
    """A number as JSON has it, which knows no NaN."""
    return float(told) if np.isfinite(told) else None


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


# ---- what happened --------------------------------------------------------------------------------------------------


def _write_entry(topics: _Topics, entry: Entry) -> None:
    """A line that people can read; the whole entry is in the attached log."""
    if isinstance(entry, Event):
        topic, at, level, name = "/events", entry.at, schemas.INFO, entry.subject
        message = f"{entry.kind}: {entry.text.en or entry.subject}"
    elif isinstance(entry, Anomaly):
        topic, at, level, name = "/anomalies", entry.detected, schemas.WARNING, entry.equipment
        message = f"{entry.fault}, priority {entry.priority}"
    else:
        topic, at, level, name = "/alarms", entry.since, schemas.ERROR, entry.tag
        message = f"{entry.rule} {entry.text.en}, priority {entry.priority}"
    said = {"level": level, "message": message, "name": name, "file": "", "line": 0}
    topics.write(topic, schemas.LOG, times.nanosecond(at), said)
