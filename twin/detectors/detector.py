"""The detector: from where the plant stands to residuals, and to anomalies that have a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from twin.detectors import diagnosis
from twin.detectors.anomaly import Anomaly, Evidence
from twin.detectors.cases import TOGETHER, Case, Cases, certain
from twin.detectors.channels import Channels
from twin.detectors.first_look import FirstLook
from twin.detectors.hearing import SHAKES, SWINGS_KNOWN, Hearing
from twin.detectors.holding import Holding
from twin.detectors.kinds import WHY, Sample
from twin.detectors.reconciliation import STEADY, Reconciled, Reconciliation
from twin.detectors.residual import Residuals
from twin.detectors.response import Responses
from twin.detectors.sensors import Sensors
from twin.detectors.signatures import Library
from twin.detectors.surroundings import Surroundings
from twin.detectors.trips import Trips
from twin.detectors.watch import LATELY, LONGEST, OF_BUDGET, SELDOM, Judgement, Watch
from twin.plant.binding import sound
from twin.plant.model import PlantState, PumpModel
from twin.plant.reading import Station
from twin.signals import Floats, Frame

LOOK_AGAIN = 2.0  # s between the first channel that crosses and the verdict: more evidence comes in
LOOK_ONCE = 1.0  # s that do where the verdict is clear
CLEAR = 0.85  # confidence of a clear verdict
LOOK_LONGER = 5.0  # s before something is called unknown
PLAIN = 1.5  # sigmas that the mean of the last samples must have moved to be known: less is noise
SETTLED = 15.0  # s after a case was last told that its departures are taken for known
DOUBTFUL = 0.5  # confidence below which it is weighed twice as long first
SECOND = 0.6  # confidence from which a change on top of a known fault is told as a second one
SECOND_SENSOR = 0.75  # and for a transmitter, which can explain almost anything
JUST_NOW = 3.0  # s
FRESH = 30.0  # s for which a case is reconsidered with every frame; later now and then
NOW_AND_THEN = 10.0  # s
TRANSIENT = 8.0  # s after a trip in which its circuit's other channels are not judged
NOISY_AT_MOST = 45.0  # s in which a transmitter is found noisy
RUBS = frozenset({"bearing_de", "bearing_nde", "misalignment"})
MAY_BE_NOISE = SHAKES | {"sensor_bias", "unknown"}
POWER = frozenset({"power", "efficiency", "feeder"})
ALIKE = 4.0  # χ² by which a transmitter that is known to be wrong may explain less than the best
RIDDEN_OUT = 15.0  # s after many fell silent, or were heard again, in which the rest is learned anew
OFTEN = 0.5  # s between frames below which not every one is judged


def _misfit(verdict: diagnosis.Verdict) -> list[float]:
    """χ² that each hypothesis of a circuit leaves, where they were weighed."""
    misfit: list[float] = verdict.opinion.misfit.tolist() if verdict.opinion is not None else []
    return misfit


def _plain(departure: Floats, sigma: Floats, moved: Floats) -> Floats:
    """(m,) what a fault has plainly moved, or as it is known to, ``moved``; what it left alone stays judged by 0."""
    known = (np.abs(departure) >= PLAIN * sigma) | (departure * moved > 0.0)
    plain: Floats = np.where(known, departure, 0.0)
    return plain


@dataclass(frozen=True)
class Findings:
    """What the detector knows: all residuals, the standing anomalies, and those that this frame changed.

    ``reconciled`` is by column what readings that are not believed should be.
    """

    residuals: Residuals
    anomalies: tuple[Anomaly, ...]
    changed: tuple[Anomaly, ...]
    reconciled: Mapping[int, Reconciled] = field(default_factory=dict)


class Detector:
    """Residuals, CUSUM, diagnosis and the life of anomalies for the pumps of a station.

    ``healthy`` is a span [s, POSIX] known to be sound: in it residuals teach and nothing is reported.
    """

    def __init__(self, station: Station, model: PumpModel, healthy: tuple[float, float] | None = None) -> None:
        self._model = model
        self._channels = Channels(model)
        usual = self._channels.scatter(station.file.calibration.noise)
        tolerated = OF_BUDGET["curves"] * station.file.station.false_alarms_per_year
        self._watch = Watch(self._channels.kinds, tolerated, usual=usual)
        self._library = Library(model, self._channels)
        self._reconciliation = Reconciliation(model, self._channels, self._library)
        self._trips = Trips(model)
        self._sensors = Sensors(model.binding)
        self._holding = Holding(model.binding)
        self._first_look = FirstLook(self._channels)
        numbers, responses = count(1), Responses(station)
        self._cases = Cases(self._channels, responses, numbers, model.binding.tags, station.id)
        self._surroundings = Surroundings(station, model, responses, numbers)
        parts = self._channels, self._library, self._watch, self._first_look, self._cases
        self._hearing = Hearing(model, *parts)
        self._of_power = np.array([name.name in POWER for name in self._channels.names], dtype=bool)
        self._healthy = healthy
        self._pending: dict[int, float] = {}
        self._transient: dict[int, float] = {}
        self._second: dict[int, float] = {}
        self._why: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._said: tuple[str, ...] = ()
        self._nobodys: NDArray[np.bool_] = np.zeros(len(self._channels), dtype=bool)
        self._told_running, self._names_running = b"", frozenset[str]()
        self._as_it_came: Frame | None = None  # the frame that the model has seen, if nothing in it was replaced
        self._sample: Sample | None = None
        self._seen: Judgement | None = None
        self._findings: Findings | None = None
        self._at, self._since_last = -np.inf, np.inf
        self._stormy, self._turned_at = False, -np.inf

    def step(self, frame: Frame, state: PlantState) -> Findings:
        """Judge one instant."""
        at = state.measured.at
        if self._findings is not None and 0 <= at - self._at < OFTEN:
            return replace(self._findings, changed=())
        self._since_last, self._at = at - self._at, at
        teaching = self._healthy is not None and self._healthy[0] <= at < self._healthy[1]
        sample = self._reconciled(self._channels.sample(state), at)
        silent, stuck = self._sensors.step(frame, state)
        self._ride_out(at)
        seen = self._watch.step(at, sample, self._not_teaching(at, teaching), teaching)
        running = self._running(state)
        changed: list[Anomaly] = []
        tripped = self._trips.step(state)
        if not teaching:
            changed += self._open_trips(at, tripped, seen, running)
            changed += self._open_sensors(at, silent, "sensor_dropout", seen, running)
            changed += self._open_sensors(at, stuck, "sensor_stuck", seen, running)
            changed += self._review(at, state, seen, running)
            changed += self._open_new(at, state, seen, running)
            changed += self._look_round(frame, state, running)
        else:
            self._surroundings.teach(self._sound(frame, state), state, self._channels.moves)
        standing = (*self._cases.anomalies, *self._surroundings.anomalies)
        self._sample, self._seen, self._hearing.basis = sample, seen, sample.basis
        self._disbelieve()
        told = self._reconciliation.told
        self._findings = Findings(self._residuals(sample, seen), standing, tuple(changed), told)
        return self._findings

    def foresee(self, block: PlantState, states: Sequence[PlantState]) -> None:
        """Reckon at once what is left in the frames of a block, of which these are the ``states``, if they come so."""
        self._channels.foresee(block, states)

    @property
    def believes_all(self) -> bool:
        """Whether every reading is believed, so that what the model makes of a frame can be known beforehand."""
        return self._reconciliation.idle

    def believed(self, frame: Frame) -> Frame:
        """A frame as the model is to see it: what is known to be wrong is replaced by what it should be."""
        believed = self._reconciliation.substitute(self._holding.step(frame))
        self._as_it_came = frame if believed is frame else None
        return believed

    @property
    def storm(self) -> bool:
        """Whether so many values are missing that it is the connection's fault."""
        return self._sensors.storm

    def _ride_out(self, at: float) -> None:
        """Learn anew when a part of the station falls silent or is heard again: the rest is then measured otherwise.

        A pump whose speed is gone is taken to turn as its drive does, water whose temperature is gone to be as warm as
        the file says, and held states last some seconds longer than their samples.
        """
        if self._sensors.storm != self._stormy:
            self._stormy, self._turned_at = self._sensors.storm, at
        if at - self._turned_at < RIDDEN_OUT:
            self._watch.take_back(~self._cases.claimed)

    def bridge_gap(self) -> None:
        """Go on after a gap in time, or after the clock was set back."""
        self._channels.bridge_gap()
        self._watch.bridge_gap()
        self._trips.bridge_gap()
        self._sensors.bridge_gap()
        self._surroundings.bridge_gap()
        self._cases.bridge_gap()
        self._reconciliation.bridge_gap()
        self._pending.clear()
        self._transient.clear()
        self._second.clear()

    def _look_round(self, frame: Frame, state: PlantState, running: frozenset[str]) -> list[Anomaly]:
        """What the watchers of everything else see, less what a standing case explains."""
        moves, causes = self._channels.moves, self._cases.anomalies
        changed, folded = self._surroundings.step(self._sound(frame, state), state, moves, causes, running)
        for number, consequences in folded.items():
            changed += self._cases.explain(number, consequences)
        return changed

    def _sound(self, frame: Frame, state: PlantState) -> Floats:
        """(tags + 1,) what all other watchers may look at: what the model has read, if that is as it came."""
        values = state.measured.values if frame is self._as_it_came else sound(frame)
        if not np.count_nonzero(self._sensors.stuck):
            return values
        values = values.copy()
        values[:-1][self._sensors.stuck] = np.nan  # they would teach how still a signal is
        return values

    def _not_teaching(self, at: float, teaching: bool) -> NDArray[np.bool_]:
        """(m,) channels that must not teach what is usual: what they show is somebody's, or was wrong at first."""
        claimed = self._cases.claimed if self._cases.standing else self._nobodys
        held = claimed if self._reconciliation.idle else claimed | self._reconciliation.weighing
        return held if teaching else held | self._first_look.step(at, self._watch, claimed)

    def _running(self, state: PlantState) -> frozenset[str]:
        """The names of the pumps that run, which seldom change."""
        told = state.running.tobytes()
        if told != self._told_running:
            self._told_running = told
            self._names_running = frozenset(
                name for name, turns in zip(state.pumps, state.running.tolist(), strict=True) if turns
            )
        return self._names_running

    def _open_trips(
        self, at: float, tripped: NDArray[np.bool_], seen: Judgement, running: frozenset[str]
    ) -> list[Anomaly]:
        changed: list[Anomaly] = []
        for pump in np.flatnonzero(tripped) if np.count_nonzero(tripped) else ():
            circuit = int(self._model.binding.circuit_of[pump])
            self._transient[circuit] = at
            standing = [case for case in self._cases.standing if case.pump == pump]
            changed += [self._cases.close(case, at) for case in standing]
            mine = (self._channels.pump == pump).astype(np.float64)
            verdict = certain(self._model.pumps[pump].id, "drive_trip", int(pump), mine)
            changed.append(self._cases.open(verdict, circuit, at, at, seen, running, self._lost_speed(int(pump))))
        return changed

    def _lost_speed(self, pump: int) -> tuple[Evidence, ...]:
        """What a trip shows: the speed that went, in revolutions a minute."""
        binding = self._model.binding
        column = int(binding.column("shaft_speed")[pump])
        if column < 0:
            return ()
        lost = float(self._trips.lost[pump])
        value = -lost * float(self._model.rated_speed[pump]) * 30.0 / np.pi
        spread = self._hearing.spread("speed_tracking", pump)
        return (
            Evidence("shaft_speed", binding.tag(column), round(value, 1), "r/min", round(-100.0 * lost / spread, 1)),
        )

    def _open_sensors(
        self, at: float, columns: NDArray[np.intp], fault: str, seen: Judgement, running: frozenset[str]
    ) -> list[Anomaly]:
        """Transmitters that need no diagnosis; what they enter is judged by what others say of them meanwhile.

        Those that fail together have one cause, and are told once.
        """
        found: dict[float, tuple[int, ...]] = {}
        for column in columns.tolist():
            since = self._sensors.since(column)
            together = next((begun for begun in found if abs(begun - since) <= TOGETHER), since)
            found[together] = (*found.get(together, ()), column)
        changed = []
        for since, these in found.items():
            case = self._cases.lost_with(fault, since)
            if case is not None:
                changed.append(self._cases.join_lost(case, these))
            else:
                changed.append(self._cases.open_lost(these, fault, since, at, seen, running))
        return changed

    def _review(self, at: float, state: PlantState, seen: Judgement, running: frozenset[str]) -> list[Anomaly]:
        """Reconsider the standing cases, and end those whose residuals are back."""
        changed: list[Anomaly] = []
        if not self._cases.standing:
            return changed
        departure, _ = self._watch.evidence(at - LATELY)
        calm = self._watch.quick_calm
        for case in list(self._cases.standing):
            told = self._told_standing(case, at)
            over = not told if told is not None else self._cases.back(case, at, departure, calm, seen)
            if over:
                changed.append(self._end(case, at))
            elif self._drifts(case):
                changed.append(self._cases.call_drift(case, at))
            elif told is None and self._settle(case, at, departure, seen):
                changed += self._look_twice(case, at, state, seen, running)
            elif told is None and self._worth_a_look(case, at, seen):
                changed += self._reconsider(case, at, state, seen, running)
        return changed

    def _reconsider(
        self, case: Case, at: float, state: PlantState, seen: Judgement, running: frozenset[str]
    ) -> list[Anomaly]:
        """Look at a case again; one that turns out to be what another tells already is over."""
        others = {(one.fault, one.equipment) for one in self._cases.anomalies if one is not case.anomaly}
        verdict = self._hearing.verdict(case.circuit, case.anomaly.since, state, seen, case)
        anomaly = self._cases.reconsider(case, verdict, at, seen, running)
        if anomaly is not None and (anomaly.fault, anomaly.equipment) in others:
            return [self._end(case, at)]
        return [anomaly] if anomaly is not None else []

    def _end(self, case: Case, at: float) -> Anomaly:
        """Close a case; of what it explained, only what came before it stays known."""
        rest = case.base if case.base is not None else np.zeros(len(self._channels))
        self._watch.explain(case.claims, rest)
        return self._cases.close(case, at)

    def _settle(self, case: Case, at: float, departure: Floats, seen: Judgement) -> bool:
        """Whether what a case shows is known by now, so that what changes after that is something else."""
        if case.settled:
            return True
        doubtful = case.rivals > 0 or case.fault == "unknown" or case.anomaly.candidates[0].confidence < DOUBTFUL
        weighed = at - max(case.anomaly.detected, case.told_at)
        if weighed < (FRESH if doubtful else SETTLED) or not (case.main & seen.valid).any():
            return False
        if self._seldom:  # some seconds hold too few samples to know it by
            departure, _ = self._watch.evidence(max(case.anomaly.detected, at - LATELY * self._since_last))
        if not self._set_aside(case, departure):
            self._watch.explain(case.claims, _plain(departure, seen.sigma, case.size))
        case.settled = True
        return True

    def _set_aside(self, case: Case, departure: Floats) -> bool:
        """Leave a wrong transmitter out of what it enters, which may then be judged by all others."""
        if case.anomaly.fault not in STEADY or self._seen is None or self._sample is None:
            return False
        rest = case.base if case.base is not None else np.zeros(len(self._channels))
        column = self._model.binding.tags.column(case.anomaly.equipment)
        fault, sigma = case.anomaly.fault, self._seen.sigma
        concerned = self._reconciliation.set_aside(column, fault, self._sample, departure - rest, sigma)
        if concerned is None:
            return False
        self._watch.explain(concerned | case.claims, rest)
        case.claims = np.zeros(len(self._channels), dtype=bool)
        return True

    def _reconciled(self, sample: Sample, at: float) -> Sample:
        """The residuals, where transmitters that are not believed have been replaced."""
        if self._seen is None or self._reconciliation.idle:
            return sample
        departure = sample.value - self._watch.offsets.value * sample.basis - self._watch.explained
        return self._reconciliation.step(sample, departure, self._seen.sigma, at)

    def _disbelieve(self) -> None:
        """Leave out of what follows the transmitters that are named now, and believe again those that no longer are."""
        tags = self._model.binding.tags
        named = {tags.column(a.equipment): a.fault for a in self._surroundings.anomalies if a.fault == "sensor_noise"}
        for case in self._cases.standing:
            if case.anomaly.fault in STEADY:
                named[tags.column(case.anomaly.equipment)] = case.anomaly.fault
            named |= dict.fromkeys(case.columns, case.anomaly.fault)
        if not named and self._reconciliation.idle:
            return
        concerned = self._reconciliation.keep_to(named)
        if concerned.any():
            self._watch.explain(concerned, self._watch.explained)

    def _is_set_aside(self, verdict: diagnosis.Verdict, circuit: int, at: float) -> bool:
        """Whether what is seen may be a transmitter that is known to be wrong, and has become otherwise wrong.

        That is likelier than a new fault that looks like it; one that is there all the same is seen again at once.
        """
        rows, tags = self._library.circuits[circuit].rows, self._model.binding.tags
        for column in self._reconciliation.steady:
            name = tags[column].name
            likely = [misfit for row, misfit in zip(rows, _misfit(verdict), strict=False) if row.equipment == name]
            alike = min(likely, default=np.inf) < min(_misfit(verdict), default=np.inf) + ALIKE
            if verdict.equipment == name or (alike and not self._reconciliation.weighed_lately(column, at)):
                self._watch.explain(self._reconciliation.weigh_anew(column, at), self._watch.explained)
                return True
        return False

    def _drifts(self, case: Case) -> bool:
        """Whether the error of a transmitter that was set aside goes on growing."""
        if case.anomaly.fault != "sensor_bias":
            return False
        column = self._model.binding.tags.column(case.anomaly.equipment)
        return self._reconciliation.excludes(column) and self._reconciliation.grows(column)

    def _look_twice(
        self, case: Case, at: float, state: PlantState, seen: Judgement, running: frozenset[str]
    ) -> list[Anomaly]:
        """What changes on top of a known fault: the same grown, or a second one."""
        crossed = seen.crossed & case.claims
        if crossed.any():
            crossed &= ~self._hearing.of_itself(case, at, seen)
        if not crossed.any() or np.isfinite(case.back_since) or self._unquiet(case.circuit, at):
            self._second.pop(case.anomaly.id, None)
            return []
        waited = at - self._second.setdefault(case.anomaly.id, at)
        if waited < LOOK_AGAIN:
            return []
        channels = np.flatnonzero(crossed)
        since = self._watch.onset(int(channels[np.argmax(np.abs(seen.z[channels]))]))
        known = self._watch.explained.copy()
        hypotheses = self._library.at(case.circuit, state)
        evidence = self._hearing.evidence(since, state, seen, case, known, crossed)
        verdict = diagnosis.verdict(hypotheses, evidence, diagnosis.opinion(hypotheses, evidence), state.pumps)
        if verdict.fault == "unknown":  # the first may have grown meanwhile, too
            evidence = diagnosis.without(evidence, case.size)
            verdict = diagnosis.verdict(hypotheses, evidence, diagnosis.opinion(hypotheses, evidence), state.pumps)
        same = (verdict.fault, verdict.equipment) == (case.fault, case.anomaly.equipment)
        enough = SECOND_SENSOR if verdict.fault == "sensor_bias" else SECOND
        doubtful = verdict.fault == "unknown" or verdict.confidence < enough
        noise = self._mere_noise(verdict, channels, since, seen, waited)
        if not same and (noise or (doubtful and waited < LOOK_LONGER)):
            return []
        self._second.pop(case.anomaly.id, None)
        departure, _ = self._watch.evidence(at - LATELY)
        self._watch.explain(case.claims, _plain(departure, seen.sigma, case.size))
        if same and case.anomaly.fault == "sensor_bias" and float(verdict.moved @ case.size) > 0.0:
            return [self._cases.call_drift(case, at)]
        if same or doubtful or self._named(verdict):
            return []
        whole = self._hearing.evidence(at - LATELY, state, seen, case, case.base, case.claims)
        of_all = diagnosis.verdict(hypotheses, whole, diagnosis.opinion(hypotheses, whole), state.pumps)
        if (of_all.fault, of_all.equipment) == (verdict.fault, verdict.equipment):
            return [self._cases.rename(case, of_all, at, seen, running)]  # it was too small to be told right at first
        return [self._cases.open(verdict, case.circuit, since, at, seen, running, base=known)]

    def _named(self, verdict: diagnosis.Verdict) -> bool:
        """Whether a fault is told already."""
        told = {(anomaly.fault, anomaly.equipment) for anomaly in self._cases.anomalies}
        return (verdict.fault, verdict.equipment) in told

    def _unquiet(self, circuit: int, at: float) -> bool:
        """Whether a circuit has not come to rest after a trip or what arrived along its lines."""
        unquiet = at < self._surroundings.quiet[circuit]
        return bool(unquiet or at - self._transient.get(circuit, -np.inf) < TRANSIENT)

    def _told_standing(self, case: Case, at: float) -> bool | None:
        """Whether what needs no diagnosis still stands; None where it does."""
        fault, equipment = case.anomaly.fault, case.anomaly.equipment
        if fault in STEADY:
            column = self._model.binding.tags.column(equipment)
            return not self._reconciliation.returned(column, at) if self._reconciliation.excludes(column) else None
        if fault == "drive_trip":
            return bool(self._trips.standing[case.pump])
        if fault == "sensor_dropout":
            return bool(self._sensors.silent[list(case.columns)].any())
        if fault == "sensor_stuck":
            return bool(self._sensors.stuck[list(case.columns)].any())
        return None

    @staticmethod
    def _worth_a_look(case: Case, at: float, seen: Judgement) -> bool:
        """Whether there is anything new to learn: of a pump that has stopped since there is not."""
        if not (case.main & seen.valid).any():
            return False
        age = at - case.anomaly.detected
        return age < FRESH or age % NOW_AND_THEN < 1.0

    def _open_new(self, at: float, state: PlantState, seen: Judgement, running: frozenset[str]) -> list[Anomaly]:
        """Look at the circuits in which a channel that nobody claims has crossed its threshold."""
        changed: list[Anomaly] = []
        if not np.count_nonzero(seen.crossed) and at - max(self._transient.values(), default=-np.inf) > TRANSIENT:
            self._pending.clear()
            return changed
        # what was set aside a moment ago has begun its sums anew
        crossed = seen.crossed & self._watch.crossed & ~self._cases.claimed & ~self._heating()
        for circuit in range(len(self._library.circuits)):
            ours = self._channels.circuit == circuit
            if self._unquiet(circuit, at):
                self._watch.reset(ours & ~self._cases.claimed)
                self._pending.pop(circuit, None)
                continue
            channels = np.flatnonzero(crossed & ours)
            if not len(channels):
                self._pending.pop(circuit, None)
                continue
            waited = at - self._pending.setdefault(circuit, self._evidence_from(at))
            if waited < LOOK_ONCE:
                continue
            since = self._watch.onset(int(channels[np.argmax(np.abs(seen.z[channels]))]))
            verdict = self._hearing.verdict(circuit, since, state, seen, None)
            if waited < self._patience(verdict) or self._mere_noise(verdict, channels, since, seen, waited):
                continue
            if self._is_set_aside(verdict, circuit, at):
                self._pending.pop(circuit, None)
                continue
            together = self._hearing.pair(circuit, since, state, seen) if verdict.fault == "unknown" else None
            if together is not None:
                changed += self._open_pair(together, circuit, since, at, seen, running)
            else:
                changed.append(self._cases.open(verdict, circuit, since, at, seen, running))
            self._pending.pop(circuit, None)
        return changed

    def _patience(self, verdict: diagnosis.Verdict) -> float:
        """How long after the first crossing a verdict is told; what a few frames show is not unknown yet. [s]"""
        if verdict.fault == "unknown":
            return max(LOOK_LONGER, SWINGS_KNOWN * self._since_last if self._seldom else 0.0)
        return LOOK_ONCE if verdict.confidence > CLEAR else LOOK_AGAIN

    @property
    def _seldom(self) -> bool:
        """Whether frames come so seldom that some seconds hold too few of them."""
        return bool(SELDOM <= self._since_last < LONGEST)

    def _evidence_from(self, at: float) -> float:
        """Since when there is evidence of what crosses now: where frames come seldom, two have shown it. [s, POSIX]"""
        return at - self._since_last if self._seldom else at

    def _open_pair(
        self,
        verdicts: tuple[diagnosis.Verdict, diagnosis.Verdict],
        circuit: int,
        since: float,
        at: float,
        seen: Judgement,
        running: frozenset[str],
    ) -> list[Anomaly]:
        """Two anomalies: what moved is known from now on, each part of it explained by one of them."""
        first, second = verdicts
        opened = [
            self._cases.open(first, circuit, since, at, seen, running),
            self._cases.open(second, circuit, since, at, seen, running, base=first.moved),
        ]
        departure, _ = self._watch.evidence(at - JUST_NOW)
        for case in self._cases.standing[-2:]:
            self._watch.explain(case.claims, departure)
            case.settled = True
        return opened

    def _mere_noise(
        self, verdict: diagnosis.Verdict, crossed: NDArray[np.intp], since: float, seen: Judgement, waited: float
    ) -> bool:
        """Whether what crossed may yet turn out to be a noisy transmitter, whose residuals go both ways."""
        if waited > NOISY_AT_MOST or verdict.fault not in MAY_BE_NOISE or self._hearing.shifted(crossed, since, seen):
            return False
        suspects, tags = self._surroundings.suspects, self._model.binding.tags
        if verdict.fault not in SHAKES:
            return verdict.equipment in suspects
        # water that boils or foams is felt by more than one transmitter of its pump
        restless = [tags[tags.column(name)].equipment for name in suspects if name in tags.names]
        return restless.count(verdict.equipment) == 1

    def _heating(self) -> NDArray[np.bool_]:
        """(m,) channels that ailing bearings and couplings move a little: the power they take."""
        ailing = {anomaly.equipment for anomaly in self._surroundings.anomalies if anomaly.fault in RUBS}
        pumps = [i for i, pump in enumerate(self._model.pumps) if pump.id in ailing]
        heating: NDArray[np.bool_] = np.isin(self._channels.pump, pumps) & self._of_power
        return heating

    def _residuals(self, sample: Sample, seen: Judgement) -> Residuals:
        scale = self._channels.scale
        return Residuals(
            names=self._channels.names,
            value=sample.value * scale,
            expected=sample.expected * scale,
            sigma=seen.sigma * scale,
            z=seen.z,
            valid=seen.valid,
            why=self._reasons(seen.why),
        )

    def _reasons(self, why: NDArray[np.intp]) -> tuple[str, ...]:
        """Why each may not be judged, in words; the same tuple as long as nothing of it changes."""
        if why is not self._why and not np.array_equal(why, self._why):
            self._why, self._said = why, tuple(WHY[code] for code in why.tolist())
        return self._said
