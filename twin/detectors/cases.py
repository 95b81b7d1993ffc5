"""Cases: what stands between the channels that crossed their thresholds and the anomalies that people are told of.

One fault is one case: it claims the channels it explains, keeps its name unless the evidence turns for good, and ends
when what moved has been back for a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Anomaly, Candidate, Evidence
from twin.detectors.channels import Channels
from twin.detectors.diagnosis import Opinion, Verdict
from twin.detectors.response import Responses, priority
from twin.detectors.watch import Judgement
from twin.plant.binding import or_zero
from twin.signals import Floats, TagTable

TOGETHER = 3.0  # s within which transmitters that fail have failed together
TOLD_EVIDENCE = 5  # residuals that are told with an anomaly
PERSUADED = 3  # verdicts in a row that another fault must win before a case changes its name
SURER = 0.15  # change of confidence worth telling
TOLD_EVERY = 5.0  # s between two tellings of the same name
OPINIONS = 8  # frames over which an opinion is formed
GONE = 0.4  # of what it was: a residual within that is on its way back
STILL_THERE = 0.7  # of what it was: a residual beyond that is not
BACK_FOR = 60.0  # s for which it must be back
MAIN = 0.25  # of the largest move: residuals that move so much make the case
LARGEST_Z = 999.0


@dataclass
class Case:
    """One standing anomaly with what it rests on."""

    anomaly: Anomaly
    circuit: int
    pump: int
    claims: NDArray[np.bool_]  # (m,) channels that are nobody else's now
    main: NDArray[np.bool_]  # (m,) channels that must be back before it ends
    size: Floats  # (m,) how far the verdict says they have moved, % of rated
    opinion: Opinion | None = None
    opinions: int = 0  # how many went into it
    told_at: float = -np.inf  # when its name or confidence was last told
    rivals: int = 0  # verdicts in a row that named another fault
    back_since: float = np.nan
    base: Floats | None = None  # (m,) what was known of the departures when it came on top; None where it is the first
    columns: tuple[int, ...] = ()  # of transmitters that failed by themselves
    settled: bool = False  # whether its departures are taken for known, and only what changes is judged anew
    consequences: set[str] = field(default_factory=set)  # what was seen elsewhere and is explained by it

    @property
    def fault(self) -> str:
        """What the residuals call it: they show how far a transmitter is off, not whether it goes on drifting."""
        return "sensor_bias" if self.anomaly.fault == "sensor_drift" else self.anomaly.fault


class Cases:
    """The standing cases of a ``station``; ``numbers`` are those of all its anomalies."""

    def __init__(
        self, channels: Channels, responses: Responses, numbers: Iterator[int], tags: TagTable, station: str
    ) -> None:
        self._channels = channels
        self._tags = tags
        self._station = station
        self._responses = responses
        self._numbers = numbers
        self.standing: list[Case] = []

    @property
    def claimed(self) -> NDArray[np.bool_]:
        """(m,) channels that some case claims."""
        claimed = np.zeros(len(self._channels), dtype=bool)
        for case in self.standing:
            claimed |= case.claims
        return claimed

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        return tuple(case.anomaly for case in self.standing)

    def bridge_gap(self) -> None:
        """Measure anew how long each has been back."""
        for case in self.standing:
            case.back_since, case.told_at = np.nan, -np.inf

    def weigh(self, case: Case, fresh: Opinion) -> Opinion:
        """The opinion on a case, of all the evidence since it was opened and the later the more."""
        case.opinions = min(case.opinions + 1, OPINIONS)
        case.opinion = fresh.with_earlier(case.opinion, 1.0 / case.opinions) if case.opinion is not None else fresh
        return case.opinion

    def open(
        self,
        verdict: Verdict,
        circuit: int,
        since: float,
        at: float,
        seen: Judgement,
        running: frozenset[str],
        evidence: tuple[Evidence, ...] = (),
        base: Floats | None = None,
    ) -> Anomaly:
        """A new anomaly; ``evidence`` where the residuals cannot tell it, ``base`` where it comes on top of others."""
        anomaly = Anomaly(
            id=next(self._numbers),
            equipment=verdict.equipment,
            fault=verdict.fault,
            candidates=verdict.candidates,
            since=min(since, at),
            detected=at,
            until=None,
            priority=priority(verdict.fault),
            evidence=evidence or self._evidence(verdict.moved, seen),
            response=self._responses.to(verdict.fault, verdict.equipment, running),
        )
        case = self._case(verdict, anomaly, circuit)
        if base is not None:
            case.base, case.claims = base.copy(), np.abs(verdict.moved) > 0.0
        self.standing.append(case)
        return anomaly

    def open_lost(
        self, columns: tuple[int, ...], fault: str, since: float, at: float, seen: Judgement, running: frozenset[str]
    ) -> Anomaly:
        """Transmitters that failed by themselves, and all at once: one anomaly, of what they have in common."""
        verdict = certain(self._named(columns), fault, -1, np.zeros(len(self._channels)))
        self.open(verdict, -1, since, at, seen, running)
        case = self.standing[-1]
        case.columns = columns
        case.anomaly = replace(case.anomaly, evidence=self._lost(columns, fault), consequences=len(columns) - 1)
        return case.anomaly

    def lost_with(self, fault: str, since: float) -> Case | None:
        """The standing case of transmitters that failed at the same time."""
        for case in self.standing:
            if case.columns and case.anomaly.fault == fault and abs(case.anomaly.since - since) <= TOGETHER:
                return case
        return None

    def join_lost(self, case: Case, columns: tuple[int, ...]) -> Anomaly:
        """Some more that failed with those of a case."""
        case.columns += columns
        case.anomaly = replace(
            case.anomaly,
            equipment=self._named(case.columns),
            evidence=self._lost(case.columns, case.anomaly.fault),
            consequences=len(case.columns) - 1,
        )
        return case.anomaly

    def _named(self, columns: tuple[int, ...]) -> str:
        """The transmitter that failed; of several the equipment they are on, or the station."""
        if len(columns) == 1:
            return self._tags[columns[0]].name
        places = {self._tags[column].equipment for column in columns}
        return places.pop() if len(places) == 1 else self._station

    def _lost(self, columns: tuple[int, ...], fault: str) -> tuple[Evidence, ...]:
        """The first of several transmitters; one that fails alone is evidence enough."""
        if len(columns) == 1:
            return ()
        many, gone = float(len(columns)), fault == "sensor_dropout"
        told = [self._tags[column].name for column in columns[:TOLD_EVIDENCE]]
        return tuple(Evidence("missing" if gone else "frozen", name, many, "", many) for name in told)

    def _case(self, verdict: Verdict, anomaly: Anomaly, circuit: int) -> Case:
        return Case(
            anomaly=anomaly,
            circuit=circuit,
            pump=verdict.pump,
            claims=self._claims(verdict, circuit),
            main=_main(verdict.moved),
            size=verdict.moved,
            opinion=verdict.opinion,
            opinions=int(verdict.opinion is not None),
            told_at=anomaly.detected,
        )

    def reconsider(
        self, case: Case, verdict: Verdict, at: float, seen: Judgement, running: frozenset[str]
    ) -> Anomaly | None:
        """Take in a later verdict on a case; the anomaly as it then stands where that is worth telling."""
        before = case.anomaly
        if (verdict.fault, verdict.equipment) != (before.fault, before.equipment):
            case.rivals += verdict.fault != "unknown" and verdict.confidence > 0.5
            if case.rivals < PERSUADED or verdict.fault == "unknown":
                return None
        else:
            case.rivals = 0
            surer = abs(verdict.confidence - before.candidates[0].confidence) >= SURER
            if not surer or at - case.told_at < TOLD_EVERY:
                return None
        return self.rename(case, verdict, at, seen, running)

    def rename(self, case: Case, verdict: Verdict, at: float, seen: Judgement, running: frozenset[str]) -> Anomaly:
        """The anomaly of a case by a later verdict."""
        before = case.anomaly
        if (verdict.fault, verdict.equipment) != (before.fault, before.equipment):
            case.claims = self._claims(verdict, case.circuit) if case.base is None else np.abs(verdict.moved) > 0.0
            case.pump = verdict.pump
        case.rivals, case.told_at = 0, at
        case.main, case.size = _main(verdict.moved), verdict.moved
        case.anomaly = replace(
            before,
            equipment=verdict.equipment,
            fault=verdict.fault,
            candidates=verdict.candidates,
            priority=priority(verdict.fault),
            evidence=self._evidence(verdict.moved, seen),
            response=self._responses.to(verdict.fault, verdict.equipment, running),
        )
        return case.anomaly

    def back(self, case: Case, at: float, departure: Floats, calm: NDArray[np.bool_], seen: Judgement) -> bool:
        """Whether what moved has been back long enough: far less than it was, and no sum on its way up."""
        main = case.main & seen.valid
        if not main.any():
            case.back_since = np.nan
            return False
        own = departure if case.base is None else departure - case.base
        left = np.abs(own[main]) / np.maximum(np.abs(case.size[main]), seen.sigma[main])
        if (left > STILL_THERE).any() or not (case.settled or calm[main].all()):
            case.back_since = np.nan
        elif np.isnan(case.back_since) and (left < GONE).all():
            case.back_since = at
        return at - case.back_since >= BACK_FOR

    def close(self, case: Case, at: float) -> Anomaly:
        """The anomaly, ended."""
        self.standing.remove(case)
        return replace(case.anomaly, until=at)

    def call_drift(self, case: Case, at: float) -> Anomaly:
        """Rename a wrong transmitter that goes on growing wrong."""
        candidates = tuple(
            replace(one, fault="sensor_drift") if one.fault == "sensor_bias" else one for one in case.anomaly.candidates
        )
        drift = "sensor_drift"
        case.anomaly = replace(case.anomaly, fault=drift, candidates=candidates, priority=priority(drift))
        case.told_at = at
        return case.anomaly

    def explain(self, number: int, consequences: set[str]) -> list[Anomaly]:
        """Fold findings under the anomaly that explains them; it, where that brought something new."""
        for case in self.standing:
            if case.anomaly.id == number and not consequences <= case.consequences:
                case.consequences |= consequences
                case.anomaly = replace(case.anomaly, consequences=len(case.consequences))
                return [case.anomaly]
        return []

    def _claims(self, verdict: Verdict, circuit: int) -> NDArray[np.bool_]:
        """What a verdict explains: all of its pump, the balance of its circuit, and all it says it moved."""
        claims: NDArray[np.bool_] = np.abs(verdict.moved) > 0.0
        if verdict.pump >= 0:
            claims |= self._channels.pump == verdict.pump
            claims[self._channels.balance(circuit)] = True
        return claims

    def _evidence(self, moved: Floats, seen: Judgement) -> tuple[Evidence, ...]:
        """The residuals that moved most, in the units people are told."""
        strength = np.where(seen.valid & (moved != 0), np.abs(seen.departure / seen.sigma), 0.0)
        order = np.argsort(-or_zero(strength))[:TOLD_EVIDENCE]
        told = []
        for channel in order[strength[order] > 1.0]:
            name = self._channels.names[channel]
            z = float(np.clip(seen.departure[channel] / seen.sigma[channel], -LARGEST_Z, LARGEST_Z))
            value = float(seen.departure[channel] * self._channels.scale[channel])
            told.append(Evidence(name.name, name.tag, round(value, 4), name.unit, round(z, 2)))
        return tuple(told)


def _main(moved: Floats) -> NDArray[np.bool_]:
    amount = np.abs(moved)
    main: NDArray[np.bool_] = amount > MAIN * amount.max(initial=0.0)
    return main


def certain(equipment: str, fault: str, pump: int, moved: Floats) -> Verdict:
    """A verdict that needs no diagnosis: the plant has said so itself."""
    return Verdict(equipment, fault, pump, (Candidate(fault, 1.0),), moved)
