"""Scenarios: what is to happen in a simulated run, read from TOML; mistakes are said before the first step."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_core import ErrorDetails

from twin.errors import StationError
from twin.paths import SCENARIOS
from twin.plant.station import NotNegative, Part, Positive, Words
from twin.plant.whereabouts import Whereabouts
from twin.simulation.faults import FAULTS, Severity
from twin.text import Text, did_you_mean

Operation = Literal["flow", "speed", "rotate_duty", "start", "stop", "valve"]
OPERATIONS: dict[Operation, Text] = {
    "flow": Text("flow set-point of a circuit, value in m³/h", "回路流量设定，m³/h"),
    "speed": Text("common speed of a circuit's duty pumps, value in Hz, instead of flow control", "回路统一频率，Hz"),
    "rotate_duty": Text("start one pump of a circuit, then stop another", "泵轮换"),
    "start": Text("start a pump", "启泵"),
    "stop": Text("stop a pump", "停泵"),
    "valve": Text("move a valve, value in % open", "阀门开度，%"),
}


class Happening(Part):
    """A fault that begins (and perhaps ends), or an operation. Times are seconds from the start of the run."""

    at: NotNegative
    on: str
    fault: str = ""
    operation: Operation | None = None
    severity: Severity = "clear"
    shape: Literal["step", "ramp"] | None = None  # as the fault develops by itself where it is left out
    ramp_s: NotNegative | None = None
    until: Positive | None = None
    value: float | None = None
    start: str = ""
    stop: str = ""


class Scenario(Part):
    """A run: what happens when.

    ``load`` is a daily curve: (hour of the station's day, share of the flow set-point). A station usually runs a little
    below its design flow.
    """

    name: Words
    description: Words = Words()
    duration_s: Positive
    load: tuple[tuple[Annotated[float, Field(ge=0, le=24)], Annotated[float, Field(gt=0, le=1.2)]], ...] = (
        (0.0, 0.985),
    )
    happenings: tuple[Happening, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A scenario as ``pumphouse scenarios`` lists it."""

    id: str
    name: Text
    description: Text
    duration: float  # s
    faults: tuple[str, ...]


def catalogue(folder: Path = SCENARIOS) -> list[Listed]:
    """The scenarios that come with the program, by name."""
    return [_listed(path.stem, load(path)) for path in sorted(folder.glob("*.toml"))]


def load(name_or_path: str | Path, folder: Path = SCENARIOS) -> Scenario:
    """A scenario by its name, or from a file. Raises StationError with every mistake it has."""
    path = _path(name_or_path, folder)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise StationError(path, f"cannot be read: {error.strerror}", "Name a scenario file that can be read") from None
    except UnicodeDecodeError:
        raise StationError(path, "is not text", "A scenario is a TOML file in UTF-8") from None
    return parse(text, path)


def parse(text: str, thing: object = "the scenario") -> Scenario:
    """A scenario from TOML text; ``thing`` is what messages call it."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise StationError(thing, f"is not TOML: {error}", "Compare it with assets/scenarios/healthy.toml") from None
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as error:
        said = [_said(detail, text) for detail in error.errors(include_url=False)]
        raise StationError(thing, *_joined(said)) from None
    said = [m for number, happening in enumerate(scenario.happenings) for m in _meaning(happening, number, text)]
    if said:
        raise StationError(thing, *_joined(said))
    return scenario


def _path(name_or_path: str | Path, folder: Path) -> Path:
    named = folder / f"{name_or_path}.toml"
    path = Path(name_or_path)
    if named.is_file():
        return named
    if path.suffix == ".toml" or path.is_file():
        return path
    known = [path.stem for path in sorted(folder.glob("*.toml"))]
    remedy = did_you_mean(str(name_or_path), known) or "`pumphouse scenarios` lists them"
    raise StationError(name_or_path, "there is no such scenario", remedy)


def _listed(name: str, scenario: Scenario) -> Listed:
    faults = tuple(dict.fromkeys(h.fault for h in scenario.happenings if h.fault))
    words, told = scenario.name, scenario.description
    return Listed(name, Text(words.en, words.zh), Text(told.en, told.zh), scenario.duration_s, faults)


def _meaning(happening: Happening, number: int, text: str) -> list[tuple[str, str]]:
    """What is wrong with a happening whose shape is sound: each a mistake and its remedy."""
    where = f"line {Whereabouts(text).line(('happenings', number))}: "
    said: list[tuple[str, str]] = []
    if bool(happening.fault) == bool(happening.operation):
        said.append((where + "a happening is a fault or an operation", "Give one of the two"))
    elif happening.fault and happening.fault not in FAULTS:
        wrong = f"there is no fault '{happening.fault}'"
        said.append((where + wrong, did_you_mean(happening.fault, FAULTS) or "`pumphouse scenarios` lists them"))
    if happening.operation in ("flow", "speed", "valve") and happening.value is None:
        said.append((f"{where}the operation '{happening.operation}' has no value", "Add value = …"))
    if happening.operation == "rotate_duty" and not (happening.start and happening.stop):
        said.append((where + "a rotation says which pump to start and which to stop", "Add start = … and stop = …"))
    if happening.until is not None and happening.until <= happening.at:
        said.append((where + "it ends before it begins", "Let 'until' be later than 'at'"))
    return said


def _said(detail: ErrorDetails, text: str) -> tuple[str, str]:
    path = detail["loc"]
    where = f"line {Whereabouts(text).line(path)}: "
    key = str(path[-1]) if path else "the file"
    if detail["type"] == "missing":
        return f"{where}has no '{key}'", f"Add {key} = …"
    if detail["type"] == "extra_forbidden":
        known = (Happening if path[0] == "happenings" else Scenario).model_fields
        return f"{where}'{key}' means nothing here", did_you_mean(key, known) or "Remove it"
    if detail["type"] == "literal_error":
        expected = detail["ctx"]["expected"]
        known_words = [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]
        return f"{where}{key} is '{detail['input']}'", did_you_mean(str(detail["input"]), known_words) or expected
    return f"{where}{key} is {detail['input']!r}", _wanted(detail)


def _wanted(detail: ErrorDetails) -> str:
    limits: dict[str, Any] = detail.get("ctx", {})
    words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}
    bounds = [f"{words[sign]} {limit:g}" for sign, limit in limits.items() if sign in words]
    return f"It must be {' and '.join(bounds)}" if bounds else detail["msg"].replace("Input should be", "It must be")


def _joined(said: list[tuple[str, str]]) -> tuple[str, str]:
    """One mistake with its remedy; several in one sentence."""
    if len(said) == 1:
        return said[0]
    return f"has {len(said)} mistakes. " + " ".join(f"{wrong}. {remedy}." for wrong, remedy in said).strip("."), ""
