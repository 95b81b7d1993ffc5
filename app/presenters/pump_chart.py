"""The pump chart: head over flow, where the pump stands, where it should, and where it has been. Units m³/h and m."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from app.messages import Mail, RangeAnswer, Request
from app.presenters import formatting, gauges
from app.presenters.gauges import Gauges
from app.presenters.inquiry import Inquiry
from app.presenters.selection import Selection
from twin.detectors.residual import Residuals
from twin.errors import StationError
from twin.plant import curve as curves
from twin.plant import fitting
from twin.plant.curve import PumpCurve
from twin.plant.model import PumpState
from twin.plant.reading import Station
from twin.plant.station import Pump
from twin.signals import Floats, Quality, TagTable

HOUR = 3600.0  # s: from m³/s to m³/h
SAMPLES = 121  # points of a curve
FAMILY = (0.7, 0.8, 0.9, 1.0)  # of rated speed
PREFERRED = (0.7, 1.2)  # of the flow of best efficiency (HI 9.6.3)
BAND = 2.0  # standard deviations to either side
TRAIL = 600.0  # s
STRIDE = 2.0  # s between points of the trail
BEYOND = 1.06  # of the last point of a curve, to draw a little further
FIT_POINTS = 400  # of a foreign recording that a curve is fitted to
AT_SPEED = 0.5  # of the greatest head: a foreign pump that makes less is standing
STEADY = 0.02  # of the greatest head from point to point: with more it is on its way to its speed


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve: ``flow`` (n,) [m³/h], ``value`` (n,), and what it is called."""

    flow: Floats
    value: Floats
    label: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """What holds for a pump at one speed. ``efficiency`` in per cent; None where the file says nothing of it."""

    speed: float
    curve: Line
    low: Floats  # (n,) of the curve's band [m]
    high: Floats
    efficiency: Line | None
    npsh_required: Line | None
    preferred: tuple[float, float]  # [m³/h]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Measured against expected, as text. ``sigmas`` is empty, and ``why`` says why, where it may not be judged."""

    measured: str
    expected: str
    difference: str
    sigmas: str
    z: float = math.nan
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """All that is drawn. ``trail_age`` (k,) is 0 for now and 1 for what is about to be forgotten."""

    pump: str = ""
    name: str = ""
    running: bool = False
    speed: str = ""
    sheet: Sheet | None = None
    family: tuple[Line, ...] = ()
    fitted: Line | None = None
    fit_error: str = ""
    points: Line | None = None
    point: tuple[float, float] = (math.nan, math.nan)
    expected: float = math.nan
    npsh_available: float = math.nan
    trail: Line | None = None
    trail_age: Floats | None = None
    verdict: Verdict | None = None
    extent: tuple[float, float] = (1.0, 1.0)  # greatest flow and head


