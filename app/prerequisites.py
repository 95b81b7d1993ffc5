"""What the machine must have before the window can open: asked before anything is installed.

Runs with the machine's own Python and the standard library alone, so that a bare machine gets a sentence and one
command instead of a loader's error. ``python3 app/prerequisites.py`` is what the Makefile calls.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys

NEEDED_PYTHON = (3, 11)

# What Qt's and VTK's shared objects ask the loader for: library, and the Debian package that brings it.
LIBRARIES = (
    ("libglib-2.0.so.0", "libglib2.0-0"),
    ("libfontconfig.so.1", "libfontconfig1"),
    ("libfreetype.so.6", "libfreetype6"),
    ("libdbus-1.so.3", "libdbus-1-3"),
    ("libGL.so.1", "libgl1"),
    ("libEGL.so.1", "libegl1"),
    ("libEGL_mesa.so.0", "libegl-mesa0"),
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libxcb-cursor.so.0", "libxcb-cursor0"),
    ("libxcb-icccm.so.4", "libxcb-icccm4"),
    ("libxcb-image.so.0", "libxcb-image0"),
    ("libxcb-keysyms.so.1", "libxcb-keysyms1"),
    ("libxcb-randr.so.0", "libxcb-randr0"),
    ("libxcb-render-util.so.0", "libxcb-render-util0"),
    ("libxcb-shape.so.0", "libxcb-shape0"),
    ("libxcb-shm.so.0", "libxcb-shm0"),
    ("libxcb-sync.so.1", "libxcb-sync1"),
    ("libxcb-util.so.1", "libxcb-util1"),
    ("libxcb-xfixes.so.0", "libxcb-xfixes0"),
    ("libxcb-xkb.so.1", "libxcb-xkb1"),
)


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_packages() -> list[str]:
    """Debian packages whose library the loader does not find; none where the system is not Linux."""
    if not sys.platform.startswith("linux"):
        return []
    return [package for library, package in LIBRARIES if not _loads(library)]


def missing_python() -> str:
    """A sentence about the Python that runs this, or an empty string where it will do."""
    wanted = ".".join(map(str, NEEDED_PYTHON))
    if sys.version_info < NEEDED_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        return (
            f"Python {found} is too old: Pumphouse needs {wanted} or newer. Name one with: make PYTHON=python{wanted}"
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        return f"This Python cannot make a virtual environment. Install it with: apt-get install -y {package}"
    return ""


def _install(packages: list[str]) -> bool:
    """Install Debian packages as root; whether every command went well."""
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    commands = (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
    )
    # apt's own chatter goes to standard error: standard output is for what was asked
    return all(subprocess.run(c, env=environment, check=False, stdout=sys.stderr).returncode == 0 for c in commands)


def _is_debian_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


def main() -> int:
    """Say what is missing, install it where we may; 0 when nothing is missing any more."""
    python = missing_python()
    if python:
        _say(python)
        return 3
    packages = missing_packages()
    if not packages:
        return 0
    command = "apt-get install -y " + " ".join(packages)
    _say(f"System libraries that Qt and OpenGL need are missing: {', '.join(packages)}.")
    if _is_debian_root():
        _say(f"Installing them: {command}")
        _install(packages)
        packages = missing_packages()
        if not packages:
            return 0
        _say(f"Still missing: {', '.join(packages)}.")
    _say(f"Install them with: sudo {command}")
    return 3


if __name__ == "__main__":
    sys.exit(main())
