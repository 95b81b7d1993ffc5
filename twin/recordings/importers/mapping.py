"""A map file: what the columns of a foreign file are, so that it can be read without being edited."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from twin.errors import StationError

COMPARE = "Compare it with tests/maps/pump_loop.toml"


class Entry(BaseModel):
    """Common to all tables of a map: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Column(Entry):
    """One column. What a cell says times ``scale`` plus ``offset`` is in ``unit``.

    ``tag`` is what it is called from now on. A ``label`` was said by whoever made the file: it is kept for people to
    see, and no detector looks at it. ``drop`` leaves the column out.
    """

    tag: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    unit: str | None = None
    scale: float = 1.0
    offset: float = 0.0
    step: Annotated[float, Field(ge=0)] = 0.0
    equipment: str = ""
    measures: str = ""
    en: str = ""
    zh: str = ""
    label: bool = False
    drop: bool = False


class Clock(Entry):
    """When the rows were taken: by a ``column``, or every ``period`` seconds from ``start``."""

    column: str | None = None
    start: str | None = None
    period: Annotated[float, Field(gt=0)] | None = None


class Placement(Entry):
    """One trajectory: the ``robot`` it is of, and where the origin of its own axes lies in the model's (``x``, ``y``,
    ``z`` in metres, ``heading`` in degrees, anticlockwise seen from above). ``drop`` leaves it out."""

    robot: Annotated[str, Field(min_length=1)] | None = None
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    heading: float = 0.0
    drop: bool = False

    @property
    def moves(self) -> bool:
        """Whether it lies elsewhere than it says."""
        return any((self.x, self.y, self.z, self.heading))


class Shot(Entry):
    """Pictures of a panoramic ``camera``. ``time`` is when they were taken, or how their names tell it ("%Y%m%d-%H%M%S"
    and the like); where it is left out, what the camera wrote into them counts. ``heading`` is which way their middle
    looks, in degrees from the model's x axis, anticlockwise."""

    camera: Annotated[str, Field(min_length=1)]
    time: str = ""
    heading: float = 0.0


class Map(Entry):
    """A whole map file. ``unknown`` says what becomes of columns that it does not name; ``pictures`` are named by the
    files' names or patterns of them."""

    columns: dict[str, Column] = {}
    tracks: dict[str, Placement] = {}
    pictures: dict[str, Shot] = {}
    time: Clock = Clock()
    unknown: Literal["keep", "drop"] = "keep"


def read_map(path: Path) -> Map:
    """Read a map file. Raises StationError with its first mistake."""
    try:
        raw = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise StationError(path, f"cannot be read: {(error.strerror or '').lower()}", COMPARE) from None
    except UnicodeDecodeError:
        raise StationError(path, "is not UTF-8 text", COMPARE) from None
    except tomllib.TOMLDecodeError as error:
        raise StationError(path, f"is not TOML: {error}", COMPARE) from None
    try:
        read = Map.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise StationError(path, f"{where}: {first['msg'].lower()}", COMPARE) from None
    if (read.time.start is None) != (read.time.period is None):
        raise StationError(path, "time: a start and a period belong together", "Give both, or neither")
    return read
