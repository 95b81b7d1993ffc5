"""What is put on standard output about a recording's anomalies."""

from __future__ import annotations

from typing import Any

import pytest

from twin.detectors.anomaly import Anomaly, Evidence
from twin.saying import say_findings
from twin.telling import anomaly_told, in_sigmas

START = 1_768_147_200.0


def said(piece: Evidence, capsys: pytest.CaptureFixture[str]) -> str:
    """The line that tells an anomaly found by one piece of evidence."""
    found = Anomaly(1, "P101", "seal_leak", (), START, START + 2.0, None, "high", (piece,))
    told: dict[str, Any] = {"anomalies": [anomaly_told(found)], "alarms": [], "span": ["a", "b"], "alarm_load": None}
    say_findings(told, START, ())
    return capsys.readouterr().out.splitlines()[-1]


def test_a_residual_is_said_in_sigmas(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(Evidence("head", "PT-1", -3.2, "m", -9.4), capsys).endswith("head PT-1 -9.4σ")


@pytest.mark.parametrize(
    ("piece", "end"),
    [
        (Evidence("seal_leak_de", "LSH-1", 1.0, "", 999.0), "seal_leak_de LSH-1 1"),
        (Evidence("noise", "FT-1", 4.0, "of usual", 4.0), "noise FT-1 4 of usual"),
        (Evidence("frozen", "", 31.0, "s", 30.0), "frozen 31 s"),
        (Evidence("time", "", float("nan"), "s", 3.0), "time"),
    ],
)
def test_what_sigmas_say_nothing_of_is_said_as_it_was_measured(
    piece: Evidence, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = said(piece, capsys)
    assert line.endswith(end)
    assert "σ" not in line


@pytest.mark.parametrize("z", [999.0, -999.0, float("inf"), float("nan")])
def test_what_is_beyond_all_measure_is_not_said_in_sigmas(z: float) -> None:
    assert not in_sigmas("head", z)
