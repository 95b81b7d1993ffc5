"""The palette finds anything by a few letters, in both languages, and understands times."""

from __future__ import annotations

import string
from datetime import UTC

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.messages import Mail
from app.presenters import figures, palette
from app.presenters.fuzzy import NEVER, fit
from app.presenters.palette import Action, Found
from app.views.palette import Palette
from tests.app import fakes

ACTIONS = (Action("play", "Play or pause", "Space"), Action("live", "Back to live"), Action("quit", "退出"))


class Seen:
    def __init__(self) -> None:
        self.state = palette.State()

    def show_state(self, state: palette.State) -> None:
        self.state = state


def mail() -> Mail:
    frame = fakes.frame(30)
    span = (fakes.START, fakes.START + 7200.0)
    return Mail(1, "live", fakes.snapshot(frame), frame.at, span, True, True, 1.0, (fakes.anomaly(),), (fakes.alarm(),))


def made(choose: list[Found] | None = None) -> tuple[palette.Presenter, Seen]:
    seen, picked = Seen(), [] if choose is None else choose
    station = fakes.station()
    says = {"impeller_wear": "叶轮磨损"}
    presenter = palette.Presenter(
        seen, station, station.tags, lambda: ACTIONS, picked.append, lambda word: says.get(word, word)
    )
    presenter.take(mail())
    return presenter, seen


text = st.text(alphabet=string.ascii_lowercase + " 泵压", max_size=20)


@given(text, st.integers(0, 20), st.integers(1, 6))
def test_any_part_of_a_text_fits_it_and_the_hits_spell_what_was_typed(whole: str, begin: int, size: int) -> None:
    part = whole[begin : begin + size].strip()
    if not part or " " in part:
        return
    found = fit(part, whole)
    assert found.score > NEVER
    assert "".join(whole[place] for place in found.hits) == part


@given(text, st.text(alphabet="789", min_size=1, max_size=3))
def test_letters_that_are_not_there_never_fit(whole: str, strange: str) -> None:
    assert fit(strange, whole).score == NEVER


def test_a_word_from_its_beginning_fits_better_than_letters_here_and_there() -> None:
    assert fit("play", "Play or pause").score > fit("pause", "Play or pause").score > fit("plpa", "Play or pause").score


def test_nothing_typed_shows_the_actions_in_their_order() -> None:
    presenter, seen = made()
    presenter.search("")
    assert [found.id for found in seen.state.found] == ["play", "live", "quit"]


def test_actions_are_found_in_chinese() -> None:
    presenter, seen = made()
    presenter.search("退")
    assert seen.state.found[0] == Found("action", "quit", "退出", hits=(0,))


def test_a_pump_brings_what_stands_the_pump_and_its_tags() -> None:
    presenter, seen = made()
    presenter.search("p102")
    kinds = [found.kind for found in seen.state.found]
    assert kinds[0] in ("alarm", "anomaly")
    assert {"alarm", "anomaly", "equipment", "tag"} <= set(kinds)
    assert next(found for found in seen.state.found if found.kind == "equipment").id == "P102"
    assert len(seen.state.found) <= palette.SHOWN


def test_tags_are_found_by_words_of_either_language_in_any_order() -> None:
    presenter, seen = made()
    for query in ("speed shaft p101", "转速 P101", "st-10131"):
        presenter.search(query)
        assert "B4-ST-10131" in [found.id for found in seen.state.found if found.kind == "tag"]


def test_an_anomaly_is_found_by_the_word_for_its_fault_and_by_its_name() -> None:
    presenter, seen = made()
    for query in ("叶轮", "impeller"):
        presenter.search(query)
        assert [found.id for found in seen.state.found if found.kind == "anomaly"] == ["1"]


def test_a_clock_time_is_the_stations_own() -> None:
    zone = figures.zone(fakes.station())
    assert palette.time_meant("13:03", zone, mail()) == fakes.START + 3780.0
    assert palette.time_meant("2026-01-12 12:00:05", zone, mail()) == fakes.START + 5.0
    assert palette.time_meant("05:03", UTC, mail()) == fakes.START + 3780.0


def test_an_offset_counts_from_the_start_or_back_from_the_cursor() -> None:
    assert palette.time_meant("+90", UTC, mail()) == fakes.START + 90.0
    assert palette.time_meant("+1.5min", UTC, mail()) == fakes.START + 90.0
    assert palette.time_meant("-10s", UTC, mail()) == fakes.START + 20.0


@given(st.text(max_size=12))
def test_no_text_is_too_strange_for_a_time(said: str) -> None:
    meant = palette.time_meant(said, UTC, mail())
    assert meant is None or isinstance(meant, float)


def test_what_is_not_a_time_is_none() -> None:
    assert palette.time_meant("25:99", UTC, mail()) is None
    assert palette.time_meant("p101", UTC, mail()) is None
    assert palette.time_meant("+90", UTC, None) is None


# ---- the view ----------------------------------------------------------------------------------------------------


def test_typing_finds_the_arrows_move_and_return_picks(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(900, 600)
    view, picked = Palette(window), []
    station = fakes.station()
    presenter = palette.Presenter(view, station, station.tags, lambda: ACTIONS, picked.append)
    presenter.take(mail())
    view.query_changed.connect(presenter.search)
    view.pick_requested.connect(presenter.pick)
    window.show()
    view.open()
    assert view.isVisible()
    assert len(presenter.state.found) == len(ACTIONS)
    qtbot.keyClicks(view.box, "p101")
    second = presenter.state.found[1]
    qtbot.keyClick(view.box, Qt.Key.Key_Down)
    image = view.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(48, image.height(), 3)}) > 10
    qtbot.keyClick(view.box, Qt.Key.Key_Return)
    assert picked == [second]
    assert not view.isVisible()


def test_escape_closes_it_and_picks_nothing(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    view = Palette(window)
    window.show()
    view.open()
    with qtbot.assertNotEmitted(view.pick_requested):
        qtbot.keyClick(view.box, Qt.Key.Key_Escape)
        qtbot.keyClick(view.box, Qt.Key.Key_Return)
    assert not view.isVisible()
