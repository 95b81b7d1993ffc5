"""Places and times: robots' stops lie on their routes, the time zone exists."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterator

from twin.plant.mistake import Finding
from twin.plant.rules.draft import Draft
from twin.text import did_you_mean


def robots(draft: Draft) -> Iterator[Finding]:
    """A robot looks only at points of its way."""
    for index, robot in draft.robots:
        points = len(robot.route)
        for place, stop in enumerate(robot.stops):
            if points and not 0 <= stop < points:
                wrong = f"stop {stop} is not on the route, whose points count from 0 to {points - 1}"
                yield Finding(("robots", index, "stops", place), wrong, "Name a point of the route")


def timezone(draft: Draft) -> Iterator[Finding]:
    """The station's time zone must be one of the IANA database."""
    if draft.about is None:
        return
    known = zoneinfo.available_timezones()
    name = draft.about.timezone
    if name != "UTC" and known and name not in known:
        remedy = did_you_mean(name, known) or "Name one such as Asia/Shanghai or UTC"
        yield Finding(("station", "timezone"), f"there is no time zone '{name}'", remedy)
