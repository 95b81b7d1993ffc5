"""Trends ask for what they draw, keep gaps and spikes, follow the cursor until somebody looks away, and read it."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QWheelEvent
from pytestqt.qtbot import QtBot

from app import theme
from app.messages import Mail, RangeAnswer, RangeQuery, Request, Seek
from app.presenters import figures, inquiry, trend_data, trends
from app.presenters.expectations import Expectations
from app.presenters.selection import Selection
from app.presenters.trend_window import SHORTEST, Window, ticks
from app.views.tags import MIME
from app.views.trends import Trends
from tests.app import fakes
from twin.signals import Quality

FLOW, SPEED, PRESSURE = "B4-FT-10103", "B4-ST-10131", "B4-PT-10102"
TAGS = fakes.station().tags


def answer_to(query: RangeQuery, until: float, spike: float = math.nan) -> RangeAnswer:
    """A value a second: the tag's column and a wave; a spike at one time."""
    at = np.arange(math.ceil(query.since), min(query.until, until + 0.5))
    last = np.array([column + np.sin(at / 9.0) for column in query.columns]).reshape(len(query.columns), -1)
    last[:, at == spike] += 50.0
    return RangeAnswer(query.ticket, query.columns, at, last, last, last, np.zeros(last.shape, dtype=np.uint8))


class Desk:
    """A presenter with a view that remembers, and a memory that answers."""

    def __init__(self, following: bool = True, view: trends.View | None = None) -> None:
        self.asked: list[Request] = []
        self.states: list[trends.State] = []
        self.following = following
        self.presenter = trends.Presenter(view or self, lambda each: self.asked.append(each), fakes.station(), TAGS)
        self.generation = 0

    def show_state(self, state: trends.State) -> None:
        self.states.append(state)

    @property
    def queries(self) -> list[RangeQuery]:
        return [request for request in self.asked if isinstance(request, RangeQuery)]

    def beat(self, second: float, answered: bool = True, **changes: object) -> trends.State:
        """Mail at a second after the start, with answers to all that was asked."""
        self.generation += 1
        queries = self.queries
        frame = fakes.frame(second)
        answers = tuple(answer_to(query, frame.at) for query in queries) if answered else ()
        if answered:
            self.asked = [request for request in self.asked if request not in queries]
        mail = Mail(
            self.generation, "live" if self.following else "replay", fakes.snapshot(frame), frame.at,
            (fakes.START, fakes.START + (second if self.following else 900.0)),
            True, self.following, 1.0, (fakes.anomaly(),), answers=answers,
        )  # fmt: skip
        self.presenter.take(replace(mail, **changes))
        return self.presenter.state


def curve(state: trends.State, tag: str) -> trends.Curve:
    return next(c for pane in state.panes for c in pane.curves if c.tag == tag)


# ---- the window of time ------------------------------------------------------------------------------------------


@given(st.floats(0, 1e4), st.floats(0.1, 10), st.floats(10, 1e4))
def test_zooming_leaves_the_time_under_the_mouse_in_its_place(begin: float, factor: float, width: float) -> None:
    window = Window(begin, begin + width, attached=False)
    at = begin + 0.3 * width
    zoomed = window.zoomed(at, factor, math.nan)
    assume(zoomed.width > 1.01 * SHORTEST)
    assert math.isclose((at - zoomed.since) / zoomed.width, 0.3, abs_tol=1e-6)
    assert math.isclose(zoomed.width, width * factor, rel_tol=1e-6)


@given(st.floats(10, 1e4), st.floats(0, 1e5))
def test_live_its_right_edge_is_now_and_away_it_stays(width: float, now: float) -> None:
    attached = Window(-width, 0.0).around(now, following=True)
    assert math.isclose(attached.until, now, abs_tol=1e-6)
    assert math.isclose(attached.width, width, rel_tol=1e-6)
    away = Window(-width, 0.0, attached=False)
    assert away.around(now, following=True) is away


@given(st.floats(-1e5, 1e5))
def test_in_replay_it_only_keeps_the_cursor_in_sight(cursor: float) -> None:
    window = Window(0.0, 600.0)
    after = window.around(cursor, following=False)
    assert after.holds(cursor)
    assert after == window or not window.holds(cursor)


def test_panning_away_from_now_leaves_it_and_zooming_at_it_does_not() -> None:
    window = Window(0.0, 600.0)
    assert not window.shifted(-100.0, 600.0).attached
    assert window.zoomed(600.0, 0.5, 600.0) == Window(300.0, 600.0)
    assert not window.zoomed(100.0, 0.5, 600.0).attached


