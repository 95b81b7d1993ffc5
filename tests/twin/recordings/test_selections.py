"""Parts of datasets are what h5py reads of them, however many rows are asked for and however far beyond the end."""

from __future__ import annotations

from collections.abc import Iterator

import h5py
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.recordings.selections import FEW, SCATTERED, Stored

ROWS, BREADTH = 3 * SCATTERED, 50
KIND = np.dtype([("base", "<i4"), ("bytes", "u1")])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[h5py.File]:
    random = np.random.default_rng(0)
    told = np.zeros((ROWS, BREADTH), KIND)
    told["base"], told["bytes"] = random.integers(-9, 9, told.shape), random.integers(0, 9, told.shape)
    with h5py.File(tmp_path_factory.mktemp("stored") / "f.h5", "w") as found:
        found.create_dataset("told", data=told, chunks=(32, 20))
        found.create_dataset("words", data=["a", "b"], dtype=h5py.string_dtype())
        found.create_dataset("lists", (2, 3), np.dtype(("i4", (2,))))
        yield found


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    slots=st.lists(st.integers(0, ROWS - 1), max_size=2 * SCATTERED)
    | st.integers(0, ROWS - FEW - 3).map(lambda low: list(range(low, low + FEW + 3))),
    first=st.integers(0, BREADTH),
    length=st.integers(0, BREADTH),
)
def test_rows_are_read_in_the_order_asked_for_and_beyond_the_end_are_zeros(
    file: h5py.File, slots: list[int], first: int, length: int
) -> None:
    everything = np.concatenate([file["told"][()], np.zeros((ROWS, BREADTH), KIND)], axis=1)
    found = Stored(file["told"]).rows(np.array(slots, np.uint32), first, first + length)
    np.testing.assert_array_equal(found, everything[slots, first : first + length])


def test_a_row_that_is_not_there_is_an_error(file: h5py.File) -> None:
    with pytest.raises(ValueError, match="missing"):
        Stored(file["told"]).rows(np.array([ROWS], np.uint32), 0, 5)


@pytest.mark.parametrize("name", ["words", "lists"])
def test_what_is_stored_as_another_kind_is_refused(file: h5py.File, name: str) -> None:
    with pytest.raises(TypeError):
        Stored(file[name])
