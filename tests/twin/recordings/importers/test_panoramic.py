"""Pictures of panoramic cameras come in by a map that says whose they are, and when they were taken."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from twin.errors import StationError
from twin.importing import import_files
from twin.paths import ASSETS
from twin.plant.reading import Station, read
from twin.recordings.importers.mapping import Map, Shot, read_map
from twin.recordings.recording import Recording
from twin.thermography import Panorama

EXIF, DIGITAL = 0x8769, 36867


def silent(share: float) -> None:
    """Nobody asks how far it is."""


def picture(path: Path, size: tuple[int, int] = (64, 32), taken: str = "") -> Path:
    image = Image.fromarray(np.linspace(0, 255, size[0] * size[1] * 3).astype(np.uint8).reshape(size[1], size[0], 3))
    exif = Image.Exif()
    if taken:
        exif.get_ifd(EXIF)[DIGITAL] = taken
    image.save(path, exif=exif)
    return path


def shot(pattern: str, **said: object) -> Map:
    return Map(pictures={pattern: Shot.model_validate({"camera": "PAN01"} | said)})


@pytest.fixture(scope="module")
def station() -> Station:
    return read(ASSETS / "b4" / "station.toml")


def taken(out: Path) -> list[Panorama]:
    with Recording.open(out) as recording:
        return list(recording.panoramas(-math.inf, math.inf))


def test_a_folder_of_pictures_becomes_a_recording_that_can_be_replayed(tmp_path: Path, station: Station) -> None:
    files = [picture(tmp_path / f"hall-20260112-0{hour}0000.jpg") for hour in (3, 5, 4)]
    out = tmp_path / "out.h5"
    summaries = import_files(files, out, station, shot("hall-*.jpg", time="hall-%Y%m%d-%H%M%S"), silent)
    assert summaries[0].sentences() == ["hall-20260112-030000.jpg: 1 panorama of PAN01"]
    found = taken(out)
    at = [datetime(2026, 1, 11, hour, tzinfo=UTC).timestamp() for hour in (19, 20, 21)]  # the station is at +08:00
    assert [one.at for one in found] == at
    assert found[0].jpeg == files[0].read_bytes()
    assert found[0].position == next(camera.position for camera in station.file.cameras if camera.id == "PAN01")
    with Recording.open(out) as recording:
        assert recording.span == (at[0], at[-1])
        assert recording.range(-math.inf, math.inf).values[:, 0].tolist() == [1.0, 2.0, 3.0]
        assert recording.panorama_times()["PAN01"].tolist() == at
        assert recording.station is not None


def test_pictures_stand_beside_the_signals_of_another_file_without_a_column_of_their_own(
    tmp_path: Path, station: Station
) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("time,B4-PT-10102\n2026-01-12T03:00:00+08:00,1.2\n2026-01-12T03:00:01+08:00,1.3\n")
    one = picture(tmp_path / "one.jpg")
    out = tmp_path / "out.h5"
    import_files([rows, one], out, station, shot("one.jpg", time="2026-01-12T03:00:00.5+08:00"), silent)
    with Recording.open(out) as recording:
        assert recording.tags.names == ("B4-PT-10102",)
    assert len(taken(out)) == 1


def test_a_heading_turns_the_camera_about_the_vertical(tmp_path: Path, station: Station) -> None:
    one = picture(tmp_path / "one.jpg")
    import_files([one], tmp_path / "out.h5", station, shot("one.jpg", time="0", heading=90.0), silent)
    [found] = taken(tmp_path / "out.h5")
    assert found.orientation == pytest.approx((0.0, 0.0, math.sqrt(0.5), math.sqrt(0.5)))


def test_what_the_camera_wrote_into_its_picture_tells_the_time(tmp_path: Path, station: Station) -> None:
    one = picture(tmp_path / "one.jpg", taken="2026:01:12 03:20:10")
    import_files([one], tmp_path / "out.h5", station, shot("one.jpg"), silent)
    [found] = taken(tmp_path / "out.h5")
    assert found.at == datetime(2026, 1, 11, 19, 20, 10, tzinfo=UTC).timestamp()


def test_a_png_is_kept_as_jpeg_and_another_shape_is_told(tmp_path: Path) -> None:
    one = picture(tmp_path / "one.png", size=(60, 40))
    [summary] = import_files([one], tmp_path / "out.h5", None, shot("*.png", time="0"), silent)
    assert "it is 60 × 40 pixels, not twice as wide as high, and shown as if it were" in summary.sentences()
    [found] = taken(tmp_path / "out.h5")
    assert Image.open(io.BytesIO(found.jpeg)).format == "JPEG"
    assert Image.open(io.BytesIO(found.jpeg)).size == (60, 40)
    assert math.isnan(found.position[0])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"camera": "PAN09", "time": "0"}, "no panoramic camera of the station. Did you mean 'PAN0"),
        ({}, "does not say when it was taken"),
        ({"time": "one-%Y"}, "bears no time as the map has it"),
        ({"time": "yesterday"}, "bears no time as the map has it"),
    ],
)
def test_what_cannot_be_placed_or_timed_is_refused_in_a_sentence(
    tmp_path: Path, station: Station, said: dict[str, str], sentence: str
) -> None:
    with pytest.raises(StationError, match=sentence.replace("'", ".").replace("(", r"\(")):
        import_files([picture(tmp_path / "one.jpg")], tmp_path / "out.h5", station, shot("one.jpg", **said), silent)


def test_a_damaged_picture_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "one.png"
    broken.write_bytes(picture(tmp_path / "whole.png").read_bytes()[:60])
    with pytest.raises(StationError, match="is a damaged picture"):
        import_files([broken], tmp_path / "out.h5", None, shot("one.png", time="0"), silent)


def test_a_png_of_no_camera_and_a_pattern_of_no_picture_are_mistakes(tmp_path: Path) -> None:
    with pytest.raises(StationError, match="of which nobody knows the camera"):
        import_files([picture(tmp_path / "one.png")], tmp_path / "out.h5", None, None, silent)
    both = Map(pictures={"one.png": Shot(camera="C", time="0"), "other.png": Shot(camera="C", time="0")})
    with pytest.raises(StationError, match="the map names 'other"):
        import_files([tmp_path / "one.png"], tmp_path / "out.h5", None, both, silent)


def test_a_map_file_names_pictures(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text('[pictures]\n"hall-*.jpg" = {camera = "PAN01", time = "hall-%Y", heading = 90.0}\n')
    assert read_map(path).pictures["hall-*.jpg"] == Shot(camera="PAN01", time="hall-%Y", heading=90.0)
