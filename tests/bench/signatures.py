"""Which residuals each fault moves, and which way: reckoned from the plant with and without it.

``python -m tests.bench.signatures`` writes the table into twin/README.md anew; ``main`` prints its figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from tests.conftest import ROOT
from tests.twin.simulation.catalogue import CASES, MISSING, REASONS, Case
from twin.commands import Disturb
from twin.detectors import kinds
from twin.detectors.channels import Channels
from twin.plant.model import PumpModel
from twin.plant.reading import Station, read
from twin.signals import Floats, Frame
from twin.simulation import heat, plant, vibration
from twin.simulation.faults import Severity

START = 1_768_190_400.0
SEED = 3
BEFORE = 40  # s of healthy running
AFTER = 64  # s from the onset to the end: a neighbour's wave takes 23 s, water is sampled once a minute
SOONER = 34  # s after which severities are compared
LAST = 15  # s of these that are compared
OF_WINDINGS, OF_BEARINGS = 1500.0, 1800.0  # s, time constants (domain, section 2: windings 20 to 40 min)
NO_FLOW = 0.1  # of the healthy
ROOM = 25.0  # °C, near enough for what a load explains
WINDINGS = tuple(f"stator_winding_{phase}{n}_temperature" for n in (1, 2) for phase in "uvw")
FOLLOWING = ("casing_water_temperature", "seal_chamber_temperature_de", "seal_chamber_temperature_nde")
SHAKING = (*vibration.POINTS, *vibration.ENVELOPES)


@dataclass(frozen=True)
class Residual:
    """A column: its unit, and the least change that counts as one."""

    unit: str
    least: float
    meaning: str


RESIDUALS = {
    "Q": Residual("%", 0.5, "flow of the pump"),
    "Qo": Residual("%", 0.5, "flow of the other pumps on duty"),
    "Qs": Residual("dB", 3.0, "scatter of its flow meter"),
    "rH": Residual("%", 0.3, "head"),
    "rP": Residual("%", 0.25, "power"),
    "rE": Residual("%", 0.35, "efficiency"),
    "rBr": Residual("%", 0.3, "branch loss"),
    "rS": Residual("%", 0.15, "suction and strainer loss"),
    "rBal": Residual("%", 0.4, "flow balance of the circuit"),
    "rN": Residual("m", 0.2, "NPSH available less required"),
    "rn": Residual("%", 0.2, "shaft speed by the drive's frequency"),
    "rf": Residual("%", 0.2, "the drive's frequency by its set-point"),
    "rT": Residual("K", 0.15, "warmest part by what its load explains"),
    "rV": Residual("%", 10.0, "vibration or envelope"),
    "rU": Residual("%", 0.5, "phase imbalance"),
    "rM": Residual("m³/h", 2.0, "make-up"),
    "rX": Residual("%", 0.3, "power by the feeder's meter"),
}
OF_CHANNEL = {
    "rH": "head", "rP": "power", "rE": "efficiency", "rBr": "branch_loss", "rS": "suction_loss",
    "rn": "speed_tracking", "rf": "drive_tracking", "rU": "phase_imbalance", "rX": "feeder",
}  # fmt: skip
PAGE = ROOT / "twin" / "README.md"
BEGIN, END = "<!-- signatures: python -m tests.bench.signatures -->\n", "<!-- end of signatures -->\n"


def unprotected(station: Station) -> Station:
    """The station without its interlocks, which would take pumps off before a fault has shown all it does."""
    return replace(station, file=station.file.model_copy(update={"interlocks": ()}))


class Tried:
    """A plant that has run healthily, and goes on from there with each fault in turn."""

    def __init__(self) -> None:
        station = unprotected(read())
        self._model = PumpModel(station)
        self._plant = plant.Plant(station, SEED, START)
        for _ in range(BEFORE):
            self._plant.step()
        self._kept = self._plant.state()
        healthy = self._frames(AFTER)
        self.healthy, self.sooner = self.run(healthy), self.run(healthy[:SOONER])

    def ill(self, case: Case, severity: Severity, seconds: int) -> list[Frame]:
        """The same seconds with a fault that comes at once."""
        self._plant.restore(self._kept)
        self._plant.disturb(Disturb(case.fault, case.on, "bench", START, severity, shape="step"))
        return self._frames(seconds)

    def run(self, frames: Sequence[Frame]) -> Run:
        """What the station's model makes of them."""
        return Run(self._model, frames)

    def _frames(self, seconds: int) -> list[Frame]:
        return [self._plant.step() for _ in range(seconds)]


