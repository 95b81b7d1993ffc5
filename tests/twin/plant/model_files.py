"""Small 3D models in every format, written by hand: a tetrahedron with an edge of one unit at each axis."""

from __future__ import annotations

import struct

import numpy as np

POINTS = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], np.float32)
FACES = np.array([[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])

IFC = b"ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\nENDSEC;\nEND-ISO-10303-21;\n"


def binary_stl(scale: float = 1.0, head: bytes = b"made by hand") -> bytes:
    corners = np.zeros((len(FACES), 12), np.float32)
    corners[:, 3:] = scale * POINTS[FACES].reshape(len(FACES), 9)
    return head.ljust(80) + struct.pack("<I", len(FACES)) + b"".join(row.tobytes() + b"\0\0" for row in corners)


def textual_stl(*names: str) -> bytes:
    def facet(face: np.ndarray, shift: float) -> str:
        rows = "\n".join(f"vertex {x + shift} {y} {z}" for x, y, z in POINTS[face])
        return f"facet normal 0 0 0\nouter loop\n{rows}\nendloop\nendfacet\n"

    solids = (
        f"solid {name}\n{''.join(facet(face, 2.0 * number) for face in FACES)}endsolid {name}\n"
        for number, name in enumerate(names)
    )
    return "".join(solids).encode()


def obj(*names: str, mark: str = "o") -> bytes:
    text = ""
    for number, name in enumerate(names):
        text += f"{mark} {name}\n" + "".join(f"v {x + 2 * number} {y} {z}\n" for x, y, z in POINTS)
        text += "".join("f " + " ".join(str(corner + 4 * number + 1) for corner in face) + "\n" for face in FACES)
    return text.encode()


def ply(textual: bool = False) -> bytes:
    kind = "ascii" if textual else "binary_little_endian"
    head = f"ply\nformat {kind} 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
    head += "element face 4\nproperty list uchar int vertex_indices\nend_header\n"
    if textual:
        rows = [" ".join(map(str, point)) for point in POINTS] + [f"3 {a} {b} {c}" for a, b, c in FACES]
        return (head + "\n".join(rows) + "\n").encode()
    return head.encode() + POINTS.tobytes() + b"".join(struct.pack("<B3i", 3, *face) for face in FACES)


def vtp() -> bytes:
    points = " ".join(str(value) for value in POINTS.ravel())
    corners = " ".join(str(corner) for corner in FACES.ravel())
    ends = " ".join(str(3 * number + 3) for number in range(len(FACES)))
    return f"""<?xml version="1.0"?>
<VTKFile type="PolyData" version="0.1" byte_order="LittleEndian">
<PolyData><Piece NumberOfPoints="4" NumberOfPolys="4">
<Points><DataArray type="Float32" NumberOfComponents="3" format="ascii">{points}</DataArray></Points>
<Polys><DataArray type="Int32" Name="connectivity" format="ascii">{corners}</DataArray>
<DataArray type="Int32" Name="offsets" format="ascii">{ends}</DataArray></Polys>
</Piece></PolyData></VTKFile>
""".encode()


WHOLE = {
    "binary.stl": binary_stl(),
    "solid.stl": binary_stl(head=b"solid but binary"),
    "textual.stl": textual_stl("pump"),
    "model.obj": obj("pump"),
    "binary.ply": ply(),
    "textual.ply": ply(textual=True),
    "model.vtp": vtp(),
}
