"""The list of all tags: searched, ordered and read by numpy, so that 200,000 rows cost what a screenful costs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.messages import Mail
from app.presenters import formatting
from app.presenters.freshness import Freshness
from app.presenters.haystack import Haystack
from app.presenters.selection import Selection
from twin.detectors.reconciliation import Reconciled
from twin.plant.reading import Station
from twin.signals import Floats, Frame, Limits, Qualities, Quality, TagTable

NAME, DESCRIPTION, VALUE, UNIT, QUALITY, AGE, EQUIPMENT, LIMITS = range(8)
COLUMNS = ("tag", "description", "value", "unit", "quality", "age_s", "equipment", "LL", "L", "H", "HH")
WHOLE = 1.0  # s: an age is told anew when the cursor has gone this far

Rows = NDArray[np.intp]


class Words:
    """What the tags are called, in one language, and how their texts sort. Worked out when first asked for."""

    def __init__(self, tags: TagTable, station: Station | None, language: str) -> None:
        self.tags = tags
        self.language = language
        self._station = station

    @cached_property
    def descriptions(self) -> list[str]:
        """(n,) in this language."""
        return [tag.description.said_in(self.language) for tag in self.tags]

    @cached_property
    def equipment(self) -> list[str]:
        """(n,) the equipment's id, with its name where that says more."""
        named = {tag.equipment: self._named(tag.equipment) for tag in self.tags}
        return [named[tag.equipment] for tag in self.tags]

    def rank(self, column: int) -> NDArray[np.intp]:
        """(n,) place of each tag's text among all, equal for equal texts."""
        if column not in self._ranks:
            texts = self._texts(column)
            places = {text: place for place, text in enumerate(sorted(set(texts), key=str.casefold))}
            self._ranks[column] = np.fromiter((places[text] for text in texts), np.intp, len(texts))
        return self._ranks[column]

    @cached_property
    def _ranks(self) -> dict[int, NDArray[np.intp]]:
        return {}

    def _texts(self, column: int) -> list[str]:
        if column == NAME:
            return list(self.tags.names)
        if column == DESCRIPTION:
            return self.descriptions
        if column == UNIT:
            return [tag.unit for tag in self.tags]
        return self.equipment

    def _named(self, equipment: str) -> str:
        name = self._station.name_of(equipment).said_in(self.language) if self._station and equipment else ""
        if not name or name.startswith(equipment):
            return name or equipment
        return f"{equipment} {name}"


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """All tags at one instant: ``values``, ``quality`` and ``ages`` [s], (n,) each.

    ``reconciled`` is by tag what those that are not believed should say.
    """

    values: Floats
    quality: Qualities
    ages: Floats
    reconciled: Mapping[int, Reconciled] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """The table as it is to be shown: ``rows`` (r,) are the tags in their order; cells are written when asked for."""

    rows: Rows
    words: Words
    reading: Reading
    search: str = ""
    sort: int = NAME
    descending: bool = False
    selected: int = -1  # a tag, or -1

    @property
    def total(self) -> int:
        """How many tags there are, shown or not."""
        return len(self.words.tags)

    def tag(self, row: int) -> int:
        """The tag in a row, as a column of the tag table."""
        return int(self.rows[row])

    def name(self, row: int) -> str:
        """The name of the tag in a row."""
        return self.words.tags[self.tag(row)].name

    def quality(self, row: int) -> int:
        """The quality of the tag in a row."""
        return int(self.reading.quality[self.rows[row]])

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        return _WRITERS[column](self, self.tag(row))


_WRITERS: dict[int, Callable[[State, int], str]] = {
    NAME: lambda state, tag: state.words.tags[tag].name,
    DESCRIPTION: lambda state, tag: state.words.descriptions[tag],
    VALUE: lambda state, tag: formatting.tag_value(float(state.reading.values[tag]), state.words.tags[tag]),
    UNIT: lambda state, tag: formatting.unit_glyph(state.words.tags[tag].unit),
    QUALITY: lambda state, tag: quality_text(state, tag),
    AGE: lambda state, tag: formatting.age(float(state.reading.ages[tag]), state.words.language),
    EQUIPMENT: lambda state, tag: state.words.equipment[tag],
    LIMITS: lambda state, tag: limits_text(state.words.tags[tag].limits),
}


def quality_text(state: State, tag: int) -> str:
    """The word for a tag's quality; of one that is not believed, what it should say."""
    language, reconciled = state.words.language, state.reading.reconciled.get(tag)
    if reconciled is None:
        return formatting.quality_word(int(state.reading.quality[tag]), language)
    value = formatting.tag_value(reconciled.value, state.words.tags[tag])
    return f"{formatting.reconciled_word(language)}{formatting.SPACE}{value}"


def limits_text(limits: Limits) -> str:
    """``LL 0.3 · L 0.35 · H 1.2 · HH 1.4``, of those there are."""
    named = (("LL", limits.low_low), ("L", limits.low), ("H", limits.high), ("HH", limits.high_high))
    return " · ".join(f"{name}{formatting.SPACE}{limit:g}" for name, limit in named if limit is not None)


