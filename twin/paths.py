"""Where the program's own files lie, and where it keeps what it must remember."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "assets"
REFERENCE_STATION = ASSETS / "b4" / "station.toml"
SCENARIOS = ASSETS / "scenarios"


def state_folder() -> Path:
    """The user's folder for the state of programs, ours in it; it need not be there yet."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir())) / "pumphouse"
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "pumphouse"
