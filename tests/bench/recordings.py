"""What recordings cost beside their peers: a day of the reference station, a month, and a file of the 100 GB class.

Each question is asked warm (the median of some, each about another tag, row or set of tags, with all of the file in
the system's memory) and cold (the same with nothing of it there). Asked warm, a day soon has at hand what a month has
not: chunks and tables met before. So that nothing but length is compared, files are also asked as newly opened: the
second question to a recording, with the file in the system's memory and nothing of it in ours. The whole takes some
minutes; the day is simulated once and kept.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import h5py
import numpy as np

from tests.bench._long_recordings import DAY, repeated
from tests.bench._recording_peers import BUCKETS, PEERS, Opened
from tests.twin.recordings.material import frames as small_frames
from twin.plant.reading import read
from twin.recordings.filters import BITSHUFFLE
from twin.recordings.layout import PAIR, STRETCH, VERSION
from twin.recordings.recorder import Recorder
from twin.recordings.recording import Recording
from twin.signals import Floats, Frame, Tag, TagTable
from twin.simulation.plant import Plant

OUT = Path(__file__).resolve().parents[2] / "out"
START = 1_768_147_200.0
PERIOD = 0.002  # s between frames given: quicker than any source, slower than the disk
REPEATS, PEER_REPEATS, COLD = 15, 3, 3
PATIENCE = 2000.0  # ms in which a question is asked again
DRAWN = 8  # tags
MONTH, YEARS = 30, 2_900  # days; 2,900 of 35 MB are 100 GB
KILLS = 50
FASTER = 1000.0
REPLAYED = 10_000  # frames
HOUR = 3600
AT_ONCE = 2**22  # bytes

Question = Callable[[], object]


class Ours:
    """A recording, asked as its peers are; of several days, about a random one."""

    def __init__(self, path: Path, days: int = 1) -> None:
        self._recording = Recording.open(path)
        self._days = days
        self._random = np.random.default_rng(1)

    def close(self) -> None:
        self._recording.close()

    def tag(self, column: int) -> object:
        since = self._day()
        return self._recording.range(since, since + DAY, [column])

    def instant(self, row: int) -> object:
        return self._recording.latest_at(self._day() + row)

    def drawn(self, columns: Sequence[int]) -> object:
        since = self._day()
        return self._recording.overview(columns, since, since + DAY, BUCKETS)

    def _day(self) -> float:
        return START + DAY * int(self._random.integers(self._days))


def main() -> None:
    """Print the tables."""
    day = _day()
    with Recording.open(day) as recording:
        block = recording.range(START, START + DAY)
        tags = recording.tags
    with tempfile.TemporaryDirectory(dir=OUT) as name:
        folder = Path(name)
        _appending(folder, block.values, tags)
        _tell_head()
        of_day = _tell("Pumphouse", day, block.values.size, Ours, REPEATS)
        new_of_day = _newly(day, lambda: Ours(day))
        figures = "".join(f"{took:>20.2f}" for took in new_of_day)
        print(f"{'newly opened':<22}{'':>15}{figures}", flush=True)
        for peer in PEERS:
            path = folder / peer.name
            peer.write(path, block.at, block.values, block.quality)
            _tell(peer.name, path, block.values.size, peer, PEER_REPEATS)
            path.unlink()
        del block
        _same_chunks(day)
        for days, called, sparse in ((MONTH, "30 days", False), (YEARS, "100 GB class", True)):
            path = folder / f"{days}.h5"
            repeated(day, path, days, sparse)
            told = _tell(called, path, DAY * len(tags) * days, lambda path, days=days: Ours(path, days), REPEATS)  # type: ignore[misc]
            new = _newly(path, lambda path=path, days=days: Ours(path, days))  # type: ignore[misc]
            warm, newly = _times(told, of_day), _times(new, new_of_day)
            print(f"{'':<22}in times the day's: warm {warm}; newly opened {newly} (bar {2.0 if sparse else 1.5})")
            _tell_whole(path, days)
            path.unlink()
        _replaying(day)
        _killing(folder)


def _times(ours: Sequence[float], others: Sequence[float]) -> str:
    return ", ".join(f"{mine / theirs:.2f}" for mine, theirs in zip(ours, others, strict=True))


def _day() -> Path:
    """The day as a recording of the format as it is, simulated once and kept."""
    path = OUT / "day.h5"
    if path.exists() and _as_now(path):
        return path
    OUT.mkdir(exist_ok=True)
    station = read()
    with Recorder(path.with_suffix(".new"), station.tags, station, "sim:?seed=7") as recorder:
        if path.exists():
            print("recording the day anew, for the format has changed", flush=True)
            with Recording.open(path) as old:
                for block in old.blocks(-np.inf, np.inf):
                    for frame in block.frames():
                        recorder.append(frame)
        else:
            print("simulating a day, once: some minutes", flush=True)
            plant = Plant(station, 7, START)
            for _ in range(DAY):
                recorder.append(plant.step())
    return path.with_suffix(".new").replace(path)


def _as_now(path: Path) -> bool:
    with h5py.File(path, locking=False) as file:
        values = file["values"]
        packed_with = values["encoding"].id.get_create_plist().get_filter(0)[0]
        return (int(file.attrs["version"]), values.attrs["stretch"], packed_with) == (VERSION, STRETCH, BITSHUFFLE)


# ---- writing -------------------------------------------------------------------------------------------------------


def _appending(folder: Path, values: Floats, tags: TagTable) -> None:
    quality = np.zeros(len(tags), np.uint8)
    spent = np.empty(2 * HOUR + 600)
    print(f"{'append a frame, ms':<44}{'median':>9}{'99 %':>9}{'longest':>9}")
    with Recorder(folder / "ours.h5", tags) as recorder:
        for row in range(len(spent)):
            frame = Frame(START + row, values[row], quality, START + row + 0.2)
            spent[row] = _timed(lambda frame=frame: recorder.append(frame))  # type: ignore[misc]
            time.sleep(max(0.0, PERIOD - 1e-3 * spent[row]))
    _tell_appended(f"Pumphouse, {len(tags)} tags, two hours sealed meanwhile", spent)
    given = [Frame(START + row, told, quality, START + row + 0.2) for row, told in enumerate(values[: HOUR - 1])]
    with Recorder(folder / "ours.h5", tags) as recorder:
        spent = np.array([_timed(lambda frame=frame: recorder.append(frame)) for frame in given])  # type: ignore[misc]
    _tell_appended("Pumphouse, one after the other as all below", spent)
    for peer in PEERS:
        told = peer.appended(folder / f"appended {peer.name}", values[:HOUR])
        if told:
            _tell_appended(peer.name, 1e3 * np.array(told))
    many = TagTable(Tag(f"T{i}", step=0.5) for i in range(10_000))
    given = small_frames(400, tags=many)
    with Recorder(folder / "many.h5", many) as recorder:
        spent = np.array([_timed(lambda frame=frame: recorder.append(frame)) for frame in given])  # type: ignore[misc]
    _tell_appended("Pumphouse, 10,000 tags", spent)
    print("bars: 0.1 at the median, 0.5 of 99 %, 20 while an hour is sealed; of 10,000 tags 0.3")
    print(f"seal an hour: {_sealing(folder, values[: HOUR - 1], tags):.2f} s; bar: 0.5")


def _tell_appended(name: str, spent: Floats) -> None:
    print(f"{name:<44}" + "".join(f"{q:>9.3f}" for q in np.quantile(spent, [0.5, 0.99, 1.0])), flush=True)


def _sealing(folder: Path, values: Floats, tags: TagTable) -> float:
    """An hour of frames becoming a block, with nobody waiting. [s]"""
    quality = np.zeros(len(tags), np.uint8)
    with Recorder(folder / "sealed.h5", tags) as recorder:
        for row, told in enumerate(values):
            recorder.append(Frame(START + row, told, quality, START + row))
        took = _timed(lambda: recorder._change(recorder._journal.content()))
        recorder._journal.clear()
    return 1e-3 * took


# ---- asking --------------------------------------------------------------------------------------------------------


def _tell_head() -> None:
    names = ("open and first", "a tag's day", "an instant", "8 tags drawn")
    print(f"\n{'a day, ms warm / cold':<22}{'bytes a sample':>15}" + "".join(f"{name:>20}" for name in names))
    print(f"{'bars':<22}{'0.45':>15}" + "".join(f"{bar:>20}" for bar in ("10 / 20", "4", "2", "1")), flush=True)


def _tell(name: str, path: Path, samples: int, peer: Callable[[Path], Opened], repeats: int) -> list[float]:
    """Say what the questions take; warm, they are returned. [ms]"""

    def first() -> None:
        opened = peer(path)
        opened.instant(0)
        opened.close()

    asked = _asked()
    _remember(path)
    told = [(_median(first, repeats), _cold(path, lambda: _timed(first)))]
    _remember(path)
    opened = peer(path)
    warm = [_median(lambda question=question: question(opened), repeats) for question in asked]  # type: ignore[misc]
    opened.close()
    cold = [_cold(path, lambda question=question: _of_new(peer, path, question)) for question in asked]  # type: ignore[misc]
    told += list(zip(warm, cold, strict=True))
    size = path.stat().st_blocks * 512 / samples
    figures = "".join(f"{f'{w:.2f} / {c:.1f}':>20}" for w, c in told)
    print(f"{name:<22}{size:>15.3f}{figures}", flush=True)
    return [w for w, _ in told]


def _asked() -> list[Callable[[Opened], object]]:
    """The questions, each time about something else, and to everyone about the same."""
    random = np.random.default_rng(0)
    rows, columns = iter(random.integers(0, DAY, 100).tolist()), iter(random.integers(0, 992, 100).tolist())
    sets = iter(random.integers(0, 992, (100, DRAWN)))
    return [
        lambda opened: opened.tag(next(columns)),
        lambda opened: opened.instant(next(rows)),
        lambda opened: opened.drawn(next(sets).tolist()),
    ]


def _newly(path: Path, opening: Callable[[], Opened]) -> list[float]:
    """What opening takes, and the second question to a recording that was just opened, warm. [ms]"""

    def second(question: Callable[[Opened], object]) -> float:
        opened = opening()
        question(opened)
        took = _timed(lambda: question(opened))
        opened.close()
        return took

    _remember(path)
    opened = _median(lambda: opening().close(), REPEATS)
    return [opened, *(_middle(lambda question=question: second(question), REPEATS) for question in _asked())]  # type: ignore[misc]


def _of_new(peer: Callable[[Path], Opened], path: Path, question: Callable[[Opened], object]) -> float:
    """What the first question to a file costs that was just opened."""
    opened = peer(path)
    _forget(path)
    took = _timed(lambda: question(opened))
    opened.close()
    return took


def _same_chunks(day: Path) -> None:
    """What HDF5 takes for the very chunks that our answers are made of, and ours beside it in turns.

    Opened anew as often as above, for what is asked long enough has half of all chunks at hand.
    """
    random = np.random.default_rng(2)
    spent: dict[str, list[float]] = {}
    for _ in range(4):
        with Recording.open(day) as ours, h5py.File(day, locking=False) as file:
            for _ in range(REPEATS):
                _ask_for_chunks(ours, file, random, spent)
    instant, chunks, drawn, cell_chunks = (float(np.median(told)) for told in spent.values())
    print(
        f"the same chunks by h5py alone: an instant {chunks:.2f} ms, ours {instant / chunks:.2f} x; "
        f"8 tags {cell_chunks:.2f} ms, ours {drawn / cell_chunks:.2f} x",
        flush=True,
    )


def _ask_for_chunks(
    ours: Recording, file: h5py.File, random: np.random.Generator, spent: dict[str, list[float]]
) -> None:
    """Each about another row and other tags, for in one process both keep the same chunks."""
    planes = [file[f"values/byte{byte}"] for byte in range(2)]
    cells, slots = file["overview/60/cells"], file["values/slots"][()]
    row, other = random.integers(0, DAY, 2).tolist()
    some, others = random.integers(0, 992, (2, DRAWN))
    chunk = slice(other // STRETCH * STRETCH // PAIR.itemsize, other // PAIR.itemsize + 1)
    questions: dict[str, Question] = {
        "instant": lambda: ours.latest_at(START + row),
        "its chunks": lambda: [plane[:, chunk] for plane in planes],
        "drawn": lambda: ours.overview(some, START, START + DAY, BUCKETS),
        "their chunks": lambda: [cells[int(slots[tag])] for tag in others],
    }
    for name, question in questions.items():
        spent.setdefault(name, []).append(_timed(question))


def _tell_whole(path: Path, days: int) -> None:
    with Recording.open(path) as recording:
        until = START + days * DAY
        drawn = _median(lambda: recording.overview(range(DRAWN), START, until, BUCKETS), REPEATS)
        said = f"all {days} days of 8 tags drawn {drawn:.2f} ms (bar 5)"
        if days == MONTH:
            said += f", of a tag {_median(lambda: recording.range(START, until, [400]), 5):.0f} ms (bar 120)"
    print(f"{'':<22}{said}; memory {_memory(path, days):.0f} MB (bar 300)", flush=True)


MEMORY = """
import sys
from pathlib import Path
import numpy as np
from twin.recordings.recording import Recording
start, days = float(sys.argv[2]), int(sys.argv[3])
with Recording.open(sys.argv[1]) as recording:
    recording.overview(range(8), start, start + days * 86400, 1200)
    for at in np.random.default_rng(0).uniform(start, start + days * 86400, 50):
        recording.latest_at(at)
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def _memory(path: Path, days: int) -> float:
    """What a process that asks such a file holds at most, Python and all. [MB]"""
    words = [sys.executable, "-c", MEMORY, str(path), str(START), str(days)]
    return int(subprocess.run(words, capture_output=True, text=True, check=True).stdout) / 1024


