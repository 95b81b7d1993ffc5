"""What the messages of a robot's log say, gathered by name."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from twin.errors import StationError
from twin.recordings.importers import messages
from twin.recordings.importers.cdr import Definition, Message, NotCdrError
from twin.recordings.importers.messages import IMAGES, KNOWN, OWN_THERMAL, RAW_IMAGES, Moved, Pictured, Said, Warmed
from twin.signals import Quality

if TYPE_CHECKING:
    from mcap.records import Channel, McapRecord, Schema
    from mcap.records import Message as Record

MOST_SIGNALS = 10_000
MOST_PICTURE_BYTES = 2**27
SAME_CLOCK = 86_400.0  # s; a stamp further from the log's time is of a clock that counts from elsewhere
UNSTATED = 255
"""Stands for the quality of a value whose message states none."""

OWN_METADATA = "pumphouse"
OWN_TAGS, OWN_STATION, OWN_LOG, OWN_NOTES = "tags.jsonl", "station.toml", "log.jsonl", "notes.jsonl"
"""What our own exports bring along: a metadata record, and attachments."""

NO_IMAGES = "compressed images, which are no panoramas of the station's cameras"


def _doubles() -> array[float]:
    return array("d")


@dataclass
class Signal:
    """A signal as it comes, in the order of the log. ``arrived`` is the log's time."""

    unit: str = ""
    at: array[float] = field(default_factory=_doubles)
    arrived: array[float] = field(default_factory=_doubles)
    values: array[float] = field(default_factory=_doubles)
    quality: array[int] = field(default_factory=lambda: array("B"))


