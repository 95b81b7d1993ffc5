"""Frames of the same model by another viewer, in the environment that has it: ``_scene_peer.py NAME MODEL FRAMES``.

Prints JSON: seconds from import to the first picture, and milliseconds of each frame while the camera turns, read back.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

SIZE = (1280, 800)
TURN = 1.15  # degrees a frame


def by_pyvista(model: str) -> Callable[[int], object]:
    """PyVista with its defaults, off screen."""
    import pyvista

    plotter = pyvista.Plotter(off_screen=True, window_size=list(SIZE))
    plotter.import_gltf(model)
    plotter.show(auto_close=False)

    def frame(index: int) -> object:
        plotter.camera.Azimuth(TURN)
        plotter.render()
        return plotter.screenshot(return_img=True)

    return frame


def by_f3d(model: str) -> Callable[[int], object]:
    """F3D with its defaults, off screen."""
    import f3d

    f3d.Engine.autoload_plugins()
    engine = f3d.Engine.create(True)
    engine.window.size = SIZE
    engine.scene.add(model)
    camera = engine.window.camera

    def frame(index: int) -> object:
        camera.azimuth(TURN)
        return engine.window.render_to_image().content

    return frame


def main() -> None:
    """Time one of them."""
    name, model, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    begun = time.perf_counter()
    frame = {"pyvista": by_pyvista, "f3d": by_f3d}[name](model)
    frame(0)
    first = time.perf_counter() - begun
    taken = []
    for index in range(count):
        begun = time.perf_counter()
        frame(index)
        taken.append(1e3 * (time.perf_counter() - begun))
    print(json.dumps({"first": first, "frames": taken}))


if __name__ == "__main__":
    main()
