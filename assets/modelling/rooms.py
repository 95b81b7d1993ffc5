"""What stands in the side rooms: switchgear, drives, transformers, low voltage, batteries, desks, analysers.

Fronts face +y; the middle of a body's foot is its origin.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from assets.modelling.assembly import Body
from assets.modelling.solids import barrel, block, box, lathe, rod


def cubicle(width: float, depth: float, height: float) -> Body:
    """A 10 kV metal-clad cubicle: instrument box, breaker door with its window, cable door, busbar duct on top."""
    w, d = width / 2 - 0.012, depth / 2
    body = Body().add(
        "cabinet", box((-w, -d, 0), (w, d, height)), box((-w, -d * 0.7, height), (w, d * 0.1, height + 0.35))
    )
    front = d
    for low, high in ((0.12, 0.78), (0.82, 1.68), (1.72, height - 0.06)):
        body.add("cabinet front", box((-w + 0.05, front, low), (w - 0.05, front + 0.025, high)))
    body.add("dark", box((-0.16, front + 0.025, 1.34), (0.16, front + 0.034, 1.56)))
    body.add("screen", box((-0.17, front + 0.025, 1.86), (0.17, front + 0.034, 2.08)))
    body.add("dark", box((w - 0.16, front + 0.025, 1.0), (w - 0.12, front + 0.06, 1.2)))
    return body.add("dark", box((-w, -d, 0), (w, d + 0.004, 0.08)))


def drive(width: float, depth: float, height: float) -> Body:
    """A medium-voltage drive: transformer, cell and control doors, louvres, cooling fans on the roof."""
    w, d = width / 2, depth / 2
    body = Body().add("cabinet", box((-w, -d, 0.1), (w, d, height))).add("dark", box((-w, -d, 0), (w, d, 0.1)))
    edges = [-w, -w + width * 0.36, -w + width * 0.8, w]
    for left, right in itertools.pairwise(edges):
        body.add("cabinet front", box((left + 0.03, d, 0.2), (right - 0.03, d + 0.03, height - 0.08)))
    for left, right in itertools.pairwise(edges):
        for z in np.arange(0.4, 1.1, 0.12):
            body.add("dark", box((left + 0.14, d + 0.03, z), (right - 0.14, d + 0.042, z + 0.05)))
    body.add("screen", box((w - 0.42, d + 0.03, 1.45), (w - 0.14, d + 0.045, 1.68)))
    for x in np.linspace(-w + 0.4, w - 0.9, 4):
        body.add(
            "cabinet front",
            lathe([(0, 0), (0.3, 0), (0.3, 0.2), (0.24, 0.3), (0, 0.3)], (x, -0.1, height), (0, 0, 1), 20),
        )
        body.add("dark", rod((x, -0.1, height + 0.3), (x, -0.1, height + 0.305), 0.2))
    return body


def oil_transformer(length: float, width: float, height: float) -> Body:
    """An oil-filled main transformer: tank, radiators, conservator, bushings, on rails over its oil pit."""
    w, d, top = length / 2, width / 2, height
    body = Body().add("concrete", box((-w - 0.7, -d - 0.5, 0), (w + 0.7, d + 0.5, 0.12)))
    body.add("transformer", box((-w * 0.72, -d * 0.55, 0.4), (w * 0.72, d * 0.55, top - 0.7)))
    body.add("transformer", box((-w * 0.78, -d * 0.62, top - 0.7), (w * 0.78, d * 0.62, top - 0.58)))
    for side in (-1, 1):
        for x in np.linspace(-w * 0.62, w * 0.62, 16):
            y0, y1 = sorted((side * d * 0.55, side * d))
            body.add("transformer", box((x - 0.03, y0, 0.6), (x + 0.03, y1, top - 0.95)))
        body.add("steel", box((-w, side * d * 0.35 - 0.08, 0.12), (w, side * d * 0.35 + 0.08, 0.4)))
    body.add("transformer", barrel((-w * 0.6, -d * 0.4, top + 0.15), (w * 0.6, -d * 0.4, top + 0.15), 0.32, 0.08))
    for x in (-w * 0.4, w * 0.4):
        body.add("steel", box((x - 0.06, -d * 0.45, top - 0.6), (x + 0.06, -d * 0.3, top)))
    for x in (-0.6, 0.0, 0.6):
        body.add("porcelain", _bushing(x, d * 0.25, top - 0.58, 0.75))
    return body.add("instrument", box((w * 0.72, -0.15, 1.2), (w * 0.78, 0.15, 1.6)))


def _bushing(x: float, y: float, z: float, height: float):
    profile = [(0.0, 0.0)]
    for shed in np.arange(0.0, height - 0.1, 0.12):
        profile += [(0.06, shed), (0.12, shed + 0.04), (0.06, shed + 0.09)]
    return lathe([*profile, (0.04, height), (0.0, height)], (x, y, z), (0, 0, 1), 14)


def dry_transformer() -> Body:
    """A cast-resin station transformer: three coils on a core, in an open frame with fans."""
    body = Body().add("steel", box((-1.1, -0.5, 0), (1.1, 0.5, 0.16)))
    for z in (0.2, 1.7):
        body.add("dark", box((-1.0, -0.18, z), (1.0, 0.18, z + 0.25)))
    for x in (-0.7, 0.0, 0.7):
        body.add("dark", box((x - 0.12, -0.14, 0.4), (x + 0.12, 0.14, 1.75)))
        body.add("transformer", rod((x, 0, 0.52), (x, 0, 1.62), 0.32))
        body.add("porcelain", rod((x, 0.34, 1.3), (x, 0.5, 1.3), 0.04))
    for side in (-1, 1):
        body.add("steel", box((-1.05, side * 0.42 - 0.05, 0.16), (1.05, side * 0.42 + 0.05, 0.4)))
    return body


def panel(width: float, depth: float, height: float, lamps: bool = True) -> Body:
    """A floor-standing panel; its front stands at y = 0 and it reaches back (+y), for panels along a north wall."""
    w = width / 2 - 0.01
    body = Body().add("cabinet", box((-w, 0, 0), (w, depth, height))).add("dark", box((-w, -0.004, 0), (w, depth, 0.1)))
    body.add("cabinet front", box((-w + 0.04, -0.022, 0.16), (w - 0.04, 0, height - 0.08)))
    body.add("dark", box((w - 0.12, -0.05, 1.0), (w - 0.08, -0.02, 1.18)))
    return body.add("screen", box((-0.15, -0.03, height - 0.6), (0.15, -0.02, height - 0.4))) if lamps else body


def battery_rack(length: float) -> Body:
    """A two-tier rack of cells."""
    body = Body()
    for z in (0.3, 1.0):
        body.add("steel", box((-length / 2, -0.35, z - 0.06), (length / 2, 0.35, z)))
        for x in np.arange(-length / 2 + 0.2, length / 2 - 0.1, 0.34):
            body.add("dark", box((x - 0.14, -0.28, z), (x + 0.14, 0.28, z + 0.42)))
    for x in (-length / 2, length / 2):
        for y in (-0.33, 0.33):
            body.add("steel", box((x - 0.04, y - 0.04, 0), (x + 0.04, y + 0.04, 1.2)))
    return body


def desk(length: float, screens: int) -> Body:
    """An operator's desk with screens and a chair; whoever sits there looks to +y."""
    body = Body().add("cabinet front", box((-length / 2, -0.4, 0.7), (length / 2, 0.45, 0.76)))
    for x in (-length / 2 + 0.1, 0.0, length / 2 - 0.1):
        body.add("dark", box((x - 0.04, -0.3, 0), (x + 0.04, 0.35, 0.7)))
    for x in np.linspace(-length / 2 + 0.5, length / 2 - 0.5, screens):
        body.add(
            "dark",
            box((x - 0.04, 0.2, 0.76), (x + 0.04, 0.24, 1.0)),
            box((x - 0.33, 0.18, 0.92), (x + 0.33, 0.22, 1.34)),
        )
        body.add("screen", box((x - 0.3, 0.17, 0.95), (x + 0.3, 0.18, 1.31)))
        body.add(
            "dark",
            box((x - 0.22, -1.0, 0.42), (x + 0.22, -0.55, 0.5)),
            box((x - 0.2, -1.04, 0.5), (x + 0.2, -0.98, 1.0)),
        )
        body.add("dark", rod((x, -0.78, 0.02), (x, -0.78, 0.42), 0.04), rod((x, -0.78, 0.0), (x, -0.78, 0.05), 0.26))
    return body


