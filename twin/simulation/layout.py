"""What the simulator needs of a station file, as arrays: compiled once, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from twin.plant.motor import rated_input
from twin.plant.reading import Station
from twin.plant.station import Drive, Equipment, Line, Motor, Pump, Resistance
from twin.signals import Floats

Indices = NDArray[np.intp]

KELVIN = 273.15
USUAL_TRAVEL = 60.0  # s of a discharge valve that the file does not name
LOAD_OF_A_BARE_PUMP = 1.2  # motor rating over the pump's power at rated flow, where the file gives no motor


@dataclass(frozen=True, eq=False)
class Machines:
    """The pumps with their motors and drives, arrays (p,) in the order of the file, SI."""

    ids: tuple[str, ...]
    drives: tuple[str, ...]
    rated_flow: Floats  # m³/s
    rated_speed: Floats  # rad/s
    inertia: Floats  # kg·m²
    rated_hz: Floats
    minimum_hz: Floats
    ramp: Floats  # Hz/s
    motor_power: Floats  # W
    motor_voltage: Floats  # V
    motor_current: Floats  # A
    motor_power_factor: Floats
    motor_input: Floats  # W into the motor at its rating
    drive_loss: Floats  # W at that
    circuit: Indices
    room: Indices
    standby: NDArray[np.bool_]
    valve_travel: Floats  # s that each pump's discharge valve takes
    restart_inhibit: Floats  # s after its stop, before which each must not start again

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def kinetic(self) -> Floats:
        """(p,) energy of the rotors at rated speed. [J]"""
        energy: Floats = 0.5 * self.inertia * self.rated_speed**2
        return energy

    @cached_property
    def magnetising(self) -> Floats:
        """(p,) current that a constant ratio of voltage to frequency keeps, whatever the load. [A]"""
        active_rated = self.motor_current * self.motor_power_factor
        current: Floats = np.sqrt(self.motor_current**2 - active_rated**2)
        return current


@dataclass(frozen=True, eq=False)
class MotorSheet:
    """Efficiency over load of motors that are alike."""

    motors: Indices
    load: Floats
    efficiency: Floats


@dataclass(frozen=True, eq=False)
class Layout:
    """A station as the simulator sees it."""

    station: Station
    machines: Machines
    motors: tuple[Motor, ...]
    circuits: tuple[str, ...]
    set_points: Floats  # (c,) flow each circuit starts with [m³/s]
    standby_delay: Floats  # (c,) s after a trip, before which no pump of the circuit must start
    water_temperature: Floats  # (c,) [K]
    lines: tuple[Line, ...]
    resistances: tuple[Resistance, ...]
    travel: Floats  # (r,) s that each takes from shut to open
    rooms: tuple[str, ...]
    drive_room: int
    ambient: float  # K

    @cached_property
    def least_speed(self) -> Floats:
        """(c,) over rated, that the drives of each circuit may be asked for."""
        least = np.zeros(len(self.circuits))
        np.maximum.at(least, self.machines.circuit, self.machines.minimum_hz / self.machines.rated_hz)
        return least

    @cached_property
    def motor_sheets(self) -> tuple[MotorSheet, ...]:
        """Each different motor once."""
        sheets = [(motor.load, motor.efficiency) for motor in self.motors]
        alike = {sheet: np.flatnonzero([other == sheet for other in sheets]) for sheet in sheets}
        return tuple(MotorSheet(motors, np.array(load), np.array(eta)) for (load, eta), motors in alike.items())

    @cached_property
    def _by_kind(self) -> dict[str, tuple[Equipment, ...]]:
        kinds = dict.fromkeys(part.kind for part in self.station.file.equipment)
        return {kind: tuple(p for p in self.station.file.equipment if p.kind == kind) for kind in kinds}

    @cached_property
    def _ids(self) -> dict[str, tuple[str, ...]]:
        return {kind: tuple(part.id for part in parts) for kind, parts in self._by_kind.items()}

    def things(self, kind: str) -> tuple[Equipment, ...]:
        """The other equipment of a kind, in the order of the file."""
        return self._by_kind.get(kind, ())

    def ids(self, kind: str) -> tuple[str, ...]:
        """Their names."""
        return self._ids.get(kind, ())

    def circuit(self, name: str) -> int:
        """Index of a circuit, -1 for none."""
        return self.circuits.index(name) if name in self.circuits else -1

    def room(self, name: str) -> int:
        """Index of a room, -1 for none."""
        return self.rooms.index(name) if name in self.rooms else -1

    def room_of(self, kind: str) -> int:
        """Index of the room the first thing of a kind stands in, -1 for none."""
        return next((self.room(part.room) for part in self.things(kind)), -1)

    def line_of(self, circuit: int, side: str) -> int:
        """Index of a circuit's line on a side, -1 for none."""
        found = (i for i, line in enumerate(self.lines) if line.side == side and self.circuit(line.circuit) == circuit)
        return next(found, -1)


