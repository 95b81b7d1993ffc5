"""What recordings cost beside their peers: a day of the reference station, a month, and a file of the 100 GB class."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.bench._recording_peers import MINMAX, PEERS
from tests.twin.recordings.material import frames as small_frames
from tests.twin.recordings.material import values_of
from tests.twin.recordings.test_safety import killed
from twin.plant.reading import read
from twin.recordings.layout import LEVELS, STRETCH
from twin.recordings.pages import write_pages
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Floats, Frame, Tag, TagTable
from twin.simulation.plant import Plant

OUT = Path(__file__).resolve().parents[2] / "out"
START = 1_768_147_200.0
DAY = 86_400
PERIOD = 0.002  # s between frames given: quicker than any source, slower than the disk
REPEATS = 15
BUCKETS = 1200
MONTH, YEARS = 30, 2_900  # days; 2,900 of 35 MB are 100 GB
KILLS = 50
FASTER = 1000.0
REPLAYED = 10_000  # frames

Question = Callable[[], object]


def main() -> None:
    """Print the tables."""
    day = _day()
    with Recording.open(day) as recording:
        block = recording.range(START, START + DAY)
        tags = recording.tags
    _appending(block.values, tags)
    random = np.random.default_rng(0)
    rows, columns = random.integers(0, DAY, REPEATS + 1), random.integers(0, len(tags), REPEATS + 1)
    print(f"\n{'a day, ms':<16}{'bytes':>7}{'first':>9}{'cold':>9}{'tag':>9}{'cold':>9}{'instant':>9}{'8 tags':>9}")
    size = block.values.size
    _tell_ours("Pumphouse", day, size, rows, columns)
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        for number, peer in enumerate(PEERS):
            path = Path(folder) / str(number)
            peer.write(path, block.at, block.values, block.quality)
            turn = iter(np.tile(rows, 3).tolist())
            tag = iter(np.tile(columns, 3).tolist())
            asked: list[Question] = [
                lambda peer=peer, path=path: peer.first(path),  # type: ignore[misc]
                lambda peer=peer, path=path, tag=tag: peer.tag(path, next(tag)),  # type: ignore[misc]
                lambda peer=peer, path=path, turn=turn: peer.instant(path, next(turn)),  # type: ignore[misc]
                lambda peer=peer, path=path: peer.tags(path, MINMAX),  # type: ignore[misc]
            ]
            _tell(peer.name, path, size, asked, repeats=3)
            path.unlink()
        for days, name, sparse in ((MONTH, "30 days", False), (YEARS, "100 GB class", True)):
            path = Path(folder) / f"{days}.h5"
            _repeated(day, path, days, sparse)
            _tell_ours(name, path, size * days, rows, columns, days)
            print(
                f"{'':<16}memory {_memory(path, days):.0f} MB; a tag's {min(days, MONTH)} days "
                f"{_whole_tag(path, min(days, MONTH)):.0f} ms"
            )
            path.unlink()
        _replaying(day)
        _killing(Path(folder))


def _day() -> Path:
    """The day as a recording, simulated once and kept."""
    path = OUT / "day.h5"
    if path.exists():
        return path
    OUT.mkdir(exist_ok=True)
    print("simulating a day, once: some minutes", flush=True)
    station = read()
    plant = Plant(station, 7, START)
    with Recorder(path.with_suffix(".new"), station.tags, station, "sim:?seed=7") as recorder:
        for _ in range(DAY):
            recorder.append(plant.step())
    return path.with_suffix(".new").replace(path)


def _appending(values: Floats, tags: TagTable) -> None:
    hour = 3600
    quality = np.zeros(len(tags), np.uint8)
    appended = np.empty(2 * hour + 600)
    with tempfile.TemporaryDirectory(dir=OUT) as folder, Recorder(Path(folder) / "r.h5", tags) as recorder:
        for row in range(len(appended)):
            frame = Frame(START + row, values[row], quality, START + row + 0.2)
            began = time.perf_counter()
            recorder.append(frame)
            appended[row] = time.perf_counter() - began
            time.sleep(max(0.0, PERIOD - appended[row]))
        began = time.perf_counter()
        sealing = recorder._journal.content()
        recorder._change(sealing)
        recorder._journal.clear()
        took = time.perf_counter() - began
    said = ", ".join(f"{1e3 * q:.3f}" for q in np.quantile(appended, [0.5, 0.99, 1.0]))
    print(f"append a frame of {len(tags)} tags while two hours are sealed, ms: median, 99 %, longest: {said}")
    print(f"seal {len(sealing.rows)} rows, s: {took:.2f}")
    many = TagTable(Tag(f"T{i}", step=0.5) for i in range(10_000))
    given = small_frames(400, tags=many)
    with tempfile.TemporaryDirectory(dir=OUT) as folder, Recorder(Path(folder) / "r.h5", many) as recorder:
        spent = [_timed(lambda frame=frame: recorder.append(frame)) for frame in given]  # type: ignore[misc]
    print(f"append a frame of 10,000 tags, ms: median {np.median(spent):.3f}, 99 % {np.quantile(spent, 0.99):.3f}")


def _tell_ours(name: str, path: Path, samples: int, rows: Any, columns: Any, days: int = 1) -> None:
    turn, tag = iter(np.tile(rows, 3).tolist()), iter(np.tile(columns, 3).tolist())
    random = np.random.default_rng(1)
    with Recording.open(path) as recording:
        asked: list[Question] = [
            lambda: _first(path),
            lambda: recording.range(START, START + DAY, [next(tag)]),
            lambda: recording.latest_at(START + DAY * int(random.integers(days)) + next(turn)),
            lambda: recording.overview(columns[:MINMAX], START, START + days * DAY, BUCKETS),
        ]
        _tell(name, path, samples, asked)


def _first(path: Path) -> None:
    with Recording.open(path) as recording:
        recording.latest_at(START)


def _tell(name: str, path: Path, samples: int, asked: list[Question], repeats: int = REPEATS) -> None:
    first, tag, instant, plot = asked
    told = [_cold(path, first), _cold(path, tag)]
    warm = [_best(question, repeats) for question in (first, tag, instant, plot)]
    size = path.stat().st_blocks * 512 / samples
    figures = (warm[0], told[0], warm[1], told[1], warm[2], warm[3])
    print(f"{name:<16}{size:>7.3f}" + "".join(f"{ms:>9.2f}" for ms in figures), flush=True)


def _repeated(day: Path, path: Path, days: int, sparse: bool) -> None:
    """A file of many days, each the same; a sparse one has values in its first day only."""
    with h5py.File(day) as old, h5py.File(path, "w", libver=("v110", "v110")) as new:
        new.attrs.update(old.attrs)
        for name in old:
            if name not in ("overview", "blocks"):
                old.copy(name, new)
        blocks = np.tile(old["blocks"][()], days)
        later = np.repeat(np.arange(days), len(old["blocks"])) * DAY * 10**9
        blocks["first"] += later
        blocks["last"] += later
        new.create_dataset("blocks", data=blocks, chunks=(780,), maxshape=(None,))
        for name in (*(f"values/{name}" for name in ("encoding", *_planes(old))), "rows/at", "rows/arrived"):
            _extend(new[name], 1 if sparse else days, days)
        old.copy("overview/60", new.create_group("overview"), "60")
        _extend(new["overview/60/cells"], 1 if sparse else days, days)
        _extend(new["overview/60/encoding"], 1 if sparse else days, days)
        _extend_times(new["overview/60/at"], days)
        if sparse:
            for level in LEVELS[1:]:
                _hollow(new, level)
        else:
            write_pages(new, [tag.step for tag in read().tags], closing=True)


def _planes(file: h5py.File) -> list[str]:
    return [name for name in file["values"] if name.startswith("byte") and file["values"][name].shape[1]]


def _extend(data: h5py.Dataset, filled: int, days: int) -> None:
    """The same again and again, and for the days beyond ``filled`` nothing."""
    told = data[()] if filled > 1 else None
    width = data.shape[-1]
    whole = -(-width // data.chunks[-1]) * data.chunks[-1]
    data.resize(whole * days, axis=data.ndim - 1)
    for day in range(1, filled):
        data[..., day * whole : day * whole + width] = told


def _extend_times(data: h5py.Dataset, days: int) -> None:
    at = data[()]
    data.resize(len(at) * days, axis=0)
    data[()] = (at + np.arange(days)[:, np.newaxis] * DAY * 10**9).ravel()


def _hollow(file: h5py.File, level: int) -> None:
    """A level of an overview with times and no values."""
    finest = file["overview/60"]
    group = file["overview"].create_group(str(level))
    at = finest["at"][:: level // LEVELS[0]]
    group["at"] = at
    count = len(finest["cells"])
    group.create_dataset("cells", shape=(count, 4, len(at)), dtype="<i8", chunks=(1, 4, min(1440, len(at))))
    group.create_dataset("encoding", shape=(count, -(-len(at) // 1440)), dtype=finest["encoding"].dtype, chunks=(64, 1))


MEMORY = """
import resource, sys
import numpy as np
from twin.recordings.recording import Recording
start, days = float(sys.argv[2]), int(sys.argv[3])
with Recording.open(sys.argv[1]) as recording:
    recording.overview(range(8), start, start + days * 86400, 1200)
    for at in np.random.default_rng(0).uniform(start, start + days * 86400, 50):
        recording.latest_at(at)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _memory(path: Path, days: int) -> float:
    """What a process that asks such a file holds at most, Python and all. [MB]"""
    words = [sys.executable, "-c", MEMORY, str(path), str(START), str(days)]
    return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout) / 1024


