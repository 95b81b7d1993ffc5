"""The operator's minute: a fault is found, looked at, acknowledged; a look back; a recording that is only replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app import fonts, opening, theme
from app.language import Languages
from app.life import Forgetful
from app.presenters.selection import Selection
from app.shell import Shell
from app.views import style
from tests.conftest import ROOT
from twin.clock import WallClock
from twin.importing import import_files
from twin.paths import ASSETS
from twin.plant.reading import read
from twin.recordings.importers.mapping import Map, Shot

PATIENCE = 30_000  # ms
FAULTY = "sim:?scenario=demo&seed=3"
RECORDING = ROOT / "recordings" / "cavitation.h5"


@pytest.fixture
def sits_before(qtbot: QtBot, qapp: QApplication) -> Iterator[Callable[..., Shell]]:
    """Somebody sits before the window on a source."""
    fonts.load()
    style.dress(qapp)
    shells: list[Shell] = []
    languages = Languages(qapp)

    def open_(source: str, at: str) -> Shell:
        languages.speak("en")
        opened = opening.open_source(source, at=at)
        shell = Shell(opened, languages, WallClock(), "operator", Forgetful())
        shells.append(shell)
        shell.show(1920, 1080)
        qtbot.waitUntil(shell.is_complete, timeout=PATIENCE)
        return shell

    yield open_
    for shell in shells:
        shell.frame.close()
        shell.frame.deleteLater()
        shell.deleteLater()
    languages.speak("en")
    qapp.setStyleSheet("")
    qapp.processEvents()


def test_a_fault_is_found_looked_at_and_acknowledged(sits_before: Callable[..., Shell], qtbot: QtBot) -> None:
    shell = sits_before(FAULTY, "+40")
    assert the_word(shell) == "LIVE"
    the_list_names(shell, "P102", "Discharge valve partly closed")
    picking_it_selects_the_pump_flies_there_and_shows_what_moved(shell, qtbot)
    switching_the_language_keeps_it_selected(shell)
    acknowledging_it_answers_it(shell, qtbot)


def test_looking_back_leaves_now_until_back_to_live(sits_before: Callable[..., Shell], qtbot: QtBot) -> None:
    shell = sits_before(FAULTY, "+40")
    shell._menus.trigger("play")
    qtbot.waitUntil(lambda: the_word(shell) == "REPLAY")
    assert edge(shell) == theme.REPLAY
    assert not shell._panel._acknowledge.isEnabled()
    held = shell._mail.cursor  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: shell._mail.span[1] > held + 1.0, timeout=PATIENCE)  # type: ignore[union-attr]
    assert shell._mail.cursor == held  # type: ignore[union-attr]
    qtbot.mouseClick(shell._bar._live, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: the_word(shell) == "LIVE")
    assert edge(shell) == theme.LIVE
    assert shell._mail.cursor > held  # type: ignore[union-attr]
    assert shell._panel._acknowledge.isEnabled()


def test_a_recording_is_replayed_and_nothing_can_be_done_to_it(sits_before: Callable[..., Shell], qtbot: QtBot) -> None:
    shell = sits_before(str(RECORDING), "+150")
    assert the_word(shell) == "REPLAY"
    assert edge(shell) == theme.REPLAY
    qtbot.waitUntil(lambda: shell._alarms_view._model.rowCount() > 0, timeout=PATIENCE)
    pick(shell, qtbot, row=0)
    assert shell.selection.selection.kind in ("anomaly", "alarm")
    assert not shell._panel._acknowledge.isEnabled()
    assert not shell._alarms_view._acknowledge_all.isEnabled()
    before = shell._mail.recognised  # type: ignore[union-attr]
    shell._menus.trigger("next_event")
    qtbot.waitUntil(shell.is_complete, timeout=PATIENCE)
    assert shell._mail.recognised == before  # type: ignore[union-attr]
    assert not shell._bar._live.isVisible()


# ---- the steps -----------------------------------------------------------------------------------------------------


def the_word(shell: Shell) -> str:
    return shell._bar._mode.text()


def edge(shell: Shell) -> str:
    return str(shell.frame.grab().toImage().pixelColor(1, 400).name().upper())


def pick(shell: Shell, qtbot: QtBot, row: int) -> None:
    table = shell._alarms_view._table
    at = table.visualRect(table.model().index(row, 2)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=at)


def the_list_names(shell: Shell, equipment: str, what: str) -> None:
    model = shell._alarms_view._model
    said = [[model.index(row, column).data() for column in (2, 3)] for row in range(model.rowCount())]
    assert [equipment, what] in said


def picking_it_selects_the_pump_flies_there_and_shows_what_moved(shell: Shell, qtbot: QtBot) -> None:
    shell.select(Selection())
    shell._menus.trigger("overview")
    pick(shell, qtbot, row=0)
    assert shell.machines._state.selected == "P102"
    assert shell._docks._docks["pump_chart"].isVisible()
    panel = shell._panel._state
    assert panel.fault == "discharge_valve_partly_closed"
    moved = {each.residual: each.z for each in panel.moved}
    assert moved["branch_loss"] > theme.RESIDUAL_QUIET
    shell._panels.settle()  # type: ignore[union-attr]
    painter = shell._docks._docks["scene"].widget()._painter
    low, high = painter.box("P102")
    assert all(low - 2.0 <= painter.camera.focus)
    assert all(painter.camera.focus <= high + 2.0)


def switching_the_language_keeps_it_selected(shell: Shell) -> None:
    before = shell.selection.selection
    shell._menus.trigger("language")
    QApplication.processEvents()
    assert the_word(shell) == "实时"
    the_list_names(shell, "P102", "出口阀未全开")
    assert shell.selection.selection == before
    assert shell.machines._state.selected == "P102"
    shell._menus.trigger("language")
    QApplication.processEvents()


def acknowledging_it_answers_it(shell: Shell, qtbot: QtBot) -> None:
    assert shell._bar._answer.text().startswith("waiting for an answer")
    qtbot.mouseClick(shell._panel._acknowledge, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shell._bar._answer.text().startswith("answered in"))
    assert not shell._panel._acknowledge.isVisible()
    assert all(count.unseen == 0 for count in shell._bar._state.counts)


def test_what_a_panoramic_camera_took_is_looked_at_picture_by_picture(
    sits_before: Callable[..., Shell], qtbot: QtBot, tmp_path: Path
) -> None:
    shell = sits_before(str(a_folder_of_panoramas_imported(tmp_path)), at="+5")
    picking_the_camera_shows_what_it_took(shell, qtbot)
    the_next_picture_takes_the_clock_along(shell, qtbot)
    a_camera_without_pictures_is_rendered_and_says_so(shell, qtbot)


def a_folder_of_panoramas_imported(folder: Path) -> Path:
    files = []
    for second, red in ((0, 200), (10, 90)):
        files.append(folder / f"hall-202601120320{second:02d}.jpg")
        Image.new("RGB", (64, 32), (red, 20, 20)).save(files[-1])
    mapping = Map(pictures={"hall-*.jpg": Shot(camera="PAN02", time="hall-%Y%m%d%H%M%S")})
    import_files(files, folder / "rec.h5", read(ASSETS / "b4" / "station.toml"), mapping, lambda share: None)
    return folder / "rec.h5"


def picking_the_camera_shows_what_it_took(shell: Shell, qtbot: QtBot) -> None:
    shell.select(Selection("equipment", "PAN02", equipment="PAN02"))
    qtbot.waitUntil(shell.is_complete, timeout=PATIENCE)
    assert shell._panels is not None
    view = shell._panels.views["panorama"]
    assert view._state.taken is not None
    assert (view._state.number, view._state.count) == (1, 2)
    assert reds(view) == pytest.approx(200, abs=6)


def the_next_picture_takes_the_clock_along(shell: Shell, qtbot: QtBot) -> None:
    assert shell._panels is not None
    view = shell._panels.views["panorama"]
    view._after.click()
    qtbot.waitUntil(lambda: view._state.number == 2 and shell.is_complete(), timeout=PATIENCE)
    assert shell._mail is not None
    assert shell._mail.cursor == view._state.taken.at
    assert reds(view) == pytest.approx(90, abs=6)


def a_camera_without_pictures_is_rendered_and_says_so(shell: Shell, qtbot: QtBot) -> None:
    assert shell._panels is not None
    view = shell._panels.views["panorama"]
    shell.select(Selection("equipment", "PAN01", equipment="PAN01"))
    qtbot.waitUntil(lambda: view._state.camera == "PAN01" and shell.is_complete(), timeout=PATIENCE)
    assert view._state.taken is None
    assert np.ptp(view.canvas._panorama) > 50  # something to look at


def reds(view: QWidget) -> int:
    view.settle()
    return view.canvas.grab().toImage().pixelColor(view.canvas.width() // 2, view.canvas.height() // 2).red()