def layout_of(station: Station) -> Layout:
    """Compile a station."""
    file = station.file
    circuits = tuple(dict.fromkeys([*(c.id for c in file.circuits), *(p.circuit for p in file.pumps)]))
    rooms = tuple(part.id for part in file.equipment if part.kind == "room")
    known = {circuit.id: circuit for circuit in file.circuits}
    room_of_circuit = {part.circuit: part.room for part in file.equipment if part.kind == "header"}
    motors = tuple(pump.motor or _bare_motor(station, pump) for pump in file.pumps)
    drive_rooms = [part.room for part in file.equipment if part.kind == "drive" and part.room in rooms]
    temperatures = [known[c].temperature_c if c in known else file.station.ambient_c for c in circuits]
    return Layout(
        station=station,
        machines=_machines(station, motors, circuits, rooms, room_of_circuit),
        motors=motors,
        circuits=circuits,
        set_points=np.array([_set_point(station, name) for name in circuits]) / 3600.0,
        standby_delay=np.array([known[c].standby_delay_s if c in known else 0.0 for c in circuits]),
        water_temperature=np.array(temperatures) + KELVIN,
        lines=file.lines,
        resistances=file.resistances,
        travel=_floats(max(part.travel_s, 1.0) for part in file.resistances),
        rooms=rooms,
        drive_room=rooms.index(drive_rooms[0]) if drive_rooms else -1,
        ambient=file.station.ambient_c + KELVIN,
    )


def standing_by(layout: Layout, standby: NDArray[np.bool_]) -> Layout:
    """The same station with other pumps standing by (p,)."""
    return replace(layout, machines=replace(layout.machines, standby=standby))


def _set_point(station: Station, name: str) -> float:
    """Flow a circuit is to run at. [m³/h]"""
    for circuit in station.file.circuits:
        if circuit.id == name:
            wanted = circuit.set_point if circuit.control == "flow" else None
            return circuit.flow_m3_h if wanted is None else wanted
    return sum(pump.rated_flow_m3_h for pump in station.pumps_of(name) if not pump.standby)


def _bare_motor(station: Station, pump: Pump) -> Motor:
    """The motor a pump must have where the file names none: by its rated point, with some room."""
    sheet = station.file.curves[pump.curve]
    head = float(np.interp(pump.rated_flow_m3_h, sheet.flow_m3_h, sheet.head_m))
    power = LOAD_OF_A_BARE_PUMP * 1000.0 * 9.81 * pump.rated_flow_m3_h / 3600.0 * max(head, 1.0) / 0.75 / 1e3
    voltage = 10.0 if power > 400.0 else 0.4
    return Motor(power_kw=power, voltage_kv=voltage, current_a=power / (np.sqrt(3.0) * voltage * 0.87 * 0.95))


def _machines(
    station: Station,
    motors: tuple[Motor, ...],
    circuits: tuple[str, ...],
    rooms: tuple[str, ...],
    room_of_circuit: dict[str, str],
) -> Machines:
    pumps = station.pumps
    drives = tuple(pump.drive or Drive(id=f"{pump.id}.drive") for pump in pumps)
    branch = [part for part in station.file.resistances if part.pump and not part.check]
    travel = {part.pump: max(part.travel_s, 1.0) for part in branch if "valve" in part.kind}
    room_names = [room_of_circuit.get(pump.circuit, "") for pump in pumps]
    taken = _floats(rated_input(motor) for motor in motors)
    inhibits = {circuit.id: circuit.restart_inhibit_s for circuit in station.file.circuits}
    return Machines(
        ids=tuple(pump.id for pump in pumps),
        drives=tuple(drive.id for drive in drives),
        rated_flow=_floats(pump.rated_flow_m3_h for pump in pumps) / 3600.0,
        rated_speed=_floats(station.file.curves[pump.curve].speed_rpm for pump in pumps) * np.pi / 30.0,
        inertia=_floats(pump.inertia_kg_m2 for pump in pumps),
        rated_hz=_floats(drive.rated_hz for drive in drives),
        minimum_hz=_floats(drive.minimum_hz for drive in drives),
        ramp=_floats(drive.ramp_hz_s for drive in drives),
        motor_power=_floats(motor.power_kw for motor in motors) * 1e3,
        motor_voltage=_floats(motor.voltage_kv for motor in motors) * 1e3,
        motor_current=_floats(motor.current_a for motor in motors),
        motor_power_factor=_floats(motor.power_factor for motor in motors),
        motor_input=taken,
        drive_loss=taken * _floats(1.0 / drive.efficiency - 1.0 for drive in drives),
        circuit=np.array([circuits.index(pump.circuit) for pump in pumps], dtype=np.intp),
        room=np.array([rooms.index(name) if name in rooms else -1 for name in room_names], dtype=np.intp),
        standby=np.array([pump.standby for pump in pumps], dtype=bool),
        valve_travel=_floats(travel.get(pump.id, USUAL_TRAVEL) for pump in pumps),
        restart_inhibit=_floats(inhibits.get(pump.circuit, 0.0) for pump in pumps),
    )


def _floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)
