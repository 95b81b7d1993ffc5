"""The pump chart shows where a pump stands, where it should, and where it has been; a foreign one on its own curve."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from app.messages import Mail, RangeAnswer, RangeQuery, Request
from app.presenters import gauges, pump_chart
from app.presenters.pump_chart import HOUR, Presenter, State
from app.presenters.selection import Selection
from app.views.pump_chart import PumpChart
from tests.app import fakes
from twin.detectors.residual import Residuals
from twin.pipeline import Snapshot
from twin.plant.model import PumpModel
from twin.plant.reading import Station
from twin.plant.station import Calibration
from twin.signals import Floats, Frame, Tag, TagTable

STATION = fakes.station()
NONE = np.empty(0)
NO_RESIDUALS = Residuals((), NONE, NONE, NONE, NONE, NONE.astype(bool))


class Seen:
    def __init__(self) -> None:
        self.state = State()

    def show_state(self, state: State) -> None:
        self.state = state


class Desk:
    """A presenter, and a memory (t,), (t, n) that answers it."""

    def __init__(self, station: Station | None, tags: TagTable, at: Floats, values: Floats) -> None:
        self.seen, self.asked = Seen(), list[Request]()
        self.presenter = Presenter(self.seen, lambda each: self.asked.append(each), station, tags)
        self._at, self._values = at, values

    def beat(self, snapshot: Snapshot, following: bool = True) -> State:
        answers = tuple(self._answer(query) for query in self.asked if isinstance(query, RangeQuery))
        self.asked.clear()
        cursor = snapshot.frame.at
        span = (float(self._at[0]), cursor if following else float(self._at[-1]))
        mode = "live" if following else "replay"
        self.presenter.take(Mail(1, mode, snapshot, cursor, span, True, following, 1.0, answers=answers))
        return self.seen.state

    def _answer(self, query: RangeQuery) -> RangeAnswer:
        rows = (self._at >= query.since) & (self._at < query.until)
        values = self._values[rows][:, list(query.columns)].T
        quality = np.zeros(values.shape, dtype=np.uint8)
        return RangeAnswer(query.ticket, query.columns, self._at[rows], values, values, values, quality)


def station_desk(station: Station = STATION) -> Desk:
    at = fakes.START + np.arange(900.0)
    return Desk(station, station.tags, at, np.array([fakes.frame(0.0).values] * 900))


def test_it_begins_with_the_first_pump_and_turns_to_the_one_selected() -> None:
    desk = station_desk()
    assert desk.presenter.state.pump == "" or desk.presenter.state.pump == "P101"
    assert desk.beat(fakes.snapshot(fakes.frame(5))).pump == "P101"
    for equipment in ("P203", "P203.strainer", "VFD203"):
        desk.presenter.select(Selection("equipment", "P102", equipment="P102"))
        desk.presenter.select(Selection("equipment", equipment, equipment=equipment))
        assert desk.seen.state.pump == "P203"
    desk.presenter.select(Selection("equipment", "T1", equipment="T1"))
    assert desk.seen.state.pump == "P203"


def test_the_name_follows_the_language() -> None:
    desk = station_desk()
    desk.beat(fakes.snapshot(fakes.frame(5)))
    desk.presenter.say_in("zh")
    assert desk.seen.state.name == STATION.name_of("P101").zh


def test_the_curve_at_this_speed_passes_through_the_expected_head() -> None:
    model = PumpModel(STATION)
    frame = fakes.frame(3)
    for measures, value in (("pump_flow", 6200.0), ("shaft_speed", 940.0), ("running", 1.0)):
        frame.values[STATION.tags.measuring("P101", measures) or 0] = value
    snapshot = replace(fakes.snapshot(frame), pumps=model.step(frame).states())
    state = station_desk().beat(snapshot)
    assert state.sheet is not None
    at_flow = np.interp(state.point[0], state.sheet.curve.flow, state.sheet.curve.value)
    assert math.isclose(at_flow, state.expected, rel_tol=2e-4)
    assert math.isclose(state.point[0], 6200.0, rel_tol=1e-6)
    low, high = (
        np.interp(state.point[0], state.sheet.curve.flow, line) for line in (state.sheet.low, state.sheet.high)
    )
    sigma = snapshot.pumps[0].head_sigma
    assert math.isclose(high - low, 2 * pump_chart.BAND * sigma, rel_tol=1e-3)


def test_the_curve_of_a_calibrated_pump_is_as_high_and_as_steep_as_it_was_found() -> None:
    found = Calibration(head_scale=0.97, steepness_scale=1.2)
    pumps = [pump.model_copy(update={"calibration": found}) for pump in STATION.file.pumps]
    station = replace(STATION, file=STATION.file.model_copy(update={"pumps": pumps}))
    frame = fakes.frame(3)
    for measures, value in (("pump_flow", 6200.0), ("shaft_speed", 940.0), ("running", 1.0)):
        frame.values[station.tags.measuring("P101", measures) or 0] = value
    snapshot = replace(fakes.snapshot(frame), pumps=PumpModel(station).step(frame).states())
    state = station_desk(station).beat(snapshot)
    assert state.sheet is not None
    at_flow = np.interp(state.point[0], state.sheet.curve.flow, state.sheet.curve.value)
    assert math.isclose(at_flow, state.expected, rel_tol=2e-4)


def test_the_family_is_that_of_the_affinity_laws() -> None:
    state = station_desk().beat(fakes.snapshot(fakes.frame(3)))
    slow, rated = state.family[0], state.family[-1]
    np.testing.assert_allclose(slow.flow, 0.7 * rated.flow)
    np.testing.assert_allclose(slow.value, 0.49 * rated.value)


def test_the_preferred_region_lies_around_best_efficiency_and_moves_with_speed() -> None:
    state = station_desk().beat(fakes.snapshot(fakes.frame(3)))
    assert state.sheet is not None
    assert state.sheet.efficiency is not None
    best = state.sheet.efficiency.flow[np.argmax(state.sheet.efficiency.value)]
    least, most = state.sheet.preferred
    assert math.isclose(least / best, 0.7, rel_tol=0.02)
    assert math.isclose(most / best, 1.2, rel_tol=0.02)


def test_the_trail_is_what_the_gauges_said_in_the_last_ten_minutes() -> None:
    desk = station_desk()
    for second in (800.0, 801.0, 802.0):
        desk.beat(fakes.snapshot(fakes.frame(second)))
    state = desk.seen.state
    assert state.trail is not None
    assert state.trail_age is not None
    found = gauges.of_pump("P101", STATION.tags, STATION)
    assert found is not None
    flow, head = found.points(fakes.frame(0.0).values[list(found.columns)][:, None])
    np.testing.assert_allclose(state.trail.flow, flow[0] * HOUR)
    np.testing.assert_allclose(state.trail.value, head[0])
    assert state.trail_age.min() >= 0.0
    assert state.trail_age.max() <= 1.0
    assert state.trail.flow.size > 500


def test_gauges_tell_the_head_that_the_model_tells() -> None:
    model, found = PumpModel(STATION), gauges.of_pump("P101", STATION.tags, STATION)
    assert found is not None
    frame = fakes.frame(2)
    _, head = found.points(frame.values[list(found.columns)][:, None])
    assert math.isclose(head[0], model.step(frame).head[0], rel_tol=0.06)  # the water's temperature differs


def test_the_verdict_tells_measured_expected_and_sigmas() -> None:
    desk = station_desk()
    snapshot = fakes.snapshot(fakes.frame(3), flagged=True)
    desk.presenter.select(Selection("anomaly", id=1, equipment="P102"))
    verdict = desk.beat(snapshot).verdict
    assert verdict is not None
    said = [
        text.replace("\u00a0", " ") for text in (verdict.measured, verdict.expected, verdict.difference, verdict.sigmas)
    ]
    assert said == ["78.0 m", "79.0 m", "−1.0 m", "−9.4 σ"]


def test_a_residual_that_may_not_be_judged_gives_no_sigmas_but_the_reason() -> None:
    snapshot = fakes.snapshot(fakes.frame(3))
    unjudged = replace(
        snapshot.residuals,
        valid=np.zeros(len(fakes.NAMES), dtype=bool),
        why=("speed changing",) * len(fakes.NAMES),
    )
    verdict = station_desk().beat(replace(snapshot, residuals=unjudged)).verdict
    assert verdict is not None
    assert (verdict.sigmas, verdict.why) == ("", "speed changing")


def test_a_stopped_pump_has_no_curve_and_no_verdict() -> None:
    desk = station_desk()
    desk.presenter.select(Selection("equipment", "P104", equipment="P104"))
    state = desk.beat(fakes.snapshot(fakes.frame(3)))
    assert not state.running
    assert state.sheet is None
    assert state.verdict is None
    assert state.family


FOREIGN = TagTable(
    (
        Tag("in", "bar", equipment="pump", measures="suction_pressure"),
        Tag("out", "bar", equipment="pump", measures="discharge_pressure"),
        Tag("flowrate", "m3/h", equipment="pump", measures="pump_flow"),
    )
)


def foreign_desk(values: Floats) -> Desk:
    return Desk(None, FOREIGN, 1e9 + np.arange(float(len(values))), values)


def foreign_snapshot(values: Floats, row: int) -> Snapshot:
    return Snapshot(Frame(1e9 + row, values[row], np.zeros(3, np.uint8)), (), NO_RESIDUALS)


def test_a_foreign_pump_stands_on_a_curve_fitted_to_its_own_points() -> None:
    flow = np.linspace(50.0, 150.0, 60)
    head = 60.0 - 0.001 * flow**2
    weight = 998.2 * 9.80665 / 1e5
    values = np.column_stack((np.full(60, 2.0), 2.0 + head * weight, flow))
    desk = foreign_desk(values)
    for _ in range(3):
        state = desk.beat(foreign_snapshot(values, 30), following=False)
    assert state.pump == "pump"
    assert state.fitted is not None
    np.testing.assert_allclose(np.interp(flow, state.fitted.flow, state.fitted.value), head, rtol=5e-3)
    assert math.isclose(state.point[0], flow[30], rel_tol=1e-9)
    assert desk.presenter.is_complete


def test_points_that_tell_no_curve_are_drawn_without_one() -> None:
    values = np.tile([2.0, 6.0, 100.0], (20, 1))
    desk = foreign_desk(values)
    for _ in range(3):
        state = desk.beat(foreign_snapshot(values, 3), following=False)
    assert state.fitted is None
    assert state.points is not None
    assert state.points.flow.size == 20


def test_a_real_start_up_is_drawn_on_a_fitted_curve(shared_data: Path) -> None:
    values = np.loadtxt(shared_data / "pump_curves" / "valhall_pump_start.csv", delimiter=",", skiprows=1)
    desk = foreign_desk(values)
    for _ in range(3):
        state = desk.beat(foreign_snapshot(values, 80), following=False)
    assert state.fitted is not None
    assert state.points is not None
    assert state.points.flow.size == 100
    assert 40.0 < float(state.fitted.value[-1]) < 46.0


def test_a_source_without_pumps_shows_nothing_and_asks_for_nothing() -> None:
    table = TagTable((Tag("x"),))
    desk = Desk(None, table, np.arange(3.0), np.zeros((3, 1)))
    state = desk.beat(Snapshot(Frame(2.0, np.zeros(1), np.zeros(1, np.uint8)), (), NO_RESIDUALS))
    assert state.pump == ""
    assert desk.asked == []


# ---- the view ----------------------------------------------------------------------------------------------------


@pytest.fixture
def view(qtbot: QtBot) -> PumpChart:
    made = PumpChart()
    qtbot.addWidget(made)
    made.resize(600, 520)
    made.show()
    return made


def test_no_pump_says_what_would_bring_one(view: PumpChart) -> None:
    view.show_state(State())
    assert view._empty.text()
    assert view._pages.currentWidget() is view._empty


def test_the_chart_is_seen_and_says_its_verdict(view: PumpChart) -> None:
    desk = station_desk()
    for second in (500.0, 501.0):
        state = desk.beat(fakes.snapshot(fakes.frame(second), flagged=True))
    view.show_state(state)
    assert "78.0" in view._verdict.text()
    assert view._npsh.isVisible()
    image = view._head.grab().toImage()
    colours = {image.pixel(x, y) for x in range(60, image.width()) for y in range(image.height())}
    assert len(colours) > 12


def test_a_low_panel_leaves_the_small_charts_out(view: PumpChart) -> None:
    view.show_state(station_desk().beat(fakes.snapshot(fakes.frame(3))))
    view.resize(500, 400)
    assert (view._npsh.isVisible(), view._efficiency.isVisible()) == (True, False)
    view.resize(500, 260)
    assert not view._npsh.isVisible()
    assert view._head.isVisible()


def test_a_double_click_shows_all_again(view: PumpChart) -> None:
    state = station_desk().beat(fakes.snapshot(fakes.frame(3)))
    view.show_state(state)
    view._head.box.setRange(xRange=(100, 200), yRange=(1, 2), padding=0)
    view._head.reset_requested.emit()
    assert view._head.box.viewRange()[0] == [0.0, pytest.approx(state.extent[0])]
