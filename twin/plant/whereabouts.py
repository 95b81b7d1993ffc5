"""On which line of a TOML text each key and each list element stands, which tomllib does not tell."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Generator, Iterator

Path = tuple[str | int, ...]

_SPACE = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_KEY = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|[A-Za-z0-9_-]+')
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}(?!")'  # a closing mark may follow one or two quotes that belong to the text
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]*|[^\s,\]}#]+")  # a date may be parted from its time by a space


class Whereabouts:
    """The lines of a text that tomllib has accepted.

    >>> Whereabouts('tags = [\\n  {name = "PT-1"},\\n]').line(("tags", 0, "name"))
    2
    """

    def __init__(self, text: str) -> None:
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._offsets: dict[Path, int] = {}
        scan = _Scan(text)
        for path, offset in scan.places():
            self._offsets.setdefault(path, offset)
        self._values = scan.values

    def __contains__(self, path: object) -> bool:
        return path in self._offsets

    def paths(self) -> frozenset[Path]:
        """Everything that has a place of its own."""
        return frozenset(self._offsets)

    def offset(self, path: Path) -> int:
        """Where a key, an element or a header begins."""
        return self._offsets[path]

    def value(self, path: Path) -> tuple[int, int] | None:
        """From where to where its value is written; None for what is made of headers and dotted keys."""
        return self._values.get(path)

    def values(self) -> frozenset[Path]:
        """Everything that has a value written in one place."""
        return frozenset(self._values)

    def line(self, path: Path) -> int:
        """The line (from 1) of a key or an element; of the nearest thing around it where it is not in the text."""
        for length in range(len(path), 0, -1):
            offset = self._offsets.get(path[:length])
            if offset is not None:
                return bisect_right(self._line_starts, offset)
        return 1


class _Scan:
    """One walk through a valid TOML text, left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.values: dict[Path, tuple[int, int]] = {}
        self._lengths: dict[Path, int] = {}  # of arrays of tables, which grow by one at each [[header]]

    def places(self) -> Iterator[tuple[Path, int]]:
        """Every path with the offset at which it stands."""
        table: Path = ()
        self._skip(_SPACE)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = yield from self._header()
            else:
                yield from self._pair(table)
            self._skip(_SPACE)

    def _header(self) -> Generator[tuple[Path, int], None, Path]:
        start = self._at
        many = self._text.startswith("[[", start)
        self._at += 2 if many else 1
        keys = [key for key, _ in self._keys()]
        self._at = self._text.index("]", self._at) + (2 if many else 1)
        path = (*self._inside(keys[:-1]), keys[-1])
        yield from ((path[:length], start) for length in range(1, len(path)))
        yield path, start
        if many:
            self._lengths[path] = self._lengths.get(path, 0) + 1
        path = self._inside(keys)
        yield path, start
        return path

    def _inside(self, keys: list[str]) -> Path:
        """The path a header's keys lead to: through an array of tables into its latest element."""
        path: Path = ()
        for key in keys:
            path = (*path, key)
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        return path

    def _pair(self, table: Path) -> Iterator[tuple[Path, int]]:
        path = table
        for key, offset in self._keys():
            path = (*path, key)
            yield path, offset
        self._skip(_SPACE)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        yield from self._value(path)

    def _keys(self) -> list[tuple[str, int]]:
        """A dotted key, part by part, each with its offset."""
        keys = []
        while True:
            self._skip(_SPACE)
            start = self._at
            keys.append((_plain(self._skip(_KEY)), start))
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        start = self._at
        mark = self._text[start]
        if mark == "[":
            yield from self._array(path)
        elif mark == "{":
            yield from self._inline_table(path)
        else:
            self._skip(_STRING if mark in "\"'" else _SCALAR)
        self.values[path] = start, self._at

    def _array(self, path: Path) -> Iterator[tuple[Path, int]]:
        index = 0
        while self._another("]"):
            yield (*path, index), self._at
            yield from self._value((*path, index))
            index += 1

    def _inline_table(self, path: Path) -> Iterator[tuple[Path, int]]:
        while self._another("}"):
            yield from self._pair(path)

    def _another(self, closing: str) -> bool:
        """Step over the opening mark or a comma; True if an element follows, else step over the closing mark."""
        self._skip(_SPACE)
        if self._text[self._at] in "[{," and self._text[self._at] != closing:
            self._at += 1
            self._skip(_SPACE)
        if self._text[self._at] == closing:
            self._at += 1
            return False
        return True

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"not a TOML text at offset {self._at}")
        self._at = match.end()
        return match.group()


def _plain(key: str) -> str:
    """A key without its quotes and escapes."""
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] in "\"'" else key
