"""Whatever is undone of the notes is as it was before, and whatever is made again as it was after."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bridge import Mailbox
from app.messages import Annotate, TurnBack
from app.notebook import Notebook
from app.opening import open_source
from tests.app.fakes import Pad
from tests.twin.recordings.material import START, frames, recorded
from twin.errors import StationError
from twin.notes import Annotation
from twin.recordings.annotations import annotated

ACTS = st.lists(st.tuples(st.sampled_from(["note", "change", "take back"]), st.integers(0, 20)), max_size=8)


def texts(book: Notebook) -> list[str]:
    """What stands."""
    return sorted(note.said.text for note in book.notes if not note.by)


def said(text: str) -> Annotation:
    return Annotation(0.0, 0.0, "P101", "Li", text)


def do(book: Notebook, change: int, act: str, chosen: int) -> None:
    standing = [note.number for note in book.notes if not note.by]
    target = standing[chosen % len(standing)] if standing else 0
    if act == "take back" and target:
        book.take_back(change, target, "Li")
    else:
        book.note(change, said(f"{change}"), target if act == "change" else 0)


@given(ACTS)
def test_all_changes_can_be_undone_one_by_one_and_made_again(acts: list[tuple[str, int]]) -> None:
    pad = Pad()
    book = Notebook(pad.notes, pad.write)
    states = [texts(book)]
    for change, (act, chosen) in enumerate(acts, 1):
        do(book, change, act, chosen)
        states.append(texts(book))
    lines = len(pad.lines)
    for change in range(len(acts), 0, -1):
        book.turn_back(change, "Li")
        assert texts(book) == states[change - 1]
    for change in range(1, len(acts) + 1):
        book.turn_back(change, "Li")
        assert texts(book) == states[change]
    assert len(pad.lines) == 3 * lines  # nothing was taken out


def test_the_window_on_a_recording_writes_into_its_file(tmp_path: Path) -> None:
    path = recorded(tmp_path / "r.h5", frames(3))
    opened = open_source(str(path)).begin(Mailbox())
    try:
        opened._heed(Annotate(START, START + 1, "P101", "smells of oil", change=1))
        opened._heed(Annotate(START, START + 1, "P101", "leaks oil", instead_of=1, change=2))
        opened._heed(TurnBack(2))
    finally:
        opened._recall.close()
    assert [note.text for note in annotated(path).annotations] == ["smells of oil"]
    assert len(annotated(path).lines) == 5
    assert annotated(path).intact


def test_what_could_not_be_written_needs_no_undoing() -> None:
    pad = Pad()
    book = Notebook(pad.notes, pad.write)
    with pytest.raises(StationError):
        book.take_back(1, 7, "Li")
    book.turn_back(1, "Li")
    assert pad.lines == []
