"""Bad input: whatever is wrong with the data is one anomaly that says so, never a crash, never a flood; and it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from twin.alarms.book import Alarm
from twin.detectors.anomaly import Anomaly
from twin.pipeline import Twin
from twin.plant.reading import Station, read
from twin.signals import Frame, Quality
from twin.simulation.plant import Plant

STATION = read()
WARM, ILL, WELL = 70, 40, 60  # frames: before, while and after the data are bad
PLANT = Plant(STATION, 5, 1_768_147_200.0)
RECORD = [PLANT.step() for _ in range(WARM + ILL + WELL)]
SLOWLY = settings(
    max_examples=3, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
PRESSURES = [c for c, tag in enumerate(STATION.tags) if tag.unit == "MPa"]


@dataclass
class Heard:
    """What a twin said of some frames."""

    anomalies: list[Anomaly] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def troubles(self) -> set[tuple[str, str]]:
        """Whose data are said to be bad, and by what."""
        return {(a.equipment, a.evidence[0].residual if a.evidence else a.fault) for a in self.anomalies}


def heard(frames: Iterable[Frame], station: Station = STATION) -> Heard:
    twin, said = Twin(station), Heard()
    for frame in frames:
        snapshot = twin.step(frame)
        said.anomalies += snapshot.changed_anomalies
        said.alarms += [alarm for alarm in snapshot.changed_alarms if alarm.state == "unacknowledged"]
        said.notices += [event.text.en for event in snapshot.events if event.kind == "notice"]
    return said


def told_once(said: Heard, trouble: str) -> None:
    """One anomaly, of the station, that came and went; nothing else."""
    assert said.troubles == {("B4", trouble)}
    assert [a.until is None for a in said.anomalies] == [True, False]
    assert said.alarms == []
    assert len(said.notices) <= 4


def ill(change: Callable[[int, Frame], Frame]) -> list[Frame]:
    """The record, with some frames in its middle changed."""
    return [change(i, f) if WARM <= i < WARM + ILL else f for i, f in enumerate(RECORD)]


def test_healthy_data_are_no_trouble() -> None:
    said = heard(RECORD)
    assert (said.anomalies, said.alarms, said.notices) == ([], [], [])


@SLOWLY
@given(share=st.floats(0.1, 1.0), seed=st.integers(0, 99), instead=st.sampled_from([np.nan, np.inf, -np.inf]))
@example(share=0.4, seed=24, instead=np.nan)  # what was left was measured otherwise, and told as a worn impeller
def test_a_storm_of_missing_values_is_told_as_such(share: float, seed: int, instead: float) -> None:
    chosen = np.random.default_rng(seed).random(len(STATION.tags)) < share

    def hit(_: int, frame: Frame) -> Frame:
        quality = np.where(chosen, np.uint8(Quality.MISSING), frame.quality)
        return Frame(frame.at, np.where(chosen, instead, frame.values), quality)

    said = heard(ill(hit))
    assert ("B4", "missing") in said.troubles
    assert len({a.id for a in said.anomalies}) <= 2
    assert said.alarms == []


def test_a_lost_connection_is_one_anomaly() -> None:
    nothing = np.full(len(STATION.tags), np.nan)
    missing = np.full(len(STATION.tags), Quality.MISSING, dtype=np.uint8)
    told_once(heard(ill(lambda _, f: Frame(f.at, nothing, missing))), "missing")


@pytest.mark.parametrize("factor", [1e3, 1e-3])
def test_pressures_in_another_unit_are_one_anomaly(factor: float) -> None:
    def mistaken(_: int, frame: Frame) -> Frame:
        values = frame.values.copy()
        values[PRESSURES] *= factor
        return replace(frame, values=values)

    told_once(heard(ill(mistaken)), "scale")


@SLOWLY
@given(factor=st.sampled_from([1e3, 1e-3]), seed=st.integers(0, 99), share=st.floats(0.2, 1.0))
def test_any_values_off_by_a_thousand_raise_no_flood(factor: float, seed: int, share: float) -> None:
    hit = (np.random.default_rng(seed).random(len(STATION.tags)) < share) & np.array(
        [tag.kind == "analog" for tag in STATION.tags]
    )
    said = heard(ill(lambda _, f: replace(f, values=np.where(hit, factor * f.values, f.values))))
    assert ("B4", "scale") in said.troubles
    assert len(said.alarms) <= 5
    assert len({a.id for a in said.anomalies}) <= 3


def test_a_feed_that_repeats_itself_is_one_anomaly() -> None:
    last = RECORD[WARM]
    told_once(heard(ill(lambda _, f: replace(f, values=last.values))), "frozen")


def test_time_that_stands_still_is_one_anomaly() -> None:
    told_once(heard(ill(lambda _, f: replace(f, at=RECORD[WARM].at))), "time")


@pytest.mark.parametrize("times", [2, 3])
def test_frames_that_come_more_than_once_are_one_anomaly(times: int) -> None:
    frames = [f for i, f in enumerate(RECORD) for _ in range(times if WARM <= i < WARM + ILL else 1)]
    told_once(heard(frames), "time")


def test_one_frame_that_comes_twice_is_none() -> None:
    said = heard([*RECORD[:90], RECORD[89], *RECORD[90:]])
    assert (said.anomalies, said.alarms) == ([], [])


@SLOWLY
@given(st.lists(st.floats(-1e6, 1e6) | st.just(float("nan")), min_size=ILL, max_size=ILL))
def test_time_that_leaps_to_and_fro_is_one_anomaly_of_time(leaps: list[float]) -> None:
    said = heard(ill(lambda i, f: replace(f, at=f.at + leaps[i - WARM])))
    assert said.troubles <= {("B4", "time")}
    assert len({a.id for a in said.anomalies}) <= 1
    assert len(said.notices) <= 24
    assert said.alarms == []


@SLOWLY
@given(st.integers(0, 2**32 - 1))
def test_tags_that_appear_and_vanish_neither_crash_nor_flood(seed: int) -> None:
    chance = np.random.default_rng(seed)
    gone = chance.random(len(STATION.tags)) < 0.5

    def flicker(_: int, frame: Frame) -> Frame:
        gone[chance.integers(0, len(gone), 100)] ^= True
        return Frame(
            frame.at,
            np.where(gone, np.nan, frame.values),
            np.where(gone, np.uint8(Quality.MISSING), frame.quality),
        )

    said = heard(ill(flicker))
    assert ("B4", "missing") in said.troubles
    assert len({a.id for a in said.anomalies}) <= 3
    assert said.alarms == []


@pytest.mark.parametrize("factor", [0.9, 1.1])
def test_curves_that_are_wrong_by_a_tenth_are_learned_from_the_first_and_raise_nothing(factor: float) -> None:
    curves = {
        name: curve.model_copy(update={"head_m": tuple(factor * head for head in curve.head_m)})
        for name, curve in STATION.file.curves.items()
    }
    wrong = Station(STATION.file.model_copy(update={"curves": curves}), STATION.text, STATION.path)
    said = heard(RECORD, wrong)
    assert (said.anomalies, said.alarms) == ([], [])