class View(Protocol):
    """The table."""

    def show_state(self, state: State) -> None: ...


class Presenter:
    """Keeps the rows found by the search in the order asked for, and reads them at the cursor.

    Values that change do not reorder the rows: a row that is being read must not run away. Ordering anew takes a click.
    """

    def __init__(self, view: View, station: Station | None, tags: TagTable, language: str = "en") -> None:
        self._view = view
        self._station = station
        self._tags = tags
        self._freshness = Freshness(len(tags))
        self._frame: Frame | None = None
        self._read_at = float("nan")
        self._haystack: Haystack | None = None
        count = len(tags)
        nothing = Reading(
            np.full(count, np.nan), np.full(count, Quality.MISSING, dtype=np.uint8), np.full(count, np.nan)
        )
        self._state = State(np.arange(count), Words(tags, station, language), nothing)
        self._arrange()

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    def say_in(self, language: str) -> None:
        """Say descriptions, qualities and ages in another language."""
        if language != self._state.words.language:
            self._state = replace(self._state, words=Words(self._tags, self._station, language))
            self._arrange()

    def take(self, mail: Mail) -> None:
        """Read the tags at the cursor."""
        if mail.snapshot is None:
            return
        frame = mail.snapshot.frame
        if frame is self._frame and abs(mail.cursor - self._read_at) < WHOLE:
            return
        if frame is not self._frame:
            self._freshness.take(frame)
        self._frame, self._read_at = frame, mail.cursor
        ages = self._freshness.ages(mail.cursor)
        reading = Reading(self._freshness.values(frame), frame.quality, ages, mail.snapshot.reconciled)
        self._show(replace(self._state, reading=reading))

    def select(self, selection: Selection) -> None:
        """Point at the selected tag, if it is one."""
        known = selection.kind == "tag" and selection.name in self._tags
        selected = self._tags.column(selection.name) if known else -1
        if selected != self._state.selected:
            self._show(replace(self._state, selected=selected))

    def search(self, text: str) -> None:
        """Show only tags whose name, descriptions or equipment hold all these words."""
        if text.split() == self._state.search.split():
            return
        self._state = replace(self._state, search=text)
        self._arrange()

    def sort_by(self, column: int, descending: bool) -> None:
        """Order by a column; rows that are equal in it stay in the order of the station."""
        self._state = replace(self._state, sort=column, descending=descending)
        self._arrange()

    def as_text(self, rows: Iterable[int]) -> str:
        """Some rows as tab-separated values, for the clipboard."""
        state = self._state
        return "\n".join("\t".join(state.text(row, column) for column in range(LIMITS + 1)) for row in rows)

    def as_csv(self) -> str:
        """The rows shown, as comma-separated values with a heading; figures as they came, in ASCII."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(self._record(int(tag)) for tag in self._state.rows)
        return out.getvalue()

    def _record(self, column: int) -> tuple[Any, ...]:
        tag, reading, words = self._tags[column], self._state.reading, self._state.words
        value, age = float(reading.values[column]), float(reading.ages[column])
        limits = (tag.limits.low_low, tag.limits.low, tag.limits.high, tag.limits.high_high)
        return (
            tag.name,
            words.descriptions[column],
            repr(value) if np.isfinite(value) else "",
            tag.unit,
            Quality(int(reading.quality[column])).name.lower(),
            f"{age:.1f}" if np.isfinite(age) else "",
            tag.equipment,
            *("" if limit is None else limit for limit in limits),
        )

    def _arrange(self) -> None:
        """Search and order anew."""
        state = self._state
        rows = np.arange(len(self._tags))
        if state.search.split():
            rows = np.flatnonzero(self._searched().holding(state.search))
        key = self._key(state.sort)[rows]
        order = np.argsort(-key if state.descending else key, kind="stable")  # what is not a number comes last
        self._show(replace(state, rows=rows[order]))

    def _key(self, column: int) -> NDArray[Any]:
        """(n,) numbers that order a column."""
        reading = self._state.reading
        if column == VALUE:
            return reading.values
        if column == QUALITY:
            return reading.quality.astype(np.intp)
        if column == AGE:
            return reading.ages
        if column == LIMITS:
            highs = (tag.limits.high for tag in self._tags)
            return np.fromiter((np.nan if high is None else high for high in highs), np.float64, len(self._tags))
        return self._state.words.rank(column)

    def _searched(self) -> Haystack:
        if self._haystack is None:
            self._haystack = Haystack(searched_texts(self._tags, self._station))
        return self._haystack

    def _show(self, state: State) -> None:
        self._state = state
        self._view.show_state(state)


def searched_texts(tags: TagTable, station: Station | None) -> list[str]:
    """(n,) all that a tag may be found by: name, descriptions and equipment in both languages."""
    equipment = {tag.equipment for tag in tags}
    names = {each: station.name_of(each) for each in equipment} if station is not None else {}
    called = {each: f"{each} {names[each].en} {names[each].zh}" if each in names else each for each in equipment}
    return [f"{tag.name} {tag.description.en} {tag.description.zh} {called[tag.equipment]}" for tag in tags]
