"""The tag list finds, orders and reads as a naive list would, and keeps what was chosen."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.messages import Mail
from app.presenters import formatting, tags
from app.presenters.freshness import Freshness
from app.presenters.haystack import Haystack
from app.presenters.selection import Selection
from app.views.tags import MIME, Tags
from tests.app import fakes
from twin.detectors.reconciliation import Reconciled
from twin.signals import Frame, Limits, Quality, Tag, TagTable
from twin.text import Text


class Seen:
    """A view that remembers the last state."""

    def __init__(self) -> None:
        self.state: tags.State | None = None

    def show_state(self, state: tags.State) -> None:
        self.state = state


def mail(frame: Frame, cursor: float | None = None) -> Mail:
    at = frame.at if cursor is None else cursor
    return Mail(1, "live", fakes.snapshot(frame), at, (fakes.START, at), True, True, 1.0)


def made() -> tuple[tags.Presenter, Seen]:
    seen = Seen()
    return tags.Presenter(seen, fakes.station(), fakes.station().tags), seen


words = st.text(alphabet="abAB-12 泵压力é", max_size=12)


@given(st.lists(words, max_size=12), st.text(alphabet="abAB-12泵压力é", min_size=1, max_size=3), words)
def test_a_haystack_finds_what_a_plain_search_finds(texts: list[str], one: str, other: str) -> None:
    query = f"{one} {other}"
    naive = [all(word in text.casefold() for word in query.casefold().split()) for text in texts]
    assert Haystack(texts).holding(query).tolist() == naive


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([math.nan, -1.0, 0.0, 0.5, 2.0]), min_size=1, max_size=12),
    st.booleans(),
    st.sampled_from(["", "even", "p1", "nothing of the kind"]),
)
def test_rows_are_filtered_and_ordered_as_a_stable_sort_would(
    values: list[float], descending: bool, query: str
) -> None:
    table = TagTable(
        Tag(f"P{n}", description=Text("even" if n % 2 == 0 else "odd"), equipment="P1" if n < 3 else "")
        for n in range(len(values))
    )
    seen = Seen()
    presenter = tags.Presenter(seen, None, table)
    presenter.take(mail(Frame(1.0, np.array(values), np.zeros(len(values), np.uint8))))
    presenter.search(query)
    presenter.sort_by(tags.VALUE, descending)
    kept = [
        n
        for n, tag in enumerate(table)
        if all(w in f"{tag.name} {tag.description.en} {tag.equipment}".lower() for w in query.split())
    ]
    known = [n for n in kept if not math.isnan(values[n])]
    naive = sorted(known, key=lambda n: -values[n] if descending else values[n])
    naive += [n for n in kept if math.isnan(values[n])]
    assert seen.state is not None
    assert seen.state.rows.tolist() == naive


@pytest.mark.parametrize("column", [tags.NAME, tags.DESCRIPTION, tags.UNIT, tags.EQUIPMENT])
def test_texts_are_ordered_whatever_their_case(column: int) -> None:
    presenter, seen = made()
    presenter.sort_by(column, descending=False)
    assert seen.state is not None
    said = [(seen.state.words.tags[n].unit if column == tags.UNIT else seen.state.text(row, column)).casefold()
            for row, n in enumerate(seen.state.rows.tolist())]  # fmt: skip
    assert said == sorted(said)


def test_a_tag_is_found_by_its_name_its_equipment_and_either_language() -> None:
    presenter, seen = made()
    wanted = fakes.station().tags.column("B4-PT-10101")
    for query in ("pt-10101", "P101 suction PRESSURE", "供水泵 入口压力", "pump 1 suction"):
        presenter.search(query)
        assert seen.state is not None
        assert wanted in seen.state.rows
        assert len(seen.state.rows) < 40


def test_values_that_change_do_not_reorder_the_rows() -> None:
    presenter, seen = made()
    presenter.take(mail(fakes.frame(0)))
    presenter.sort_by(tags.VALUE, descending=True)
    assert seen.state is not None
    rows = seen.state.rows
    presenter.take(mail(fakes.frame(11)))
    assert seen.state.rows is rows


def test_a_value_that_is_lost_grows_old_and_says_so() -> None:
    presenter, seen = made()
    first, later = fakes.frame(0), fakes.frame(30)
    quality, values = later.quality.copy(), later.values.copy()
    quality[0], values[0] = Quality.MISSING, math.nan
    presenter.take(mail(first))
    presenter.take(mail(replace(later, quality=quality, values=values)))
    row = int(np.flatnonzero(seen.state.rows == 0)[0])  # type: ignore[union-attr]
    assert seen.state is not None
    assert seen.state.text(row, tags.VALUE) == formatting.tag_value(first.values[0], fakes.station().tags[0])
    assert seen.state.text(row, tags.QUALITY) == "missing"
    assert seen.state.text(row, tags.AGE) == f"30{formatting.SPACE}s"


@pytest.mark.parametrize(("language", "said"), [("en", "reconciled"), ("zh", "校正值")])
def test_a_tag_that_is_not_believed_shows_what_it_should_say_beside_what_it_says(language: str, said: str) -> None:
    presenter, seen = made()
    presenter.say_in(language)
    brought = mail(fakes.frame(0))
    assert brought.snapshot is not None
    told = replace(brought.snapshot, reconciled={0: Reconciled(0.61, 0.002, "sensor_bias")})
    presenter.take(replace(brought, snapshot=told))
    assert seen.state is not None
    row = int(np.flatnonzero(seen.state.rows == 0)[0])
    tag = fakes.station().tags[0]
    assert seen.state.text(row, tags.VALUE) == formatting.tag_value(fakes.frame(0).values[0], tag)
    assert seen.state.text(row, tags.QUALITY) == f"{said}{formatting.SPACE}{formatting.tag_value(0.61, tag)}"


def test_an_age_is_forgotten_when_the_cursor_goes_back_before_it() -> None:
    known = Freshness(1)
    known.take(Frame(10.0, np.array([1.0]), np.zeros(1, np.uint8)))
    known.take(Frame(5.0, np.array([math.nan]), np.full(1, Quality.MISSING, np.uint8)))
    assert math.isnan(known.ages(5.0)[0])
    assert math.isnan(known.values(Frame(5.0, np.array([math.nan]), np.full(1, Quality.MISSING, np.uint8)))[0])


def test_the_export_holds_the_rows_shown_in_their_order_with_plain_figures() -> None:
    presenter, _ = made()
    presenter.take(mail(fakes.frame(0)))
    presenter.search("p101 shaft speed")
    lines = presenter.as_csv().splitlines()
    assert lines[0] == "tag,description,value,unit,quality,age_s,equipment,LL,L,H,HH"
    assert len(lines) == 2
    name, _, value, unit, quality = lines[1].split(",")[:5]
    assert (name, unit, quality) == ("B4-ST-10131", "r/min", "good")
    assert float(value) == fakes.frame(0).values[fakes.station().tags.column(name)]


def test_limits_are_written_in_their_order_and_left_out_where_there_are_none() -> None:
    space = formatting.SPACE
    assert tags.limits_text(Limits(None, 0.35, 1.2, 1.4)) == f"L{space}0.35 · H{space}1.2 · HH{space}1.4"
    assert tags.limits_text(Limits()) == ""


# ---- the view ----------------------------------------------------------------------------------------------------


def shown(qtbot: QtBot) -> tuple[Tags, tags.Presenter]:
    view = Tags()
    qtbot.addWidget(view)
    presenter = tags.Presenter(view, fakes.station(), fakes.station().tags)
    view.search_changed.connect(presenter.search)
    view.sort_requested.connect(presenter.sort_by)
    presenter.take(mail(fakes.frame(0)))
    view.resize(900, 400)
    return view, presenter


def chosen(view: Tags, presenter: tags.Presenter) -> list[str]:
    return sorted(presenter.state.name(i.row()) for i in view.table.selectionModel().selectedRows())


def test_the_table_shows_all_tags_and_paints_them(qtbot: QtBot) -> None:
    view, _ = shown(qtbot)
    assert view.table.model().rowCount() == len(fakes.station().tags)
    image = view.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, 900, 3) for y in range(60, 400, 3)}) > 10


def test_what_was_chosen_stays_chosen_through_search_order_and_new_values(qtbot: QtBot) -> None:
    view, presenter = shown(qtbot)
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for name in ("B4-PT-10101", "B4-ST-10131"):
        row = int(np.flatnonzero(presenter.state.rows == fakes.station().tags.column(name))[0])
        view.table.selectionModel().select(view.table.model().index(row, 0), flags)
    assert chosen(view, presenter) == ["B4-PT-10101", "B4-ST-10131"]
    presenter.take(mail(fakes.frame(9)))
    assert chosen(view, presenter) == ["B4-PT-10101", "B4-ST-10131"]
    presenter.sort_by(tags.EQUIPMENT, descending=True)
    assert chosen(view, presenter) == ["B4-PT-10101", "B4-ST-10131"]
    view.search.setText("p101 speed")
    assert chosen(view, presenter) == ["B4-ST-10131"]


def test_new_values_leave_the_table_where_it_was_scrolled_to(qtbot: QtBot) -> None:
    view, presenter = shown(qtbot)
    view.show()
    view.table.verticalScrollBar().setValue(400)
    presenter.take(mail(fakes.frame(9)))
    assert view.table.verticalScrollBar().value() == 400


def test_rows_are_dragged_as_names_and_double_clicked_into_the_trends(qtbot: QtBot) -> None:
    view, presenter = shown(qtbot)
    model = view.table.model()
    dragged = model.mimeData([model.index(2, 0), model.index(2, 1), model.index(5, 0)])
    assert bytes(dragged.data(MIME).data()).decode().splitlines() == [presenter.state.name(2), presenter.state.name(5)]
    with qtbot.waitSignal(view.trend_requested) as asked:
        view.table.doubleClicked.emit(model.index(3, 0))
    assert asked.args == [[presenter.state.name(3)]]


def test_a_click_on_a_heading_orders_and_a_second_one_turns_round(qtbot: QtBot) -> None:
    view, presenter = shown(qtbot)
    heading = view.table.horizontalHeader()
    heading.sectionClicked.emit(tags.VALUE)
    assert (presenter.state.sort, presenter.state.descending) == (tags.VALUE, False)
    heading.sectionClicked.emit(tags.VALUE)
    assert presenter.state.descending
    title = view.table.model().headerData(tags.VALUE, Qt.Orientation.Horizontal)
    assert title.startswith("↓")


def test_copying_asks_for_the_chosen_rows_and_gives_a_line_each(qtbot: QtBot) -> None:
    view, presenter = shown(qtbot)
    view.copy_requested.connect(lambda rows: QGuiApplication.clipboard().setText(presenter.as_text(rows)))
    view.table.selectRow(4)
    view._copy.trigger()
    copied = QGuiApplication.clipboard().text()
    assert copied.split("\t")[0] == presenter.state.name(4)
    assert copied.count("\t") == tags.LIMITS


def test_the_selected_tag_is_pointed_at(qtbot: QtBot) -> None:
    view, presenter = shown(qtbot)
    presenter.select(Selection("tag", "B4-ST-10131"))
    assert chosen(view, presenter) == ["B4-ST-10131"]
