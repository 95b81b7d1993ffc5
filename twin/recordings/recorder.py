"""Records frames as they come: a system call each, sealed by the hour, whole whenever the process is killed."""

from __future__ import annotations

import contextlib
import json
import math
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import h5py
import numpy as np

from twin import __version__
from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.errors import StationError, UsageError
from twin.plant.reading import Station
from twin.recordings import layout
from twin.recordings.annotations import set_aside as set_aside_annotations
from twin.recordings.commit import USER_BLOCK, VERSIONS, Change, mark, opened
from twin.recordings.damage import is_recording
from twin.recordings.filters import write_text
from twin.recordings.journal import Content, Journal, set_aside
from twin.recordings.layout import FORMAT, HEADER, JOURNAL, JOURNALS, LOG_ROOM, STATION, TAGS, VERSION
from twin.recordings.logbook import Entry, line, tags_as_text
from twin.recordings.pages import write_pages
from twin.recordings.pictures import Picture, as_record, stored
from twin.recordings.positioned import open_to_write
from twin.recordings.sealing import prepare, write_block
from twin.signals import Event, Frame, Pose, TagTable
from twin.times import nanosecond

OVERWRITTEN = "Only a recording is replaced: name another file"
ELSEWHERE = "Name a place where files can be written"
MAKE_ROOM = "What was recorded until then is kept: make room, and record into another file"


