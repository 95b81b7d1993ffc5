"""Whether there is a display here, asked without Qt: Qt would end the whole program where there is none."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from twin.errors import StationError

UNSEEN = ("offscreen", "minimal", "minimalegl")


def prepare(headless: bool) -> None:
    """Choose Qt's platform before Qt is imported. Raises StationError where a display is needed and there is none."""
    if headless:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    elif not is_there():
        raise StationError("the window", "there is no display here to open it on", "Add --headless, or set DISPLAY")


def is_there(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a window can be opened: on Linux an X or Wayland display that answers, or a platform chosen by hand."""
    if not sys.platform.startswith("linux") or environment.get("QT_QPA_PLATFORM"):
        return True
    return _wayland_answers(environment) or (bool(environment.get("DISPLAY")) and _x_answers(environment["DISPLAY"]))


def can_be_seen(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody would see a window: Qt's off-screen platforms open one that nobody does."""
    return environment.get("QT_QPA_PLATFORM", "").partition(":")[0] not in UNSEEN and is_there(environment)


def _wayland_answers(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY")
    return bool(name) and (Path(environment.get("XDG_RUNTIME_DIR", "/")) / str(name)).is_socket()


def _x_answers(name: str) -> bool:
    try:
        library = ctypes.CDLL("libX11.so.6")
    except OSError:
        return False
    library.XOpenDisplay.restype = ctypes.c_void_p
    library.XOpenDisplay.argtypes = [ctypes.c_char_p]
    display = library.XOpenDisplay(name.encode())
    if not display:
        return False
    library.XCloseDisplay.argtypes = [ctypes.c_void_p]
    library.XCloseDisplay(display)
    return True
