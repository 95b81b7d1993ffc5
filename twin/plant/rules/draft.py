"""A station file as far as it can be understood: the entries that have the right shape, each with its index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar, get_origin

from pydantic import BaseModel, ValidationError, create_model
from pydantic.fields import FieldInfo

from twin.plant.mistake import Finding
from twin.plant.station import (
    About,
    Camera,
    Circuit,
    Curve,
    Equipment,
    Interlock,
    Line,
    Node,
    NodeMap,
    Pump,
    RateLimit,
    Resistance,
    Robot,
    TagEntry,
)
from twin.text import did_you_mean

Entry = TypeVar("Entry", bound=BaseModel)
Indexed = tuple[tuple[int, Entry], ...]


@dataclass(frozen=True)
class Draft:
    """The readable parts of a raw file (:func:`tomllib.loads`).

    What has the wrong shape is left out: it is reported as such, and nothing that refers to it shall be as well.
    """

    raw: Mapping[str, Any]

    @cached_property
    def about(self) -> About | None:
        return _valid(About, self.raw.get("station"))

    @cached_property
    def node_map(self) -> Indexed[NodeMap]:
        """The table that ties nodes of the 3D model to equipment."""
        table = self.raw.get("model")
        return _entries(table.get("map"), NodeMap) if isinstance(table, dict) else ()

    @cached_property
    def curves(self) -> dict[str, Curve]:
        table = self.raw.get("curves")
        if not isinstance(table, dict):
            return {}
        return {name: curve for name, raw in table.items() if (curve := _valid(Curve, raw)) is not None}

    @cached_property
    def circuits(self) -> Indexed[Circuit]:
        return self._list("circuits", Circuit)

    @cached_property
    def interlocks(self) -> Indexed[Interlock]:
        return self._list("interlocks", Interlock)

    @cached_property
    def rates(self) -> Indexed[RateLimit]:
        return self._list("rates", RateLimit)

    @cached_property
    def nodes(self) -> Indexed[Node]:
        return self._list("nodes", Node)

    @cached_property
    def pumps(self) -> Indexed[Pump]:
        return self._list("pumps", Pump)

    @cached_property
    def resistances(self) -> Indexed[Resistance]:
        return self._list("resistances", Resistance)

    @cached_property
    def lines(self) -> Indexed[Line]:
        return self._list("lines", Line)

    @cached_property
    def equipment(self) -> Indexed[Equipment]:
        return self._list("equipment", Equipment)

    @cached_property
    def robots(self) -> Indexed[Robot]:
        return self._list("robots", Robot)

    @cached_property
    def cameras(self) -> Indexed[Camera]:
        return self._list("cameras", Camera)

    @cached_property
    def tags(self) -> Indexed[TagEntry]:
        return self._list("tags", TagEntry)

    @cached_property
    def curve_names(self) -> frozenset[str]:
        """Every curve that is there, be it well or badly written."""
        table = self.raw.get("curves")
        return frozenset(table) if isinstance(table, dict) else frozenset()

    @cached_property
    def sensors(self) -> tuple[str, ...]:
        """The tags whose calibration is stated, be it well or badly written."""
        table = self.raw.get("calibration")
        sensors = table.get("sensors") if isinstance(table, dict) else None
        return tuple(sensors) if isinstance(sensors, dict) else ()

    def ids(self, *lists: str) -> frozenset[str]:
        """Every id written in these lists, be its entry well or badly written."""
        return frozenset(
            entry["id"] for name in lists for entry in _tables(self.raw.get(name)) if isinstance(entry.get("id"), str)
        )

    @cached_property
    def drive_ids(self) -> frozenset[str]:
        """The ids of the pumps' drives."""
        drives = (pump.get("drive") for pump in _tables(self.raw.get("pumps")))
        return frozenset(d["id"] for d in drives if isinstance(d, dict) and isinstance(d.get("id"), str))

    @cached_property
    def bearers(self) -> frozenset[str]:
        """Everything a tag may belong to."""
        return self.drive_ids | self.ids("pumps", "resistances", "lines", "equipment", "robots", "cameras", "circuits")

    def _list(self, name: str, kind: type[Entry]) -> Indexed[Entry]:
        return _entries(self.raw.get(name), kind)


def unknown(path: tuple[str | int, ...], what: str, word: str, known: Iterable[str]) -> list[Finding]:
    """A finding if ``word`` is given and is none of the known ones, with the nearest of them."""
    known = sorted(known)
    if not word or word in known:
        return []
    remedy = did_you_mean(word, known)
    return [Finding(path, f"there is no {what} '{word}'", remedy or _choice(what, known))]


def _choice(what: str, known: list[str]) -> str:
    if not known:
        return f"The file names no {what} at all"
    some = ", ".join(known[:8])
    return f"Known are {some}" + (f" and {len(known) - 8} more" if len(known) > 8 else "")


def _entries(listed: object, kind: type[Entry]) -> Indexed[Entry]:
    """The readable entries of a list, each with its index."""
    if not isinstance(listed, list):
        return ()
    read = ((index, _valid(kind, raw)) for index, raw in enumerate(listed))
    return tuple((index, entry) for index, entry in read if entry is not None)


def _tables(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _valid(kind: type[Entry], raw: object) -> Entry | None:
    """The entry, its wrongly written keys left empty, so that the rest of it can be judged all the same."""
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        wrong = {detail["loc"][0] for detail in error.errors(include_url=False) if detail["loc"]}
    if not isinstance(raw, dict):
        return None
    lenient: Any = {key: (Any, _empty(field)) for key, field in kind.model_fields.items() if key in wrong}
    forgiving: type[Entry] = create_model(kind.__name__, __base__=kind, **lenient)
    return forgiving.model_validate({key: value for key, value in raw.items() if key not in wrong})


def _empty(field: FieldInfo) -> Any:
    """What stands for a value that cannot be read: nothing a rule would object to."""
    if not field.is_required():
        return field.default
    return () if get_origin(field.annotation) is tuple else "" if field.annotation is str else None
