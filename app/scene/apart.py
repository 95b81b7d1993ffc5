"""Reading a model in a process of its own: what kills, stalls or bloats a reader does it there.

The child writes plain arrays and a description into a folder; the parent waits, tells how far it has come, and has one
sentence for whatever went wrong. ``python -m app.scene.apart MODEL FOLDER`` is the child.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.scene.container import BrokenError
from app.scene.glb import Material, Model, Part
from twin.errors import StationError

BEAT = 0.05  # s between two looks at how far it has come
PATIENCE = 120.0  # s, and as long again for each 100 MB
PER_BYTE = 120.0 / 100e6  # s
ROOM = 700 << 20  # bytes a child may take for a small file
ROOM_PER_BYTE = 40
READING = 0.5  # share of the time that reading takes; lightening takes the rest
ARRAYS = {"points": 3, "normals": 3, "triangles": 3, "shade": 3}
PROGRESS, ANSWER = "progress", "model.json"


def read(path: Path, told: Callable[[float], None]) -> Model:
    """Read and lighten a model elsewhere. Raises StationError; whatever ``told`` raises ends the child."""
    size = path.stat().st_size
    with tempfile.TemporaryDirectory(prefix="pumphouse-") as name:
        folder = Path(name)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TMPDIR": name}
        child = subprocess.Popen(
            [sys.executable, "-m", "app.scene.apart", str(path), name],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait(child, folder, PATIENCE + PER_BYTE * size, told)
        finally:
            child.kill()
            child.wait()
        return _taken(path, folder, child.returncode)


def _wait(child: subprocess.Popen[bytes], folder: Path, patience: float, told: Callable[[float], None]) -> None:
    """Wait for the child's end, or for as long as it may take."""
    for _ in range(round(patience / BEAT)):
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(BEAT)
            return
        with contextlib.suppress(OSError, ValueError):  # half written, or not yet
            told(float((folder / PROGRESS).read_text()))


def _taken(path: Path, folder: Path, status: int) -> Model:
    """What the child left behind."""
    answer = folder / ANSWER
    if status != 0 or not answer.is_file():
        raise StationError(path, "cannot be read: its reader broke down over it", "Export it again, or as glTF (.glb)")
    described = json.loads(answer.read_text("utf-8"))
    if "wrong" in described:
        raise StationError(path, described["wrong"], described["remedy"])
    arrays = {name: np.load(folder / f"{name}.npy") for name in ARRAYS}
    return Model(
        tuple(_part(entry, arrays) for entry in described["parts"]),
        tuple(Material(**{**m, "colour": tuple(m["colour"])}) for m in described["materials"]),
        tuple(described["nodes"]),
    )


def _part(entry: dict[str, Any], arrays: dict[str, Any]) -> Part:
    points, triangles = slice(*entry["points"]), slice(*entry["triangles"])
    return Part(
        entry["node"],
        entry["material"],
        arrays["points"][points],
        arrays["normals"][points],
        arrays["triangles"][triangles],
        arrays["shade"][points],
        entry["layer"],
        entry["bore"],
    )


def _rows(array: NDArray[Any], width: int) -> NDArray[Any]:
    """(n, width), where an array has one number a row as well."""
    return np.broadcast_to(array.reshape(len(array), -1), (len(array), width))


# ---- in the child ----------------------------------------------------------------------------------------------------


def write(model: Model, folder: Path) -> None:
    """Leave a model in a folder."""
    for name, width in ARRAYS.items():
        held = [_rows(getattr(part, name), width) for part in model.parts]
        np.save(folder / f"{name}.npy", np.concatenate(held) if held else np.zeros((0, width), np.float32))
    points = np.cumsum([0, *(len(part.points) for part in model.parts)]).tolist()
    triangles = np.cumsum([0, *(len(part.triangles) for part in model.parts)]).tolist()
    parts = [
        {
            "node": part.node,
            "material": part.material,
            "layer": part.layer,
            "bore": part.bore,
            "points": points[number : number + 2],
            "triangles": triangles[number : number + 2],
        }
        for number, part in enumerate(model.parts)
    ]
    described = {"parts": parts, "materials": [asdict(m) for m in model.materials], "nodes": model.nodes}
    (folder / ANSWER).write_text(json.dumps(described), "utf-8")


def made(path: Path, told: Callable[[float], None]) -> Model:
    """The model as it is drawn. Raises StationError."""
    from app.scene import foreign, glb, ifc
    from app.scene.decimation import lightened

    suffix = path.suffix.lower()

    def reading(share: float) -> None:
        told(READING * share)

    def lightening(share: float) -> None:
        told(READING + (1.0 - READING) * share)

    if suffix in (".glb", ".gltf"):
        return lightened(glb.read(path, reading), told=lightening)
    try:
        return lightened((ifc if suffix == ".ifc" else foreign).read(path, reading), told=lightening)
    except BrokenError as error:
        raise StationError(path, str(error), "Export it again, or as glTF (.glb)") from None
    except (ValueError, IndexError, TypeError, KeyError, AttributeError, RuntimeError):
        raise StationError(path, "is not whole, or not what its name says", "Export it again") from None


def main(path: Path, folder: Path) -> None:
    """Read a model into a folder; what is wrong with it is an answer too."""
    _limit(path.stat().st_size)
    progress = folder / PROGRESS
    try:
        write(made(path, lambda share: progress.write_text(f"{share:.3f}") and None), folder)
    except StationError as error:
        (folder / ANSWER).write_text(json.dumps({"wrong": error.wrong, "remedy": error.remedy}), "utf-8")


def _limit(size: int) -> None:
    """Take no more memory than a file of this size can need, where the system can see to that."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        most = ROOM + ROOM_PER_BYTE * size
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
