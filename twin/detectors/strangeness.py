"""From a learned score to anomalies: data that no model describes can only be said to be strange."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.detectors.anomaly import Anomaly, Candidate, Evidence
from twin.detectors.learned import Score
from twin.signals import TagTable

TOLD = 3  # tags that are told as evidence


class Strangeness:
    """Opens an anomaly of unknown fault when the score says so, and ends it when it no longer does."""

    def __init__(self, tags: TagTable) -> None:
        self._tags = tags
        self._next_id = 1
        self.standing: Anomaly | None = None

    def step(self, at: float, score: Score) -> tuple[Anomaly, ...]:
        """What a row's score changed."""
        if score.anomaly and self.standing is None:
            self.standing = self._opened(at, score)
            return (self.standing,)
        if not score.anomaly and self.standing is not None:
            ended = replace(self.standing, until=at)
            self.standing = None
            return (ended,)
        return ()

    def _opened(self, at: float, score: Score) -> Anomaly:
        strangest = np.argsort(-score.contributions)[:TOLD]
        told = [(self._tags[int(i)].name, float(score.contributions[i])) for i in strangest]
        evidence = tuple(
            Evidence("strangeness", name, share, "of threshold", share) for name, share in told if share > 0
        )
        anomaly = Anomaly(
            id=self._next_id,
            equipment=told[0][0] if told else "",
            fault="unknown",
            candidates=(Candidate("unknown", 1.0),),
            since=at,
            detected=at,
            until=None,
            priority="medium",
            evidence=evidence,
        )
        self._next_id += 1
        return anomaly
