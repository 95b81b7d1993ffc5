"""The pump-curve model: what each pump should be doing, given its flow and speed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from twin.plant.bank import Bank
from twin.plant.binding import Binding, Measured, or_zero
from twin.plant.curve import as_built, from_station
from twin.plant.reading import Station
from twin.plant.station import Calibration, Motor, Pump
from twin.plant.water import density, vapour_pressure
from twin.signals import Block, Floats, Frame, TagTable
from twin.units import STANDARD_ATMOSPHERE, STANDARD_GRAVITY

STATIC_UNCERTAINTY = 0.008  # of head: transmitters of 0.075 % (pressure), 1 % (flow) and 0.1 % (speed) together
TURNING = 0.05  # of rated speed or power: above it a pump without a running signal counts as running
WITHIN = 0.02  # of a curve's greatest flow: how far past its last point a pump is still judged
TEMPERATURE = 293.15  # K, of a circuit whose file does not say
FREEZING = 273.15  # K


@dataclass(frozen=True, slots=True)
class PumpState:
    """One pump at one instant, measured and expected, SI. NaN for what is not measured or cannot be said."""

    pump: str
    running: bool
    flow: float  # m³/s
    speed: float  # -, over rated
    head: float  # m, measured
    expected_head: float  # m
    head_sigma: float  # m, one standard deviation of what is expected
    power: float  # W, measured electrical
    expected_power: float  # W
    npsh_available: float  # m
    npsh_required: float  # m


@dataclass(frozen=True)
class PlantState:
    """All pumps at one instant: arrays (n,) in the order of ``pumps``, those of the headers (c,); SI, NaN for unknown.

    ``measured_speed`` is the shaft's own signal, ``speed`` the best there is. ``in_range`` is where flow and speed lie
    on the part of the curve that its maker states. Those of a block have time before pumps and circuits.
    """

    pumps: tuple[str, ...]
    measured: Measured
    running: NDArray[np.bool_]
    flow: Floats
    measured_speed: Floats
    speed: Floats
    density: Floats
    head: Floats
    expected_head: Floats
    head_sigma: Floats
    power: Floats
    expected_power: Floats
    efficiency: Floats
    expected_efficiency: Floats
    npsh_available: Floats
    npsh_required: Floats
    in_range: NDArray[np.bool_]
    inlet_pressure: Floats
    outlet_pressure: Floats
    header_flow: Floats
    bypass_flow: Floats

    def frames(self, times: Iterable[float]) -> list[PlantState]:
        """That at each frame of a block, of which these are the times."""
        over_time = (getattr(self, name) for name in _OVER_TIME)
        return [
            PlantState(self.pumps, *of_frame) for of_frame in zip(self.measured.frames(times), *over_time, strict=True)
        ]

    def states(self) -> tuple[PumpState, ...]:
        """The same, pump by pump."""
        columns = (
            self.running,
            self.flow,
            self.speed,
            self.head,
            self.expected_head,
            self.head_sigma,
            self.power,
            self.expected_power,
            self.npsh_available,
            self.npsh_required,
        )
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return tuple(PumpState(pump, *row) for pump, row in zip(self.pumps, rows, strict=True))


_OVER_TIME = tuple(field.name for field in fields(PlantState))[2:]  # all but the pumps' names and what was measured


class PumpModel:
    """Expected head and power of every pump from its flow and speed, and its margin to cavitation.

    Attributes
    ----------
    rated_flow, rated_head, rated_power : (n,)     What per cent are reckoned of. [m³/s], [m], [W electrical]
    rated_speed, rated_hz : (n,)                   Of the shafts [rad/s] and the drives [Hz]; NaN without a drive.

    Notes
    -----
    The head is measured between the pump's own gauges; the velocity heads at its flanges are taken for equal, and that
    at the suction is left out of the NPSH available, which errs on the safe side by some 0.3 m.
    """

    def __init__(self, station: Station, tags: TagTable | None = None) -> None:
        file = station.file
        self.binding = Binding(station, tags)
        self.pumps: tuple[Pump, ...] = self.binding.pumps
        self.resistances = file.resistances
        self._names = tuple(pump.id for pump in self.pumps)
        curves = {pump.curve: from_station(file.curves[pump.curve], pump.curve) for pump in self.pumps}
        self._bank = Bank.of([as_built(pump, curves) for pump in self.pumps])
        calibrations = [pump.calibration or Calibration() for pump in self.pumps]
        self._head_scale = np.array([c.head_scale for c in calibrations])
        self._power_scale = np.array([c.power_scale for c in calibrations])
        self._head_sigma = np.hypot([c.head_scale_sigma for c in calibrations], STATIC_UNCERTAINTY)
        nodes = {node.id: node.elevation_m for node in file.nodes}
        rise = np.array([nodes.get(p.to_node, 0.0) - nodes.get(p.from_node, 0.0) for p in self.pumps])
        self._rise = rise - np.array([c.head_offset_m for c in calibrations])
        self.rated_hz: Floats = np.array([p.drive.rated_hz if p.drive else np.nan for p in self.pumps])
        circuit = [part.temperature_c + FREEZING if part else TEMPERATURE for part in self.binding.circuit_parts]
        self._temperature: Floats = np.array(circuit)[self.binding.circuit_of] if self.pumps else np.empty(0)
        self._motors = _by_motor(self.pumps)
        self.rated_speed: Floats = self._bank.rated_speed
        self.rated_flow: Floats = np.array([pump.rated_flow_m3_h / 3600.0 for pump in self.pumps])
        self.rated_head: Floats = self._head(self.rated_flow, np.ones(len(self.pumps)))
        self.rated_power: Floats = self._power(self.rated_flow, np.ones(len(self.pumps)), density(self._temperature))

    def step(self, frame: Frame) -> PlantState:
        """Where every pump stands, and where it should."""
        return self._state(self.binding.read(frame))

    def run(self, block: Block) -> PlantState:
        """The same of all frames of a block: none depends on those before it."""
        return self._state(self.binding.read_all(block))

    def _state(self, measured: Measured) -> PlantState:
        of = measured.pumps
        shaft = of["shaft_speed"] / self._bank.rated_speed
        speed = np.where(np.isnan(shaft), of["frequency_output"] / self.rated_hz, shaft)
        running = self._running(measured, speed)
        speed = np.where(np.isnan(speed) & running, 1.0, speed)
        inlet, outlet, header_flow, warmth = measured.middles
        temperature = self._water_temperature(warmth, of["casing_water_temperature"])
        water = density(temperature)
        weight = water * STANDARD_GRAVITY
        flow, power, suction = of["pump_flow"], of["motor_active_power"], of["suction_pressure"]
        head = (of["discharge_pressure"] - suction) / weight + self._rise
        turning = np.where(running, speed, np.nan)
        expected_head, shaft_power, npsh_required = self._bank.performance(flow, turning, water)
        expected_head *= self._head_scale
        expected_power = self._electrical(shaft_power * self._power_scale)
        hydraulic = weight * flow
        return PlantState(
            pumps=self._names,
            measured=measured,
            running=running,
            flow=flow,
            measured_speed=shaft,
            speed=speed,
            density=water,
            head=head,
            expected_head=expected_head,
            head_sigma=self._head_sigma * expected_head,
            power=power,
            expected_power=expected_power,
            efficiency=hydraulic * head / np.where(running & (power > 0.0), power, np.nan),
            expected_efficiency=hydraulic * expected_head / expected_power,
            npsh_available=(suction + STANDARD_ATMOSPHERE - vapour_pressure(temperature)) / weight,
            npsh_required=npsh_required,
            in_range=self._bank.in_range(flow, turning * (1.0 + WITHIN)),
            inlet_pressure=inlet,
            outlet_pressure=outlet,
            header_flow=header_flow,
            bypass_flow=or_zero(measured.header_table[-1]),
        )

    def slopes(self, flow: Floats | None = None, speed: Floats | None = None) -> Floats:
        """(4, n) per cent of rated head, and of rated power, for each per cent of rated flow and of rated speed.

        At ``flow`` (n,) [m³/s] and ``speed`` (n,) over rated, or at the rated point. Rows: head over flow, head over
        speed, power over flow, power over speed.
        """
        small = 0.01
        at = self.rated_flow if flow is None else flow
        turning = np.ones(len(self.pumps)) if speed is None else speed
        water = density(self._temperature)
        faster, more = turning + small, at + small * self.rated_flow
        head, power = self._head(at, turning), self._power(at, turning, water)
        rows = [
            (self._head(more, turning) - head) / self.rated_head,
            (self._head(at, faster) - head) / self.rated_head,
            (self._power(more, turning, water) - power) / self.rated_power,
            (self._power(at, faster, water) - power) / self.rated_power,
        ]
        return np.stack(rows) / small

    def _head(self, flow: Floats, speed: Floats) -> Floats:
        return self._bank.head(flow, speed, self._head_scale)

    def _power(self, flow: Floats, speed: Floats, water: Floats) -> Floats:
        """(n,) electrical power of the motors. [W]"""
        return self._electrical(self._bank.shaft_power(flow, speed, water, self._power_scale))

    def _electrical(self, shaft: Floats) -> Floats:
        """(n,) what the motors take for a power at their shafts. [W]"""
        if len(self._motors) == 1:  # as it mostly is: all alike
            return _taken(self._motors[0][0], shaft)
        electrical: Floats = np.empty(shaft.shape)
        for motor, which in self._motors:
            electrical[..., which] = _taken(motor, shaft.take(which, axis=-1))
        return electrical

    def _running(self, measured: Measured, speed: Floats) -> NDArray[np.bool_]:
        """(n,) by the running signal; without one by speed, and without that by power or flow."""
        said = measured.pumps["running"]
        signalled = np.isfinite(said)
        if np.count_nonzero(signalled) == said.size:
            return said > 0.5
        flow = measured.pumps["pump_flow"] / self.rated_flow
        load = measured.pumps["motor_active_power"] / self.rated_power
        turns = np.where(np.isfinite(speed), speed, np.where(np.isfinite(load), load, flow)) > TURNING
        return np.where(signalled, said > 0.5, turns)

    def _water_temperature(self, of_headers: Floats, casing: Floats) -> Floats:
        """(n,) of the inlet header (c,), else of the casing (n,), else as the circuit's file says. [K]"""
        header = of_headers.take(self.binding.circuit_of, axis=-1)
        measured = np.isfinite(header)
        if np.count_nonzero(measured) == measured.size:
            return header
        known = np.where(measured, header, casing)
        return np.where(np.isfinite(known), known, self._temperature)


def _taken(motor: Motor | None, shaft: Floats) -> Floats:
    """(..., n) what motors of a kind take for a power at their shafts. [W]"""
    if motor is None:  # a pump without a motor in its file: its meter is taken for the shaft's
        return shaft
    return shaft / np.interp(shaft / (1e3 * motor.power_kw), motor.load, motor.efficiency)


def _by_motor(pumps: tuple[Pump, ...]) -> list[tuple[Motor | None, NDArray[np.intp]]]:
    """The motors there are, each with the pumps that have one like it."""
    motors = [pump.motor for pump in pumps]
    different = list(dict.fromkeys(motors))
    return [(motor, np.array([i for i, m in enumerate(motors) if m == motor], dtype=np.intp)) for motor in different]
