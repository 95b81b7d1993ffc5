"""A station file: what a station is made of, as read from TOML and checked.

Keys carry their unit where it is not SI (``flow_m3_h``). Every mistake of a file is found at once, each with its line:
see :mod:`twin.plant.checking`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(min_length=1, max_length=64)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Point = tuple[float, float, float]
Control = Literal["manual", "flow", "suction_pressure", "discharge_pressure", "pressure_difference"]


class Part(BaseModel):
    """Anything in a station file: frozen, and unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Words(Part):
    """A name in both languages."""

    en: str = ""
    zh: str = ""


class About(Part):
    """What station this is."""

    id: Identifier
    name: Words = Words()
    timezone: str = "UTC"
    model: str = ""  # the 3D model, relative to the station file
    ambient_c: float = 22.0
    false_alarms_per_year: Positive = 12.0


class Curve(Part):
    """A pump's design curve at one speed (domain: the manufacturer's sheet).

    Power is that at the shaft, with cold water. Beside an efficiency it says what that cannot: power at zero flow.
    """

    kind: Literal["table", "power", "polynomial"] = "table"
    speed_rpm: Positive
    flow_m3_h: Annotated[tuple[NotNegative, ...], Field(min_length=1)]
    head_m: tuple[float, ...]
    efficiency: tuple[Share, ...] | None = None
    power_kw: tuple[NotNegative, ...] | None = None
    npsh_required_m: tuple[NotNegative, ...] | None = None


class Calibration(Part):
    """How a built pump differs from its design curve, each value with its standard uncertainty.

    ``head_scale`` and ``power_scale`` are multiples of the design's, ``steepness_scale`` one of the fall of its head
    from zero flow; ``head_offset_m`` is measured whatever the pump does (heights of gauges, zeros of transmitters),
    and the pump's flow meter says ``flow_scale`` times what flows. Without a calibration the model starts from the
    design with the tolerance of ISO 9906 grade 1B.
    """

    head_scale: Positive = 1.0
    head_scale_sigma: NotNegative = 0.015
    steepness_scale: Positive = 1.0
    steepness_scale_sigma: NotNegative = 0.05
    head_offset_m: float = 0.0
    head_offset_m_sigma: NotNegative = 0.3
    power_scale: Positive = 1.0
    power_scale_sigma: NotNegative = 0.02
    flow_scale: Positive = 1.0
    flow_scale_sigma: NotNegative = 0.005


class Motor(Part):
    """The motor of a pump. ``efficiency`` at ``load`` (share of rated power)."""

    power_kw: Positive
    voltage_kv: Positive = 10.0
    current_a: Positive
    power_factor: Share = 0.87
    load: tuple[NotNegative, ...] = (0.25, 0.5, 0.75, 1.0, 1.1)
    efficiency: tuple[Share, ...] = (0.925, 0.952, 0.962, 0.962, 0.960)


class Drive(Part):
    """The variable-frequency drive of a pump."""

    id: Identifier
    efficiency: Share = 0.968
    rated_hz: Positive = 50.0
    minimum_hz: NotNegative = 25.0
    ramp_hz_s: Positive = 0.5


class Pump(Part):
    """A pump with its motor and drive, between two nodes of the network, if the file has a network."""

    id: Identifier
    name: Words = Words()
    circuit: str = ""
    curve: str
    from_node: str = ""
    to_node: str = ""
    rated_flow_m3_h: Positive
    standby: bool = False
    inertia_kg_m2: Positive = 180.0
    minimum_flow_m3_h: NotNegative = 0.0
    motor: Motor | None = None
    drive: Drive | None = None
    calibration: Calibration | None = None
    position: Point | None = None


class Node(Part):
    """A point of the hydraulic network. ``elevation_m`` is that of its pressure gauges."""

    id: Identifier
    elevation_m: float = 0.0


