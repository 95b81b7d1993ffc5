"""Data reconciliation: what a transmitter that is not believed should say, by all others that know something of it.

A reading that is wrong by ``b`` moves the residuals it enters by ``M·b`` (:mod:`twin.detectors.signatures`), so that
its error follows from them by weighted least squares: ``b = (M W Mᵀ)⁻¹ M W r`` with the variance ``(M W Mᵀ)⁻¹``, which
is the reconciliation of balances and redundant gauges with that reading left out. A pump's own curve is asked last:
what it says of a reading it can no longer say of the pump.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from twin.detectors.channels import Channels
from twin.detectors.kinds import OK, RAMPING, STARTING, USED_UP, Sample
from twin.detectors.pump_residuals import REFERENCE_DENSITY
from twin.detectors.signatures import Library
from twin.plant.binding import GAUGES, METERS, or_zero
from twin.plant.model import PumpModel
from twin.signals import Floats, Frame, Quality, Tag
from twin.units import STANDARD_GRAVITY, scale_and_offset

ON_CURVE = frozenset({"head", "power", "efficiency"})
VOTES = frozenset({"header_pressure", "header_flow"})
STEADY = frozenset({"sensor_bias", "sensor_drift"})  # wrong by much the same amount from second to second
FARTHEST = 100.0  # % of rated: how wrong a reading is taken to be beforehand, one standard deviation
KNOWN = 2.5  # % of rated: a reading known less well than that is not replaced
NEAR = 5.0  # % of rated: what is put in its place farther off than that is first brought there, and judges nobody
CONSUMED = 0.25  # share of a residual that went into a reading without a signal of its own: it judges nobody else
FOLLOWED = 0.3  # share by which a reading without a signal of its own follows what the others say
LEAP = 4.0  # standard deviations of one sample beyond which that is another value, and followed at once
ASKED_EVERY = 30  # frames after which others are asked again of whom none knew anything
AVERAGED = 60.0  # samples over which a steady error is averaged
REPEATED = 0.25  # of the spread of one sample: what repeats does not average out
ALIKE = 2.0  # samples that tell as much as one that knows nothing of those before it
SURE = 2  # such samples in a row after which a steady error has become another one
ANEW = 4  # samples that the average is then worth
LATELY = 8.0  # samples that say how wrong it is now
REFERENCE = 30.0  # s after which a steady error is known well enough to see it grow
GROWN = 0.2  # of the error known then: a drift has grown by so much at least
NOTICEABLE = 0.5  # and by so many standard deviations of one sample
WEIGHED_FOR = 10.0  # s after an error was weighed anew in which it is not suspected to have changed again
BACK = 0.25  # of the largest error: one within that has gone
STILL_THERE = 0.5  # of the largest error: one beyond that has not
BACK_FOR = 60.0  # s for which it must be gone


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a transmitter should say, in its tag's unit, with one standard deviation, and what fault it is spared."""

    value: float
    sigma: float
    fault: str


@dataclass(frozen=True)
class _Point:
    """A reading that others know of: what it moves (m,), for each per cent of which it is so many of its units.

    ``sisters`` is whom it votes with: a vote of which more than one are left out is none.
    """

    moves: Floats
    unit: float
    sisters: str