class Run:
    """Some seconds of a plant, and what its model makes of the last of them."""

    def __init__(self, model: PumpModel, frames: Sequence[Frame]) -> None:
        self.tags = model.binding.tags
        self.values = np.array([frame.values for frame in frames])
        channels = Channels(model)
        self.names = {(name.equipment, name.name): i for i, name in enumerate(channels.names)}
        self.pumps = [pump.id for pump in model.pumps]
        self.circuits = [pump.circuit for pump in model.pumps]
        self.rated = model.rated_flow
        states = [model.step(frame) for frame in frames[-LAST:]]
        samples = [channels.sample(state) for state in states]
        unsaid = (kinds.NOT_MEASURED, kinds.STOPPED)
        self.channels = np.array([np.where(np.isin(each.why, unsaid), np.nan, each.value) for each in samples])
        self.flow = np.array([state.flow for state in states])
        self.margin = np.array([state.npsh_available - state.npsh_required for state in states])
        self.running = states[-1].running

    def of(self, equipment: str, measures: str) -> Floats:
        """(AFTER,) what a tag said."""
        column = self.tags.measuring(equipment, measures)
        assert column is not None, (equipment, measures)
        return self.values[:, column]

    def channel(self, equipment: str, name: str) -> Floats:
        """(LAST,) a residual. [% of rated]"""
        return self.channels[:, self.names[equipment, name]]


Move = tuple[float, float]
"""By how much something moved on average, and three standard errors of that."""

NOTHING = (np.nan, np.nan)


def _moved(ill: Floats, healthy: Floats) -> Move:
    """Over the last seconds, noise being the same in both; NaN where it cannot be said."""
    apart = (ill - healthy)[-LAST:]
    apart = apart[np.isfinite(apart)]
    return (float(apart.mean()), 3.0 * float(apart.std()) / np.sqrt(apart.size)) if apart.size else NOTHING


def moves(case: Case, ill: Run, healthy: Run) -> dict[str, Move]:
    """How far each residual has moved. Those of a pump that has come to rest say nothing."""
    index = ill.pumps.index(case.pump)
    header = {"supply": "SUPPLY", "return": "RETURN"}[ill.circuits[index]]
    others = _others(case, index, ill, healthy)
    share = 100.0 / healthy.rated[index]
    of_circuit = {
        "Q": _moved(share * ill.flow[:, index], share * healthy.flow[:, index]),
        "Qo": _moved(share * ill.flow[:, others].mean(axis=1), share * healthy.flow[:, others].mean(axis=1)),
        "rBal": _moved(ill.channel(header, "flow_balance"), healthy.channel(header, "flow_balance")),
        "rM": _moved(_makeup(ill), _makeup(healthy)),
    }
    if not ill.running[index]:
        return dict.fromkeys(RESIDUALS, NOTHING) | of_circuit
    return of_circuit | {
        **{
            name: _moved(ill.channel(case.pump, channel), healthy.channel(case.pump, channel))
            for name, channel in OF_CHANNEL.items()
        },
        "Qs": _scatter(ill.of(case.pump, "pump_flow"), healthy.of(case.pump, "pump_flow")),
        "rN": _moved(ill.margin[:, index], healthy.margin[:, index]),
        "rT": _warmth(case.pump, ill, healthy),
        "rV": _shaking(case.pump, ill, healthy),
    }


def _others(case: Case, index: int, ill: Run, healthy: Run) -> list[int]:
    """The other pumps on duty in the circuit."""
    alike = [i for i, circuit in enumerate(ill.circuits) if circuit == ill.circuits[index]]
    return [i for i in alike if i != index and healthy.running[i] and ill.pumps[i] != case.on]


def _makeup(run: Run) -> Floats:
    total: Floats = run.of("MU", "flow") + run.of("MU", "emergency_flow")
    return total


def _scatter(ill: Floats, healthy: Floats) -> Move:
    """From second to second, over the healthy, once what the fault brought has settled; NaN without a flow. [dB]"""
    if not (ill[-2 * LAST :] > NO_FLOW * healthy[-2 * LAST :]).all():
        return NOTHING
    spread = [float(np.nanstd(np.diff(values[-2 * LAST :]))) for values in (ill, healthy)]
    return 20.0 * float(np.log10(max(spread[0] / spread[1], 1e-3))), 0.0


def _shaking(pump: str, ill: Run, healthy: Run) -> Move:
    """Of the point that shakes most beyond its usual at its speed. [%, natural logarithm of a factor]"""

    def level(run: Run, name: str) -> Floats:
        of_speed: Floats = 100.0 * np.log(run.of(pump, name)) - 200.0 * np.log(run.of(pump, "shaft_speed"))
        return of_speed

    each = [_moved(level(ill, name), level(healthy, name)) for name in SHAKING]
    return max(each, key=lambda move: abs(move[0]))


