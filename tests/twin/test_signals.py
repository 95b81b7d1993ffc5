"""The words: tags, quality, frames and blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import StationError
from twin.signals import ROWS_AT_ONCE, Block, Quality, Tag, TagTable


def table(*names: str) -> TagTable:
    return TagTable(Tag(name, equipment=name[:2], measures=name[2:]) for name in names)


@given(st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=40))
def test_every_tag_is_found_in_the_column_it_was_given(names: list[str]) -> None:
    tags = TagTable(Tag(name) for name in names)
    assert tags.names == tuple(names)
    assert [tags.column(name) for name in names] == list(range(len(names)))


def test_a_tag_that_is_not_there_is_named_with_its_nearest_neighbour() -> None:
    with pytest.raises(StationError, match="Did you mean 'P1flow'"):
        table("P1flow", "P1speed").column("P1flwo")


def test_two_tags_of_one_name_are_refused_by_name() -> None:
    with pytest.raises(StationError, match="P1flow: is named by two tags"):
        table("P1flow", "P1flow")


def test_a_measurement_is_found_by_equipment_and_what_it_measures() -> None:
    tags = table("P1flow", "P2flow")
    assert tags.measuring("P2", "flow") == 1
    assert tags.measuring("P3", "flow") is None


def test_patterns_choose_columns_in_table_order() -> None:
    assert table("P1flow", "P2flow", "P1speed").matching("P1*", "*flow") == [0, 1, 2]


def test_the_worst_quality_of_several_is_their_maximum() -> None:
    assert max(Quality.GOOD, Quality.STALE, Quality.UNCERTAIN) is Quality.STALE
    assert list(Quality) == sorted(Quality)


@pytest.mark.parametrize(("step", "low", "high", "decimals"), [
    (0.0001, 0, 2.5, 4), (0.1, 0, 10000, 1), (1.0, 0, 100, 0), (0.0, 0, 2.5, 3), (0.0, 0, 150, 1), (0.0, 0, 1e7, 0),
])  # fmt: skip
def test_a_value_is_shown_with_the_digits_its_transmitter_means(
    step: float, low: float, high: float, decimals: int
) -> None:
    assert Tag("T", low=low, high=high, step=step).decimals == decimals


def test_a_block_gives_its_frames_one_by_one() -> None:
    at = np.arange(3.0)
    block = Block(at, np.outer(at, [1.0, 2.0]), np.zeros((3, 2), np.uint8), at + 0.5)
    frames = list(block.frames())
    assert [f.at for f in frames] == [0.0, 1.0, 2.0]
    assert [f.arrived for f in frames] == [0.5, 1.5, 2.5]
    np.testing.assert_array_equal(frames[2].values, [2.0, 4.0])


def test_a_frame_of_a_long_block_has_its_values_side_by_side() -> None:
    values = np.asfortranarray(np.random.default_rng(0).normal(size=(3 * ROWS_AT_ONCE + 5, 7)))
    at = np.arange(len(values), dtype=float)
    block = Block(at, values, np.zeros(values.shape, np.uint8), at)
    frames = list(block.frames())
    assert [frame.at for frame in frames] == at.tolist()
    np.testing.assert_array_equal(np.stack([frame.values for frame in frames]), values)
    assert all(frame.values.flags.c_contiguous for frame in frames)