class Log:
    """Takes a log's records one by one. ``poses`` are eight numbers each, time, position and quaternion; ``skipped``
    counts messages by topic and reason; ``other_clocks`` are topics whose stamps were not believed; ``own`` is what
    our own exports bring along, ``reduced`` what they say of themselves; ``pictures`` are of the panoramic
    ``cameras``."""

    def __init__(self, path: Path, cameras: Collection[str] = ()) -> None:
        self.path = path
        self.pictures: list[Pictured | Warmed] = []
        self._cameras = cameras
        self._picture_bytes = 0
        self.poses: dict[str, array[float]] = {}
        self.signals: dict[str, Signal] = {}
        self.skipped: Counter[tuple[str, str]] = Counter()
        self.other_clocks: set[str] = set()
        self.own: dict[str, bytes] = {}
        self.reduced = ""
        self._schemas: dict[int, Schema] = {}
        self._channels: dict[int, Channel] = {}
        self._definitions: dict[int, Definition | NotCdrError] = {}

    def take(self, record: McapRecord) -> None:
        """Remember what tells of others, read what is a message."""
        from mcap import records

        if isinstance(record, records.Message):
            self._message(record)
        elif isinstance(record, records.Schema):
            self._schemas[record.id] = record
        elif isinstance(record, records.Channel):
            self._channels[record.id] = record
        elif isinstance(record, records.Attachment) and record.name in (OWN_TAGS, OWN_STATION, OWN_LOG, OWN_NOTES):
            self.own[record.name] = record.data
        elif isinstance(record, records.Metadata) and record.name == OWN_METADATA:
            said = record.metadata.get("data", "")
            self.reduced = said if said.startswith("reduced") else ""

    def _message(self, record: Record) -> None:
        channel = self._channels.get(record.channel_id)
        if channel is None:
            self.skipped["a topic", "which is nowhere described"] += 1
            return
        schema = self._schemas.get(channel.schema_id)
        kind = schema.name.replace("/msg/", "/") if schema is not None else ""
        reason = self._unread(channel, kind)
        if reason:
            self.skipped[channel.topic, reason] += 1
            return
        try:
            if kind in IMAGES or kind in RAW_IMAGES:
                self._picture(channel.topic, kind, self._decoded(channel, schema, record.data), record.log_time)
                return
            told = list(messages.read(kind, channel.topic, self._decoded(channel, schema, record.data)))
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError):
            self.skipped[channel.topic, "which cannot be decoded"] += 1
            return
        for one in told:
            self._note(channel.topic, one, record.log_time)

    def _unread(self, channel: Channel, kind: str) -> str:
        """Why messages of a topic are not read; nothing where they are."""
        if kind == messages.TEXT and OWN_LOG not in self.own:
            return "lines of text, which are not read"
        if channel.topic.endswith("tf_static"):
            return "transforms that never change, which are no tracks"
        if kind in RAW_IMAGES and not self._is_own_thermal(channel):
            return "raw images, which are not read"
        if channel.message_encoding == "json":
            return ""
        if channel.message_encoding != "cdr":
            return f"in an encoding that is not read ({channel.message_encoding or 'unnamed'})"
        return "" if kind in KNOWN or kind in IMAGES else f"of a type that is not read ({kind or 'unnamed'})"

    def _is_own_thermal(self, channel: Channel) -> bool:
        """Whether a topic holds thermal frames of our own exports."""
        return OWN_TAGS in self.own and channel.topic.endswith(OWN_THERMAL) and channel.message_encoding == "json"

    def _picture(self, topic: str, kind: str, message: Message, log_time: int) -> None:
        found: Pictured | Warmed | None
        if kind in RAW_IMAGES:
            found = messages.warmed(topic, message)
        else:
            found = messages.pictured(topic, message, self._cameras)
        if found is None:
            self.skipped[topic, NO_IMAGES] += 1
        elif self._picture_bytes + len(found.data) > MOST_PICTURE_BYTES:
            self.skipped[topic, "pictures for which there is no room: more than 128 MB come before"] += 1
        else:
            self._picture_bytes += len(found.data)
            self.pictures.append(replace(found, at=self._time(topic, found.at, log_time / 1e9)))

    def _decoded(self, channel: Channel, schema: Schema | None, data: bytes) -> Message:
        if channel.message_encoding == "json" or schema is None:
            return messages.from_json(data)
        if schema.id not in self._definitions:
            self._definitions[schema.id] = _definition(schema)
        definition = self._definitions[schema.id]
        if isinstance(definition, NotCdrError):
            raise definition
        return definition.decode(data)

    def _note(self, topic: str, told: Moved | Said, log_time: int) -> None:
        whole, rest = divmod(log_time, 1_000_000_000)
        logged = whole + rest / 1e9
        at = self._time(topic, told.at, logged)
        if isinstance(told, Moved):
            self.poses.setdefault(told.name, _doubles()).extend((at, *told.numbers))
            return
        stated = told.quality
        for name, value in told.values.items():
            signal = self.signals.get(name) or self._signal(name, told.units.get(name, ""))
            signal.at.append(at)
            signal.arrived.append(logged)
            signal.values.append(value)
            signal.quality.append(UNSTATED if stated is None else min(max(stated.get(name, 0), 0), Quality.MISSING))

    def _time(self, topic: str, stamp: float, logged: float) -> float:
        """What a message says of its time, where it is of the log's clock."""
        if abs(stamp - logged) <= SAME_CLOCK:
            return stamp
        if stamp and not math.isnan(stamp):
            self.other_clocks.add(topic)
        return logged

    def _signal(self, name: str, unit: str) -> Signal:
        if len(self.signals) >= MOST_SIGNALS:
            raise StationError(self.path, f"holds more than {MOST_SIGNALS} signals", "Write fewer topics into it")
        return self.signals.setdefault(name, Signal(unit))


def _definition(schema: Schema) -> Definition | NotCdrError:
    if schema.encoding != "ros2msg":
        return NotCdrError(f"its definition is written as {schema.encoding}")
    try:
        return Definition(schema.name, schema.data.decode("utf-8", "replace"))
    except NotCdrError as error:
        return error
