"""What stands in a pipe: valves with their drives, strainers, flanges, instruments.

The pipe runs along y through the origin; whoever places a body lifts it to its height.
"""

from __future__ import annotations

from manifold3d import Manifold

from assets.modelling.assembly import Body
from assets.modelling.solids import barrel, block, bolts, box, dome, lathe, rod

ALONG = (0.0, 1.0, 0.0)


def flange(y: float, radius: float, half: float = 0.055) -> tuple[list[Manifold], list[Manifold]]:
    """A pair of flanges about ``y`` on a pipe, and their bolts."""
    pair = [
        rod((0, y - half, 0), (0, y - 0.006, 0), radius * 1.28),
        rod((0, y + 0.006, 0), (0, y + half, 0), radius * 1.28),
    ]
    return pair, bolts((0, y, 0), ALONG, radius * 1.17, 16, 2 * half + 0.1, max(0.02, radius * 0.05))


def _flanged(body: Body, radius: float, *places: float) -> Body:
    for y in places:
        pair, ring = flange(y, radius)
        body.add("valve", pair).add("bolt", ring)
    return body


def actuator(height: float, size: float = 1.0, material: str = "actuator") -> Body:
    """An electric drive on a gearbox, with motor, control head and handwheel; its foot is at ``height``."""
    z = height
    body = Body().add(material, rod((0, 0, z), (0, 0, z + 0.26 * size), 0.24 * size))
    body.add(material, block((0, 0, z + 0.4 * size), (0.44 * size, 0.36 * size, 0.3 * size)))
    body.add(material, barrel((0.2 * size, 0, z + 0.42 * size), (0.72 * size, 0, z + 0.42 * size), 0.15 * size, 0.04))
    body.add(material, barrel((-0.2 * size, 0, z + 0.42 * size), (-0.55 * size, 0, z + 0.42 * size), 0.18 * size, 0.05))
    body.add("screen", block((-0.4 * size, -0.17 * size, z + 0.45 * size), (0.16 * size, 0.05 * size, 0.1 * size)))
    return body.join(handwheel((0, -0.32 * size, z + 0.4 * size), (0, -1, 0), 0.26 * size))


def handwheel(centre: tuple[float, float, float], direction: tuple[float, float, float], radius: float) -> Body:
    """A wheel with two spokes."""
    rim = [(radius - 0.02, -0.02), (radius + 0.02, -0.02), (radius + 0.02, 0.02), (radius - 0.02, 0.02)]
    x, y, z = centre
    body = Body().add("dark", lathe(rim, centre, direction, 18))
    hub = rod(centre, tuple(c - 0.14 * d for c, d in zip(centre, direction, strict=True)), 0.03)
    flat = (2 * radius, 0.02, 0.03) if abs(direction[1]) > 0.5 else (2 * radius, 0.03, 0.02)
    cross = (0.03, 0.02, 2 * radius) if abs(direction[1]) > 0.5 else (0.03, 2 * radius, 0.02)
    return body.add("dark", hub, block((x, y, z), flat), block((x, y, z), cross))


def butterfly_valve(radius: float) -> Body:
    """A short double-flanged butterfly valve with an electric quarter-turn drive above it."""
    body = Body().add("valve", rod((0, -0.24, 0), (0, 0.24, 0), radius * 1.08))
    _flanged(body, radius, -0.27, 0.27)
    body.add(
        "valve", rod((0, 0, radius), (0, 0, radius + 0.34), 0.15), rod((0, 0, -radius - 0.2), (0, 0, -radius), 0.14)
    )
    return body.join(actuator(radius + 0.32))


def check_valve(radius: float) -> Body:
    """A slow-closing swing check valve: bulged body, lid, shaft with lever and weight, oil damper."""
    r = radius
    shape = [
        (0, -0.62),
        (r * 1.05, -0.62),
        (r * 1.14, -0.3),
        (r * 1.2, 0.05),
        (r * 1.12, 0.4),
        (r * 1.05, 0.62),
        (0, 0.62),
    ]
    body = Body().add("valve", lathe(shape, (0, 0, 0), ALONG))
    _flanged(body, r, -0.65, 0.65)
    body.add("valve", rod((0, -0.08, r * 0.8), (0, -0.08, r * 1.34), r * 0.72))
    body.add("valve", rod((0, -0.08, r * 1.34), (0, -0.08, r * 1.34 + 0.08), r * 0.86))
    body.add("bolt", bolts((0, -0.08, r * 1.34 + 0.06), (0, 0, 1), r * 0.78, 14, 0.1, 0.024))
    hinge = r * 0.5
    body.add("bare metal", rod((-r * 1.45, -0.1, hinge), (r * 1.45, -0.1, hinge), 0.06))
    for side in (-1, 1):
        x = side * r * 1.38
        body.add("cast iron", rod((x, -0.1, hinge), (x, 0.62, hinge + 0.28), 0.045))
    weight = (-r * 1.38, 0.66, hinge + 0.3)
    body.add("cast iron", rod((weight[0] - 0.12, *weight[1:]), (weight[0] + 0.12, *weight[1:]), 0.2))
    damper = r * 1.38
    body.add("bare metal", rod((damper, 0.52, hinge + 0.22), (damper, 0.5, -0.1), 0.03))
    return body.add("actuator", rod((damper, 0.5, 0.0), (damper, 0.48, -0.62), 0.09))


