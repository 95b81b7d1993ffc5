"""What the scene costs: a frame while robots move, values change and the camera turns, and the first picture.

Beside the limit on the same machine in the same minute: all triangles as one actor of bare VTK, and VTK's own importer;
PyVista, F3D and Qt Quick 3D where ``make peers`` has brought them, the last where ``xvfb-run`` is there. Each bar is
printed with its verdict.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from app import theme
from app.scene import glb
from app.scene.camera import VIEW_ANGLE, Camera
from app.scene.graphics import off_screen_window
from app.scene.painter import Painter
from app.scene.solids import Solid
from app.scene.state import MOTION, Drape, Halo, RobotMark, Running, SceneState
from tests.bench import scene_values
from twin.paths import REFERENCE_STATION
from twin.thermography import ThermalFrame

MODEL = REFERENCE_STATION.with_name("station.glb")
SIZE = (1280, 800)
FRAMES = 30
TURN = 0.02  # rad a frame
PUMPS = [f"P{circuit}0{number}" for circuit in (1, 2) for number in (1, 2, 3, 4)]
LIMIT = "one merged actor, turning (the limit)"
TURNING, ALL_CHANGE = "the camera turns, robots move", "and every pump's value changes"
LAID = "a thermal picture is laid (no frame)"
WANTED_TIMES, WANTED_FIRST, WANTED_MANY = 1.25, 1.5, 1.1
WANTED_VALUES, WANTED_LAID = 1.0, 30.0  # ms
WANTED_CALLS = 60
HERE = Path(__file__).resolve().parent
PEERS = HERE.parents[1] / ".peers" / "bin" / "python"

OURS = f"""
from pathlib import Path
from app.scene import glb
from app.scene.painter import Painter
Painter(glb.read(Path({str(MODEL)!r})), {SIZE}).paint()
"""
BARE = f"""
import vtkmodules.vtkRenderingOpenGL2
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkIOImport import vtkGLTFImporter
from tests.bench.scene import bare_window
window, renderer = bare_window()
importer = vtkGLTFImporter()
importer.SetFileName({str(MODEL)!r})
importer.SetRenderWindow(window)
importer.Update()
renderer.ResetCamera()
window.Render()
window.GetPixelData(0, 0, {SIZE[0] - 1}, {SIZE[1] - 1}, 0, vtkUnsignedCharArray(), 0)
"""


def bare_window() -> tuple[object, vtkRenderer]:
    """An off-screen window without multisampling, and its renderer."""
    window, renderer = off_screen_window(), vtkRenderer()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetSize(*SIZE)
    window.AddRenderer(renderer)
    return window, renderer


def merged(model: glb.Model) -> Callable[[int], None]:
    """One actor of all that is shown, back faces culled, read back: the limit."""
    window, renderer = bare_window()
    parts = [p for p in model.parts if not p.node.startswith(("building.roof", "building.walls"))]
    mapper, actor = vtkPolyDataMapper(), vtkActor()
    mapper.SetInputData(Solid.of(parts, model.materials).data)
    actor.SetMapper(mapper)
    actor.GetProperty().BackfaceCullingOn()
    renderer.AddActor(actor)
    pixels = vtkUnsignedCharArray()
    start = Painter(model, SIZE).overview()

    def frame(index: int) -> None:
        aim(renderer, start.orbited(TURN * index, 0.0))
        window.Render()
        window.GetPixelData(0, 0, SIZE[0] - 1, SIZE[1] - 1, 0, pixels, 0)
        np.ascontiguousarray(vtk_to_numpy(pixels).reshape(SIZE[1], SIZE[0], 3)[::-1])

    return frame


def aim(renderer: vtkRenderer, camera: Camera) -> None:
    """Look as the painter does."""
    eye = renderer.GetActiveCamera()
    eye.SetPosition(*camera.position)
    eye.SetFocalPoint(*camera.focus)
    eye.SetViewUp(0, 0, 1)
    eye.SetViewAngle(VIEW_ANGLE)
    eye.SetClippingRange(camera.distance / 80, camera.distance + 400.0)


def living(model: glb.Model, state: Callable[[int], SceneState], turning: bool) -> Callable[[int], None]:
    """The painter while the state changes; with the camera turning, or at rest with smooth edges."""
    painter = Painter(model, SIZE)
    start = painter.overview()
    painter.refine()

    def frame(index: int) -> None:
        painter.show(state(index))
        if turning:
            painter.look(start.orbited(TURN * index, 0.0))
        painter.paint()

    return frame


def busy(index: int, pumps: Sequence[str] = ()) -> SceneState:
    """Two robots under way, an anomaly with its halo, and some pumps whose residuals change each frame."""
    way = tuple((24.5, 12.0 + 0.1 * step, 0.0) for step in range(index, index + 60))
    high = tuple((22.0 + 0.1 * step, 20.0, 6.0) for step in range(index, index + 60))
    robots = (RobotMark("RB1", "ground", way[-1], 1.57, way), RobotMark("RB2", "rail", high[-1], 0.0, high))
    tints = tuple((pump, theme.residual_colour(8 * np.sin(index / 5 + n))) for n, pump in enumerate(pumps))
    halo = Halo("P102", theme.PRIORITY_COLOURS["high"], theme.PRIORITY_SHAPES["high"])
    return replace(SceneState(), tints=tints, robots=robots, halos=(halo,), selected="P103")


def in_turn(works: dict[str, Callable[[int], None]]) -> dict[str, np.ndarray]:
    """Milliseconds of each work's frames, taken in turn so that whatever else the machine does falls on all alike."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for index in range(-3, FRAMES):
        for name, work in works.items():
            begun = time.perf_counter()
            work(index)
            if index >= 0:
                taken[name].append(1e3 * (time.perf_counter() - begun))
    return {name: np.array(times) for name, times in taken.items()}


