"""Garbage that may hold Qt objects dies in the window's thread, whoever made it."""

from __future__ import annotations

import gc
import threading
import weakref

from app import litter


class Knot:
    """Garbage that only the cyclic collector finds."""

    def __init__(self) -> None:
        self.me = self


def busy() -> None:
    """Allocate enough to make the collector take a turn, if it may."""
    assert [Knot() for _ in range(5 * gc.get_threshold()[0])]


def test_garbage_dies_in_the_thread_that_collects_and_in_no_other() -> None:
    died_in: list[str] = []
    litter.hold()
    try:
        knot = Knot()
        weakref.finalize(knot, lambda: died_in.append(threading.current_thread().name))
        del knot
        thread = threading.Thread(target=busy, name="elsewhere")
        thread.start()
        thread.join()
        assert died_in == []
        litter.collect()
        gc.collect()
        assert died_in == [threading.current_thread().name]
    finally:
        litter.release()


def test_the_collector_takes_its_own_turns_again_when_the_last_window_has_gone() -> None:
    litter.hold()
    litter.hold()
    litter.release()
    assert not gc.isenabled()
    litter.release()
    assert gc.isenabled()