class View(Protocol):
    """The chart."""

    def show_state(self, state: State) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is known of a pump before anything runs."""

    pump: Pump
    curve: PumpCurve
    scale: float
    best_flow: float  # m³/s at rated speed
    flow: Floats  # (n,) at rated speed [m³/s]


class Presenter:
    """Draws the selected pump; a foreign recording's pump on a curve fitted to its own points."""

    def __init__(
        self,
        view: View,
        ask: Callable[[Request], None],
        station: Station | None,
        tags: TagTable,
        language: str = "en",
    ) -> None:
        self._view = view
        self._station = station
        self._tags = tags
        self._language = language
        self._known = _known_pumps(station)
        foreign = tuple(pump for pump in gauges.measured_pumps(tags) if pump not in self._known)
        self._pumps = (*self._known, *foreign)
        self._pump = self._pumps[0] if self._pumps else ""
        self._gauges: Gauges | None = None
        self._trailing, self._fitting = Inquiry(ask), Inquiry(ask)
        self._trail: tuple[Floats, Floats, Floats] | None = None  # time, flow, head
        self._fit: tuple[Line | None, str, Line] | None = None  # the fitted curve, its error, its points
        self._sheet: Sheet | None = None
        self._mail: Mail | None = None
        self._state = State()
        self._turn_to(self._pump)

    @property
    def state(self) -> State:
        """What is shown."""
        return self._state

    @property
    def is_complete(self) -> bool:
        """Whether all that was asked for is drawn."""
        return not (self._trailing.pending or self._fitting.pending)

    def say_in(self, language: str) -> None:
        """Name the pump in another language."""
        self._language = language
        self._work_out()

    def select(self, selection: Selection) -> None:
        """Turn to the selected pump, or the one that the selected thing belongs to; else stay."""
        pump = self._pump_of(selection.equipment or selection.name)
        if pump and pump != self._pump:
            self._turn_to(pump)
            self._work_out()

    def take(self, mail: Mail) -> None:
        """Show where the pump stands now."""
        self._mail = mail
        self._trailing.wait()
        self._fitting.wait()
        for answer in mail.answers:
            self._answered(answer)
        self._work_out()

    # ---- which pump ------------------------------------------------------------------------------------------------

    def _pump_of(self, equipment: str) -> str:
        """The pump a piece of equipment belongs to: itself, its drive's, or that of its branch (``P101.strainer``)."""
        if equipment in self._pumps:
            return equipment
        drives = {each.pump.drive.id: name for name, each in self._known.items() if each.pump.drive is not None}
        return drives.get(equipment) or next((p for p in self._pumps if equipment.startswith(f"{p}.")), "")

    def _turn_to(self, pump: str) -> None:
        self._pump = pump
        self._gauges = gauges.of_pump(pump, self._tags, self._station) if pump else None
        self._trail = self._fit = self._sheet = None
        for inquiry in (self._trailing, self._fitting):
            inquiry.forget()

    # ---- queries ---------------------------------------------------------------------------------------------------

    def _query(self, mail: Mail) -> None:
        if self._gauges is None or not math.isfinite(mail.span[1]):
            return
        self._trailing.want(self._gauges.columns, (mail.cursor - TRAIL, mail.cursor), mail.span, STRIDE)
        if self._pump not in self._known and self._fit is None and not mail.following:
            since, until = mail.span
            self._fitting.want(self._gauges.columns, mail.span, mail.span, max((until - since) / FIT_POINTS, 1e-3))

    def _answered(self, answer: RangeAnswer) -> None:
        trail, fit = self._trailing.is_answered_by(answer), self._fitting.is_answered_by(answer)
        if self._gauges is None or answer.columns != self._gauges.columns:
            return
        values = np.where(answer.quality <= Quality.UNCERTAIN, answer.last, np.nan)
        flow, head = self._gauges.points(values)
        known = np.isfinite(flow + head)
        if trail:
            self._trail = answer.at[known], flow[known], head[known]
        if fit:
            self._fit = _fitted(flow[known], head[known])

    # ---- the picture -----------------------------------------------------------------------------------------------

    def _work_out(self) -> None:
        state = State(self._pump, self._name())
        known = self._known.get(self._pump)
        if known is not None:
            state = replace(state, family=self._family(known), extent=_extent(known))
        if self._mail is not None:
            self._query(self._mail)
            state = self._with_trail(self._with_now(state, known, self._mail), self._mail.cursor)
        if self._fit is not None:
            state = self._with_fit(state)
        self._state = state
        self._view.show_state(state)

    def _name(self) -> str:
        name = self._station.name_of(self._pump).said_in(self._language) if self._station is not None else ""
        return "" if name == self._pump else name

    def _family(self, known: _Known) -> tuple[Line, ...]:
        """The curve at round speeds, made once a pump."""
        if self._state.pump == self._pump and self._state.family:
            return self._state.family
        return tuple(_curve(known, speed, f"{round(100 * speed)} %") for speed in FAMILY)

    def _with_now(self, state: State, known: _Known | None, mail: Mail) -> State:
        snapshot = mail.snapshot
        if snapshot is None:
            return state
        pump = next((each for each in snapshot.pumps if each.pump == self._pump), None)
        if pump is None:
            return self._with_gauges(state, mail)
        if known is not None and pump.running and pump.speed > 0:
            self._sheet = self._sheet_at(known, pump)
            state = replace(state, sheet=self._sheet, speed=f"{formatting.number(100 * pump.speed, 1)} %")
        return replace(
            state,
            running=pump.running,
            point=(pump.flow * HOUR, pump.head),
            expected=pump.expected_head if pump.running else math.nan,
            npsh_available=pump.npsh_available,
            verdict=self._verdict(pump, snapshot.residuals),
        )

    def _with_gauges(self, state: State, mail: Mail) -> State:
        """A pump that no model knows stands where its gauges say."""
        if self._gauges is None or mail.snapshot is None:
            return state
        frame = mail.snapshot.frame
        columns = list(self._gauges.columns)
        values = np.where(frame.quality[columns] <= Quality.UNCERTAIN, frame.values[columns], np.nan)
        flow, head = self._gauges.points(values[:, None])
        return replace(state, running=True, point=(float(flow[0]) * HOUR, float(head[0])))

    def _sheet_at(self, known: _Known, pump: PumpState) -> Sheet:
        """The curves at the speed of now; the same as before while the speed is."""
        share = pump.head_sigma / pump.expected_head if pump.expected_head > 0 else 0.0
        share = share if math.isfinite(share) else 0.0
        if self._sheet is not None and abs(self._sheet.speed - pump.speed) < 2e-4:
            return self._sheet
        line = _curve(known, pump.speed)
        flow = known.flow * pump.speed
        efficiency = 100.0 * curves.efficiency(known.curve, flow, pump.speed)
        npsh = curves.npsh_required(known.curve, flow, pump.speed)
        least, most = (share_of_best * known.best_flow * pump.speed * HOUR for share_of_best in PREFERRED)
        return Sheet(
            pump.speed,
            line,
            line.value * (1.0 - BAND * share),
            line.value * (1.0 + BAND * share),
            Line(line.flow, efficiency) if np.isfinite(efficiency).any() else None,
            Line(line.flow, npsh) if np.isfinite(npsh).any() else None,
            (least, most),
        )

    def _verdict(self, pump: PumpState, residuals: Residuals) -> Verdict | None:
        if not pump.running or not math.isfinite(pump.head + pump.expected_head):
            return None
        z, why = math.nan, ""
        for place, name in enumerate(residuals.names):
            if (name.equipment, name.name) == (self._pump, "head"):
                judged = bool(residuals.valid[place])
                z = float(residuals.z[place]) if judged else math.nan
                why = "" if judged or not residuals.why else residuals.why[place]
        return Verdict(
            formatting.quantity(pump.head, 1, "m"),
            formatting.quantity(pump.expected_head, 1, "m"),
            formatting.quantity(pump.head - pump.expected_head, 1, "m", signed=True),
            formatting.quantity(z, 1, "σ", signed=True) if math.isfinite(z) else "",
            z,
            why,
        )

    def _with_trail(self, state: State, cursor: float) -> State:
        if self._trail is None:
            return state
        at, flow, head = self._trail
        recent = (at <= cursor) & (at >= cursor - TRAIL)
        return replace(state, trail=Line(flow[recent] * HOUR, head[recent]), trail_age=(cursor - at[recent]) / TRAIL)

    def _with_fit(self, state: State) -> State:
        if self._fit is None:
            return state
        fitted, error, points = self._fit
        if not points.flow.size:
            return state
        extent = float(points.flow.max()) * BEYOND, float(points.value.max()) * 1.1
        return replace(state, fitted=fitted, fit_error=error, points=points, extent=extent)


