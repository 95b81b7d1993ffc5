"""What faults do to the plant at one instant: faults write here, the physics and the transmitters read.

All is written before anything is read, so that what is asked of the whole station is looked up but once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation.layout import Layout

BEARINGS = 5  # pump DE, NDE, thrust, motor DE, NDE
VIBRATION_POINTS = 9  # pump DE x y, NDE x y, axial, motor DE x y, NDE x y


@dataclass(eq=False)
class Effects:
    """Departures from health. Arrays over pumps (p,), resistances (r,), lines (l,), rooms, tags…; zero is healthy."""

    head_loss: Floats  # (p,) share of head the impeller no longer makes
    efficiency_loss: Floats  # (p,) share points
    clearance: Floats  # (p,) flow that runs back through the wear rings, share of rated
    friction: Floats  # (p,) mechanical losses added, share of shaft power
    unsteadiness: Floats  # (p,) random fluctuation of head, share
    air: Floats  # (p,) that comes in with the water, by the share of head it costs
    cavitation: Floats  # (p,) share of head lost by it, where the inflow to one impeller is disturbed
    valve_limit: Floats  # (p,) share of the discharge valve's travel that is lost
    valve_held_open: NDArray[np.bool_]  # (p,)
    check_open: Floats  # (p,) how far the check valve stays from its seat
    check_shut: NDArray[np.bool_]  # (p,)
    derate: Floats  # (p,) share of what it is asked that the drive cannot give
    cell_bypassed: NDArray[np.bool_]  # (p,)
    tripped: NDArray[np.bool_]  # (p,)
    resistance: Floats  # (r,) loss coefficient added, in clean coefficients
    vibration: Floats  # (p, 9) added [m/s]
    envelope: Floats  # (p, 2) added [m/s²]
    bearing_heat: Floats  # (p, 5) added at rated speed [K]
    winding_heat: Floats  # (p,) cooling lost: share added to the windings' rise
    imbalance: Floats  # (p,) share by which phase U draws more
    seal_leak: Floats  # (p, 2) [m³/s]
    line_head: Floats  # (l,) what the neighbour's head is short of [m]
    line_leak: Floats  # (l,) lost near the station [m³/s]
    makeup_lost: float  # share of the make-up that does not come
    water_quality: Floats  # (w,) 1 for a gross excursion
    transformer_heat: Floats  # (t,) main and station transformers, cooling lost: share added to the rise
    flood: Floats  # (rooms,) water rising [m]
    fire: Floats  # (rooms,) 1 for a gross fire
    gas: Floats  # (rooms,) share of the lower explosive limit
    intrusion: NDArray[np.bool_]  # (rooms,)
    sensor_offset: Floats  # (tags,) share of span
    sensor_noise: Floats  # (tags,) healthy noises added
    sensor_stuck: NDArray[np.bool_]  # (tags,)
    sensor_gone: Floats  # (tags,) share of samples that are missing

    @classmethod
    def none(cls, layout: Layout) -> Effects:
        """A healthy station."""
        p, r, lines = len(layout.machines), len(layout.resistances), len(layout.lines)
        rooms, tags = len(layout.rooms), len(layout.station.tags)
        transformers = len(layout.ids("transformer")) + len(layout.ids("station_transformer"))
        return cls(
            head_loss=np.zeros(p),
            efficiency_loss=np.zeros(p),
            clearance=np.zeros(p),
            friction=np.zeros(p),
            unsteadiness=np.zeros(p),
            air=np.zeros(p),
            cavitation=np.zeros(p),
            valve_limit=np.zeros(p),
            valve_held_open=np.zeros(p, dtype=bool),
            check_open=np.zeros(p),
            check_shut=np.zeros(p, dtype=bool),
            derate=np.zeros(p),
            cell_bypassed=np.zeros(p, dtype=bool),
            tripped=np.zeros(p, dtype=bool),
            resistance=np.zeros(r),
            vibration=np.zeros((p, VIBRATION_POINTS)),
            envelope=np.zeros((p, 2)),
            bearing_heat=np.zeros((p, BEARINGS)),
            winding_heat=np.zeros(p),
            imbalance=np.zeros(p),
            seal_leak=np.zeros((p, 2)),
            line_head=np.zeros(lines),
            line_leak=np.zeros(lines),
            makeup_lost=0.0,
            water_quality=np.zeros(len(layout.ids("water_quality"))),
            transformer_heat=np.zeros(transformers),
            flood=np.zeros(rooms),
            fire=np.zeros(rooms),
            gas=np.zeros(rooms),
            intrusion=np.zeros(rooms, dtype=bool),
            sensor_offset=np.zeros(tags),
            sensor_noise=np.zeros(tags),
            sensor_stuck=np.zeros(tags, dtype=bool),
            sensor_gone=np.zeros(tags),
        )

    @cached_property
    def airs(self) -> bool:
        """Whether air comes in at any pump."""
        return bool(self.air.any())

    @cached_property
    def leaks(self) -> bool:
        """Whether any line leaks."""
        return bool(self.line_leak.any())

    @cached_property
    def worn(self) -> bool:
        """Whether water runs back through any pump's wear rings."""
        return bool(self.clearance.any())

    @cached_property
    def inflow_disturbed(self) -> bool:
        """Whether any impeller's is."""
        return bool(self.cavitation.any())

    @cached_property
    def sensors_noisy(self) -> bool:
        """Whether any transmitter is noisier than it should be."""
        return bool(self.sensor_noise.any())

    @cached_property
    def sensors_gone(self) -> bool:
        """Whether samples of any transmitter are missing."""
        return bool(self.sensor_gone.any())

    @cached_property
    def leaking_seals(self) -> Floats:
        """(p,) what both seals of each pump leak. [m³/s]"""
        leaking: Floats = self.seal_leak.sum(axis=1)
        return leaking

    @cached_property
    def seals_together(self) -> float:
        """What all seals leak. [m³/s]"""
        return float(self.seal_leak.sum())

    @cached_property
    def trips(self) -> bool:
        """Whether any drive is tripped."""
        return bool(self.tripped.any())
