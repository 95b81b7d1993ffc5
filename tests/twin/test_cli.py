"""The command line: what it answers, what it refuses, and with which status."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.twin.recordings.material import frames, recorded
from twin import cli, crashing
from twin.paths import REFERENCE_STATION
from twin.recordings.recording import Recording
from twin.simulation.plant import Plant

BIN = [sys.executable, "-m", "app"]


def run(*words: object) -> int:
    return cli.run(cli.app, [str(word) for word in words])


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("simulated") / "r.h5"
    assert run("simulate", "--out", path, "--scenario", "cavitation", "--duration", "90s", "--seed", 3) == 0
    return path


# ---- stories --------------------------------------------------------------------------------------------------------


def test_simulate_info_analyse_export_import_in_a_row(
    simulated: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("info", simulated, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["station"], told["frames"], told["tags"]) == ("recording", "B4", 90, 992)
    assert told["truth"][0]["fault"] == "cavitation"
    assert told["span"][0] == "2026-01-11T16:00:00.000Z"

    assert run("analyse", simulated, "--events", tmp_path / "e.json", "--scores", tmp_path / "s.csv") == 0
    table = capsys.readouterr().out
    assert re.search(r"P102 +cavitation", table)
    assert json.loads((tmp_path / "e.json").read_text())["anomalies"][0]["fault"] == "cavitation"
    assert len((tmp_path / "s.csv").read_text().splitlines()) == 91

    assert run("export", simulated, "--out", tmp_path / "x.csv", "--tags", "B4-PT-1*", "--span", "+10..+20") == 0
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 11
    capsys.readouterr()

    assert run("import", tmp_path / "x.csv", "--out", tmp_path / "y.h5") == 0
    assert "10 rows" in capsys.readouterr().out
    with Recording.open(tmp_path / "y.h5") as recording:
        assert recording.station is not None
        assert recording.row_count == 10


def test_the_same_seed_gives_the_same_recording(simulated: Path, tmp_path: Path) -> None:
    run("simulate", "--out", tmp_path / "r.h5", "--scenario", "cavitation", "--duration", "90s", "--seed", 3)
    assert (tmp_path / "r.h5").read_bytes() == simulated.read_bytes()


def test_a_real_pump_loop_is_scored_as_it_lies(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = shared_data / "pump_loop" / "valve1-0.csv"
    words = ["analyse", file, "--station", "none", "--healthy", "+0..+399", "--scores", tmp_path / "s.csv", "--json"]
    assert run(*words) == 0
    assert json.loads(capsys.readouterr().out)["station"] is None
    assert len((tmp_path / "s.csv").read_text().splitlines()) == 1148


def test_a_real_pump_loop_is_imported_with_its_map(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--out", tmp_path / "r.h5", "--map", ROOT / "tests" / "maps" / "pump_loop.toml"]
    assert run("import", shared_data / "pump_loop" / "other-9.csv", *words) == 0
    assert "1144 rows of 10 columns" in capsys.readouterr().out
    with Recording.open(tmp_path / "r.h5") as recording:
        labels = recording.events(0, float("inf"))
        assert {event.kind for event in labels} == {"label"}
        assert recording.station is None


def test_scenarios_are_listed_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("scenarios") == 0
    lines = capsys.readouterr().out.splitlines()
    assert run("scenarios", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [line.split()[0] for line in lines] == [one["name"] for one in told]
    assert any(one["faults"] == ["impeller_wear"] for one in told)


def test_the_reference_station_is_sound_and_described(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", REFERENCE_STATION, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["tags"], len(told["pumps"])) == ("station", 992, 8)
    assert run("info", REFERENCE_STATION) == 0
    assert re.search(r"^pumps +P101 P102", capsys.readouterr().out, flags=re.MULTILINE)


def test_every_mistake_of_a_station_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = 'format = "pumphouse-station"\nversion = 1\nstation = {id = "S"}\ntags = [\n {name = "A"},\n {name = "A"},\n'
    path = tmp_path / "station.toml"
    path.write_text(text + ' {name = "B", unti = "m"},\n]\n')
    assert run("check", path) == 3
    said = capsys.readouterr()
    assert re.search(r"^line 6: .*A", said.out, flags=re.MULTILINE)
    assert re.search(r"^line 7: .*unti.*unit", said.out, flags=re.MULTILINE)
    assert said.err == f"{path}: has 2 mistakes. Correct what is listed.\n"
    assert run("check", path, "--json") == 3
    assert [one["line"] for one in json.loads(capsys.readouterr().out)] == [6, 7]


# ---- refusals -------------------------------------------------------------------------------------------------------


@pytest.fixture
def unusable(tmp_path: Path) -> Path:
    """A folder of files that are not what they should be."""
    (tmp_path / "empty.h5").touch()
    (tmp_path / "noise.h5").write_bytes(bytes(range(256)) * 12)
    (tmp_path / "bad.toml").write_text("tags = [")
    (tmp_path / "x.csv").write_text("a;b\n")
    (tmp_path / "empty.glb").touch()
    whole = recorded(tmp_path / "whole.h5", frames(900))
    (tmp_path / "cut.h5").write_bytes(whole.read_bytes()[:-3000])
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        "info nowhere.h5",
        "info empty.h5",
        "info noise.h5",
        "info cut.h5",
        "info bad.toml",
        "info empty.glb",
        "info nowhere.glb",
        "info x.csv",
        "analyse noise.h5",
        "analyse x.csv",
        "analyse whole.h5",
        "analyse whole.h5 --station bad.toml",
        "analyse whole.h5 --healthy +0..+10",
        "check bad.toml",
        "check whole.h5",
        "check nowhere.toml",
        "import x.csv --out y.h5",
        "import nowhere.csv --out y.h5",
        "import whole.h5 --out y.h5",
        "import x.csv --out x.csv",
        "export noise.h5 --out y.csv",
        "export whole.h5 --out whole.h5",
        "export whole.h5 --out y.csv --every 0s",
        "simulate --out y.h5 --scenario nonesuch",
        "simulate --out nowhere/y.h5 --duration 5s",
        "simulate --out x.csv --duration 5s",
        "simulate --out y.h5 --station none",
        "watch nonesuch:",
        "watch noise.h5",
        "watch whole.h5 --record whole.h5",
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence_with_status_3(
    unusable: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    monkeypatch.chdir(unusable)
    before = {path.name: path.read_bytes() for path in unusable.iterdir()}
    assert run(*words.split()) == 3
    said = capsys.readouterr().err
    assert 1 <= len(said.splitlines()) <= 2
    assert said.rstrip().endswith((".", "?"))
    assert {path.name: path.read_bytes() for path in unusable.iterdir()} == before


@pytest.mark.parametrize("words", ["nonesuch", "info", "simulate", "simulate --out", "info --nonesuch x", "export x"])
def test_a_wrong_command_line_has_status_2(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words.split()) == 2
    assert "--help` tells more." in capsys.readouterr().err


def test_a_fault_of_ours_has_status_1_and_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("twin.describing.described", lambda *asked: 1 / 0)
    assert run("info", "x.h5") == 1
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    report = Path(said.err.strip().rpartition(" ")[2])
    assert report.parent == crashing.folder()
    assert "ZeroDivisionError" in report.read_text()


def test_a_full_disk_ends_a_simulation_with_a_sentence_and_keeps_what_there_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    through, room = os.pwrite, [400_000]  # some frames of values, and what cameras see meanwhile

    def pwrite(handle: int, data: bytes, offset: int) -> int:
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = through(handle, memoryview(data)[: room[0]], offset)
        room[0] -= written
        return written

    monkeypatch.setattr(os, "pwrite", pwrite)
    assert run("simulate", "--out", tmp_path / "r.h5", "--duration", "60s") == 3
    assert "no space left on device" in capsys.readouterr().err
    monkeypatch.undo()
    assert run("info", tmp_path / "r.h5", "--json") == 0
    assert json.loads(capsys.readouterr().out)["frames"] > 5


# ---- interruption ---------------------------------------------------------------------------------------------------


def test_ctrl_c_while_simulating_leaves_a_whole_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    step = Plant.step

    def interrupted(plant: Plant) -> object:
        if plant.now >= plant.start + 20:
            raise KeyboardInterrupt
        return step(plant)

    monkeypatch.setattr(Plant, "step", interrupted)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    assert run("simulate", "--out", tmp_path / "r.h5", "--duration", "60s") == 130
    assert capsys.readouterr().err == "Interrupted.\n"
    with Recording.open(tmp_path / "r.h5") as recording:
        assert recording.closed
        assert recording.row_count == 20


def test_ctrl_c_while_watching_leaves_a_whole_recording(tmp_path: Path) -> None:
    path = tmp_path / "r.h5"
    words = ["watch", "sim:?scenario=demo", "--record", str(path)]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, and inherited
    child = subprocess.Popen([*BIN, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    while recorded_so_far(path) < 2:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=0.2)
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=30)
    assert (child.returncode, said) == (130, "Interrupted.\n")
    with Recording.open(path) as recording:
        assert recording.closed
        assert recording.row_count >= 2


def recorded_so_far(path: Path) -> int:
    """Frames in a recording that is being made, asked while it is."""
    if not path.exists():
        return 0
    with Recording.open(path) as recording:
        return recording.row_count


# ---- manners --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["simulate", "scenarios", "watch", "analyse", "import", "export", "info", "check"])
def test_every_command_has_help_that_names_its_options(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(command, "--help") == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Usage: pumphouse {command}")
    assert "Options:" in said


def test_the_version_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert re.fullmatch(r"pumphouse \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_nothing_but_the_result_is_on_standard_output_and_nothing_on_a_standard_error_that_is_no_terminal(
    simulated: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run("analyse", simulated, "--json") == 0
    said = capsys.readouterr()
    assert said.err == ""
    json.loads(said.out)


def test_whoever_stops_reading_is_not_told_so(simulated: Path) -> None:
    child = subprocess.run(
        f"{sys.executable} -m app info {simulated} --json | head -1",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert child.stdout == "{\n"
    assert child.stderr == ""


def test_the_headless_commands_load_neither_window_nor_plant() -> None:
    asked = "import sys, twin.cli; print([m for m in ('PySide6', 'vtkmodules', 'h5py', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "words",
    [
        "simulate --out y.h5 --duration 5parsec",
        "simulate --out y.h5 --start +5",
        "analyse whole.h5 --healthy soon",
        "export whole.h5 --out y.csv --span 1",
    ],
)
def test_a_time_that_cannot_be_understood_is_a_wrong_command_line(
    unusable: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: str
) -> None:
    monkeypatch.chdir(unusable)
    before = {path.name: path.read_bytes() for path in unusable.iterdir()}
    assert run(*words.split()) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert {path.name: path.read_bytes() for path in unusable.iterdir()} == before


def test_a_healthy_span_beyond_the_recording_is_refused(tmp_path: Path) -> None:
    recording = str(tmp_path / "a.h5")
    assert run("simulate", "--out", recording, "--duration", "5s") == 0
    assert run("analyse", recording, "--healthy", "+900..+950") == 3
