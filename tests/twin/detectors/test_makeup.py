"""Make-up that comes by turns is ordinary; make-up that fails, and lines that drink it, are not."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.detectors.makeup import Makeup
from twin.detectors.signs import Sign
from twin.plant.reading import Station, read
from twin.signals import Floats

SECOND = 1.0


@pytest.fixture(scope="module")
def station() -> Station:
    return read()


def losing(_: float, towards_source: bool | None = None) -> str:
    """No line has plainly lost anything; of those on one side, one must have lost most."""
    return {True: "LINE-SU", False: "LINE-SD", None: ""}[towards_source]


class MakeupPlant:
    """Values of the make-up plant's tags, and how long each sign has stood."""

    def __init__(self, station: Station) -> None:
        self._tags, self._watcher = station.tags, Makeup(station, station.tags)
        self.values: Floats = np.full(len(station.tags) + 1, np.nan)
        self._at = 1_768_000_000.0
        self._standing: dict[tuple[str, str], float] = {}
        for equipment, measures, value in (
            ("MU", "tank_1_level", 3.5),
            ("MU", "tank_2_level", 3.4),
            ("MUP1", "running", 1.0),
            ("MUP1", "fault", 0.0),
            ("VC02", "leak_wire_alarm", 0.0),
            ("VC07", "chamber_water_level", 0.05),
        ):
            self.put(equipment, measures, value)

    def put(self, equipment: str, measures: str, value: float) -> None:
        column = self._tags.measuring(equipment, measures)
        assert column is not None
        self.values[column] = value

    def told(self, flows: Iterable[float]) -> list[tuple[float, Sign]]:
        """Signs that have stood as long as they must, with the seconds since the first of these flows."""
        told = []
        for second, flow in enumerate(flows):
            self._at += SECOND
            self.put("MU", "flow", flow)
            signs = self._watcher.step(self._at, self.values, losing)
            self._standing = {sign.key: self._standing.get(sign.key, self._at) for sign in signs}
            told += [(float(second), s) for s in signs if self._at - self._standing[s.key] >= s.patience]
        return told


def by_turns(on: int, off: int, cycles: int) -> list[float]:
    return (on * [40.0] + off * [0.0]) * cycles


@settings(max_examples=15, deadline=None)
@given(on=st.integers(30, 200), off=st.integers(30, 550))
def test_makeup_that_comes_by_turns_is_no_loss_and_no_leak(station: Station, on: int, off: int) -> None:
    plant = MakeupPlant(station)
    for flow in by_turns(on, off, 3):
        plant.put("MUP1", "running", float(flow > 0.0))
        assert plant.told([flow]) == []


def test_a_pump_that_fails_is_a_loss_within_seconds(station: Station) -> None:
    plant = MakeupPlant(station)
    assert plant.told(120 * [12.0]) == []
    plant.put("MUP1", "fault", 1.0)
    (second, sign), *_ = plant.told(20 * [0.0])
    assert (sign.fault, sign.equipment) == ("makeup_loss", "MU")
    assert second <= 6.0


def test_steady_makeup_that_ceases_without_a_word_is_a_loss_within_a_minute(station: Station) -> None:
    plant = MakeupPlant(station)
    assert plant.told(400 * [12.0]) == []
    plant.put("MUP1", "running", 0.0)
    (second, sign), *_ = plant.told(90 * [0.0])
    assert sign.fault == "makeup_loss"
    assert second <= 60.0


def test_pumps_that_turn_in_vain_before_empty_tanks_are_a_loss(station: Station) -> None:
    plant = MakeupPlant(station)
    plant.told(120 * [12.0])
    plant.put("MU", "tank_1_level", 0.2)
    plant.put("MU", "tank_2_level", 0.2)
    assert any(sign.fault == "makeup_loss" for _, sign in plant.told(10 * [0.0]))


@pytest.mark.parametrize(
    ("chamber", "measures", "value", "line"),
    [("VC02", "leak_wire_alarm", 1.0, "LINE-SU"), ("VC07", "chamber_water_level", 0.4, "LINE-SD")],
)
def test_water_in_a_chamber_is_a_leak_of_a_line_that_passes_there(
    station: Station, chamber: str, measures: str, value: float, line: str
) -> None:
    plant = MakeupPlant(station)
    assert plant.told(120 * [12.0]) == []
    plant.put(chamber, measures, value)
    (second, sign), *_ = plant.told(20 * [12.0])
    assert (sign.fault, sign.equipment) == ("line_leak", line)
    assert sign.evidence[0].residual == measures
    assert second <= 10.0


def test_makeup_that_ceases_where_it_is_not_measured_is_nothing(station: Station) -> None:
    assert MakeupPlant(station).told(200 * [np.nan]) == []
