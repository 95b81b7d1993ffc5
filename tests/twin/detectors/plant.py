"""A station solved without our own equations: three duty pumps a circuit with H = A - B·Q², built differently.

Every pump is off its curve, every flow meter has a bias, and the values carry noise, as in a plant nobody has
calibrated. Faults are set from outside as departures of the physics.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from twin.plant.reading import Station
from twin.signals import Frame

G = 9.80665
SHUT_OFF = 106.7  # m
FALL = 6.32e-7 * 3600.0**2  # m/(m³/s)²
DENSITY = {"supply": 943.1, "return": 995.7}
TEMPERATURE = {"supply": 120.0, "return": 30.0}
START = 1_768_000_000.0


@dataclass
class Plant:
    """Give it the station and a seed; set the fault arrays; take frames."""

    station: Station
    seed: int = 0
    head_spread: float = 0.015
    meter_spread: float = 0.005
    noise: float = 1.0
    at: float = START
    speed: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.chance = np.random.default_rng(self.seed)
        self.pumps = self.station.pumps
        n = len(self.pumps)
        self.circuit = np.array([p.circuit for p in self.pumps])
        self.scale = 1.0 + np.clip(self.head_spread * self.chance.standard_normal(n), -0.03, 0.03)
        self.meter = 1.0 + np.clip(self.meter_spread * self.chance.standard_normal(n), -0.01, 0.01)
        self.speed = np.array([0.0 if p.standby else 1.0 for p in self.pumps])
        self.set_point = self.speed.copy()
        self.head_loss = np.zeros(n)  # share
        self.efficiency_loss = np.zeros(n)  # points
        self.valve = np.zeros(n)  # m at rated flow, squared with flow
        self.strainer = np.zeros(n)  # m at rated flow
        self.choke = np.zeros(n)  # m at rated flow, ahead of the strainer
        self.backflow = np.zeros(n)  # m³/s
        self.vibration = np.ones(n)
        self.envelope = np.ones(n)
        self.flow_noise = np.ones(n)
        self.bias: dict[str, float] = {}
        self.trip = np.zeros(n)
        self.tags = self.station.tags
        self.quiet = np.array([tag.high - tag.low if np.isfinite(tag.high) else 1.0 for tag in self.tags]) * 0.0002

    def solve(self, which: np.ndarray) -> tuple[np.ndarray, float, float]:
        """Flows of the pumps of a circuit, header rise and station flow, by bisection on the rise."""
        own = FALL + (12.0 + 12.0) * 1e3 / (DENSITY[self.circuit[which][0]] * G) / (6500 / 3600) ** 2
        own = own + (self.valve[which] + self.strainer[which] + self.choke[which]) / (6500 / 3600) ** 2
        shut_off = SHUT_OFF * self.scale[which] * (1.0 - self.head_loss[which]) * self.speed[which] ** 2
        leak = self.backflow[which].sum()
        low, high = 0.0, 150.0
        for _ in range(60):
            rise = 0.5 * (low + high)
            flows = np.sqrt(np.maximum(shut_off - rise, 0.0) / own)
            low, high = (
                (rise, high) if flows.sum() + leak > np.sqrt(max(rise - 12.0, 0.0) / 66.0) * 5.4167 else (low, rise)
            )
        return flows + self.backflow[which], rise, float(flows.sum() + leak)

    def frame(self) -> Frame:
        """The next second."""
        self.at += 1.0
        values = np.zeros(len(self.tags))

        def put(equipment: str, measures: str, value: float) -> None:
            column = self.tags.measuring(equipment, measures)
            if column is not None:
                values[column] = value

        for circuit in ("supply", "return"):
            which = np.flatnonzero(self.circuit == circuit)
            flows, rise, total = self.solve(which)
            rho = DENSITY[circuit]
            inlet = 0.62e6 if circuit == "supply" else 0.45e6
            header = "SUPPLY" if circuit == "supply" else "RETURN"
            for letter in "abc":
                put(header, f"inlet_pressure_{letter}", inlet / 1e6)
                put(header, f"outlet_pressure_{letter}", (inlet + rho * G * rise) / 1e6)
            for letter in "ab":
                put(header, f"inlet_flow_{letter}", total * 3600.0)
                put(header, f"outlet_flow_{letter}", total * 3600.0)
                put(header, f"inlet_temperature_{letter}", TEMPERATURE[circuit])
            for i, flow in zip(which, flows, strict=True):
                self._pump(put, int(i), flow, inlet, rho, rise)
        values += self.noise * self.quiet * self.chance.standard_normal(len(values)) * (values != 0)
        for tag, bias in self.bias.items():
            values[self.tags.column(tag)] += bias
        return Frame(self.at, values, np.zeros(len(values), dtype=np.uint8))

    def _pump(self, put, i: int, flow: float, inlet: float, rho: float, rise: float) -> None:
        pump = self.pumps[i]
        s = self.speed[i]
        on = s > 0.05
        relative = flow / (6500 / 3600)
        strainer = 12e3 * relative**2 + rho * G * self.strainer[i] * relative * abs(relative)
        suction = inlet - strainer - rho * G * self.choke[i] * relative * abs(relative)
        head = SHUT_OFF * self.scale[i] * (1 - self.head_loss[i]) * s**2 - FALL * flow**2 if on else 0.0
        discharge = suction + rho * G * head if on else inlet
        put(pump.id, "suction_pressure", suction / 1e6)
        put(pump.id, "discharge_pressure", discharge / 1e6)
        noisy = 1.0 + 0.002 * self.flow_noise[i] * self.chance.standard_normal()
        put(pump.id, "pump_flow", flow * 3600.0 * self.meter[i] * noisy)
        put(pump.id, "inlet_strainer_differential_pressure", strainer / 1e3)
        put(pump.id, "casing_water_temperature", TEMPERATURE[self.circuit[i]])
        put(pump.id, "shaft_speed", 990.0 * s)
        put(pump.id, "running", float(on))
        put(pump.drive.id, "frequency_output", 50.0 * s)
        put(pump.drive.id, "frequency_setpoint", 50.0 * self.set_point[i])
        put(pump.drive.id, "trip", self.trip[i])
        if not on:
            return
        efficiency = 0.88 - 0.95 * (relative / s - 1.0) ** 2 - self.efficiency_loss[i]
        power = rho * G * flow * head / efficiency / 0.962
        feeder = next(e.id for e in self.station.file.equipment if e.kind == "cubicle" and e.serves == pump.drive.id)
        put(pump.id, "motor_active_power", power / 1e3)
        put(feeder, "feeder_power", power / 0.968 / 1e3)
        for phase in "uvw":
            put(pump.id, f"motor_current_{phase}", power / (np.sqrt(3) * 1e4 * 0.87))
        for where in ("de_x", "de_y", "nde_x", "nde_y"):
            put(
                pump.id, f"vibration_pump_{where}", 2.0 * self.vibration[i] * (1 + 0.05 * self.chance.standard_normal())
            )
        for where in ("de", "nde"):
            put(
                pump.id,
                f"acceleration_envelope_pump_{where}",
                0.6 * self.envelope[i] * (1 + 0.05 * self.chance.standard_normal()),
            )

    def run(self, seconds: int) -> Iterator[Frame]:
        """So many seconds."""
        for _ in range(seconds):
            yield self.frame()
