"""Quantities on surfaces: the highest trustworthy value of each piece of equipment, along one ramp."""

from __future__ import annotations

import numpy as np
import pytest

from app import theme
from app.presenters.overlays import OVERLAYS, Tinting
from app.views.scene_legend import scale
from tests.app import fakes
from twin.signals import Frame, Quality


def columns(equipment: str, unit: str) -> list[int]:
    return [c for c, tag in enumerate(fakes.station().tags) if (tag.equipment, tag.unit) == (equipment, unit)]


def cold() -> Frame:
    frame = fakes.frame(0)
    return Frame(frame.at, np.full_like(frame.values, 0.0), np.zeros_like(frame.quality))


@pytest.mark.parametrize("quantity", OVERLAYS)
def test_every_quantity_tints_the_pumps_of_the_station(quantity: str) -> None:
    tinting = Tinting(OVERLAYS[quantity], fakes.station().tags)
    tinted = dict(tinting.tints(fakes.frame(0)))
    assert {"P101", "P204"} <= tinted.keys()
    assert all(colour.startswith("#") and len(colour) == 7 for colour in tinted.values())


def test_one_hot_sensor_is_enough_and_its_neighbours_stay_cold() -> None:
    frame = cold()
    frame.values[columns("P101", "°C")[0]] = 500.0
    tinted = dict(Tinting(OVERLAYS["temperature"], fakes.station().tags).tints(frame))
    hot = {node for node, colour in tinted.items() if colour == theme.HEAT[-1].upper()}
    assert hot in ({"P101"}, {"P101.motor"})
    assert tinted["P102"] == theme.HEAT[0].upper()


def test_a_value_that_cannot_be_trusted_gives_no_colour() -> None:
    frame = cold()
    frame.quality[columns("P101", "°C")] = Quality.BAD
    tinted = dict(Tinting(OVERLAYS["temperature"], fakes.station().tags).tints(frame))
    assert "P101" not in tinted
    assert "P101.motor" not in tinted
    assert "P102" in tinted


def test_the_motor_of_a_pump_has_its_own_colour() -> None:
    frame = cold()
    stator = [c for c in columns("P101", "°C") if "stator" in fakes.station().tags[c].measures]
    frame.values[stator] = 500.0
    tinted = dict(Tinting(OVERLAYS["temperature"], fakes.station().tags).tints(frame))
    assert tinted["P101"] == theme.HEAT[0].upper()
    assert tinted["P101.motor"] == theme.HEAT[-1].upper()


def test_the_legend_says_the_range_in_the_unit() -> None:
    legend = Tinting(OVERLAYS["vibration"], fakes.station().tags).legend
    shown = scale(legend)
    assert "mm/s" in shown.title
    assert [share for share, _ in shown.ticks] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert float(shown.ticks[-1][1]) == pytest.approx(legend.high, rel=0.01)


def test_without_a_quantity_the_legend_tells_of_residuals() -> None:
    shown = scale(None)
    assert [word for _, word in shown.ticks] == ["−8", "−3", "0", "+3", "+8"]