@example(341504000.0, 1e8, 100.0)  # more years than ticks have room
@given(st.floats(1e8, 2e9), st.floats(2, 1e8), st.floats(100, 3000))
def test_ticks_are_in_the_window_in_order_and_not_too_many(since: float, width: float, pixels: float) -> None:
    found = ticks(Window(since, since + width), pixels, UTC)
    at = [tick.at for tick in found]
    assert at == sorted(at)
    assert all(since - 1e-3 <= each <= since + width + 1e-3 for each in at)
    assert len(at) <= pixels / 80.0 + 2


def test_ticks_are_round_on_the_stations_own_clock() -> None:
    zone = figures.zone(fakes.station())
    found = ticks(Window(fakes.START - 50_000, fakes.START + 86_400), 900.0, zone)
    assert {tick.label[-2:] for tick in found} == {"00"}
    assert [tick.day for tick in found if tick.label == "00:00"] == ["2026-01-12", "2026-01-13"]


# ---- data --------------------------------------------------------------------------------------------------------


def given_answer(values: list[float], at: list[float] | None = None, quality: list[int] | None = None) -> RangeAnswer:
    row = np.array([values], dtype=float)
    times = np.arange(len(values), dtype=float) if at is None else np.array(at)
    worst = np.array([quality or [0] * len(values)], dtype=np.uint8)
    return RangeAnswer(1, (0,), times, row, row, row, worst)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.integers(0, 49), st.floats(0.1, 1e6))
def test_a_spike_of_one_sample_is_in_the_extent(values: list[float], place: int, height: float) -> None:
    values[place % len(values)] += height
    data = trend_data.of_answer(given_answer(values), 0)
    assert trend_data.extent(data, 0.0, len(values)) == (min(values), max(values))


def test_missing_samples_break_the_line_and_are_marked_missing() -> None:
    data = trend_data.of_answer(given_answer([1, 1, 1, 1, 1, 1], [0, 1, 2, 30, 31, 32]), 0)
    assert np.isnan(data.last).sum() == 1
    assert [(d.since, d.until, d.quality) for d in data.doubts] == [(3.0, 30.0, Quality.MISSING)]


def test_doubtful_spans_last_until_the_next_good_sample() -> None:
    data = trend_data.of_answer(given_answer([1, 1, 1, 1], quality=[0, 2, 2, 0]), 0)
    assert [(d.since, d.until, d.quality) for d in data.doubts] == [(1.0, 3.0, Quality.STALE)]


@given(st.lists(st.one_of(st.floats(-9, 9), st.just(math.nan)), min_size=1, max_size=20), st.floats(-2, 25))
def test_the_value_at_a_time_is_the_last_known_never_the_nearest(values: list[float], at: float) -> None:
    point = trend_data.value_at(trend_data.of_answer(given_answer(values), 0), at)
    known = [(time, value) for time, value in enumerate(values) if time <= at and not math.isnan(value)]
    if known:
        assert (point.at, point.value) == known[-1]
    else:
        assert math.isnan(point.value)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=20), st.data())
def test_a_summary_is_the_same_from_either_side_but_for_the_sign(values: list[float], draw: st.DataObject) -> None:
    first, second = sorted(draw.draw(st.tuples(*[st.integers(0, len(values) - 1)] * 2)))
    data = trend_data.of_answer(given_answer(values), 0)
    there, back = trend_data.summary(data, first, second), trend_data.summary(data, second, first)
    part = values[first : second + 1]
    assert (there.low, there.high) == (min(part), max(part)) == (back.low, back.high)
    assert math.isclose(there.mean, sum(part) / len(part), rel_tol=1e-9, abs_tol=1e-9)
    assert there.difference == -back.difference == values[second] - values[first]


# ---- the presenter -----------------------------------------------------------------------------------------------


def test_tags_that_are_alike_share_a_pane_and_others_get_their_own() -> None:
    desk = Desk()
    desk.presenter.add([FLOW, SPEED, "B4-VT-10120", "B4-VT-10121", "B4-YS-10150", "B4-YS-10151"])
    panes = desk.beat(5).panes
    assert [len(pane.curves) for pane in panes] == [1, 1, 2, 2]
    assert [pane.unit for pane in panes] == ["m³/h", "r/min", "mm/s", ""]


