"""The station's control room in one scan a second: what the transmitters say, and what control makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from twin.plant import water
from twin.signals import Floats, Qualities
from twin.simulation import interlocks, regulator, relays, standby
from twin.simulation.control import Controls
from twin.simulation.effects import Effects
from twin.simulation.gauges import Gauges
from twin.simulation.instruments import Transmitters
from twin.simulation.interlocks import Interlocks
from twin.simulation.layout import Layout
from twin.simulation.regulator import Regulator
from twin.simulation.relays import Relays
from twin.simulation.waterside import Hydraulics, Works


@dataclass(frozen=True, eq=False)
class Supervision:
    """All that judges measurements, compiled."""

    layout: Layout
    gauges: Gauges
    regulator: Regulator
    interlocks: Interlocks
    relays: Relays

    @classmethod
    def of(cls, layout: Layout, works: Works, kit: Transmitters) -> Supervision:
        """Compile."""
        density = water.density(layout.water_temperature)
        speed_control = Regulator.of(layout, works.network.bank, density)
        gauges, protection = Gauges.of(layout, works, kit), Interlocks.of(layout)
        return cls(layout, gauges, speed_control, protection, relays.relays(layout))


def scan(
    it: Supervision, controls: Controls, values: Floats, quality: Qualities, of: Hydraulics, effects: Effects
) -> None:
    """Let a second pass.

    Parameters
    ----------
    values, quality : (n,)   What the transmitters say, as a frame has it.
    """
    said = it.gauges.read(values, quality, of)
    if all(isnan(each) for each in controls.said.flat):
        regulator.begin(controls, it.regulator, said)
    regulator.regulate(controls, said, it.regulator, 1.0)
    interlocks.watch(controls, values, quality, it.interlocks, 1.0)
    relays.watch(controls, values, quality, it.relays, 1.0)
    standby.watch(controls, of.flow, effects.tripped, it.layout, 1.0)
