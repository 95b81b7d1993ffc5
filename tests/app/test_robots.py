"""What the window says of robots: what they do, how full they are, where they have been and that nobody knows where."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from app.messages import Mail, RangeAnswer, RangeQuery, Request
from app.presenters import robots
from app.presenters.robots import Robots
from app.scene.state import RobotMark
from app.views import scene_robots
from tests.app import fakes
from twin.signals import Frame, Pose, Quality

TAGS = fakes.station().tags


def saying(second: float = 5.0, **said: float) -> Frame:
    """A frame in which RB1 has a pose and its tags say something."""
    frame = fakes.frame(second)
    values = frame.values.copy()
    for measures, value in ({"comm_ok": 1.0, "obstacle": 0.0, "on_mission": 1.0, "speed": 0.7} | said).items():
        values[TAGS.measuring("RB1", measures)] = value
    pose = Pose("RB1", frame.at, (20.0 + second, 12.0, 0.0))
    return replace(frame, values=values, poses=(pose,))


def mail(frame: Frame, *answers: RangeAnswer) -> Mail:
    span = (fakes.START - 600.0, frame.at)
    return Mail(1, "replay", fakes.snapshot(frame), frame.at, span, True, False, 1.0, answers=answers)


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({}, "under_way"),
        ({"speed": 0.0}, "looking"),
        ({"on_mission": 0.0}, "off_mission"),
        ({"obstacle": 1.0, "on_mission": 0.0}, "blocked"),
        ({"comm_ok": 0.0, "obstacle": 1.0}, "silent"),
    ],
)
def test_a_robot_says_what_it_does(said: dict[str, float], word: str) -> None:
    assert robots.status("RB1", saying(**said), TAGS) == word


def test_a_battery_is_a_share_and_unknown_where_its_tag_is_bad() -> None:
    presenter = Robots(lambda _: None, fakes.station(), TAGS)
    frame = saying(battery=73.0)
    assert presenter.marks(mail(frame), "en")[0].battery == pytest.approx(0.73)
    quality = frame.quality.copy()
    quality[TAGS.measuring("RB1", "battery")] = Quality.BAD
    assert presenter.marks(mail(replace(frame, quality=quality)), "en")[0].battery is None


def test_a_robot_has_the_name_and_the_way_of_the_station_file() -> None:
    presenter = Robots(lambda _: None, fakes.station(), TAGS)
    mark = presenter.marks(mail(saying()), "zh")[0]
    assert mark.name == fakes.station().name_of("RB1").zh
    assert {route.robot for route in presenter.routes} == {robot.id for robot in fakes.station().file.robots}


def test_after_a_jump_the_memory_is_asked_where_the_robot_had_been_and_the_trail_goes_on_from_there() -> None:
    asked: list[Request] = []
    presenter = Robots(asked.append, fakes.station(), TAGS)
    presenter.marks(mail(saying(100.0)), "en")
    (query,) = asked
    assert isinstance(query, RangeQuery)
    at = fakes.START + 100.0 + np.arange(-400.0, 0.0, 2.0)
    last = np.tile(np.linspace(0.0, 40.0, len(at)), (len(query.columns), 1))
    answer = RangeAnswer(query.ticket, query.columns, at, last, last, last, np.zeros(last.shape, np.uint8))
    mark = presenter.marks(mail(saying(101.0), answer), "en")[0]
    assert max(mark.ages) == pytest.approx(robots.TRAIL, abs=4.0)
    assert list(mark.ages) == sorted(mark.ages, reverse=True)
    assert mark.trail[-1] == mark.position
    presenter.marks(mail(saying(102.0)), "en")
    assert len(asked) == 1  # what is shown second by second needs no asking


def test_a_robot_without_a_place_is_said_to_be_lost() -> None:
    presenter = Robots(lambda _: None, fakes.station(), TAGS)
    frame = saying()
    nowhere = replace(frame, poses=(Pose("RB1", frame.at, (math.nan, 0.0, 0.0)),))
    assert presenter.marks(mail(nowhere), "en")[0].status == "lost"
    long_ago = replace(frame, poses=(Pose("RB1", frame.at - 2 * robots.LOST, (1.0, 2.0, 0.0)),))
    assert presenter.marks(mail(long_ago), "en")[0].status == "lost"


# ---- in the picture -------------------------------------------------------------------------------------------------


def painted(mark: RobotMark, size: float, chosen: bool, placed: list[QRectF]) -> QImage:
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    seen = scene_robots.Seen(QPointF(150, 100), QPointF(160, 100), size)
    scene_robots.paint(painter, mark, seen, chosen, QRectF(0, 0, 300, 200), placed)
    painter.end()
    return image


def test_a_small_robot_has_a_dart_and_a_short_plate_and_a_chosen_one_says_all(qtbot: QtBot) -> None:
    mark = RobotMark("RB1", "ground", (0.0, 0.0, 0.0), 0.0, battery=0.6, status="looking")
    short: list[QRectF] = []
    image = painted(mark, 8.0, False, short)
    assert image.pixelColor(152, 100).blue() > 100
    whole: list[QRectF] = []
    painted(mark, 8.0, True, whole)
    assert whole[0].width() > 1.5 * short[0].width()


def test_plates_of_robots_never_lie_on_each_other(qtbot: QtBot) -> None:
    mark = RobotMark("RB1", "ground", (0.0, 0.0, 0.0), 0.0, battery=0.6, status="looking")
    placed: list[QRectF] = []
    for _ in range(4):
        painted(mark, 8.0, False, placed)
    assert 0 < len(placed) <= 2  # below, above, and then there is no room
    assert not any(a.intersects(b) for i, a in enumerate(placed) for b in placed[:i])


def test_pointing_at_a_robot_tells_all_of_it(qtbot: QtBot) -> None:
    mark = RobotMark("RB1", "ground", (0.0, 0.0, 0.0), 0.0, name="ground robot", battery=0.61, status="looking")
    assert scene_robots.told(mark).split("\n") == ["RB1  ground robot", "Looking", "Battery 61 %"]