def test_what_is_selected_is_drawn_until_tags_are_picked_by_hand() -> None:
    desk = Desk()
    desk.presenter.select(Selection("equipment", "P101", equipment="P101"))
    assert curve(desk.beat(5), FLOW)
    desk.presenter.add(["B4-TT-10111"])
    desk.presenter.select(Selection("equipment", "P201", equipment="P201"))
    state = desk.beat(6)
    assert state.own
    assert {curve(state, FLOW).tag, curve(state, "B4-TT-10111").tag}
    desk.presenter.clear()
    assert desk.presenter.state.panes == ()
    desk.presenter.select(Selection("equipment", "P201", equipment="P201"))
    assert curve(desk.beat(7), "B4-FT-20103")


def test_an_anomaly_brings_the_tags_of_its_evidence_first_and_its_span() -> None:
    desk = Desk()
    desk.beat(30)
    desk.presenter.select(Selection("anomaly", id=1, equipment="P102"))
    first = desk.beat(31).panes[0]
    assert first.curves[0].tag == fakes.anomaly().evidence[0].tag
    assert [(span.since, span.priority) for span in first.spans] == [(fakes.anomaly().since, "medium")]


def test_it_begins_with_the_first_pump() -> None:
    assert curve(Desk().beat(3), FLOW)


def test_a_name_that_is_no_tag_and_no_equipment_changes_nothing() -> None:
    desk = Desk()
    before = [pane.key for pane in desk.beat(3).panes]
    desk.presenter.add(["nonsense"])
    assert [pane.key for pane in desk.presenter.state.panes] == before
    assert not desk.presenter.state.own


def test_one_question_at_a_time_and_none_for_what_is_there() -> None:
    desk = Desk(following=False)
    desk.presenter.add([FLOW])
    desk.beat(100)
    assert len(desk.queries) == 1
    desk.beat(100.2, answered=False)
    assert len(desk.queries) == 1
    desk.beat(100.4)
    desk.beat(100.6)
    assert not desk.queries
    assert desk.presenter.is_complete


def test_a_recording_of_a_single_frame_is_asked_for_once_and_has_its_sample() -> None:
    desk = Desk(following=False)
    desk.presenter.add([FLOW])
    for _ in range(5):
        desk.beat(0, span=(fakes.START, fakes.START))
    data = curve(desk.presenter.state, FLOW).data
    assert data is not None
    assert data.at.tolist() == [fakes.START]
    assert not desk.queries


def test_live_data_are_asked_for_as_they_come() -> None:
    desk = Desk()
    desk.presenter.add([FLOW])
    for second in range(100, 106):
        desk.beat(second)
    data = curve(desk.presenter.state, FLOW).data
    assert data is not None
    assert data.at[-1] >= fakes.START + 104


def test_an_answer_that_never_comes_is_given_up() -> None:
    desk = Desk()
    desk.presenter.add([FLOW])
    for beat in range(inquiry.PATIENCE + 3):
        desk.beat(100 + beat / 100, answered=False)
    assert len(desk.queries) == 2


def test_zooming_in_asks_for_finer_buckets() -> None:
    desk = Desk(following=False)
    desk.presenter.add([FLOW])
    desk.beat(300)
    first = desk.queries[0]
    desk.beat(300)
    desk.presenter.zoom(fakes.START + 300, 0.1)
    second = desk.queries[0]
    assert (second.until - second.since) / second.buckets < (first.until - first.since) / first.buckets / 5


def test_panning_while_live_leaves_now_and_back_returns() -> None:
    desk = Desk()
    desk.presenter.add([FLOW])
    desk.beat(900)
    desk.presenter.shift(-200.0)
    assert desk.presenter.state.away
    left_at = desk.presenter.state.window
    assert desk.beat(930).window == left_at
    desk.presenter.back()
    assert desk.presenter.state.window.until == fakes.START + 930


def test_a_short_recording_is_shown_whole() -> None:
    state = Desk(following=False).beat(10)
    assert (state.window.since, state.window.until) == (fakes.START, fakes.START + 900.0)


def test_a_young_live_source_fills_the_width_until_somebody_looks_closer() -> None:
    desk = Desk()
    assert desk.beat(10).window.width == trends.YOUNG_WIDTH
    assert desk.beat(300).window.since == pytest.approx(fakes.START)
    assert desk.beat(900).window.width == trends.FIRST_WIDTH
    desk.presenter.show_width(60.0)
    assert desk.beat(901).window.width == 60.0


