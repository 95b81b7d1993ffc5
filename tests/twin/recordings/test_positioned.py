"""Bytes reach their place, on systems that can write there at once and on those that must move there first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.recordings import positioned

writes = st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=60)), max_size=12)


@pytest.fixture(params=["at once", "sought"])
def handle(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(positioned, "_AT_ONCE", request.param == "at once")
    (tmp_path / "file").touch()
    found = positioned.open_to_write(tmp_path / "file")
    yield found
    os.close(found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(writes=writes)
def test_what_is_written_somewhere_is_read_there(handle: int, writes: list[tuple[int, bytes]]) -> None:
    os.ftruncate(handle, 0)
    wanted = bytearray()
    for offset, data in writes:
        positioned.write_at(handle, data, offset)
        if data:
            wanted.extend(bytes(max(0, offset + len(data) - len(wanted))))
            wanted[offset : offset + len(data)] = data
    assert positioned.read_at(handle, 1000, 0) == wanted
    assert positioned.read_at(handle, 10, 50) == wanted[50:60]


def test_all_is_written_where_the_system_takes_it_in_parts(handle: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pwrite", "write"):
        through = getattr(os, name)
        monkeypatch.setattr(os, name, lambda h, data, *at, through=through: through(h, data[:7], *at))
    positioned.write_at(handle, bytes(range(100)), 3)
    monkeypatch.undo()
    assert positioned.read_at(handle, 200, 3) == bytes(range(100))
