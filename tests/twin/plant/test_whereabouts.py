"""The line of every key, whatever way the file is written."""

from __future__ import annotations

import datetime
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twin.paths import REFERENCE_STATION
from twin.plant.whereabouts import Path, Whereabouts

BARE = "abcxyz019_-"
NUMBERS = ("1", "-2.5e3", "true", "inf", "2026-01-12T03:20:00+08:00", "2026-01-12 03:20:00", "07:32:00")
STRINGS = ('""', "''", '"]"', "'}#'", '"a\\"]"', '"""a\n"b" ]\n"""', "'''\n[x]\n = '''", '"""q"""""', "'''q'''''")
SCALARS = NUMBERS + STRINGS


def paths_of(value: Any, path: Path = ()) -> set[Path]:
    """Every path of what tomllib has read."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {path} if path else set()
    for key, inside in items:
        found |= paths_of(inside, (*path, key))
    return found


class Writer:
    """Writes random TOML in every style there is, and keeps its own account of the lines."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path, int] = {}

    def mark(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def gap(self, newlines: bool) -> None:
        options = ["", " ", "\t"] + (["\n", " # a [comment] = {\n", "\r\n  "] if newlines else [])
        self.text += self.draw(st.sampled_from(options))

    def key(self, key: str) -> None:
        bare = key and all(c in BARE for c in key)
        literal = "'" not in key and "\n" not in key and all(ord(c) >= 32 for c in key)
        styles = ["basic"] + ["bare"] * bool(bare) + ["literal"] * literal
        style = self.draw(st.sampled_from(styles))
        self.text += {"basic": _basic(key), "bare": key, "literal": f"'{key}'"}[style]

    def scalar(self) -> None:
        self.text += self.draw(st.sampled_from(SCALARS))

    def value(self, path: Path, depth: int) -> None:
        kind = self.draw(st.sampled_from(["scalar", "array", "table"] if depth else ["scalar"]))
        if kind == "scalar":
            self.scalar()
        elif kind == "array":
            self.array(path, depth - 1)
        else:
            self.inline(path, depth - 1)

    def array(self, path: Path, depth: int) -> None:
        self.text += "["
        size = self.draw(st.integers(0, 3))
        for index in range(size):
            self.gap(newlines=True)
            self.mark((*path, index))
            self.value((*path, index), depth)
            self.gap(newlines=True)
            self.text += "," if index < size - 1 or self.draw(st.booleans()) else ""
        self.gap(newlines=True)
        self.text += "]"

    def inline(self, path: Path, depth: int) -> None:
        self.text += "{"
        for index, key in enumerate(self.names(2)):
            self.text += "," if index else ""
            self.gap(newlines=False)
            self.pair(path, key, depth, dotted=False)
            self.gap(newlines=False)
        self.text += "}"

    def pair(self, table: Path, key: str, depth: int, dotted: bool) -> None:
        path = (*table, key)
        self.mark(path)
        self.key(key)
        if dotted:
            self.text += " . "
            path = (*path, "in ner")
            self.mark(path)
            self.key("in ner")
        self.gap(newlines=False)
        self.text += "="
        self.gap(newlines=False)
        self.value(path, depth)

    def names(self, most: int) -> list[str]:
        letters = st.text(st.sampled_from('abx01_-. "#[=é\\'), max_size=3)
        return list(self.draw(st.lists(letters, max_size=most, unique=True)))

    def body(self, table: Path) -> None:
        for key in self.names(3):
            self.gap(newlines=True)
            self.pair(table, key, 2, dotted=self.draw(st.booleans()))
            self.text += self.draw(st.sampled_from(["\n", " # note ]\n", "\r\n"]))

    def document(self) -> None:
        self.body(())
        for name in ("table one", "listed"):
            for index in range(self.draw(st.integers(0, 2 if name == "listed" else 1))):
                path: Path = (name, index) if name == "listed" else (name,)
                self.gap(newlines=True)
                self.mark((name,))
                self.mark(path)
                mark = "[[", "]]"
                self.text += mark[0] if name == "listed" else "["
                self.key(name)
                self.text += (mark[1] if name == "listed" else "]") + "\n"
                self.body(path)
                sub = (*path, "sub")
                self.mark(sub)
                self.text += f'[ "{name}" . sub ] # the latest of them\n'
                self.body(sub)


def _basic(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


@st.composite
def documents(draw: Any) -> Writer:
    writer = Writer(draw)
    writer.document()
    return writer


@given(documents())
def test_every_key_and_element_is_found_on_the_line_where_it_was_written(written: Writer) -> None:
    places = Whereabouts(written.text)
    assert {path: places.line(path) for path in written.lines} == written.lines


@given(documents())
def test_the_paths_found_are_those_that_tomllib_reads(written: Writer) -> None:
    assert Whereabouts(written.text).paths() == paths_of(tomllib.loads(written.text))


def test_the_reference_station_is_mapped_whole() -> None:
    text = REFERENCE_STATION.read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    places = Whereabouts(text)
    assert places.paths() == paths_of(raw)
    lines = text.split("\n")
    for index, tag in enumerate(raw["tags"]):
        assert f'name = "{tag["name"]}"' in lines[places.line(("tags", index, "name")) - 1]


def test_a_key_that_is_not_there_stands_where_its_table_does() -> None:
    places = Whereabouts('a = 1\n[[pumps]]\nid = "P1"\n\n[[pumps]]\nid = "P2"\n')
    assert places.line(("pumps", 1, "motor", "power_kw")) == 5
    assert places.line(("nothing",)) == 1


def test_dates_parted_by_a_space_are_one_value() -> None:
    text = "a = [2026-01-12 03:20:00, 1]\nb = 2"
    assert tomllib.loads(text)["a"][0] == datetime.datetime(2026, 1, 12, 3, 20)  # noqa: DTZ001 (a local time)
    assert Whereabouts(text).line(("b",)) == 2
