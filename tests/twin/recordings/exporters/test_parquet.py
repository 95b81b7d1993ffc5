"""HDF5 to Parquet to HDF5 is identity, and other programs find what they look for."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tests.twin.recordings.material import START, TAGS, alarm, anomaly, frames, recorded
from twin.exporting import export
from twin.importing import import_files
from twin.paths import REFERENCE_STATION
from twin.plant.reading import read
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Floats, Frame, Qualities
from twin.times import span


def there_and_back(path: Path) -> Path:
    """The recording that comes back from the Parquet file of another."""
    with Recording.open(path) as recording:
        export(recording, path.with_suffix(".parquet"))
    back = path.with_name("back.h5")
    import_files([path.with_suffix(".parquet")], back, None, None, lambda share: None)
    return back


@settings(deadline=None, max_examples=25)
@given(
    arrays.arrays(
        np.float64, st.tuples(st.integers(1, 20), st.just(len(TAGS))), elements=st.floats(allow_infinity=False)
    ),
    arrays.arrays(np.uint8, (20, len(TAGS)), elements=st.integers(0, 4)),
    arrays.arrays(np.int64, (20,), elements=st.integers(0, 10_000_000)),
    st.lists(st.one_of(st.just(np.nan), st.integers(0, 1000).map(float)), min_size=20, max_size=20),
)
def test_values_quality_time_arrival_and_the_tag_table_come_back(
    values: Floats, quality: Qualities, steps: np.ndarray, late: list[float]
) -> None:
    at = START + np.cumsum(steps)[: len(values)] / 1000
    with tempfile.TemporaryDirectory() as name:
        first = recorded(
            Path(name) / "first.h5",
            [
                Frame(float(t), row, q, float(t) + lag)
                for t, row, q, lag in zip(at, values, quality, late, strict=False)
            ],
        )
        with Recording.open(there_and_back(first)) as back, Recording.open(first) as recording:
            wanted, got = recording.range(-np.inf, np.inf), back.range(-np.inf, np.inf)
            assert back.tags == recording.tags == TAGS
    for name in ("at", "values", "quality", "arrived"):
        np.testing.assert_array_equal(getattr(got, name), getattr(wanted, name), name)


def test_the_station_and_what_happened_come_back_too(tmp_path: Path) -> None:
    station = read(REFERENCE_STATION)
    with Recorder(tmp_path / "first.h5", TAGS, station) as recorder:
        for frame in frames(30):
            recorder.append(frame)
        recorder.anomaly(anomaly())
        recorder.alarm(alarm())
    with Recording.open(tmp_path / "first.h5") as recording, Recording.open(there_and_back(recording.path)) as back:
        assert back.station is not None
        assert back.station.digest == station.digest
        assert back.events(-np.inf, np.inf) == recording.events(-np.inf, np.inf)
        assert [(one.id, one.fault, one.candidates) for one in back.anomalies()] == [
            (one.id, one.fault, one.candidates) for one in recording.anomalies()
        ]
        assert [(one.id, one.text) for one in back.alarms()] == [(one.id, one.text) for one in recording.alarms()]


def test_the_metadata_say_whether_rows_are_raw_or_reduced_and_the_importer_passes_it_on(tmp_path: Path) -> None:
    with Recording.open(recorded(tmp_path / "first.h5", frames(100))) as recording:
        assert export(recording, tmp_path / "raw.parquet", ["PT*"], span("+10..+20")) == 10
        assert export(recording, tmp_path / "reduced.parquet", every=10.0) == 10
    raw, reduced = (pq.read_schema(tmp_path / name) for name in ("raw.parquet", "reduced.parquet"))
    assert raw.metadata[b"pumphouse.data"] == b"raw"
    assert reduced.metadata[b"pumphouse.data"] == b"reduced: the last row of every 10 s"
    assert raw.names == ["time", "arrived", "PT-1", "PT-1.quality"]
    assert raw.field("PT-1").metadata[b"unit"] == b"MPa"
    import_files([tmp_path / "reduced.parquet"], tmp_path / "second.h5", None, None, lambda share: None)
    with Recording.open(tmp_path / "second.h5") as recording:
        assert recording.attributes["source"] == "reduced.parquet (reduced: the last row of every 10 s)"


def test_what_is_missing_is_null_to_other_programs(tmp_path: Path) -> None:
    given_ = frames(50)
    with Recording.open(recorded(tmp_path / "first.h5", given_)) as recording:
        export(recording, tmp_path / "x.parquet")
    table = pq.read_table(tmp_path / "x.parquet")
    missing = sum(bool(np.isnan(frame.values[0])) for frame in given_)
    assert missing > 0
    assert table.column("PT-1").null_count == missing
    assert str(table.schema.field("time").type) == "timestamp[ns, tz=UTC]"
