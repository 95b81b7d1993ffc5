"""Valves say how far they are open: by their positioner, else by their switches, and nothing that nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from app.presenters.valves import Valves
from app.scene.state import Valve
from app.views import scene_valves
from tests.app import fakes
from twin.signals import Frame, Quality, Tag, TagTable

TAGS = TagTable(
    (
        Tag("ZT", "%", equipment="P1", measures="discharge_valve_position", node="P1.discharge_valve"),
        Tag("ZSO", equipment="P1", measures="discharge_valve_open", node="P1.discharge_valve", kind="digital"),
        Tag("ZSC", equipment="P1", measures="discharge_valve_closed", node="P1.discharge_valve", kind="digital"),
        Tag("S", equipment="P1", measures="suction_valve_open", node="P1.suction_valve", kind="digital"),
        Tag("C", equipment="P1", measures="check_valve_closed", node="P1.check_valve", kind="digital"),
        Tag("M", "%", equipment="MV1", measures="position"),
        Tag("D", equipment="ROOM", measures="door_open", kind="digital"),
    )
)


def shares(*values: float, bad: tuple[int, ...] = ()) -> dict[str, float | None]:
    frame = fakes.frame(0.0)
    held = replace(frame, values=frame.values[: len(TAGS)].copy(), quality=frame.quality[: len(TAGS)].copy())
    held.values[:] = values
    held.quality[list(bad)] = Quality.BAD
    return {valve.node: valve.share for valve in Valves(TAGS).shown(Frame(held.at, held.values, held.quality))}


def test_a_positioner_says_how_far_and_switches_what_they_can() -> None:
    assert shares(62.4, 0, 0, 1, 1, 100, 1) == {
        "P1.discharge_valve": pytest.approx(0.62),
        "P1.suction_valve": 1.0,
        "P1.check_valve": 0.0,
        "MV1": 1.0,
    }
    assert shares(0, 0, 1, 0, 0, 0, 0)["P1.suction_valve"] == 0.0
    assert shares(0, 0, 1, 0, 0, 0, 0)["P1.check_valve"] == 1.0


def test_without_a_positioner_the_switches_tell_and_between_them_nobody_does() -> None:
    assert shares(50, 1, 0, 1, 1, 0, 0, bad=(0,))["P1.discharge_valve"] == 1.0
    assert shares(50, 0, 1, 1, 1, 0, 0, bad=(0,))["P1.discharge_valve"] == 0.0
    assert shares(50, 0, 0, 1, 1, 0, 0, bad=(0,))["P1.discharge_valve"] is None
    assert shares(50, 0, 0, 1, 1, 0, 0, bad=(5,))["MV1"] is None


def test_the_reference_station_has_its_valves_and_no_doors() -> None:
    nodes = {valve.node for valve in Valves(fakes.station().tags).shown(fakes.frame(0.0))}
    assert {"P101.discharge_valve", "P101.suction_valve", "P101.check_valve", "MV301"} <= nodes
    assert not any(node.startswith(("ROOM", "HALL")) for node in nodes)


@pytest.mark.parametrize(("share", "words"), [(0.0, ""), (0.62, "62 %"), (1.0, ""), (None, "?")])
def test_only_what_is_neither_open_nor_closed_needs_words(share: float | None, words: str) -> None:
    assert scene_valves.said(Valve("V", share)) == words


def test_an_open_valve_is_filled_and_signs_do_not_overlap(qtbot: QtBot) -> None:
    lit = {}
    for share in (0.0, 1.0):
        image = QImage(80, 60, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        placed: list[QRectF] = []
        for _ in range(2):
            scene_valves.paint(painter, Valve("V", share), QPointF(40, 40), QRectF(0, 0, 80, 60), placed)
        painter.end()
        assert len(placed) == 1
        lit[share] = sum(image.pixelColor(x, y).red() > 150 for x in range(80) for y in range(60))
    assert lit[1.0] > 1.3 * lit[0.0]
