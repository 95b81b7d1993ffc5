"""A bare machine is told what it lacks, in one sentence with one command."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app import prerequisites
from tests.conftest import ROOT


def test_a_machine_that_has_everything_is_told_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert prerequisites.main() == 0
    assert capfd.readouterr() == ("", "")


def test_every_library_has_a_package_that_brings_it() -> None:
    assert all(library.startswith("lib") and ".so." in library for library, _ in prerequisites.LIBRARIES)
    assert len({package for _, package in prerequisites.LIBRARIES}) == len(prerequisites.LIBRARIES)


def test_a_plain_user_is_given_the_one_command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prerequisites, "LIBRARIES", (("libnowhere.so.7", "libnowhere7"),))
    monkeypatch.setattr(prerequisites, "_is_debian_root", lambda: False)
    assert prerequisites.main() == 3
    assert "sudo apt-get install -y libnowhere7" in capfd.readouterr().err


def test_root_has_it_installed_and_is_told_when_that_does_not_help(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(prerequisites, "LIBRARIES", (("libnowhere.so.7", "libnowhere7"),))
    monkeypatch.setattr(prerequisites, "_is_debian_root", lambda: True)
    monkeypatch.setattr(prerequisites, "_install", lambda packages: asked.append(packages))
    assert prerequisites.main() == 3
    assert asked == [["libnowhere7"]]
    assert "Still missing: libnowhere7" in capfd.readouterr().err


def test_an_old_python_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prerequisites, "NEEDED_PYTHON", (99, 0))
    assert "needs 99.0 or newer" in prerequisites.missing_python()


def test_it_runs_with_the_standard_library_alone() -> None:
    asked = [sys.executable, "-S", "-I", str(ROOT / "app" / "prerequisites.py")]
    assert subprocess.run(asked, check=False, capture_output=True).returncode == 0
