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
QML = f"""
import QtQuick
import QtQuick3D
import QtQuick3D.AssetUtils
Window {{
    id: window
    property url model
    property real turn: 0
    property real reach: loader.bounds.maximum.minus(loader.bounds.minimum).length()
    width: {SIZE[0]}; height: {SIZE[1]}
    View3D {{
        anchors.fill: parent
        environment: SceneEnvironment {{ clearColor: "#202428"; backgroundMode: SceneEnvironment.Color }}
        camera: camera
        Node {{
            position: loader.bounds.maximum.plus(loader.bounds.minimum).times(0.5)
            eulerRotation: Qt.vector3d(-40, window.turn, 0)
            PerspectiveCamera {{
                id: camera
                fieldOfView: 30
                z: 0.8 * window.reach
                clipNear: window.reach / 100
                clipFar: 4 * window.reach
            }}
        }}
        DirectionalLight {{ eulerRotation: Qt.vector3d(-50, -30, 0) }}
        RuntimeLoader {{ id: loader; source: window.model }}
    }}
}}
"""


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


def by_quick3d(model: str) -> Callable[[int], object]:
    """Qt Quick 3D with its defaults and one light, in a window of an X server that nobody sees."""
    from PySide6.QtCore import QByteArray, QUrl
    from PySide6.QtGui import QGuiApplication
    from PySide6.QtQml import QQmlComponent, QQmlEngine
    from PySide6.QtQuick import QQuickWindow, QSGRendererInterface

    application = QGuiApplication([])
    QQuickWindow.setGraphicsApi(QSGRendererInterface.GraphicsApi.OpenGL)
    engine = QQmlEngine()
    component = QQmlComponent(engine)
    component.setData(QByteArray(QML.encode()), QUrl())
    window = component.createWithInitialProperties({"model": QUrl.fromLocalFile(model)})
    window.show()
    for _ in range(200):  # it knows how large the model is once it has painted it; asked for sooner, it paints nothing
        application.processEvents()
        if window.property("reach") > 0:
            break
        time.sleep(0.01)
    held = application, engine, component

    def frame(index: int) -> object:
        assert held
        window.setProperty("turn", TURN * (index + 1))
        return window.grabWindow()  # paints and reads back

    return frame


def main() -> None:
    """Time one of them."""
    name, model, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    begun = time.perf_counter()
    frame = {"pyvista": by_pyvista, "f3d": by_f3d, "quick3d": by_quick3d}[name](model)
    frame(-1)
    first = time.perf_counter() - begun
    taken = []
    for index in range(count):
        begun = time.perf_counter()
        frame(index)
        taken.append(1e3 * (time.perf_counter() - begun))
    print(json.dumps({"first": first, "frames": taken}))


if __name__ == "__main__":
    main()
