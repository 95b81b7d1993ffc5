"""The roll of anomalies: one row of numbers for all finders, and what stands."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from twin.detectors.anomaly import Anomaly
from twin.detectors.roll import Roll

FOUND = Anomaly(1, "P101", "cavitation", (), 0.0, 0.0, None, "high", ())
TOLD = st.tuples(st.sampled_from(("feed", "detector")), st.integers(1, 5), st.booleans())


@given(st.lists(TOLD, max_size=40), st.integers(1, 1000))
def test_no_two_anomalies_that_stand_have_the_same_number(story: list[tuple[str, int, bool]], first: int) -> None:
    roll = Roll(first)
    numbers: dict[tuple[str, int], int] = {}
    for finder, identity, over in story:
        (told,) = roll.enter(finder, [replace(FOUND, id=identity, until=9.0 if over else None)])
        assert told.id >= first
        assert numbers.setdefault((finder, identity), told.id) == told.id
        if over:
            del numbers[finder, identity]
        assert sorted(a.id for a in roll.standing) == sorted(numbers.values())


def test_numbers_go_on_where_another_run_was_left() -> None:
    roll = Roll()
    roll.begin_at(8)
    assert [a.id for a in roll.enter("detector", [FOUND])] == [8]
