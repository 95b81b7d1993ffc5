"""What the messages of an exported log look like, as JSON Schema. Names and fields are those of Foxglove's schemas, by
which viewers know what to draw; signals are ours."""

from __future__ import annotations

from typing import Any


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

INFO, WARNING, ERROR = 2, 3, 4
"""Levels of a log's line."""

SIGNALS = {
    "title": "pumphouse.Signals",
    "description": "values by tag in the tag's own unit; quality by tag where it is not good: 1 uncertain, 2 stale, "
    "3 bad, 4 missing",
    **_object(
        timestamp=_TIME,
        values={"type": "object", "additionalProperties": {"type": ["number", "null"]}},
        quality={"type": "object", "additionalProperties": _WHOLE},
    ),
}
