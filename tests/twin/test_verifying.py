"""``pumphouse info --verify``: a flipped byte is found, said in a sentence, and nothing else is lost."""

from __future__ import annotations

import json
from pathlib import Path

import h5py
import pytest

from tests.twin.recordings.material import frames, recorded
from twin import cli


def run(*words: object) -> int:
    return cli.run(cli.app, [str(word) for word in words])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return recorded(tmp_path / "r.h5", frames(1000))


def test_a_whole_recording_is_verified(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", path, "--verify", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["verified"], told["damaged"]) == (True, [])
    assert run("info", path, "--json") == 0
    assert "verified" not in json.loads(capsys.readouterr().out)


def test_a_flipped_byte_is_found_and_where_it_is_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with h5py.File(path) as file:
        at = file["values/byte0"].id.get_chunk_info(0).byte_offset
    content = bytearray(path.read_bytes())
    content[at + 33] ^= 4
    path.write_bytes(content)
    assert run("info", path, "--verify", "--json") == 3
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["verified"] is False
    assert told["damaged"] == [told["span"]]
    assert said.err == (f"{path}: is damaged in 1 place. What is damaged reads as missing: take it from a copy.\n")


def test_only_recordings_are_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("info", tmp_path / "station.toml", "--verify") == 2
    assert "is for recordings" in capsys.readouterr().err
