"""A thermal image gives the temperatures that its camera measured."""

from __future__ import annotations

import contextlib
import io
import re
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from twin.errors import StationError
from twin.importing import import_files
from twin.recordings.importers.flir import KELVIN, NotRadiometricError, Radiometry, thermal_image
from twin.recordings.recording import Recording
from twin.times import posix

CAMERA = Radiometry(
    emissivity=0.95,
    distance=2.0,
    reflected=293.0,
    air=283.0,
    window=290.0,
    window_transmission=0.9,
    humidity=0.5,
    r1=16000.0,
    b=1420.0,
    f=1.0,
    r2=0.0145,
    offset=-5000,
    alpha1=0.006569,
    alpha2=0.01262,
    beta1=-0.002276,
    beta2=-0.00667,
    x=1.9,
)
COUNTS = np.arange(15000, 15012, dtype=np.uint16).reshape(3, 4)


def picture(counts: np.ndarray = COUNTS, png: bool = True, of: Radiometry = CAMERA, size: int = 200) -> bytes:
    """A radiometric JPEG as a camera writes it, its own file cut into segments of that size."""
    camera = bytearray(0x400)
    camera[:2] = b"\x02\0"
    places = {"emissivity": 0x20, "distance": 0x24, "reflected": 0x28, "air": 0x2C, "window": 0x30, "r2": 0x30C}
    places |= {"window_transmission": 0x34, "humidity": 0x3C, "r1": 0x58, "b": 0x5C, "f": 0x60, "alpha1": 0x70}
    places |= {"alpha2": 0x74, "beta1": 0x78, "beta2": 0x7C, "x": 0x80}
    for name, where in places.items():
        struct.pack_into("<f", camera, where, getattr(of, name))
    struct.pack_into("<i", camera, 0x308, of.offset)
    camera[0xD4:0xD9], camera[0x104:0x107] = b"A cam", b"007"
    struct.pack_into("<f", camera, 0x1B4, 25.0)
    struct.pack_into("<IIh", camera, 0x384, 1_768_190_400, 250, -480)
    data = io.BytesIO()
    Image.fromarray(counts.byteswap()).save(data, "PNG")
    pixels = struct.pack("<HHH26x", 2, counts.shape[1], counts.shape[0])
    pixels += data.getvalue() if png else counts.tobytes()
    records = [(32, bytes(camera)), (1, pixels)]
    start = 64 + 32 * len(records)
    directory, body = b"", b""
    for kind, record in records:
        directory += struct.pack(">HHIIII12x", kind, 1, 100, 1, start + len(body), len(record))
        body += record
    own = b"FFF\0" + bytes(16) + struct.pack(">III", 100, 64, len(records)) + bytes(32) + directory + body
    parts = [own[i : i + size] for i in range(0, len(own), size)]
    segments = b"".join(
        b"\xff\xe1" + struct.pack(">H", len(part) + 10) + b"FLIR\0\x01" + bytes((i, len(parts) - 1)) + part
        for i, part in enumerate(parts)
    )
    return b"\xff\xd8" + segments + b"\xff\xda\0\x02\xff\xd9"


@pytest.mark.parametrize("png", [True, False])
@pytest.mark.parametrize("size", [60, 200, 60000])
def test_counts_camera_and_time_come_out_of_the_picture(png: bool, size: int) -> None:
    image = thermal_image(picture(png=png, size=size))
    np.testing.assert_array_equal(image.counts, COUNTS)
    assert (image.camera, image.at) == ("A cam 007", 1_768_190_400.25)
    assert image.radiometry.emissivity == pytest.approx(0.95)


@given(st.floats(-30, 140), st.floats(0.3, 1.0), st.floats(0.3, 1.0), st.floats(0.1, 30.0), st.floats(-20, 60))
def test_an_object_is_as_warm_as_what_it_sends_says(
    warm: float, emissivity: float, window: float, distance: float, around: float
) -> None:
    camera = replace(
        CAMERA, emissivity=emissivity, window_transmission=window, distance=distance, reflected=around + KELVIN
    )
    through = camera.transmission
    assert 0.7 < through <= 1.0
    sent = emissivity * camera.counts(warm + KELVIN) + (1 - emissivity) * camera.counts(camera.reflected)
    counted = through * sent + (1 - through) * camera.counts(camera.air)
    counted = window * counted + (1 - window) * camera.counts(camera.window)
    assert camera.temperature(np.array(counted)) == pytest.approx(warm, abs=1e-6)