# ---- playing and killing -------------------------------------------------------------------------------------------


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
        f"\nreplay at {FASTER:g} x: {count} of {REPLAYED} frames, {count / took / FASTER:.4f} of the rate "
        f"(bar 0.99); at most {most:.0f} x",
        flush=True,
    )


def _killing(folder: Path) -> None:
    words = [sys.executable, "-m", "tests.twin.recordings.killing", str(folder), str(KILLS)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    sealing = sum(int(line.split()[1]) > STRETCH for line in done.stdout.splitlines())
    print(f"killed {KILLS} times, {sealing} of them while a block was sealed: no frame lost (bar none)")


# ---- timing --------------------------------------------------------------------------------------------------------


def _forget(path: Path) -> None:
    """Let the system have nothing of a file in memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _remember(path: Path) -> None:
    """Let the system have all of a file in memory."""
    with path.open("rb", buffering=0) as file:
        while file.read(AT_ONCE):
            pass


def _cold(path: Path, timed: Callable[[], float]) -> float:
    """Median of some, with nothing of the file in memory before each. [ms]"""

    def forgotten() -> float:
        _forget(path)
        return timed()

    return _middle(forgotten, COLD)


def _timed(act: Question) -> float:
    """[ms]"""
    began = time.perf_counter()
    act()
    return 1e3 * (time.perf_counter() - began)


def _median(act: Question, repeats: int) -> float:
    """Of some runs. [ms]"""
    return _middle(lambda: _timed(act), repeats)


def _middle(timed: Callable[[], float], repeats: int) -> float:
    """The median of some, or of as many as there is patience for. [ms]"""
    spent = [timed()]
    while len(spent) < repeats and sum(spent) < PATIENCE:
        spent.append(timed())
    return float(np.median(spent))


if __name__ == "__main__":
    main()
