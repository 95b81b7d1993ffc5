"""A state of the supply circuit by us and by those who solved such networks before us, side by side.

The same pumps, losses and neighbours, a neighbour's head moved a thousandth from state to state; each is started from
the last, as far as its solver can be: pandapipes begins anew. WNTRSimulator is timed twice, for a state asked for by
itself (``run_sim``, model and all), which is what a twin would have to ask for every second, and for a further one of
the same run, fixed beforehand from end to end: that one is its warm-started state, and the bar is held against it too.
EPANET's C core and pandapipes run in processes of their own: the one beside wntr's build of the same library, the other
in ``.peers`` (``make peers``), for it wants older libraries than ours.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np

from tests.bench.hydraulics import WANTED_US, each
from tests.twin.plant import epanet
from tests.twin.plant.test_epanet import state, supply_circuit
from twin.plant.hydraulics import Boundary, solve
from twin.plant.network import Losses, Network
from twin.signals import Floats
from twin.units import STANDARD_GRAVITY

HERE = Path(__file__).resolve().parent
PEERS = HERE.parents[1] / ".peers" / "bin" / "python"
STATES = 200
WANTED_TIMES = 50.0
DENSITY = 998.2  # kg/m³, of what pandapipes pumps
AT_REST = 60.0  # bar, added to its fixed pressures: a head below its datum is no pressure there

Case = tuple[Network, Floats, Losses, Boundary]


def case() -> Case:
    """Three pumps running and one at rest."""
    network = supply_circuit()
    _, losses, boundary = state(network, np.random.default_rng(2))
    return network, np.array([1.0, 1.0, 1.0, 0.0]), losses, boundary


def ours(case: Case) -> tuple[float, Floats]:
    """Seconds a state, and the pumps' flows [m³/s]."""
    network, speed, losses, boundary = case
    moved = boundary.head * np.array([1.001, 1.0])
    others = [Boundary(head, boundary.linear, boundary.quadratic) for head in (boundary.head, moved)]
    begun = last = solve(network, speed, losses, boundary)
    turn = 0

    def one() -> None:
        nonlocal last, turn
        turn = 1 - turn
        last = solve(network, speed, losses, others[turn], start=last)

    return each(one, STATES), begun.pump


