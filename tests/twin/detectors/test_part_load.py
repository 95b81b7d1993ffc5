"""At part load a fault takes the same share of less head, and keeps its name."""

from __future__ import annotations

from twin.pipeline import Twin
from twin.plant.reading import read
from twin.plant.station import Words
from twin.simulation.plant import Plant
from twin.simulation.scenario import Happening, Scenario

START = 1_768_000_000.0
ONSET = 60.0  # s


def test_a_little_gas_in_a_slow_pump_is_named_as_gas() -> None:
    station = read()
    gas = Happening(at=ONSET, on="P202", fault="gas_ingress", severity="slight")
    run = Scenario(name=Words(en="gas"), duration_s=ONSET + 30.0, load=((0.0, 0.8),), happenings=(gas,))
    plant, twin = Plant(station, 1, START, run), Twin(station)
    found = [a for _ in range(int(ONSET) + 30) for a in twin.step(plant.step()).changed_anomalies]
    assert {anomaly.equipment for anomaly in found} == {"P202"}
    assert found[0].detected - START - ONSET <= 10.0
    assert found[-1].fault == "gas_ingress"


def test_a_flow_meter_that_is_far_off_in_slow_pumps_is_named_and_no_pump_blamed() -> None:
    station = read()
    wrong = Happening(at=ONSET, on="B4-FT-10203", fault="sensor_bias", severity="gross")
    run = Scenario(name=Words(en="meter"), duration_s=ONSET + 15.0, load=((0.0, 0.6),), happenings=(wrong,))
    plant, twin = Plant(station, 52, START, run), Twin(station)
    found = [a for _ in range(int(ONSET) + 15) for a in twin.step(plant.step()).changed_anomalies]
    assert {(anomaly.equipment, anomaly.fault) for anomaly in found} == {("B4-FT-10203", "sensor_bias")}
