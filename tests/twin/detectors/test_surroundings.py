"""What is watched beside the pump curves: machines that shake or warm, lines, supplies, rooms, transmitters."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.plant.station import Words
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario

START = 1_768_000_000.0
ONSET = 130.0  # s
CLASS_B = 60.0  # s
AT_ONCE: tuple[tuple[str, str, float], ...] = (
    ("misalignment", "P102", CLASS_B),
    ("bearing_de", "P203", CLASS_B),
    ("bearing_nde", "P201", CLASS_B),
    ("winding_overheating", "P103", CLASS_B),
    ("seal_leak", "P202", CLASS_B),
    ("makeup_loss", "MU", CLASS_B),
    ("water_quality", "WQ-R", 2 * CLASS_B),  # sampled once a minute, and five minutes in coming
    ("transformer_overtemperature", "ST1", CLASS_B),
    ("flood", "HALL-B", CLASS_B),
    ("fire", "ROOM-VFD", CLASS_B),
    ("gas", "ROOM-BAT", CLASS_B),
    ("intrusion", "ROOM-10KV", 3.0),
    ("sensor_noise", "B4-FT-30003A", CLASS_B),
)
"""Faults of different equipment, which have nothing to do with one another: all come in one run."""


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


def watched(station: Station, happenings: Sequence[Happening], seconds: float) -> list[Anomaly]:
    scenario = Scenario(name=Words(en="faults"), duration_s=seconds, happenings=tuple(happenings))
    plant, twin = Plant(station, 4, START, scenario), Twin(station)
    return [anomaly for _ in range(int(seconds)) for anomaly in twin.step(plant.step()).changed_anomalies]


def fault(name: str, on: str) -> Happening:
    return Happening(at=ONSET, on=on, fault=name, severity="clear")


@pytest.fixture(scope="module")
def many(station: Station) -> list[Anomaly]:
    return watched(station, [fault(name, on) for name, on, _ in AT_ONCE], ONSET + 2 * CLASS_B)


@pytest.mark.parametrize(("name", "equipment", "soon"), AT_ONCE)
def test_a_fault_beside_the_pump_curves_is_named_in_its_time(
    many: list[Anomaly], name: str, equipment: str, soon: float
) -> None:
    found = [anomaly for anomaly in many if (anomaly.fault, anomaly.equipment) == (name, equipment)]
    assert found, sorted({(anomaly.fault, anomaly.equipment) for anomaly in many})
    assert 0.0 <= found[0].detected - (START + ONSET) <= soon


def test_faults_all_over_the_station_are_as_many_anomalies_and_no_more(many: list[Anomaly]) -> None:
    assert {(a.fault, a.equipment) for a in many} == {(name, equipment) for name, equipment, _ in AT_ONCE}
    assert len({anomaly.id for anomaly in many}) == len(AT_ONCE)


@pytest.mark.parametrize(
    ("name", "on", "equipment", "soon"),
    [
        ("line_rupture", "LINE-SD", "LINE-SD", 3.0),
        ("line_leak", "LINE-SU", "LINE-SU", CLASS_B),
        ("upstream_trip", "supply", "LINE-SU", 10.0),  # five seconds on its way to the first chamber
        ("downstream_trip", "return", "LINE-RD", 10.0),
        ("low_flow", "supply", "MV302", 10.0),
    ],
)
def test_what_happens_to_a_line_is_told_from_what_happens_in_the_station(
    station: Station, name: str, on: str, equipment: str, soon: float
) -> None:
    anomalies = watched(station, [fault(name, on)], ONSET + min(soon, 40.0) + 5.0)
    assert [(anomaly.fault, anomaly.equipment) for anomaly in anomalies] == [(name, equipment)]
    assert anomalies[0].detected - (START + ONSET) <= soon


def test_what_a_broken_blade_shakes_is_its_consequence_and_no_anomaly_of_its_own(station: Station) -> None:
    anomalies = watched(station, [fault("broken_blade", "P103")], ONSET + 20.0)
    assert {(anomaly.fault, anomaly.equipment) for anomaly in anomalies} == {("broken_blade", "P103")}
