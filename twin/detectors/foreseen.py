"""What was reckoned of frames before they were judged: many at once cost little more than one.

Residuals depend on what a frame says and on how the pumps have moved, and on nothing that is found meanwhile, so that
those of a whole block can be reckoned before its first frame is judged. That holds only while the frames come as they
were foreseen: where a reading is replaced, or time does not go on, what was reckoned of the rest is thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from twin.detectors.kinds import Sample
from twin.detectors.motion import Motion, Moves
from twin.plant.model import PlantState


@dataclass
class Foreseen:
    """Of frames in a row: where the plant stands in each, what moved and what is left; ``motion`` is that after all."""

    states: Sequence[PlantState]
    moves: Sequence[Moves]
    samples: Sequence[Sample]
    motion: Motion
    taken: int = 0

    def take(self, state: PlantState) -> tuple[Moves, Sample] | None:
        """What was foreseen of a state; None where another one comes, or all have come."""
        row = self.taken
        if row == len(self.states) or self.states[row] is not state:
            return None
        self.taken += 1
        return self.moves[row], self.samples[row]

    def motion_so_far(self, before: Motion) -> Motion:
        """How the pumps have moved by the frames that came, from what it was ``before``."""
        if self.taken == len(self.states):
            return self.motion
        for state in self.states[: self.taken]:
            before.step(state)
        return before
