"""What is kept is what reckoning it anew would give, and nothing is reckoned twice for the same things."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.simulation.kept import Kept


class Counted:
    """A function that knows how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, *of: Any, factor: float = 1.0) -> Any:
        self.asked += 1
        return factor * sum(part.sum() for part in of)


THINGS = [np.arange(3.0), np.arange(3.0), np.full(2, 7.0)]  # the first two are equal, and not the same


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2))))
def test_whatever_is_asked_in_a_row_is_answered_as_if_nothing_were_kept(asked):
    kept = Kept(Counted())
    for one, other in asked:
        assert kept(THINGS[one], THINGS[other]) == THINGS[one].sum() + THINGS[other].sum()


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2))))
def test_it_is_reckoned_as_often_as_what_it_is_made_of_was_replaced(asked):
    reckon = Counted()
    kept = Kept(reckon)
    for one, other in asked:
        kept(THINGS[one], THINGS[other])
    replaced = sum(now != before for before, now in zip([None, *asked], asked, strict=False))
    assert reckon.asked == replaced


def test_the_same_things_give_the_same_result_itself():
    kept = Kept(lambda values: values + 1.0)
    assert kept(THINGS[0]) is kept(THINGS[0])


def test_equal_things_that_are_not_the_same_are_reckoned_anew():
    kept = Kept(lambda values: values + 1.0)
    assert kept(THINGS[0]) is not kept(THINGS[1])


def test_what_was_given_by_name_is_reckoned_each_time_and_not_kept_for_those_who_give_nothing_by_name():
    reckon = Counted()
    kept = Kept(reckon)
    assert [kept(THINGS[2], factor=factor) for factor in (2.0, 2.0)] == [28.0, 28.0]
    assert kept(THINGS[2]) == 14.0
    assert reckon.asked == 3


def test_a_result_of_nothing_is_kept_too():
    reckon = Counted()
    kept = Kept(reckon)
    assert kept() == kept() == 0.0
    assert reckon.asked == 1
