"""A fault of ours: it is written down where it can be found, and said in one sentence, never as a traceback."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QStandardPaths, qVersion

import twin


def folder() -> Path:
    """Where reports lie."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)) / "reports"


def report(error: BaseException, at: float, where: Path | None = None) -> Path:
    """Write a report of a fault found at a time; where it lies."""
    where = where or folder()
    where.mkdir(parents=True, exist_ok=True)
    moment = datetime.fromtimestamp(at, UTC)
    path = where / f"{moment:%Y%m%dT%H%M%SZ}-{type(error).__name__}.txt"
    lines = [
        f"Pumphouse {twin.__version__}",
        f"at {moment.isoformat(timespec='seconds')}",
        f"Python {sys.version}",
        f"Qt {qVersion()}",
        platform.platform(),
        "",
        *traceback.format_exception(error),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


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