def epanet_core(source: Path) -> float | None:
    """Seconds a state of EPANET's C core by its own binding; None where that is not installed."""
    command = [sys.executable, "-W", "ignore", str(HERE / "_epanet_core.py"), str(source), str(STATES), "X0"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return float(run.stdout) if run.returncode == 0 else None


def wntr_simulator(source: Path) -> tuple[float, float, Floats]:
    """Seconds of processor a state by itself and a further one of a run; and the pumps' flows [m³/s]."""
    import wntr

    logging.getLogger("wntr").setLevel(logging.CRITICAL)
    model = wntr.network.WaterNetworkModel(str(source))
    model.options.hydraulic.headloss = "H-W"  # the only one it knows; what its short pipes rub is nothing
    for _, pipe in model.pipes():
        pipe.roughness = 130.0
    for _, pump in model.pumps():  # it knows pumps at full speed, or closed
        if pump.base_speed == 0.0:
            pump.base_speed, pump.initial_status = 1.0, wntr.network.LinkStatus.Closed
    model.add_pattern("move", [1.0, 1.001])
    model.get_node("X0").head_pattern_name = "move"
    durations: dict[int, list[float]] = {1: [], 1 + STATES: []}
    for states in (1, *durations, *durations, *durations):  # the first time it imports
        model.options.time.duration = 3600 * (states - 1)
        begun = time.process_time()
        results = wntr.sim.WNTRSimulator(model).run_sim()
        durations[states].append(time.process_time() - begun)
        model.reset_initial_values()
    pumps = results.link["flowrate"][model.pump_name_list].to_numpy()[0]
    alone, run = (float(np.median(times)) for times in durations.values())
    return alone, (run - alone) / STATES, pumps


def pandapipes_circuit(case: Case) -> dict[str, object]:
    """The circuit as pandapipes takes it: pressures, loss coefficients, running pumps only."""
    network, speed, losses, boundary = case
    weight = DENSITY * STANDARD_GRAVITY / 1e5  # bar/m
    pumps, lines = len(network.pumps), len(network.lines)
    zeta = 2.0 * STANDARD_GRAVITY * (0.25 * np.pi * epanet.BORE**2) ** 2
    ends = [(network.nodes[a], network.nodes[b]) for a, b in zip(network.from_node, network.to_node, strict=True)]
    flow = np.linspace(0.0, 9000.0, 19)
    head = network.bank.curves[0].heads.value(flow / 3600.0)
    standing = {end for i, pair in enumerate(ends[:pumps]) if speed[i] == 0.0 for end in pair}
    kept = [
        i
        for i in range(pumps, len(ends) - lines)
        if not standing & set(ends[i]) and network.resistances[i - pumps] not in _shut(network)
    ]
    used = {node for i in kept for node in ends[i]} | {node for pair in ends[-lines:] for node in pair[1:]}
    return {
        "nodes": sorted(used),
        "bore_m": epanet.BORE,
        "density": DENSITY,
        "states": STATES // 4,
        "lines": [
            {"node": ends[len(ends) - lines + i][1], "bar": AT_REST + weight * h, "zeta": zeta * boundary.quadratic[i]}
            for i, h in enumerate(boundary.head.tolist())
        ],
        "resistances": [{"from": ends[i][0], "to": ends[i][1], "zeta": zeta * losses.forward[i - pumps]} for i in kept],
        "pumps": [
            {"name": name, "from": ends[i][0], "to": ends[i][1], "bar": (weight * head).tolist(), "m3_h": flow.tolist()}
            for i, name in enumerate(network.pumps)
            if speed[i] > 0.0
        ],
    }


def _shut(network: Network) -> set[str]:
    """The bypass, whose check valve the running pumps hold shut: pandapipes has no check valve."""
    return {name for name in network.resistances if name.startswith("BP")}


def pandapipes(case: Case, folder: Path) -> dict[str, object] | None:
    """Its version, seconds a state and pumps' flows; None where its environment is not there."""
    if not PEERS.is_file():
        return None
    source = folder / "circuit.json"
    source.write_text(json.dumps(pandapipes_circuit(case)), encoding="utf-8")
    run = subprocess.run([PEERS, HERE / "_pandapipes.py", source], capture_output=True, text=True, check=False)
    return json.loads(run.stdout.splitlines()[-1]) if run.returncode == 0 else {"error": run.stderr.splitlines()[-1]}


def held(seconds: float, mine: float) -> str:
    """What is said of the bar."""
    return f"wanted: {WANTED_TIMES:.0f} ×, {'met' if seconds >= WANTED_TIMES * mine else 'NOT met'}"


def bar(theirs: float) -> float:
    """Microseconds that a state of ours may take beside one of theirs [s]."""
    return 1e6 * theirs / WANTED_TIMES


def row(name: str, seconds: float, mine: float, note: str = "") -> None:
    """One line of the table."""
    print(f"{name:44}{1e6 * seconds:12,.1f} µs{seconds / mine:12,.2f} × ours   {note}")


def apart(flows: Floats, theirs: Floats) -> str:
    """How far the pumps' flows are from ours."""
    return f"pumps' flows within {np.abs(theirs - flows[flows > 1e-3]).max() / flows.max():.1e} of ours"


def main() -> None:
    """Print the table."""
    warnings.simplefilter("ignore")  # libraries among themselves
    circuit = case()
    mine, flows = ours(circuit)
    row("ours, the supply circuit", mine, mine, f"(wanted: the whole station in {WANTED_US:.0f} µs)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "supply.inp"
        network, speed, losses, boundary = circuit
        source.write_text(epanet.written(network, losses, boundary, speed), encoding="utf-8")
        core = epanet_core(source)
        if core is None:
            print("EPANET's C core by owa-epanet: not installed")
        else:
            row("EPANET's C core, by owa-epanet", core, mine, "the limit here")
        row("EPANET by wntr's ctypes", epanet.seconds_a_state(source.read_text(), folder, STATES), mine)
        alone, further, theirs = wntr_simulator(source)
        row(
            "WNTRSimulator, a state by itself",
            alone,
            mine,
            f"{held(alone, mine)}; {apart(flows, theirs[theirs > 1e-3])}",
        )
        row("WNTRSimulator, a further state of a run", further, mine, f"{held(further, mine)}: its own warm start")
        ratios = (
            f"{alone / mine:.0f} times for a state by itself, {further / mine:.1f} times within one of its own runs"
        )
        print(f"WNTRSimulator, both ratios: {ratios}; for {WANTED_TIMES:.0f} ours would take {bar(further):.0f} µs")
        found = pandapipes(circuit, folder)
        if found is None or "error" in found:
            print(f"pandapipes: {found['error'] if found else 'not here; `make peers` brings it'}")
        else:
            note = f"{held(found['seconds'], mine)}; {apart(flows, np.array(found['flow']))}"
            compiled = "with" if found["numba"] else "without"
            row(f"pandapipes {found['version']}, {compiled} numba", found["seconds"], mine, note)
