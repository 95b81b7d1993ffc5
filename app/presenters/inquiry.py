"""One question at a time to the station's memory, and how far its last answer reaches."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable

from app.messages import RangeAnswer, RangeQuery, Request

MARGIN = 0.5  # of what is shown
COARSENING = 2.0  # buckets wider or narrower than wanted by this are asked for anew
FEWEST = 2  # buckets that are asked for
NEW_ENOUGH = 0.9  # s of new data that are worth asking for
_TICKETS = itertools.count(1)  # one row for the whole window, so that every answer finds its question
PATIENCE = 90  # mails after which an answer is no longer waited for


class Inquiry:
    """Asks for ranges, never a second time before the first is answered, and not for what is there already."""

    def __init__(self, ask: Callable[[Request], None]) -> None:
        self._ask = ask
        self._asked: RangeQuery | None = None
        self._loaded: RangeQuery | None = None
        self._waited = 0

    @property
    def pending(self) -> bool:
        """Whether an answer is being waited for."""
        return self._asked is not None

    def wait(self) -> None:
        """Another mail has come. An answer that stays away too long is given up."""
        self._waited += 1
        if self._waited > PATIENCE:
            self._asked = None

    def want(
        self, columns: Iterable[int], shown: tuple[float, float], span: tuple[float, float], bucket: float
    ) -> None:
        """See to it that some tags are there, in buckets of about ``bucket`` seconds, for the times ``shown``.

        ``span`` is what is remembered so far. Half as much again is asked for on either side, when there is need to
        ask at all, so that panning shows something at once.
        """
        columns = tuple(columns)
        since, until = max(shown[0], span[0]), min(shown[1], span[1])
        nothing = not columns or not until >= since  # a single sample's time begins where it ends
        if self._asked is not None or nothing or self._is_there(columns, since, until, bucket):
            return
        margin = MARGIN * (shown[1] - shown[0])
        since, until = max(since - margin, span[0]), math.nextafter(min(until + margin, span[1]), math.inf)
        buckets = max(FEWEST, round((until - since) / bucket))
        self._asked = RangeQuery(next(_TICKETS), columns, since, until, buckets)
        self._waited = 0
        self._ask(self._asked)

    def is_answered_by(self, answer: RangeAnswer) -> bool:
        """Whether this is the answer that was waited for; from now on it is there."""
        if self._asked is None or answer.ticket != self._asked.ticket:
            return False
        self._loaded, self._asked = self._asked, None
        return True

    def forget(self) -> None:
        """Nothing that was answered holds any longer."""
        self._loaded = None

    def _is_there(self, columns: tuple[int, ...], since: float, until: float, bucket: float) -> bool:
        loaded = self._loaded
        if loaded is None or not set(columns) <= set(loaded.columns):
            return False
        width = (loaded.until - loaded.since) / loaded.buckets
        reaches = loaded.since <= since and until - loaded.until < max(NEW_ENOUGH, bucket)
        not_too_fine = loaded.buckets == FEWEST or bucket / COARSENING <= width
        return reaches and not_too_fine and width <= bucket * COARSENING
