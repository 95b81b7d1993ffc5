"""The electrical side: incomers, transformers, 10 kV cubicles, low voltage, UPS and DC, fed by what the drives draw.

Each circuit's drives hang on their own main transformer, so that one section lost leaves the other circuit running.
Where one of them is out for service, the bus couplers close and the other carries everything; so it is with the dry
station transformers, which may also be taken off by their own protection. With none left, low voltage is dead.
A cubicle that serves a main transformer meters that transformer's auxiliaries (cooling, tap changer): its range is a
feeder's, and the full load is metered on the high-voltage side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from twin.signals import Floats
from twin.simulation import places
from twin.simulation.board import flags
from twin.simulation.chance import approached, wandered
from twin.simulation.effects import Effects
from twin.simulation.kept import Kept
from twin.simulation.layout import Layout
from twin.simulation.outside import MILD
from twin.simulation.service import Service

ROOT_3 = np.sqrt(3.0)
Pairs = tuple[NDArray[np.intp], NDArray[np.intp]]  # of places: which thing, and what it is joined to
INCOMING = 35_900.0  # V that the grid holds where nothing is drawn
SHORT_CIRCUIT = 200e6  # VA of the grid there: what is drawn lowers its voltage (estimate)
RESISTIVE, REACTING = 0.2, 0.98  # of the grid's impedance
FEEDING = 10_000.0  # V
LOW = 400.0  # V
DRIVE_POWER_FACTOR = 0.96
LOW_POWER_FACTOR = 0.9
INCOMER_POWER_FACTOR = 0.965
REACTIVE = np.tan(np.arccos(INCOMER_POWER_FACTOR))  # power over active power
MAIN_RATING = 10e6  # W
STATION_RATING = 800e3  # W
AUXILIARIES, OIL_COOLER = 3e3, 8e3  # W of a main transformer's tap changer and lighting, and of its oil cooler's fans
NO_LOAD_LOSS, LOAD_LOSS = 12e3, 60e3  # W of a main transformer, the second at its rating
STATION_EFFICIENCY = 0.985
OIL_RISE, WINDING_OVER_OIL, DRY_RISE = 42.0, 18.0, 95.0  # K at rating
NO_LOAD_RISE = 18.0  # K of a dry transformer that carries nothing
PHASES = np.array([0.98, 1.03, 1.0])  # rise of a dry transformer's windings over their mean
OIL, WINDING, DRY, CONTACT = 3.0 * 3600.0, 600.0, 3600.0, 1200.0  # s
OIL_FAN_ON, OIL_FAN_OFF, OIL_FAN = 328.15, 318.15, 0.8  # K; an oil cooler takes a fifth of the rise away
FAN_ON, FAN_OFF, FAN = 383.15, 363.15, 0.75  # K; a dry transformer's fan takes a quarter of the rise away
CONTACT_RISE, CONTACT_CURRENT = 24.0, 110.0  # K at A; heat goes with the current's 1.8th power
JOINT_RISE, JOINT_CURRENT = 16.0, 300.0
PANEL_BASE = 95.0  # A that each low-voltage panel carries: lighting, control, ventilation
TRACING = 0.012  # of that more for each kelvin that it is colder outdoors: heat tracing
FAN_POWER, MAKEUP_POWER = 4e3, 45e3  # W
DISTORTION, DISTORTION_A_DRIVE = 0.012, 0.003
UPS_BASE, UPS_A_DRIVE = 0.29, 0.01  # of a UPS's rating: control and network, and each drive's own control
AUTONOMY = 110.0 * 60.0  # s that a full battery carries its load
RECHARGING = 4.0 * 3600.0  # s
FLOATING, FULL, EMPTY = 432.0, 408.0, 372.0  # V of a UPS's battery on the mains; and alone, full and empty
DC_FLOATING, DC_EQUALISING, DC_ALONE = 225.0, 240.0, 208.0  # V of the DC bus, the last on its battery alone
DC_LOAD, DC_EQUALISING_CURRENT = 12.0, 9.0  # A standing; and more where an equalising charge begins


@dataclass(eq=False)
class Grid:
    """What is remembered."""

    oil: Floats  # (main,) [K]
    winding: Floats  # (main,)
    oil_fan: NDArray[np.bool_]  # (main,)
    dry: Floats  # (station transformers, 3)
    fan: NDArray[np.bool_]  # (station transformers,)
    contact: Floats  # (cubicles,)
    joint: Floats  # (panels,)
    charge: Floats  # (ups,) of its battery, over full
    equalising: Floats  # (DC panels,) of the charging current that an equalising charge begins with
    chance: Floats  # (4,) grid frequency, voltage of two sections, insulation


@dataclass(frozen=True, eq=False)
class Feeds:
    """What feeds what, compiled: indices over main and station transformers, cubicles and panels."""

    main: int
    station: int
    main_of_pump: NDArray[np.intp]  # (p,)
    main_of_station: NDArray[np.intp]
    station_of_panel: NDArray[np.intp]
    drive_of_cubicle: NDArray[np.intp]  # (cubicles,) -1 where it serves no drive
    main_of_cubicle: NDArray[np.intp]
    station_of_cubicle: NDArray[np.intp]
    room_of_main: int  # -1, the last entry of ``Load.air``, for no room
    room_of_cubicle: int
    room_of_panel: int
    battery_room: int
    coupler: NDArray[np.bool_]  # (cubicles,)
    ups: int
    dc: int

    @cached_property
    def drives(self) -> Pairs:
        """Cubicles that serve drives, and which."""
        return _joined(self.drive_of_cubicle)

    @cached_property
    def mains(self) -> Pairs:
        """Cubicles that serve main transformers, and which."""
        return _joined(self.main_of_cubicle)

    @cached_property
    def stations(self) -> Pairs:
        """Cubicles that serve station transformers, and which."""
        return _joined(self.station_of_cubicle)

    @cached_property
    def serves(self) -> NDArray[np.bool_]:
        """(cubicles,) which serve anything."""
        of_any = (self.drive_of_cubicle >= 0) | (self.station_of_cubicle >= 0) | (self.main_of_cubicle >= 0)
        return np.asarray(of_any, dtype=np.bool_)

    @cached_property
    def pumps_of_main(self) -> Floats:
        """(main, p) 1 where a drive hangs on a main transformer ..."""
        return _hanging(self.main_of_pump, self.main)

    @cached_property
    def stations_of_main(self) -> Floats:
        """(main, station transformers) ... where a station transformer does ..."""
        return _hanging(self.main_of_station, self.main)

    @cached_property
    def panels_of_station(self) -> Floats:
        """(station transformers, panels) ... and where a panel hangs on one of those."""
        return _hanging(self.station_of_panel, self.station)

    @cached_property
    def sections(self) -> NDArray[np.intp]:
        """(main,) their indices."""
        return np.arange(self.main)

    @cached_property
    def panels(self) -> NDArray[np.intp]:
        """(panels,) their indices."""
        return np.arange(self.station_of_panel.size)

    @cached_property
    def switches(self) -> Kept[[NDArray[np.bool_], NDArray[np.bool_], Service], dict[str, Floats]]:
        """What cubicles say by the drives (p,) and station transformers off, and by what is being worked on."""
        return Kept(lambda tripped, off, service: _cubicle_switches(self, tripped, off, service))

    @cached_property
    def uneven(self) -> Floats:
        """(panels,) what each carries over the usual: no two carry the same."""
        share: Floats = 1.0 + 0.15 * np.sin(self.panels)
        return share


def _hanging(on: NDArray[np.intp], count: int) -> Floats:
    """(count, n) 1 where each of n things hangs on one of so many."""
    hanging: Floats = 1.0 * (on == np.arange(count)[:, None])
    return hanging


def _joined(to: NDArray[np.intp]) -> Pairs:
    """Which are joined to something, and to what; -1 for nothing."""
    known = np.flatnonzero(to >= 0)
    return known, to[known]


@dataclass(frozen=True, eq=False)
class Load:
    """What is drawn now."""

    drives: Floats  # (p,) drive inputs [W]
    tripped: NDArray[np.bool_]  # (p,)
    fans: int
    makeup: float  # share of one make-up pump's power, summed
    air: Floats  # (rooms,) [K]; the last stands for no room
    outdoor: float  # K
    service: Service
    off: NDArray[np.bool_]  # (station transformers,) taken off by their protection

    @cached_property
    def gone(self) -> NDArray[np.bool_]:
        """(station transformers,) which carry nothing: by their protection, or for service."""
        return without(self.off, self.service)

    @cached_property
    def dark(self) -> bool:
        """Whether low voltage is dead."""
        return bool(self.gone.all())


@dataclass(frozen=True, eq=False)
class Powers:
    """Where the power goes. [W]"""

    panel: Floats
    station: Floats
    main: Floats
    cubicle: Floats
    panel_current: Floats  # A
    live: NDArray[np.bool_]  # (main,) which carry something


def feeds(layout: Layout) -> Feeds:
    """Compile what feeds what."""
    main, station = max(len(layout.ids("transformer")), 1), max(len(layout.ids("station_transformer")), 1)
    transformers = places.transformers(layout)
    cubicles = layout.things("cubicle")
    drives = {name: i for i, name in enumerate(layout.machines.drives)}
    drives |= {name: i for i, name in enumerate(layout.machines.ids)}
    mains = {name: i for name, i in transformers.items() if i < len(layout.ids("transformer"))}
    stations = {name: i - len(mains) for name, i in transformers.items() if name not in mains}
    return Feeds(
        main=main,
        station=station,
        main_of_pump=layout.machines.circuit % main,
        main_of_station=np.arange(station) % main,
        station_of_panel=np.arange(len(layout.ids("lv_panel"))) % station,
        drive_of_cubicle=_found(drives, [c.serves for c in cubicles]),
        main_of_cubicle=_found(mains, [c.serves for c in cubicles]),
        station_of_cubicle=_found(stations, [c.serves for c in cubicles]),
        room_of_main=layout.room_of("transformer"),
        room_of_cubicle=layout.room_of("cubicle"),
        room_of_panel=layout.room_of("lv_panel"),
        battery_room=layout.room_of("ups"),
        coupler=np.array(["coupler" in part.name.en for part in cubicles], dtype=bool),
        ups=len(layout.ids("ups")),
        dc=len(layout.ids("dc_panel")),
    )


def _found(known: dict[str, int], names: list[str]) -> NDArray[np.intp]:
    return np.array([known.get(name, -1) for name in names], dtype=np.intp)


def powers(load: Load, feed: Feeds, oil_fan: NDArray[np.bool_]) -> Powers:
    """Add up from the panels to the incomers; ``oil_fan`` (main,) says which oil coolers run."""
    live = _live(feed, load.service)
    panel, current = _panels(load, feed)
    station = feed.panels_of_station @ panel
    station = _taken_over(station, load.gone)
    taken = station / STATION_EFFICIENCY
    own = (AUXILIARIES + OIL_COOLER * flags(oil_fan)) * flags(live)
    section = own + feed.pumps_of_main @ load.drives + feed.stations_of_main @ taken
    drawn = np.zeros(feed.drive_of_cubicle.size)
    for (cubicles, served), what in ((feed.drives, load.drives), (feed.stations, taken), (feed.mains, own)):
        drawn[cubicles] = what[served]
    main = section
    if not live.all():
        main = np.where(live, section + section[~live].sum() / max(np.count_nonzero(live), 1), 0.0)
        drawn[feed.coupler] = section[~live].sum() / max(np.count_nonzero(feed.coupler), 1)
    main = main + flags(live) * (NO_LOAD_LOSS + LOAD_LOSS * (main / MAIN_RATING) ** 2)
    return Powers(panel, station, main, drawn, current, live)


@lru_cache(maxsize=8)
def _live(feed: Feeds, service: Service) -> NDArray[np.bool_]:
    """(main,) which carry something."""
    return np.asarray(feed.sections != service.transformer, dtype=np.bool_)


def without(off: NDArray[np.bool_], service: Service) -> NDArray[np.bool_]:
    """(station transformers,) those that are off, and the one that is out for service."""
    if service.station < 0:
        return off
    gone = off.copy()
    gone[service.station] = True
    return gone


def _taken_over(power: Floats, gone: NDArray[np.bool_]) -> Floats:
    """The others carry in equal parts what those carried that are gone."""
    if not gone.any():
        return power
    share = power[gone].sum() / max(np.count_nonzero(~gone), 1)
    carried: Floats = np.where(gone, 0.0, power + share)
    return carried


def _shifted(power: Floats, out: int) -> Floats:
    """The others carry what one carried that is out; -1 for none."""
    if out < 0:
        return power
    others = np.arange(power.size) != out
    shifted: Floats = np.where(others, power + power[out] / max(power.size - 1, 1), 0.0)
    return shifted


def _panels(load: Load, feed: Feeds) -> tuple[Floats, Floats]:
    """Power [W] and current [A] of each low-voltage panel; its neighbours take over from one that is open."""
    panels = feed.panels.size
    current = PANEL_BASE * (feed.uneven + TRACING * max(MILD - load.outdoor, -10.0))
    per_panel = (load.fans * FAN_POWER + load.makeup * MAKEUP_POWER) / max(panels, 1)
    current = current + per_panel / (ROOT_3 * LOW * LOW_POWER_FACTOR)
    current = _shifted(current, load.service.panel if panels > 1 else -1)
    if load.dark:
        current = np.zeros(panels)
    return ROOT_3 * LOW * LOW_POWER_FACTOR * current, current


def first(load: Load, feed: Feeds, lot: Generator) -> Grid:
    """Transformers that have carried this load for days."""
    oil_fan, fan = np.zeros(feed.main, dtype=bool), np.zeros(feed.station, dtype=bool)
    power = powers(load, feed, oil_fan)
    oil, winding, dry, contact, joint = _targets(load, power, feed, None, None)
    full, resting = np.ones(feed.ups), np.zeros(feed.dc)
    return Grid(oil, oil + winding, oil_fan, dry, fan, contact, joint, full, resting, lot.standard_normal(4))


def step(grid: Grid, load: Load, power: Powers, feed: Feeds, effects: Effects, lot: Generator, dt: float) -> None:
    """Let ``dt`` seconds pass, with the powers that this load makes."""
    oil, winding, dry, contact, joint = _targets(load, power, feed, grid, effects)
    grid.oil = approached(grid.oil, oil, OIL, dt)
    grid.oil_fan = power.live & ((grid.oil > OIL_FAN_ON) | (grid.oil_fan & (grid.oil > OIL_FAN_OFF)))
    grid.winding = approached(grid.winding, grid.oil + winding, WINDING, dt)
    grid.dry = approached(grid.dry, dry, DRY, dt)
    hottest = grid.dry.max(axis=1)
    grid.fan = (hottest > FAN_ON) | (grid.fan & (hottest > FAN_OFF))
    grid.contact = approached(grid.contact, contact, CONTACT, dt)
    grid.joint = approached(grid.joint, joint, CONTACT, dt)
    alone = _alone(load)
    drained = grid.charge - dt * _ups_load(load) / (UPS_BASE * AUTONOMY)
    grid.charge = np.where(alone, np.maximum(drained, 0.0), approached(grid.charge, 1.0, RECHARGING, dt))
    began = load.service.equalised & (grid.equalising == 0.0)
    equalising = np.where(began, 1.0, approached(grid.equalising, 0.0, 3600.0, dt))
    grid.equalising = np.where(load.service.equalised, equalising, 0.0)
    grid.chance = wandered(grid.chance, 600.0, lot, dt)


def _alone(load: Load) -> NDArray[np.bool_]:
    """(ups,) which are on their batteries: those that are tried, and all where low voltage is dead."""
    return load.service.on_battery | load.dark


def silent(grid: Grid, load: Load) -> bool:
    """Whether the station's network is without power: low voltage is dead, and no battery holds anything."""
    return load.dark and not grid.charge.any()