@dataclass
class _Exclusion:
    """A reading that is not believed. All in the tag's unit but ``sigma``, which is one sample's. [% of rated]"""

    fault: str
    point: _Point
    value: float
    wrong: float = 0.0  # of what it says, averaged
    lately: float = 0.0
    largest: float = 0.0
    reference: float = np.nan
    samples: int = 0
    leaps: int = 0  # in a row
    sigma: float = np.inf
    speaks: bool = False  # a transmitter that loses samples, and has sent this one
    asked: int = 0  # frames since somebody else was asked in vain
    back_since: float = np.nan
    weighed_at: float = -np.inf
    begun: float = np.nan  # when its error was first weighed [s, POSIX]
    weighed: int = 0  # samples by which it was since

    @property
    def steady(self) -> bool:
        return self.fault in STEADY

    @property
    def share(self) -> float:
        """By which the average follows one sample."""
        return 1.0 / min(max(self.samples, 1), AVERAGED) if self.steady else FOLLOWED

    @property
    def mean_sigma(self) -> float:
        """Of the reconciled reading, by a mean of all samples or by one that follows the last. [% of rated]"""
        square = min(ALIKE * self.share, 1.0) if self.steady else self.share / (2.0 - self.share)
        return self.sigma * max(float(np.sqrt(square)), REPEATED)

    @property
    def known(self) -> bool:
        return self.sigma < KNOWN

    def put(self, said: float, good: float) -> None:
        """What is put in its place, now that it says this; ``good`` is what it said last."""
        self.speaks = self.fault == "sensor_dropout" and bool(np.isfinite(said))
        if self.speaks:
            self.value = said
        elif self.steady:
            self.value = said - self.wrong
        elif self.samples and not self.known:
            self.asked += 1
            self.value = good if self.asked % ASKED_EVERY == 0 else np.nan

    def take(self, at: float, error: float, sigma: float) -> None:
        """Take in by how much what was put in its place was wrong. [% of rated]"""
        self.sigma = sigma
        self.samples += 1
        if not self.known:
            return
        self.leaps = self.leaps + 1 if abs(error) > LEAP * sigma else 0
        error *= self.point.unit
        if not self.steady:
            self.value -= error * (1.0 if self.leaps else FOLLOWED)
            return
        self.lately += (self.wrong + error - self.lately) / min(self.samples, LATELY)
        if not self.leaps:
            self.wrong += error * self.share
        elif self.leaps >= SURE:
            self.wrong += error
            self.samples = min(self.samples, ANEW)
        self.largest = max(self.largest, abs(self.lately))
        self.weighed += 1
        self.begun = at if np.isnan(self.begun) else self.begun
        if np.isnan(self.reference) and at - self.begun >= REFERENCE and self.weighed >= LATELY:
            self.reference = self.lately
        left = abs(self.lately) / max(self.largest, 1e-12)
        if left > STILL_THERE:
            self.back_since = np.nan
        elif left < BACK and not self.back_since <= at:
            self.back_since = at

    @property
    def grows(self) -> bool:
        """Whether its error is larger than it was at first, as far as so many samples can say it."""
        if self.samples < LATELY:
            return False
        least = max(GROWN * abs(self.reference), NOTICEABLE * self.sigma * self.point.unit)
        return bool(min(abs(self.wrong), abs(self.lately)) > abs(self.reference) + least)


