"""From the command line to an exit status: displays, sizes, reports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from app import crash, display, theme
from app.command import size
from app.program import run
from app.wish import Wish
from tests.conftest import ROOT
from twin.errors import StationError

COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\b")


def test_a_machine_without_a_display_is_told_of_headless(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(StationError, match="--headless"):
        run(Wish("sim:"))


def test_a_window_on_an_off_screen_platform_is_there_and_nobody_sees_it() -> None:
    assert display.is_there({"QT_QPA_PLATFORM": "offscreen"})
    assert not display.can_be_seen({"QT_QPA_PLATFORM": "offscreen"})
    assert not display.can_be_seen({"QT_QPA_PLATFORM": "minimal:whatever"})


def test_a_display_that_does_not_answer_is_none() -> None:
    assert not display.is_there({"DISPLAY": ":4711"})
    assert not display.is_there({"WAYLAND_DISPLAY": "nowhere-0", "XDG_RUNTIME_DIR": "/nowhere"})
    assert not display.is_there({})


def test_a_platform_chosen_by_hand_is_believed() -> None:
    assert display.is_there({"QT_QPA_PLATFORM": "offscreen"})


def test_headless_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.delenv("DISPLAY", raising=False)
    display.prepare(headless=True)
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


@pytest.mark.parametrize("missing", ["nowhere/at/all.h5", "gone.h5"])
def test_a_file_that_is_not_there_is_said_before_any_window_opens(missing: str, tmp_path: Path) -> None:
    with pytest.raises(StationError, match=re.escape(Path(missing).name)):
        run(Wish(str(tmp_path / missing), headless=True))


def test_a_picture_into_no_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="mkdir -p"):
        run(Wish("sim:", screenshot=tmp_path / "no" / "p.png", headless=True))


def test_a_size_is_two_numbers_with_a_cross() -> None:
    assert size("1366x768") == (1366, 768)


@pytest.mark.parametrize("text", ["", "big", "1366", "x768", "10x10", "99999x99999", "-1x5", "1366x"])
def test_what_is_no_size_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="1920x1080"):
        size(text)


def test_faults_nobody_caught_are_shown_and_the_hook_is_put_back() -> None:
    shown: list[BaseException] = []
    before = sys.excepthook
    restore = crash.catch(shown.append)
    fault = ValueError("ours")
    sys.excepthook(ValueError, fault, None)
    restore()
    assert shown == [fault]
    assert sys.excepthook is before


def test_the_theme_and_its_palettes_are_the_only_files_with_colours() -> None:
    guilty = {
        str(path.relative_to(ROOT)): COLOUR.findall(path.read_text(encoding="utf-8"))
        for path in (ROOT / "app").rglob("*.py")
        if path.name != "theme.py"
        and path.parent.name != "palettes"
        and COLOUR.search(path.read_text(encoding="utf-8"))
    }
    assert guilty == {}


def test_priorities_share_no_colour_with_anything_else() -> None:
    for palette in theme.THEMES.values():
        held = (*vars(palette).values(), *palette.CURVES, *palette.MEASURE, *vars(theme).values())
        others = {value for value in held if isinstance(value, str) and value.startswith("#")}
        assert not others & {*palette.PRIORITY_COLOURS.values(), *palette.PRIORITY_EDGES.values()}
    assert len(set(theme.PRIORITY_SHAPES.values())) == 4


def test_the_residual_ramp_is_grey_in_the_middle_and_does_not_shout() -> None:
    assert theme.residual_colour(0.0) == theme.residual_colour(float("nan")) == theme.AS_EXPECTED
    assert theme.residual_colour(-99.0) == theme.BELOW
    assert theme.residual_colour(99.0) == theme.ABOVE


def test_the_commands_without_a_window_import_no_window() -> None:
    asked = (
        "import sys; from app.command import add_to; import twin.cli; "
        "print([m for m in ('PySide6', 'vtkmodules', 'pyqtgraph') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
