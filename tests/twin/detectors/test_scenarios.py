"""The scenarios that come with the program: each fault is named in time, ordinary operation raises nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.plant.station import Words
from twin.signals import TagTable
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario, load

START = 1_768_000_000.0
SOON = 10.0  # s
MINUTE = 60.0


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


def watched(station: Station, scenario: Scenario | str, seconds: float, seed: int) -> list[Anomaly]:
    plant, twin = Plant(station, seed, START, scenario), Twin(station)
    return [anomaly for _ in range(int(seconds)) for anomaly in twin.step(plant.step()).changed_anomalies]


@pytest.mark.parametrize("seed", [3, 11])
@pytest.mark.parametrize(
    "name",
    ["impeller_wear", "cavitation", "discharge_valve_partly_closed", "drive_trip", "sensor_bias", "strainer_clogging"],
)
def test_the_fault_of_a_scenario_is_named_within_ten_seconds_and_nothing_else(
    station: Station, name: str, seed: int
) -> None:
    (happening,) = load(name).happenings
    anomalies = watched(station, name, happening.at + 20.0, seed)
    assert anomalies, "nothing was found"
    first = anomalies[0]
    assert (first.fault, first.equipment) == (name, happening.on.removesuffix(".strainer"))
    assert first.detected - (START + happening.at) <= SOON
    assert {anomaly.id for anomaly in anomalies} == {first.id}


@pytest.mark.parametrize(("name", "seconds"), [("gas_ingress", 300), ("fire", 280)])
def test_one_fault_stays_one_anomaly_however_it_swings_and_whatever_it_stops(
    station: Station, name: str, seconds: float
) -> None:
    anomalies = watched(station, name, seconds, seed=5)
    assert {(anomaly.id, anomaly.fault) for anomaly in anomalies} == {(anomalies[0].id, name)}


def test_a_drive_that_trips_is_told_where_its_own_signal_does_not_come(station: Station) -> None:
    known = [column for column, tag in enumerate(station.tags) if tag.measures != "trip"]
    plant, twin = Plant(station, 5, START, "drive_trip"), Twin(station, TagTable(station.tags[c] for c in known))
    frames = [plant.step() for _ in range(80)]
    told = [
        anomaly
        for frame in frames
        for anomaly in twin.step(
            replace(frame, values=frame.values[known], quality=frame.quality[known])
        ).changed_anomalies
    ]
    assert [(anomaly.fault, anomaly.equipment) for anomaly in told] == [("drive_trip", "P102")]


def test_an_hour_with_ramps_and_rotations_raises_nothing(station: Station) -> None:
    happenings = (
        Happening(at=5 * MINUTE, on="supply", operation="flow", value=18_000),
        Happening(at=14 * MINUTE, on="supply", operation="flow", value=19_500),
        Happening(at=22 * MINUTE, on="supply", operation="rotate_duty", start="P104", stop="P102"),
        Happening(at=30 * MINUTE, on="return", operation="flow", value=18_500),
        Happening(at=38 * MINUTE, on="return", operation="rotate_duty", start="P204", stop="P201"),
        Happening(at=48 * MINUTE, on="return", operation="flow", value=19_500),
    )
    hour = Scenario(name=Words(en="an hour"), duration_s=60 * MINUTE, happenings=happenings)
    assert not watched(station, hour, hour.duration_s, seed=2)
