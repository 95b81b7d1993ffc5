"""pandapipes' own time for a circuit, in the environment it wants: ``.peers/bin/python _pandapipes.py circuit.json``.

Prints one JSON object: its version, whether it has numba, the median duration of a state [s], and its pumps' flows
[m³/s]. It begins each state anew, for it knows no other way, but keeps its matrix.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib.util import find_spec
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")  # libraries among themselves


def net_of(circuit: dict[str, Any]) -> Any:
    """Nodes, pumps on a polynomial, losses as short wide pipes with a loss coefficient, lines from fixed heads."""
    import pandapipes

    net = pandapipes.create_empty_network(fluid="water")
    nodes = {name: pandapipes.create_junction(net, 5.0, 293.15, name=name) for name in circuit["nodes"]}
    bore = circuit["bore_m"]
    for line in circuit["lines"]:
        behind = pandapipes.create_junction(net, line["bar"], 293.15)
        pandapipes.create_ext_grid(net, behind, p_bar=line["bar"], t_k=293.15)
        _lossy(net, behind, nodes[line["node"]], bore, line["zeta"])
    for part in circuit["resistances"]:
        _lossy(net, nodes[part["from"]], nodes[part["to"]], bore, part["zeta"])
    for pump in circuit["pumps"]:
        pandapipes.create_pump_from_parameters(
            net,
            nodes[pump["from"]],
            nodes[pump["to"]],
            pump["name"],
            pressure_list=pump["bar"],
            flowrate_list=pump["m3_h"],
            reg_polynomial_degree=2,
        )
    return net


def _lossy(net: Any, start: int, end: int, bore: float, zeta: float) -> None:
    import pandapipes

    pandapipes.create_pipe_from_parameters(
        net, start, end, length_km=1e-6, diameter_m=bore, k_mm=0.001, loss_coefficient=zeta
    )


def main() -> None:
    """Solve once, then again and again with another pressure."""
    import pandapipes

    circuit = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    net = net_of(circuit)
    pandapipes.pipeflow(net, iter=100)
    durations = []
    for k in range(circuit["states"]):
        net.ext_grid.loc[0, "p_bar"] = circuit["lines"][0]["bar"] * (1.0 + 1e-3 * (k % 2))
        begun = time.perf_counter()
        pandapipes.pipeflow(net, iter=100, reuse_internal_data=k > 0)
        durations.append(time.perf_counter() - begun)
    durations.sort()
    flow = (net.res_pump.mdot_from_kg_per_s / circuit["density"]).tolist()
    found = {"version": pandapipes.__version__, "seconds": durations[len(durations) // 2], "flow": flow}
    print(json.dumps(found | {"numba": find_spec("numba") is not None}))


if __name__ == "__main__":
    main()
