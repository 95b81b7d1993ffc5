"""Water moves along its pipes at its velocity and the right way, shafts turn, and neither touches what stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scene import glb, motion
from app.scene.camera import Camera
from app.scene.motion import Flow, branches, distances, shaft
from app.scene.painter import Painter
from app.scene.state import MOTION, Running, SceneState
from tests.app.scene import models
from twin.paths import REFERENCE_STATION

SIZE = (320, 200)
SHOWN = frozenset({MOTION})


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(REFERENCE_STATION.with_name("station.glb"))


@pytest.fixture
def painter(model: glb.Model) -> Painter:
    painter = Painter(model, SIZE)
    painter.look(Camera((29.5, 25.0, 1.5), 20.0, -0.9, 0.5))
    return painter


def tube(length: float, gap: float) -> tuple[np.ndarray, np.ndarray]:
    """Two lengths of a square pipe along x with a gap between them, from x = 1."""
    ring = np.array([[0, 0.5, 0.5], [0, -0.5, 0.5], [0, -0.5, -0.5], [0, 0.5, -0.5]])
    starts = (1.0, 1.0 + length + gap)
    points = np.concatenate([ring + np.array([x + step * length, 0, 0]) for x in starts for step in (0, 1)])
    here = np.arange(4)
    there = (here + 1) % 4
    walls = np.concatenate([np.stack([here, there, here + 4], 1), np.stack([there, here + 4, there + 4], 1)])
    return points, np.concatenate([walls, walls + 8])


@given(st.floats(0.5, 20.0), st.floats(0.2, 3.0))
def test_along_a_straight_pipe_the_distance_is_that_from_its_start_valves_or_not(length: float, gap: float) -> None:
    points, triangles = tube(length, gap)
    assert distances(points, triangles, np.zeros(3)) == pytest.approx(points[:, 0], abs=1e-3)


def test_water_flows_towards_the_pump_in_its_suction_and_away_in_its_discharge(model: glb.Model) -> None:
    suction, discharge = branches(model, "P102")
    for branch, sign in ((suction, 1.0), (discharge, 1.0)):
        level = np.abs(branch.points[:, 2] - 1.1) < 0.6  # the level part, along y
        slope = np.polyfit(branch.points[level, 1], branch.along[level], 1)[0]
        assert slope * sign == pytest.approx(1.0, abs=0.1)
        assert branch.area == pytest.approx(np.pi * 0.56**2, rel=0.02)
    assert np.ptp(suction.along) > np.ptp(suction.points[:, 1])  # round the bend and up


@given(st.floats(0.1, 3.0), st.floats(0.0, 5.0))
def test_dashes_go_as_far_as_the_water(flow: float, seconds: float) -> None:
    points, triangles = (each.astype(kind) for each, kind in zip(tube(4.0, 0.5), (np.float32, np.int64), strict=True))
    branch = motion.Branch("P", points, triangles, points[:, 0].astype(np.float32), 0.5)
    made = Flow([branch])
    made.advance({"P": flow * seconds})
    made.advance({"other": 1.0})
    gone = (flow * seconds / 0.5) % motion.PERIOD
    assert made._gone[0] == pytest.approx(gone, abs=1e-6)


def test_a_shaft_runs_from_the_coupling_to_the_fan(model: glb.Model) -> None:
    found = shaft(model, "P102")
    assert found is not None
    assert found.axis == pytest.approx([1.0, 0.0, 0.0])
    assert found.start[1:] == pytest.approx([25.0, 1.55], abs=0.02)
    assert found.end[0] > found.start[0] + 2.0
    assert shaft(model, "P999") is None
    assert branches(model, "P999") == []


def test_nothing_moves_unless_it_is_asked_for_and_what_stands_is_not_painted_anew(painter: Painter) -> None:
    running = (Running("P101", 16.0, 1.8), Running("P102", 16.0, 1.8))
    before = painter.paint().copy()
    painter.show(SceneState(running=running))
    painter.advance(0.1)
    assert (painter.paint() == before).all()
    painter.show(SceneState(running=running, shown=SHOWN))
    shown = painter.paint().copy()
    assert (shown != before).any()
    painter.advance(0.1)
    assert painter.stale
    assert not painter._stage._whole
    assert painter._stage._pieces == []
    assert (painter.paint() != shown).any()
    painter.show(SceneState(running=running))
    assert (painter.paint() == before).all()


def test_what_stands_still_does_not_move(painter: Painter) -> None:
    painter.show(SceneState(running=(Running("P104", 0.0, 0.0),), shown=SHOWN))
    before = painter.paint().copy()
    painter.advance(1.0)
    assert (painter.paint() == before).all()


def test_a_model_without_pumps_has_nothing_to_move(tmp_path: Path) -> None:
    path = tmp_path / "small.glb"
    path.write_bytes(models.glb())
    painter = Painter(glb.read(path), SIZE)
    painter.show(SceneState(running=(Running("P1", 10.0, 1.0),), shown=SHOWN))
    painter.advance(0.1)
    assert painter.paint().shape == (SIZE[1], SIZE[0], 3)
