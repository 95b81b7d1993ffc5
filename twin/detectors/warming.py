"""How machines warm: a first-order body each, heated by its load, and whether it warms faster than that.

``τ·dT/dt = T₀ + g·d − T`` with the load ``d`` (I² of a winding, n² of a bearing, P^1.6 of a transformer) and a gain
``g`` that belongs to the machine and its air. A Kalman filter follows temperature and gain; what it did not expect (its
innovation) is summed in a CUSUM. A load that moves, or a start, makes the gain uncertain and so costs sensitivity for a
while, not a false alarm.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.detectors.anomaly import Evidence
from twin.detectors.cusum import Cusum, threshold
from twin.detectors.pools import Pools
from twin.detectors.signs import Points, Sign, ranked, sure
from twin.detectors.watch import OF_BUDGET, YEAR
from twin.plant.binding import CURRENT, CURRENTS, or_zero
from twin.plant.model import PlantState, PumpModel
from twin.plant.reading import Station
from twin.signals import Floats, TagTable

K = 1.0  # [standard deviations]
SPREAD = 0.12  # K, smallest of one sample of a resistance thermometer that is believed
WANDER = 2e-3  # K/√s by which a temperature wanders of itself
GAIN_WANDER = 0.015  # K/√s by which what it tends to does, for a body of half an hour; slower bodies wander less
LOAD_UNKNOWN = 0.3  # share by which the effect of a change of load may differ from what was reckoned
LOAD_NOISE = 0.01  # of a load: less is no change
LOAD_LAG = 10.0  # s over which a change of load is taken in
FAR = 0.2  # share by which a load may leave the usual one before a body is learned anew
USUAL = 300.0  # s over which the usual load follows
FIRST_GAIN = 15.0  # K by which a machine that has just been seen may be out of equilibrium
AFTER_START = 240.0  # s
SEEN_FIRST = 90.0  # s
PERIOD = 2.0  # s between two looks
LONGEST = 60.0  # s that one look may count for
HELD = 60.0  # s for which a body is reckoned on without its thermometer, or with its last load
FOLLOWS = 0.02  # share by which a temperature under suspicion is followed
JUMP = 1.2  # K in a second that no body of metal does
JUMPED_FOR = 600.0  # s a thermometer that jumped is held for wrong
SUSPICIOUS = 0.3
SHOWN_OVER = 10.0  # looks over which it is followed how a thermometer rises
APART = 0.5  # [standard deviations] by which one must rise more than its sisters to rise alone
PATIENCE = 5.0  # s
ALONE = 45.0  # s after which one thermometer of several that warms alone is held for wrong


@dataclass(frozen=True, slots=True)
class Body:
    """A kind of thermometer: of which equipment, what loads it, how slowly it follows [s], and what its rise means."""

    kind: str
    measures: tuple[str, ...]
    load: str
    seconds: float
    fault: str
    fewest: int


BODIES = (
    Body("pump", tuple(f"stator_winding_{phase}{n}_temperature" for n in (1, 2) for phase in "uvw"), "current", 1500.0,
         "winding_overheating", 2),
    Body("pump", ("pump_bearing_de_temperature",), "speed", 1800.0, "bearing_de", 1),
    Body("pump", ("pump_bearing_nde_temperature", "pump_thrust_bearing_temperature"), "speed", 1800.0, "bearing_nde",
         1),
    Body("pump", ("motor_bearing_de_temperature",), "speed", 1800.0, "misalignment", 1),
    Body("transformer", ("main_transformer_top_oil", "main_transformer_winding"), "incomer_active_power", 7200.0,
         "transformer_overtemperature", 1),
    Body("station_transformer", tuple(f"dry_transformer_winding_{phase}" for phase in "abc"), "lv_power", 3600.0,
         "transformer_overtemperature", 2),
)  # fmt: skip
ROLES = ("pump_bearing_de_temperature", "motor_bearing_de_temperature")  # both sides of a coupling
FOLLOWED = np.array([[FOLLOWS], [0.0]])  # by temperature and gain, of what is under suspicion
_BY, _OF = [0, 0, 1], [0, 1, 1]  # which gain takes how much of which covariance off temperature, both, and gain
HEATING = 1.6  # exponent of a transformer's rise over its load (IEC 60076-7)


class Warming:
    """All thermometers (m,) of pumps, motors and transformers."""

    def __init__(self, station: Station, model: PumpModel, tags: TagTable) -> None:
        rows = [
            (column, body)
            for column, tag in enumerate(tags)
            for body in BODIES
            if tag.measures in body.measures and station.kind_of(tag.equipment) == body.kind
        ]
        self._tags = tags
        self._bodies = [body for _, body in rows]
        self._points = Points([column for column, _ in rows], [tags[column].unit for column, _ in rows])
        names = [pump.id for pump in model.pumps]
        owners = [tags[column].equipment for column, _ in rows]
        self._owners = owners
        self._pump = np.array([names.index(owner) if owner in names else -1 for owner in owners], dtype=np.intp)
        n = len(names)
        by_current = np.array([body.load == "current" for body in self._bodies], dtype=bool)
        # squared: the currents of n motors, the speeds of n pumps, and one for what nobody measures
        self._source = np.where(self._pump >= 0, self._pump + np.where(by_current, 0, n), 2 * n)
        self._sources: Floats = np.ones(2 * n + 1)
        self._of_pumps: NDArray[np.bool_] = np.ones(n + 1, dtype=bool)  # last: of no pump
        powers = [tags.measuring(owner, body.load) for owner, body in zip(owners, self._bodies, strict=True)]
        powered = [i for i, column in enumerate(powers) if column is not None and self._pump[i] < 0]
        self._powered = np.array(powered, dtype=np.intp)
        self._power = np.array([powers[i] for i in powered], dtype=np.intp)
        m = len(rows)
        self._seconds: Floats = np.array([body.seconds for body in self._bodies])
        self._wander: Floats = GAIN_WANDER * np.minimum(1800.0 / np.maximum(self._seconds, 1.0), 1.0)
        self._around = station.file.station.ambient_c + 273.15
        self._rated_current: Floats = np.array([p.motor.current_a if p.motor else np.nan for p in model.pumps])
        self._kelvin: Floats = np.full(m, np.nan)
        self._before: Floats = np.full(m, np.nan)
        self._innovation: Floats = np.zeros(m)
        self._expected: Floats = np.zeros(m)  # variance of what it was compared with
        self._gain: Floats = np.zeros(m)
        self._cov: Floats = np.zeros((3, m))  # of the temperature, of both, of the gain
        self._load: Floats = np.full(m, np.nan)
        self._usual_load: Floats = np.full(m, np.nan)
        self._first_power: Floats = np.full(len(powered), np.nan)
        self._spread: Floats = np.full(m, SPREAD)
        self._seen: Floats = np.zeros(m)  # s
        self._heard = np.full(m, -np.inf)  # when its thermometer last said anything
        self._loaded = np.full(m, -np.inf)  # and when its load was last known
        self._last_load: Floats = np.full(m, np.nan)
        self._jumped: Floats = np.full(m, -np.inf)
        self._at = np.nan
        tolerated = OF_BUDGET["warmth"] * station.file.station.false_alarms_per_year
        samples = YEAR / PERIOD / tolerated * max(m, 1) * 2.0  # what is seen of each, and of several together
        self._sums = Cusum(m, K, threshold(K, samples))
        self._pools = Pools(_together(owners, self._bodies), m, K, self._sums.h)
        self._rise: Floats = np.zeros(m)

    def step(self, at: float, values: Floats, state: PlantState, since_start: Floats) -> list[Sign]:
        """What stands now."""
        if not self._bodies:
            return []
        warm = self._points.read(values)
        said = np.isfinite(warm)
        load = self._held(at, self._loads(values, state))
        elapsed = min(at - self._at, LONGEST) if math.isfinite(self._at) else PERIOD
        self._at = at
        since = at - self._heard  # they last said something
        self._heard[said] = at
        self._of_pumps[:-1] = state.running
        on = self._of_pumps[self._pump] & (at - self._heard < HELD) & np.isfinite(load)
        fresh = self._begin(on, said, warm, load)
        np.add(self._usual_load, (load - self._usual_load) * min(1.0, elapsed / USUAL), out=self._usual_load, where=on)
        z = self._follow(on & ~fresh, said, warm, load, elapsed)
        self._seen += elapsed
        self._seen *= on
        off = ~on
        self._kelvin[off] = np.nan
        self._usual_load[off] = np.nan
        self._of_pumps[:-1] = since_start > AFTER_START
        judged = on & self._of_pumps[self._pump] & (self._seen > SEEN_FIRST)
        jumped = judged & (np.abs(warm - self._before) > np.maximum(JUMP * since, 8.0 * self._spread))
        np.copyto(self._before, warm, where=said | off)
        self._settle_jumps(jumped, at, warm)
        well = at - self._jumped >= JUMPED_FOR
        judged &= well
        self._sums.reset(~judged)
        self._sums.step(at, np.maximum(z, 0.0), judged & said)
        np.add(self._rise, (z - self._rise) / SHOWN_OVER, out=self._rise, where=judged & said)
        self._pools.step(at, self._innovation, self._expected, self._spread, judged & said)
        warmer = (self._sums.crossed | self._pools.warmer()) & judged
        return self._signs(at, warmer, on > well)

    def bridge_gap(self) -> None:
        """Learn anew how warm everything is."""
        self._kelvin[:] = np.nan
        self._before[:] = np.nan
        self._seen[:] = 0.0
        self._heard[:] = -np.inf
        self._at = np.nan

    def _held(self, at: float, load: Floats) -> Floats:
        """(m,) the loads, and for a while the last ones of those that are missing; 1 where that is not measured."""
        known = np.isfinite(load)
        if np.count_nonzero(known) == len(known):
            self._loaded.fill(at)
            self._last_load = load
            return load
        self._loaded[known] = at
        self._last_load = np.where(known, load, self._last_load)
        return np.where(at - self._loaded < HELD, self._last_load, np.where(self._pump >= 0, 1.0, np.nan))

    def _loads(self, values: Floats, state: PlantState) -> Floats:
        """(m,) what heats each body, over rated; NaN where that is not known now, 1 where nobody measures it."""
        n = len(self._rated_current)
        np.add.reduce(state.measured.table[CURRENTS], axis=0, out=self._sources[:n])
        self._sources[:n] /= len(CURRENT) * self._rated_current
        self._sources[n : 2 * n] = state.speed
        loads: Floats = self._sources[self._source]
        loads *= loads
        if len(self._powered):
            power = values[self._power]
            self._first_power = np.where(np.isfinite(self._first_power), self._first_power, power)
            with np.errstate(divide="ignore", invalid="ignore"):
                loads[self._powered] = np.maximum(power / self._first_power, 0.0) ** HEATING
        return loads

    def _begin(self, on: NDArray[np.bool_], said: NDArray[np.bool_], warm: Floats, load: Floats) -> NDArray[np.bool_]:
        """(m,) bodies that are seen for the first time, or under another load than usual.

        They are taken for ones that have come to rest, and little is known of them.
        """
        elsewhere = np.abs(load - self._usual_load) > FAR * self._usual_load
        fresh = on & (elsewhere | np.isnan(self._kelvin))
        if not np.count_nonzero(fresh):
            return fresh
        self._seen[fresh & elsewhere] = 0.0
        fresh &= said
        self._kelvin[fresh] = warm[fresh]
        self._load[fresh] = self._usual_load[fresh] = load[fresh]
        self._gain[fresh] = (warm[fresh] - self._around) / np.maximum(load[fresh], 0.05)
        self._cov[:, fresh] = np.array([[SPREAD**2], [0.0], [FIRST_GAIN**2]])
        return fresh

    def _follow(
        self, on: NDArray[np.bool_], said: NDArray[np.bool_], warm: Floats, load: Floats, elapsed: float
    ) -> Floats:
        """One step of the filter where a body is ``on``; its innovations in standard deviations (m,).

        A body whose thermometer has not ``said`` anything is reckoned on.
        """
        share = elapsed / self._seconds
        ahead = self._ahead(share, load, elapsed)
        to_load = load - self._load
        to_load *= min(1.0, elapsed / LOAD_LAG)
        np.add(self._load, to_load, out=self._load, where=on)
        expected = self._gain * load
        expected += self._around
        expected -= self._kelvin
        expected *= share
        expected += self._kelvin
        calm = self._sums.below(SUSPICIOUS) & self._pools.below(SUSPICIOUS)
        # one under suspicion lags behind what it tends to, as much as that is not known
        lags = self._cov[2] * (load * share / FOLLOWS) ** 2 * ~calm
        variance = ahead[0] + self._spread * self._spread + lags
        heard = on & said
        self._innovation = np.where(heard, warm - expected, 0.0)
        z: Floats = self._innovation / np.sqrt(variance)
        self._expected = ahead[0] + lags
        gains = ahead[:2] / variance  # of temperature and gain
        np.copyto(gains, FOLLOWED, where=~calm)
        gains *= said
        steps = gains * self._innovation
        np.add(expected, steps[0], out=self._kelvin, where=on)
        np.add(self._gain, steps[1], out=self._gain, where=on)
        ahead -= gains[_BY] * ahead[_OF]
        np.copyto(self._cov, ahead, where=on & calm)
        self._learn_spread(z, heard & calm)
        return or_zero(z)

    def _ahead(self, share: Floats, load: Floats, elapsed: float) -> Floats:
        """(3, m) the covariances a moment later: of the temperature, of both, of the gain."""
        base = np.maximum(load, 0.05)
        moved = np.abs(load - self._load)
        moved -= LOAD_NOISE * base
        moved = np.fmax(moved, 0.0)  # nothing where it is not known
        moved *= self._gain
        moved /= base
        moved *= moved
        taken = min(1.0, elapsed / LOAD_LAG)
        moved *= LOAD_UNKNOWN**2 * taken * (2.0 - taken)  # of all looks together once
        keep, slope = 1.0 - share, share * load
        tt, tg, gg = self._cov
        ahead = np.empty_like(self._cov)
        grown = np.add(gg, elapsed * self._wander * self._wander + moved, out=ahead[2])
        slanted = slope * grown
        ahead[1] = keep * tg + slanted
        ahead[0] = keep * (keep * tt + 2.0 * slope * tg) + slope * slanted + elapsed * WANDER**2
        return ahead

    def _learn_spread(self, z: Floats, healthy: NDArray[np.bool_]) -> None:
        """Follow how much the samples of healthy bodies scatter."""
        learned = 1.4 * np.abs(self._innovation)
        learned -= self._spread
        learned /= 600.0
        learned += self._spread
        np.maximum(learned, SPREAD, out=learned)
        np.copyto(self._spread, learned, where=healthy & (np.abs(z) < 3.0))

    def _settle_jumps(self, jumped: NDArray[np.bool_], at: float, warm: Floats) -> None:
        """Follow a thermometer that jumped to where it is now, and remember when."""
        if np.count_nonzero(jumped):
            self._jumped[jumped] = at
            self._kelvin[jumped] = warm[jumped]

    def _signs(self, at: float, warmer: NDArray[np.bool_], wrong: NDArray[np.bool_]) -> list[Sign]:
        signs = [self._thermometer(i, at, 3.0) for i in wrong.nonzero()[0].tolist()]
        if not np.count_nonzero(warmer):
            return signs
        groups: dict[tuple[str, str], list[int]] = {}
        for i in np.flatnonzero(warmer).tolist():
            groups.setdefault((self._owners[i], self._bodies[i].fault), []).append(i)
        for (owner, fault), members in groups.items():
            if len(members) < self._bodies[members[0]].fewest:
                signs += [self._thermometer(members[0], at, ALONE)] if self._alone(owner, fault, members) else []
                continue
            signs.append(self._warm(owner, _coupled(fault, owner, groups), members))
        return signs

    def _alone(self, owner: str, fault: str, members: list[int]) -> bool:
        """Whether none of their sisters is warming, too: then it is no thermometer that is wrong."""
        ours = [i for i, body in enumerate(self._bodies) if (self._owners[i], body.fault) == (owner, fault)]
        sisters = [i for i in ours if i not in members]
        if not sisters:
            return True
        apart = self._rise[members[0]] - np.median(self._rise[sisters]) > APART
        return bool(apart and not (self._sums.level[sisters] > SUSPICIOUS).any())

    def _warm(self, owner: str, fault: str, members: list[int]) -> Sign:
        family = "machine" if fault.startswith(("bearing", "misalignment")) else "warmth"
        since = min(self._since(i) for i in members)
        scores = {fault: 1.0, "sensor_drift": 0.6 / len(members)}
        return Sign(owner, family, fault, since, ranked(scores, 3.0), self._evidence(members), PATIENCE)

    def _since(self, i: int) -> float:
        """When a thermometer began to rise, alone or with others of its body. [s, POSIX]"""
        return self._sums.onset(i) if self._sums.crossed[i] else self._pools.onset(i)

    def _thermometer(self, i: int, at: float, patience: float) -> Sign:
        """A thermometer that is wrong by itself."""
        tag = self._tags[int(self._points.column[i])].name
        fault = "sensor_bias" if patience < ALONE else "sensor_drift"
        return Sign(tag, "thermometer", fault, at, sure(fault, 0.8), self._evidence([i]), patience)

    def _evidence(self, members: list[int]) -> tuple[Evidence, ...]:
        told = []
        for i in members[:3]:
            tag = self._tags[int(self._points.column[i])]
            z = float(np.clip(self._innovation[i] / self._spread[i], -999.0, 999.0))
            told.append(Evidence("temperature", tag.name, round(float(self._innovation[i]), 3), "K", round(z, 2)))
        return tuple(told)


def _together(owners: list[str], bodies: list[Body]) -> list[list[int]]:
    """Thermometers of the same body, of which more than one must warm."""
    groups: dict[tuple[str, str], list[int]] = {}
    for i, (owner, body) in enumerate(zip(owners, bodies, strict=True)):
        if body.fewest > 1:
            groups.setdefault((owner, body.fault), []).append(i)
    return list(groups.values())


def _coupled(fault: str, owner: str, groups: dict[tuple[str, str], list[int]]) -> str:
    """Both sides of a coupling warm together when it is out of line."""
    if fault == "bearing_de" and (owner, "misalignment") in groups:
        return "misalignment"
    return fault
