"""What an anomaly is called in the window: its fault, or what is wrong with the whole feed."""

from __future__ import annotations

from twin.detectors.anomaly import Anomaly

OF_THE_FEED = ("missing", "frozen", "time", "scale")


def called(anomaly: Anomaly, fault: str | None = None) -> str:
    """The word for an anomaly, or for a ``fault`` that would explain it.

    A feed that fails bears the name of a sensor fault in the public contract, though no one sensor is to blame.
    """
    fault = fault or anomaly.fault
    if fault != anomaly.fault or not anomaly.evidence or anomaly.evidence[0].residual not in OF_THE_FEED:
        return fault
    return f"feed_{anomaly.evidence[0].residual}"
