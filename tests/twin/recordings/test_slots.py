"""Tags lie by how long their codes are, and an instant asks only for what it needs."""

from __future__ import annotations

from pathlib import Path
from random import Random

import h5py
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.twin.recordings.material import START
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.recordings.sealing import rearranged
from twin.signals import Floats, Frame, Tag, TagTable

AT_REST, WIDE, NARROW = range(3)


@given(
    arrays.arrays(np.float64, st.tuples(st.integers(1, 8), st.integers(1, 90)), elements=st.floats(width=64)),
    st.randoms(use_true_random=False),
)
def test_every_tag_has_a_place_of_its_own_whatever_it_says(values: Floats, random: Random) -> None:
    columns = list(range(values.shape[1]))
    random.shuffle(columns)
    found = rearranged(np.array(columns, np.uint32), values, np.full(len(columns), 0.5))
    assert sorted(found.tolist()) == sorted(columns)


def test_the_longest_codes_lie_in_front_and_what_rests_at_the_end(tmp_path: Path) -> None:
    tags = TagTable(Tag(name, step=1.0) for name in ("rest", "wide", "narrow"))
    said = [np.array([7.0, (second * 977) % 3000, second % 5]) for second in range(100)]
    with Recorder(tmp_path / "r.h5", tags) as recorder:
        for second, values in enumerate(said):
            recorder.append(Frame(START + second, values, np.zeros(3, np.uint8), START + second))
    with h5py.File(recorder.path) as file:
        slots = file["values/slots"][()]
    assert slots[WIDE] < slots[NARROW] < slots[AT_REST]
    with Recording.open(recorder.path) as recording:
        for second in (0, 1, 50, 99):
            frame = recording.latest_at(START + second)
            assert frame is not None
            np.testing.assert_array_equal(frame.values, said[second])
