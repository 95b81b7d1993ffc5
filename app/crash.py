"""Faults that nobody caught: shown in the window instead of as a traceback. (Reports: twin.crashing.)"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType


def catch(show: Callable[[BaseException], None]) -> Callable[[], None]:
    """Have every fault that nobody caught shown; the answer puts things back as they were."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            before(kind, error, trace)
        else:
            show(error)

    sys.excepthook = hook

    def restore() -> None:
        sys.excepthook = before

    return restore
