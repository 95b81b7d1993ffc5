"""What one message of a robot's log says: poses, signals, or a reason to leave it out."""

from __future__ import annotations

import base64
import json
import math
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.recordings.importers.cdr import Message
from twin.thermography import LARGEST_FRAME, LARGEST_PANORAMA, Orientation, Panorama, Place, ThermalFrame

IMAGES = ("sensor_msgs/CompressedImage", "foxglove.CompressedImage")
RAW_IMAGES = ("sensor_msgs/Image", "foxglove.RawImage")
OWN_PANORAMAS = "/panorama"  # what follows a camera's name in the topics of our own exports
OWN_THERMAL = "/thermal"  # the same of thermal frames
OWN_SIGNALS = "pumphouse.Signals"  # and the topic
THERMAL_ENCODING = "16UC1"
HUNDREDTHS, ICE = 100, 27_315  # in a kelvin; of kelvins at which water freezes
UPRIGHT: Orientation = (0.0, 0.0, 0.0, 1.0)
TEXT = "foxglove.Log"
JPEG = b"\xff\xd8"  # how such a file begins
_TRANSFORMS = ("tf2_msgs/TFMessage", "foxglove.FrameTransforms")
_TRANSFORM = ("geometry_msgs/TransformStamped", "foxglove.FrameTransform")
_POSES = (
    "nav_msgs/Odometry",
    "geometry_msgs/PoseStamped",
    "geometry_msgs/PoseWithCovarianceStamped",
    "foxglove.PoseInFrame",
)
KNOWN = frozenset((*_TRANSFORMS, *_TRANSFORM, *_POSES))


@dataclass(frozen=True, slots=True)
class Moved:
    """Where something was. ``at`` is the stamp of the message itself [s, POSIX]; NaN where it has none."""

    name: str
    at: float
    numbers: tuple[float, ...]
    """Position x, y, z [m] and quaternion x, y, z, w."""


@dataclass(frozen=True, slots=True)
class Said:
    """Values of signals by name; NaN where a message says that there is none. ``quality`` is stated by our own exports
    only, and there where it is not good."""

    at: float
    values: Mapping[str, float]
    units: Mapping[str, str] = field(default_factory=dict)
    quality: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Pictured:
    """A JPEG file of one of the station's panoramic cameras, and its pose, where our own export says it."""

    camera: str
    at: float
    data: bytes
    pose: tuple[Place, Orientation] | None

    def picture(self, at: float, place: Place) -> Panorama:
        """The panorama, of a camera that is at a place unless it says itself where it was."""
        return Panorama(at, self.camera, *(self.pose or (place, UPRIGHT)), self.data)


@dataclass(frozen=True, slots=True)
class Warmed:
    """A thermal frame of our own exports: pixels in hundredths of a kelvin, 16 bits each."""

    camera: str
    at: float
    data: bytes
    shape: tuple[int, int]
    pose: tuple[Place, Orientation]
    emissivity: float
    field_of_view: tuple[float, float]

    def picture(self, at: float, _: Place) -> ThermalFrame:
        """The thermal frame. Temperatures come back to the hundredth."""
        pixels = np.frombuffer(self.data, "<u2").reshape(self.shape)
        seen = np.where(pixels > 0, (pixels.astype(np.float64) - ICE) / HUNDREDTHS, np.nan)
        return ThermalFrame(at, self.camera, *self.pose, self.emissivity, self.field_of_view, seen.astype(np.float32))


def pictured(topic: str, message: Message, cameras: Collection[str]) -> Pictured | None:
    """The panorama that a compressed image is; None for any other. Raises as :func:`read` does."""
    header = message.get("header")
    frame = str(header["frame_id"] if isinstance(header, dict) else message.get("frame_id", ""))
    name = topic.strip("/")
    own = name.removesuffix(OWN_PANORAMAS)
    camera = own if own != name else next((said for said in (name, frame) if said in cameras), "")
    told = message["data"]
    data = base64.b64decode(told, validate=True) if isinstance(told, str) else bytes(told)
    fits = camera and data.startswith(JPEG) and len(data) <= LARGEST_PANORAMA
    pose = _pose(message) if own != name and "position" in message else None
    return Pictured(camera, _stamp(message), data, pose) if fits else None


def warmed(topic: str, message: Message) -> Warmed:
    """The thermal frame of our own export that a raw image is. Raises as :func:`read` does, also for any other."""
    rows, columns = int(message["height"]), int(message["width"])
    data = base64.b64decode(message["data"], validate=True)
    if message["encoding"] != THERMAL_ENCODING or not 0 < rows * columns <= LARGEST_FRAME:
        raise ValueError("it is no thermal frame")
    if len(data) != 2 * rows * columns:
        raise ValueError("it is cut off")
    wide, high = (_known(told) for told in message["field_of_view"])
    camera = topic.strip("/").removesuffix(OWN_THERMAL)
    emissivity = _known(message["emissivity"])
    return Warmed(camera, _stamp(message), data, (rows, columns), _pose(message), emissivity, (wide, high))


