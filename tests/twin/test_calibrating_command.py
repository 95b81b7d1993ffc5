"""``pumphouse calibrate``: a recording in, a station file and a table out, or a sentence that says why not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.twin import calibrated as plants
from twin.cli import DONE, UNUSABLE, app, run
from twin.plant.reading import read
from twin.recordings.recorder import Recorder


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("calibrate") / "healthy.h5"
    station = plants.station("FIRST")
    with Recorder(path, station.tags, station, "sim:") as recorder:
        for frame in plants.block("FIRST").frames():
            recorder.append(frame)
    return path


def test_a_table_of_parameters_is_printed_and_the_station_written(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new.toml"
    assert run(app, ["calibrate", str(recording), "--out", str(out)]) == DONE
    said = capsys.readouterr().out.splitlines()
    assert any(line.startswith("P101") and "head_scale" in line and line.endswith("identified") for line in said)
    assert any(line.startswith("P204") and line.endswith("kept: the pump never ran steadily") for line in said)
    assert read(out).pumps[0].calibration is not None


def test_the_same_is_told_as_json(recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["calibrate", str(recording), "--span", "+0..+300", "--out", str(tmp_path / "new.toml"), "--json"]
    assert run(app, command) == DONE
    told = json.loads(capsys.readouterr().out)
    assert told["samples"] == 300
    named = {(one["subject"], one["parameter"]): one for one in told["parameters"]}
    assert named["P204", "head_scale"]["identified"] is False
    assert named["P101", "head_scale"]["uncertainty"] > 0.0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--span", "+0..+30"], "holds only 30 samples"),
        (["--span", "+5000..+6000"], "has nothing in that span"),
        (["--station", "none"], "brings no station"),
        (["--station", "nowhere.toml"], "there is no such file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], sentence: str
) -> None:
    out = tmp_path / "new.toml"
    assert run(app, ["calibrate", str(recording), "--out", str(out), *options]) == UNUSABLE
    assert sentence in capsys.readouterr().err
    assert not out.exists()


def test_a_file_that_is_there_is_left_alone(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "mine.toml"
    out.write_text("mine")
    assert run(app, ["calibrate", str(recording), "--out", str(out)]) == UNUSABLE
    assert "is there already" in capsys.readouterr().err
    assert out.read_text() == "mine"
