"""What the messages of an exported log look like, as JSON Schema. Names and fields are those of Foxglove's schemas, by
which viewers know what to draw; signals are ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from twin.recordings.importers.messages import OWN_SIGNALS as SIGNALS
from twin.signals import Tag


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}
_WHOLE = {"type": "integer"}
_TIME = _object(sec={"type": "integer", "minimum": 0}, nsec={"type": "integer", "minimum": 0, "maximum": 999_999_999})

POSE = {
    "title": "foxglove.PoseInFrame",
    **_object(
        timestamp=_TIME,
        frame_id=_TEXT,
        pose=_object(
            position=_object(x=_NUMBER, y=_NUMBER, z=_NUMBER),
            orientation=_object(x=_NUMBER, y=_NUMBER, z=_NUMBER, w=_NUMBER),
        ),
    ),
}

LOG = {
    "title": "foxglove.Log",
    **_object(timestamp=_TIME, level=_WHOLE, message=_TEXT, name=_TEXT, file=_TEXT, line=_WHOLE),
}

_MAYBE = {"type": ["number", "null"]}
_MANY = {"type": "array", "items": _MAYBE}
_POSED = {"position": _MANY, "orientation": _MANY}
_BASE64 = {"type": "string", "contentEncoding": "base64"}

COMPRESSED_IMAGE = {
    "title": "foxglove.CompressedImage",
    **_object(timestamp=_TIME, frame_id=_TEXT, data=_BASE64, format=_TEXT, **_POSED),
}

RAW_IMAGE = {
    "title": "foxglove.RawImage",
    "description": "16UC1: temperatures in hundredths of a kelvin; 0: none",
    **_object(
        timestamp=_TIME,
        frame_id=_TEXT,
        width=_WHOLE,
        height=_WHOLE,
        encoding=_TEXT,
        step=_WHOLE,
        data=_BASE64,
        emissivity=_MAYBE,
        field_of_view=_MANY,
        **_POSED,
    ),
}

INFO, WARNING, ERROR = 2, 3, 4
"""Levels of a log's line."""


def signals(topic: str, tags: Sequence[Tag]) -> dict[str, Any]:
    """The values of some tags, each in its own unit. A value that is missing is left out, and its quality stated; so is
    any quality that is not good."""
    told = {tag.name: {**_NUMBER, "description": f"{tag.description.en} [{tag.unit or '-'}]".strip()} for tag in tags}
    return {
        "title": f"{SIGNALS}.{topic}",
        "description": "quality: 0 good, 1 uncertain, 2 stale, 3 bad, 4 missing; good where it is not stated",
        **_object(timestamp=_TIME, values=_object(**told), quality=_object(**{tag.name: _WHOLE for tag in tags})),
    }