def overlaid(model: glb.Model) -> dict[str, Callable[[int], None]]:
    """A thermal picture of 640 x 512 is laid on the model, each time another; water and shafts move."""
    painter = Painter(model, SIZE)
    painter.look(Camera((29.5, 25.0, 1.5), 16.0, -1.2, 0.6))
    tilt, turn = np.arctan2(4.3, 6.0) / 2, np.pi / 4  # down from the camera's place at P102's motor
    (a, b), (c, d) = ((np.sin(angle), np.cos(angle)) for angle in (turn, tilt))
    way = (-a * c, b * c, a * d, b * d)
    warm = 20.0 + 60.0 * np.random.default_rng(1).random((512, 640), np.float32)

    def project(index: int) -> None:
        eye = (30.0 + 0.01 * index, 19.0, 5.5)  # a new place each time, or its depths would be remembered
        taken = ThermalFrame(float(index), "C", eye, way, 0.95, (0.9, 0.75), warm)
        painter.show(SceneState(drapes=(Drape("C", taken.at, 1.0, taken),)))

    moving = Painter(model, SIZE)
    moving.show(SceneState(running=tuple(Running(pump, 16.0, 1.8) for pump in PUMPS), shown=frozenset({MOTION})))

    def flow(_: int) -> None:
        moving.advance(0.066)
        moving.paint()

    return {LAID: project, "water and shafts move": flow}


def draw_calls(model: glb.Model) -> dict[str, int]:
    """Bodies drawn in one picture of the whole station: with robots under way, and with everything laid over it."""
    painter = Painter(model, SIZE)
    painter.show(busy(0, PUMPS))
    painter.paint()
    plain = painter.drawn
    running = tuple(Running(pump, 16.0, 1.8) for pump in PUMPS)
    painter.show(replace(busy(0, PUMPS), running=running, shown=frozenset({MOTION})))
    painter.paint()
    moving = painter.drawn
    painter.look(Camera((29.5, 25.0, 1.5), 16.0, -1.2, 0.6))
    return {"robots, values and a halo": plain, "and what flows and turns": moving, "the same from near": painter.drawn}


def first_pictures(runs: int = 5) -> dict[str, float]:
    """Seconds from the start of a process to its first picture, the middle of some runs in turn."""
    scripts = {"ours": OURS, "VTK's glTF importer": BARE}
    taken: dict[str, list[float]] = {name: [] for name in scripts}
    for _ in range(runs):
        for name, script in scripts.items():
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
            taken[name].append(time.perf_counter() - begun)
    return {name: float(np.median(times)) for name, times in taken.items()}