def gate_valve(radius: float, size: float = 1.0) -> Body:
    """A gate valve: wedge body, bonnet, yoke, rising stem and electric drive."""
    r = radius
    body = Body().add("valve", rod((0, -0.42, 0), (0, 0.42, 0), r * 1.06))
    _flanged(body, r, -0.45, 0.45)
    top = r * 1.75
    body.add(
        "valve", block((0, 0, top / 2), (r * 2.0, 0.42, top)), barrel((0, 0, -r * 1.15), (0, 0, 0), r * 0.9, r * 0.3)
    )
    body.add("valve", block((0, 0, top + 0.04), (r * 2.25, 0.6, 0.1)))
    for x in (-0.8, -0.4, 0.0, 0.4, 0.8):
        for y in (-0.24, 0.24):
            body.add("bolt", rod((x * r * 1.25, y, top), (x * r * 1.25, y, top + 0.14), 0.03, sides=6))
    yoke = top + 0.75 * size
    for side in (-1, 1):
        body.add("valve", rod((side * 0.34 * size, 0, top), (side * 0.2 * size, 0, yoke), 0.06))
    body.add("bare metal", rod((0, 0, top), (0, 0, yoke + 1.1 * size), 0.045))
    return body.join(actuator(yoke, size))


def basket_strainer(radius: float) -> Body:
    """A pot strainer: upright drum with a bolted lid, davit, drain and two pressure taps."""
    r = radius * 1.45
    body = Body().add("valve", barrel((0, 0, -radius * 1.35), (0, 0, radius * 1.3), r, 0.12))
    body.add("valve", rod((0, -r - 0.25, 0), (0, r + 0.25, 0), radius * 1.04))
    _flanged(body, radius, -r - 0.28, r + 0.28)
    lid = radius * 1.3
    body.add(
        "valve", rod((0, 0, lid - 0.09), (0, 0, lid), r * 1.14), rod((0, 0, lid + 0.01), (0, 0, lid + 0.1), r * 1.14)
    )
    body.add("valve", dome((0, 0, lid + 0.1), (0, 0, 1), r * 0.9, 0.16))
    body.add("bolt", bolts((0, 0, lid), (0, 0, 1), r * 1.06, 16, 0.3, 0.03))
    body.add("steel", rod((r * 1.2, 0, lid - 0.4), (r * 1.2, 0, lid + 0.7), 0.05))
    body.add("steel", block((r * 0.6, 0, lid + 0.68), (r * 1.3, 0.07, 0.07)))
    return body.add("drain", rod((0, 0, -radius * 1.35 - 0.25), (0, 0, -radius * 1.3), 0.09))


def main_strainer(radius: float, length: float) -> Body:
    """A self-cleaning main strainer: lying drum with dished heads on saddles, flushing valve, pressure taps."""
    r = radius * 1.5
    half = length / 2
    body = Body().add("valve", rod((0, -half, 0), (0, half, 0), r))
    body.add("valve", dome((0, half, 0), (0, 1, 0), r, 0.5), dome((0, -half, 0), (0, -1, 0), r, 0.5))
    for y in (-half, half):
        pair, ring = flange(y, r / 1.1)
        body.add("valve", pair).add("bolt", ring)
    body.add("valve", rod((0, 0, r * 0.9), (0, 0, r + 0.45), 0.45), rod((0, 0, r + 0.45), (0, 0, r + 0.55), 0.58))
    body.add("bolt", bolts((0, 0, r + 0.5), (0, 0, 1), 0.52, 14, 0.16, 0.024))
    for y in (-half * 0.62, half * 0.62):
        body.add("steel", box((-r * 0.9, y - 0.12, -r - 0.35), (r * 0.9, y + 0.12, -r * 0.42)))
    body.add("drain", rod((0, 0, -r - 0.3), (0, 0, -r * 0.9), 0.15))
    return body.join(actuator(r + 0.55, 0.8))


def relief_valve() -> Body:
    """A spring relief valve, standing on its inlet at the origin and blowing to one side."""
    body = Body().add("valve", rod((0, 0, 0), (0, 0, 0.5), 0.13), barrel((0, 0, 0.3), (0, 0, 0.85), 0.24, 0.06))
    body.add("valve", rod((0, 0, 0), (0, 0, 0.06), 0.24), rod((0, 0, 0.85), (0, 0, 1.5), 0.15))
    body.add("bare metal", rod((0, 0, 1.5), (0, 0, 1.68), 0.07))
    return body.add("drain", rod((0, 0, 0.6), (0.6, 0, 0.6), 0.16), rod((0.6, 0, -0.4), (0.6, 0, 0.76), 0.16))


def transmitter(height: float) -> Body:
    """A pressure transmitter on a stand, its head at ``height`` above the floor, with the impulse line to the pipe."""
    body = Body().add("steel", rod((0, 0, 0), (0, 0, height - 0.12), 0.03), rod((0, 0, 0), (0, 0, 0.02), 0.11))
    body.add(
        "instrument",
        rod((-0.11, 0, height), (0.11, 0, height), 0.085),
        rod((0, 0, height - 0.14), (0, 0, height), 0.055),
    )
    return body.add("screen", rod((0.11, 0, height), (0.118, 0, height), 0.055))


def pipe_saddle(low: float, radius: float) -> Body:
    """A foot under a pipe; ``low`` is the floor below its centre (negative)."""
    body = Body().add("concrete", box((-radius * 0.9, -0.3, low), (radius * 0.9, 0.3, low + 0.18)))
    return body.add("steel", box((-radius * 0.7, -0.14, low + 0.18), (radius * 0.7, 0.14, -radius * 0.55)))