def test_the_axis_holds_the_values_and_stays_while_they_fit() -> None:
    desk = Desk()
    desk.presenter.add([FLOW])
    for second in (600, 601, 602):
        desk.beat(second)
    pane = desk.presenter.state.panes[0]
    data = pane.curves[0].data
    assert data is not None
    assert pane.low < data.low.min() < data.high.max() < pane.high
    desk.beat(603)
    desk.beat(604)
    assert (desk.presenter.state.panes[0].low, desk.presenter.state.panes[0].high) == (pane.low, pane.high)


def test_a_stretched_axis_stays_until_reset() -> None:
    desk = Desk()
    desk.presenter.add([FLOW])
    desk.beat(600)
    pane = desk.beat(601).panes[0]
    desk.presenter.zoom_values(pane.key, pane.low, 0.5)
    held = desk.presenter.state.panes[0]
    assert held.held
    assert held.low == pane.low
    assert math.isclose(held.high - held.low, (pane.high - pane.low) / 2)
    desk.presenter.reset()
    assert not desk.presenter.state.panes[0].held


def test_the_legend_reads_the_frame_at_the_cursor_and_the_data_at_the_mouse() -> None:
    desk = Desk()
    desk.presenter.add([FLOW])
    desk.beat(600)
    state = desk.beat(601)
    column = TAGS.column(FLOW)
    assert curve(state, FLOW).value == f"{fakes.frame(601).values[column]:.1f}"
    desk.presenter.hover(fakes.START + 500.4)
    assert curve(desk.presenter.state, FLOW).value == f"{column + math.sin((fakes.START + 500) / 9.0):.1f}"
    desk.presenter.hover(math.nan)
    assert curve(desk.presenter.state, FLOW).value == curve(state, FLOW).value


def test_two_marks_tell_difference_mean_and_extremes() -> None:
    desk = Desk(following=False)
    desk.presenter.add([FLOW])
    desk.beat(600)
    for second, which in ((100.0, "A"), (200.0, "B")):
        desk.presenter.hover(fakes.START + second)
        desk.presenter.mark(which)
    desk.presenter.hover(math.nan)
    for _ in range(3):
        desk.beat(600)
    summed = curve(desk.presenter.state, FLOW).summed
    assert summed is not None
    at = fakes.START + np.arange(100, 201)
    values = TAGS.column(FLOW) + np.sin(at / 9.0)
    assert summed.mean == f"{values.mean():.2f}"
    assert (summed.low, summed.high) == (f"{values.min():.1f}", f"{values.max():.1f}")
    assert desk.presenter.state.between.startswith("1")
    desk.presenter.clear_marks()
    assert curve(desk.presenter.state, FLOW).summed is None


def test_clicking_puts_the_shared_cursor_there() -> None:
    desk = Desk()
    desk.presenter.seek(fakes.START + 4.0)
    assert desk.asked == [Seek(fakes.START + 4.0)]


def test_descriptions_follow_the_language() -> None:
    desk = Desk()
    desk.presenter.add([SPEED])
    assert curve(desk.beat(5), SPEED).description == "Shaft speed"
    desk.presenter.say_in("zh")
    assert curve(desk.presenter.state, SPEED).description == "转速"


def test_expected_power_is_remembered_moment_by_moment_in_any_order() -> None:
    power = TAGS.column("B4-JT-10135")
    known = Expectations(TAGS)
    for second in (5.0, 3.0, 4.0, 4.0):
        known.take(fakes.snapshot(fakes.frame(second)), [power, TAGS.column(FLOW)])
    expected = known.of(power)
    assert expected is not None
    assert expected.at.tolist() == [fakes.START + second for second in (3.0, 4.0, 5.0)]
    assert np.all(expected.low < expected.middle)
    assert known.of(TAGS.column(FLOW)) is None


def test_a_pump_at_its_expected_head_has_its_discharge_pressure_as_expected() -> None:
    column, suction = TAGS.column(PRESSURE), TAGS.column("B4-PT-10101")
    snapshot = fakes.snapshot(fakes.frame(1.0))
    frame = replace(snapshot.frame, values=snapshot.frame.values.copy())
    frame.values[[suction, column]] = 0.6, 1.35
    pumps = tuple(replace(pump, head=80.0, expected_head=80.0) for pump in snapshot.pumps)
    known = Expectations(TAGS)
    known.take(replace(snapshot, frame=frame, pumps=pumps), [column])
    expected = known.of(column)
    assert expected is not None
    assert math.isclose(expected.middle[0], 1.35)


# ---- the view ----------------------------------------------------------------------------------------------------


@pytest.fixture
def view(qtbot: QtBot) -> Trends:
    made = Trends()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


