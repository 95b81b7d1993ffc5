"""Tracks of robots' own logs, of no station: what of them is a robot, where all of it is in one frame of reference.

A log's transforms (``tf/map/odom``: where frame *odom* is in frame *map*) are followed from the frame that lies in no
other. Frames of reference and what moves in them have the names robots give them (REP 105): the place of *base_link* in
*odom* is what its wheels say and drifts; that of *odom* in *map* is what localisation corrects that by, in jumps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from app import theme
from app.messages import Mail
from app.scene import ground
from app.scene.state import RobotMark, Route, Tick
from twin.recordings.memory import Track
from twin.text import Text

Array = NDArray[np.float64]
REFERENCES = ("earth", "map", "odom", "world")  # frames that robots move in
ODOMETRY = "odom"
FLAT = 0.3  # m: what keeps so near to one height drives on a floor
LEVEL = 0.3  # rad that what drives on a floor may tilt
SPACING = 0.02  # m between two points of a way that is drawn
TRAIL = 600.0  # s of its way behind a robot
TRAIL_POINTS = 400
LOST = 10.0  # s without a pose after which nobody knows where it is
FAR = 3.0  # times the size of the tracks that the origin may lie off and still be shown


@dataclass(frozen=True)
class Survey:
    """How far all tracks reach (two corners, m), and the ways as they are drawn."""

    low: Array
    high: Array
    ways: tuple[Route, ...]


class LogTracks:
    """The tracks of a recording, in the frame of reference in which all others lie."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._links = {child: (parent, track) for track in tracks for parent, child in _link(track.robot)}
        poses = {track.robot: track for track in tracks if not any(_link(track.robot))}
        parents = [parent for parent, _ in self._links.values()]
        self.root = next((parent for parent in parents if parent not in self._links), "")
        self._frames = [child for child in self._links if child in REFERENCES]
        bodies = {
            child: self._placed(track, parent)
            for child, (parent, track) in self._links.items()
            if child not in REFERENCES and parent in (*REFERENCES, self.root)
        }
        others = {name: self._of_poses(track) for name, track in poses.items()}
        self._bodies = {name: track for name, track in (bodies or others).items() if len(track.at)}
        self._others = {name: track for name, track in others.items() if bodies and len(track.at)}

    @cached_property
    def survey(self) -> Survey:
        """How far the tracks reach, and the ways."""
        everything = [track.position for track in (*self._bodies.values(), *self._others.values())]
        points = np.concatenate([*everything, np.zeros((0, 3))])
        low, high = points.min(axis=0), points.max(axis=0)
        if (np.abs(np.clip(0.0, low, high)) <= FAR * max(float(np.ptp(points[:, :2], axis=0).max()), 1.0)).all():
            low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
        ways = []
        for name, track in (self._bodies | self._others).items():
            way = thinned(track.position)
            if len(way) < 2:
                continue
            ways.append(Route(name, tuple(map(_point, way)), closed=False))
            if kind(track) == "free":
                below = way * np.array([1.0, 1.0, 0.0]) + np.array([0.0, 0.0, ground.level(low)])
                ways.append(Route("", tuple(map(_point, below)), closed=False))
        return Survey(low, high, tuple(ways))

    def ticks(self, language: str) -> tuple[Tick, ...]:
        """The name of each way at its end, but for robots', which bear theirs."""
        ways = (way for way in self.survey.ways if way.robot in self._others)
        return tuple(Tick(self._called(way.robot).said_in(language), way.points[-1]) for way in ways)

    def said(self, language: str) -> str:
        """In which frame all is shown, and by which others each robot's place was found."""
        if not self.root:
            return Text("the log's own axes", "记录自身坐标系").said_in(language)
        chains = " · ".join(self._chain(name) for name in self._bodies)
        return Text(f"frame {self.root}: {chains}", f"坐标系 {self.root}：{chains}").said_in(language)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways that were gone, and their shadows on the floor beneath them."""
        return tuple(replace(way, colour=self._colour(way.robot)) for way in self.survey.ways)

    @property
    def ways(self) -> list[Array]:
        """Where each robot has been: when and where, (n, 4)."""
        return [np.column_stack([track.at, track.position]) for track in self._bodies.values()]

    def marks(self, mail: Mail, _: str) -> tuple[RobotMark, ...]:
        """The robots at the cursor, and where the frames of reference are."""
        marks = [self._body(name, track, mail.cursor) for name, track in self._bodies.items()]
        origins = [self._origin(name, mail.cursor) for name in self._frames]
        if self.root:
            origins.append(RobotMark(self.root, "frame", (0.0, 0.0, 0.0), 0.0, turned=(0.0, 0.0, 0.0, 1.0)))
        return (*(mark for mark in marks if mark is not None), *(mark for mark in origins if mark is not None))

    # ---- one frame -------------------------------------------------------------------------------------------------

    def _placed(self, track: Track, frame: str) -> Track:
        """A track in the root frame, followed link by link; without what was before the first word of a link."""
        seen: set[str] = set()
        while frame in self._links and frame not in seen:
            seen.add(frame)
            frame, link = self._links[frame]
            track = composed(link, track)
        return track

    def _of_poses(self, track: Track) -> Track:
        """Poses by themselves. Odometry is left alone from where it began, so that its drift is seen; what is of no
        frame by its name is taken to be of the root."""
        if track.robot not in self._links:
            return track
        parent, link = self._links[track.robot]
        start = Track(link.robot, link.at[:1] - np.inf, link.position[:1], link.orientation[:1])
        return self._placed(composed(start, track), parent)

    def _body(self, name: str, track: Track, now: float) -> RobotMark | None:
        count = int(np.searchsorted(track.at, now, side="right"))
        if not count:
            return None
        first = int(np.searchsorted(track.at, now - TRAIL))
        behind = np.unique(np.linspace(first, count - 1, min(count - first, TRAIL_POINTS)).astype(int))
        turned = track.orientation[count - 1]
        return RobotMark(
            name,
            kind(track),
            _point(track.position[count - 1]),
            float(np.arctan2(2 * (turned[3] * turned[2] + turned[0] * turned[1]), 1 - 2 * (turned[1:3] ** 2).sum())),
            tuple(map(_point, track.position[behind])),
            tuple((now - track.at[behind]).tolist()),
            status="lost" if now - track.at[count - 1] > LOST else "",
            turned=None if kind(track) == "cart" else _quaternion(turned),
        )

    def _origin(self, name: str, now: float) -> RobotMark | None:
        parent, link = self._links[name]
        here = self._placed(link, parent)
        row = int(np.searchsorted(here.at, now, side="right")) - 1
        if row < 0:
            return None
        return RobotMark(name, "frame", _point(here.position[row]), 0.0, turned=_quaternion(here.orientation[row]))

    # ---- words -----------------------------------------------------------------------------------------------------

    def _colour(self, robot: str) -> str:
        if robot in self._others:
            return theme.SECONDARY
        return theme.ROBOT if robot in self._bodies else theme.SCENE_SHADOW

    def _called(self, name: str) -> Text:
        if name == ODOMETRY and name in self._others:
            return Text(f"{name}: odometry alone", f"{name}：仅里程计")
        return Text(name, name)

    def _chain(self, name: str) -> str:
        frames = [name]
        while frames[-1] in self._links and len(frames) <= len(self._links):
            frames.append(self._links[frames[-1]][0])
        return " → ".join(reversed(frames))


def kind(track: Track) -> str:
    """``cart`` for what keeps upright at one height, ``free`` for what is carried or flies."""
    height = np.ptp(track.position[:, 2]) if len(track.at) else 0.0
    upward = 1 - 2 * (track.orientation[:, :2] ** 2).sum(axis=1)
    return "cart" if height < FLAT and (upward > np.cos(LEVEL)).all() else "free"


def composed(link: Track, track: Track) -> Track:
    """A track given in one frame, in the frame in which ``link`` places that; each link holds until the next."""
    row = np.searchsorted(link.at, track.at, side="right") - 1
    known = row >= 0
    turn = Rotation.from_quat(link.orientation[row[known]]) if known.any() else Rotation.identity(0)
    position = link.position[row[known]] + turn.apply(track.position[known]) if known.any() else np.zeros((0, 3))
    own = Rotation.from_quat(track.orientation[known]) if known.any() else turn
    turned = (turn * own).as_quat() if known.any() else np.zeros((0, 4))
    return Track(track.robot, track.at[known], np.asarray(position), np.asarray(turned))


def thinned(way: Array) -> Array:
    """A way (n, 3) without points that are nearer than ``SPACING`` along it to the one kept before; its ends stay."""
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(way, axis=0), axis=1))])
    keep = np.unique(np.floor(along / SPACING), return_index=True)[1]
    return way[np.union1d(keep, [len(way) - 1])]


def _link(name: str) -> list[tuple[str, str]]:
    """The frames of a transform ``tf/parent/child``; none of another track."""
    words = name.split("/")
    return [(words[1], words[2])] if len(words) == 3 and words[0] == "tf" else []


def _point(at: Array) -> tuple[float, float, float]:
    return float(at[0]), float(at[1]), float(at[2])


def _quaternion(turned: Array) -> tuple[float, float, float, float]:
    return float(turned[0]), float(turned[1]), float(turned[2]), float(turned[3])
