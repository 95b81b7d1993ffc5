"""Messages of ROS 2 as they lie in a log: the definition that goes with them, and the bytes (CDR) it describes.

Plain CDR of OMG's DDS-XTypes, version 1 encoding: every number is aligned to its own size, counted from behind the
four bytes that say the byte order; a string is its length with the closing zero, then its bytes; a sequence is its
length, then its items.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Message = Mapping[str, Any]
Reader = Callable[["Cursor"], Any]

_NUMBERS = {
    "bool": "?",
    "byte": "B",
    "char": "B",
    "int8": "b",
    "uint8": "B",
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
    "float64": "d",
}
_TEXT = re.compile(r"string(<=\d+)?")
_FIELD = re.compile(r"(?P<type>[\w/]+(?:<=\d+)?)(?P<many>\[(?P<most><=)?(?P<count>\d*)\])?\s+(?P<name>\w+)")
_CONSTANT = re.compile(r"[\w/]+(<=\d+)?\s+\w+\s*=")
_PARTING = re.compile(r"^=+$", re.MULTILINE)
_DEEPEST = 32  # levels of messages in messages


class NotCdrError(ValueError):
    """A definition or a message that cannot be read; says why."""


@dataclass
class Cursor:
    """A place in the bytes of one message, behind its first four. ``order`` is ``<`` or ``>``."""

    data: memoryview
    order: str
    at: int = 0

    def numbers(self, code: str, count: int = 1) -> tuple[Any, ...]:
        """So many numbers of that :mod:`struct` code."""
        size = struct.calcsize(code)
        if count:
            self.at += -self.at % size
        if count * size > len(self.data) - self.at:
            raise NotCdrError("it ends too early")
        found = struct.unpack_from(f"{self.order}{count}{code}", self.data, self.at)
        self.at += count * size
        return found

    def raw(self, count: int) -> bytes:
        """So many bytes as they are."""
        if count > len(self.data) - self.at:
            raise NotCdrError("it ends too early")
        self.at += count
        return bytes(self.data[self.at - count : self.at])

    def text(self) -> str:
        """A string without its closing zero."""
        return self.raw(self.numbers("I")[0]).rstrip(b"\0").decode("utf-8", "replace")


class Definition:
    """How messages of one type lie, from their definition's text (``ros2msg``). Raises NotCdrError."""

    def __init__(self, name: str, text: str) -> None:
        first, *others = _PARTING.split(text)
        self._texts = {_short(name): first}
        for other in others:
            head, _, body = other.strip().partition("\n")
            self._texts[_short(head.removeprefix("MSG:").strip())] = body
        self._made: dict[str, Reader] = {}
        self._read = self._message(_short(name), 0)

    def decode(self, data: bytes) -> Message:
        """One message as a mapping of its fields; numbers in a row as tuples, bytes in a row as bytes."""
        if len(data) < 4 or data[0] or data[1] > 1:
            raise NotCdrError("it is not plain CDR")
        return self._read(Cursor(memoryview(data)[4:], "<" if data[1] else ">"))  # type: ignore[no-any-return]

    def _message(self, name: str, depth: int) -> Reader:
        if name in self._made:
            return self._made[name]
        if name not in self._texts:
            raise NotCdrError(f"its definition says nothing of {name}")
        if depth > _DEEPEST:
            raise NotCdrError("its definition goes round in circles")
        fields = [self._field(line, name, depth) for line in _lines(self._texts[name])]
        if not fields:
            raise NotCdrError(f"{name} has no fields")

        def read(cursor: Cursor) -> dict[str, Any]:
            return {field: one(cursor) for field, one in fields}

        self._made[name] = read
        return read

    def _field(self, line: str, inside: str, depth: int) -> tuple[str, Reader]:
        said = _FIELD.match(line)
        if said is None:
            raise NotCdrError(f"its definition holds '{line}'")
        kind = said["type"]
        count = int(said["count"]) if said["count"] and not said["most"] else None
        if kind in _NUMBERS:
            return said["name"], _of_numbers(_NUMBERS[kind], said["many"] is not None, count)
        one = Cursor.text if _TEXT.fullmatch(kind) else self._message(self._found(kind, inside), depth + 1)
        return said["name"], _of_items(one, count) if said["many"] else one

    def _found(self, kind: str, inside: str) -> str:
        """The full name of a type: one without its package is of the same, or is the header."""
        if "/" in kind:
            return _short(kind)
        own = f"{inside.partition('/')[0]}/{kind}"
        return own if own in self._texts or kind != "Header" else "std_msgs/Header"


def _lines(text: str) -> list[str]:
    """Those that define a field."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not _CONSTANT.match(line)]


def _short(name: str) -> str:
    """``std_msgs/Header`` of ``std_msgs/msg/Header``."""
    package, _, rest = name.partition("/")
    return f"{package}/{rest.removeprefix('msg/')}" if rest else name


def _of_numbers(code: str, many: bool, count: int | None) -> Reader:
    if not many:
        return lambda cursor: cursor.numbers(code)[0]
    if code == "B":
        return lambda cursor: cursor.raw(_length(cursor, count))
    return lambda cursor: cursor.numbers(code, _length(cursor, count))


def _of_items(one: Reader, count: int | None) -> Reader:
    def read(cursor: Cursor) -> list[Any]:
        length = _length(cursor, count)
        if length > len(cursor.data):
            raise NotCdrError("it ends too early")
        return [one(cursor) for _ in range(length)]

    return read


def _length(cursor: Cursor, count: int | None) -> int:
    return int(cursor.numbers("I")[0]) if count is None else count
