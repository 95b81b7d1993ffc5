"""Coding loses nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from twin.recordings.codes import TYPES, Coded, decoded, encoded, summed
from twin.recordings.layout import STRETCH
from twin.signals import Floats

STEPS = (0.0, 0.0001, 0.01, 0.02, 0.1, 1.0)


def back(coded: Coded, rows: int) -> Floats:
    values = np.empty((rows, len(coded.encoding)))
    for bits in TYPES:
        chosen = np.flatnonzero(coded.encoding["store"] == bits)
        codes = summed(coded.codes[bits])[coded.encoding["slot"][chosen]]
        values[:, chosen] = decoded(coded.encoding[chosen], codes, coded.table).T
    chosen = np.flatnonzero(coded.encoding["store"] == 64)
    values[:, chosen] = coded.floats[coded.encoding["slot"][chosen]].T
    return values


def assert_same_bits(got: Floats, wanted: Floats) -> None:
    known = ~np.isnan(wanted)
    np.testing.assert_array_equal(np.isnan(got), ~known)
    np.testing.assert_array_equal(got[known].view(np.int64), wanted[known].view(np.int64))


@given(
    arrays.arrays(np.float64, st.tuples(st.integers(0, 30), st.integers(1, 5)), elements=st.floats(width=64)),
    st.sampled_from(STEPS),
)
def test_any_numbers_come_back_to_the_last_bit(values: Floats, step: float) -> None:
    assert_same_bits(back(encoded(values, [step] * values.shape[1]), len(values)), values)


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=50), st.sampled_from(STEPS[1:]), st.data())
def test_multiples_of_a_step_are_coded_as_integers(counts: list[int], step: float, data: st.DataObject) -> None:
    values = np.array(counts, np.float64)[:, None] * step
    values[data.draw(st.integers(0, len(counts) - 1))] = np.nan
    coded = encoded(values, [step])
    assert_same_bits(back(coded, len(values)), values)
    if np.ptp(counts) < 2**31:
        assert coded.encoding["store"][0] in TYPES


@given(st.lists(st.decimals(-1000, 1000, places=4), min_size=1, max_size=50))
def test_decimals_of_a_text_file_are_coded_as_integers(said: list[object]) -> None:
    values = np.array([float(str(number)) for number in said])[:, None]
    coded = encoded(values, [0.0])
    assert_same_bits(back(coded, len(values)), values)
    if not (np.signbit(values) & (values == 0)).any():  # minus zero has no integer
        assert coded.encoding["store"][0] in TYPES


def test_differences_start_anew_with_every_stretch() -> None:
    rows = 2 * STRETCH + 7
    values = np.arange(rows, dtype=np.float64)[:, None]
    coded = encoded(values, [1.0])
    second = summed(coded.codes[16][:, STRETCH : 2 * STRETCH])
    np.testing.assert_array_equal(decoded(coded.encoding, second, coded.table)[0], values[STRETCH : 2 * STRETCH, 0])


def test_a_wide_swing_wraps_around_and_comes_back() -> None:
    values = np.array([[-32767.0], [32767.0], [np.nan], [-32767.0]])
    coded = encoded(values, [1.0])
    assert coded.encoding["store"][0] == 16
    assert_same_bits(back(coded, 4), values)


def test_a_few_odd_values_are_coded_as_places_in_a_list() -> None:
    values = np.tile(np.array([np.pi, np.e, 1 / 3]), 40)[:, None]
    coded = encoded(np.hstack([values, values[::-1]]), [0.0, 0.01])
    assert set(coded.encoding["store"]) == {16}
    assert_same_bits(back(coded, 120), np.hstack([values, values[::-1]]))