def peers(ours: Callable[[int], None], frames: int = 6) -> dict[str, tuple[float, float]]:
    """Milliseconds of a frame by other viewers while the camera turns, the middle of some, and of ours before and after
    each, so that whatever else the machine does falls on both; none of those not here."""
    xvfb = shutil.which("xvfb-run")
    on_display = [xvfb, "-a"] if xvfb is not None else []
    found = {}
    for name, title, before in (("pyvista", "PyVista", []), ("f3d", "F3D", []), ("quick3d", "Qt Quick 3D", on_display)):
        command = [*before, str(PEERS), str(HERE / "_scene_peer.py"), name, str(MODEL), str(frames)]
        place = {**os.environ, "QT_QPA_PLATFORM": "xcb"}
        own = timed(ours, frames)
        has = PEERS.is_file()
        run = subprocess.run(command, capture_output=True, text=True, check=False, env=place) if has else None
        own += timed(ours, frames)
        if run is not None and run.returncode == 0:
            theirs = json.loads(run.stdout.splitlines()[-1])["frames"]
            found[title] = float(np.median(theirs)), float(np.median(own))
    return found


def timed(work: Callable[[int], None], frames: int) -> list[float]:
    """Milliseconds of some frames in a row."""
    taken = []
    for index in range(frames):
        begun = time.perf_counter()
        work(index)
        taken.append(1e3 * (time.perf_counter() - begun))
    return taken


def verdict(name: str, is_met: bool, said: str) -> None:
    """A line about a bar."""
    print(f"{'met    ' if is_met else 'NOT met'}  {name}: {said}")


def print_frames(model: glb.Model, taken: dict[str, np.ndarray], limit: float) -> None:
    """The table of frames."""
    triangles = sum(len(part.triangles) for part in model.parts)
    afar = sum(len(part.triangles) for part in model.afar)
    print(f"{triangles} triangles, {afar} of them from afar, {len(model.nodes)} nodes, {SIZE[0]} x {SIZE[1]}")
    print(f"{'a frame, ms':38}{'median':>9}{'least':>9}{'p95':>9}{'over limit':>12}")
    for name, times in taken.items():
        middle = float(np.median(times))
        print(f"{name:38}{middle:9.1f}{times.min():9.1f}{np.percentile(times, 95):9.1f}{middle / limit:12.2f}")


def main() -> None:
    """Print the figures, and what they are held against."""
    model = glb.read(MODEL)
    valued = scene_values.works(model)
    works = {
        LIMIT: merged(model),
        "robots move": living(model, busy, turning=False),
        "and one pump's value changes": living(model, lambda index: busy(index, ["P102"]), turning=False),
        "and every pump's value": living(model, lambda index: busy(index, PUMPS), turning=False),
        TURNING: living(model, busy, turning=True),
        ALL_CHANGE: living(model, lambda index: busy(index, PUMPS), turning=True),
        **overlaid(model),
        **valued,
    }
    taken = in_turn(works)
    limit = float(np.median(taken[LIMIT]))
    print_frames(model, taken, limit)
    calls, first, others = draw_calls(model), first_pictures(), peers(works[TURNING])
    print()
    for name in (TURNING, ALL_CHANGE, "and every pump's value"):
        times = float(np.median(taken[name])) / limit
        verdict(name, times <= WANTED_TIMES, f"{times:.2f} times one merged actor, wanted {WANTED_TIMES}")
    for name, (frame, mine) in others.items():
        verdict(f"ahead of {name}", mine < frame, f"{mine:.0f} ms, {name} {frame:.0f} ms")
    still, changing, _ = valued.values()
    values, taking = changing.beyond(still), float(np.median(changing.taking[3:]))
    said = f"{values:.2f} ms, {taking:.2f} of it before the picture, wanted {WANTED_VALUES}"
    verdict("992 values beyond the picture", values <= WANTED_VALUES, said)
    few, many = (float(np.median(taken[name])) for name in list(valued)[1:])
    verdict("200,000 tags", many <= WANTED_MANY * few, f"{many / few:.2f} times 992, wanted {WANTED_MANY}")
    most = max(calls.values())
    verdict("draw calls", most <= WANTED_CALLS, f"{', '.join(f'{n}: {c}' for n, c in calls.items())}")
    laid = float(np.median(taken[LAID]))
    verdict("a thermal picture of 640 x 512", laid <= WANTED_LAID, f"{laid:.0f} ms ({laid / limit:.2f} of the limit)")
    ours, bare = first["ours"], first["VTK's glTF importer"]
    said = f"{ours:.2f} s, VTK's glTF importer {bare:.2f} s: {ours / bare:.2f} times, wanted {WANTED_FIRST}"
    verdict("first picture, process start to pixels", ours <= WANTED_FIRST * bare, said)


if __name__ == "__main__":
    main()
