"""The pipes of a station: headers on their supports, the branches of each pump, the yard where the line comes in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from manifold3d import Manifold

from assets.modelling import valves
from assets.modelling.assembly import Assembly, Body, Point
from assets.modelling.solids import barrel, block, bolts, box, dome, extrusion, lathe, pipe, rod


@dataclass(frozen=True)
class PipeSize:
    """Outer radii, with insulation where there is any, clear widths, heights and places. [m]"""

    header_radius: float
    branch_radius: float
    header_bore: float
    branch_bore: float
    header_height: float
    branch_height: float
    suction_header_y: float
    discharge_header_y: float
    bend: float
    band_every: float
    suction_valve_y: float
    strainer_y: float
    check_valve_y: float
    discharge_valve_y: float


def header(size: PipeSize, medium: str, start: Point, end: Point) -> Body:
    """A header along x: insulated, clad, banded, with arrows that show the way of the water and a dished end."""
    r = size.header_radius
    body = Body().add(medium, rod(start, end, r))
    body.add(medium, dome(end, np.sign(np.subtract(end, start)), r, 0.4))
    y, z = start[1], start[2]
    low, high = sorted((start[0], end[0]))
    for x in np.arange(low + 1.0, high - 0.3, size.band_every):
        body.add(f"{medium} band", rod((x - 0.04, y, z), (x + 0.04, y, z), r + 0.016))
    return body


def arrows(size: PipeSize, medium: str, places: list[float], y: float, ahead: int) -> Body:
    """Flow arrows laid on top of a header along x."""
    top = size.header_height + size.header_radius
    shape = np.array(
        [(-0.8, -0.14), (0.15, -0.14), (0.15, -0.36), (0.85, 0.0), (0.15, 0.36), (0.15, 0.14), (-0.8, 0.14)]
    )
    body = Body()
    for x in places:
        body.add(f"{medium} band", extrusion(shape * (ahead, 1) + (x, y), top - 0.1, top + 0.03))
    return body


def header_support(size: PipeSize, x: float, y: float) -> Manifold | list[Manifold]:
    """A steel goal-post under a header, with the saddle it lies in."""
    top = size.header_height - size.header_radius * 0.8
    legs = [box((x - 0.12, y + s * 1.05 - 0.12, 0), (x + 0.12, y + s * 1.05 + 0.12, top)) for s in (-1, 1)]
    feet = [box((x - 0.25, y + s * 1.05 - 0.25, 0), (x + 0.25, y + s * 1.05 + 0.25, 0.05)) for s in (-1, 1)]
    beam = box((x - 0.14, y - 1.2, top - 0.45), (x + 0.14, y + 1.2, top - 0.15))
    saddle = box((x - 0.2, y - 0.7, top - 0.16), (x + 0.2, y + 0.7, top + 0.18))
    return [*legs, *feet, beam, saddle]


def suction_branch(size: PipeSize, medium: str, flange_y: float, nozzle_radius: float) -> Body:
    """From the suction header down and across to the pump's flange; the pump's place is the origin."""
    r, z, h = size.branch_radius, size.branch_height, size.header_height
    valve, strainer = size.suction_valve_y, size.strainer_y
    y = size.suction_header_y
    body = Body().add(
        medium, pipe([(0, y, h - size.header_radius * 0.7), (0, y, z), (0, valve - 0.5, z)], r, size.bend)
    )
    body.add(
        f"{medium} band", rod((0, y, h - size.header_radius - 0.12), (0, y, h - size.header_radius * 0.8), r + 0.05)
    )
    body.add(medium, rod((0, valve + 0.5, z), (0, strainer - 1.08, z), r))
    body.add(medium, rod((0, strainer + 1.08, z), (0, flange_y - 0.75, z), r))
    body.add(medium, rod((0, flange_y - 0.75, z), (0, flange_y - 0.1, z), r, nozzle_radius * 1.05))
    _mate(body, flange_y, -1, nozzle_radius, z)
    return body


def discharge_branch(size: PipeSize, medium: str, flange_y: float, nozzle_radius: float) -> Body:
    """From the pump's flange across and up to the discharge header."""
    r, z, h = size.branch_radius, size.branch_height, size.header_height
    check, valve, y = size.check_valve_y, size.discharge_valve_y, size.discharge_header_y
    body = Body().add(medium, rod((0, flange_y + 0.1, z), (0, flange_y + 0.7, z), nozzle_radius * 1.05, r))
    body.add(
        medium, rod((0, flange_y + 0.7, z), (0, check - 0.7, z), r), rod((0, check + 0.7, z), (0, valve - 0.3, z), r)
    )
    body.add(medium, pipe([(0, valve + 0.3, z), (0, y, z), (0, y, h - size.header_radius * 0.7)], r, size.bend))
    body.add(
        f"{medium} band", rod((0, y, h - size.header_radius - 0.12), (0, y, h - size.header_radius * 0.8), r + 0.05)
    )
    _mate(body, flange_y, 1, nozzle_radius, z)
    return body


