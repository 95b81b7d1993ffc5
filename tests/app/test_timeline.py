"""The timeline's clusters and label lanes: nothing hides behind another mark, and what was labelled is a span."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app import theme
from app.messages import Annotate, TakeBack
from app.presenters import timeline
from app.presenters.clusters import clustered
from app.presenters.timeline import Lane, Mark, State
from app.views.timeline import Timeline
from app.views.tracks import LANE, LANES, Tracks
from tests.app import fakes
from tests.app.test_presenters import Double, mail
from twin.notes import Annotation, Note
from twin.signals import Event, Tag, TagTable
from twin.text import Text

MARKS = st.lists(
    st.builds(
        Mark,
        since=st.floats(0.0, 1000.0),
        until=st.just(1000.0),
        equipment=st.just("P101"),
        what=st.just("high"),
        priority=st.sampled_from(theme.PRIORITIES),
        unseen=st.booleans(),
    ),
    max_size=40,
)


def place(at: float) -> float:
    return max(at, 50.0)


@given(MARKS, st.floats(1.0, 60.0))
def test_every_mark_is_in_one_cluster_and_clusters_stand_apart(marks: list[Mark], near: float) -> None:
    clusters = clustered(marks, place, near)
    held = sorted((mark for cluster in clusters for mark in cluster.marks), key=repr)
    assert held == sorted(marks, key=repr)
    assert all(b.x - a.x >= near for a, b in itertools.pairwise(clusters))


@given(MARKS)
def test_the_most_urgent_speaks_for_a_cluster(marks: list[Mark]) -> None:
    for cluster in clustered(marks, place, 2000.0):
        ranks = [theme.PRIORITIES.index(mark.priority) for mark in cluster.marks]
        assert ranks == sorted(ranks)
        assert cluster.unseen == any(mark.unseen for mark in marks)


def crowd(count: int = 12) -> tuple[Mark, ...]:
    return tuple(Mark(100.0 + n / 100, 900.0, "P101", "high", "low", True, "alarm", n) for n in range(count))


def test_clicking_a_cluster_goes_through_all_it_holds(qtbot: QtBot) -> None:
    tracks = Tracks()
    qtbot.addWidget(tracks)
    tracks.resize(1200, 150)
    picked: list[tuple[str, int]] = []
    tracks.mark_requested.connect(lambda kind, identity: picked.append((kind, identity)))
    for _ in range(13):
        selected = picked[-1] if picked else ("", 0)
        tracks.show_state(
            State(span=(0.0, 1000.0), shown=(0.0, 1000.0), lanes=(Lane("alarms", crowd()),), selected=selected)
        )
        tracks.grab()
        at = QPoint(int(tracks._x(100.0, (0.0, 1000.0))) + 4, LANES + LANE // 2)
        qtbot.mouseClick(tracks, Qt.MouseButton.LeftButton, pos=at)
    assert [identity for _, identity in picked] == [*range(12), 0]
    assert tracks._tip(clustered(crowd(), place, 20.0)[0], None).endswith("and 4 more")


def test_there_is_room_for_every_lane(qtbot: QtBot) -> None:
    tracks = Tracks()
    qtbot.addWidget(tracks)
    names = ("anomalies", "alarms", "operations", "labels", "labels", "data", "truth")
    tracks.show_state(State(span=(0.0, 10.0), shown=(0.0, 10.0), lanes=tuple(Lane(name) for name in names)))
    assert tracks.minimumHeight() >= LANES + len(names) * LANE


def test_labels_are_lanes_of_spans_named_in_the_language_spoken() -> None:
    tags = TagTable([Tag("L-1", description=Text("Labelled anomaly", "标注异常"))])
    said = Text("L-1: 1", "标注异常：1")
    events = tuple(
        Event(fakes.START + at, "label", "L-1", said, {"value": value}) for at, value in ((5, 1.0), (9, 0.0), (20, 2.0))
    )
    view = Double()
    line = timeline.Presenter(view, lambda _: None, None, tags)
    line.take(mail(live=False, events=events, anomalies=()))
    line.say_in("zh")
    lane = next(lane for lane in view.last.lanes if lane.name == "labels")
    assert lane.caption == "标注异常"
    assert [(m.since - fakes.START, m.until - fakes.START, m.what) for m in lane.marks] == [(5, 9, ""), (20, 60, "2")]
    assert "operations" not in [lane.name for lane in view.last.lanes]


def test_what_is_done_to_a_circuit_tells_the_circuits_name_in_the_language_spoken() -> None:
    station = fakes.station()
    done = Event(fakes.START + 5, "operation", "supply", Text("duty rotation", "泵轮换"))
    view = Double()
    line = timeline.Presenter(view, lambda _: None, station, station.tags)
    line.take(mail(live=False, events=(done,), anomalies=()))
    line.say_in("zh")
    lane = next(lane for lane in view.last.lanes if lane.name == "operations")
    assert [(m.equipment, m.what) for m in lane.marks] == [("供水", "泵轮换")]


NOTES = (
    Note(1, Annotation(fakes.START + 40.0, fakes.START + 50.0, "P102", "Wang", "cavitates again")),
    Note(2, Annotation(fakes.START + 30.0, fakes.START + 30.0, "P101", "Wang", "wrong pump"), by=4),
    Note(3, Annotation(fakes.START + 20.0, fakes.START + 20.0, "", "", "shift change")),
)


def notes_lane(presenter: timeline.Presenter) -> tuple[Mark, ...]:
    return next((lane.marks for lane in presenter._state.lanes if lane.name == "notes"), ())


def test_what_reviewers_said_has_a_lane_with_its_author_and_without_what_they_took_back() -> None:
    presenter = timeline.Presenter(Double(), lambda _: None, fakes.station(), fakes.station().tags)
    presenter.take(replace(mail(), notes=NOTES))
    assert [(mark.what, mark.equipment, mark.until - mark.since) for mark in notes_lane(presenter)] == [
        ("shift change", "", 0.0),
        ("cavitates again (Wang)", "P102", 10.0),
    ]
    presenter.take(mail())
    assert "notes" not in [lane.name for lane in presenter._state.lanes]
    presenter.take(replace(mail(), notes=NOTES[1:2]))
    assert "notes" not in [lane.name for lane in presenter._state.lanes]


def test_what_was_taken_back_is_shown_on_request_and_struck_through() -> None:
    presenter = timeline.Presenter(Double(), lambda _: None, fakes.station(), fakes.station().tags)
    presenter.take(replace(mail(), notes=NOTES))
    presenter.show_all_notes()
    assert [(mark.id, mark.struck) for mark in notes_lane(presenter)] == [(3, False), (2, True), (1, False)]
    presenter.show_all_notes()
    assert [mark.id for mark in notes_lane(presenter)] == [3, 1]


def test_a_note_is_taken_back_by_its_number_and_brought_back_by_the_line_that_took_it_back() -> None:
    asked: list[object] = []
    presenter = timeline.Presenter(Double(), asked.append, fakes.station(), fakes.station().tags)
    presenter.take(replace(mail(), notes=NOTES))
    for number in (1, 2, 99):
        presenter.turn_note(number)
    assert asked == [TakeBack(1, change=1), TakeBack(4, change=2)]


class Asked(Double):
    """A view that is asked for notes."""

    def __init__(self) -> None:
        super().__init__()
        self.notes: list[tuple[str, str, str]] = []

    def ask_for_note(self, time: str, subject: str, words: str = "") -> None:
        self.notes.append((time, subject, words))


def test_a_note_is_asked_for_at_the_cursor_and_kept_there_though_the_cursor_runs_on() -> None:
    asked: list[object] = []
    presenter = timeline.Presenter(Asked(), asked.append, fakes.station(), fakes.station().tags)
    presenter.take(replace(mail(), cursor=fakes.START + 10.0, live_source=False))
    presenter.begin_note("P102")
    presenter.take(replace(mail(), cursor=fakes.START + 30.0, live_source=False))
    presenter.note("smells of oil")
    at = fakes.START + 10.0
    assert asked == [Annotate(at, at, "P102", "smells of oil", change=1)]


def test_other_words_are_asked_for_where_a_note_stands_and_take_its_place_and_span() -> None:
    asked: list[object] = []
    shown = Asked()
    presenter = timeline.Presenter(shown, asked.append, fakes.station(), fakes.station().tags)
    presenter.take(replace(mail(), live_source=False, notes=NOTES))
    for number in (2, 99):
        presenter.change_note(number)
    assert shown.notes == []  # what was taken back has no other words
    presenter.change_note(1)
    assert [(subject, words) for _, subject, words in shown.notes] == [("P102", "cavitates again")]
    presenter.note("cavitates a little")
    since, until = NOTES[0].said.at, NOTES[0].said.until
    assert asked == [Annotate(since, until, "P102", "cavitates a little", instead_of=1, change=1)]


def test_a_live_source_keeps_no_notes() -> None:
    shown = Asked()
    presenter = timeline.Presenter(shown, lambda _: None, fakes.station(), fakes.station().tags)
    presenter.take(replace(mail(), live_source=True))
    presenter.begin_note("P102")
    assert shown.notes == []


def test_enter_keeps_a_note_and_escape_or_no_words_do_not(qtbot: QtBot) -> None:
    view = Timeline()
    qtbot.addWidget(view)
    view.resize(1200, 160)
    view.show()
    kept: list[str] = []
    view.note_requested.connect(kept.append)
    line = view._note.line
    for words, key in (("oil below", Qt.Key.Key_Return), ("never mind", Qt.Key.Key_Escape), ("  ", Qt.Key.Key_Return)):
        view.ask_for_note("04:50:10", "P102")
        assert view._note.isVisible()
        assert "04:50:10" in view._note._label.text()
        qtbot.keyClicks(line, words)
        qtbot.keyClick(line, key)
        assert not view._note.isVisible()
    assert kept == ["oil below"]


def test_the_notes_under_the_pointer_can_be_changed_taken_back_and_brought_back(qtbot: QtBot) -> None:
    view = Timeline()
    qtbot.addWidget(view)
    presenter = timeline.Presenter(view, lambda _: None, fakes.station(), fakes.station().tags)
    presenter.take(replace(mail(), live_source=False, notes=NOTES))
    presenter.show_all_notes()
    asked: list[tuple[str, int]] = []
    view.tracks.change_requested.connect(lambda number: asked.append(("change", number)))
    view.tracks.turn_requested.connect(lambda number: asked.append(("turn", number)))
    menu = view.tracks._note_menu(list(notes_lane(presenter)[1:]))
    deeds = [action for action in menu.actions() if action.isEnabled() and not action.isSeparator()]
    titles = [action.text() for action in menu.actions() if not action.isEnabled()]
    assert titles == ["wrong pump (Wang)", "cavitates again (Wang)"]
    assert [deed.text() for deed in deeds] == ["Bring this note back", "Change this note…", "Take this note back"]
    for deed in deeds:
        deed.trigger()
    assert asked == [("turn", 2), ("change", 1), ("turn", 1)]
    assert view.tracks._told(notes_lane(presenter)[1], "").startswith("taken back: ")
