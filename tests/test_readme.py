"""The README keeps its word: every command in it is executed here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent

# How each kind of command is run here: as it stands, or so that nothing is fetched and nobody is called twice.
_WITHOUT_FETCHING = {
    "make run": [sys.executable, "-m", "app.demonstration"],
    "make test": ["make", "--dry-run", "test"],
    "make bench": ["make", "--dry-run", "bench"],
}


def commands(language: str) -> list[str]:
    """Every line of the README's code blocks in a language, without comments."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)
    lines = (line.split("  #")[0].strip() for block in blocks for line in block.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def run(words: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "QT_QPA_PLATFORM": "offscreen"}
    environment.pop("DISPLAY", None)
    return subprocess.run(
        words,
        cwd=cwd,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )


def test_every_shell_command_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    for name in ("assets", "recordings", "tests", "Makefile", "pyproject.toml", "requirements.lock"):
        (tmp_path / name).symlink_to(ROOT / name)
    told = commands("sh")
    assert any(line.startswith("pumphouse simulate") for line in told)
    for line in told:
        if line.startswith("make") and line not in _WITHOUT_FETCHING:
            pytest.fail(f"no way to run '{line}' in a test")
        done = run(_WITHOUT_FETCHING.get(line) or headless(line), ROOT if line.startswith("make") else tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"


def headless(line: str) -> list[str]:
    """The words of a command; one that would open a window takes its picture instead."""
    words = shlex.split(line)
    opens = words[:2] == ["pumphouse", "view"] and "--screenshot" not in words
    return [*words, "--headless", "--screenshot", "window.png"] if opens else words


def test_the_commands_for_windows_would_be_understood(tmp_path: Path) -> None:
    uv = BIN / "uv"
    if not uv.exists():
        pytest.fail("uv is a development dependency: make test installs it")
    told = commands("bat")
    assert told
    for line in told:
        words = shlex.split(line.replace("\\", "/"))
        if words[0] == "uv":
            understood = run([str(uv), *words[1:3], "--help"], tmp_path)
            assert understood.returncode == 0, line
            for option in (w for w in words if w.startswith("--")):
                assert option in understood.stdout, f"{line}: uv knows no {option}"
        else:
            program = Path(words[0]).name.removesuffix(".exe")
            assert (BIN / program).exists() or shutil.which(program), line


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