def _mate(body: Body, flange_y: float, away: int, radius: float, z: float) -> None:
    """The pipe's half of the joint with the pump."""
    body.add("valve", rod((0, flange_y + away * 0.006, z), (0, flange_y + away * 0.1, z), radius * 1.3))


def branch_feet(size: PipeSize) -> Body:
    """Saddles under the branches."""
    body = Body()
    for y in (
        size.suction_valve_y - 1.05,
        size.strainer_y + 1.45,
        size.check_valve_y + 1.15,
        size.discharge_valve_y + 1.0,
    ):
        body.join(valves.pipe_saddle(-size.branch_height, size.branch_radius), (0, y, size.branch_height))
    return body


# ---- the yard -------------------------------------------------------------------------------------------------------

LOW = 1.7  # m, the height of the pipes in the yard
PIECE = 0.55  # m from the middle of a valve to where its pipe begins


def yard(size: PipeSize, hundred: int) -> list[tuple[str, str, Body, Point]]:
    """The valve yard before the west wall, as (layer, name, body, place): one line comes in, one goes out.

    Names carry the circuit's hundred: 300 for supply, 400 for return.
    """
    n = f"{hundred // 100}"
    r, slim = size.header_radius, size.branch_radius
    inlet, outlet = size.suction_header_y, size.discharge_header_y
    gate = valves.gate_valve(r * 0.92, 1.1).turned(90)
    motor_valve = valves.butterfly_valve(slim).turned(90)
    strainer = valves.main_strainer(r * 0.9, 3.0).turned(90)
    return [
        ("piping", f"MV{n}01", gate, (-9.0, inlet, LOW)),
        ("piping", f"STR{n}01", strainer, (-1.0, inlet - 2.6, LOW)),
        ("piping", f"STR{n}02", strainer, (-1.0, inlet + 2.6, LOW)),
        ("piping", f"MV{n}03", motor_valve, (-4.4, inlet - 2.6, LOW)),
        ("piping", f"MV{n}04", motor_valve, (-4.4, inlet + 2.6, LOW)),
        ("piping", f"MV{n}02", gate, (-9.0, outlet, LOW)),
        ("piping", f"BP{n}01", _bypass(slim), (-12.0, (inlet + outlet) / 2, LOW)),
        ("piping", f"MV{n}05", valves.butterfly_valve(0.3), (1.0, outlet - 3.2, LOW)),
        ("piping", f"MV{n}06", valves.gate_valve(0.2, 0.6).turned(90), (7.2, inlet + 3.4, 0.9)),
        ("piping", f"RV{n}01", valves.relief_valve(), (5.2, inlet - 0.2, LOW + r)),
        ("piping", f"RV{n}02", valves.relief_valve(), (4.0, inlet - 0.2, LOW + r)),
        ("piping", f"SV{n}01", surge_vessel(), (-1.4, 24.6, 0)),
        ("piping", f"SV{n}02", surge_vessel(), (3.4, 24.6, 0)),
    ]


def yard_pipes(size: PipeSize, medium: str) -> Body:
    """Inlet, manifolds about the strainers, outlet with its expansion loop, bypass and surge line."""
    r, slim, bend = size.header_radius, size.branch_radius, size.bend * 1.25
    inlet, outlet, h = size.suction_header_y, size.discharge_header_y, size.header_height
    body = Body()
    body.add(medium, pipe([(-14.5, inlet, -0.6), (-14.5, inlet, LOW), (-9.0 - PIECE, inlet, LOW)], r, bend))
    body.add(medium, rod((-9.0 + PIECE, inlet, LOW), (-6.4, inlet, LOW), r))
    for x, sign in ((-6.4, 1), (3.0, -1)):
        body.add(medium, barrel((x, inlet - 3.5, LOW), (x, inlet + 3.5, LOW), r, 0.25))
        for y in (inlet - 2.6, inlet + 2.6):
            stop = -4.4 - 0.3 if sign > 0 else -1.0 + 1.9
            body.add(medium, rod((x, y, LOW), (stop, y, LOW), slim))
    for y in (inlet - 2.6, inlet + 2.6):
        body.add(medium, rod((-4.1, y, LOW), (-2.9, y, LOW), slim))
    body.add(medium, pipe([(3.0, inlet, LOW), (7.0, inlet, LOW), (7.0, inlet, h), (10.4, inlet, h)], r, bend))
    _loop(body, medium, r, bend, outlet, h)
    body.add(medium, pipe([(-9.0 - PIECE, outlet, LOW), (-14.5, outlet, LOW), (-14.5, outlet, -0.6)], r, bend))
    middle = (inlet + outlet) / 2
    body.add(medium, rod((-12.0, inlet, LOW), (-12.0, middle - 2.1, LOW), slim))
    body.add(medium, rod((-12.0, middle + 2.1, LOW), (-12.0, outlet, LOW), slim))
    body.add(medium, rod((1.0, outlet, LOW), (1.0, outlet - 2.95, LOW), 0.3))
    body.add(medium, pipe([(1.0, outlet - 3.45, LOW), (1.0, 28.4, LOW), (1.0, 28.4, 0.6)], 0.3, 0.5))
    body.add(medium, pipe([(-1.4, 25.2, 0.6), (-1.4, 28.4, 0.6), (3.4, 28.4, 0.6), (3.4, 25.2, 0.6)], 0.3, 0.5))
    body.add("makeup", pipe([(9.0, inlet + 3.4, -0.4), (9.0, inlet + 3.4, 0.9), (7.5, inlet + 3.4, 0.9)], 0.2, 0.35))
    body.add("makeup", pipe([(6.9, inlet + 3.4, 0.9), (5.6, inlet + 3.4, 0.9), (5.6, inlet + 0.4, 0.9),
                             (5.6, inlet + 0.4, LOW)], 0.2, 0.35))  # fmt: skip
    return body