def video_wall(width: float) -> Body:
    """A wall of screens."""
    body = Body().add("dark", box((-width / 2, -0.1, 0.7), (width / 2, 0.1, 2.7)))
    for x in np.arange(-width / 2 + 0.05, width / 2 - 0.5, (width - 0.1) / 4):
        for z in (0.75, 1.72):
            body.add("screen", box((x + 0.02, -0.115, z), (x + (width - 0.1) / 4 - 0.02, -0.1, z + 0.93)))
    return body


def analyser_rack() -> Body:
    """A water-quality rack: analysers on a board above a sample basin."""
    body = (
        Body()
        .add("cabinet", box((-0.7, 0.0, 0.2), (0.7, 0.1, 2.0)))
        .add("steel", box((-0.7, -0.3, 0), (0.7, 0.1, 0.2)))
    )
    for x, z in ((-0.42, 1.55), (0.0, 1.55), (0.42, 1.55), (-0.22, 1.05), (0.22, 1.05)):
        body.add("instrument", box((x - 0.15, -0.14, z - 0.18), (x + 0.15, 0.0, z + 0.18)))
        body.add("screen", box((x - 0.09, -0.15, z), (x + 0.09, -0.14, z + 0.12)))
    body.add("makeup", rod((-0.6, -0.08, 0.75), (0.6, -0.08, 0.75), 0.03))
    for x in (-0.4, -0.1, 0.2, 0.5):
        body.add("instrument", rod((x, -0.08, 0.45), (x, -0.08, 0.75), 0.05))
    return body


def air_handler(length: float) -> Body:
    """An air-handling unit with its intake louvres and a fan."""
    body = Body().add("air", box((-length / 2, -0.6, 0.3), (length / 2, 0.6, 2.0)))
    body.add("steel", box((-length / 2, -0.5, 0), (length / 2, 0.5, 0.3)))
    for z in np.arange(0.5, 1.8, 0.16):
        body.add("dark", box((-length / 2 - 0.012, -0.5, z), (-length / 2, 0.5, z + 0.07)))
    return body.add("dark", rod((length * 0.2, -0.612, 1.15), (length * 0.2, -0.6, 1.15), 0.42))


def duct(route: Sequence[float], y: float, z: float, radius: float) -> Body:
    """A round duct along x with nozzles that blow into the hall."""
    x0, x1 = route
    body = Body().add("air", rod((x0, y, z), (x1, y, z), radius))
    for x in np.arange(x0 + 2.0, x1, 5.0):
        body.add("air", rod((x, y, z), (x, y - radius - 0.35, z - 0.2), 0.16, 0.22))
        body.add("galvanised", rod((x + 1.0, y, z), (x + 1.08, y, z), radius + 0.015))
    return body.add("air", block((x0, y, z), (0.1, 2 * radius + 0.1, 2 * radius + 0.1)))
