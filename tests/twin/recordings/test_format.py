"""recordings/README.md keeps its word: h5py alone reads a recording by it, and the demonstrations are what it says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.conftest import ROOT
from tests.twin.recordings.material import START, TAGS, frames, recorded, with_pictures
from twin.notes import Annotation, Withdrawal
from twin.recordings import layout, pages
from twin.recordings.annotations import annotate, annotated
from twin.recordings.recording import Recording
from twin.signals import Frame

BETWEEN = [f"byte{number}" for number in range(1, 7)]  # the page names the first and the last
PAGE = (ROOT / "recordings" / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example() -> dict[str, Any]:
    """The page's own example."""
    [code] = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    assert "twin" not in code
    names: dict[str, Any] = {}
    exec(code, names)
    return names


@pytest.fixture(scope="module")
def values_of(example: dict[str, Any]) -> Callable[[Path, str], Any]:
    function: Callable[[Path, str], Any] = example["values_of"]
    return function


def test_the_page_reads_a_recording_with_h5py_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values_of: Callable[[Path, str], Any]
) -> None:
    monkeypatch.setattr(layout, "journal_rows", lambda columns: 2 * layout.STRETCH)
    given = frames(3 * layout.STRETCH + 17)
    few = np.tile(np.array([np.pi, np.e, 1 / 3]), len(given))
    given = [
        Frame(f.at, np.where(np.arange(4) == 1, few[i], f.values), f.quality, f.arrived) for i, f in enumerate(given)
    ]
    path = recorded(tmp_path / "r.h5", given)
    with Recording.open(path) as recording:
        block = recording.range(0, np.inf)
    for column, tag in enumerate(TAGS):
        at, values, quality = values_of(path, tag.name)
        np.testing.assert_allclose(at, block.at, rtol=1e-15)
        np.testing.assert_array_equal(values, np.array([f.values[column] for f in given]))
        np.testing.assert_array_equal(quality, block.quality[:, column])


def test_the_page_reads_pictures_with_h5py_alone(tmp_path: Path, example: dict[str, Any]) -> None:
    given = with_pictures(frames(200))
    path = recorded(tmp_path / "r.h5", given)
    for camera in ("RB1", "RB2", "FLIR"):
        wanted = [picture for frame in given for picture in frame.thermal if picture.camera == camera]
        for (at, seen, position, _), picture in zip(example["thermal_frames_of"](path, camera), wanted, strict=True):
            np.testing.assert_allclose(at, picture.at, rtol=1e-15)
            assert tuple(position) == picture.position
            np.testing.assert_array_equal(seen, picture.temperature)
    jpegs = [picture.jpeg for frame in given for picture in frame.panoramas]
    assert [jpeg for _, jpeg in example["panoramas_of"](path, "PAN1")] == jpegs


def test_the_page_reads_notes_with_h5py_alone_and_sees_what_was_taken_back(
    tmp_path: Path, example: dict[str, Any]
) -> None:
    path = recorded(tmp_path / "r.h5", frames(30))
    annotate(path, *(Annotation(START, START + n, "P101", "李伟", f"看到 {n}") for n in range(4)))
    annotate(path, Withdrawal(2, "李伟"), Withdrawal(3, ""), Withdrawal(6, ""))
    standing, taken_back = example["notes_of"](path)
    assert [note["text"] for note in standing] == ["看到 0", "看到 2", "看到 3"]
    assert [note["number"] for note in taken_back] == [2]
    with Recording.open(path) as recording:
        assert [note["text"] for note in standing] == [note.text for note in recording.annotations()]
    with h5py.File(path, "r+") as file:
        place = bytes(file["annotations"][()]).index(b'"number":6')
        file["annotations"][place + 9] = ord("5")
    assert len(example["notes_of"](path)[1]) == 1
    assert not annotated(path).intact


def test_the_page_names_every_dataset_of_the_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE", 20)

    with h5py.File(recorded(tmp_path / "r.h5", with_pictures(frames(700)))) as file:
        assert sorted(file["pictures"]) == ["counts", "jpeg", "list", "values"]
        for name in ("counts/120x160", "values/120x160", "jpeg", "list"):
            assert f"`/pictures/{name}`" in PAGE, name
        for name in [*file.attrs, *file["values"].attrs, *file["values"], *file["overview/60"]]:
            assert f"`{name}`" in PAGE or name in BETWEEN, name
        for name in [*file, *(f"rows/{name}" for name in file["rows"]), *(f"overview/{n}" for n in file["overview"])]:
            assert f"`/{name}`" in PAGE or name == "overview" or name == "rows", name
        for kind in (
            layout.BLOCK,
            layout.WAY,
            layout.POSE,
            layout.QUALITY_CHANGE,
            layout.PICTURE,
            layout.row_type(3),
        ):
            for field in kind.names or ():
                assert f"`{field}`" in PAGE, field
        for field in file["values/encoding"].dtype.names:
            assert f"`{field}`" in PAGE, field


def test_the_real_start_up_ships_as_it_was_measured(shared_data: Path) -> None:
    lines = (shared_data / "pump_curves" / "valhall_pump_start.csv").read_text().splitlines()[1:]
    wanted = np.array([[float(cell) for cell in line.split(",")] for line in lines])
    with Recording.open(ROOT / "recordings" / "valhall-start.h5") as recording:
        np.testing.assert_array_equal(recording.range(0, np.inf).values, wanted)
        assert [tag.unit for tag in recording.tags] == ["bar", "bar", "m³/h"]
        assert recording.station is None


def test_the_simulated_demonstration_shows_what_the_page_says() -> None:
    with Recording.open(ROOT / "recordings" / "cavitation.h5") as recording:
        start = recording.span[0]
        assert recording.row_count == 600
        [truth] = recording.truth()
        assert (truth.at - start, truth.data["fault"]) == (30.0, "cavitation")
        found = recording.anomalies()[0]
        assert (found.equipment, found.fault, found.detected - start) == ("P102", "cavitation", 34.0)
        assert sorted(alarm.since - start for alarm in recording.alarms()) == [31.0, 31.0, 40.0]
        assert len(recording.robots()) == 4
