"""Cyclic garbage is collected in the window's thread alone.

Python collects in whichever thread happens to allocate; a Qt object that dies in the acquisition thread takes the
process with it. While a window is open the collector's own turns are off, and the heartbeat takes them.
"""

from __future__ import annotations

import gc

_windows = 0


def hold() -> None:
    """From now on garbage waits for :func:`collect`; once for each window."""
    global _windows
    _windows += 1
    gc.disable()


def release() -> None:
    """A window has gone, its threads before it; with the last one the collector takes its own turns again."""
    global _windows
    _windows -= 1
    if _windows == 0:
        gc.enable()


def collect() -> None:
    """Do what the collector would have done by now: the youngest often, the older ones seldom."""
    for generation in (2, 1, 0):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
