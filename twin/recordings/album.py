"""The pictures of a recording: put into its file, and found there again by time and camera."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from twin.recordings.damage import DAMAGED, dataset
from twin.recordings.filters import append, checked, growing, turned
from twin.recordings.layout import COUNTED, JPEG, LIST, PANORAMA, PICTURE, PICTURES
from twin.recordings.pictures import PIXELS, Picture, Stored, ensure_meant, records, restored
from twin.thermography import Panorama

READ = 2**13  # entries of the list at once
PAGE = 2**9  # entries read with the one that is asked for
MOST = 2**22  # pictures; a file that claims more is damaged
INDEX = np.dtype([("at", "<i8"), ("number", "<u8"), ("camera", "<i4"), ("panorama", "?")])
"""What pictures are found by."""
BYTE = np.dtype("u1")
FOLDERS = {COUNTED: "counts"} | dict.fromkeys(PIXELS.keys() - {COUNTED}, "values")


def prepare(file: h5py.File) -> None:
    """Make the empty list that pictures will fill."""
    growing(file.create_group(PICTURES), "list", PICTURE)


def put(file: h5py.File, pictures: Sequence[Stored]) -> NDArray[np.void]:
    """Add pictures to a file; their entries (p,), each with its place."""
    entries = np.zeros(len(pictures), PICTURE)
    by_name: dict[str, list[int]] = {}
    for index, (entry, _) in enumerate(pictures):
        entries[index] = entry
        by_name.setdefault(_name(entry), []).append(index)
    for name, chosen in by_name.items():
        data = _ready(file, name, entries[chosen[0]])
        contents = [pictures[index][1] for index in chosen]
        if name == JPEG:
            sizes = entries["size"][chosen].astype(np.uint64)
            entries["place"][chosen] = len(data) + np.cumsum(sizes) - sizes
            append(data, np.frombuffer(b"".join(contents), BYTE))
        else:
            entries["place"][chosen] = len(data) + np.arange(len(chosen))
            append(data, np.frombuffer(b"".join(contents), data.dtype).reshape(-1, *data.shape[1:]))
    append(file[LIST], entries)
    return entries


def hashed(file: h5py.File, entries: NDArray[np.void]) -> Iterator[bytes]:
    """What of the pictures of a block is in its hash: each entry, and its bytes."""
    holding: dict[str, h5py.Dataset] = {}
    for entry in entries:
        name = _name(entry)
        if name not in holding:
            holding[name] = _dataset_of(file, entry)
        yield entry.tobytes()
        yield _content(holding[name], entry)


class JournalPictures:
    """The pictures of one journal, also while more are put down."""

    def __init__(self, stream: NDArray[np.uint8], sealed: int) -> None:
        self._stream = stream.data
        self._sealed = sealed
        self._end = 0
        self.entries: list[np.void] = []
        self._begins: list[int] = []
        self.grow()

    def grow(self) -> None:
        """Take in what was put down since."""
        last = int(self.entries[-1]["number"]) if self.entries else None
        for end, (entry, _) in records(self._stream, self._end):
            number = int(entry["number"])
            if number <= self._sealed or (last is not None and number != last + 1):
                return  # left over from before
            last = number
            self.entries.append(entry)
            self._begins.append(self._end)
            self._end = end

    def content(self, index: int) -> bytes:
        """The bytes of one of its pictures."""
        for _, (entry, found) in records(self._stream, self._begins[index]):
            if entry == self.entries[index]:
                return found
            break
        raise ValueError("a picture is gone")


class Album:
    """All pictures of a recording, by their numbers from 1 on: those sealed, then those of its journals."""

    def __init__(
        self, file: h5py.File, sealed: int, journals: Sequence[JournalPictures], changed: Callable[[], bool]
    ) -> None:
        if sealed > MOST:
            raise ValueError("an absurd number of pictures")
        self._file = file
        self._sealed = sealed
        self._journals = journals
        self._changed = changed
        self._datasets: dict[str, h5py.Dataset] = {}
        self._cameras: dict[bytes, int] = {}
        self._index: NDArray[np.void] | None = None
        self._page = -1
        self._beside = np.empty(0, PICTURE)

    def found(
        self, since: int, until: int, kind: type[Picture] | None = None, camera: str | None = None
    ) -> list[tuple[int, int]]:
        """``(at, number)`` of what was taken with since <= at < until [ns], in order of time: of a kind, or all."""
        index = self._whole_index()
        chosen = (index["at"] >= since) & (index["at"] < until)
        if kind is not None:
            chosen &= index["panorama"] == (kind is Panorama)
        if camera is not None:
            chosen &= index["camera"] == self._cameras.get(camera.encode(), -1)
        some = index[chosen]
        some = some[np.argsort(some["at"], kind="stable")]
        return list(zip(some["at"].tolist(), some["number"].tolist(), strict=True))

    def cameras(self, kind: type[Picture]) -> dict[str, int]:
        """How many pictures of a kind there are of each camera, in alphabetical order."""
        index = self._whole_index()
        codes, counts = np.unique(index["camera"][index["panorama"] == (kind is Panorama)], return_counts=True)
        names = [name.decode(errors="replace") for name in self._cameras]
        return dict(sorted((names[code], int(count)) for code, count in zip(codes, counts, strict=True)))

    def picture(self, number: int) -> Picture | None:
        """One of them; None where it is damaged."""
        try:
            if number <= self._sealed:
                entry = self._entry(number)
                return restored(entry, _content(self._holding(entry), entry))
            for journal in self._journals:
                if journal.entries and 0 <= (at := number - int(journal.entries[0]["number"])) < len(journal.entries):
                    return restored(journal.entries[at], journal.content(at))
        except DAMAGED:
            if self._changed():
                raise
        return None

    def _whole_index(self) -> NDArray[np.void]:
        """(p,) as INDEX, also of what was put down in the journals since."""
        if self._index is None:
            self._index = np.concatenate([np.empty(0, INDEX), *map(self._indexed, self._sealed_entries())])
        late = [entry for journal in self._journals for entry in journal.entries]
        return np.concatenate([self._index, self._indexed(np.array(late, PICTURE))]) if late else self._index

    def _sealed_entries(self) -> Iterator[NDArray[np.void]]:
        """The list, piece by piece; a piece that is damaged is left out."""
        for low in range(0, self._sealed, READ):
            try:
                yield self._entries(low, min(low + READ, self._sealed))
            except DAMAGED:
                if self._changed():
                    raise

    def _entries(self, first: int, last: int) -> NDArray[np.void]:
        """(last - first,) of the list."""
        if LIST not in self._datasets:
            self._datasets[LIST] = _checked(dataset(self._file, LIST), PICTURE, ())
        found = self._datasets[LIST][first:last]
        if len(found) < last - first:
            raise ValueError("a list of pictures is too short")
        return np.asarray(found)

    def _entry(self, number: int) -> np.void:
        """One of the list, read with those beside it: the next that is asked for likely is among them."""
        page, row = divmod(number - 1, PAGE)
        if self._page != page:
            self._beside = self._entries(page * PAGE, min((page + 1) * PAGE, self._sealed))
            self._page = page
        entry: np.void = self._beside[row]
        return entry

    def _holding(self, entry: np.void) -> h5py.Dataset:
        name = _name(entry)
        if name not in self._datasets:
            self._datasets[name] = _dataset_of(self._file, entry)
        return self._datasets[name]

    def _indexed(self, entries: NDArray[np.void]) -> NDArray[np.void]:
        names, inverse = np.unique(entries["camera"], return_inverse=True)
        codes = np.array([self._cameras.setdefault(bytes(name), len(self._cameras)) for name in names], np.int32)
        found = np.empty(len(entries), INDEX)
        found["at"], found["number"], found["camera"] = entries["at"], entries["number"], codes[inverse]
        found["panorama"] = entries["kind"] == PANORAMA
        return found


def _name(entry: np.void) -> str:
    """Where the bytes of a picture lie."""
    if entry["kind"] == PANORAMA:
        return JPEG
    return f"{PICTURES}/{FOLDERS[int(entry['kind'])]}/{int(entry['rows'])}x{int(entry['columns'])}"


def _ready(file: h5py.File, name: str, entry: np.void) -> h5py.Dataset:
    """The dataset of that name, made where there is none yet."""
    if name in file:
        return file[name]
    if name == JPEG:
        return file.create_dataset(name, shape=(0,), maxshape=(None,), dtype=BYTE, **checked((2**16,)))
    shape = int(entry["rows"]), int(entry["columns"])
    kind = PIXELS[int(entry["kind"])]
    return file.create_dataset(name, shape=(0, *shape), maxshape=(None, *shape), dtype=kind, **turned((1, *shape)))


def _dataset_of(file: h5py.File, entry: np.void) -> h5py.Dataset:
    """Where a picture lies. Raises any of DAMAGED for a dataset that holds no such pictures."""
    ensure_meant(entry)
    shape = () if entry["kind"] == PANORAMA else (int(entry["rows"]), int(entry["columns"]))
    return _checked(dataset(file, _name(entry)), PIXELS.get(int(entry["kind"]), BYTE), shape)


def _checked(data: h5py.Dataset, kind: np.dtype[Any], shape: tuple[int, ...]) -> h5py.Dataset:
    if data.dtype != kind or data.ndim != len(shape) + 1 or data.shape[1:] != shape:
        raise ValueError(f"{data.name} holds something else")
    return data


def _content(data: h5py.Dataset, entry: np.void) -> bytes:
    """The bytes of a picture in the dataset where it lies."""
    ensure_meant(entry)
    place, size = int(entry["place"]), int(entry["size"])
    found = data[place : place + size] if entry["kind"] == PANORAMA else data[place]
    if found.nbytes != size:
        raise ValueError("a picture is missing")
    return bytes(found.tobytes())
