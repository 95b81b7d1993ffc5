"""The robots of a frame: where each is and has been, what it is doing, and how much its battery holds."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.messages import Mail, RangeAnswer, Request
from app.presenters import watchers
from app.presenters.inquiry import Inquiry
from app.scene.state import RobotMark, Route
from twin.plant.reading import Station
from twin.signals import Frame, Pose, Quality, TagTable

TRAIL = 180.0  # s of a robot's way that are shown
LOST = 10.0  # s without a pose after which nobody knows where a robot is
REACH = 3600.0  # s for which it is remembered
STEP = 2.0  # s between two places of what is asked for
MOVES = 0.02  # m/s: slower, and it stands
PER_CENT = 100.0
SWITCHES = (("comm_ok", 0.0, "silent"), ("obstacle", 1.0, "blocked"), ("on_mission", 0.0, "off_mission"))
Way = NDArray[np.float64]  # (n, 4): when [s, POSIX] and where [m]
NOWHERE: Way = np.zeros((0, 4))


class Robots:
    """The robots of a station; of data without one, those that have poses.

    A trail is what has been shown. Where the cursor has jumped, so that nothing has, the robots' tags are asked for it.

    Parameters
    ----------
    ask : Callable                 Asks the station's memory.
    station : Station, optional    Which says of what kind they are, and which way they are to go.
    tags : TagTable                Of the frames.
    """

    def __init__(self, ask: Callable[[Request], None], station: Station | None, tags: TagTable) -> None:
        self._station = station
        self._robots = {robot.id: robot for robot in station.file.robots} if station is not None else {}
        self._tags = tags
        self._inquiry = Inquiry(ask)
        self._ways: dict[str, Way] = {}
        places = {robot: (tags.measuring(robot, "pose_x"), tags.measuring(robot, "pose_y")) for robot in self._robots}
        self._places = {robot: (x, y) for robot, (x, y) in places.items() if x is not None and y is not None}

    @property
    def routes(self) -> tuple[Route, ...]:
        """The way each is to go."""
        return tuple(Route(robot.id, robot.route) for robot in self._robots.values())

    @property
    def ways(self) -> list[Way]:
        """Where the camera of each has been in the last hour."""
        kinds = {name: self._robots[name].kind if name in self._robots else "ground" for name in self._ways}
        return [way + np.array([0.0, 0.0, 0.0, watchers.mast(kinds[name])]) for name, way in self._ways.items()]

    def marks(self, mail: Mail, language: str) -> tuple[RobotMark, ...]:
        """The robots as the scene shows them."""
        if mail.snapshot is None:
            return ()
        frame = mail.snapshot.frame
        jumped = False
        for pose in frame.poses:
            jumped |= self._follow(pose)
        if jumped:
            self._inquiry.forget()
            columns = (column for pair in self._places.values() for column in pair)
            self._inquiry.want(columns, (mail.cursor - REACH, mail.cursor), mail.span, STEP)
        self._inquiry.wait()
        for answer in mail.answers:
            if self._inquiry.is_answered_by(answer):
                self._remember(answer, frame)
        return tuple(self._mark(pose, frame, language) for pose in frame.poses)

    def _follow(self, pose: Pose) -> bool:
        """Go on with a trail; whether it had to begin anew, for it may not lead through what was not shown."""
        way = self._ways.get(pose.robot, NOWHERE)
        jumped = not len(way) or not 0.0 <= pose.at - way[-1, 0] <= TRAIL
        if jumped:
            way = NOWHERE
        if not len(way) or pose.at > way[-1, 0]:
            way = np.concatenate([way, [(pose.at, *pose.position)]])
        self._ways[pose.robot] = way[pose.at - way[:, 0] <= REACH]
        return jumped

    def _remember(self, answer: RangeAnswer, frame: Frame) -> None:
        """Put before each trail where its robot was before that, at the height at which it is now."""
        for pose in frame.poses:
            pair = self._places.get(pose.robot)
            if pair is None:
                continue
            x, y = (answer.last[answer.columns.index(column)] for column in pair)
            way = self._ways[pose.robot]
            earlier = (answer.at < way[0, 0]) & (pose.at - answer.at <= REACH)
            before = np.stack([answer.at, x, y, np.full(len(x), pose.position[2])], axis=1)[earlier]
            self._ways[pose.robot] = np.concatenate([before, way])

    def _mark(self, pose: Pose, frame: Frame, language: str) -> RobotMark:
        way = self._ways[pose.robot]
        way = way[pose.at - way[:, 0] <= TRAIL]
        x, y, z, w = pose.orientation
        known = pose.robot in self._robots
        battery = said(pose.robot, "battery", frame, self._tags)
        return RobotMark(
            pose.robot,
            self._robots[pose.robot].kind if known else "ground",
            pose.position,
            math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)),
            tuple((float(x), float(y), float(z)) for _, x, y, z in way),
            tuple((pose.at - way[:, 0]).tolist()),
            self._station.name_of(pose.robot).said_in(language) if self._station is not None and known else "",
            None if math.isnan(battery) else battery / PER_CENT,
            "lost" if _is_lost(pose, frame) else status(pose.robot, frame, self._tags),
        )


def status(robot: str, frame: Frame, tags: TagTable) -> str:
    """What a robot is doing, as a word; "" where no tag tells."""
    for measures, means, word in SWITCHES:
        if said(robot, measures, frame, tags) == means:
            return word
    speed = said(robot, "speed", frame, tags)
    return "" if math.isnan(speed) else "under_way" if speed > MOVES else "looking"


def said(robot: str, measures: str, frame: Frame, tags: TagTable) -> float:
    """What a tag of a robot says; NaN where there is none, or none to be trusted."""
    column = tags.measuring(robot, measures)
    if column is None or frame.quality[column] > Quality.UNCERTAIN:
        return math.nan
    return float(frame.values[column])


def _is_lost(pose: Pose, frame: Frame) -> bool:
    return frame.at - pose.at > LOST or not np.isfinite([*pose.position, *pose.orientation]).all()
