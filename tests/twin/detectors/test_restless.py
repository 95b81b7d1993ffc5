"""A noisy transmitter is told by the jerks of its signal, whatever has been missing before."""

from __future__ import annotations

import numpy as np
import pytest

from twin.detectors.motion import Motion
from twin.detectors.restless import Restless
from twin.plant.model import PumpModel
from twin.plant.reading import read
from twin.simulation.plant import Plant

TAG = "B4-FT-30003A"
NOISY = 60  # s


@pytest.mark.parametrize("quiet", [60, 130])
@pytest.mark.parametrize("lost", [False, True])
def test_noise_is_told_of_the_noisy_one_alone_also_early_and_after_samples_were_lost(lost: bool, quiet: int) -> None:
    station = read()
    model, plant = PumpModel(station), Plant(station, seed=5, start=1_768_000_000.0)
    restless, motion = Restless(station, model), Motion(model)
    column, chance = station.tags.column(TAG), np.random.default_rng(0)
    told: set[str] = set()
    for second in range(quiet + NOISY):
        frame = plant.step()
        values = frame.values.copy()
        if lost and second == quiet // 2:
            values[:] = np.nan
        if second >= quiet:
            values[column] *= 1.0 + 0.1 * chance.standard_normal()
        state = model.step(frame)
        told |= {sign.equipment for sign in restless.step(frame.at, values, state, motion.step(state))}
        assert second >= quiet or not told
    assert told == {TAG}
