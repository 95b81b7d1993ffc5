"""The scene on Qt's platforms: under a Wayland compositor and off screen its dock floats and returns with it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.app.scene import models

WAIT = 20.0  # s for a compositor to answer
FLOATING = """
import sys
from pathlib import Path
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication
from app.scene import glb
from app.scene.painter import Painter
from app.views.docks import Docks
from app.views.scene import Scene

application = QApplication(sys.argv[:1])
docks, scene = Docks(("scene", "other")), Scene()
scene.furnish(Painter(glb.read(Path(sys.argv[1]))))
docks.put("scene", scene)
docks.resize(700, 400)
docks.show()
dock = docks._docks["scene"]
for number, floating in enumerate((False, True, False)):
    dock.setFloating(floating)
    for _ in range(20):
        application.processEvents()
    scene.settle()
    dock.grab().save(f"{sys.argv[2]}/{number}.png")
print(application.platformName(), scene._painter.renderer)
docks.close()
scene.show_state(type(scene._state)())
"""


@pytest.fixture(params=["offscreen", "wayland"])
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What the environment says on a platform; with a compositor of its own, and no X server, on Wayland."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    if request.param == "offscreen":
        yield environment | {"QT_QPA_PLATFORM": "offscreen"}
        return
    weston = shutil.which("weston")
    if weston is None:
        pytest.skip("weston is not here to be a compositor")
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    environment |= {"XDG_RUNTIME_DIR": str(runtime), "WAYLAND_DISPLAY": "scene", "QT_QPA_PLATFORM": "wayland"}
    command = [weston, "--backend=headless-backend.so", "--socket=scene", "--idle-time=0"]
    compositor = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + WAIT
        while not (runtime / "scene").is_socket():
            assert time.monotonic() < until, "the compositor does not answer"
            assert compositor.poll() is None, "the compositor has ended"
        yield environment
    finally:
        compositor.terminate()
        compositor.wait(WAIT)


def test_the_scene_floats_and_returns_without_being_lost(platform: dict[str, str], tmp_path: Path) -> None:
    model = tmp_path / "small.glb"
    model.write_bytes(models.glb())
    command = [sys.executable, "-c", FLOATING, str(model), str(tmp_path)]
    run = subprocess.run(command, env=platform, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    name, _, renderer = run.stdout.strip().partition(" ")
    assert name.startswith(platform["QT_QPA_PLATFORM"])
    assert renderer
    for number in range(3):
        shown = _pixels(tmp_path / f"{number}.png")
        assert len(np.unique(shown.reshape(-1, 3), axis=0)) > 50  # a shaded body before its ground, not an empty frame


def _pixels(path: Path) -> np.ndarray:
    from PySide6.QtGui import QImage

    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    held = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return held[:, :, :3].copy()