def drawn(view: Trends) -> Desk:
    desk = Desk(view=view)
    desk.presenter.add([FLOW, "B4-VT-10120", "B4-YS-10150"])
    for second in (600, 601, 602):
        desk.beat(second)
    return desk


def test_nothing_picked_says_how_to_pick(view: Trends) -> None:
    view.show_state(trends.State())
    assert view._empty.text()
    assert view._pages.currentWidget() is view._empty


def test_curves_are_seen(view: Trends) -> None:
    drawn(view)
    image = view.grab().toImage()
    pixels = {image.pixelColor(x, y).name() for x in range(60, 620) for y in range(50, 160)}
    assert theme.CURVES[0].lower() in pixels


def test_a_sample_that_stands_alone_is_a_dot(view: Trends) -> None:
    desk = Desk(following=False, view=view)
    desk.presenter.add([FLOW])
    for _ in range(3):
        desk.beat(0, span=(fakes.START, fakes.START))
    image = view.grab().toImage()
    dots = sum(image.pixelColor(x, y).name() == theme.CURVES[0].lower() for x in range(60, 630) for y in range(30, 450))
    assert 4 <= dots <= 25


def test_panes_and_legends_come_and_go_with_the_state(view: Trends) -> None:
    desk = drawn(view)
    assert len(view._rows) == 3
    desk.presenter.remove(FLOW)
    assert len(view._rows) == 2
    view.grab()


def test_the_way_back_is_there_only_while_away(view: Trends, qtbot: QtBot) -> None:
    desk = drawn(view)
    assert not view._back.isVisible()
    desk.presenter.shift(-300.0)
    assert view._back.isVisible()
    with qtbot.waitSignal(view.back_requested):
        view._back.click()


def wheel(view: Trends, notches: int) -> None:
    pane = view._rows[0][0]
    place = QPointF(pane.rect().center())
    pane.wheelEvent(
        QWheelEvent(
            place, pane.mapToGlobal(place), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )
    )  # fmt: skip


def test_the_wheel_zooms_time_and_with_v_held_the_value_axis(view: Trends, qtbot: QtBot) -> None:
    drawn(view)
    with qtbot.waitSignal(view.zoom_requested) as zoomed:
        wheel(view, 1)
    assert zoomed.args[1] < 1.0
    qtbot.keyPress(view, Qt.Key.Key_V)
    with qtbot.waitSignal(view.values_requested) as stretched:
        wheel(view, -1)
    assert stretched.args[2] > 1.0
    qtbot.keyRelease(view, Qt.Key.Key_V)
    with qtbot.waitSignal(view.zoom_requested):
        wheel(view, -1)


def test_dragging_pans_a_click_seeks_and_a_double_click_resets(view: Trends, qtbot: QtBot) -> None:
    drawn(view)
    port = view._rows[0][0].viewport()
    middle = port.rect().center()
    with qtbot.waitSignal(view.shift_requested) as shifted:
        qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=middle)
        qtbot.mouseMove(port, middle + QPoint(40, 0))
        qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=middle + QPoint(40, 0))
    assert shifted.args[0] < 0
    with qtbot.waitSignal(view.seek_requested) as sought:
        qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=middle)
    assert fakes.START < sought.args[0] < fakes.START + 602
    with qtbot.assertNotEmitted(view.seek_requested, wait=300), qtbot.waitSignal(view.reset_requested):
        qtbot.mouseClick(port, Qt.MouseButton.LeftButton, pos=middle)
        qtbot.mouseDClick(port, Qt.MouseButton.LeftButton, pos=middle)


def test_tags_dropped_are_asked_for(view: Trends, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setData(MIME, f"{FLOW}\n{SPEED}".encode())
    drop = QDropEvent(
        QPointF(10, 10), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    with qtbot.waitSignal(view.add_requested) as asked:
        view.dropEvent(drop)
    assert asked.args == [[FLOW, SPEED]]


def test_the_cross_in_the_legend_takes_a_tag_away(view: Trends, qtbot: QtBot) -> None:
    drawn(view)
    legend = view._rows[0][1]
    with qtbot.waitSignal(view.remove_requested) as asked:
        qtbot.mouseClick(legend, Qt.MouseButton.LeftButton, pos=legend._cross(legend._box(0)).center())
    assert asked.args == [FLOW]


def test_a_and_b_set_the_marks(view: Trends, qtbot: QtBot) -> None:
    drawn(view)
    with qtbot.waitSignal(view.mark_requested) as asked:
        qtbot.keyClick(view, Qt.Key.Key_A)
    assert asked.args == ["A"]
