"""Two faults of one pump are two anomalies, whether they begin together or one after the other."""

from __future__ import annotations

import pytest

from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.plant.station import Words
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario

START = 1_768_000_000.0
ONSET = 60.0  # s
SOON = 12.0  # s


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


def watched(station: Station, first: tuple[str, str], second: tuple[str, str], apart: float) -> list[Anomaly]:
    happenings = tuple(
        Happening(at=at, on=on, fault=fault, severity="clear", shape="step")
        for at, (fault, on) in ((ONSET, first), (ONSET + apart, second))
    )
    seconds = ONSET + apart + 2.0 * SOON
    scenario = Scenario(name=Words(en="two"), duration_s=seconds, happenings=happenings)
    plant, twin = Plant(station, 2, START, scenario), Twin(station)
    return [anomaly for _ in range(int(seconds)) for anomaly in twin.step(plant.step()).changed_anomalies]


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        (("impeller_wear", "P102"), ("phase_imbalance", "P102"), 35.0),
        (("sensor_bias", "B4-FT-10203"), ("wear_ring_clearance", "P102"), 35.0),
        (("impeller_wear", "P102"), ("phase_imbalance", "P102"), 0.0),
        (("impeller_wear", "P101"), ("impeller_wear", "P103"), 5.0),
    ],
)
def test_two_faults_are_two_anomalies(
    station: Station, first: tuple[str, str], second: tuple[str, str], apart: float
) -> None:
    anomalies = watched(station, first, second, apart)
    found = {(anomaly.fault, anomaly.equipment): anomaly for anomaly in anomalies}
    assert set(found) == {first, second}
    assert len({anomaly.id for anomaly in anomalies}) == 2
    assert found[second].detected - (START + ONSET + apart) <= SOON


def test_a_fault_that_grows_stays_one_anomaly(station: Station) -> None:
    growing = Happening(at=ONSET, on="P102", fault="impeller_wear", severity="gross", shape="ramp", ramp_s=60.0)
    scenario = Scenario(name=Words(en="growing"), duration_s=150.0, happenings=(growing,))
    plant, twin = Plant(station, 2, START, scenario), Twin(station)
    anomalies = [anomaly for _ in range(150) for anomaly in twin.step(plant.step()).changed_anomalies]
    assert {anomaly.id for anomaly in anomalies} == {1}
    assert anomalies[-1].fault == "impeller_wear"
