"""The demonstrations that ship hold what recordings/README.md tells of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import ROOT
from twin.recordings.recording import Recording
from twin.thermography import ThermalFrame

FOLDER = ROOT / "recordings"
NAMES = ("valhall-start", "cavitation", "winter-night", "duty-rotation")


def test_together_they_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.h5")) < 25e6
    assert {path.stem for path in FOLDER.glob("*.h5")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_whole_and_is_told_of(name: str) -> None:
    with Recording.open(FOLDER / f"{name}.h5") as recording:
        assert recording.closed
        assert recording.row_count > 0
    assert f"**{name}.h5**" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_in_the_winter_night_three_faults_come_and_each_was_found_within_a_minute() -> None:
    with Recording.open(FOLDER / "winter-night.h5") as recording:
        began = {event.subject: event.at for event in recording.truth() if event.data["phase"] == "onset"}
        found = {anomaly.equipment: anomaly.detected for anomaly in recording.anomalies()}
        assert recording.span[1] - recording.span[0] == pytest.approx(7199.0)
        assert recording.alarms()
        assert len(recording.robots()) >= 2
    assert len(began) == 3
    assert found.keys() == began.keys()
    assert all(0 < found[equipment] - at < 60 for equipment, at in began.items())


def test_in_the_winter_night_a_robot_sees_the_bearing_grow_warm() -> None:
    with Recording.open(FOLDER / "winter-night.h5") as recording:
        start = recording.span[0]
        counts = recording.cameras(ThermalFrame)
        early, late = (
            next(recording.thermal_frames(start + at, start + at + 1.0, "RB4")).temperature for at in (5588.5, 7188.5)
        )
        bearing = recording.tags.measuring("P203", "pump_bearing_de_temperature")
        assert bearing is not None
        thermometer = recording.range(start + 7189, start + 7190, [bearing]).values
    assert set(counts) == {"RB1", "RB2", "RB3", "RB4"}
    assert sum(counts.values()) == 1239
    assert early.max() == pytest.approx(53.0, abs=0.5)
    assert late.max() == pytest.approx(float(thermometer[0, 0]), abs=1.0)


def test_in_the_duty_rotation_nothing_is_wrong_and_nothing_was_said_to_be() -> None:
    with Recording.open(FOLDER / "duty-rotation.h5") as recording:
        operations = {
            event.data["operation"] for event in recording.events(-np.inf, np.inf) if event.kind == "operation"
        }
        wanted = {"rotate_duty", "flow", "speed", "start", "stop", "pressure_difference", "suction_pressure"}
        assert operations == wanted
        assert not recording.truth()
        assert not recording.anomalies()