def _loop(body: Body, medium: str, r: float, bend: float, y: float, h: float) -> None:
    """Out of the hall, down, through a lying expansion loop, to the outlet valve."""
    path = [(10.4, y, h), (7.6, y, h), (7.6, y, LOW), (4.6, y, LOW), (4.6, y + 6.0, LOW), (-3.4, y + 6.0, LOW),
            (-3.4, y, LOW), (-9.0 + PIECE, y, LOW)]  # fmt: skip
    body.add(medium, pipe(path, r, bend))
    # The surge line leaves before the loop: a stub that crosses beneath it.
    body.add(medium, rod((1.0, y, LOW), (4.6, y, LOW), 0.3))
    for x in (4.6, -3.4):
        body.add(f"{medium} band", rod((x, y + 2.6, LOW), (x, y + 2.8, LOW), r + 0.03))


def yard_feet(size: PipeSize) -> Body:
    """Concrete feet under everything in the yard."""
    body = Body()
    inlet, outlet = size.suction_header_y, size.discharge_header_y
    places = [(-11.0, inlet), (-7.4, inlet), (5.0, inlet), (-11.0, outlet), (-6.4, outlet), (0.6, outlet + 6.0)]
    for x, y in places:
        foot = valves.pipe_saddle(-LOW, size.header_radius).turned(90)
        body.join(foot, (x, y, LOW))
    for y in (inlet - 2.6, inlet + 2.6):
        body.add("concrete", box((-2.6, y - 1.1, 0), (0.6, y + 1.1, 0.16)))
    for x in (-12.0,):
        for y in (inlet + 5.0, outlet - 5.0):
            body.join(valves.pipe_saddle(-LOW, size.branch_radius), (x, y, LOW))
    for x in (-1.4, 3.4):
        body.add("concrete", box((x - 1.9, 22.7, 0), (x + 1.9, 26.5, 0.25)))
    return body


def surge_vessel() -> Body:
    """An upright air vessel on legs: shell, heads, manhole, level gauge, ladder, nameplate."""
    r, low, high = 1.5, 1.5, 6.6
    body = Body().add("air", rod((0, 0, low), (0, 0, high), r))
    body.add("air", dome((0, 0, high), (0, 0, 1), r, 0.62), dome((0, 0, low), (0, 0, -1), r, 0.62))
    for angle in np.radians((45, 135, 225, 315)):
        x, y = 1.28 * np.cos(angle), 1.28 * np.sin(angle)
        body.add("steel", box((x - 0.11, y - 0.11, 0.2), (x + 0.11, y + 0.11, low + 0.4)))
    body.add(
        "air", rod((0, -r + 0.1, 2.6), (0, -r - 0.22, 2.6), 0.34), rod((0, -r - 0.22, 2.6), (0, -r - 0.3, 2.6), 0.44)
    )
    body.add("bolt", bolts((0, -r - 0.26, 2.6), (0, 1, 0), 0.39, 12, 0.16, 0.022))
    body.add("instrument", rod((r + 0.14, -0.5, 2.2), (r + 0.14, -0.5, 5.8), 0.045))
    for z in (2.2, 5.8):
        body.add("instrument", rod((r * 0.8, -0.5, z), (r + 0.16, -0.5, z), 0.035))
    for x in (-0.25, 0.25):
        body.add("handrail", rod((x, r + 0.22, 0.2), (x, r + 0.22, high + 0.9), 0.025))
    for z in np.arange(0.5, high + 0.8, 0.35):
        body.add("handrail", rod((-0.25, r + 0.22, z), (0.25, r + 0.22, z), 0.018))
    for z in (2.0, 6.0):
        body.add(
            "bare metal", lathe([(r, -0.05), (r + 0.02, -0.05), (r + 0.02, 0.05), (r, 0.05)], (0, 0, z), (0, 0, 1))
        )
    body.add("air", rod((0, 0.6, 0.6), (0, 0.0, 0.6), 0.3), rod((0, 0, 0.6), (0, 0, low - 0.4), 0.3))
    return body.add("bare metal", rod((0, 0, high + 0.55), (0, 0, high + 0.85), 0.07))


