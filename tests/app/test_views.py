"""The views show what they are given, in both languages and at any width, and say what was asked of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QMenuBar, QWidget
from pytestqt.qtbot import QtBot

from app import fonts, layouts, theme
from app.language import Languages
from app.menus import cheat_sheet
from app.presenters import alarms, machines, notices, selection, status, timeline
from app.presenters.selection import Gauge, Moved, Row, Selection, Share, Step
from app.views import style
from app.views.alarms import Alarms
from app.views.docks import Docks
from app.views.frame import CrashPage, Frame, Sheet
from app.views.machines import Machines
from app.views.notices import NoticeBar
from app.views.selection import SelectionPanel
from app.views.status import StatusBar
from app.views.timeline import Timeline
from app.views.tracks import CAPTION, LANE, LANES
from tests.app import fakes
from tests.app.test_presenters import Double, mail

STATION = fakes.station()


@pytest.fixture(scope="module", autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    fonts.load()
    before = qapp.styleSheet()
    style.dress(qapp)
    yield
    qapp.setStyleSheet(before)


@pytest.fixture(params=["en", "zh"])
def spoken(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[str]:
    languages = Languages(qapp)  # what it has installed goes with it
    languages.speak(request.param)
    yield str(request.param)
    languages.speak("en")


def picture(widget: QWidget, width: int, height: int) -> QImage:
    widget.resize(width, height)
    return widget.grab().toImage()


def colours(image: QImage) -> set[str]:
    step = 2
    return {
        image.pixelColor(x, y).name().upper()
        for x in range(0, image.width(), step)
        for y in range(0, image.height(), step)
    }


def state_of(presenter: type, *arguments: object, live: bool = True) -> object:
    view = Double()
    made = presenter(view, *arguments)
    made.take(mail(live=live))
    return view.last


def anomaly_state(live: bool = True) -> selection.State:
    view = Double()
    panel = selection.Presenter(view, STATION, STATION.tags)
    panel.take(mail(live=live))
    panel.select(Selection("anomaly", id=1, equipment="P102"))
    return view.last


# ---- the bar -------------------------------------------------------------------------------------------------------


def test_the_bar_frames_replay_in_another_colour_and_says_so(qtbot: QtBot, spoken: str) -> None:
    bar = StatusBar(QMenuBar())
    qtbot.addWidget(bar)
    bar.show_state(state_of(status.Presenter, STATION, "x", live=True))  # type: ignore[arg-type]
    live = colours(picture(bar, 1366, theme.BAR_HEIGHT))
    bar.show_state(state_of(status.Presenter, STATION, "x", live=False))  # type: ignore[arg-type]
    recorded = colours(picture(bar, 1366, theme.BAR_HEIGHT))
    assert theme.REPLAY in recorded
    assert theme.REPLAY not in live


def test_an_overdue_source_is_called_stale_and_hatched(qtbot: QtBot) -> None:
    bar = StatusBar(QMenuBar())
    qtbot.addWidget(bar)
    bar.show_state(status.State(age=12.4))
    fresh = picture(bar._age, 200, 30)
    bar.show_state(status.State(age=12.4, stale=True))
    assert bar._age.text() == "Stale · 12.4 s old"
    assert theme.BRIGHT in colours(picture(bar._age, 200, 30))
    assert theme.BRIGHT not in colours(fresh)


def test_only_an_unseen_priority_1_blinks(qtbot: QtBot) -> None:
    bar = StatusBar(QMenuBar())
    qtbot.addWidget(bar)
    calm = status.State(counts=tuple(status.Count(p, 1, 1 if p != "urgent" else 0) for p in theme.PRIORITIES))
    bar.show_state(calm)
    on = picture(bar, 1366, 40)
    bar.counter.blink(False)
    assert picture(bar, 1366, 40) == on
    bar.show_state(replace(calm, counts=(status.Count("urgent", 1, 1), *calm.counts[1:])))
    bar.counter.blink(True)
    lit = picture(bar, 1366, 40)
    bar.counter.blink(False)
    assert picture(bar, 1366, 40) != lit


# ---- machines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [76, 96, 260])
def test_machines_are_grey_unless_something_is_wrong(qtbot: QtBot, spoken: str, width: int) -> None:
    column = Machines()
    qtbot.addWidget(column)
    state = state_of(machines.Presenter, STATION)
    assert isinstance(state, machines.State)
    calm = machines.State(tuple(replace(m, off=0.0, priority="") for m in state.machines))
    column.show_state(calm)
    quiet = colours(picture(column, width, 700))
    column.show_state(state)
    flagged = colours(picture(column, width, 700))
    shouting = {colour.upper() for colour in theme.PRIORITY_COLOURS.values()}
    assert not quiet & shouting
    assert flagged & shouting


def test_a_machine_is_picked_by_a_click_and_flown_to_by_two(qtbot: QtBot) -> None:
    column = Machines()
    qtbot.addWidget(column)
    column.show_state(state_of(machines.Presenter, STATION))  # type: ignore[arg-type]
    picture(column, 260, 700)
    with qtbot.waitSignal(column.machine_requested) as picked:
        qtbot.mouseClick(column, Qt.MouseButton.LeftButton, pos=QPoint(60, 50))
    assert picked.args == ["P101", False]
    with qtbot.waitSignal(column.machine_requested, check_params_cb=lambda _, fly: fly) as flown:
        qtbot.mouseDClick(column, Qt.MouseButton.LeftButton, pos=QPoint(60, 120))
    assert flown.args == ["P102", True]


def test_no_machines_says_how_to_get_some(qtbot: QtBot, spoken: str) -> None:
    column = Machines()
    qtbot.addWidget(column)
    assert theme.SECONDARY in colours(picture(column, 260, 400))


# ---- alarms --------------------------------------------------------------------------------------------------------


def the_list(qtbot: QtBot, live: bool = True) -> Alarms:
    listed = Alarms()
    qtbot.addWidget(listed)
    listed.resize(800, 300)
    listed.show_state(state_of(alarms.Presenter, lambda _: None, STATION, STATION.tags, live=live))  # type: ignore[arg-type]
    return listed


def test_a_picked_line_is_acknowledged_by_itself(qtbot: QtBot) -> None:
    listed = the_list(qtbot)
    table = listed._table
    with qtbot.waitSignal(listed.row_requested) as picked:
        table.clicked.emit(table.model().index(1, 0))
    assert picked.args == ["anomaly", 1]
    table.selectRow(1)
    with qtbot.waitSignal(listed.acknowledge_requested) as seen:
        listed.acknowledge_selected()
    assert seen.args == [[("anomaly", 1)]]


def test_a_chosen_alarm_is_shelved_for_as_long_as_the_menu_says(qtbot: QtBot) -> None:
    listed = the_list(qtbot)
    listed._table.selectAll()
    with qtbot.waitSignal(listed.shelve_requested) as shelved:
        listed._lengths[1].trigger()
    assert shelved.args == [[("alarm", 7)], 3600.0]
    with qtbot.waitSignal(listed.take_out_requested) as taken:
        listed._take_out.trigger()
    assert taken.args == [[("alarm", 7)]]


def test_a_silenced_alarm_says_so_and_is_brought_back(qtbot: QtBot) -> None:
    listed = the_list(qtbot)
    state = listed._state
    rows = (replace(state.rows[0], state="shelved", silenced=True, until="12:10:00", guidance="Look."),)
    listed.show_state(replace(state, rows=rows, silenced=1, suppressed=6, recent=12, flood=True))
    said = listed._count.text()
    assert "1 silenced" in said
    assert "6 suppressed by design" in said
    assert "alarm flood" in said
    assert "until 12:10:00" in listed._model.line(rows[0])
    listed._table.selectRow(0)
    assert listed._guidance.text() == "Look."
    assert not listed._take_out.isEnabled()
    with qtbot.waitSignal(listed.bring_back_requested) as back:
        listed._bring_back.trigger()
    assert back.args == [[("alarm", 7)]]


def test_nothing_is_silenced_outside_live_running(qtbot: QtBot) -> None:
    listed = the_list(qtbot, live=False)
    listed._table.selectAll()
    assert not listed._silence.isEnabled()
    with qtbot.assertNotEmitted(listed.shelve_requested):
        listed._lengths[0].trigger()


def test_many_lines_are_acknowledged_together(qtbot: QtBot) -> None:
    listed = the_list(qtbot)
    with qtbot.waitSignal(listed.acknowledge_requested) as seen:
        qtbot.mouseClick(listed._acknowledge_all, Qt.MouseButton.LeftButton)
    assert seen.args == [[("alarm", 7), ("anomaly", 1)]]


def test_nothing_is_acknowledged_outside_live_running(qtbot: QtBot) -> None:
    listed = the_list(qtbot, live=False)
    listed._table.selectAll()
    with qtbot.assertNotEmitted(listed.acknowledge_requested):
        listed.acknowledge_selected()
    assert not listed._acknowledge_all.isEnabled()


def test_what_was_chosen_stays_chosen_when_values_change(qtbot: QtBot) -> None:
    listed = the_list(qtbot)
    listed._table.selectRow(0)
    state = state_of(alarms.Presenter, lambda _: None, STATION, STATION.tags)
    assert isinstance(state, alarms.State)
    listed.show_state(replace(state, rows=tuple(reversed(state.rows))))
    assert [(r.kind, r.id) for r in listed._chosen_rows()] == [("alarm", 7)]


def test_chosen_lines_are_copied_as_text(qtbot: QtBot, qapp: QApplication) -> None:
    languages = Languages(qapp)
    languages.speak("en")
    listed = the_list(qtbot)
    listed._copy.trigger()
    assert "Impeller wear" in QApplication.clipboard().text()


# ---- what is selected ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [240, 264, 360])
def test_the_panel_paints_everything_there_is_to_say(qtbot: QtBot, spoken: str, width: int) -> None:
    panel = SelectionPanel()
    qtbot.addWidget(panel)
    full = replace(
        anomaly_state(),
        rows=tuple(
            Row("flow", "1.0", "m³/h", quality, gauge=Gauge(0.5, (0.2, 0.8), (0.2, 0.8))) for quality in range(5)
        ),
        moved=(Moved("head", "−3.2", "m", -9.4), Moved("power", "+1.0", "kW", 2.0, valid=False, why="pump stopped")),
        shares=(Share("impeller_wear", 0.8),),
        steps=(Step("arm_standby", "P104"),),
    )
    panel.show_state(full)
    picture(panel, width, 900)
    shown = colours(picture(panel, width, 900))
    assert theme.PRIORITY_COLOURS["medium"] in shown
    assert theme.residual_colour(-9.4) in shown


def test_a_switch_is_painted_as_standing_without_a_bar_of_sigmas(qtbot: QtBot, spoken: str) -> None:
    panel = SelectionPanel()
    qtbot.addWidget(panel)
    switch = Moved("seal_leak_de", "on", "", 999.0)
    painted = {}
    for sigmas in (True, False):
        panel.show_state(selection.State("anomaly", "P103", moved=(replace(switch, sigmas=sigmas),)))
        picture(panel, 300, 300)
        painted[sigmas] = colours(picture(panel, 300, 300))
    assert theme.residual_colour(999.0) in painted[True]
    assert theme.residual_colour(999.0) not in painted[False]


def test_the_panel_locks_its_action_in_replay(qtbot: QtBot) -> None:
    panel = SelectionPanel()
    qtbot.addWidget(panel)
    panel.show_state(anomaly_state(live=False))
    assert not panel._acknowledge.isEnabled()
    panel.show_state(anomaly_state(live=True))
    with qtbot.waitSignal(panel.acknowledge_requested):
        qtbot.mouseClick(panel._acknowledge, Qt.MouseButton.LeftButton)


# ---- the timeline --------------------------------------------------------------------------------------------------


def the_line(qtbot: QtBot, live: bool = False) -> Timeline:
    line = Timeline()
    qtbot.addWidget(line)
    line.resize(1200, 150)
    line.show_state(state_of(timeline.Presenter, lambda _: None, STATION, STATION.tags, live=live))  # type: ignore[arg-type]
    line.grab()
    return line


def test_a_click_on_a_lane_seeks_there(qtbot: QtBot) -> None:
    line = the_line(qtbot)
    tracks = line.tracks
    with qtbot.waitSignal(tracks.seek_requested) as sought:
        qtbot.mouseClick(
            tracks, Qt.MouseButton.LeftButton, pos=QPoint((CAPTION + tracks.width() - 8) // 2, LANES + 3 * LANE + 8)
        )
    assert sought.args[0] == pytest.approx(fakes.START + 30.0, abs=0.5)


def test_a_click_on_a_mark_picks_it(qtbot: QtBot) -> None:
    line = the_line(qtbot)
    x = int(line.tracks._x(fakes.START + 40.0, line.tracks._state.shown))
    with qtbot.waitSignal(line.tracks.mark_requested) as picked:
        qtbot.mouseClick(line.tracks, Qt.MouseButton.LeftButton, pos=QPoint(x, LANES + LANE // 2))
    assert picked.args == ["anomaly", 1]


def test_times_and_places_turn_into_each_other(qtbot: QtBot) -> None:
    tracks = the_line(qtbot).tracks
    shown = tracks._state.shown
    for at in (shown[0], fakes.START + 17.3, shown[1]):
        assert tracks._at(tracks._x(at, shown), shown) == pytest.approx(at)


def test_the_speed_may_be_set_only_when_now_was_left(qtbot: QtBot) -> None:
    assert not the_line(qtbot, live=True)._rate.isEnabled()
    line = the_line(qtbot, live=False)
    with qtbot.waitSignal(line.rate_requested) as asked:
        line._rate_actions[-1].trigger()
    assert asked.args == [1000.0]


@pytest.mark.parametrize("width", [600, 1166, 1720])
def test_the_timeline_paints_at_any_width(qtbot: QtBot, spoken: str, width: int) -> None:
    line = the_line(qtbot)
    assert theme.PRIORITY_COLOURS["medium"] in colours(picture(line, width, 150))


# ---- the quiet bar, the frame, the pages ---------------------------------------------------------------------------


def test_the_quiet_bar_offers_to_cancel_what_is_under_way(qtbot: QtBot, spoken: str) -> None:
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.show()
    bar.show_state(notices.State(doing="x", share=0.5))
    assert bar._cancel.isVisible()
    with qtbot.waitSignal(bar.cancel_requested):
        qtbot.mouseClick(bar._cancel, Qt.MouseButton.LeftButton)
    bar.show_state(notices.State())
    assert not bar._cancel.isVisible()


def test_the_frame_is_three_pixels_of_the_modes_colour(qtbot: QtBot) -> None:
    frame = Frame((QWidget(), QWidget()), stretched=1)
    qtbot.addWidget(frame)
    for mode, colour in theme.MODES.items():
        frame.show_mode(mode)
        image = picture(frame, 1200, 700)
        edge = {image.pixelColor(QPointF(x, 350).toPoint()).name().upper() for x in (0, 1, 2, 1197, 1199)}
        assert edge == {colour}
        assert image.pixelColor(3, 350).name().upper() != colour


def test_the_window_tells_when_it_becomes_narrow(qtbot: QtBot) -> None:
    frame = Frame((QWidget(),), stretched=0)
    qtbot.addWidget(frame)
    frame.resize(1920, 1000)
    frame.show()
    for width, breadth in ((1366, "narrow"), (960, "small"), (1600, "wide")):
        with qtbot.waitSignal(frame.breadth_changed) as changed:
            frame.resize(width, 700)
        assert changed.args == [breadth]


def test_a_file_dropped_on_the_window_is_asked_for_and_a_dragged_tag_is_not(qtbot: QtBot, tmp_path: Path) -> None:
    frame = Frame((QWidget(),), stretched=0)
    qtbot.addWidget(frame)
    file, tag = QMimeData(), QMimeData()
    file.setUrls([QUrl("https://example.org/x.h5"), QUrl.fromLocalFile(str(tmp_path / "x.h5"))])
    tag.setText("P101-PT-1")
    with qtbot.waitSignal(frame.file_dropped) as dropped:
        frame.dropEvent(drop(file))
    assert dropped.args == [str(tmp_path / "x.h5")]
    with qtbot.assertNotEmitted(frame.file_dropped, wait=50):
        frame.dropEvent(drop(tag))


def drop(data: QMimeData) -> QDropEvent:
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    return QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, button, keys)


def test_a_fault_of_ours_says_where_its_report_lies(qtbot: QtBot, spoken: str) -> None:
    page = CrashPage("ValueError", "/tmp/report.txt")
    qtbot.addWidget(page)
    assert theme.TEXT in colours(picture(page, 900, 500))


def test_a_sheet_goes_when_closed(qtbot: QtBot, spoken: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    sheet = Sheet(window, "Keys", [("File", ""), ("F12", "Save a picture")])
    sheet.show()
    sheet.close()


@pytest.mark.parametrize("height", [504, 768, 1080])
def test_the_cheat_sheet_fits_into_its_window(qtbot: QtBot, spoken: str, height: int) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(896 if height < 768 else 1366, height)
    window.show()
    sheet = Sheet(window, "Keys", cheat_sheet())
    assert sheet.height() <= window.height()
    assert sheet.width() <= window.width()
    sheet.close()


# ---- docks ---------------------------------------------------------------------------------------------------------

NAMES = ("machines", "scene", "alarms", "tags", "pump_chart", "thermal", "panorama", "trends", "selection")


@pytest.mark.parametrize("role", layouts.ROLES)
@pytest.mark.parametrize("room", ["wide", "narrow", "small"])
def test_every_role_shows_every_panel_once(role: str, room: layouts.Breadth) -> None:
    shown = [panel for column in layouts.columns(role, room) for stack in column.stacks for panel in stack.panels]
    assert sorted(shown) == sorted(NAMES)


@pytest.mark.parametrize("modelled", [True, False])
@pytest.mark.parametrize("room", ["wide", "small"])
@pytest.mark.parametrize("role", layouts.ROLES)
def test_every_panel_of_a_layout_has_its_place(qtbot: QtBot, role: str, room: layouts.Breadth, modelled: bool) -> None:
    docks = the_docks(qtbot)
    columns = layouts.columns(role, room, modelled)
    docks.arrange(columns)
    QApplication.processEvents()
    fronts = [docks._docks[stack.panels[0]].geometry() for column in columns for stack in column.stacks]
    assert all(front.x() >= 0 and front.width() > 50 and front.height() > 50 for front in fronts)
    assert not any(a.intersects(b) for a, b in itertools.combinations(fronts, 2))


def the_docks(qtbot: QtBot) -> Docks:
    docks = Docks(NAMES)
    qtbot.addWidget(docks)
    docks.resize(1900, 800)
    docks.show()
    docks.show_titles({name: name for name in NAMES}, "…")
    docks.arrange(layouts.columns("operator", "wide"))
    QApplication.processEvents()
    return docks


def test_a_layout_is_restored_as_it_was(qtbot: QtBot) -> None:
    docks = the_docks(qtbot)

    def places() -> dict[str, tuple[int, int]]:
        QApplication.processEvents()
        return {name: (d.x(), d.width()) for name, d in docks._docks.items() if d.x() >= 0}

    before, kept = places(), docks.arrangement()
    docks.arrange(layouts.columns("review", "wide"))
    assert places() != before
    assert docks.restore(kept)
    assert places() == before


def test_what_is_no_layout_is_refused(qtbot: QtBot) -> None:
    from PySide6.QtCore import QByteArray

    assert not the_docks(qtbot).restore(QByteArray(b"not a layout"))


def test_a_panel_floats_and_comes_back_in_the_modes_frame(qtbot: QtBot) -> None:
    docks = the_docks(qtbot)
    dock = docks._docks["scene"]
    dock.setFloating(True)
    docks.show_mode("replay")
    assert dock.property("replay") is True
    docks.arrange(layouts.columns("operator", "wide"))
    assert not dock.isFloating()
    docks.show_mode("live")
    assert dock.property("replay") is False
