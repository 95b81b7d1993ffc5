"""What is taken back, and what of it goes with a part of a recording."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.notes import (
    LONGEST,
    Annotation,
    Line,
    Withdrawal,
    as_said,
    as_text,
    from_said,
    from_text,
    joined,
    notes,
    taken_back,
    within,
)


@st.composite
def chains(draw: st.DrawFn) -> tuple[Line, ...]:
    """Lines as people write them: each takes back something that stands, or says something new."""
    lines: list[Line] = []
    for _ in range(draw(st.integers(0, 12))):
        standing = [number for number, by in enumerate(taken_back(lines), 1) if not by]
        target = draw(st.sampled_from([0, *standing]))
        at = draw(st.floats(0.0, 100.0))
        length = draw(st.sampled_from([0.0, 5.0, 200.0]))
        lines.append(Withdrawal(target, "Li") if target else Annotation(at, at + length, "P101", "Li", f"{len(lines)}"))
    return tuple(lines)


@given(chains())
def test_to_take_back_the_last_line_is_as_if_it_had_never_been_said(lines: tuple[Line, ...]) -> None:
    for number, line in enumerate(lines, 1):
        said = lines[:number]
        undone = (*said, Withdrawal(number, ""))
        assert [by > 0 for by in taken_back(undone)[: number - 1]] == [by > 0 for by in taken_back(said[:-1])]
        again = (*undone, Withdrawal(number + 1, ""))
        assert [by > 0 for by in taken_back(again)[:number]] == [by > 0 for by in taken_back(said)]
        assert line in said


@given(chains(), st.floats(-10.0, 110.0), st.floats(0.0, 60.0))
def test_a_part_keeps_the_notes_that_touch_it_and_knows_which_of_them_stand(
    lines: tuple[Line, ...], since: float, length: float
) -> None:
    until = since + length
    part = within(lines, since, until)
    touching = [note for note in notes(lines) if note.said.until >= since and note.said.at < until]
    assert [(note.said, note.by > 0) for note in notes(part)] == [(note.said, note.by > 0) for note in touching]
    assert within(lines, float("-inf"), float("inf")) == lines


@given(chains(), chains())
def test_lines_come_back_from_text_and_follow_those_of_another_recording(
    first: tuple[Line, ...], second: tuple[Line, ...]
) -> None:
    assert from_text(as_text(first)) == first
    both = joined(first, second)
    assert [by > 0 for by in taken_back(both)] == [by > 0 for by in (*taken_back(first), *taken_back(second))]
    assert from_text(as_text(both)) == both


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"{}",
        b"null",
        b"[" * 7000,
        b'{"withdraws":1,"author":""}',
        b'{"withdraws":"1","author":""}',
        b'{"at":"now","until":0,"subject":"","author":"","text":""}',
        b'{"at":0,"until":0,"subject":"","author":"","text":"%s"}' % (b"x" * LONGEST),
        b'{"withdraws":0,"author":""}\n' * 2000,
    ],
)
def test_what_is_no_note_is_refused(text: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        from_text(text)


@given(chains())
def test_a_line_comes_back_from_what_it_says(lines: tuple[Line, ...]) -> None:
    assert tuple(from_said(as_said(line), number) for number, line in enumerate(lines, 1)) == lines