def _ups_load(load: Load) -> float:
    """Share of its rating that each UPS carries."""
    return UPS_BASE + UPS_A_DRIVE * float(np.count_nonzero(load.drives))


def _targets(
    load: Load, power: Powers, feed: Feeds, grid: Grid | None, effects: Effects | None
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Where the temperatures would settle; the windings' of main transformers is over the oil. [K]"""
    worse = _worse(feed, effects)
    share = (power.main / MAIN_RATING) ** 1.6
    aired = np.where(grid.oil_fan, OIL_FAN, 1.0) if grid is not None else np.ones(feed.main)
    oil = load.air[feed.room_of_main] + OIL_RISE * aired * share * worse[: feed.main] + 8.0 * power.live
    winding = WINDING_OVER_OIL * share
    cooled = np.where(grid.fan, FAN, 1.0) if grid is not None else np.ones(feed.station)
    standing = NO_LOAD_RISE * flags(~load.gone)
    dry = (DRY_RISE * (power.station / STATION_RATING) ** 1.6 * cooled + standing) * worse[feed.main :]
    windings = load.air[feed.room_of_main] + dry[:, None] * PHASES
    current = power.cubicle / (ROOT_3 * FEEDING * DRIVE_POWER_FACTOR)
    contact = load.air[feed.room_of_cubicle] + 1.5 + CONTACT_RISE * (current / CONTACT_CURRENT) ** 1.8
    joint = load.air[feed.room_of_panel] + 3.0 + JOINT_RISE * (power.panel_current / JOINT_CURRENT) ** 1.8
    return oil, winding, windings, contact, joint


@lru_cache(maxsize=8)
def _worse(feed: Feeds, effects: Effects | None) -> Floats:
    """(main and station,) what cooling lost makes of each transformer's rise."""
    usual = np.ones(feed.main + feed.station)
    if effects is None or not effects.transformer_heat.size:
        return usual
    worse: Floats = usual + _spread(effects.transformer_heat, usual.size)
    return worse


def _spread(values: Floats, count: int) -> Floats:
    """(count,) the values over and over; a station without a transformer is reckoned to have one all the same."""
    return values if values.size == count else np.resize(values, count)


def transformer_readings(grid: Grid, power: Powers, load: Load, feed: Feeds, running: Floats) -> dict[str, Floats]:
    """Incomers and main transformers; ``running`` (main,) drives on each. An incomer's line is live all the same."""
    reactive = power.main * REACTIVE
    sag = (RESISTIVE * power.main + REACTING * reactive) / SHORT_CIRCUIT
    voltage = INCOMING * (1.0 + 0.004 * _spread(grid.chance[1:3], feed.main) - sag)
    return {
        "incomer_voltage": voltage,
        "incomer_current": np.hypot(power.main, reactive) / (ROOT_3 * voltage),
        "incomer_active_power": power.main,
        "reactive_power": reactive,
        "frequency": np.full(feed.main, 50.0 + 0.012 * grid.chance[0]),
        "main_transformer_top_oil": grid.oil,
        "main_transformer_winding": grid.winding,
        "oil_level": 0.5 + 0.003 * (grid.oil - 313.15),  # oil swells by 0.3 % of the gauge a kelvin
        **_transformer_switches(feed, load.service),
        "voltage_distortion": DISTORTION + DISTORTION_A_DRIVE * running,
    }


@lru_cache(maxsize=8)
def _transformer_switches(feed: Feeds, service: Service) -> dict[str, Floats]:
    live = _live(feed, service)
    tried = flags(~live & service.oil_relays)  # no fault of the plant makes gas in the oil
    return {"buchholz": tried, "oltc_fault": tried, "breaker_closed": flags(live)}


def cubicle_readings(grid: Grid, power: Powers, load: Load, feed: Feeds) -> dict[str, Floats]:
    """10 kV cubicles."""
    return {
        "feeder_current": power.cubicle / (ROOT_3 * FEEDING * DRIVE_POWER_FACTOR),
        "feeder_power": power.cubicle,
        "busbar_contact_temp_max": grid.contact,
        **feed.switches(load.tripped, load.off, load.service),
    }


def _cubicle_switches(
    feed: Feeds, tripped: NDArray[np.bool_], off: NDArray[np.bool_], service: Service
) -> dict[str, Floats]:
    """Those that serve nothing (couplers, spares) stand open; a drive trips itself, and its feeder sees nothing."""
    live = _live(feed, service)
    opened = np.zeros(feed.serves.size, dtype=bool)
    for (cubicles, served), out in ((feed.drives, tripped | service.isolated), (feed.mains, ~live)):
        opened[cubicles] = out[served]
    cubicles, served = feed.stations
    opened[cubicles] = without(off, service)[served]
    acted = service.relay.copy()
    acted[cubicles] |= off[served]
    coupled = feed.coupler & ~live.all()
    return {"breaker_closed": flags((feed.serves & ~opened) | coupled), "protection_trip": flags(acted)}


def station_readings(grid: Grid, power: Powers) -> dict[str, Floats]:
    """Dry station transformers."""
    windings = {f"dry_transformer_winding_{phase}": grid.dry[:, i] for i, phase in enumerate("abc")}
    return windings | {"fan_running": flags(grid.fan), "lv_power": power.station}


def panel_readings(grid: Grid, power: Powers, load: Load) -> dict[str, Floats]:
    """Low-voltage panels."""
    closed = flags(np.arange(power.panel_current.size) != load.service.panel)
    return {"lv_feeder_current": power.panel_current, "breaker_closed": closed, "joint_temperature": grid.joint}


def ups_readings(grid: Grid, load: Load, feed: Feeds) -> dict[str, Floats]:
    """On the mains, floating; alone while its battery is tried, or where the mains are dead."""
    alone, share = _alone(load), _ups_load(load)
    fed = ~alone | (grid.charge > 0.0)
    lone_voltage = EMPTY + (FULL - EMPTY) * grid.charge
    return {
        "ups_output_voltage": fed * (230.0 * (1.0 - 0.004 * share - 0.005 * alone)),
        "ups_load": fed * share,
        "battery_voltage": np.where(alone, lone_voltage, FLOATING - 12.0 * (1.0 - grid.charge)),
        "battery_temperature": load.air[feed.battery_room] + 2.0 + 6.0 * (1.0 - grid.charge),
        "autonomy": AUTONOMY * grid.charge * UPS_BASE / share,
        "ups_on_battery": flags(alone),
    }


def dc_readings(grid: Grid, load: Load, feed: Feeds) -> dict[str, Floats]:
    """DC panels float, and get an equalising charge now and then; their insulation changes with the weather."""
    closed, charged = float(np.count_nonzero(load.drives)), float(not load.dark)
    floating = np.where(load.service.equalised, DC_EQUALISING, DC_FLOATING)
    return {
        "dc_bus_voltage": np.full(feed.dc, DC_ALONE) if load.dark else floating,
        "charger_current": charged * (DC_LOAD + 0.3 * closed + DC_EQUALISING_CURRENT * grid.equalising),
        "insulation_resistance": np.full(feed.dc, 6e5 * (1.0 + 0.05 * grid.chance[3])),
    }
