"""The figures the first loop was asked for, as timings: a frame through the twin, one simulated, one painted, a start.

Nothing is asserted: a bar is printed beside its figure (``extra_info`` of ``out/bench.json``), and the reader judges
the machine it was taken on.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

from pytest_benchmark.fixture import BenchmarkFixture

from app.scene import glb
from app.scene.painter import Painter
from app.scene.state import RobotMark, SceneState
from tests.bench import window
from twin.paths import REFERENCE_STATION
from twin.pipeline import Twin
from twin.plant.reading import read
from twin.simulation.plant import Plant

START = 1_768_190_400.0
PUMPS = tuple(f"P{circuit}0{number}" for circuit in (1, 2) for number in range(1, 5))


def test_a_frame_of_992_tags_through_the_twin(benchmark: BenchmarkFixture) -> None:
    benchmark.extra_info["bar"] = "median 2 ms"
    station = read()
    plant, twin = Plant(station, seed=1, start=START), Twin(station)
    frames = itertools.cycle([plant.step() for _ in range(900)])
    benchmark.pedantic(lambda: twin.step(next(frames)), rounds=800, warmup_rounds=60)


def test_a_simulated_second_of_the_whole_station(benchmark: BenchmarkFixture) -> None:
    benchmark.extra_info["bar"] = "5 ms: 200 times real time"
    plant = Plant(read(), seed=1, start=START, scenario="ramps")
    benchmark.pedantic(plant.step, rounds=900, warmup_rounds=10)


def test_a_picture_at_1280_by_800_while_robots_move_and_values_change(benchmark: BenchmarkFixture) -> None:
    benchmark.extra_info["bar"] = "40 ms"
    painter, turns = _painter(), itertools.count()
    painter.refine()

    def paint() -> None:
        painter.show(_busy(next(turns), PUMPS[1:2]))
        painter.paint()

    benchmark.pedantic(paint, rounds=60, warmup_rounds=3)


def test_a_picture_at_1280_by_800_while_the_camera_turns_and_every_pump_changes(benchmark: BenchmarkFixture) -> None:
    benchmark.extra_info["bar"] = "1.25 times one merged actor, which tests/bench/scene.py times beside it"
    painter, turns = _painter(), itertools.count()

    def paint() -> None:
        painter.show(_busy(next(turns), PUMPS))
        painter.look(painter.camera.orbited(0.01, 0.0))
        painter.paint()

    benchmark.pedantic(paint, rounds=60, warmup_rounds=3)


def _painter() -> Painter:
    return Painter(glb.read(REFERENCE_STATION.with_name("station.glb")), size=(1280, 800))


def _busy(turn: int, pumps: Sequence[str]) -> SceneState:
    """Robots a step on, and some pumps in another colour than in the picture before."""
    colours = ("#B98A54", "#2FA7A0") if turn % 2 else ("#2FA7A0", "#B98A54")
    robots = tuple(RobotMark(f"RB{n}", "ground", (14.0 + 0.1 * turn, 10.0 + n, 0.0), 0.1 * turn) for n in range(4))
    return replace(SceneState(), tints=tuple(zip(pumps, itertools.cycle(colours), strict=False)), robots=robots)


def test_a_window_from_the_command_to_its_first_picture_and_out_again(benchmark: BenchmarkFixture) -> None:
    benchmark.extra_info["bar"] = "visible after 2.5 s, first live picture after 6 s"
    marks = benchmark.pedantic(lambda: window.run(mails=1), rounds=3)
    benchmark.extra_info["seconds after the command"] = {"visible": marks.visible, "picture": marks.picture}
