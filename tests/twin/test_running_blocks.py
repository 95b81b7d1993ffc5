"""Blocks: what is reckoned of many frames at once says what they say one by one, whatever comes between."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from tests.twin.detectors.plant import Plant
from twin.paths import ASSETS
from twin.pipeline import Snapshot, Twin
from twin.plant.reading import read
from twin.recordings.recording import Recording
from twin.signals import Block, Frame, Quality

STATION = read()
SHORT, LONG = 60, 150


def block(frames: Iterable[Frame]) -> Block:
    rows = list(frames)
    arrived = np.array([frame.arrived for frame in rows])
    values, quality = np.array([frame.values for frame in rows]), np.array([frame.quality for frame in rows])
    return Block(np.array([frame.at for frame in rows]), values, quality, arrived)


def recorded(name: str, first: int, last: int) -> Block:
    with Recording.open(ASSETS.parent / "recordings" / f"{name}.h5") as recording:
        return recording.range(*recording.span)[first:last]


def ailing(seconds: int) -> list[Frame]:
    """A pump that loses head, and then a flow meter that says too much: a reading that is replaced in the end."""
    plant = Plant(STATION, 5)
    frames = list(plant.run(50))
    plant.head_loss[1] = 0.05
    frames += plant.run(20)
    plant.bias["B4-FT-20103"] = 300.0
    return frames + list(plant.run(seconds - 70))


def lossy(seconds: int) -> list[Frame]:
    """One sample in two hundred gets lost: states are held, and now and then a pump's speed is not known."""
    chance, frames = np.random.default_rng(0), []
    for frame in Plant(STATION, 6).run(seconds):
        lost = chance.random(len(frame.values)) < 0.005
        values, quality = np.where(lost, np.nan, frame.values), np.where(lost, Quality.MISSING, frame.quality)
        frames.append(replace(frame, values=values, quality=quality.astype(np.uint8)))
    return frames


def untimely(seconds: int) -> list[Frame]:
    """Time stands still, leaps and is set back; values stand still, and many go missing at once."""
    frames = list(Plant(STATION, 7).run(seconds))
    for row in range(30, 33):
        frames[row] = replace(frames[row], at=frames[29].at)
    frames[60:75] = [replace(frame, values=frames[60].values) for frame in frames[60:75]]
    frames[80:] = [replace(frame, at=frame.at + 900.0) for frame in frames[80:]]
    frames[90:100] = [replace(frame, values=np.full_like(frame.values, np.nan)) for frame in frames[90:100]]
    frames[110:] = [replace(frame, at=frame.at - 600.0) for frame in frames[110:]]
    return frames


def assert_same(one: Snapshot, other: Snapshot) -> None:
    """Sums over blocks may be made in another order, so that numbers agree but for rounding."""
    assert one.anomalies == other.anomalies
    assert one.changed_anomalies == other.changed_anomalies
    assert (one.alarms, one.changed_alarms, one.suppressed) == (other.alarms, other.changed_alarms, other.suppressed)
    assert one.residuals.why == other.residuals.why
    assert one.events == other.events
    assert one.reconciled.keys() == other.reconciled.keys()
    for name in ("value", "expected", "sigma", "z"):
        left, right = getattr(one.residuals, name), getattr(other.residuals, name)
        np.testing.assert_allclose(left, right, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "frames",
    [
        recorded("winter-night", 0, 300),
        recorded("duty-rotation", 560, 860),
        recorded("cavitation", 40, 240),
        block(ailing(LONG)),
        block(lossy(LONG)),
        block(untimely(LONG)),
    ],
    ids=["healthy", "rotation", "cavitation", "a wrong meter", "lossy", "untimely"],
)
def test_a_block_says_what_its_frames_say_one_by_one(frames: Block) -> None:
    at_once, one_by_one = Twin(STATION), Twin(STATION)
    for snapshot, frame in zip(at_once.run(frames), frames.frames(), strict=True):
        assert_same(snapshot, one_by_one.step(frame))


def test_it_does_not_matter_how_frames_are_cut_into_blocks() -> None:
    frames = block(ailing(LONG))
    whole, parts = Twin(STATION), Twin(STATION)
    of_parts = (snapshot for cut in (frames[:1], frames[1:40], frames[40:]) for snapshot in parts.run(cut))
    for one, other in zip(whole.run(frames), of_parts, strict=True):
        assert_same(one, other)


def test_a_copy_made_within_a_block_goes_on_by_single_frames() -> None:
    frames = list(Plant(STATION, 8).run(SHORT))
    twin, half = Twin(STATION), SHORT // 2
    running = twin.run(block(frames))
    for _ in range(half):
        next(running)
    copied = copy.deepcopy(twin, {id(STATION): STATION})
    for snapshot, frame in zip(running, frames[half:], strict=True):
        assert_same(snapshot, copied.step(frame))


def test_single_frames_may_follow_a_block_that_was_left() -> None:
    frames = list(Plant(STATION, 8).run(SHORT))
    left, steady = Twin(STATION), Twin(STATION)
    running = left.run(block(frames))
    for frame in frames[:20]:
        assert_same(next(running), steady.step(frame))
    for frame in frames[20:]:
        assert_same(left.step(frame), steady.step(frame))