class Recorder:
    """Writes one recording, and is closed like a file.

    What :meth:`append` was given is in the hands of the system when it returns: killing the process loses none of it.
    A recording of that name is replaced; anything else is not. All methods raise StationError where the disk is full.
    """

    def __init__(self, path: Path | str, tags: TagTable, station: Station | None = None, source: str = "") -> None:
        self.path = Path(path)
        self._tags = tags
        self._steps = [tag.step for tag in tags]
        self._header = _Header(tags, station, source)
        self._numbers = {"rows": 0, "poses": 0, "lines": 0, "pictures": 0}
        self._last_at: int | None = None
        self._last_pose: dict[str, float] = {}
        self._sealing: threading.Thread | None = None
        self._trouble: Exception | None = None
        self._closed = False
        if not len(tags):
            raise StationError(self.path, "would record no tags", "Name a source that has some")
        if self.path.exists() and not is_recording(self.path):
            raise StationError(self.path, "is there already and is no recording", OVERWRITTEN)
        with self._writing(ELSEWHERE):
            self._create()
            self._handle = open_to_write(self.path)
            with opened(self.path) as file:
                journals = [Journal(self._handle, file[JOURNAL][name], len(tags)) for name in JOURNALS]
        self._journal, self._resting = journals

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.close()
        except StationError:
            if error is None:
                raise

    @property
    def frames(self) -> int:
        """How many were handed over."""
        return self._numbers["rows"]

    def append(self, frame: Frame) -> None:
        """Record a frame with its poses, pictures and events; its time is that of the one before, or later."""
        at = nanosecond(frame.at)
        if self._last_at is not None and at < self._last_at:
            raise UsageError(f"a frame of {frame.at} follows a later one")
        if not self._journal.has_room or not self._journal.has_room_for_poses(len(frame.poses)):
            self._turn_over()
        with self._writing():
            self._journal.put_frame(frame, at, self._numbers["rows"] + 1)
            self._numbers["rows"] += 1
            self._last_at = at
            self._append_poses(frame.poses)
        for thermal in frame.thermal:
            self.picture(thermal)
        for panorama in frame.panoramas:
            self.picture(panorama)
        for event in frame.events:
            self.event(event)

    def picture(self, picture: Picture) -> None:
        """Record what a camera took, at whatever time."""
        number = self._numbers["pictures"] + 1
        record = as_record(stored(picture, number))
        if not self._journal.has_room_for_picture(record):
            self._turn_over()
        with self._writing():
            self._journal.put_picture(record)
        self._numbers["pictures"] = number

    def event(self, event: Event) -> None:
        """Record that something happened."""
        self._note(event)

    def anomaly(self, anomaly: Anomaly) -> None:
        """Record an anomaly as it now stands."""
        self._note(anomaly)

    def alarm(self, alarm: Alarm) -> None:
        """Record an alarm as it now stands."""
        self._note(alarm)

    def close(self) -> None:
        """Seal what is left and let the journal go. May be called twice."""
        if self._closed:
            return
        self._closed = True
        try:
            self._wait()
            with self._writing():
                self._finish()
        finally:
            os.close(self._handle)

    # ---- notes and numbers -----------------------------------------------------------------------------------------

    def _note(self, entry: Entry) -> None:
        number = self._numbers["lines"] + 1
        said = line(number, entry)
        if len(said) > LOG_ROOM:
            raise UsageError(f"a log entry of {len(said)} bytes")
        if not self._journal.has_room_for_line(said):
            self._turn_over()
        with self._writing():
            self._journal.put_line(said)
        self._numbers["lines"] = number

    def _append_poses(self, poses: tuple[Pose, ...]) -> None:
        """Those that are new: a robot tells where it is at a pace of its own."""
        new = [pose for pose in poses if pose.at > self._last_pose.get(pose.robot, -math.inf)]
        if new:
            self._journal.put_poses(new, self._numbers["poses"] + 1)
            self._numbers["poses"] += len(new)
            self._last_pose |= {pose.robot: pose.at for pose in new}

    # ---- sealing ---------------------------------------------------------------------------------------------------

    def _turn_over(self) -> None:
        """Go on in the other journal, and seal the full one meanwhile."""
        self._wait()
        full, self._journal, self._resting = self._journal, self._resting, self._journal
        self._sealing = threading.Thread(target=self._seal, args=(full,), name=f"sealing {self.path.name}")
        self._sealing.start()

    def _wait(self) -> None:
        if self._sealing is not None:
            self._sealing.join()
            self._sealing = None
        if self._trouble is not None:
            trouble, self._trouble = self._trouble, None
            raise trouble

    def _seal(self, journal: Journal) -> None:
        try:
            with self._writing():
                self._change(journal.content())
            journal.clear()
        except Exception as error:  # handed to the thread that records
            self._trouble = error

    def _change(self, content: Content) -> None:
        change = Change(self._handle)
        try:
            with h5py.File(change, "r+", libver=VERSIONS) as file:
                write_block(file, content, self._steps)
                write_pages(file, self._steps)
            change.commit()
        except BaseException:
            change.withdraw()
            change.ensure_written()  # what HDF5 complains of is only what came of it
            raise

    def _create(self) -> None:
        with _beside(self.path) as part:
            with h5py.File(part, "w", userblock_size=USER_BLOCK, libver=VERSIONS) as file:
                self._header.write(file)
                prepare(file, self._tags, layout.journal_rows(len(self._tags)))
                set_aside_annotations(file)
                journals = file.create_group(JOURNAL)
                for name in JOURNALS:
                    set_aside(journals, name, len(self._tags))
            mark(part)

    def _finish(self) -> None:
        """Write the recording anew without its journal, and put it in the place of the old."""
        with _beside(self.path) as part, opened(self.path) as old, h5py.File(part, "w", libver=VERSIONS) as file:
            file.attrs.update(old.attrs)
            for name in old:
                if name != JOURNAL:
                    old.copy(name, file)
            if not self._journal.empty:
                write_block(file, self._journal.content(), self._steps)
            write_pages(file, self._steps, closing=True)

    @contextlib.contextmanager
    def _writing(self, remedy: str = MAKE_ROOM) -> Iterator[None]:
        """Turns what the system says into a sentence."""
        try:
            yield
        except (OSError, RuntimeError) as error:
            raise StationError(self.path, _wrong(error), remedy) from error


class _Header:
    """What stands at the head of the file from the start."""

    def __init__(self, tags: TagTable, station: Station | None, source: str) -> None:
        self._tags = tags_as_text(tags)
        self._station = station
        self._said = {"format": FORMAT, "program": __version__, "source": source}
        if station is not None:
            self._said["station_digest"] = station.digest

    def write(self, file: h5py.File) -> None:
        file.attrs.update({"format": FORMAT, "version": VERSION})
        said = np.frombuffer(json.dumps(self._said, ensure_ascii=False).encode(), "u1")
        file.create_dataset(HEADER, data=said, chunks=said.shape, fletcher32=True)
        write_text(file, TAGS, self._tags)
        if self._station is not None:
            write_text(file, STATION, self._station.text.encode())


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file beside, which takes the place of this one once it is whole, and leaves nothing if it is not."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _wrong(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno:
        return f"cannot be written: {os.strerror(error.errno).lower()}"
    return "cannot be written any further"
