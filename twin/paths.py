"""Where the program's own files lie."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
REFERENCE_STATION = ASSETS / "b4" / "station.toml"
SCENARIOS = ASSETS / "scenarios"
