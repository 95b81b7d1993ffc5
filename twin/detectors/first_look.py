"""What was wrong from the first frame on: an offset that no build difference explains is not learned for normal.

A residual's offset starts at what the station file says and is learned within seconds, so that a recording that
begins broken would be taken for a station built so. Where what was learned lies further off than builds and
transmitters differ (:attr:`twin.detectors.kinds.Kind.prior`), and the sisters of the same circuit do not, it is taken
back: the pump is judged by its file, and unsurely. Where several are off alike, the file is wrong and not the pumps.

How a pump shook before is not known either. What bears witness (shaking, envelopes, unrest) is then compared with its
sisters: one that is also twice as loud as they are need not be off as far.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from twin.detectors.channels import Channels
from twin.detectors.watch import Watch
from twin.plant.binding import Middle, or_zero
from twin.signals import Floats

BEYOND = 2.0  # of the spread of builds and transmitters: further off is none as it was delivered
SEEN = 12  # samples after which an offset may be held against that
FEWEST = 2  # sisters with which a pump's shaking is compared
GIVEN_UP = 60.0  # s without a sum beyond its threshold after which a pump that was taken back is learned again
LOUD = 70.0  # % (natural logarithm) by which a pump shakes more than its sisters beyond how they are built: twofold
LISTENS = 5.0  # s between two times that this is reckoned
LOUDLY = 0.5  # of the limit: how far one that does must be off
WITNESSES = ("vibration", "envelope")
LEFT_OUT = frozenset({"flow_balance", "backflow"})  # of which there is but one, or which a pump has while it stands


class FirstLook:
    """Watches over what is learned of the channels (m,); ``held`` are those that are judged by the station file."""

    def __init__(self, channels: Channels) -> None:
        self._channels = channels
        self._limit: Floats = BEYOND * np.array([kind.prior for kind in channels.kinds])
        self._judged = np.array([kind.judged for kind in channels.kinds], dtype=bool)  # a file says nothing of others
        self._looked_at = self._judged & np.array([kind.name not in LEFT_OUT for kind in channels.kinds], dtype=bool)
        self._limit_if_loud: Floats = LOUDLY * self._limit
        self._witnesses = [channels.of(name) for name in WITNESSES]
        self.held: NDArray[np.bool_] = np.zeros(len(channels), dtype=bool)
        self._claimed = self._are_loud = self.held
        self._listened = self._crossed_at = -np.inf
        self._middle = Middle()

    def step(self, at: float, watch: Watch, claimed: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(m,) channels that must teach nothing; ``claimed`` are those that some anomaly explains."""
        size = np.abs(watch.offsets.value)
        if np.count_nonzero((size > self._limit_if_loud) & self._looked_at):
            if not 0.0 <= at - self._listened < LISTENS:
                self._listened, self._are_loud = at, self._loud(watch)
            limit = np.where(self._are_loud, self._limit_if_loud, self._limit)
            beyond = (size > limit) & self._looked_at & (watch.seen > SEEN) & ~claimed & ~self.held
            if np.count_nonzero(beyond):
                self._look(at, watch, beyond, limit)
        if self.held.any():
            self._let_go(at, watch, claimed)
        return self.held

    def unlike_sisters(self, values: Floats, name: str) -> Floats:
        """(m,) by how much channels of a kind of residual differ from the median of their sisters, 0 of all others.

        Pumps of all circuits are sisters: there are seldom enough in one, and machines shake alike in all.
        """
        unlike = np.zeros(len(values))
        ours = self._channels.of(name)
        told = values[ours]
        if np.isfinite(told).sum() > FEWEST:
            others = np.where(np.eye(len(ours), dtype=bool), np.nan, told)  # (k, k) beside each, without itself
            unlike[ours] = or_zero(told - self._middle(others.T))
        return unlike

    def against_sisters(self, values: Floats, levels: Floats, seen: NDArray[np.intp], *names: str) -> Floats:
        """(m,) values that tell how some kinds of residual have changed, of pumps that are held how they are unlike.

        ``levels`` (m,) is what they were compared with: what a pump itself has always shown since the first frame.
        """
        if not self.held.any():
            return values
        pump = self._channels.pump
        held = np.isin(pump, pump[self.held & (pump >= 0)])
        known = np.where(seen > SEEN, levels, np.nan)
        unlike = np.sum([self.unlike_sisters(known, name) for name in names], axis=0)
        against: Floats = np.where(held, values + or_zero(unlike), values)
        return against

    def _loud(self, watch: Watch) -> NDArray[np.bool_]:
        """(m,) channels of pumps that shake far more than their sisters."""
        known = np.where(watch.seen > SEEN, watch.offsets.value, np.nan)
        loud = np.zeros(len(known), dtype=bool)
        for name, channels in zip(WITNESSES, self._witnesses, strict=True):
            pumps = self._channels.pump[channels[self.unlike_sisters(known, name)[channels] > LOUD]]
            loud |= np.isin(self._channels.pump, pumps)
        return loud & (self._channels.pump >= 0)

    def _look(self, at: float, watch: Watch, beyond: NDArray[np.bool_], limit: Floats) -> None:
        """Take back what was learned of those that are off by themselves."""
        which = np.zeros(len(beyond), dtype=bool)
        for channel in np.flatnonzero(beyond).tolist():
            if not self._alone(channel, watch, float(limit[channel])):
                continue
            which[channel] = True
            pump, circuit = self._channels.pump[channel], int(self._channels.circuit[channel])
            if pump >= 0:
                which |= self._channels.pump == pump
                which[self._channels.balance(circuit)] = True
        which &= self._judged
        if which.any():
            watch.take_back(which)
            self.held = self.held | which
            self._crossed_at = at

    def _alone(self, channel: int, watch: Watch, limit: float) -> bool:
        """Whether a channel is off as its sisters of the same circuit are not; without any nothing is said."""
        sisters = self._channels.of(self._channels.names[channel].name)
        ours = (self._channels.circuit[sisters] == self._channels.circuit[channel]) & (watch.seen[sisters] > SEEN)
        sisters = sisters[ours & (sisters != channel)]
        if not len(sisters):
            return False
        value = watch.offsets.value
        return bool(abs(value[channel] - np.median(value[sisters])) > limit)

    def _let_go(self, at: float, watch: Watch, claimed: NDArray[np.bool_]) -> None:
        """Learn again what an anomaly has explained that is over, or what was nothing after all."""
        if ((watch.crossed | claimed) & self.held).any():
            self._crossed_at = at
        over = self.held if at - self._crossed_at >= GIVEN_UP else self._claimed & ~claimed
        self.held = self.held & ~over
        self._claimed = claimed & self.held
