"""What crosses between the window and the acquisition thread: mail one way, requests the other. All of it frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.alarms.book import Alarm
from twin.commands import Command
from twin.detectors.anomaly import Anomaly
from twin.notes import Note
from twin.pipeline import Snapshot
from twin.signals import Event
from twin.text import Text
from twin.thermography import Panorama, ThermalFrame

Mode = Literal["live", "replay"]


# ---- requests: from the window -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play:
    """Let the cursor run at its rate."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Hold the cursor; a live source goes on being recorded."""


@dataclass(frozen=True, slots=True)
class Seek:
    """Put the cursor at a time, and hold it there if the source is live. [s, POSIX]"""

    at: float


@dataclass(frozen=True, slots=True)
class SetRate:
    """Replay speed as a multiple of real time, 0.1 to 1000."""

    rate: float


@dataclass(frozen=True, slots=True)
class GoLive:
    """Let the cursor follow the newest frame again."""


@dataclass(frozen=True, slots=True)
class Obey:
    """Pass a command on to the twin."""

    command: Command


@dataclass(frozen=True, slots=True)
class RangeQuery:
    """Ask what some tags did in a span, reduced to at most ``buckets`` min/max columns."""

    ticket: int
    columns: tuple[int, ...]
    since: float
    until: float
    buckets: int


@dataclass(frozen=True, slots=True)
class Recognise:
    """Somebody has seen these anomalies; their identities."""

    anomalies: tuple[int, ...]
    by: str = "operator"


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give up the analysis that is under way; what it found stays."""


@dataclass(frozen=True, slots=True)
class StepSample:
    """Put the cursor on the next frame (1) or the one before (-1)."""

    direction: Literal[-1, 1]


@dataclass(frozen=True, slots=True)
class StepPicture:
    """Put the cursor on the next panorama of a camera (1) or the one before (-1)."""

    camera: str
    direction: Literal[-1, 1]


@dataclass(frozen=True, slots=True)
class Annotate:
    """Keep a note on a tag, equipment or nothing in particular in the recording, at a time or over a span; in the place
    of another where its number is given. ``change`` is what the window calls this, to undo it."""

    at: float
    until: float
    subject: str
    text: str
    by: str = "operator"
    instead_of: int = 0
    change: int = 0


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Take back a note by its number; or, by the number of the line that did so, bring it back."""

    line: int
    by: str = "operator"
    change: int = 0


@dataclass(frozen=True, slots=True)
class TurnBack:
    """Undo a change of the notes; where it was undone, make it again."""

    change: int
    by: str = "operator"


Moves = Play | Pause | Seek | SetRate | GoLive | StepSample | StepPicture
Noting = Annotate | TakeBack
Request = Moves | Obey | RangeQuery | Recognise | Cancel | Noting | TurnBack


# ---- mail: to the window -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RangeAnswer:
    """What some tags did: ``at`` (b,) bucket starts; ``low``, ``high``, ``last`` (k, b) in the tags' units, NaN for
    gaps; ``quality`` (k, b) the worst in the bucket. Spikes survive: low and high are true extremes."""

    ticket: int
    columns: tuple[int, ...]
    at: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    last: NDArray[np.float64]
    quality: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the quiet bar and the log."""

    at: float
    severity: Literal["information", "warning", "error"]
    text: Text


@dataclass(frozen=True, slots=True)
class Progress:
    """A load or an analysis that is under way; ``share`` from 0 to 1."""

    text: Text
    share: float


@dataclass(frozen=True, slots=True)
class Health:
    """How the acquisition is doing: frames a second, milliseconds a step, frames dropped, age of the newest [s]."""

    rate: float = 0.0
    step_ms: float = 0.0
    dropped: int = 0
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Vista:
    """What a panoramic camera has taken: the ``picture`` at the cursor, which is the ``number``-th of ``count``; none
    before the first, and where it is damaged."""

    camera: str
    picture: Panorama | None
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Mail:
    """Everything the window may know now. ``snapshot`` is that at the cursor.

    ``anomalies`` are all known in the span as of the newest frame (timeline, list); ``snapshot.anomalies`` those
    standing at the cursor. ``alarms`` are those at the cursor, ``past_alarms`` all of the span, ``events`` all marks of
    the span. ``generation`` grows
    with every change, so that equal generations mean there is nothing to do. ``live_source`` says whether there is a
    *now* to go back to; ``recognised`` are the anomalies somebody has seen; ``thermal`` the thermal pictures of the
    last hour at the cursor, the newest last; ``vistas`` what each panoramic camera that was recorded has taken;
    ``notes`` what reviewers have said of the recording, also what they took back.
    """

    generation: int
    mode: Mode
    snapshot: Snapshot | None
    cursor: float
    span: tuple[float, float]
    playing: bool
    following: bool
    rate: float
    anomalies: tuple[Anomaly, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    past_alarms: tuple[Alarm, ...] = ()
    events: tuple[Event, ...] = ()
    answers: tuple[RangeAnswer, ...] = ()
    notices: tuple[Notice, ...] = ()
    recognised: frozenset[int] = frozenset()
    progress: Progress | None = None
    live_source: bool = False
    health: Health = field(default_factory=Health)
    ended: bool = False
    thermal: tuple[ThermalFrame, ...] = ()
    vistas: tuple[Vista, ...] = ()
    notes: tuple[Note, ...] = ()
