"""The tree of a station's equipment by room and circuit, narrowed by a search, with what is selected marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from app.presenters.selection import Selection
from twin.plant.reading import Station

ELSEWHERE = ""  # the group of what is in no room and no circuit


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of equipment: its id, and what people call it where that is more."""

    id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Equipment of one room or circuit; the view has a word for those of none (id "")."""

    id: str
    title: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class State:
    """What is listed, what of it is selected ("" for nothing), and what of everything is not drawn."""

    groups: tuple[Group, ...] = ()
    selected: str = ""
    searched: bool = False
    away: frozenset[str] = frozenset()


class View(Protocol):
    """The tree."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Sorts equipment into groups once, and lists what fits the search.

    Parameters
    ----------
    pick : Callable         Is told of what was clicked.
    take_away : Callable    Is told of all that is not to be drawn, whenever that changes.
    """

    def __init__(
        self,
        view: View,
        station: Station | None,
        language: str,
        pick: Callable[[str], None],
        take_away: Callable[[frozenset[str]], None] = frozenset,
    ) -> None:
        self._view = view
        self._station = station
        self._pick = pick
        self._take_away = take_away
        self._away: frozenset[str] = frozenset()
        self._language = language
        self._query = ""
        self._selected = ""
        self._state: State | None = None
        self._show()

    def search(self, query: str) -> None:
        """List only what fits."""
        self._query = query.strip()
        self._show()

    def pick(self, equipment: str) -> None:
        """Select a piece of equipment in the whole window, and fly there."""
        if equipment:
            self._pick(equipment)

    def want(self, equipment: str, wanted: bool) -> None:
        """Take a piece of equipment out of the scene, or put it back."""
        self._leave(self._away - {equipment} if wanted else self._away | {equipment})

    def leave(self, away: Iterable[str]) -> None:
        """Draw all but these, of those that there are."""
        there = {identity for identity, _ in _placed(self._station)} if self._station is not None else set()
        self._leave(frozenset(away) & there)

    def want_all(self) -> None:
        """Put everything back."""
        self._leave(frozenset())

    def _leave(self, away: frozenset[str]) -> None:
        if away != self._away:
            self._away = away
            self._take_away(away)
            self._show()

    def select(self, selection: Selection) -> None:
        """Mark what is selected anywhere in the window."""
        self._selected = selection.equipment
        self._show()

    def say_in(self, language: str) -> None:
        """Say names in another language."""
        self._language = language
        self._show()

    def take(self, _: object) -> None:
        """What is measured does not change what there is."""

    def _show(self) -> None:
        state = State(tuple(self._groups()), self._selected, bool(self._query), self._away)
        if state != self._state:
            self._state = state
            self._view.show_state(state)

    def _groups(self) -> Iterator[Group]:
        if self._station is None:
            return
        listed: dict[str, list[Entry]] = {}
        for identity, place in _placed(self._station):
            entry = Entry(identity, self._called(identity))
            if self._fits(entry):
                listed.setdefault(place, []).append(entry)
        for place, entries in sorted(listed.items(), key=lambda each: each[0] == ELSEWHERE):
            title = self._called(place) or place
            yield Group(place, title[:1].upper() + title[1:], tuple(entries))

    def _called(self, identity: str) -> str:
        """What people call it, if that is more than its id."""
        assert self._station is not None
        said = self._station.name_of(identity).said_in(self._language)
        return said if said != identity else ""

    def _fits(self, entry: Entry) -> bool:
        """Whether each word of the search is somewhere in its id or its name."""
        text = f"{entry.id} {entry.name}".casefold()
        return all(word in text for word in self._query.casefold().split())


def _placed(station: Station) -> Iterator[tuple[str, str]]:
    """Each piece of equipment with its room, or the circuit it is in: what belongs to a pump comes after it."""
    file = station.file
    rooms = {part.id for part in file.equipment if part.kind == "room"}
    for pump in file.pumps:
        yield pump.id, pump.circuit
        yield from ((part.id, part.circuit) for part in file.resistances if part.pump == pump.id)
    yield from ((part.id, part.circuit) for part in file.resistances if not part.pump)
    yield from ((line.id, line.circuit) for line in file.lines)
    yield from ((part.id, part.room or part.circuit) for part in file.equipment if part.id not in rooms)
    yield from ((part.id, ELSEWHERE) for parts in (file.robots, file.cameras) for part in parts)
