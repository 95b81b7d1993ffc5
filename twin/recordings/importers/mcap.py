"""Robots' logs in MCAP: odometry, transforms and poses become tracks, speeds and JSON numbers become signals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from twin import notes
from twin.errors import StationError
from twin.notes import Line
from twin.plant.reading import Station, parse
from twin.recordings.importers import held
from twin.recordings.importers.columns import Series, assumed, is_of, series, table
from twin.recordings.importers.mapping import Map
from twin.recordings.importers.mcap_file import McapFile
from twin.recordings.importers.mcap_log import OWN_LOG, OWN_NOTES, OWN_STATION, OWN_TAGS, UNSTATED, Log, Signal
from twin.recordings.importers.messages import Warmed
from twin.recordings.importers.summary import Summary, counted
from twin.recordings.importers.taken import Later, Taken
from twin.recordings.importers.trajectories import NUMBERS, in_order, nothing, placed
from twin.recordings.logbook import Entry, entries, tags_from_text
from twin.recordings.memory import Track
from twin.signals import Tag, TagTable
from twin.thermography import Place

REPORTED = 500  # records between two words on how far it is
OWN_POSES = "/pose"  # what follows a robot's name in the topics of our own exports
NOWHERE: Place = (math.nan, math.nan, math.nan)
WANTED = "Name an MCAP file with poses or JSON signals"

Progress = Callable[[float], None]


def import_mcap(path: Path, station: Station | None, mapping: Map, progress: Progress) -> Taken:
    """Read a log. What is damaged or of a type that is not read is left out, and the summary says so."""
    places = _places(station)
    file, log, summary = McapFile(path), Log(path, places), Summary(path)
    for number, (record, share) in enumerate(file.records()):
        log.take(record)
        if number % REPORTED == 0:
            progress(share)
    _say_what_was_skipped(file, log, summary)
    if not (log.poses or log.signals):
        wrong = "; ".join(["holds nothing that can be read", *summary.skipped])
        raise StationError(path, wrong, WANTED)
    station = _own_station(log, summary) or station
    if station is not None and log.signals and not is_of(log.signals, station, mapping):
        station, summary.foreign = None, True
    tracks = _tracks(log, mapping, summary)
    found = _found(log, station, mapping, summary)
    if not (tracks or found):
        wrong = "; ".join(["holds nothing that is taken", *summary.skipped])
        raise StationError(path, wrong, "Correct the map where that leaves it out")
    taken = _taken(path, found, station, tracks, _own_entries(log), summary, log.reduced)
    own = OWN_TAGS in log.own
    return replace(taken, pictures=_pictures(log, places, summary), notes=_own_notes(log, summary), in_rows=own)


def _places(station: Station | None) -> dict[str, Place]:
    """Where the panoramic cameras of a station are."""
    cameras = station.file.cameras if station is not None else ()
    return {camera.id: camera.position for camera in cameras if camera.kind == "panoramic"}


def _pictures(log: Log, places: dict[str, Place], summary: Summary) -> tuple[Later, ...]:
    thermal = sum(isinstance(told, Warmed) for told in log.pictures)
    for count, noun in ((len(log.pictures) - thermal, "panorama"), (thermal, "thermal frame")):
        if count:
            summary.remarks.append(f"taken too: {counted(count, noun)}")
    return tuple(
        Later(told.at, partial(told.picture, told.at, places.get(told.camera, NOWHERE))) for told in log.pictures
    )


def _taken(
    path: Path,
    found: list[tuple[Signal, Series]],
    station: Station | None,
    tracks: tuple[Track, ...],
    noted: tuple[Entry, ...],
    summary: Summary,
    reduced: str,
) -> Taken:
    if not found:
        return Taken(TagTable(()), station, nothing, math.nan, math.nan, summary, tracks, noted, reduced)
    parts = [_part(signal, one) for signal, one in found]
    at, arrived = held.instants(
        np.concatenate([signal.at for signal, _ in found]), np.concatenate([signal.arrived for signal, _ in found])
    )
    summary.rows, summary.columns = len(at), [one.tag.name for _, one in found]
    told = sum(len(signal.at) - len(np.unique(signal.at)) for signal, _ in found)
    if told:
        summary.remarks.append(
            f"{counted(told, 'value')} came at the same time as a later one of the signal, which holds"
        )
    tags = table(path, [one for _, one in found])
    return Taken(
        tags,
        station,
        lambda: held.blocks(parts, at, arrived),
        float(at[0]),
        float(at[-1]),
        summary,
        tracks,
        noted,
        reduced,
    )


def _found(log: Log, station: Station | None, mapping: Map, summary: Summary) -> list[tuple[Signal, Series]]:
    """The signals as tags: as our own export says, else by the station and the map."""
    own = _own_tags(log, summary)
    found = []
    for name in sorted(log.signals, key=list(own).index) if log.signals.keys() <= own.keys() else log.signals:
        signal = log.signals[name]
        values, stated = np.array(signal.values), np.array(signal.quality)
        if name in own:
            one: Series | None = Series(own[name], values, assumed(values))
        else:
            one = series(name, values, station, mapping, summary, signal.unit)
        if one is not None:
            found.append((signal, Series(one.tag, one.values, np.where(stated == UNSTATED, one.quality, stated))))
    return found


def _part(signal: Signal, one: Series) -> held.Part:
    at = np.array(signal.at)
    order = np.argsort(at, kind="stable")
    return held.Part(at[order], one.values[order, np.newaxis], one.quality[order, np.newaxis])


def _tracks(log: Log, mapping: Map, summary: Summary) -> tuple[Track, ...]:
    ours = OWN_POSES if OWN_TAGS in log.own else ""
    poses_of = {name.removesuffix(ours): poses for name, poses in log.poses.items()}
    summary.seen = {*log.signals, *poses_of}
    found = (placed(name, np.array(poses).reshape(-1, NUMBERS), mapping, summary) for name, poses in poses_of.items())
    return tuple(in_order(track, summary) for track in found if track is not None)


def _say_what_was_skipped(file: McapFile, log: Log, summary: Summary) -> None:
    for (topic, reason), count in log.skipped.items():
        summary.skipped.append(f"{counted(count, 'message')} of {topic}, {reason}")
    if file.damaged:
        summary.skipped.append(f"{counted(file.damaged, 'chunk')}, damaged")
    if file.stopped:
        summary.skipped.append(f"what comes after, for the file is {file.stopped}")
    if log.other_clocks:
        topics = ", ".join(sorted(log.other_clocks))
        summary.remarks.append(f"stamped by a clock that counts from elsewhere, so the log's times are taken: {topics}")


# ---- what our own exports bring along -------------------------------------------------------------------------------


def _own_tags(log: Log, summary: Summary) -> dict[str, Tag]:
    try:
        return {tag.name: tag for tag in tags_from_text(log.own.get(OWN_TAGS, b""))}
    except (ValueError, TypeError, KeyError, AttributeError, StationError):
        summary.skipped.append(f"{OWN_TAGS}, which is damaged")
        return {}


def _own_station(log: Log, summary: Summary) -> Station | None:
    if OWN_STATION not in log.own:
        return None
    try:
        return parse(log.own[OWN_STATION].decode())
    except (StationError, UnicodeDecodeError):
        summary.skipped.append(f"{OWN_STATION}, which cannot be used")
        return None


def _own_notes(log: Log, summary: Summary) -> tuple[Line, ...]:
    try:
        return notes.from_text(log.own.get(OWN_NOTES, b""))
    except (ValueError, TypeError):
        summary.skipped.append(f"{OWN_NOTES}, which is damaged")
        return ()


def _own_entries(log: Log) -> tuple[Entry, ...]:
    return tuple(entry for _, entry in entries(log.own.get(OWN_LOG, b"")))
