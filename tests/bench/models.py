"""A foreign model of five million triangles: how long it takes to load, what memory, and what a frame costs then.

It is the reference station with every triangle split into 25, as a scan or a careless export would have it. Beside it
bare VTK draws all of them, read by its own reader.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from app.scene import glb, reading
from app.scene.painter import Painter
from tests.bench.scene import MODEL, SIZE, aim, bare_window
from twin.plant.reading import read as read_station

WANTED = 5_000_000
FRAMES = 5
SPLIT = 5  # each edge into so many: 25 triangles of one

CHILD = """
import resource, sys
from pathlib import Path
from app.scene import reading
from tests.bench.models import peak, spent
from twin.plant.reading import read
station, told, before = read(), [], peak()
begun = spent()
model = reading.read(Path(sys.argv[1]), station.file, told.append)
wall, cpu = (after - at for after, at in zip(spent(), begun))
apart = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(wall, cpu, peak() - before, apart, sum(len(p.triangles) for p in model.parts), len(set(told)))
"""
BARE = """
import sys
from vtkmodules.vtkIOGeometry import vtkGLTFReader, vtkSTLReader
from tests.bench.models import peak, spent
begun, before = spent(), peak()
reader = vtkSTLReader() if sys.argv[1].endswith(".stl") else vtkGLTFReader()
reader.SetFileName(sys.argv[1])
reader.Update()
print(*(after - at for after, at in zip(spent(), begun)), peak() - before)
"""


def peak() -> float:
    """The most memory this process has held. [MB]"""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def spent() -> tuple[float, float]:
    """Seconds on the wall, and of processors' time in this process and those it has waited for."""
    return time.perf_counter(), sum(os.times()[:4])


def split(part: glb.Part) -> tuple[np.ndarray, np.ndarray]:
    """The points (v, 3) and triangles (f, 3) of a part whose triangles are each split into ``SPLIT``²."""
    a, b, c = (part.points[part.triangles[:, corner]] for corner in range(3))
    rows = [(i, j) for i in range(SPLIT + 1) for j in range(SPLIT + 1 - i)]
    number = {row: index for index, row in enumerate(rows)}
    share = np.array(rows, np.float32) / SPLIT
    points = a[:, None] + share[None, :, :1] * (b - a)[:, None] + share[None, :, 1:] * (c - a)[:, None]
    up = [(number[i, j], number[i + 1, j], number[i, j + 1]) for i, j in rows if i + j < SPLIT]
    down = [(number[i + 1, j], number[i + 1, j + 1], number[i, j + 1]) for i, j in rows if i + j < SPLIT - 1]
    first = np.arange(len(a))[:, None, None] * len(rows)
    return points.reshape(-1, 3), (first + np.array([*up, *down])[None]).reshape(-1, 3)


def made(folder: Path) -> tuple[Path, Path, int]:
    """The model as a GLB file with its nodes and as a binary STL file, and how many triangles it has."""
    pieces, count = [], 0
    for part in glb.read(MODEL).parts:
        if count < WANTED:
            pieces.append((part.node, *split(part)))
            count += len(pieces[-1][2])
    _write_glb(folder / "large.glb", pieces)
    _write_stl(folder / "large.stl", pieces, count)
    return folder / "large.glb", folder / "large.stl", count


def _write_glb(path: Path, pieces: list[tuple[str, np.ndarray, np.ndarray]]) -> None:
    held, views, accessors = bytearray(), [], []
    for _, points, triangles in pieces:
        upright = np.stack([points[:, 0], points[:, 2], -points[:, 1]], axis=1).astype("<f4")
        for data, kind, component in ((upright, "VEC3", 5126), (triangles.astype("<u4").ravel(), "SCALAR", 5125)):
            accessors.append({"bufferView": len(views), "componentType": component, "count": len(data), "type": kind})
            views.append({"buffer": 0, "byteOffset": len(held), "byteLength": data.nbytes})
            held += data.tobytes()
    numbers = range(len(pieces))
    document = {
        "asset": {"version": "2.0"},
        "nodes": [{"name": node, "mesh": number} for number, (node, _, _) in enumerate(pieces)],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 2 * n}, "indices": 2 * n + 1}]} for n in numbers],
        "bufferViews": views,
        "accessors": accessors,
        "buffers": [{"byteLength": len(held)}],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(held)) + struct.pack("<I4s", len(text), b"JSON")
    path.write_bytes(head + text + struct.pack("<I4s", len(held), b"BIN\0") + held)


def _write_stl(path: Path, pieces: list[tuple[str, np.ndarray, np.ndarray]], count: int) -> None:
    facets = np.zeros(count, np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")]))
    facets["corners"] = np.concatenate([points[triangles] for _, points, triangles in pieces])
    path.write_bytes(b"made for the bench".ljust(80) + struct.pack("<I", count) + facets.tobytes())


def asked(script: str, path: Path) -> list[float]:
    """What a script in a fresh process prints about a model."""
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def frames(path: Path) -> dict[str, np.ndarray]:
    """Milliseconds a frame while the camera turns: ours, and all triangles as one actor of bare VTK."""
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
    from vtkmodules.vtkIOGeometry import vtkSTLReader
    from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

    painter = Painter(reading.read(path, read_station().file), SIZE)
    start = painter.overview()
    window, renderer = bare_window()
    reader, mapper, actor = vtkSTLReader(), vtkPolyDataMapper(), vtkActor()
    reader.MergingOff()
    reader.SetFileName(str(path))
    mapper.SetInputConnection(reader.GetOutputPort())
    actor.SetMapper(mapper)
    actor.GetProperty().BackfaceCullingOn()
    renderer.AddActor(actor)
    pixels = vtkUnsignedCharArray()

    def ours(index: int) -> None:
        painter.look(start.orbited(0.02 * index, 0.0))
        painter.paint()

    def bare(index: int) -> None:
        aim(renderer, start.orbited(0.02 * index, 0.0))
        window.Render()
        window.GetPixelData(0, 0, SIZE[0] - 1, SIZE[1] - 1, 0, pixels, 0)

    taken: dict[str, list[float]] = {"ours": [], "bare VTK, all of them": []}
    for index in range(-1, FRAMES):
        for times, work in zip(taken.values(), (ours, bare), strict=True):
            begun = time.perf_counter()
            work(index)
            if index >= 0:
                times.append(1e3 * (time.perf_counter() - begun))
    return {what: np.array(times) for what, times in taken.items()}


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name:
        begun = time.perf_counter()
        large_glb, large_stl, count = made(Path(name))
        print(f"{count:,} triangles, made in {time.perf_counter() - begun:.0f} s; {SIZE[0]} x {SIZE[1]}")
        print(f"{'':14}{'MB':>6}{'wall s':>9}{'cpu s':>8}{'own MB':>9}{'apart MB':>10}{'drawn':>10}{'told':>6}")
        for path in (large_glb, large_stl):
            wall, cpu, own, apart, drawn, told = asked(CHILD, path)
            size = path.stat().st_size / 1e6
            print(f"{path.suffix:14}{size:6.0f}{wall:9.1f}{cpu:8.1f}{own:9.0f}{apart:10.0f}{drawn:10,.0f}{told:6.0f}")
            wall, cpu, own = asked(BARE, path)
            print(f"{'  bare VTK':20}{wall:9.1f}{cpu:8.1f}{own:9.0f}")
        print(f"\n{'a frame, turning, ms':38}{'median':>9}{'p95':>9}")
        for what, times in frames(large_stl).items():
            print(f"{what:38}{np.median(times):9.1f}{np.percentile(times, 95):9.1f}")


if __name__ == "__main__":
    main()
