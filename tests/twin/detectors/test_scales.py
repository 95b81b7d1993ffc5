"""Scales: what a mistaken unit makes of values is seen, and a quick look sees no less than a close one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.detectors.scales import Scales
from twin.signals import Floats, Frame, Tag, TagTable

TAGS = TagTable([Tag("a", low=0.0, high=10.0), Tag("b", low=-5.0, high=5.0), Tag("c", kind="digital"), Tag("d")])
VALUE = st.floats(-30.0, 30.0) | st.sampled_from([0.0, 4.0, 4e3, 4e-3, 3.9e3, 2e3, 2e-3, -4e3, 1e300])


def frame(values: Floats) -> Frame:
    return Frame(0.0, values, np.zeros(len(values), dtype=np.uint8))


@given(st.lists(st.tuples(VALUE, VALUE, VALUE, VALUE), min_size=1, max_size=30), st.booleans())
def test_a_quick_look_sees_what_a_close_one_does(rows: list[tuple[float, ...]], forgets: bool) -> None:
    quick, close = Scales(TAGS), Scales(TAGS)
    for row in rows:
        one = frame(np.array(row))
        wrong = close.step(one, whole=False)
        assert quick.step(one, whole=True).tolist() == wrong.tolist()
        assert [quick.told(int(c)) for c in wrong] == [close.told(int(c)) for c in wrong]
        if forgets:
            quick.forget()
            close.forget()


@pytest.mark.parametrize("factor", [1000.0, 1e-3])
def test_a_value_in_another_unit_is_wrong_until_it_is_back(factor: float) -> None:
    scales = Scales(TAGS)
    usual = np.array([4.0, 4.0, 1.0, 4.0])
    told = [scales.step(frame(usual * f), whole=True).tolist() for f in (1.0, 1.0, factor, 0.9 * factor, 1.0)]
    assert told == [[], [], [0, 1], [0, 1], []]


def test_what_has_no_range_has_no_scale() -> None:
    scales = Scales(TagTable([Tag("d"), Tag("c", kind="digital", low=0.0, high=1.0)]))
    assert [len(scales.step(frame(np.full(2, value)), whole=True)) for value in (1.0, 1e3, 1e9)] == [0, 0, 0]