def _known_pumps(station: Station | None) -> dict[str, _Known]:
    if station is None:
        return {}
    sheets = {name: curves.from_station(sheet, name) for name, sheet in station.file.curves.items()}
    return {pump.id: _known(pump, curves.as_built(pump, sheets)) for pump in station.pumps}


def _known(pump: Pump, curve: PumpCurve) -> _Known:
    flow = np.linspace(0.0, curve.valid[1] * BEYOND, SAMPLES)
    efficiency = curves.efficiency(curve, flow)
    told = np.isfinite(efficiency).all()
    best = float(flow[np.argmax(efficiency)]) if told else pump.rated_flow_m3_h / HOUR
    return _Known(pump, curve, pump.calibration.head_scale if pump.calibration else 1.0, best, flow)


def _curve(known: _Known, speed: float, label: str = "") -> Line:
    flow = known.flow * speed
    return Line(flow * HOUR, curves.head(known.curve, flow, speed) * known.scale, label)


def _extent(known: _Known) -> tuple[float, float]:
    shut_off = float(curves.head(known.curve, 0.0)) * known.scale
    return float(known.flow[-1]) * HOUR, 1.1 * shut_off


def _fitted(flow: Floats, head: Floats) -> tuple[Line | None, str, Line]:
    """A curve through a foreign pump's points at speed, its error, and all points; no curve where they tell none."""
    most = float(head.max(initial=0.0))
    at_speed = head > AT_SPEED * most
    if head.size > 1:
        at_speed &= np.abs(np.gradient(head)) < STEADY * most
    points = Line(flow * HOUR, head)
    try:
        fit = fitting.fit(flow[at_speed], head[at_speed], kind="power", name="the operating points")
    except StationError:
        return None, "", points
    along = np.linspace(0.0, float(flow.max()), SAMPLES)
    return Line(along * HOUR, curves.head(fit.curve, along)), formatting.quantity(fit.error, 2, "m"), points
