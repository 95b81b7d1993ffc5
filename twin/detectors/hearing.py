"""What is heard of a circuit: the evidence of its channels since a time, and what would explain it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors import diagnosis
from twin.detectors.cases import Case, Cases
from twin.detectors.channels import Channels
from twin.detectors.first_look import FirstLook
from twin.detectors.pump_residuals import NO_FLOW
from twin.detectors.signatures import Library
from twin.detectors.watch import LATELY, Judgement, Watch
from twin.plant.model import PlantState, PumpModel
from twin.signals import Floats

RESTLESS = 2.0  # times its usual swing, from which a channel's sums cross by themselves
BEYOND_SWING = 2.0  # of that swing by which the mean of the last samples must differ to be something new
OWN_CHANGE = 0.3  # of what a fault moves that it may come to move more or less, and be the same fault
MEAN_OF_SOME = 0.6  # spread of a mean of a few samples over that of one
MEAN_OF_MANY = 0.25  # and of however many: what repeats does not average out
SWINGS_KNOWN = 4  # samples that say how far a channel swings, and so how well its mean is known
NO_NOISE = 3.0  # swings by which the mean of some samples is off: that is no noise
OF_FEW = (np.inf, np.inf, 225.0, 12.9, 5.1, 3.2)  # the same of so many samples: Student's t of one in a thousand
WITNESSES = ("vibration", "envelope", "head", "power", "speed_tracking")
SHAKES = frozenset({"cavitation", "gas_ingress"})
SWINGS = SHAKES | {"unknown"}


class Hearing:
    """Gathers evidence from those who watch the channels (m,), and has it weighed.

    ``basis`` (m,) is what the errors of the newest sample grow with, over rated.
    """

    def __init__(
        self,
        model: PumpModel,
        channels: Channels,
        library: Library,
        watch: Watch,
        first_look: FirstLook,
        cases: Cases,
    ) -> None:
        self._model = model
        self._channels = channels
        self._library = library
        self._watch = watch
        self._first_look = first_look
        self._cases = cases
        self._judged = np.array([kind.judged for kind in channels.kinds], dtype=bool)
        self._witnesses = {name: self._witness(name) for name in WITNESSES}
        self.basis: Floats = np.ones(len(channels))

    def verdict(
        self, circuit: int, since: float, state: PlantState, seen: Judgement, case: Case | None
    ) -> diagnosis.Verdict:
        """What a circuit suffers from: of a new case, or of one that stands."""
        hypotheses = self._library.at(circuit, state)
        evidence = self.evidence(since, state, seen, case)
        held = diagnosis.opinion(hypotheses, evidence)
        if case is not None:
            held = self._cases.weigh(case, held)
        return diagnosis.verdict(hypotheses, evidence, held, state.pumps)

    def pair(
        self, circuit: int, since: float, state: PlantState, seen: Judgement
    ) -> tuple[diagnosis.Verdict, diagnosis.Verdict] | None:
        """Two faults that began together, where no single one explains what is seen."""
        return diagnosis.pair(self._library.at(circuit, state), self.evidence(since, state, seen, None))

    def evidence(
        self,
        since: float,
        state: PlantState,
        seen: Judgement,
        case: Case | None,
        known: Floats | None = None,
        raised: NDArray[np.bool_] | None = None,
    ) -> diagnosis.Evidence:
        """What is seen since a time, without what other cases explain and without what is ``known`` (m,)."""
        departure, count = self._watch.evidence(since)
        known = case.base if known is None and case is not None else known
        departure = departure if known is None else departure - known
        of_mean = np.clip(np.sqrt(2.0 / np.maximum(count, 1)), MEAN_OF_MANY, MEAN_OF_SOME)
        built = np.where(self._first_look.held, 1.0, of_mean)  # how it was built does not average out
        swing = np.where(count >= SWINGS_KNOWN, self._watch.scatter(since) / np.sqrt(np.maximum(count, 1)), 0.0)
        others = np.zeros(len(self._channels), dtype=bool)
        for other in self._cases.standing:
            if other is not case and (case is None or other.pump != case.pump):
                others |= other.claims
        look, seen_before = self._first_look, self._watch.seen
        shaken = look.against_sisters(departure, self._watch.offsets.value, seen_before, "vibration", "envelope")
        steps = np.log(self._watch.usual_step)
        restless = look.against_sisters(self._watch.restlessness(), steps, seen_before, "head", "power")
        with np.errstate(divide="ignore", invalid="ignore"):
            npsh = state.npsh_available / state.npsh_required
        return diagnosis.Evidence(
            departure=departure,
            sigma=np.maximum(built * seen.sigma, swing),
            usable=seen.valid & ~others & self._judged,
            raised=raised if raised is not None else case.claims if case is not None else seen.crossed & ~others,
            basis=self.basis,
            vibration=self._told("vibration", shaken) / 100.0,
            envelope=self._told("envelope", shaken) / 100.0,
            noise=np.fmax(self._told("head", restless), self._told("power", restless)),
            npsh=npsh,
            flows=~(np.abs(state.flow) < NO_FLOW * self._model.rated_flow),
        )

    def of_itself(self, case: Case, at: float, seen: Judgement) -> NDArray[np.bool_]:
        """(m,) channels whose sums cross by what a fault does by itself: it swings, and is never quite constant.

        Water that boils shakes all that its pump moves, any other fault what it has moved itself.
        """
        swinging = np.ones_like(case.claims) if case.fault in SWINGS else case.size != 0.0
        departure, _ = self._watch.evidence(at - LATELY)
        known = self._watch.explained
        with np.errstate(invalid="ignore"):
            swing = np.exp(self._watch.restlessness())
            swings = np.where(swinging & (swing > RESTLESS), BEYOND_SWING * swing * seen.sigma, 0.0)
            own = np.where(known != 0.0, np.maximum(OWN_CHANGE * np.abs(known), seen.sigma), 0.0)
            of_itself: NDArray[np.bool_] = np.abs(departure - known) <= np.maximum(swings, own)
        return of_itself

    def shifted(self, channels: NDArray[np.intp], since: float, seen: Judgement) -> bool:
        """Whether one of some channels is further off than its samples swing: noise alone has a mean near nothing."""
        departure, count = self._watch.evidence(since)
        enough = np.append(OF_FEW, NO_NOISE)[np.minimum(count[channels], len(OF_FEW))]
        with np.errstate(invalid="ignore"):
            swing = np.fmax(np.exp(self._watch.restlessness()[channels]), 1.0) * seen.sigma[channels]
            swing = np.maximum(swing, self._watch.scatter(since)[channels])
            return bool((np.abs(departure[channels]) > enough * swing).any())

    def spread(self, name: str, pump: int) -> float:
        """Standard deviation of one healthy sample of a pump's residual. [% of rated]"""
        return float(self._watch.spread(self._witnesses[name][pump]))

    def _witness(self, name: str) -> NDArray[np.intp]:
        """(n,) the channel of a residual for each pump, -1 where it has none."""
        found = np.full(len(self._model.pumps), -1, dtype=np.intp)
        channels = self._channels.of(name)
        found[self._channels.pump[channels]] = channels
        return found

    def _told(self, name: str, values: Floats) -> Floats:
        """(n,) what a residual says for each pump."""
        where = self._witnesses[name]
        return np.where(where >= 0, values[where], np.nan)
