"""``pumphouse import``: foreign files into one recording."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.errors import StationError
from twin.notes import joined
from twin.plant.reading import Station
from twin.recordings.annotations import annotate
from twin.recordings.importers import held
from twin.recordings.importers.foreign import imported
from twin.recordings.importers.kinds import kind_of
from twin.recordings.importers.mapping import Map
from twin.recordings.importers.panoramic import import_panorama, shot_of
from twin.recordings.importers.sheet import read_sheet
from twin.recordings.importers.summary import Summary
from twin.recordings.importers.taken import Later, Taken
from twin.recordings.importers.trajectories import positions
from twin.recordings.importers.tum import import_tum
from twin.recordings.importers.weaving import Happened, woven
from twin.recordings.logbook import Entry, begun
from twin.recordings.recorder import Recorder
from twin.signals import Block, Quality, Tag, TagTable
from twin.text import Text

REPORTED = 500  # rows between two words on how far it is
PICTURES = "pictures"
READING = 0.5  # share of the work, as far as anybody can tell beforehand

Progress = Callable[[float], None]


def import_files(
    paths: Sequence[Path], out: Path, station: Station | None, mapping: Map | None, progress: Progress
) -> list[Summary]:
    """Read files of any kind into one recording. ``progress`` is told the share done.

    Those whose columns are alike follow one another in time. Others stand side by side: each holds its values between
    its own rows, and is missing where it does not reach.
    """
    for path in paths:
        if path.resolve() == out.resolve():
            raise StationError(path, "cannot be imported into itself", "Name another file with --out")
    taken = []
    for number, path in enumerate(paths):
        share = _part_of(progress, READING * number / len(paths), READING / len(paths))
        taken.append(_taken(path, station, mapping or Map(), share))
    if mapping is not None:
        _ensure_seen(mapping, taken)
    _record(taken, out, _part_of(progress, READING, 1.0 - READING))
    return [one.summary for one in taken]


def _taken(path: Path, station: Station | None, mapping: Map, progress: Progress) -> Taken:
    """What one file holds, whatever kind it is of."""
    kind = kind_of(path)
    if kind == "mcap":
        from twin.recordings.importers.mcap import import_mcap

        return import_mcap(path, station, mapping, progress)
    if kind == "parquet":
        from twin.recordings.importers.parquet import import_parquet

        return import_parquet(path, station, mapping)
    if kind == "tum":
        return import_tum(path, mapping)
    shot = shot_of(path, mapping) if kind in ("jpeg", "png") else None
    if shot is not None:
        return import_panorama(path, *shot, station)
    if kind == "png":
        remedy = 'Say in a map whose panorama it is: [pictures] with "NAME.png" = {camera = "PAN01", time = "…"}'
        raise StationError(path, "is a PNG, of which nobody knows the camera", remedy)
    if kind == "jpeg":
        from twin.recordings.importers.thermal import import_thermal

        return import_thermal(path, station, mapping)
    return imported(read_sheet(path), station, mapping).taken()


def _ensure_seen(mapping: Map, taken: Sequence[Taken]) -> None:
    """What a map names is in one of the files, or the map is wrong."""
    seen = set().union(*(one.summary.seen for one in taken))
    for name in (*mapping.columns, *mapping.tracks, *mapping.pictures):
        if name not in seen:
            wrong = f"the map names '{name}', which is not there"
            raise StationError(taken[0].summary.path, wrong, f"There is {', '.join(sorted(seen))}")


def _record(taken: Sequence[Taken], out: Path, progress: Progress) -> None:
    tracks = tuple(track for one in taken for track in one.tracks)
    with_rows = [one for one in taken if len(one.tags)]
    pictures = sorted((picture for one in taken for picture in one.pictures), key=lambda picture: picture.at)
    if with_rows:
        tags, rows = _rows(with_rows)
    elif not tracks:
        tags, block = looks(pictures)
        rows = iter((block,))
    else:
        tags, block = positions(tracks)
        rows = iter((block,))
    happened = Happened(tracks, _entries(taken), _within(with_rows, taken))
    known = next((one.station for one in with_rows or taken if one.station is not None), None)
    total = max(1, sum(one.summary.rows for one in with_rows))
    with Recorder(out, tags, known, source=", ".join(_named(one) for one in taken)) as recorder:
        for done, frame in enumerate(woven(rows, happened, len(tags))):
            recorder.append(frame)
            _note(recorder, happened.entries(frame.at))
            if done % REPORTED == 0:
                progress(min(done / total, 1.0))
        for later in pictures:
            picture = later.made()
            if picture is not None:
                recorder.picture(picture)
        _note(recorder, happened.entries(np.inf))
    said = joined(*(one.notes for one in taken))
    if said:
        annotate(out, *said)


def _entries(taken: Sequence[Taken]) -> list[Entry]:
    """What happened and what was found, by time; in the order in which it was recorded where one of our own exports
    says it, for an anomaly that goes on is told later than it began."""
    entries = [entry for one in taken for entry in one.entries]
    return entries if len(taken) == 1 and taken[0].in_rows else sorted(entries, key=begun)


def _note(recorder: Recorder, entries: Iterable[Entry]) -> None:
    for entry in entries:
        if isinstance(entry, Anomaly):
            recorder.anomaly(entry)
        elif isinstance(entry, Alarm):
            recorder.alarm(entry)
        else:
            recorder.event(entry)


def _within(with_rows: Sequence[Taken], taken: Sequence[Taken]) -> tuple[float, float] | None:
    """The times of the first and the last row, where all poses came with rows."""
    if not with_rows or not all(one.in_rows for one in taken if one.tracks):
        return None
    return min(one.since for one in with_rows), max(one.until for one in with_rows)


def looks(pictures: Sequence[Later]) -> tuple[TagTable, Block]:
    """How many pictures there were, as a signal: what a recording of pictures alone has for its columns."""
    at = np.array([picture.at for picture in pictures])
    count = np.arange(1.0, len(at) + 1)[:, None]
    tag = Tag(PICTURES, "", Text("pictures taken", "已拍摄的图片数"))
    return TagTable((tag,)), Block(at, count, np.full(count.shape, Quality.GOOD, np.uint8), at.copy())


def _named(taken: Taken) -> str:
    """What a recording says of where it comes from."""
    return taken.summary.path.name + (f" ({taken.reduced})" if taken.reduced else "")


def _rows(taken: Sequence[Taken]) -> tuple[TagTable, Iterator[Block]]:
    """Files of the same columns one after the other, others side by side."""
    groups: dict[tuple[str, ...], list[Taken]] = {}
    for one in sorted(taken, key=lambda one: one.since):
        groups.setdefault(one.tags.names, []).append(one)
    for group in groups.values():
        _ensure_joined(group)
    if len(groups) == 1:
        return taken[0].tags, chain.from_iterable(one.blocks() for one in next(iter(groups.values())))
    tags: dict[str, Path] = {}
    for one in (group[0] for group in groups.values()):
        for name in one.tags.names:
            if name in tags:
                wrong = f"holds {name}, and so does {tags[name].name}, which has other columns"
                raise StationError(one.summary.path, wrong, "Give one of them another name in a map, or drop it")
            tags[name] = one.summary.path
    table = TagTable(tag for group in groups.values() for tag in group[0].tags)
    blocks = [_whole(group) for group in groups.values()]
    parts = [held.Part(b.at, b.values, b.quality, float(b.at[-1])) for b in blocks]
    at, arrived = held.instants(np.concatenate([b.at for b in blocks]), np.concatenate([b.arrived for b in blocks]))
    return table, held.blocks(parts, at, arrived)


def _whole(group: Sequence[Taken]) -> Block:
    blocks = [block for one in group for block in one.blocks()]
    return Block(
        np.concatenate([block.at for block in blocks]),
        np.concatenate([block.values for block in blocks]),
        np.concatenate([block.quality for block in blocks]),
        np.concatenate([block.arrived for block in blocks]),
    )


def _ensure_joined(group: Sequence[Taken]) -> None:
    for before, after in pairwise(group):
        if after.since < before.until:
            wrong = f"begins before {before.summary.path.name} ends"
            raise StationError(after.summary.path, wrong, "Import files that overlap one by one")


def _part_of(progress: Progress, since: float, share: float) -> Progress:
    return lambda done: progress(since + share * done)
