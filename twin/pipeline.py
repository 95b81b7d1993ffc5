"""The whole twin as one fold: frames in, snapshots out. Live running, replay, analysis and tests all run it."""

from __future__ import annotations

from dataclasses import dataclass

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.detectors.residual import Residuals
from twin.plant.model import PumpState
from twin.signals import Event, Frame


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is known at one instant, immutable.

    ``anomalies`` and ``alarms`` are those standing; ``changed_anomalies``, ``changed_alarms`` and ``events`` are what
    this frame brought, so that whoever reads every snapshot misses nothing.
    """

    frame: Frame
    pumps: tuple[PumpState, ...]
    residuals: Residuals
    anomalies: tuple[Anomaly, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    changed_anomalies: tuple[Anomaly, ...] = ()
    changed_alarms: tuple[Alarm, ...] = ()
    events: tuple[Event, ...] = ()
