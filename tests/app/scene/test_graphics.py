"""Which OpenGL paints is chosen by the switch and by what there is, and nothing of it needs an X server."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.scene import graphics
from app.scene.stage import Stage


@pytest.mark.parametrize(
    ("environment", "processor", "platform", "expected"),
    [
        ({}, False, "linux", True),  # no X server that VTK could ask
        ({"WAYLAND_DISPLAY": "wayland-0"}, False, "linux", True),
        ({"DISPLAY": ":0"}, False, "linux", False),
        ({"DISPLAY": ":0"}, True, "linux", True),  # a processor that the X server may not drive
        ({"DISPLAY": ":0", "PUMPHOUSE_GL": "software"}, True, "linux", False),
        ({"DISPLAY": ":0", "PUMPHOUSE_GL": "gpu"}, False, "linux", True),
        ({}, True, "win32", False),
        ({"PUMPHOUSE_GL": "gpu"}, True, "darwin", False),
    ],
)
def test_egl_is_asked_for_where_it_finds_more_than_a_display_does(
    environment: dict[str, str], processor: bool, platform: str, expected: bool
) -> None:
    assert graphics.by_egl(environment, processor, platform) is expected


def test_a_word_the_switch_does_not_know_changes_nothing() -> None:
    assert graphics.wanted({graphics.SWITCH: " GPU "}) == "gpu"
    assert graphics.wanted({graphics.SWITCH: "fast"}) == ""


def test_a_processor_is_found_by_its_device(tmp_path: Path) -> None:
    assert not graphics.has_processor(tmp_path)
    (tmp_path / "dev" / "dri").mkdir(parents=True)
    (tmp_path / "dev" / "dri" / "card0").touch()  # a display adapter that renders nothing
    assert not graphics.has_processor(tmp_path)
    (tmp_path / "dev" / "dri" / "renderD128").touch()
    assert graphics.has_processor(tmp_path)


def test_keeping_to_software_leaves_no_other_vendor_a_chance() -> None:
    environment = {"PATH": "/bin"}
    graphics.keep_to_software(environment)
    assert environment["LIBGL_ALWAYS_SOFTWARE"] == "1"
    assert environment["PATH"] == "/bin"


def test_what_paints_is_named() -> None:
    stage = Stage((40, 30))
    stage.picture()
    assert stage.renderer
    assert not graphics.is_software("NVIDIA H200/PCIe/SSE2")
    assert graphics.is_software("llvmpipe (LLVM 15.0.6, 256 bits)")
