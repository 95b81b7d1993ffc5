"""What CJJ/T 34-2022 chapter 13 asks of control, sentence by sentence, shown by the plant's own water and machines.

Limits are moved to where this plant's waves come, so that nothing is told to a transmitter. What a desk without a plant
shows of the same laws stands in test_control and test_protection.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from tests.twin.simulation.stations import START, column, plant, reference, run
from twin.commands import Disturb, Operate
from twin.paths import REFERENCE_STATION
from twin.plant.reading import Station, parse
from twin.signals import Frame
from twin.simulation.plant import Plant

SUPPLY, RETURN = ("P101", "P102", "P103"), ("P201", "P202", "P203")
FLOW = tuple(f"B4-FT-300{number}" for number in ("03A", "03B", "13A", "13B"))  # all meters of the supply headers
INLET, OUTLET = (tuple(f"B4-PT-300{side}1{letter}" for letter in "ABC") for side in (0, 1))
REMOTE = ("B4-PT-50601", "B4-PT-50602")
KEPT = 'control = "flow"\nset_point = 19500'


@cache
def altered(*changes: tuple[str, str]) -> Station:
    """The reference station, in which something else is written once."""
    text = REFERENCE_STATION.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return parse(text, REFERENCE_STATION)


def keeping(mode: str, set_point: float) -> Station:
    return altered((KEPT, f'control = "{mode}"\nset_point = {set_point}'))


def disturbed(of_plant: Plant, fault: str, on: str, severity: str = "gross") -> None:
    of_plant.disturb(Disturb(fault, on, "test", START, severity, shape="step"))


def notes(frames: list[Frame], subject: str) -> list[str]:
    return [event.text.en for frame in frames for event in frame.events if event.subject == subject]


def last_on(frames: list[Frame], pump: str) -> int:
    """The second in which a pump ran last."""
    return int(np.flatnonzero(column(frames, pump, "running"))[-1])


# --- 13.1.5: the last value on loss of signal ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "set_point", "signals"),
    [
        ("flow", 19_500, FLOW),
        ("suction_pressure", 0.63, INLET),
        ("discharge_pressure", 1.28, OUTLET),
        ("pressure_difference", 0.16, REMOTE),
    ],
)
def test_on_loss_of_its_signal_control_holds_its_output_until_it_is_back(
    mode: str, set_point: float, signals: tuple[str, ...]
) -> None:
    of_plant = Plant(keeping(mode, set_point), 3, START)
    run(of_plant, 15)
    for tag in signals:
        of_plant.disturb(Disturb("sensor_dropout", tag, "test", START, "gross", lasts_s=25.0))
    disturbed(of_plant, "upstream_trip", "supply", "slight")  # something that control would answer
    frames = run(of_plant, 40)
    asked = column(frames, "VFD101", "frequency_setpoint")
    lost = slice(2, 24)
    assert np.ptp(asked[lost]) == 0.0
    assert np.ptp(asked[26:]) > 0.0
    said = [event.text.en for frame in frames for event in frame.events if event.kind == "notice"]
    assert [text.rpartition(" ")[2] for text in said] == ["held", "back"]


# --- 13.3.4: over-pressure of both headers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interlock", "limit", "fault", "on", "duty"),
    [
        ("supply-inlet-high", 0.75, "drive_trip", ("P101", "P102"), SUPPLY),
        ("supply-outlet-high", 1.4, "downstream_trip", ("supply",), SUPPLY),
        ("return-inlet-high", 0.6, "drive_trip", ("P201", "P202"), RETURN),
        ("return-outlet-high", 1.28, "downstream_trip", ("return",), RETURN),
    ],
)
def test_over_pressure_of_either_header_takes_off_its_circuit_within_its_hold(
    interlock: str, limit: float, fault: str, on: tuple[str, ...], duty: tuple[str, ...]
) -> None:
    of_plant = Plant(with_limit(interlock, limit), 3, START)
    run(of_plant, 10)
    for each in on:
        disturbed(of_plant, fault, each)
    frames = run(of_plant, 45)
    header, side = interlock.upper().split("-")[0], interlock.split("-")[1]
    pressure = np.median([column(frames, header, f"{side}_pressure_{letter}") for letter in "abc"], axis=0)
    broken = int(np.flatnonzero(pressure > limit)[0])
    for pump in set(duty) - set(on):
        assert broken + 1 <= last_on(frames, pump) <= broken + 4  # two seconds, and the scan
        assert any("over-pressure" in text for text in notes(frames, pump))
    untouched = RETURN if duty is SUPPLY else SUPPLY
    assert all(column(frames, pump, "running").all() for pump in untouched)


def with_limit(interlock: str, above: float) -> Station:
    """The reference station, one interlock of which has another limit."""
    file = reference().file
    rules = tuple(
        rule.model_copy(update={"above": above}) if rule.id == interlock else rule for rule in file.interlocks
    )
    return replace(reference(), file=file.model_copy(update={"interlocks": rules}))


# --- suction and minimum flow ----------------------------------------------------------------------------------------


def test_suction_that_stays_too_low_takes_its_pumps_off_after_five_seconds() -> None:
    of_plant = Plant(altered(("least_suction_mpa = 0.35\n", "")), 3, START)
    run(of_plant, 5)
    disturbed(of_plant, "upstream_trip", "supply")
    frames = run(of_plant, 60)
    for pump in SUPPLY:
        low = column(frames, pump, "suction_pressure") < 0.3
        off = last_on(frames, pump)
        assert low[off - 4 : off + 1].all()
        assert "taken off by interlock: suction pressure low" in notes(frames, pump)


def test_too_little_flow_for_half_a_minute_takes_a_pump_off() -> None:
    of_plant = plant()
    run(of_plant, 5)
    disturbed(of_plant, "check_valve_stuck_closed", "P201")
    frames = run(of_plant, 45)
    little = int(np.flatnonzero(column(frames, "P201", "pump_flow") < 1950.0)[0])
    assert last_on(frames, "P201") - little in (29, 30, 31)
    assert "taken off by interlock: flow below minimum" in notes(frames, "P201")


def test_a_pump_that_shakes_is_taken_off_after_ten_seconds() -> None:
    of_plant = plant()
    run(of_plant, 5)
    disturbed(of_plant, "broken_blade", "P202")
    frames = run(of_plant, 30)
    points = [tag.measures for tag in reference().tags if tag.equipment == "P202" and "vibration" in tag.measures]
    worst = np.max([column(frames, "P202", point) for point in points], axis=0)
    beyond = int(np.flatnonzero(worst > 9.5)[0])
    assert last_on(frames, "P202") - beyond in (9, 10, 11)
    assert "taken off by interlock: vibration" in notes(frames, "P202")


# --- 13.3.2: the standby ---------------------------------------------------------------------------------------------


def test_a_pump_that_stopped_starts_again_only_after_its_inhibit_time_and_then_with_a_ramp() -> None:
    of_plant = plant()
    run(of_plant, 3)
    of_plant.operate(Operate("stop", "P203", "operator", START))
    frames = run(of_plant, 150)
    stopped = last_on(frames, "P203")
    of_plant.operate(Operate("start", "P203", "operator", START))
    refused = next(text for text in notes(run(of_plant, 2), "P203") if "refused" in text)
    assert refused.startswith("start refused: it stopped just now; wait ")
    wait = int(refused.split()[-2])
    assert wait == pytest.approx(120 - (len(frames) - stopped), abs=3)
    run(of_plant, wait)
    of_plant.operate(Operate("start", "P203", "operator", START))
    started = run(of_plant, 40)
    speed = column(started, "P203", "shaft_speed")
    assert column(started, "P203", "running")[-1] == 1.0
    assert np.diff(speed).max() < 1.05 * 0.5 / 50.0 * 990.0 + 0.5  # the drive's 0.5 Hz/s
    assert np.diff(column(started, "P203", "discharge_valve_position")).max() < 2.0  # 60 s from shut to open
