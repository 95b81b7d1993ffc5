"""What the model says about any moment, for the price of half a minute of frames."""

from __future__ import annotations

import pytest

from app.hindsight import BROUGHT_OVER, KEPT, LEARNT_FROM, Hindsight, Remembered
from app.recall import Recall
from tests.app import fakes
from twin.pipeline import Snapshot
from twin.signals import Frame

STEPS: list[float] = []


class Counting(fakes.Twin):
    """Notes what it was given, in a list that copies share."""

    def step(self, of: Frame) -> Snapshot:
        STEPS.append(of.at - fakes.START)
        return super().step(of)


@pytest.fixture
def hindsight() -> Hindsight:
    STEPS.clear()
    return Hindsight(fakes.Memory(300), Counting)


def test_a_moment_is_the_last_frame_at_or_before_it(hindsight: Hindsight) -> None:
    found = hindsight.at(fakes.START + 200.7)
    assert found is not None
    assert found.frame.at == fakes.START + 200.0
    assert hindsight.at(fakes.START - 1.0) is None


def test_the_beginning_is_learnt_from_once_and_the_half_minute_before_is_gone_through(hindsight: Hindsight) -> None:
    hindsight.at(fakes.START + 200.0)
    assert STEPS[: int(LEARNT_FROM)] == [float(s) for s in range(int(LEARNT_FROM))]
    assert STEPS[int(LEARNT_FROM) :] == [float(s) for s in range(200 - int(BROUGHT_OVER) + 1, 201)]
    STEPS.clear()
    hindsight.at(fakes.START + 50.0)
    assert len(STEPS) == BROUGHT_OVER


def test_going_on_costs_only_the_frames_in_between(hindsight: Hindsight) -> None:
    hindsight.at(fakes.START + 200.0)
    STEPS.clear()
    hindsight.at(fakes.START + 203.0)
    assert STEPS == [201.0, 202.0, 203.0]
    hindsight.at(fakes.START + 203.9)
    assert STEPS == [201.0, 202.0, 203.0]


def test_the_last_snapshots_of_a_live_source_are_kept_as_they_were() -> None:
    remembered = Remembered()
    assert remembered.at(fakes.START) is None
    made = [fakes.snapshot(fakes.frame(float(s))) for s in range(3)]
    for snapshot in made:
        remembered.append(snapshot)
    assert remembered.at(fakes.START + 1.5) is made[1]
    assert remembered.at(fakes.START - 0.5) is None


def test_no_more_snapshots_are_kept_than_an_hours() -> None:
    remembered, frame = Remembered(), fakes.frame(0.0)
    for second in range(KEPT + 5):
        remembered.append(fakes.snapshot(Frame(fakes.START + second, frame.values, frame.quality)))
    assert remembered.at(fakes.START + 4.0) is None
    assert remembered.at(fakes.START + 5.0) is not None


def test_what_stood_at_a_time_is_what_was_found_by_then_and_not_yet_over() -> None:
    memory = fakes.Memory(60, (fakes.anomaly(until=fakes.START + 40.0),))
    recall = Recall(memory, Hindsight(memory, fakes.Twin).at)

    def stands(second: float) -> bool:
        found = recall.at(fakes.START + second)
        return found is not None and bool(found.anomalies)

    assert [second for second in (10.0, 19.9, 20.0, 39.9, 40.0, 50.0) if stands(second)] == [20.0, 39.9]
