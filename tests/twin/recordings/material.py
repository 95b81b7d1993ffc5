"""Small recordings to test with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly, Candidate, Evidence
from twin.recordings.recorder import Recorder
from twin.signals import Event, Floats, Frame, Pose, Tag, TagTable
from twin.text import Text
from twin.thermography import Panorama, ThermalFrame

START = 1_768_190_400.25

TAGS = TagTable(
    (
        Tag("PT-1", "MPa", Text("pressure", "压力"), "P101", "discharge_pressure", step=0.0001, low=0.0, high=2.5),
        Tag("running", kind="digital", step=1.0),
        Tag("hours", "h", step=0.1),
        Tag("foreign"),
    )
)


def frames(count: int, since: float = START, tags: TagTable = TAGS, seed: int = 0) -> list[Frame]:
    """A second apart, with a robot going its way and something happening every tenth second."""
    random = np.random.default_rng(seed)
    values = random.normal(size=(count, len(tags)))
    for column, tag in enumerate(tags):
        if tag.step:
            values[:, column] = np.round(values[:, column] / tag.step) * tag.step
    quality = random.choice(np.array([0, 0, 0, 0, 2, 4], np.uint8), values.shape)
    values[quality == 4] = np.nan
    return [
        Frame(
            since + second,
            values[second],
            quality[second],
            since + second + 0.125,
            (Pose("RB1", since + second, (float(second), 1.0, 0.5)),),
            (happened(since + second),) if second % 10 == 0 else (),
        )
        for second in range(count)
    ]


def happened(at: float) -> Event:
    return Event(at, "truth", "P101", Text("worn", "磨损"), {"fault": "impeller_wear", "severity": 0.5})


def thermal(at: float, camera: str = "RB1", shape: tuple[int, int] = (6, 8), step: float = 0.04) -> ThermalFrame:
    """A camera's view of something warm; ``step`` 0 for one that counts no step."""
    random = np.random.default_rng(int(at * 4) % 2**32)
    seen = random.normal(30.0, 5.0, shape)
    seen = np.rint(seen / step) * step if step else seen
    return ThermalFrame(at, camera, (1.0, 2.0, 0.5), (0.0, 0.0, 0.6, 0.8), 0.95, (0.75, 0.5), seen.astype(np.float32))


def panorama(at: float, camera: str = "PAN1") -> Panorama:
    jpeg = b"\xff\xd8" + np.random.default_rng(int(at * 4) % 2**32).bytes(300) + b"\xff\xd9"
    return Panorama(at, camera, (0.0, 0.0, 5.0), (0.0, 0.0, 0.0, 1.0), jpeg)


def with_pictures(given: Iterable[Frame], every: int = 40) -> list[Frame]:
    """Now and then two thermal frames; one later in each turn, one that counts no step and a panorama."""
    return [
        replace(frame, thermal=(thermal(frame.at - 0.25, "RB2", (4, 4)), thermal(frame.at)))
        if number % every == 0
        else replace(frame, thermal=(thermal(frame.at, "FLIR", step=0.0),), panoramas=(panorama(frame.at),))
        if number % every == every // 2
        else frame
        for number, frame in enumerate(given)
    ]


def assert_same_picture(got: ThermalFrame | Panorama, wanted: ThermalFrame | Panorama) -> None:
    assert type(got) is type(wanted)
    for field in fields(wanted):
        np.testing.assert_array_equal(getattr(got, field.name), getattr(wanted, field.name))


def anomaly(identity: int = 1, until: float | None = None) -> Anomaly:
    evidence = (Evidence("head", "PT-1", -3.2, "m", -9.4), Evidence("power", "", float("nan"), "kW", 0.0))
    likely = (Candidate("impeller_wear", 0.75), Candidate("gas_ingress", 0.25))
    return Anomaly(
        identity, "P101", "impeller_wear", likely, START, START + 2, until, "medium", evidence, ("arm:P104",)
    )


def alarm(state: str = "unacknowledged") -> Alarm:
    text = Text("pressure low", "压力低")
    return Alarm(7, "PT-1", "P101", "L", "high", state, START, None, 1.0, 1.1, text)  # type: ignore[arg-type]


def recorded(path: Path, given: Iterable[Frame], tags: TagTable = TAGS) -> Path:
    with Recorder(path, tags, source="a test") as recorder:
        for frame in given:
            recorder.append(frame)
    return path


def values_of(given: Iterable[Frame]) -> Floats:
    return np.array([frame.values for frame in given])


def assert_same(got: Frame, wanted: Frame) -> None:
    assert (got.at, got.arrived, got.poses, got.events) == (wanted.at, wanted.arrived, wanted.poses, wanted.events)
    np.testing.assert_array_equal(got.values, wanted.values)
    np.testing.assert_array_equal(got.quality, wanted.quality)
    for mine, theirs in zip((*got.thermal, *got.panoramas), (*wanted.thermal, *wanted.panoramas), strict=True):
        assert_same_picture(mine, theirs)
