"""Seals that leak are told by their flush and their chambers, whatever the water of the circuit does to all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.twin.detectors.plant import START, Plant
from twin.detectors.anomaly import Anomaly
from twin.detectors.seals import FLUSH, Seals
from twin.pipeline import Twin
from twin.plant.model import PumpModel
from twin.plant.reading import Station, read
from twin.signals import Frame

LEARNS = 200  # s
P102 = "P102"


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


class Sealed:
    """The station of :class:`tests.twin.detectors.plant.Plant` with seals."""

    def __init__(self, station: Station) -> None:
        self._plant, self._station = Plant(station, 3), station
        self.flush, self.warmth, self.all_warmer = 13.0, 55.0, 0.0
        self._chance = np.random.default_rng(5)

    def run(self, seconds: int) -> Iterator[Frame]:
        for frame in self._plant.run(seconds):
            for pump in self._station.pumps:
                ours = pump.id == P102
                readings = {
                    "seal_flush_flow": (self.flush if ours else 12.5) + self._noise(),
                    "seal_chamber_temperature_de": (self.warmth if ours else 57.0) + self.all_warmer + self._noise(),
                    "seal_chamber_temperature_nde": 54.0 + self.all_warmer + self._noise(),
                }
                for measures, value in readings.items():
                    column = self._station.tags.measuring(pump.id, measures)
                    assert column is not None
                    frame.values[column] = value
            yield frame

    def _noise(self) -> float:
        return float(0.1 * self._chance.standard_normal())


def told(twin: Twin, frames: Iterator[Frame]) -> list[Anomaly]:
    return [anomaly for frame in frames for anomaly in twin.step(frame).changed_anomalies]


def test_a_seal_that_takes_more_flush_leaks(station: Station) -> None:
    plant, twin = Sealed(station), Twin(station)
    assert told(twin, plant.run(LEARNS)) == []
    plant.flush = 20.0
    (anomaly,) = told(twin, plant.run(40))
    assert (anomaly.fault, anomaly.equipment) == ("seal_leak", P102)
    assert anomaly.evidence[0].residual == "seal_flush_flow"
    assert anomaly.evidence[0].value == pytest.approx(7.0, abs=0.5)


def test_a_chamber_that_warms_beside_its_sisters_has_a_leaking_seal(station: Station) -> None:
    plant, twin = Sealed(station), Twin(station)
    assert told(twin, plant.run(LEARNS)) == []
    plant.warmth += 12.0
    (anomaly,) = told(twin, plant.run(40))
    assert (anomaly.fault, anomaly.equipment) == ("seal_leak", P102)
    assert anomaly.evidence[0].residual == "seal_chamber_temperature_de"


def test_warmer_water_warms_all_chambers_and_is_no_leak(station: Station) -> None:
    plant, twin = Sealed(station), Twin(station)
    told(twin, plant.run(LEARNS))
    plant.all_warmer = 15.0
    assert told(twin, plant.run(60)) == []


def test_a_pump_that_is_flushed_only_while_it_runs_does_not_leak_when_it_starts(station: Station) -> None:
    watcher, standby = Seals(PumpModel(station), station.tags), [pump.id for pump in station.pumps].index("P104")
    column = station.tags.measuring("P104", FLUSH)
    assert column is not None
    told = []
    for second in range(0, 900, 3):
        values = np.full(len(station.tags) + 1, np.nan)
        values[column] = 12.0 if second >= 285 else 0.0  # it is opened a little before the pump turns
        running = np.arange(len(station.pumps)) == (standby if second >= 300 else -1)
        told += watcher.step(START + second, values, running)
    assert told == []
