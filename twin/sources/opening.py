"""Opens a source by its URL or path."""

from __future__ import annotations

from collections.abc import Callable

from twin.clock import Clock
from twin.errors import StationError
from twin.plant.reading import Station
from twin.sources.source import Source
from twin.text import did_you_mean

LATER = {"opc.tcp": "OPC UA servers", "mqtt": "MQTT brokers", "modbus": "Modbus devices"}


def open_source(name: str, station: Station | None = None, clock: Clock | None = None) -> Source:
    """A live source's URL, or a recording's path; ``station`` goes before the one it brings. Raises StationError."""
    scheme = scheme_of(name)
    if scheme == "":
        from twin.sources.replayed import Replayed

        return Replayed.open(name, station)
    if scheme in LATER:
        raise StationError(name, f"{LATER[scheme]} cannot be read yet", "Name a recording, or sim: for the simulator")
    opener = _OPENERS.get(scheme)
    if opener is None:
        remedy = did_you_mean(scheme, _OPENERS) or "Name a recording, or sim: for the simulator"
        raise StationError(name, f"there is no source '{scheme}:'", remedy)
    return opener(name, station, clock)


def scheme_of(name: str) -> str:
    """``sim`` of ``sim:?seed=7``; empty for a path, also one that begins with a drive's letter."""
    scheme, colon, _ = name.partition(":")
    return scheme if colon and len(scheme) > 1 and scheme.replace(".", "").isalnum() else ""


def _simulated(name: str, station: Station | None, clock: Clock | None) -> Source:
    from twin.sources.simulated import Simulated

    return Simulated.open(name, station, clock=clock)


_OPENERS: dict[str, Callable[[str, Station | None, Clock | None], Source]] = {"sim": _simulated}
