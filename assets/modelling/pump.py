"""A horizontal split-case double-suction pump and the motor that drives it, on one base frame. Shaft along x.

The pump's own place is the middle of its volute, on the floor. Its nozzles lie opposite each other below the shaft:
suction on -y, discharge on +y; the motor stands on +x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold, OpType

from assets.modelling.assembly import Body
from assets.modelling.solids import barrel, block, bolts, box, dome, extrusion, hull, lathe, outline_at, rod


@dataclass(frozen=True)
class PumpSize:
    """Lengths of a pump and its motor. [m]"""

    plinth_height: float
    frame_height: float
    shaft_height: float
    nozzle_height: float
    nozzle_reach: float  # from the shaft to the face of either flange, across
    suction_radius: float
    discharge_radius: float
    volute_radius: float
    volute_width: float
    chamber_radius: float
    chamber_offset: float
    bearing_end: float  # from the middle to the end of a bearing housing, along the shaft
    motor_start: float
    motor_length: float
    motor_radius: float


def plinth(size: PumpSize) -> Body:
    """The concrete block that carries pump and motor, with the grout its frame lies in."""
    end = size.motor_start + size.motor_length + 0.35
    body = Body().add("plinth", box((-1.75, -1.05, 0), (end, 1.05, size.plinth_height)))
    return body.add("marking", box((-1.62, -0.9, size.plinth_height), (end - 0.13, 0.9, size.plinth_height + 0.03)))


def pump(size: PumpSize) -> Body:
    """The pump: casing, split flange, nozzles, bearings, seals, feet, and the coupling under its guard."""
    z = size.shaft_height
    casing = _casing(size)
    outline = outline_at(casing, z, 0.1)
    split = extrusion(outline, z - 0.075, z + 0.075)
    lower, upper = casing.trim_by_plane([0, 0, -1], -z), casing.trim_by_plane([0, 0, 1], z)
    body = Body().add("pump", lower, split).add("pump cover", upper)
    body.add("bolt", _split_bolts(outline_at(casing, z, 0.05), z))
    for side, radius in ((-1, size.suction_radius), (1, size.discharge_radius)):
        face = (0, side * size.nozzle_reach, size.nozzle_height)
        body.add("pump", rod((0, side * (size.nozzle_reach - 0.09), size.nozzle_height), face, radius * 1.3))
        near = (0, side * (size.nozzle_reach - 0.045), size.nozzle_height)
        body.add("bolt", bolts(near, (0, 1, 0), radius * 1.18, 16, 0.2, 0.032))
    _cover_details(body, size)
    for end in (-1, 1):
        _bearing(body, size, end)
    _feet(body, size)
    _coupling(body, size)
    return body


def motor(size: PumpSize) -> Body:
    """The motor: ribbed frame, end shields, fan cowl with its grille, terminal box, feet, lifting eyes."""
    z, r = size.shaft_height, size.motor_radius
    start, end = size.motor_start, size.motor_start + size.motor_length
    cowl = end - 0.62
    body = Body().add("motor", rod((start + 0.22, 0, z), (cowl, 0, z), r))
    shield = [(0, 0), (0.26, 0), (0.3, 0.1), (r * 0.86, 0.12), (r * 0.99, 0.2), (r * 0.99, 0.26), (0, 0.26)]
    body.add("motor", lathe(shield, (start, 0, z), (1, 0, 0)))
    body.add("motor fins", _fins(size, start + 0.3, cowl - 0.06))
    hood = [(0, 0), (r + 0.12, 0), (r + 0.12, 0.42), (r + 0.06, 0.53), (r * 0.8, 0.62), (0, 0.62)]
    body.add("motor", lathe(hood, (cowl, 0, z), (1, 0, 0)))
    body.add("dark", rod((end - 0.02, 0, z), (end + 0.012, 0, z), r * 0.66))
    rings = [_ring(end - 0.02, z, r * share) for share in (0.2, 0.35, 0.5, 0.64)]
    body.add("motor", rings, [_spoke(end, z, r * 0.66, angle) for angle in (0, 45, 90, 135)])
    _terminal_box(body, size, (start + cowl) / 2 + 0.15)
    for side in (-1, 1):
        foot = box((start + 0.35, side * 0.72 - 0.14, size.plinth_height + size.frame_height),
                   (cowl - 0.15, side * 0.72 + 0.14, z - r * 0.55))  # fmt: skip
        body.add("motor", foot)
    for x in (start + 0.55, cowl - 0.35):
        body.add("motor", block((x, 0, z + r + 0.09), (0.12, 0.05, 0.2)))
    return body


def frame(size: PumpSize) -> Body:
    """The steel frame pump and motor share."""
    low, high = size.plinth_height, size.plinth_height + size.frame_height
    end = size.motor_start + size.motor_length + 0.1
    body = Body()
    for side in (-1, 1):
        body.add("steel", box((-1.55, side * 0.78 - 0.16, low), (end, side * 0.78 + 0.16, high)))
    for x in (-1.45, 1.55, end - 0.15):
        body.add("steel", box((x - 0.12, -0.7, low), (x + 0.12, 0.7, high - 0.02)))
    return body


def _casing(size: PumpSize) -> Manifold:
    """Volute, suction chambers and nozzles, grown into one."""
    z, n = size.shaft_height, size.nozzle_height
    w, r = size.volute_width / 2, size.volute_radius
    rim = [(r * np.sin(a) ** 0.55, -w * np.cos(a)) for a in np.radians(np.linspace(12, 168, 14))]
    volute = lathe([(0, -w * 0.97), *rim, (0, w * 0.97)], (0, 0.04, z), (1, 0, 0))
    c, k = size.chamber_radius, size.chamber_offset
    chambers = barrel((-k - 0.42, -0.02, z), (k + 0.42, -0.02, z), c, c * 0.42)
    discharge = hull(
        rod((0, size.nozzle_reach - 0.1, n), (0, size.nozzle_reach - 0.06, n), size.discharge_radius * 1.06),
        lathe([(0, -w * 0.7), (r * 0.5, -w * 0.8), (r * 0.62, 0), (r * 0.5, w * 0.8), (0, w * 0.7)],
              (0, 0.28, n + 0.1), (1, 0, 0)),
    )  # fmt: skip
    suction = [
        hull(
            rod((0, -size.nozzle_reach + 0.06, n), (0, -size.nozzle_reach + 0.1, n), size.suction_radius * 1.06),
            dome((side * k, -0.5, n + 0.18), (0, -1, 0), c * 0.72, 0.2),
        )
        for side in (-1, 1)
    ]
    blends = [hull(dome((s * k, -0.5, n + 0.18), (0, 1, 0), c * 0.72, 0.2), rod((s * (k - 0.2), 0, z - 0.1), (s * (k + 0.25), 0, z - 0.1), c * 0.8)) for s in (-1, 1)]  # fmt: skip  # noqa: E501
    return Manifold.batch_boolean([volute, chambers, discharge, *suction, *blends], OpType.Add)


def _split_bolts(outline: np.ndarray, z: float) -> list[Manifold]:
    """Studs and nuts along the split flange, 0.24 m apart."""
    closed = np.vstack([outline, outline[:1]])
    along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    count = int(along[-1] / 0.24)
    stations = np.arange(count) * along[-1] / count
    places = np.column_stack([np.interp(stations, along, closed[:, i]) for i in (0, 1)])
    return [rod((x, y, z + 0.07), (x, y, z + 0.17), 0.036, sides=6) for x, y in places]


def _cover_details(body: Body, size: PumpSize) -> None:
    """Ribs, lifting eyes and the vent on the upper half."""
    z, r = size.shaft_height, size.volute_radius
    for side in (-1, 1):
        body.add("pump cover", block((side * 0.3, 0.04, z + r * 0.83), (0.07, 0.5, 0.2)))
        eye = lathe(
            [(0.05, -0.02), (0.1, -0.02), (0.1, 0.02), (0.05, 0.02)], (side * 0.3, 0.04, z + r + 0.02), (1, 0, 0)
        )
        body.add("pump cover", eye)
    body.add("bare metal", rod((0, 0.04, z + r - 0.05), (0, 0.04, z + r + 0.22), 0.03))
    body.add("bare metal", rod((0, -0.06, z + r + 0.2), (0, 0.14, z + r + 0.2), 0.022))


def _bearing(body: Body, size: PumpSize, end: int) -> None:
    """Seal, shaft and bearing housing at one end (-1 the non-drive end, 1 the drive end)."""
    z = size.shaft_height
    inner, outer = end * (size.chamber_offset + 0.4), end * size.bearing_end
    along = (end, 0, 0)
    body.add("bare metal", rod((inner, 0, z), (outer + end * 0.1, 0, z), 0.075))
    body.add("cast iron", rod((inner, 0, z), (inner + end * 0.1, 0, z), 0.2))
    body.add("bolt", bolts((inner + end * 0.1, 0, z), along, 0.155, 6, 0.05, 0.02))
    length = abs(outer - inner) - 0.14
    housing = [(0, 0), (0.2, 0), (0.24, 0.05), (0.24, length - 0.05), (0.2, length), (0, length)]
    body.add("pump", lathe(housing, (inner + end * 0.14, 0, z), along))
    middle = inner + end * (0.14 + length / 2)
    body.add("pump", box((middle - 0.12, -0.2, size.nozzle_height - 0.1), (middle + 0.12, 0.2, z - 0.12)))
    body.add("pump", hull(
        box((middle - 0.12, -0.2, z - 0.45), (middle + 0.12, 0.2, z - 0.3)),
        block((end * size.chamber_offset * 0.8, 0, z - 0.4), (0.1, 0.5, 0.2)),
    ))  # fmt: skip
    body.add("bare metal", rod((middle, 0, z + 0.2), (middle, 0, z + 0.34), 0.035))
    body.add("dark", rod((middle, -0.24, z - 0.03), (middle, -0.3, z - 0.03), 0.05))


def _feet(body: Body, size: PumpSize) -> None:
    low = size.plinth_height + size.frame_height
    for x in (-1, 1):
        for y in (-1, 1):
            at, leg = (x * size.chamber_offset, y * 0.66), size.nozzle_height
            body.add("pump", box((at[0] - 0.17, at[1] - 0.2, low), (at[0] + 0.17, at[1] + 0.2, low + 0.07)))
            body.add("pump", hull(
                box((at[0] - 0.12, at[1] - 0.15, low + 0.06), (at[0] + 0.12, at[1] + 0.15, low + 0.08)),
                block((at[0], y * 0.42, leg + 0.12), (0.26, 0.2, 0.1)),
            ))  # fmt: skip


def _coupling(body: Body, size: PumpSize) -> None:
    """Spacer coupling under a ribbed guard on two legs."""
    z, start, end = size.shaft_height, size.bearing_end + 0.02, size.motor_start + 0.02
    body.add("bare metal", rod((start, 0, z), (end, 0, z), 0.09))
    guard_start, guard_end = start + 0.06, end - 0.04
    body.add("guard", rod((guard_start, 0, z), (guard_end, 0, z), 0.25))
    for x in np.linspace(guard_start, guard_end, 4):
        body.add("guard", rod((x - 0.015, 0, z), (x + 0.015, 0, z), 0.275))
    low = size.plinth_height + size.frame_height - 0.03
    body.add("guard", box((guard_start + 0.02, -0.24, low), (guard_end - 0.02, 0.24, z - 0.02)))


def _fins(size: PumpSize, start: float, end: float) -> list[Manifold]:
    """Cooling ribs along the frame, none underneath."""
    z, r = size.shaft_height, size.motor_radius
    rib = box((start, -0.011, r - 0.02), (end, 0.011, r + 0.085))
    return [rib.rotate([angle, 0, 0]).translate([0, 0, z]) for angle in np.linspace(-132, 132, 34).tolist()]


def _ring(x: float, z: float, radius: float) -> Manifold:
    rim = [(radius - 0.012, 0), (radius + 0.012, 0), (radius + 0.012, 0.05), (radius - 0.012, 0.05)]
    return lathe(rim, (x, 0, z), (1, 0, 0), 24)


def _spoke(x: float, z: float, radius: float, angle: float) -> Manifold:
    return block((x + 0.015, 0, 0), (0.03, 2 * radius, 0.03)).rotate([angle, 0, 0]).translate([0, 0, z])


def _terminal_box(body: Body, size: PumpSize, x: float) -> None:
    """The high-voltage terminal box on the side of the motor, its glands below, and a small one for the sensors."""
    z, r = size.shaft_height, size.motor_radius
    body.add("motor", box((x - 0.42, r - 0.1, z - 0.28), (x + 0.42, r + 0.5, z + 0.38)))
    body.add("cabinet front", box((x - 0.38, r + 0.5, z - 0.24), (x + 0.38, r + 0.53, z + 0.34)))
    for offset in (-0.22, 0.0, 0.22):
        body.add("dark", rod((x + offset, r + 0.26, z - 0.28), (x + offset, r + 0.26, size.plinth_height - 0.3), 0.045))
    body.add("motor", box((x + 0.6, r - 0.08, z - 0.05), (x + 0.9, r + 0.16, z + 0.2)))
