"""``pumphouse info``: what a file holds, whatever kind of file it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.errors import CommandLineError, StationError
from twin.plant.model_nodes import MODELS, model_format, node_names
from twin.plant.reading import Station, read
from twin.plant.tying import nameable, tied
from twin.signals import Event
from twin.thermography import Panorama, ThermalFrame
from twin.times import iso

if TYPE_CHECKING:
    from twin.recordings.annotations import Said
    from twin.recordings.recording import Recording

SHEETS = (".csv", ".tsv", ".txt")


def described(path: Path, verify: bool = False, station: Station | None = None) -> dict[str, Any]:
    """What a recording, a station, a 3D model or a CSV file holds. Raises StationError for anything else.

    ``verify`` reads all of a recording and holds it against its hashes; a ``station`` says what a model's nodes show.
    """
    suffix = path.suffix.lower()
    if verify and suffix in (".toml", *MODELS, *SHEETS):
        raise CommandLineError("--verify", f"is for recordings, and {path} is none", "Name a recording")
    if suffix == ".toml":
        return {"kind": "station", "path": str(path), **_station(read(path))}
    if suffix in MODELS:
        return _model(path, station)
    if suffix in SHEETS:
        return _sheet(path)
    return _recording(path, verify)


def _recording(path: Path, verify: bool) -> dict[str, Any]:
    from twin.recordings.annotations import annotated
    from twin.recordings.recording import Recording

    with Recording.open(path) as recording:
        since, until = recording.span
        rows = recording.row_count
        station = recording.station
        said = annotated(path)
        return {
            "kind": "recording",
            "path": str(path),
            "bytes": path.stat().st_size,
            "closed": recording.closed,
            **(_verified(recording, said) if verify else {}),
            **recording.attributes,
            "station": station.id if station is not None else None,
            "span": [iso(since), iso(until)] if rows else None,
            "seconds": round(until - since, 3) if rows else 0.0,
            "frames": rows,
            "tags": len(recording.tags),
            "events": dict(Counter(event.kind for event in recording.events(float("-inf"), float("inf")))),
            "anomalies": len(recording.anomalies()),
            "alarms": len(recording.alarms()),
            "alarm_load": _alarm_load(recording),
            "annotations": len(said.annotations),
            "annotations_taken_back": len(said.notes) - len(said.annotations),
            "robots": list(recording.robots()),
            "thermal_frames": recording.cameras(ThermalFrame),
            "panoramas": recording.cameras(Panorama),
            "truth": [_truth(event) for event in recording.truth()],
            "names": list(recording.tags.names),
        }


def _alarm_load(recording: Recording) -> dict[str, Any] | None:
    """What its alarms asked of people, by the measures of EEMUA 191; None where there were none."""
    from twin.alarms.metrics import load_of

    changes = recording.alarm_changes()
    if not changes:
        return None
    load = asdict(load_of(changes, recording.span))
    return {**load, "chattering": list(load["chattering"])}


def _verified(recording: Recording, said: Said) -> dict[str, Any]:
    damaged = recording.damaged()
    spans = [[iso(first), iso(last)] for first, last in damaged]
    return {"verified": not damaged and said.intact, "damaged": spans, "annotations_intact": said.intact}


def _truth(event: Event) -> dict[str, Any]:
    data = {name: iso(held) if name == "since" else held for name, held in event.data.items()}
    return {"at": iso(event.at), "subject": event.subject, **data}


def _station(station: Station) -> dict[str, Any]:
    file = station.file
    return {
        "station": station.id,
        "name": file.station.name.en,
        "pumps": [pump.id for pump in file.pumps],
        "circuits": [circuit.id for circuit in file.circuits],
        "lines": [line.id for line in file.lines],
        "robots": [robot.id for robot in file.robots],
        "cameras": len(file.cameras),
        "equipment": len(file.equipment),
        "curves": list(file.curves),
        "model": file.station.model or None,
        "tags": len(station.tags),
        "digest": station.digest,
    }


def _model(path: Path, station: Station | None) -> dict[str, Any]:
    if not path.is_file():
        raise StationError(path, "there is no such file", "Name a 3D model, such as a .glb file")
    names = node_names(path)
    facts = {"kind": "model", "path": str(path), "format": model_format(path), "bytes": path.stat().st_size}
    shown = _shown(names, station) if station is not None else {}
    return {**facts, "nodes": len(names), **shown, "names": list(names)}


def _shown(names: Sequence[str], station: Station) -> dict[str, Any]:
    """What a station makes of a model's nodes."""
    file = station.file
    found = tied(names, nameable(file), file.model.map)
    placed = [part.id for parts in (file.pumps, file.equipment) for part in parts if part.position is not None]
    return {
        "tied": len(found.equipment),
        "strays": list(found.strays),
        "lacking": [name for name in placed if name not in found.shown],
        "idle": [file.model.map[number].node for number in found.idle],
    }


def _sheet(path: Path) -> dict[str, Any]:
    from twin.recordings.importers.sheet import read_sheet

    sheet = read_sheet(path)
    return {
        "kind": "csv",
        "path": str(path),
        "bytes": path.stat().st_size,
        "separator": sheet.separator,
        "rows": len(sheet),
        "columns": len(sheet.names),
        "names": list(sheet.names),
    }
