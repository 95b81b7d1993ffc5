"""Every fault by a command while the plant runs, elsewhere than in its own scenario, and mended; all on record."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from tests.twin.simulation.stations import START, plant, reference, run
from twin.commands import Disturb, Mend
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Event, Floats, Frame
from twin.simulation.effects import Effects
from twin.simulation.faults import FAULTS, Severity
from twin.simulation.layout import Layout, layout_of
from twin.simulation.onset import Shape
from twin.simulation.places import places
from twin.simulation.plant import PlantState
from twin.simulation.scenario import load
from twin.sources.simulated import Simulated

SETTLED, ILL, WELL = 10, 7, 3  # s
LONGER = {
    "upstream_trip": 30,
    "downstream_trip": 30,
    "water_quality": 60,
    "gas": 12,
}  # until its wave or a report comes
AT_REST = ("check_valve_stuck_open",)
ALONE = ("makeup_loss",)  # there is but one make-up plant


@cache
def layout() -> Layout:
    return layout_of(reference())


@cache
def settled() -> tuple[Simulated, PlantState]:
    source = Simulated(plant())
    run(source.plant, SETTLED)
    return source, source.plant.state()


def elsewhere(fault: str) -> str:
    """Something at work that its own scenario does not name: the last of them."""
    known = places(layout(), FAULTS[fault].befalls)
    usual = {known[one.on] for one in load(fault).happenings if one.fault == fault}
    resting = {pump.id for pump in reference().pumps if pump.standby}
    if FAULTS[fault].befalls in ("pump", "strainer"):
        pumps = [pump.id for pump in reference().pumps if (pump.id in resting) == (fault in AT_REST)]
        return next(name for name in reversed(pumps) if known[name] not in usual)
    if "tag" in FAULTS[fault].befalls:
        return next(name for name in ("B4-PT-20202", "B4-FT-20103") if known[name] not in usual)
    return next((name for name in reversed(known) if known[name] not in usual), next(iter(known)))


def truth(frames: list[Frame]) -> list[Event]:
    return [event for frame in frames for event in frame.events if event.kind == "truth"]


def said(frames: list[Frame]) -> Floats:
    return np.array([frame.values for frame in frames])


@cache
def healthy(seconds: int) -> Floats:
    source, state = settled()
    source.plant.restore(state)
    return said(run(source.plant, seconds))


def effects(source: Simulated) -> Effects:
    """What acts at the plant's next second."""
    return source.plant._together.at(source.plant._state.ailments, source.plant._state.second)


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_fault_comes_by_command_where_it_never_was_and_is_mended(fault: str) -> None:
    source, state = settled()
    on, seconds = elsewhere(fault), LONGER.get(fault, ILL)
    without = healthy(seconds)
    source.plant.restore(state)
    assert fault in ALONE or on not in {one.on for one in load(fault).happenings}
    source.command(Disturb(fault, on, "instructor", START, "gross", shape="step"))
    ill = run(source.plant, seconds)
    assert not np.array_equal(said(ill), without, equal_nan=True)
    source.command(Mend(fault, on, "instructor", START))
    well = run(source.plant, WELL)
    none = vars(Effects.none(layout()))
    assert all(np.array_equal(vars(effects(source))[name], value) for name, value in none.items())
    onset, end = truth([*ill, *well])
    for event, phase, at in ((onset, "onset", SETTLED), (end, "end", SETTLED + seconds)):
        assert (event.subject, event.at) == (on, START + at)
        wanted = {"fault": fault, "phase": phase, "severity": "gross", "by": "instructor", "shape": "step"}
        assert wanted.items() <= event.data.items()


@pytest.mark.parametrize("severity", get_args(Severity))
@pytest.mark.parametrize("shape", get_args(Shape))
def test_every_graded_fault_comes_in_every_degree_and_shape(severity: str, shape: str) -> None:
    source, state = settled()
    source.plant.restore(state)
    graded = [fault for fault, of in FAULTS.items() if of.graded]
    course = {"ramp": {"ramp_s": 2.0}, "accelerating": {"ramp_s": 2.0}, "intermittent": {"period_s": 4.0}}.get(
        shape, {}
    )
    for fault in graded:
        source.command(Disturb(fault, elsewhere(fault), "test", START, severity, shape, **course))  # type: ignore[arg-type]
    frames = run(source.plant, 4)
    told = {event.data["fault"]: (event.data["severity"], event.data["shape"]) for event in truth(frames)}
    assert told == dict.fromkeys(graded, (severity, shape))


def test_the_truth_of_what_was_commanded_is_recorded(tmp_path: Path) -> None:
    source, state = settled()
    source.plant.restore(state)
    frames: list[Frame] = []
    with Recorder(tmp_path / "r.h5", source.tags, reference()) as recorder:
        for second in range(8):
            if second == 2:
                source.command(Disturb("impeller_wear", "P202", "instructor", START))
                source.command(Disturb("sensor_bias", "B4-PT-20202", "instructor", START, "slight"))
            if second == 6:
                source.command(Mend("impeller_wear", "P202", "instructor", START))
            frames.append(source.plant.step())
            recorder.append(frames[-1])
    with Recording(tmp_path / "r.h5") as recording:
        kept = list(recording.truth())
    assert [(one.data["fault"], one.data["phase"]) for one in kept] == [
        ("impeller_wear", "onset"),
        ("sensor_bias", "onset"),
        ("impeller_wear", "end"),
    ]
    assert kept == truth(frames)
