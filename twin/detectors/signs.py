"""Signs: what the watchers of machines, lines and rooms see, and the anomalies that come of it.

A watcher says in every frame what stands; here each sign gets its life: it is told once it has lasted, renamed when the
evidence turns for good, folded under a cause that explains it, and ended when it has been gone for a while.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from twin.detectors.anomaly import Anomaly, Candidate, Evidence
from twin.detectors.response import Responses, priority
from twin.signals import Floats
from twin.units import scales_and_offsets

PERSUADED = 5  # frames in a row that must speak for another name
BACK_FOR = 60.0  # s a sign must be gone before its anomaly ends
FORGOTTEN = 3.0  # s a sign that was not told yet may be absent without losing its age
LATE = 180.0  # s after a sign in which a cause that is found later still takes it in

VIBRATES = frozenset({"bearing_de", "bearing_nde", "misalignment", "broken_blade"})
EXPLAINS: Mapping[str, frozenset[str]] = {
    "cavitation": VIBRATES | {"sensor_noise"},
    "gas_ingress": VIBRATES | {"sensor_noise"},
    "broken_blade": VIBRATES,
    "check_valve_stuck_closed": VIBRATES | {"low_flow"},
    "discharge_valve_partly_closed": VIBRATES | {"low_flow"},
    "phase_imbalance": VIBRATES | {"winding_overheating"},
    "drive_trip": VIBRATES | {"winding_overheating", "low_flow"},
    "vfd_derate": frozenset({"low_flow"}),
}
"""What a fault of a pump brings with it, as seen by those who look at one thing only."""
SHAKES_ALL: Mapping[str, frozenset[str]] = {
    "cavitation": frozenset({"sensor_noise"}),
    "gas_ingress": frozenset({"sensor_noise"}),
}
"""What it brings to its sisters too: the water of one header shakes for all who draw from it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What one watcher sees now.

    ``equipment`` and ``family`` make it one sign from frame to frame, whatever ``fault`` it is taken for; ``patience``
    is how long it must stand before it is told [s], ``since`` when it began. [s, POSIX]
    """

    equipment: str
    family: str
    fault: str
    since: float
    candidates: tuple[Candidate, ...]
    evidence: tuple[Evidence, ...] = ()
    patience: float = 0.0
    owner: str = ""  # the machine it belongs to, where ``equipment`` is a tag

    @property
    def key(self) -> tuple[str, str]:
        return self.equipment, self.family


def sure(fault: str, confidence: float = 1.0) -> tuple[Candidate, ...]:
    """One candidate, and the rest unknown."""
    rest = round(1.0 - confidence, 4)
    return (Candidate(fault, confidence), *((Candidate("unknown", rest),) if rest > 0.0 else ()))


def ranked(scores: Mapping[str, float], sharpness: float) -> tuple[Candidate, ...]:
    """The three best by score, as confidences that add to one."""
    best = sorted(scores, key=lambda fault: -scores[fault])[:3]
    weight = np.exp(sharpness * (np.array([scores[fault] for fault in best]) - scores[best[0]]))
    share = (weight / weight.sum()).round(4).tolist()
    return tuple(Candidate(fault, one) for fault, one in zip(best, share, strict=True))


class Points:
    """Measuring points read in SI, NaN where there is none or where it says nothing."""

    def __init__(self, columns: Iterable[int], units: Iterable[str]) -> None:
        self.column = np.array(list(columns), dtype=np.intp)
        self.scale, self.offset = scales_and_offsets(list(units))

    def read(self, values: Floats) -> Floats:
        """(k,) of (tags + 1,) values whose last is NaN."""
        read: Floats = values[self.column] * self.scale + self.offset
        return read


@dataclass
class _Life:
    """A sign over time."""

    sign: Sign
    first: float
    last: float
    anomaly: Anomaly | None = None
    rivals: int = 0


class Signs:
    """The lives of all signs of a station."""

    def __init__(
        self, responses: Responses, numbers: Iterator[int], sisters: Mapping[str, tuple[str, ...]] | None = None
    ) -> None:
        self._responses = responses
        self._sisters = sisters or {}
        self._numbers = numbers
        self._lives: dict[tuple[str, str], _Life] = {}

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """Those standing."""
        return tuple(life.anomaly for life in self._lives.values() if life.anomaly is not None)

    def step(
        self, at: float, seen: Iterable[Sign], causes: Iterable[Anomaly], running: frozenset[str]
    ) -> tuple[list[Anomaly], dict[int, set[str]]]:
        """What this frame's signs change, and by the number of each cause what it was found to explain."""
        faults = {(cause.equipment, cause.fault): cause for cause in causes}
        folded: dict[int, set[str]] = {}
        changed: list[Anomaly] = []
        for sign in seen:
            cause = self._cause(sign, faults)
            if cause is not None:
                folded.setdefault(cause.id, set()).add(sign.fault)
                changed += self._fold(sign, at)
                continue
            changed += self._see(sign, at, running)
        return changed + self._forget(at), folded

    def bridge_gap(self) -> None:
        """Take what comes for what has always been: what was not told is forgotten."""
        self._lives = {key: life for key, life in self._lives.items() if life.anomaly is not None}

    def _cause(self, sign: Sign, faults: Mapping[tuple[str, str], Anomaly]) -> Anomaly | None:
        """The fault that explains a sign: of its own machine, or of one that draws from the same header."""
        owner = sign.owner or sign.equipment
        places = [(owner, fault) for fault, brings in EXPLAINS.items() if sign.fault in brings]
        places += [
            (sister, fault)
            for fault, brings in SHAKES_ALL.items()
            if sign.fault in brings
            for sister in self._sisters.get(owner, ())
        ]
        return next((faults[place] for place in places if place in faults), None)

    def _see(self, sign: Sign, at: float, running: frozenset[str]) -> list[Anomaly]:
        life = self._lives.setdefault(sign.key, _Life(sign, at, at))
        life.last = at
        if life.anomaly is None:
            life.sign = sign
            return [self._tell(life, at, running)] if at - life.first >= sign.patience else []
        life.rivals = life.rivals + 1 if sign.fault != life.anomaly.fault else 0
        if life.rivals < PERSUADED:
            return []
        life.rivals = 0
        life.anomaly = replace(
            life.anomaly,
            fault=sign.fault,
            candidates=sign.candidates,
            evidence=sign.evidence or life.anomaly.evidence,
            priority=priority(sign.fault),
            response=self._responses.to(sign.fault, sign.equipment, running),
        )
        return [life.anomaly]

    def _tell(self, life: _Life, at: float, running: frozenset[str]) -> Anomaly:
        sign = life.sign
        life.anomaly = Anomaly(
            id=next(self._numbers),
            equipment=sign.equipment,
            fault=sign.fault,
            candidates=sign.candidates,
            since=min(sign.since, life.first),
            detected=at,
            until=None,
            priority=priority(sign.fault),
            evidence=sign.evidence,
            response=self._responses.to(sign.fault, sign.equipment, running),
        )
        return life.anomaly

    def _fold(self, sign: Sign, at: float) -> list[Anomaly]:
        """Take in a sign that was told before its cause was found."""
        life = self._lives.get(sign.key)
        if life is None or life.anomaly is None:
            self._lives.pop(sign.key, None)
            return []
        if at - life.anomaly.detected > LATE:
            life.last = at
            return []
        del self._lives[sign.key]
        return [replace(life.anomaly, until=at)]

    def _forget(self, at: float) -> list[Anomaly]:
        ended = []
        for key, life in list(self._lives.items()):
            absent = at - life.last
            if life.anomaly is None and absent > FORGOTTEN:
                del self._lives[key]
            elif life.anomaly is not None and absent >= BACK_FOR:
                ended.append(replace(life.anomaly, until=at))
                del self._lives[key]
        return ended
