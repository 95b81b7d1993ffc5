"""Scenarios: what is to happen in a simulated run, read from TOML; mistakes are said before the first step."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, ValidationError
from pydantic_core import ErrorDetails

from twin.errors import StationError
from twin.paths import SCENARIOS
from twin.plant.station import NotNegative, Part, Positive, Words
from twin.plant.whereabouts import Whereabouts
from twin.simulation.faults import FAULTS, Severity
from twin.simulation.onset import Onset, Shape
from twin.simulation.season import Season
from twin.simulation.weather import Climate
from twin.text import Text, did_you_mean

Operation = Literal[
    "flow",
    "speed",
    "suction_pressure",
    "discharge_pressure",
    "pressure_difference",
    "rotate_duty",
    "start",
    "stop",
    "reset",
    "valve",
]
OPERATIONS: dict[str, Text] = {
    "flow": Text("flow set-point of a circuit, value in m³/h", "回路流量设定，m³/h"),
    "speed": Text("common speed of a circuit's duty pumps, value in Hz, instead of flow control", "回路统一频率，Hz"),
    "suction_pressure": Text("inlet pressure that a circuit keeps, value in MPa", "进口压力设定，MPa"),
    "discharge_pressure": Text("outlet pressure that a circuit keeps, value in MPa", "出口压力设定，MPa"),
    "pressure_difference": Text("remote pressure difference that a circuit keeps, value in MPa", "远端压差设定，MPa"),
    "rotate_duty": Text("start one pump of a circuit, then stop another", "泵轮换"),
    "start": Text("start a pump", "启泵"),
    "stop": Text("stop a pump", "停泵"),
    "reset": Text("reset the interlock that has taken a pump or a station transformer off", "联锁复位"),
    "valve": Text("move a valve, value in % open", "阀门开度，%"),
}


Mistake = tuple[str, str]
"""What is wrong, and what to do about it."""

WITH_VALUE = ("flow", "speed", "suction_pressure", "discharge_pressure", "pressure_difference", "valve")
OF_FAULTS = ("severity", "shape", "period_s", "until")
"""What is said of faults only."""


class Happening(Part):
    """A fault that begins (and perhaps ends), or an operation. Times are seconds from the start of the run.

    ``shape`` is how a fault comes, as it does by itself where that is left out; ``ramp_s`` how long it takes until it
    is complete, ``period_s`` how long an intermittent one takes to come and go.
    """

    at: NotNegative
    on: str
    fault: str = ""
    operation: Operation | None = None
    severity: Severity = "clear"
    shape: Shape | None = None
    ramp_s: NotNegative | None = None
    period_s: Positive | None = None
    until: Positive | None = None
    value: float | None = None
    start: str = ""
    stop: str = ""

    @property
    def onset(self) -> Onset:
        """How this fault comes."""
        if self.shape == "intermittent":
            return Onset("intermittent", self.period_s or 0.0)
        seconds = FAULTS[self.fault].ramp if self.ramp_s is None else self.ramp_s
        if self.shape == "step" or seconds <= 0.0:
            return Onset()
        return Onset(self.shape or "ramp", seconds)


class Scenario(Part):
    """A run: what happens when.

    ``load`` is a daily curve: (hour of the station's day, share of the flow set-point). A station usually runs a little
    below its design flow. A ``season`` takes its place: load, temperatures, neighbours and duty then follow the date.
    """

    name: Words
    description: Words = Words()
    duration_s: Positive
    load: tuple[tuple[Annotated[float, Field(ge=0, le=24)], Annotated[float, Field(gt=0, le=1.2)]], ...] = (
        (0.0, 0.985),
    )
    season: Season | None = None
    happenings: tuple[Happening, ...] = ()

    _lines: dict[tuple[int, str], int] = PrivateAttr(default_factory=dict)

    def where(self, number: int, key: str = "") -> str:
        """On which line a happening stands, or one of its keys, as messages begin; empty where it was never text."""
        line = self._lines.get((number, key))
        return f"line {line}: " if line else ""


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
    lines = Whereabouts(text)
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as error:
        raise refusal(thing, [_said(detail, lines) for detail in error.errors(include_url=False)]) from None
    scenario._lines = _lines(scenario, lines)
    mistakes = [mistake for number in range(len(scenario.happenings)) for mistake in _wrong(scenario, number)]
    if mistakes:
        raise refusal(thing, mistakes)
    return scenario


def _lines(scenario: Scenario, lines: Whereabouts) -> dict[tuple[int, str], int]:
    """Where each happening stands, and each of its keys."""
    told = [(number, key) for number, one in enumerate(scenario.happenings) for key in ("", *one.model_fields_set)]
    return {(number, key): lines.line(("happenings", number, key)) for number, key in told}


def happening(said: Mapping[str, Any], thing: object) -> Happening:
    """One that is told while the plant runs. Raises StationError with every mistake it has."""
    try:
        made = Happening.model_validate(dict(said))
    except ValidationError as error:
        raise refusal(thing, [_said(detail, None) for detail in error.errors(include_url=False)]) from None
    mistakes = list(_meaning(made))
    if mistakes:
        raise refusal(thing, mistakes)
    return made


def refusal(thing: object, mistakes: list[Mistake]) -> StationError:
    """One mistake with its remedy; several in one sentence."""
    if len(mistakes) == 1:
        return StationError(thing, *mistakes[0])
    said = " ".join(f"{wrong}. {remedy}." for wrong, remedy in mistakes)
    return StationError(thing, f"has {len(mistakes)} mistakes. {said.strip('.')}", "")


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


def _wrong(scenario: Scenario, number: int) -> Iterator[Mistake]:
    for wrong, remedy in _meaning(scenario.happenings[number]):
        yield scenario.where(number) + wrong, remedy


def _meaning(happening: Happening) -> Iterator[Mistake]:
    """What is wrong with a happening whose form is sound."""
    if bool(happening.fault) == bool(happening.operation):
        yield "a happening is a fault or an operation", "Give one of the two"
    elif happening.operation:
        yield from _operation(happening)
    elif happening.fault not in FAULTS:
        remedy = did_you_mean(happening.fault, FAULTS) or "`pumphouse scenarios` lists them"
        yield f"there is no fault '{happening.fault}'", remedy
    else:
        yield from _course(happening, happening.fault)


def _operation(happening: Happening) -> Iterator[Mistake]:
    if happening.operation in WITH_VALUE and happening.value is None:
        yield f"the operation '{happening.operation}' has no value", "Add value = …"
    if happening.operation == "rotate_duty" and not (happening.start and happening.stop):
        yield "a rotation says which pump to start and which to stop", "Add start = … and stop = …"
    for key in OF_FAULTS:
        if key in happening.model_fields_set:
            yield f"'{key}' means nothing for an operation", "Remove it"


def _course(happening: Happening, fault: str) -> Iterator[Mistake]:
    """What contradicts itself in how a fault comes and goes."""
    shape, ramp, period = happening.shape, happening.ramp_s, happening.period_s
    if happening.until is not None and happening.until <= happening.at:
        yield "it ends before it begins", "Let 'until' be later than 'at'"
    if (shape == "intermittent") != (period is not None):
        yield "an intermittent fault says how long it takes to come and go", 'Give shape = "intermittent" and period_s'
    if shape in ("step", "intermittent") and ramp:
        yield f"shape = '{shape}' and ramp_s contradict each other", "Remove one of them"
    if shape in ("ramp", "accelerating") and not (FAULTS[fault].ramp if ramp is None else ramp):
        yield f"{fault} comes at once by itself, and it is not said how slowly it shall", "Add ramp_s = …"
    if not FAULTS[fault].graded and (ramp or shape in ("ramp", "accelerating")):
        yield f"{fault} has no degrees: it is there or it is not", "Let it come as a step"


_FORMS: dict[str, type[Part]] = {"": Scenario, "happenings": Happening, "season": Season, "climate": Climate}


def _said(detail: ErrorDetails, lines: Whereabouts | None) -> Mistake:
    path = detail["loc"]
    where = f"line {lines.line(path)}: " if lines else ""
    key = str(path[-1]) if path else "the file"
    if detail["type"] == "missing":
        return f"{where}has no '{key}'", f"Add {key} = …"
    if detail["type"] == "extra_forbidden":
        inside = next((part for part in reversed(path[:-1]) if isinstance(part, str)), "" if lines else "happenings")
        known = _FORMS[inside].model_fields
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
