"""A state whose sample is lost stands as it stood, but not for ever."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.twin.detectors.plant import Plant
from twin.detectors.holding import HELD, Holding
from twin.plant.binding import Binding
from twin.plant.reading import read
from twin.signals import Quality

STATION = read()
BINDING = Binding(STATION)
RUNNING = int(BINDING.column("running")[0])


def test_a_pump_whose_running_signal_is_lost_for_a_second_still_runs() -> None:
    holding, plant = Holding(BINDING), Plant(STATION, 1)
    holding.step(plant.frame())
    frame = plant.frame()
    frame.values[RUNNING] = np.nan
    held = holding.step(frame)
    assert held.values[RUNNING] > 0.5
    assert held.quality[RUNNING] == Quality.UNCERTAIN
    assert np.isnan(frame.values[RUNNING])  # what came is kept


def test_a_running_signal_that_stays_away_is_missing() -> None:
    holding, plant = Holding(BINDING), Plant(STATION, 1)
    holding.step(plant.frame())
    for second in range(int(HELD) + 5):
        frame = plant.frame()
        frame.values[RUNNING] = np.nan
        assert np.isfinite(holding.step(frame).values[RUNNING]) == (second + 1 < HELD)


def test_a_frame_in_which_nothing_is_lost_is_left_as_it_is() -> None:
    holding, plant = Holding(BINDING), Plant(STATION, 1)
    frame = plant.frame()
    assert holding.step(frame) is frame
    lost = replace(frame, at=frame.at + 1, values=np.full(len(frame.values), np.nan))
    assert np.isfinite(holding.step(lost).values[RUNNING])