class Reconciliation:
    """Replaces the readings that are not believed, frame by frame, and says what they should be."""

    def __init__(self, model: PumpModel, channels: Channels, library: Library) -> None:
        self._points = _points(model, channels, library)
        names = [name.name for name in channels.names]
        self._own = np.array([name in ON_CURVE for name in names], dtype=bool)
        self._balances = np.array([name == "flow_balance" for name in names], dtype=bool)
        self._excluded: dict[int, _Exclusion] = {}
        self._columns = np.array(sorted(self._points), dtype=np.intp)
        self._good: Floats = np.full(len(model.binding.tags), np.nan)  # what each point last said

    def substitute(self, frame: Frame) -> Frame:
        """The frame as the model is to see it: what is not believed is replaced, or missing where nothing is known."""
        self._remember(frame)
        if not self._excluded:
            return frame
        values, quality = frame.values.copy(), frame.quality.copy()
        for column, exclusion in self._excluded.items():
            said = float(values[column]) if quality[column] < Quality.BAD else np.nan
            exclusion.put(said, float(self._good[column]))
            if not exclusion.speaks:
                values[column] = exclusion.value
                quality[column] = Quality.UNCERTAIN if np.isfinite(exclusion.value) else Quality.MISSING
        return replace(frame, values=values, quality=quality)

    def _remember(self, frame: Frame) -> None:
        said = frame.values[self._columns]
        good = np.isfinite(said)
        self._good[self._columns[good]] = said[good]

    def step(self, sample: Sample, departure: Floats, sigma: Floats, at: float) -> Sample:
        """The residuals as they may be judged: what went into a reading judges nothing else.

        ``departure`` (m,) is their value less the learned offset, ``sigma`` (m,) its spread. [% of rated]
        """
        found = [exclusion for exclusion in self._excluded.values() if not exclusion.speaks]
        if not found:
            return sample
        error, spread, used, leverage = self._errors(found, sample, departure, sigma)
        moves = _moves(found)
        for exclusion, one, its in zip(found, error.tolist(), spread.tolist(), strict=True):
            exclusion.take(at, one, its)
        follows = np.array([not exclusion.steady for exclusion in found])
        leaps = np.array([exclusion.leaps > 0 for exclusion in found])
        known = (spread < KNOWN) & ~(leaps & (~follows | (np.abs(error) > NEAR)))
        value = sample.value - np.where(follows & known, error, 0.0) @ moves
        doubt = np.array([e.sigma if not e.steady else e.mean_sigma for e in found])
        square = np.where(known, doubt, 0.0) ** 2
        # what a steady error was reckoned from shows how well it is known, too
        more = np.where(used, 0.0, (square * follows) @ moves**2) + (square * ~follows) @ moves**2
        consumed = used & (leverage > CONSUMED) & (moves[follows] != 0.0).any(axis=0)
        silenced = consumed | (moves[~known] != 0.0).any(axis=0)
        return replace(
            sample,
            value=value,
            unsteady=np.hypot(sample.unsteady, np.sqrt(more)),
            why=np.where(silenced & (sample.why == OK), USED_UP, sample.why),
        )

    def keep_to(self, disbelieved: Mapping[int, str]) -> NDArray[np.bool_]:
        """Believe all but these (columns and their faults); the channels (m,) that this concerns anew.

        Those whose error is steady must have been set aside before, for how large it is must be known.
        """
        concerned = np.zeros(len(self._own), dtype=bool)
        for column in [column for column in self._excluded if column not in disbelieved]:
            concerned |= self._excluded.pop(column).point.moves != 0.0
        for column, fault in disbelieved.items():
            if column in self._excluded:
                self._excluded[column].fault = fault
            elif column in self._points and fault not in STEADY:
                self._excluded[column] = _Exclusion(fault, self._points[column], float(self._good[column]))
                concerned |= self._points[column].moves != 0.0
        return concerned

    def set_aside(
        self, column: int, fault: str, sample: Sample, departure: Floats, sigma: Floats
    ) -> NDArray[np.bool_] | None:
        """Leave out a reading whose error is steady; the channels (m,) it moves, None where its error is not known."""
        if column not in self._points:
            return None
        new = _Exclusion(fault, self._points[column], np.nan)
        error, spread, _, _ = self._errors([*self._excluded.values(), new], sample, departure, sigma)
        new.sigma = float(spread[-1])
        if not new.known:
            return None
        new.wrong = new.lately = float(error[-1]) * new.point.unit
        new.largest = abs(new.wrong)
        new.samples = ANEW
        self._excluded[column] = new
        concerned: NDArray[np.bool_] = new.point.moves != 0.0
        return concerned

    @property
    def idle(self) -> bool:
        """Whether every reading is believed, as they mostly are: there is nothing to do."""
        return not self._excluded

    @property
    def steady(self) -> tuple[int, ...]:
        """Columns of the readings that are not believed for an error that stays."""
        return tuple(column for column, exclusion in self._excluded.items() if exclusion.steady)

    @property
    def weighing(self) -> NDArray[np.bool_]:
        """(m,) channels that tell how large an error is that is not well known yet: they must not learn it."""
        weighing = np.zeros(len(self._own), dtype=bool)
        for exclusion in self._excluded.values():
            if exclusion.steady and exclusion.samples < AVERAGED:
                weighing |= exclusion.point.moves != 0.0
        return weighing

    def weighed_lately(self, column: int, at: float) -> bool:
        """Whether it was learned anew a moment ago how large an error is."""
        return at - self._excluded[column].weighed_at < WEIGHED_FOR

    def weigh_anew(self, column: int, at: float) -> NDArray[np.bool_]:
        """Learn anew how large a steady error is, for it has become another; the channels (m,) that this concerns."""
        exclusion = self._excluded[column]
        exclusion.samples, exclusion.weighed_at = 0, at
        concerned: NDArray[np.bool_] = exclusion.point.moves != 0.0
        return concerned

    def excludes(self, column: int) -> bool:
        """Whether a reading is not believed."""
        return column in self._excluded

    def grows(self, column: int) -> bool:
        """Whether the error of a reading that is not believed has become larger."""
        return self._excluded[column].grows

    def returned(self, column: int, at: float) -> bool:
        """Whether a reading that is not believed has said for a while what it should."""
        return bool(at - self._excluded[column].back_since >= BACK_FOR)

    @property
    def told(self) -> Mapping[int, Reconciled]:
        """By column what is known of the readings that are not believed."""
        return {
            column: Reconciled(one.value, one.mean_sigma * abs(one.point.unit), one.fault)
            for column, one in self._excluded.items()
            if one.known and np.isfinite(one.value) and not one.speaks
        }

    def bridge_gap(self) -> None:
        """Let what comes follow nothing."""
        for exclusion in self._excluded.values():
            exclusion.back_since = np.nan

    def _errors(
        self, found: list[_Exclusion], sample: Sample, departure: Floats, sigma: Floats
    ) -> tuple[Floats, Floats, NDArray[np.bool_], Floats]:
        """Error and spread (s,) of readings [% of rated], which residuals (m,) were asked, and their leverage (m,)."""
        moves = _moves(found)
        moving = (sample.why == RAMPING) | ((sample.why == STARTING) & self._balances)
        usable = np.isfinite(departure) & ((sample.why == OK) | moving)
        used = usable & ~self._own & (moves != 0.0).any(axis=0)
        covariance, weight = _covariance(moves, used, sigma)
        unknown = np.diag(covariance) >= KNOWN**2
        if unknown.any():
            used |= usable & (moves[unknown] != 0.0).any(axis=0)
            covariance, weight = _covariance(moves, used, sigma)
        error = covariance @ (moves * weight) @ or_zero(departure)
        leverage = weight * np.einsum("sm,st,tm->m", moves, covariance, moves)
        return error, np.sqrt(np.diag(covariance)), used, leverage


