"""What is wrong with the shape of a station file's entries, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from twin.plant.mistake import Finding
from twin.plant.station import StationFile
from twin.text import did_you_mean

_Said = tuple[str, str]  # what is wrong, and the remedy


def misshapen(raw: Mapping[str, Any]) -> list[Finding]:
    """Missing keys, keys nobody knows, text where a number belongs."""
    try:
        StationFile.model_validate(raw)
    except ValidationError as error:
        return [_finding(detail) for detail in error.errors(include_url=False)]
    return []


def _finding(detail: ErrorDetails) -> Finding:
    path = tuple(detail["loc"])
    said = _WORDS.get(detail["type"], _anything_else)(detail)
    return Finding(path[:-1] if detail["type"] == "missing" else path, *said)


def _missing(detail: ErrorDetails) -> _Said:
    key = detail["loc"][-1]
    if isinstance(key, int):
        return "has too few values", "Give one value for each place"
    return f"has no '{key}'", f"Add {key} = …"


def _extra(detail: ErrorDetails) -> _Said:
    key = str(detail["loc"][-1])
    fields = _fields(detail["loc"][:-1])
    return "is a key that means nothing here", did_you_mean(key, fields) or "Remove it"


def _choice(detail: ErrorDetails) -> _Said:
    words = detail["ctx"]["expected"].replace(" or ", ", ")
    known = [word.strip().strip("'") for word in words.split(",")]
    near = did_you_mean(str(detail["input"]), known)
    wanted = f"It must be {known[0]}" if len(known) == 1 else f"Choose one of {', '.join(known)}"
    return f"is {_short(detail['input'])}", near or wanted


def _bound(sign: str) -> Callable[[ErrorDetails], _Said]:
    def said(detail: ErrorDetails) -> _Said:
        (limit,) = detail["ctx"].values()
        return f"is {_short(detail['input'])}", f"It must be {sign} {limit:g}"

    return said


def _wanted(noun: str, remedy: str = "") -> Callable[[ErrorDetails], _Said]:
    def said(detail: ErrorDetails) -> _Said:
        return f"is {_short(detail['input'])}, not {noun}", remedy

    return said


def _too_long(detail: ErrorDetails) -> _Said:
    return f"has more than {detail['ctx']['max_length']} values", "Remove what is too many"


def _anything_else(detail: ErrorDetails) -> _Said:
    return f"is {_short(detail['input'])}, which cannot be used here", "Compare with the reference station"


_number = _wanted("a number", "Write a number without quotes")
_whole = _wanted("a whole number", "Write a whole number without quotes")
_text = _wanted("text", "Put it in quotes")
_list = _wanted("a list", "Put its values in square brackets")
_table = _wanted("a table", "Write it as {key = value, …} or under a [header]")

_WORDS: dict[str, Callable[[ErrorDetails], _Said]] = {
    "missing": _missing,
    "extra_forbidden": _extra,
    "literal_error": _choice,
    "greater_than": _bound("more than"),
    "greater_than_equal": _bound("at least"),
    "less_than": _bound("less than"),
    "less_than_equal": _bound("at most"),
    "float_type": _number,
    "float_parsing": _number,
    "finite_number": _wanted("an ordinary number", "Leave the key out where there is no value"),
    "int_type": _whole,
    "int_parsing": _whole,
    "int_from_float": _whole,
    "bool_type": _wanted("true or false", "Write true or false without quotes"),
    "bool_parsing": _wanted("true or false", "Write true or false without quotes"),
    "string_type": _text,
    "string_too_short": lambda _: ("is empty", "Give it a name"),
    "string_too_long": lambda d: (f"is {_short(d['input'])}", f"Use at most {d['ctx']['max_length']} characters"),
    "tuple_type": _list,
    "list_type": _list,
    "too_long": _too_long,
    "too_short": lambda d: ("has too few values", f"Give at least {d['ctx']['min_length']}"),
    "model_type": _table,
    "model_attributes_type": _table,
    "dict_type": _table,
}


def _short(value: object) -> str:
    """A value as a person would quote it, of bearable length."""
    if isinstance(value, (dict, list, tuple)):
        return "a table" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    said = f"'{value}'" if isinstance(value, str) else str(value)
    return said if len(said) <= 60 else said[:57] + "…" + said[-1]


def _fields(path: tuple[int | str, ...]) -> list[str]:
    """The keys that may stand in the table at this path of a station file."""
    kind: Any = StationFile
    for key in path:
        if isinstance(kind, type) and issubclass(kind, BaseModel) and key in kind.model_fields:
            kind = _table_kind(kind.model_fields[str(key)].annotation)
    return list(kind.model_fields) if isinstance(kind, type) and issubclass(kind, BaseModel) else []


def _table_kind(annotation: Any) -> Any:
    """The model inside an annotation: of ``tuple[Pump, ...]``, ``dict[str, Curve]``, ``Motor | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    inside = (_table_kind(part) for part in get_args(annotation))
    return next((kind for kind in inside if kind is not None), None)
