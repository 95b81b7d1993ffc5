"""What ``make run`` does: the window on the demonstration, or, where there is no display, the same without one."""

from __future__ import annotations

import sys
from pathlib import Path

from app import display
from app.program import run
from app.wish import DEMONSTRATION, DONE, INTERRUPTED, UNUSABLE, Wish
from twin.detectors.anomaly import Anomaly
from twin.errors import StationError

LONGEST = 300.0  # s of station time that are run before giving up
SHOWN_AFTER = 20.0  # s after the anomaly was found that the picture is taken
PICTURE = Path("out") / "demonstration.png"


def main() -> int:
    """Show the demonstration; the exit status."""
    try:
        if display.can_be_seen():
            return run(Wish(DEMONSTRATION))
        return without_display()
    except StationError as error:
        sys.stderr.write(f"{error}\n")
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED


def without_display() -> int:
    """Run the same scene at full speed, say what is found as it is found, and leave a picture."""
    _say("There is no display here: running the demonstration without a window.")
    found_at = _first_anomaly()
    if found_at is None:
        _say(f"Nothing was found within {LONGEST:.0f} s of station time.")
        return DONE
    PICTURE.parent.mkdir(exist_ok=True)
    at = f"+{found_at + SHOWN_AFTER:.0f}"
    status = run(Wish(DEMONSTRATION, at=at, screenshot=PICTURE, headless=True))
    if status == DONE:
        _say(f"The window as it looks {SHOWN_AFTER:.0f} s later: {PICTURE.resolve()}")
    return status


def _first_anomaly() -> float | None:
    """Seconds from the start at which something is found; said as it is found."""
    from twin.pipeline import Twin
    from twin.sources.simulated import Simulated

    source = Simulated.open(DEMONSTRATION)
    twin = Twin(source.station, source.tags)
    began = None
    for frame in source.iter_frames():
        began = frame.at if began is None else began
        for anomaly in twin.step(frame).changed_anomalies:
            _say(_told(anomaly, began))
            return anomaly.detected - began
        if frame.at - began > LONGEST:
            return None
    return None


def _told(anomaly: Anomaly, began: float) -> str:
    surest = max(anomaly.candidates, key=lambda c: c.confidence, default=None)
    sure = f" ({surest.confidence:.0%} sure)" if surest else ""
    moved = ", ".join(f"{e.residual} {e.value:+.1f} {e.unit} ({e.z:+.1f} σ)" for e in anomaly.evidence)
    response = ", ".join(anomaly.response) or "look at it"
    return (
        f"+{anomaly.detected - began:.0f} s  {anomaly.priority}: {anomaly.equipment} {anomaly.fault}{sure}, "
        f"began about +{anomaly.since - began:.0f} s; {moved}; next: {response}"
    )


def _say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