def _pose(message: Message) -> tuple[Place, Orientation]:
    """Where a camera of our own exports was and how it was turned; NaN where nobody knows."""
    x, y, z = (_known(told) for told in message["position"])
    qx, qy, qz, qw = (_known(told) for told in message["orientation"])
    return (x, y, z), (qx, qy, qz, qw)


def _known(told: float | None) -> float:
    """A number, of which JSON cannot say that it is none."""
    return math.nan if told is None else float(told)


def read(kind: str, topic: str, message: Message) -> Iterator[Moved | Said]:
    """All that a message of that type says. Raises KeyError, TypeError or ValueError where it is of another shape."""
    name = topic.strip("/")
    if kind in _TRANSFORMS:
        for transform in message["transforms"]:
            yield _transformed(name, transform)
    elif kind in _TRANSFORM:
        yield _transformed(name, message)
    elif kind in _POSES:
        yield from _posed(name, message)
    elif kind != TEXT:
        yield _signals(kind, name, message)


def from_json(data: bytes) -> Message:
    """A message in JSON. Raises ValueError for what is none."""
    said = json.loads(data)
    if not isinstance(said, dict):
        raise ValueError("it is no JSON object")
    return said


def _posed(name: str, message: Message) -> Iterator[Moved | Said]:
    at, pose = _stamp(message), message["pose"]
    pose = pose.get("pose", pose)  # one with a covariance holds the pose itself
    yield Moved(name, at, (*_axes(pose["position"]), *_quaternion(pose["orientation"])))
    if "twist" in message:
        twist = message["twist"]["twist"]
        values, units = {}, {}
        for part, unit in (("linear", "m/s"), ("angular", "rad/s")):
            for axis, value in zip("xyz", _axes(twist[part]), strict=True):
                values[f"{name}.{part}.{axis}"], units[f"{name}.{part}.{axis}"] = value, unit
        yield Said(at, values, units)


def _transformed(name: str, message: Message) -> Moved:
    if "transform" in message:  # of ROS
        parent, child = message["header"]["frame_id"], message["child_frame_id"]
        told = message["transform"]
    else:  # of Foxglove
        parent, child, told = message["parent_frame_id"], message["child_frame_id"], message
    numbers = (*_axes(told["translation"]), *_quaternion(told["rotation"]))
    return Moved(f"{name}/{parent}/{child}", _stamp(message), numbers)


def _signals(kind: str, name: str, message: Message) -> Said:
    if not kind.startswith(OWN_SIGNALS):
        return Said(_stamp(message), dict(_numbers(name, message)))
    quality = {tag: int(stated) for tag, stated in message["quality"].items()}
    values = dict.fromkeys(quality, math.nan) | {tag: _number(value) for tag, value in message["values"].items()}
    return Said(_stamp(message), values, quality=quality)


def _numbers(name: str, said: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The numbers of an object and of those inside it, each with its path; what is no number is passed over."""
    for key, value in said.items():
        path = f"{name}.{key}"
        if isinstance(value, dict):
            if not _is_stamp(value):
                yield from _numbers(path, value)
        elif value is None or isinstance(value, bool | int | float):
            yield path, _number(value)


def _number(value: Any) -> float:
    """NaN for nothing, and for what no float64 holds."""
    if value is None or (isinstance(value, int) and abs(value) > sys.float_info.max):
        return math.nan
    return float(value) if math.isfinite(value) else math.nan


def _stamp(message: Message) -> float:
    """When a message says it is from; NaN where it does not."""
    said = message.get("timestamp")
    header = message.get("header")
    if said is None and isinstance(header, dict):
        said = header.get("stamp")
    if not isinstance(said, dict) or not _is_stamp(said):
        return math.nan
    return float(said["sec"]) + float(said.get("nanosec", said.get("nsec"))) / 1e9  # type: ignore[arg-type]


def _is_stamp(said: Mapping[str, Any]) -> bool:
    return set(said) in ({"sec", "nsec"}, {"sec", "nanosec"}) and all(isinstance(v, int | float) for v in said.values())


def _axes(said: Mapping[str, Any]) -> tuple[float, float, float]:
    return float(said["x"]), float(said["y"]), float(said["z"])


def _quaternion(said: Mapping[str, Any]) -> tuple[float, float, float, float]:
    return float(said["x"]), float(said["y"]), float(said["z"]), float(said["w"])
