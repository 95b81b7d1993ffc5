"""Anomalies, alarms and events as other programs read them: the names of the public contract, times in UTC."""

from __future__ import annotations

import math
from typing import Any

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.signals import Event
from twin.times import iso

NOT_IN_SIGMAS = frozenset({"missing", "frozen", "time", "scale", "noise", "strangeness"})
MOST_SIGMAS = 999.0  # what detectors say of a switch, and at most of anything


def anomaly_told(anomaly: Anomaly) -> dict[str, Any]:
    """One anomaly."""
    return {
        "id": anomaly.id,
        "equipment": anomaly.equipment,
        "fault": anomaly.fault,
        "candidates": [{"fault": c.fault, "confidence": round(c.confidence, 4)} for c in anomaly.candidates],
        "since": iso(anomaly.since),
        "detected": iso(anomaly.detected),
        "until": _time(anomaly.until),
        "priority": anomaly.priority,
        "evidence": [
            {"residual": e.residual, "tag": e.tag, "value": _number(e.value), "unit": e.unit, "z": _number(e.z)}
            for e in anomaly.evidence
        ],
        "response": list(anomaly.response),
    }


def in_sigmas(residual: str, z: float) -> bool:
    """Whether standard deviations say anything about a piece of evidence; of switches and of counts they do not."""
    return residual not in NOT_IN_SIGMAS and math.isfinite(z) and abs(z) < MOST_SIGMAS


def alarm_told(alarm: Alarm) -> dict[str, Any]:
    """One alarm."""
    return {
        "id": alarm.id,
        "tag": alarm.tag,
        "equipment": alarm.equipment,
        "rule": alarm.rule,
        "priority": alarm.priority,
        "state": alarm.state,
        "since": iso(alarm.since),
        "until": _time(alarm.until),
        "value": _number(alarm.value),
        "limit": _number(alarm.limit),
        "unit": alarm.unit,
        "first_out": alarm.first_out,
        "votes": [alarm.votes, alarm.voters] if alarm.voters else None,
        "shelved_until": _time(alarm.shelved_until),
        "by": alarm.silenced_by or alarm.acknowledged_by,
        "text": {"en": alarm.text.en, "zh": alarm.text.zh},
        "guidance": {"en": alarm.guidance.en, "zh": alarm.guidance.zh},
    }


def event_told(event: Event) -> dict[str, Any]:
    """One event of any other kind."""
    return {
        "at": iso(event.at),
        "kind": event.kind,
        "subject": event.subject,
        "text": {"en": event.text.en, "zh": event.text.zh},
        "data": dict(event.data),
    }


def _time(at: float | None) -> str | None:
    return iso(at) if at is not None else None


def _number(value: float) -> float | None:
    """To six significant digits; None for what JSON does not know."""
    return float(f"{value:.6g}") if math.isfinite(value) else None
