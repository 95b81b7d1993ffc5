"""What reviewers say stays as they said it, and the evidence as it was."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twin.recordings.material import START, TAGS, frames, recorded, values_of
from twin.describing import described
from twin.errors import StationError, UsageError
from twin.notes import Annotation, Line, Withdrawal, from_said
from twin.recordings.annotations import Said, annotate, annotated
from twin.recordings.layout import ANNOTATION_ROOM
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording


def note(text: str = "seen again on site 现场确认", subject: str = "P101") -> Annotation:
    return Annotation(START + 3, START + 9.5, subject, "Li Wei", text)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return recorded(tmp_path_factory.mktemp("whole") / "r.h5", frames(30))


def copied(whole: Path, path: Path, *notes: Annotation) -> Path:
    shutil.copy(whole, path)
    for one in notes:
        annotate(path, one)
    return path


def place(path: Path) -> tuple[int, int]:
    with h5py.File(path) as file:
        return int(file["annotations"].id.get_offset()), len(file["annotations"])


def test_annotations_are_read_in_the_order_in_which_they_were_made(whole: Path, tmp_path: Path) -> None:
    notes = [note(f"note {number}") for number in range(5)]
    path = copied(whole, tmp_path / "r.h5", *notes)
    with Recording.open(path) as recording:
        assert recording.annotations() == tuple(notes)
        annotate(path, note("while it is open"))
        assert recording.annotations() == (*notes, note("while it is open"))
    assert annotated(path).intact


def test_an_annotation_changes_no_other_byte(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5", note())
    before, after = (np.frombuffer(file.read_bytes(), np.uint8) for file in (whole, path))
    offset, size = place(path)
    changed = np.flatnonzero(before != after)
    assert offset <= changed.min() <= changed.max() < offset + size
    with Recording.open(path) as recording:
        assert recording.damaged() == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_an_annotation_that_was_changed_is_found(whole: Path, tmp_path: Path, share: float, bit: int) -> None:
    path = copied(whole, tmp_path / "r.h5", note("one"), note("two"), note("three"))
    offset, _ = place(path)
    with path.open("r+b") as file:
        file.seek(offset)
        said = bytearray(file.read(1000).rstrip(b"\0"))
        said[int(share * len(said))] ^= 1 << bit
        file.seek(offset)
        file.write(said)
    found = annotated(path)
    assert not found.intact or found.annotations != (note("one"), note("two"), note("three"))
    assert found.annotations == (note("one"), note("two"), note("three"))[: len(found.annotations)]


def test_a_line_that_was_taken_out_or_came_from_another_recording_is_found(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5", note("one"), note("two"), note("three"))
    offset, _ = place(path)
    with path.open("r+b") as file:
        file.seek(offset)
        lines = file.read(2000).rstrip(b"\0").splitlines(keepends=True)
        file.seek(offset)
        file.write((lines[0] + lines[2]).ljust(len(b"".join(lines)), b"\0"))
    assert annotated(path).annotations == (note("one"),)
    assert not annotated(path).intact
    with pytest.raises(StationError, match="annotations that were changed"):
        annotate(path, note("four"))
    other = recorded(tmp_path / "other.h5", frames(31))
    with other.open("r+b") as file:
        file.seek(place(other)[0])
        file.write(lines[0])
    assert annotated(other) == Said((), False)


def test_one_that_was_cut_short_is_written_over(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5", note("one"), note("two, which is longer than what follows it"))
    offset, _ = place(path)
    with path.open("r+b") as file:
        file.seek(offset)
        said = file.read(2000).rstrip(b"\0")
        file.seek(offset + len(said) - 20)
        file.write(bytes(20))
    assert annotated(path).annotations == (note("one"),)
    annotate(path, note("2"))
    assert annotated(path) == Said((note("one"), note("2")), True)


def test_where_there_is_no_room_more_is_made(whole: Path, tmp_path: Path) -> None:
    long = [note(f"{number} " + "long " * 1500) for number in range(12)]
    path = copied(whole, tmp_path / "r.h5", *long)
    assert place(path)[1] == 2 * ANNOTATION_ROOM
    with Recording.open(path) as recording:
        assert recording.annotations() == tuple(long)
        assert recording.damaged() == []
        np.testing.assert_array_equal(recording.range(0, np.inf).values, values_of(frames(30)))


@pytest.mark.parametrize("name", ["version1.h5", "version2.h5"])
def test_recordings_of_earlier_versions_are_annotated_too(tmp_path: Path, name: str) -> None:
    path = copied(Path(__file__).with_name(name), tmp_path / name, note())
    with Recording.open(path) as recording, Recording.open(Path(__file__).with_name(name)) as before:
        assert recording.annotations() == (note(),)
        np.testing.assert_array_equal(recording.range(0, np.inf).values, before.range(0, np.inf).values)


def test_one_that_is_being_recorded_is_not_annotated(tmp_path: Path) -> None:
    with Recorder(tmp_path / "r.h5", TAGS) as recorder:
        recorder.append(frames(1)[0])
        with pytest.raises(StationError, match="has not been closed"):
            annotate(recorder.path, note())
        assert annotated(recorder.path).annotations == ()


def test_two_reviewers_at_once_lose_nothing(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5")
    hands = [threading.Thread(target=lambda n=n: [annotate(path, note(f"{n} {k}")) for k in range(5)]) for n in "ab"]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert {one.text for one in annotated(path).annotations} == {f"{n} {k}" for n in "ab" for k in range(5)}
    assert annotated(path).intact


def test_what_is_too_long_is_refused(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5")
    with pytest.raises(UsageError):
        annotate(path, note("x" * 10_000))
    assert annotated(path).annotations == ()


def raw_lines(path: Path) -> bytes:
    offset, size = place(path)
    return path.read_bytes()[offset : offset + size].rstrip(b"\0")


def test_a_note_that_is_taken_back_stays_in_the_file_and_can_be_brought_back(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5", note("one"), note("two"))
    before = raw_lines(path)
    assert annotate(path, Withdrawal(1, "Li Wei")) == (3,)
    assert annotated(path).annotations == (note("two"),)
    assert raw_lines(path).startswith(before)
    assert [(one.number, one.said.text, one.by) for one in annotated(path).notes] == [(1, "one", 3), (2, "two", 0)]
    assert annotate(path, Withdrawal(3, "Li Wei")) == (4,)
    assert annotated(path).annotations == (note("one"), note("two"))
    assert annotated(path).intact
    with Recording.open(path) as recording:
        assert recording.annotations() == (note("one"), note("two"))


def test_a_note_is_changed_by_another_and_by_taking_it_back_at_once(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5", note("smels of oil"))
    assert annotate(path, note("smells of oil"), Withdrawal(1, "Li Wei")) == (2, 3)
    assert annotated(path).annotations == (note("smells of oil"),)


@pytest.mark.parametrize("number", [-1, 0, 1, 99])
def test_what_does_not_stand_cannot_be_taken_back_and_nothing_is_written(
    whole: Path, tmp_path: Path, number: int
) -> None:
    path = copied(whole, tmp_path / "r.h5", note("one"), note("two"))
    annotate(path, Withdrawal(1, "Li Wei"))
    before = path.read_bytes()
    with pytest.raises(StationError, match=f"holds no note or line {number} that stands"):
        annotate(path, note("another"), note("and another"), Withdrawal(number, ""))
    assert path.read_bytes() == before


ACTS = st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whoever_notes_and_takes_back_in_any_order_finds_what_stands(
    whole: Path, tmp_path: Path, acts: list[tuple[bool, int]]
) -> None:
    path = copied(whole, tmp_path / "r.h5")
    lines: list[Line] = []
    for writes, chosen in acts:
        target = chosen % len(lines) + 1 if lines else 0
        if not writes and target and not stands(lines, target):
            with pytest.raises(StationError):
                annotate(path, Withdrawal(target, ""))
            continue
        lines.append(note(f"{len(lines)}") if writes or not target else Withdrawal(target, ""))
        annotate(path, lines[-1])
    standing = (line for number, line in enumerate(lines, 1) if stands(lines, number))
    assert annotated(path) == Said(tuple(lines), True)
    assert annotated(path).annotations == tuple(line for line in standing if isinstance(line, Annotation))


def stands(lines: list[Line], number: int) -> bool:
    """What stands is what no line that stands takes back."""
    takers = (n for n, line in enumerate(lines, 1) if isinstance(line, Withdrawal) and line.withdraws == number)
    return not any(stands(lines, taker) for taker in takers)


def test_a_withdrawal_that_was_changed_or_taken_out_is_found(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5", note("one"), note("two"))
    annotate(path, Withdrawal(1, "Li Wei"))
    annotate(path, note("three"))
    said = raw_lines(path)
    lines = said.splitlines(keepends=True)
    for forged in (said.replace(b'"withdraws":1', b'"withdraws":2'), b"".join([*lines[:2], lines[3]])):
        with path.open("r+b") as file:
            file.seek(place(path)[0])
            file.write(forged.ljust(len(said), b"\0"))
        assert not annotated(path).intact
        assert annotated(path).lines == (note("one"), note("two"))
        assert described(path, verify=True)["annotations_intact"] is False


def test_info_counts_what_stands_and_what_was_taken_back(whole: Path, tmp_path: Path) -> None:
    path = copied(whole, tmp_path / "r.h5", note("one"), note("two"), note("three"))
    annotate(path, Withdrawal(2, "Li Wei"))
    told = described(path, verify=True)
    assert (told["annotations"], told["annotations_taken_back"], told["annotations_intact"]) == (2, 1, True)


@pytest.mark.parametrize("forward", [1, 2, 3])
def test_a_line_that_takes_back_none_before_it_is_none(forward: int) -> None:
    with pytest.raises(ValueError, match="none before it"):
        from_said({"withdraws": forward, "author": ""}, 1)


KEYS = st.sampled_from(["number", "sha256", "at", "text", "withdraws", "author"])
ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=3), lambda of: st.lists(of) | st.dictionaries(KEYS, of)
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=ANYTHING)
def test_any_line_is_taken_or_left(whole: Path, tmp_path: Path, said: object) -> None:
    path = copied(whole, tmp_path / "r.h5")
    with path.open("r+b") as file:
        file.seek(place(path)[0])
        file.write(json.dumps(said).encode()[:5000] + b"\n")
    assert annotated(path).annotations == ()
