"""Analysing: recordings by their station's model, foreign data by its healthy span."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from twin.analysis import Data, Findings, analyse, write_events, write_scores
from twin.errors import StationError
from twin.plant.reading import read
from twin.recordings.importers.foreign import import_sheet
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.saying import say_findings
from twin.simulation.plant import Plant

START = 1_768_147_200.0


def silent(share: float) -> None:
    """Nobody asks how far it is."""


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose flow drops for a minute after ten sound minutes, its rows upside down."""
    path = tmp_path_factory.mktemp("foreign") / "loop.csv"
    random = np.random.default_rng(1)
    flow, power = 100 + random.normal(size=900), 20 + random.normal(size=900)
    flow[700:760] -= 30
    rows = [f"{START + i:.0f},{flow[i]:.4f},{power[i]:.4f}" for i in range(900)]
    path.write_text("\n".join(["time,flow,power", *rows[::-1]]) + "\n")
    return path


def found(path: Path, until: float = 600.0) -> Findings:
    return analyse(Data.of_sheet(import_sheet(path, None)), (START, START + until), silent)


def test_foreign_data_is_judged_by_what_its_healthy_span_teaches(foreign: Path) -> None:
    findings = found(foreign)
    assert len(findings.anomalies) == 1
    anomaly = findings.anomalies[1]
    assert anomaly.equipment == "flow"
    assert anomaly.fault == "unknown"
    assert START + 700 <= anomaly.detected <= START + 720
    assert anomaly.until is not None
    assert anomaly.evidence[0].tag == "flow"


def test_no_row_of_the_healthy_span_is_flagged_and_later_rows_do_not_change_earlier_ones(
    foreign: Path, tmp_path: Path
) -> None:
    whole = list(found(foreign).rows)
    assert not any(anomaly for at, _, anomaly in whole if at < START + 600)
    header, *rows = foreign.read_text().splitlines()
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("\n".join([header, *rows[-800:]]) + "\n")
    assert list(found(shorter).rows) == whole[:800]


def test_scores_have_a_row_for_each_row_of_the_file_in_its_order(foreign: Path, tmp_path: Path) -> None:
    findings = found(foreign)
    write_scores(findings, tmp_path / "scores.csv")
    with (tmp_path / "scores.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["time", "score", "anomaly"]
    assert len(rows) == 900
    assert rows[0]["time"] == "2026-01-11T16:14:59.000Z"
    assert rows[-1]["time"] == "2026-01-11T16:00:00.000Z"
    assert all(float(row["score"]) >= 0 and row["anomaly"] in "01" for row in rows)


def test_without_a_model_a_healthy_span_is_asked_for(foreign: Path) -> None:
    with pytest.raises(StationError, match=r"such as --healthy \+0..\+400"):
        analyse(Data.of_sheet(import_sheet(foreign, None)), None, silent)


def test_a_recording_is_judged_by_the_station_it_brings(tmp_path: Path) -> None:
    station = read()
    plant = Plant(station, 3, START, "cavitation")
    with Recorder(tmp_path / "r.h5", station.tags, station) as recorder:
        for _ in range(90):
            recorder.append(plant.step())
    with Recording.open(tmp_path / "r.h5") as recording:
        findings = analyse(Data.of_recording(recording, recording.station), None, silent)
    assert [(a.equipment, a.fault) for a in findings.anomalies.values()] == [("P102", "cavitation")]
    assert len(findings.rows) == 90
    for at, score, anomaly in findings.rows:
        assert anomaly == (at >= findings.anomalies[1].detected)
        assert (score >= 1) == anomaly
    write_events(findings, tmp_path / "events.json")
    told = json.loads((tmp_path / "events.json").read_text())
    assert list(told) == ["recording", "station", "model_version", "span", "anomalies", "alarms"]
    assert told["station"] == "B4"
    assert told["span"] == ["2026-01-11T16:00:00.000Z", "2026-01-11T16:01:29.000Z"]


def test_a_recording_of_nothing_is_refused(tmp_path: Path) -> None:
    with Recorder(tmp_path / "r.h5", read().tags):
        pass
    with (
        Recording.open(tmp_path / "r.h5") as recording,
        pytest.raises(StationError, match="holds no frames"),
    ):
        analyse(Data.of_recording(recording, None), None, silent)


def test_findings_that_cannot_be_written_are_said(foreign: Path, tmp_path: Path) -> None:
    with pytest.raises(StationError, match="cannot be written"):
        write_scores(found(foreign), tmp_path / "nowhere" / "scores.csv")


def test_the_load_of_alarms_is_told_beside_the_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    load = {"raised": 15, "per_window": 15.0, "worst": 15, "floods": 1, "flooded": 0.72, "most_standing": 9, "stale": 0,
            "chattering": ("B4-PT-10101 L",)}  # fmt: skip
    said = {"anomalies": [], "alarms": [], "span": ["a", "b"], "alarm_load": load}
    say_findings(said, START, ())
    line = "alarms: 15 per 10 min (EEMUA 191: 1), at worst 15, 1 flood (72.0% of the time), at most 9 standing, 0 stale"
    assert f"{line}, chattering: B4-PT-10101 L" in capsys.readouterr().out
