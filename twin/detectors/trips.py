"""Trips of drives and motors: told by a digital signal, or by speed that collapses while it is still asked for."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from twin.plant.binding import or_zero
from twin.plant.model import PlantState, PumpModel
from twin.signals import Floats

WATCHED = 4.0  # s over which a collapse of speed is looked for
SPARSE = 15.0  # s that a frame may lie before this one and still be what was a moment ago, where none is nearer
COLLAPSED = 0.7  # of the speed a moment ago; a drive on its ramp loses 1 % a second
TURNED = 0.3  # of rated speed: less than that cannot collapse
DRAWN = 0.7  # of the power a moment ago; a pump that lost so much speed needs half of it at most
ASKED = 0.5  # of the speed lost that the set-point still asks for; one that is run down asks for what it has
RECENTLY = 10.0  # s since it ran within which a signal means that the running pump tripped


class Trips:
    """Which pumps have tripped, from frame to frame."""

    def __init__(self, model: PumpModel) -> None:
        n = len(model.pumps)
        self._rated_hz = model.rated_hz
        self._moments: deque[tuple[float, Floats, Floats]] = deque()
        self._signalled: NDArray[np.bool_] | None = None
        self._ran: Floats = np.full(n, -np.inf)
        self.standing: NDArray[np.bool_] = np.zeros(n, dtype=bool)

    def step(self, state: PlantState) -> NDArray[np.bool_]:
        """(n,) the pumps that tripped just now.

        ``standing`` are those that have not run since.
        """
        at = state.measured.at
        of = state.measured.of
        signalled = np.fmax(of("trip"), of("protection_trip")) > 0.5
        told = signalled & ~(signalled if self._signalled is None else self._signalled)
        self._signalled = signalled
        runs = state.running & ~signalled
        self._ran[runs] = at
        collapsed = self._collapsed(at, state)
        new = told | collapsed
        if np.count_nonzero(new):
            # a drive that can say that it tripped and does not was stopped; a relay's silence tells nothing of it
            collapsed &= np.isnan(of("trip")) | state.running
            new = ((told & (at - self._ran < RECENTLY)) | collapsed) & ~self.standing
        if np.count_nonzero(self.standing):
            self.standing &= ~(runs & (state.speed > TURNED) & ~self._runs_down(state))
        self.standing |= new
        return new

    def _runs_down(self, state: PlantState) -> NDArray[np.bool_]:
        """(n,) whose speed is still on its way down: a running signal may last until the rotor has come to rest."""
        fastest = np.max([speed for _, speed, _ in self._moments], axis=0)
        runs_down: NDArray[np.bool_] = state.measured_speed < COLLAPSED * fastest
        return runs_down

    @property
    def lost(self) -> Floats:
        """(n,) what speed went in the last seconds. [rated]"""
        return or_zero(self._moments[0][1] - self._moments[-1][1])

    def bridge_gap(self) -> None:
        """Forget how fast the pumps turned a moment ago, for it was none."""
        self._moments.clear()
        self._ran[:] = -np.inf

    def _collapsed(self, at: float, state: PlantState) -> NDArray[np.bool_]:
        """Whose measured speed fell faster than any drive lets it, while the set-point still asks for it.

        Where as much power is drawn as a moment ago, it is the measurement that fell.
        """
        while len(self._moments) > 1 and at - self._moments[0][0] > WATCHED:
            self._moments.popleft()
        if self._moments and at - self._moments[0][0] > SPARSE:
            self._moments.clear()
        self._moments.append((at, state.measured_speed, state.power))
        _, before, drawn = self._moments[0]
        fallen: NDArray[np.bool_] = (before > TURNED) & (state.measured_speed < COLLAPSED * before)
        if np.count_nonzero(fallen):
            asked = state.measured.of("frequency_setpoint") / self._rated_hz
            fallen &= asked - state.measured_speed > ASKED * (before - state.measured_speed)
            fallen &= ~(state.power > DRAWN * drawn)
        return fallen