def _bypass(radius: float) -> Body:
    """The station's bypass: check valve, then butterfly valve, along y."""
    body = Body().join(valves.check_valve(radius), (0, -1.1, 0)).join(valves.butterfly_valve(radius), (0, 1.2, 0))
    body.add("valve", rod((0, -0.46, 0), (0, 0.95, 0), radius))
    body.add("valve", rod((0, -2.15, 0), (0, -1.7, 0), radius), rod((0, 1.45, 0), (0, 2.15, 0), radius))
    return body


def place_yard(assembly: Assembly, size: PipeSize, medium: str, hundred: int, mirror: float | None) -> None:
    """Place a yard before the west wall, or mirrored before the east wall."""
    fixed = [
        ("piping", "SUPPLY.yard" if hundred == 300 else "RETURN.yard", yard_pipes(size, medium), (0.0, 0.0, 0.0)),
        ("building", f"building.feet.{medium}", yard_feet(size), (0.0, 0.0, 0.0)),
    ]
    for layer, name, body, at in [*yard(size, hundred), *fixed]:
        bore = size.header_bore if name.endswith(".yard") else 0.0
        if mirror is None:
            assembly.place(layer, name, body, at, bore)
        else:
            assembly.place(layer, name, body.mirrored(0.0), (2 * mirror - at[0], at[1], at[2]), bore)


def make_up_pump() -> Body:
    """A small end-suction pump on its base, with make-up pipes up to the manifold."""
    body = Body().add("plinth", box((-0.45, -0.9, 0), (0.45, 0.9, 0.2)))
    body.add("pump", barrel((0, -0.62, 0.6), (0, -0.34, 0.6), 0.28, 0.08), rod((0, -0.34, 0.6), (0, -0.05, 0.6), 0.14))
    body.add("motor", barrel((0, 0.0, 0.6), (0, 0.62, 0.6), 0.22, 0.05), box((-0.12, 0.15, 0.78), (0.12, 0.42, 0.94)))
    body.add("motor", box((-0.2, 0.08, 0.2), (0.2, 0.54, 0.45)), box((-0.18, -0.56, 0.2), (0.18, -0.36, 0.4)))
    body.add("makeup", pipe([(0, -0.6, 0.6), (0, -1.3, 0.6), (0, -1.3, 0.0)], 0.1, 0.2))
    body.add("makeup", pipe([(0, -0.48, 0.8), (0, -0.48, 1.9)], 0.08, 0.16))
    return body.add("valve", rod((0, -0.48, 1.15), (0, -0.48, 1.4), 0.14)).join(
        valves.handwheel((0.24, -0.48, 1.28), (1, 0, 0), 0.13)
    )


def make_up_plant() -> Body:
    """Two tanks, softeners, and the manifold above the make-up pumps; its middle is the origin."""
    body = Body()
    for x in (-3.2, 1.0):
        body.add("makeup", rod((x, 1.9, 0.2), (x, 1.9, 3.4), 1.55), dome((x, 1.9, 3.4), (0, 0, 1), 1.55, 0.4))
        body.add("concrete", rod((x, 1.9, 0), (x, 1.9, 0.2), 1.7))
        body.add("instrument", rod((x + 1.2, 0.75, 0.5), (x + 1.2, 0.75, 3.2), 0.04))
    for x in (3.9, 5.1, 6.3):
        body.add("makeup", barrel((x, 2.6, 0.3), (x, 2.6, 2.3), 0.45, 0.25), rod((x, 2.6, 0), (x, 2.6, 0.3), 0.2))
        body.add("instrument", block((x, 2.05, 2.0), (0.24, 0.2, 0.24)))
    body.add("makeup", pipe([(-3.6, -5.48, 1.9), (4.2, -5.48, 1.9), (4.2, 2.6, 1.9), (4.2, 2.6, 2.4)], 0.12, 0.3))
    return body.add("makeup", pipe([(-3.2, 0.5, 0.6), (-3.2, -0.4, 0.6), (1.0, -0.4, 0.6), (1.0, 0.5, 0.6)], 0.12, 0.3))