def told(path: Path) -> dict[str, str]:
    """What another program found in a picture."""
    lines = path.read_text(encoding="utf-16").splitlines()
    return {name.strip(): said.strip() for name, _, said in (line.partition(":") for line in lines)}


@pytest.mark.parametrize(("name", "low", "high"), [("FLIR_AX8", 24, 26), ("FLIR_T640", 25, 98)])
def test_real_pictures_say_what_another_program_found_in_them(
    shared_data: Path, name: str, low: float, high: float
) -> None:
    wanted = told(shared_data / "thermal" / f"{name}.txt")
    image = thermal_image((shared_data / "thermal" / f"{name}.jpg").read_bytes())
    said = image.radiometry
    assert image.camera == f"{wanted['Camera Model']} {wanted['Camera Serial Number']}"
    assert image.counts.shape == (int(wanted["Raw Thermal Image Height"]), int(wanted["Raw Thermal Image Width"]))
    stamp = re.sub(r"(\d+):(\d+):(\d+) ", r"\1-\2-\3T", wanted["Date/Time Original"])
    assert image.at == pytest.approx(posix(stamp), abs=1e-3)
    for field, label in (
        ("emissivity", "Emissivity"),
        ("r1", "Planck R1"),
        ("r2", "Planck R2"),
        ("b", "Planck B"),
        ("f", "Planck F"),
        ("offset", "Planck O"),
        ("alpha1", "Atmospheric Trans Alpha 1"),
        ("beta2", "Atmospheric Trans Beta 2"),
        ("x", "Atmospheric Trans X"),
    ):
        assert getattr(said, field) == pytest.approx(float(wanted[label]), rel=1e-4), label
    assert said.humidity == pytest.approx(float(wanted["Relative Humidity"].split()[0]) / 100)
    assert said.reflected - KELVIN == pytest.approx(float(wanted["Reflected Apparent Temperature"].split()[0]))
    span = int(wanted["Raw Value Range Min"]), int(wanted["Raw Value Range Max"])
    assert span[0] < image.counts.min() < image.counts.max() < span[1]
    assert low < image.temperature.min() < image.temperature.max() < high


def test_a_picture_becomes_signals_of_its_camera(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(picture())
    [summary] = import_files([tmp_path / "x.jpg"], tmp_path / "x.h5", None, None, lambda share: None)
    assert any(said.startswith("taken too: the image itself") for said in summary.sentences())
    seen = thermal_image(picture()).temperature
    with Recording.open(tmp_path / "x.h5") as recording:
        assert recording.tags.names == ("A cam 007.min", "A cam 007.mean", "A cam 007.max")
        assert {tag.unit for tag in recording.tags} == {"°C"}
        block = recording.range(-np.inf, np.inf)
        [frame] = recording.thermal_frames(-np.inf, np.inf)
    np.testing.assert_allclose(block.values[0], [seen.min(), seen.mean(), seen.max()])
    assert block.at.tolist() == [1_768_190_400.25]
    assert (frame.at, frame.camera, frame.emissivity) == (1_768_190_400.25, "A cam 007", pytest.approx(0.95))
    np.testing.assert_array_equal(frame.temperature, seen.astype(np.float32))
    assert np.degrees(frame.field_of_view[0]) == pytest.approx(25.0)
    assert frame.field_of_view[0] > frame.field_of_view[1]
    assert np.isnan(frame.position).all()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xd8\xff\xe0\0\x04ab\xff\xd9", "image without temperatures"),
        (picture()[:700], "of which parts are missing"),
        (picture(of=replace(CAMERA, emissivity=0.0)), "mean no temperature|is damaged"),
        (picture(size=60000).replace(b"FFF\0", b"XYZ\0"), "of an unknown kind"),
        (picture(size=60000).replace(b"\x02\0\x04\0\x03\0", b"\x02\0\xff\xff\xff\xff"), "absurd size"),
    ],
)
def test_a_picture_without_temperatures_is_said(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "x.jpg").write_bytes(data)
    with pytest.raises(StationError, match=said):
        import_files([tmp_path / "x.jpg"], tmp_path / "x.h5", None, None, lambda share: None)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_damaged_a_picture_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(picture(png=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(NotRadiometricError):
        image = thermal_image(bytes(whole[: data.draw(st.integers(1, len(whole)))]))
        assert image.counts.size
