"""Coding loses nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from twin.recordings.codes import Coded, added, bytes_needed, counts_of, encoded, signed, values_of
from twin.recordings.layout import LISTED, RAW, STRETCH
from twin.signals import Floats

STEPS = (0.0, 0.0001, 0.01, 0.02, 0.1, 1.0)


def back(coded: Coded) -> Floats:
    counts = counts_of(coded.codes.copy(), coded.encoding)
    return values_of(counts, coded.encoding["how"][:, :1], coded.encoding["step"][:, :1], coded.table).T


def assert_same_bits(got: Floats, wanted: Floats) -> None:
    known = ~np.isnan(wanted)
    np.testing.assert_array_equal(got[known].view(np.int64), wanted[known].view(np.int64))


@given(
    arrays.arrays(np.float64, st.tuples(st.integers(1, 30), st.integers(1, 5)), elements=st.floats(width=64)),
    st.sampled_from(STEPS),
)
def test_any_numbers_come_back_to_the_last_bit(values: Floats, step: float) -> None:
    assert_same_bits(back(encoded(values, [step] * values.shape[1])), values)


@given(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=50), st.sampled_from(STEPS[1:]), st.data())
def test_multiples_of_a_step_are_counted(counts: list[int], step: float, data: st.DataObject) -> None:
    values = np.array(counts, np.float64)[:, None] * step
    values[data.draw(st.integers(0, len(counts) - 1))] = np.nan
    coded = encoded(values, [step])
    assert_same_bits(back(coded), values)
    assert coded.encoding["how"][0, 0] != RAW


@given(st.lists(st.decimals(-1000, 1000, places=4), min_size=1, max_size=50))
def test_decimals_of_a_text_file_are_counted(said: list[object]) -> None:
    values = np.array([float(str(number)) for number in said])[:, None]
    coded = encoded(values, [0.0])
    assert_same_bits(back(coded), values)
    if not (np.signbit(values) & (values == 0)).any():  # minus zero has no integer
        assert coded.encoding["how"][0, 0] != RAW


def test_each_stretch_is_coded_by_itself() -> None:
    rows = 2 * STRETCH + 7
    values = np.arange(rows, dtype=np.float64)[:, None]
    coded = encoded(values, [1.0])
    second = counts_of(coded.codes[:, STRETCH : 2 * STRETCH].copy(), coded.encoding[:, 1:2])
    np.testing.assert_array_equal(second[0], np.arange(STRETCH, 2 * STRETCH))


def test_a_ramp_runs_and_noise_does_not() -> None:
    random = np.random.default_rng(0)
    ramp, noise = np.arange(STRETCH) * 1.0, np.round(random.normal(size=STRETCH) * 5) + 0.0
    coded = encoded(np.stack([ramp, noise], axis=1), [1.0, 1.0])
    assert coded.encoding["running"][:, 0].tolist() == [1, 0]


def test_what_stands_still_needs_no_bytes_at_all() -> None:
    coded = encoded(np.full((STRETCH, 1), 41.3), [0.1])
    assert not coded.codes.any()
    assert coded.encoding["bytes"][0, 0] == 0


def test_gaps_cost_nothing() -> None:
    values = np.full((STRETCH, 1), 5.0)
    values[::3] = np.nan
    assert not encoded(values, [1.0]).codes.any()


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20))
def test_a_code_has_as_many_bytes_as_it_needs(codes: list[int]) -> None:
    assert bytes_needed(np.array([codes], np.uint64))[0] == -(-max(codes).bit_length() // 8)


def test_a_few_odd_values_are_coded_as_places_in_a_list() -> None:
    values = np.tile(np.array([np.pi, np.e, 1 / 3]), 40)[:, None]
    coded = encoded(np.hstack([values, values[::-1]]), [0.0, 0.01])
    assert set(coded.encoding["how"].ravel()) == {LISTED}
    assert_same_bits(back(coded), np.hstack([values, values[::-1]]))


@given(arrays.arrays(np.uint64, st.integers(1, 30), elements=st.integers(0, 2**64 - 1)))
def test_the_bytes_of_codes_add_up_to_their_differences(codes: NDArray[np.uint64]) -> None:
    planes = [((codes >> np.uint64(8 * byte)) & np.uint64(0xFF)).astype(np.uint8) for byte in range(8)]
    together = np.zeros(len(codes), np.int64)
    for byte, plane in enumerate(planes):
        together += added(plane, planes[0], byte)
    np.testing.assert_array_equal(together, signed(codes))