class Resistance(Part):
    """Anything that loses head: a valve, a strainer, a stretch of piping.

    ``loss_kpa`` is lost at ``flow_m3_h``, clean and fully open, and goes with the square of the flow. What has a length
    and a bore loses by friction besides: of its roughness (Darcy–Weisbach, Colebrook), or of its Hazen–Williams
    coefficient where that is given. ``check`` lets water pass one way only. ``characteristic`` says what share of a
    valve's way is open (Kv over that of the open valve) at positions of its stem, from [0, 0] to [1, 1]; without it
    that of its kind counts.
    """

    id: Identifier
    name: Words = Words()
    kind: Literal["gate_valve", "butterfly_valve", "check_valve", "strainer", "pipe", "bypass"] = "pipe"
    circuit: str = ""
    pump: str = ""  # the pump whose branch it stands in
    from_node: str
    to_node: str
    loss_kpa: NotNegative = 0.0
    flow_m3_h: Positive
    length_m: Positive | None = None
    bore_m: Positive | None = None
    roughness_mm: NotNegative = 0.5
    hazen_williams: Positive | None = None
    check: bool = False
    normally_closed: bool = False
    characteristic: tuple[tuple[Share, Share], ...] = ()
    travel_s: NotNegative = 60.0
    position: Point | None = None


class Line(Part):
    """The buried line to a neighbouring station, and what that neighbour holds at its far end.

    The neighbour is a head (above this station's datum) behind a resistance of its own, which stands for the rest of
    the line beyond: ``head_m - slope_m * (Q / flow_m3_h)²`` at an upstream end, ``+`` at a downstream one.

    ``profile`` says how high the line lies: distances from this station, rising, and heights above its datum [m].
    Friction is that of its roughness (Darcy–Weisbach, Colebrook), or of ``hazen_williams`` where that is given.
    """

    id: Identifier
    name: Words = Words()
    circuit: str = ""
    side: Literal["upstream", "downstream"]
    node: str
    length_m: Positive
    bore_m: Positive
    wall_mm: Positive = 18.0
    roughness_mm: NotNegative = 0.5
    hazen_williams: Positive | None = None
    profile: tuple[tuple[NotNegative, float], ...] = ()
    head_m: float
    slope_m: NotNegative = 0.0
    flow_m3_h: Positive
    temperature_c: float = 60.0


class Circuit(Part):
    """Pumps that share an inlet and an outlet header: what the balance of flows is made over.

    ``control`` is what their common speed keeps at ``set_point`` (CJJ/T 34-2022 13.3.3): a flow [m³/h], the pressure of
    the inlet or of the outlet header, or the pressure difference of a remote point [MPa]; a fixed speed [Hz] where it
    is manual. ``remote`` are the tags of that point: one of a difference, or one of each pressure, the higher first.
    """

    id: Identifier
    name: Words = Words()
    inlet: str
    outlet: str
    temperature_c: float
    flow_m3_h: Positive
    control: Control = "manual"
    set_point: float | None = None
    remote: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    least_suction_mpa: float | None = None  # at the headers: the pumps slow down rather than pass these
    most_discharge_mpa: float | None = None
    restart_inhibit_s: NotNegative = 120.0  # after its stop, before which a pump must not start again
    standby_delay_s: NotNegative = 60.0  # after a trip, before which no pump of the circuit must start


class Interlock(Part):
    """What takes pumps off: a measurement that stays beyond a limit for longer than a hold.

    ``measures`` is a pattern (``stator_winding_*``) of what tags measure: those of each pump and its drive, or those of
    the equipment ``of``: a header or a room, which takes off all pumps of ``circuit``, or a station transformer, which
    takes off that. So many ``votes`` of them must be beyond the limit, which is in the tags' unit. ``when`` is how
    long it watches a pump: while that is on, only until a start is complete, or only after that.

    It can judge what follows from them instead: the difference to what ``less`` names there (discharge less suction
    pressure), ``at_rated_speed`` as the square of speed makes it there; or the ``spread`` of all of them, their
    greatest less their least over their mean [%].
    """

    id: Identifier
    name: Words = Words()
    circuit: str = ""  # all where it is left out
    of: str = ""
    measures: str
    above: float | None = None
    below: float | None = None
    votes: Annotated[int, Field(ge=1)] = 1
    hold_s: NotNegative = 0.0
    when: Literal["on", "starting", "running"] = "on"
    less: str = ""
    at_rated_speed: bool = False
    spread: bool = False


class Equipment(Part):
    """Anything else that has tags: rooms, transformers, cubicles, tanks, chambers."""

    id: Identifier
    name: Words = Words()
    kind: str
    room: str = ""
    circuit: str = ""
    serves: str = ""  # the equipment it feeds: a cubicle its drive, a drive its pump
    position: Point | None = None