def _moves(found: list[_Exclusion]) -> Floats:
    """(s, m) what readings that are left out move; nothing of those that are outvoted by nobody who is believed."""
    voting = Counter(exclusion.point.sisters for exclusion in found)
    rows = [e.point.moves * (not e.point.sisters or voting[e.point.sisters] == 1) for e in found]
    return np.array(rows)


def _covariance(moves: Floats, used: NDArray[np.bool_], sigma: Floats) -> tuple[Floats, Floats]:
    """(s, s) of the errors of readings, and the weights (m,) of the residuals."""
    weight = used / sigma**2
    precision = (moves * weight) @ moves.T + np.eye(len(moves)) / FARTHEST**2
    covariance: Floats = np.linalg.inv(precision).astype(np.float64)
    return covariance, weight


def _points(model: PumpModel, channels: Channels, library: Library) -> dict[int, _Point]:
    """By column: every reading that some residual knows of."""
    binding = model.binding
    moves: dict[str, Floats] = {}
    for circuit in library.circuits:
        for row, moved in zip(circuit.rows, circuit.moves, strict=True):
            if row.sensor:
                moves[row.equipment] = moves.get(row.equipment, 0.0) + moved
    voters = {name.tag for name in channels.names if name.name in VOTES}
    found = {}
    for column, per_cent in _per_cents(model, channels).items():
        tag = binding.tags[column]
        sisters = _sisters(tag) if tag.name in voters else ""
        if tag.name in moves:
            found[column] = _Point(moves[tag.name], per_cent / scale_and_offset(tag.unit)[0], sisters)
    return found


def _sisters(tag: Tag) -> str:
    """A name for all who measure the same of a header: three gauges of one side, all meters of both."""
    return f"{tag.equipment} {'flow' if tag.measures in METERS else tag.measures[:-2]}"


def _per_cents(model: PumpModel, channels: Channels) -> dict[int, float]:
    """By column: one per cent of what a reading is reckoned of, SI."""
    binding = model.binding
    pressure = REFERENCE_DENSITY * STANDARD_GRAVITY * model.rated_head
    drive = np.array([pump.drive.efficiency if pump.drive else 1.0 for pump in model.pumps])
    circuit_pressure = [pressure[binding.circuit_of == c].mean() for c in range(len(binding.circuits))]
    rated = {
        "pump_flow": model.rated_flow,
        "discharge_pressure": pressure,
        "suction_pressure": pressure,
        "inlet_strainer_differential_pressure": pressure,
        "shaft_speed": model.rated_speed,
        "frequency_output": model.rated_hz,
        "motor_active_power": model.rated_power,
        "feeder_power": model.rated_power / drive,
    }
    found: dict[int, float] = {}
    for measure, of in rated.items():
        found |= dict(zip(binding.column(measure).tolist(), (of / 100.0).tolist(), strict=True))
    for measures, of_circuit in ((GAUGES, np.array(circuit_pressure)), (METERS, channels.circuit_flow)):
        for measure in measures:
            columns = binding.header_column(measure).tolist()
            found |= dict(zip(columns, (of_circuit / 100.0).tolist(), strict=True))
    found.pop(-1, None)
    return found
