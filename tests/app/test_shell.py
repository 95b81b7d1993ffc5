"""The window as a whole on a source that needs no plant: it opens, follows, is asked, and leaves nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app import fonts, theme
from app.actions import ACTIONS
from app.bridge import Mailbox
from app.feed import Feed
from app.hindsight import Remembered
from app.language import Languages
from app.layouts import ROLES
from app.notebook import Notebook
from app.opening import Opened
from app.presenters.selection import Selection
from app.recall import Recall
from app.session import Session
from app.shell import Shell
from app.views import style
from tests.app import fakes
from tests.app.test_session import looking
from twin.clock import WallClock

PATIENCE = 15_000  # ms


@pytest.fixture(scope="module", autouse=True)
def dressed(qapp: QApplication) -> Iterator[None]:
    fonts.load()
    style.dress(qapp)
    yield
    qapp.setStyleSheet("")


def live(error: Exception | None = None) -> Opened:
    def begin(mailbox: Mailbox) -> Session:
        memory, remembered = fakes.Memory(), Remembered()
        recall = Recall(memory, remembered.at)
        source = fakes.Source(30 if error else 10_000, error)
        feed = Feed(source, fakes.Twin(), memory, remembered, recall, WallClock(), ahead=30.0)
        return Session(mailbox, WallClock(), recall, feed)

    return Opened("fake:", fakes.plain_station(), fakes.station().tags, True, begin)


def recorded(scene: bool = False, pad: fakes.Pad | None = None) -> Opened:
    book = Notebook(pad.notes, pad.write) if pad is not None else None

    def begin(mailbox: Mailbox) -> Session:
        memory = fakes.Memory(60, (fakes.anomaly(),))
        recall = Recall(memory, looking(memory), notebook=book)
        return Session(mailbox, WallClock(), recall, start_at=fakes.START + 30)

    station = fakes.station() if scene else fakes.plain_station()
    return Opened("fake.h5", station, station.tags, False, begin)


Open = Callable[..., Shell]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Open]:
    shells: list[Shell] = []
    languages = Languages(qapp)

    def open_(source: Opened, complete: bool = True) -> Shell:
        languages.speak("en")
        settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
        shell = Shell(source, languages, WallClock(), "operator", settings)
        shells.append(shell)
        shell.show(1920, 1080)
        if complete:
            qtbot.waitUntil(lambda: shell.is_complete(), timeout=PATIENCE)
        return shell

    yield open_
    for shell in shells:
        shell.frame.close()
        shell.frame.deleteLater()
        shell.deleteLater()
    languages.speak("en")  # what a test spoke must not be heard in the next
    if theme.worn() != "dark":
        theme.wear("dark")
        style.dress(qapp)
    qapp.processEvents()
    assert "acquisition" not in [thread.name for thread in threading.enumerate()]


def edge(shell: Shell) -> str:
    return str(shell.frame.grab().toImage().pixelColor(1, 400).name().upper())


def test_what_is_found_is_selected_when_nothing_is(opened: Open) -> None:
    shell = opened(live())
    assert shell.selection.selection == Selection("anomaly", id=1, equipment="P102", fly=True)


def test_what_somebody_looks_at_is_not_taken_away(opened: Open, qtbot: QtBot) -> None:
    shell = opened(live(), False)
    chosen = Selection("equipment", "P201", equipment="P201")
    shell.select(chosen)
    qtbot.waitUntil(lambda: shell.is_complete(), timeout=PATIENCE)
    assert shell.selection.selection == chosen


def test_leaving_now_turns_the_frame_and_back_to_live_turns_it_back(opened: Open, qtbot: QtBot) -> None:
    shell = opened(live())
    assert edge(shell) == theme.LIVE
    shell.timeline.seek(fakes.START + 5.0)
    qtbot.waitUntil(lambda: "REPLAY" in shell.frame.windowTitle(), timeout=PATIENCE)
    assert edge(shell) == theme.REPLAY
    shell.timeline.go_live()
    qtbot.waitUntil(lambda: "LIVE" in shell.frame.windowTitle(), timeout=PATIENCE)
    assert edge(shell) == theme.LIVE


def test_a_recording_is_replayed_in_its_frame(opened: Open) -> None:
    shell = opened(recorded())
    assert edge(shell) == theme.REPLAY


def test_switching_the_colours_leaves_nothing_of_the_others_and_touches_nothing_else(
    opened: Open, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    shell = opened(recorded(scene=True))
    shell.select(Selection("equipment", "P102", equipment="P102", fly=True))
    dark, placed = look(shell, qtbot, tmp_path), shell._docks.arrangement()
    shell._menus.trigger("theme")
    light = look(shell, qtbot, tmp_path)
    assert shell._docks.arrangement() == placed
    assert shell.selection.selection.name == "P102"
    other = opened(recorded(scene=True))  # made in the light from the first
    other.select(Selection("equipment", "P102", equipment="P102", fly=True))
    assert differing(light, look(other, qtbot, tmp_path)) == 0
    shell._menus.trigger("theme")
    assert differing(dark, look(shell, qtbot, tmp_path)) == 0
    assert differing(dark, light) > 0.8 * dark.shape[0] * dark.shape[1]


def look(shell: Shell, qtbot: QtBot, folder: Path) -> np.ndarray:
    """What the window shows once all is in its place, (height, width, 4), without the line on how it fares."""
    qtbot.waitUntil(shell.is_complete, timeout=PATIENCE)
    shell.save_picture(folder / "look.png")
    image = QImage(str(folder / "look.png")).convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return pixels[: -theme.STATUS_HEIGHT - theme.FRAME].copy()


def differing(one: np.ndarray, other: np.ndarray) -> int:
    """How many pixels differ."""
    return int((one != other).any(axis=2).sum())


def test_the_colours_are_remembered(opened: Open) -> None:
    shell = opened(recorded())
    shell.switch_theme()
    assert theme.worn() == "light"
    shell.frame.close()
    assert shell._settings.value("theme") == "light"
    assert edge(shell) == theme.THEMES["light"].REPLAY


def test_what_is_not_drawn_is_so_the_next_time_of_that_model_alone(opened: Open) -> None:
    shell = opened(recorded())
    tree = shell._panels._tree
    for equipment in ("P101", "P203.check_valve"):
        tree.want(equipment, False)
    again = opened(recorded())
    assert again._panels._scene.state.away == {"P101", "P203.check_valve"}
    assert again._panels._tree._state.away == {"P101", "P203.check_valve"}
    again._panels._tree.want_all()
    assert not opened(recorded())._panels._scene.state.away
    tree.want("P102", False)
    other = opened(Opened("other", None, fakes.station().tags, False, recorded().begin))
    assert not other._panels._scene.state.away


def test_the_language_is_switched_while_running_everywhere(opened: Open, qapp: QApplication) -> None:
    shell = opened(recorded())
    before = shell.frame.grab().toImage()
    shell.switch_language()
    qapp.processEvents()
    assert "回放" in shell.frame.windowTitle()
    assert shell._menus._menus["File"].title() == "文件"
    assert shell._docks._docks["machines"].windowTitle() == "机组"
    assert shell.frame.grab().toImage() != before
    shell.switch_language()
    qapp.processEvents()
    assert shell.frame.windowTitle().startswith("REPLAY")


@pytest.mark.parametrize("role", ROLES)
def test_every_layout_holds_wide_and_narrow_and_can_be_undone(opened: Open, qapp: QApplication, role: str) -> None:
    shell = opened(recorded())
    before = shell._docks.arrangement()
    shell.lay_out(role)
    for width, height in ((1920, 1080), (1366, 768), (1280, 720), (960, 540), (911, 512)):
        shell.frame.resize(width, height)
        qapp.processEvents()
        assert (shell.frame.width(), shell.frame.height()) == (width, height)
        cut = [d.objectName() for d in shell._docks._docks.values() if d.x() >= 0 and d.geometry().right() > width]
        assert cut == []
    shell.frame.resize(1920, 1080)
    shell._menus.trigger("undo")
    assert shell._docks.arrangement() == before or role == "operator"


def test_notes_and_layouts_are_undone_and_made_again_in_the_order_in_which_they_were_changed(
    opened: Open, qapp: QApplication, qtbot: QtBot
) -> None:
    pad = fakes.Pad()
    shell = opened(recorded(pad=pad))

    def stands(count: int) -> None:
        qtbot.waitUntil(lambda: sum(not note.by for note in pad.notes()) == count, timeout=PATIENCE)

    before = shell._docks.arrangement()
    for words in ("smells of oil", "leaks"):
        shell.timeline.begin_note("P102")
        shell.timeline.note(words)
    stands(2)
    shell.lay_out("review")
    qapp.processEvents()
    after = shell._docks.arrangement()
    for deed, arrangement in (("undo", before), ("redo", after), ("undo", before)):
        shell._menus.trigger(deed)
        qapp.processEvents()
        assert shell._docks.arrangement() == arrangement, deed
    stands(2)
    for left in (1, 0, 0):
        shell._menus.trigger("undo")
        stands(left)
    for back in (1, 2):
        shell._menus.trigger("redo")
        stands(back)
    assert [note.said.text for note in pad.notes()] == ["smells of oil", "leaks"]
    assert len(pad.lines) == 6


def test_every_action_has_a_deed(opened: Open) -> None:
    shell = opened(recorded())
    assert set(shell._deeds()) == {action.id for action in ACTIONS}


@pytest.mark.parametrize("name", ["keys", "about", "palette", "view_top", "fit", "overview", "next_event", "language"])
def test_an_action_may_be_done_at_any_time(opened: Open, name: str) -> None:
    shell = opened(recorded())
    shell._menus.trigger(name)
    for sheet in QApplication.topLevelWidgets():
        if type(sheet).__name__ == "Sheet":
            sheet.close()


def test_seen_anomalies_are_answered_and_counted_no_more(opened: Open, qtbot: QtBot) -> None:
    shell = opened(live())
    shell._menus.trigger("acknowledge")
    qtbot.waitUntil(lambda: shell.alarms.unseen() == (), timeout=PATIENCE)


def test_a_picture_knows_when_and_of_what_it_was_taken(opened: Open, tmp_path: Path) -> None:
    shell = opened(recorded())
    path = tmp_path / "picture.png"
    shell.save_picture(path)
    image = QImage(str(path))
    assert (image.width(), image.height()) == (1920, 1080)
    assert image.text("Time") == "2026-01-12T12:00:30.000+08:00"
    assert image.text("Mode") == "replay"


def test_what_was_said_last_has_its_room_in_a_picture(opened: Open, tmp_path: Path) -> None:
    shell = opened(recorded())
    [label, *_] = [each for each in shell.frame.findChildren(QLabel) if each.isVisible() and ":" in each.text()]
    label.setText(5 * label.text())
    shell.save_picture(tmp_path / "picture.png")
    assert label.width() >= label.sizeHint().width()


def test_the_same_moment_makes_the_same_picture(opened: Open, tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        shell = opened(recorded())
        shell.selection.select(Selection())
        shell.save_picture(tmp_path / name)
    one, two = QImage(str(tmp_path / "one.png")), QImage(str(tmp_path / "two.png"))
    bottom = 1080 - theme.STATUS_HEIGHT - theme.FRAME  # below it stands how long the window took
    assert one.copy(0, 0, 1920, bottom) == two.copy(0, 0, 1920, bottom)


def test_a_fault_in_the_thread_covers_the_window_and_is_written_down(
    opened: Open, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twin.crashing.folder", lambda: tmp_path / "reports")
    shell = opened(live(ZeroDivisionError("ours")), False)
    qtbot.waitUntil(lambda: shell.crashed is not None, timeout=PATIENCE)
    assert shell.crashed is not None
    assert "ours" in shell.crashed.read_text(encoding="utf-8")


def test_closing_stops_every_timer_and_the_thread(opened: Open) -> None:
    shell = opened(live())
    shell.frame.close()
    assert not shell.acquisition.running
    assert [t.objectName() for t in shell.findChildren(QTimer) if t.isActive()] == []


def test_closing_before_anything_has_come_is_as_clean(opened: Open) -> None:
    shell = opened(live(), False)
    shell.frame.close()
    assert not shell.acquisition.running


def test_a_panel_may_float_while_the_language_changes_and_come_back(opened: Open) -> None:
    shell = opened(recorded(scene=True))
    dock = shell._docks._docks["scene"]
    dock.setFloating(True)
    shell.switch_language()
    dock.setFloating(False)
    shell.switch_language()
    assert shell.is_complete()


def test_a_bare_picture_is_the_scene_alone_and_changes_nothing(opened: Open, tmp_path: Path) -> None:
    shell = opened(recorded(scene=True))
    scene = shell._docks._docks["scene"].widget()
    shell.save_picture(tmp_path / "all.png")
    before = scene.grab().toImage()
    shell.save_bare_picture(tmp_path / "bare.png")
    bare = QImage(str(tmp_path / "bare.png"))
    assert bare.size() == scene.size()
    assert bare.text("Mode") == "replay"
    assert bare != before
    assert scene.grab().toImage() == before


def test_a_bare_picture_of_no_scene_is_refused_in_the_quiet_bar(opened: Open) -> None:
    shell = opened(recorded())
    shell._menus.trigger("bare_picture")
    assert "3D model" in shell._notice_bar._notice.text()


def test_a_file_dropped_on_the_window_is_opened(opened: Open, qtbot: QtBot) -> None:
    shell = opened(recorded())
    with qtbot.waitSignal(shell.open_requested) as asked:
        shell.frame.file_dropped.emit("x.h5")
    assert asked.args == ["x.h5"]
