"""A recording as it stood when it was opened: its parts in order, its overviews, its log."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import numpy as np

from twin.recordings.album import Album
from twin.recordings.commit import opened
from twin.recordings.damage import dataset, ensure_ours, folder, holds, text, version_of
from twin.recordings.layout import BLOCKS, JOURNAL, JOURNALS, OVERVIEW, STATION, TAGS, VALUES
from twin.recordings.logbook import Entry, entries, tags_from_text
from twin.recordings.pages import Pages, pages_of
from twin.recordings.parts import Columns, Part, joined
from twin.recordings.sealed import Sealed
from twin.recordings.tracks import Tracks
from twin.recordings.unsealed import JournalRows
from twin.recordings.version1 import OldBlock
from twin.signals import Block, TagTable

MOST_TAGS = 2**20


class Contents:
    """What one opening of a file found. Any question may raise one of :data:`twin.recordings.damage.DAMAGED`.

    ``changed`` says whether the file was changed since: then nothing that looks damaged is, and it is to be opened
    again.
    """

    def __init__(self, path: Path, changed: Callable[[], bool]) -> None:
        self.file = opened(path)
        self.header = ensure_ours(path, self.file)
        self.blocks: list[Sealed | OldBlock]
        if version_of(self.file) == 1:
            self.columns = len(self.tags())
            group = folder(self.file, BLOCKS)
            self.blocks = [OldBlock(folder(group, name), self.columns) for name in sorted(group)]
            sealed = {name: int(group.attrs[name]) for name in ("rows", "lines", "poses")} | {"pictures": 0}
        else:
            self.columns = len(dataset(self.file, f"{VALUES}/slots"))
            if self.columns > MOST_TAGS:
                raise ValueError("an absurd number of tags")
            blocks = Sealed(self.file, self.columns, changed)
            self.blocks, sealed = [blocks], blocks.counts
        self.growing = holds(self.file, JOURNAL)
        self._journals = self._open_journals(path, sealed) if self.growing else []
        self.album = Album(self.file, sealed["pictures"], [journal.pictures for journal in self._journals], changed)
        self.arrange()

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()

    def tags(self) -> TagTable:
        """What its columns are."""
        return tags_from_text(text(self.file, TAGS))

    def station(self) -> str | None:
        """The station's file, if it brings one."""
        return text(self.file, STATION).decode() if holds(self.file, STATION) else None

    def entries(self) -> Iterator[Entry]:
        """Its log, from the beginning."""
        number = self._sealed_entries[-1][0] if self._sealed_entries else 0
        yield from (entry for _, entry in self._sealed_entries)
        for part in (*self._journals, *self._journals):
            found = list(entries(part.log(), number))
            number = found[-1][0] if found else number
            yield from (entry for _, entry in found)

    @cached_property
    def _sealed_entries(self) -> list[tuple[int, Entry]]:
        """The log of its blocks with the numbers of its lines; whoever follows a recording asks again and again."""
        found: list[tuple[int, Entry]] = []
        for part in self.blocks:
            found += entries(part.log(), found[-1][0] if found else 0)
        return found

    @cached_property
    def pages(self) -> list[Pages]:
        """Its overviews, the finest first."""
        return pages_of(self.file)

    def damage(self) -> Iterator[tuple[int, int]]:
        """First and last time of whatever is not as it was written. Reads all of it. [ns]"""
        for part in self.parts:
            yield from part.damage()
        for part in self.blocks:
            if isinstance(part, Sealed):
                levels = len(folder(self.file, OVERVIEW)) if holds(self.file, OVERVIEW) else 0
                if self.rows and len(self.pages) < levels:
                    yield self.filled[0].first, self.filled[-1].last
                for pages in self.pages:
                    yield from pages.damage(part.slots)

    # ---- rows, numbered through all parts --------------------------------------------------------------------------

    def grow(self) -> None:
        """Take in what was put down in its journals since."""
        if sum(journal.grow() for journal in self._journals):
            self.arrange()

    def arrange(self) -> None:
        """Put the parts in order: the blocks, then the journals by the numbers of their rows."""
        self.parts: list[Part] = [*self.blocks, *sorted(self._journals, key=lambda journal: journal.number)]
        self.filled = [part for part in self.parts if part.rows]
        self._firsts = [part.first for part in self.filled]
        self._starts = [0, *np.cumsum([part.rows for part in self.filled]).tolist()]
        self.tracks = Tracks(self.parts)

    @property
    def rows(self) -> int:
        """How many there are."""
        return int(self._starts[-1])

    def find(self, at: int, after: bool = False) -> int:
        """How many rows are before a time, or at it too. [ns]"""
        compared = bisect.bisect_right if after else bisect.bisect_left
        index = compared(self._firsts, at) - 1
        return self._starts[index] + self.filled[index].find(at, after) if index >= 0 else 0

    def located(self, first: int, last: int) -> Iterator[tuple[Part, int, int]]:
        """Rows as rows of parts."""
        for part, start in zip(self.filled, self._starts, strict=False):
            low, high = max(first - start, 0), min(last - start, part.rows)
            if low < high:
                yield part, low, high

    def block(self, first: int, last: int, columns: Columns) -> Block:
        """Rows of some columns."""
        return joined([part.block(low, high, columns) for part, low, high in self.located(first, last)], len(columns))

    def frame(self, row: int) -> Block:
        """One row of all columns."""
        [(part, low, _)] = self.located(row, row + 1)
        return part.frame(low)

    def _open_journals(self, path: Path, sealed: dict[str, int]) -> list[JournalRows]:
        groups = [folder(self.file, f"{JOURNAL}/{name}") for name in JOURNALS]
        with path.open("rb") as file:
            return [JournalRows(file, group, self.columns, sealed) for group in groups]