def _warmth(pump: str, ill: Run, healthy: Run) -> Move:
    """Of the part that departs most from what its load explains. [K]

    A winding's rise goes with the square of the current, a bearing's with the speed to the power of 1.5; both approach
    it as first-order states (domain, section 2). Casing and seals follow the water, which is the same.
    """
    currents = [np.mean([run.of(pump, f"motor_current_{phase}") for phase in "uvw"], axis=0) for run in (ill, healthy)]
    speeds = [run.of(pump, "shaft_speed") for run in (ill, healthy)]
    squares, losses = (currents[0] / currents[1]) ** 2, (speeds[0] / speeds[1]) ** 1.5
    each = [_moved(ill.of(pump, name), healthy.of(pump, name)) for name in FOLLOWING]
    for names, seconds, driven in ((WINDINGS, OF_WINDINGS, squares), (heat.TEMPERATURES[:5], OF_BEARINGS, losses)):
        for name in names:
            usual = healthy.of(pump, name)
            each.append(_moved(ill.of(pump, name) - _explained((usual - ROOM) * (driven - 1.0), seconds), usual))
    return max(each, key=lambda move: abs(move[0]))


def _explained(further: Floats, seconds: float) -> Floats:
    """A first-order state that begins at rest and is drawn so much further."""
    at = np.zeros(further.size)
    for i in range(1, further.size):
        at[i] = at[i - 1] + (further[i] - at[i - 1]) / seconds
    return at


def signs(moved: Mapping[str, Move]) -> dict[str, int]:
    """Which way each residual went; 0 where it has not, or nothing can be said."""
    return {name: _sign(move, RESIDUALS[name].least) for name, move in moved.items()}


def seen(case: Case, ill: Run, healthy: Run) -> dict[tuple[str, str], int]:
    """Which way the other measurements went that the catalogue names."""
    return {of: _sign(_moved(ill.of(*of), healthy.of(*of)), 1e-9) for of in case.seen}


def _sign(move: Move, least: float) -> int:
    moved, error = move
    return int(np.sign(moved)) if abs(moved) > max(least, error) else 0


def grown(case: Case) -> list[float]:
    """How much there is, some seconds after the onset, of what grows with severity: slight, clear and gross."""
    each = (tried().ill(case, "slight", SOONER), frames(case)[:SOONER], tried().ill(case, "gross", SOONER))
    return [_much(case, tried().run(taken), tried().sooner) for taken in each]


def _much(case: Case, ill: Run, healthy: Run) -> float:
    if case.lead == MISSING:
        return float(np.isnan(ill.values).sum())
    if isinstance(case.lead, str):
        return abs(moves(case, ill, healthy)[case.lead][0])
    return float(np.abs(ill.of(*case.lead) - healthy.of(*case.lead)).mean())


def differences(case: Case, moved: Mapping[str, int], elsewhere: Mapping[tuple[str, str], int]) -> list[str]:
    """What moves otherwise than the catalogue says."""
    wanted = {**case.computed, **case.worded}
    return [name for name, sign in wanted.items() if moved[name] != sign] + [
        measures for (_, measures), sign in case.seen.items() if elsewhere[_, measures] != sign
    ]


# --- the page --------------------------------------------------------------------------------------------------------

ARROWS = {1: "↑", -1: "↓", 0: ""}


@cache
def tried() -> Tried:
    """One for all."""
    return Tried()


@cache
def frames(case: Case) -> list[Frame]:
    """The same seconds with a clear fault."""
    return tried().ill(case, "clear", AFTER)


@cache
def clear() -> dict[Case, tuple[dict[str, int], dict[tuple[str, str], int]]]:
    """What every fault of clear severity moves: residuals, and the other measurements the catalogue names."""
    healthy = tried().healthy
    runs = {case: tried().run(frames(case)) for case in CASES}
    return {case: (signs(moves(case, run, healthy)), seen(case, run, healthy)) for case, run in runs.items()}


def table() -> str:
    """The table of the page, what its columns are, and why it differs from the catalogue where it does."""
    lines = [f"| fault | on | {' | '.join(RESIDUALS)} | also |", f"|---|---|{'---|' * len(RESIDUALS)}---|"]
    for case, (moved, elsewhere) in clear().items():
        cells = [ARROWS[moved[name]] for name in RESIDUALS]
        also = [f"{measures} {ARROWS[sign]}" for (_, measures), sign in elsewhere.items() if sign]
        also += ["values missing"] * (case.lead == MISSING and bool(grown(case)[1]))
        lines.append(f"| {case.title} | {case.on} | {' | '.join(cells)} | {', '.join(also)} |")
    meanings = "; ".join(f"`{name}` {each.meaning} ({each.least:g} {each.unit})" for name, each in RESIDUALS.items())
    reasons = [f"- {title}, {what}: {why}" for (title, what), why in REASONS.items()]
    return "\n".join([*lines, "", f"Columns, and the least change shown: {meanings}.", "", *reasons, ""])


def page(text: str) -> str:
    """The page with the table as it is now."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + rest[rest.index(END) :]


def main() -> None:
    """Print the figures of a clear fault each, after a minute."""
    print(f"{'':34}" + "".join(f"{name:>7}" for name in RESIDUALS))
    print(f"{'':34}" + "".join(f"{each.unit:>7}" for each in RESIDUALS.values()))
    for case in CASES:
        moved = moves(case, tried().run(frames(case)), tried().healthy)
        print(f"{case.title:34}" + "".join(f"{moved[name][0]:7.2f}" for name in RESIDUALS))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