def _whole_tag(path: Path, days: int) -> float:
    with Recording.open(path) as recording:
        return _best(lambda: recording.range(START, START + days * DAY, [400]), 5)


def _replaying(day: Path) -> None:
    with Recording.open(day) as recording:
        began, count = time.perf_counter(), 0
        for count, _ in enumerate(recording.frames(START, START + REPLAYED), 1):
            due = began + count / FASTER
            while time.perf_counter() < due:
                time.sleep(max(0.0, due - time.perf_counter()))
        took = time.perf_counter() - began
        began = time.perf_counter()
        for _ in recording.frames(START, START + REPLAYED):
            pass
        most = REPLAYED / (time.perf_counter() - began)
    print(
        f"\nreplay at {FASTER:g} x: {count} of {REPLAYED} frames, {count / took / FASTER:.4f} of the rate; "
        f"at most {most:.0f} x"
    )


def _killing(folder: Path) -> None:
    wanted = values_of(small_frames(20_000))
    random, lost = np.random.default_rng(0), 0
    for turn in range(KILLS):
        path = folder / f"killed{turn}.h5"
        handed_over = killed(path, int(random.integers(1, 4 * STRETCH)))
        with Recording.open(path) as recording:
            values = recording.range(-np.inf, np.inf).values
        same = np.array_equal(values, wanted[: len(values)], equal_nan=True)
        lost += handed_over - len(values) if same and len(values) <= handed_over else 0 if same else handed_over
    print(f"killed {KILLS} times, also while sealing: {lost} frames lost")


def _cold(path: Path, act: Question) -> float:
    """Once, with nothing of the file in memory. [ms]"""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return _timed(act)


def _timed(act: Question) -> float:
    began = time.perf_counter()
    act()
    return 1e3 * (time.perf_counter() - began)


def _best(act: Question, repeats: int) -> float:
    """Median of some runs. [ms]"""
    return float(np.median([_timed(act) for _ in range(repeats)]))


if __name__ == "__main__":
    main()