class Robot(Part):
    """A robot and the way it goes: ``route`` is a closed walk through points [m], for ``rail`` at the rail's height."""

    id: Identifier
    name: Words = Words()
    kind: Literal["ground", "rail"]
    route: Annotated[tuple[Point, ...], Field(min_length=2)]
    speed_m_s: Positive = 0.5
    dwell_s: NotNegative = 8.0
    stops: tuple[int, ...] = ()  # indices of route points at which it looks


class Camera(Part):
    """A fixed camera and where it looks."""

    id: Identifier
    name: Words = Words()
    kind: Literal["thermal", "visible", "panoramic"]
    position: Point
    looks_at: Point | None = None
    watches: str = ""


class Sensor(Part):
    """How a transmitter differs from its sisters: it says ``scale`` times what is, and ``offset`` more (tag's unit)."""

    offset: float = 0.0
    offset_sigma: NotNegative = 0.0
    scale: Positive = 1.0
    scale_sigma: NotNegative = 0.0


class Noise(Part):
    """How a residual of a healthy station scatters, in its unit; ``ar`` is the correlation from second to second."""

    sigma: Positive
    ar: Annotated[float, Field(ge=0, lt=1)] = 0.0


class Calibrations(Part):
    """What else was learned of a healthy station: ``sensors`` by their tags, ``noise`` by residual ("P101.head")."""

    sensors: dict[str, Sensor] = {}
    noise: dict[str, Noise] = {}


class TagEntry(Part):
    """One measuring point as the file states it; :func:`Station.tags` makes a :class:`twin.signals.Tag` of it."""

    name: Identifier
    equipment: str = ""
    measures: str = ""
    unit: str = ""
    range: tuple[float, float] | None = None
    kind: Literal["analog", "digital", "calculated"] = "analog"
    period: Positive = 1.0
    step: NotNegative = 0.0
    LL: float | None = None
    L: float | None = None
    H: float | None = None
    HH: float | None = None
    hold: NotNegative = 0.0  # seconds a limit must be broken before it alarms
    node: str = ""
    en: str = ""
    zh: str = ""


class RateLimit(Part):
    """How fast a measurement may change before it alarms.

    ``measures`` is a pattern (``*bearing*_temperature``) of what tags measure; a tag takes the first that fits.
    ``rise`` and ``fall`` are in the tags' unit per ``per_s`` seconds, held against the slope over the last ``over_s``.
    What belongs to a pump counts from ``grace_s`` after its start on, and never while it stands.
    """

    measures: Annotated[str, Field(min_length=1)]
    rise: Positive | None = None
    fall: Positive | None = None
    per_s: Literal[1, 60, 3600] = 60
    over_s: Positive
    priority: Literal["urgent", "high", "medium", "low"] = "high"
    grace_s: NotNegative = 180.0


class NodeMap(Part):
    """What nodes of the 3D model show whose names are another program's: ``node`` may be a pattern (``PUMP_A*``).

    ``equipment`` is what they belong to; ``layer`` where they are sorted in ("roof", "piping", …). Without equipment
    they are scenery.
    """

    node: Annotated[str, Field(min_length=1)]
    equipment: str = ""
    layer: str = ""


class ModelPlace(Part):
    """How the 3D model is written and where it stands.

    Without ``unit`` and ``up`` what its format says counts: metres everywhere, y up in glTF and z up elsewhere. The
    model is turned about the upright first (against the clock, seen from above), then moved to ``at``.
    """

    unit: Literal["m", "cm", "mm", "in", "ft"] | None = None
    up: Literal["y", "z"] | None = None
    turned_deg: float = 0.0
    at: Point = (0.0, 0.0, 0.0)
    map: tuple[NodeMap, ...] = ()


class StationFile(Part):
    """A whole station file. Every list may be empty: a station may hold no more than tags and one pump."""

    format: Literal["pumphouse-station"]
    version: Literal[1]
    station: About
    model: ModelPlace = ModelPlace()
    curves: dict[str, Curve] = {}
    circuits: tuple[Circuit, ...] = ()
    interlocks: tuple[Interlock, ...] = ()
    rates: tuple[RateLimit, ...] = ()
    nodes: tuple[Node, ...] = ()
    pumps: tuple[Pump, ...] = ()
    resistances: tuple[Resistance, ...] = ()
    lines: tuple[Line, ...] = ()
    equipment: tuple[Equipment, ...] = ()
    robots: tuple[Robot, ...] = ()
    cameras: tuple[Camera, ...] = ()
    tags: tuple[TagEntry, ...] = ()
    calibration: Calibrations = Calibrations()
