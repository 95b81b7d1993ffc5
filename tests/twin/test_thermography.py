"""Thermal frames as all rooms know them."""

import numpy as np
import pytest

from twin.errors import UsageError
from twin.thermography import LARGEST_FRAME, ThermalFrame


def frame(temperature: np.ndarray) -> ThermalFrame:
    return ThermalFrame(0.0, "R1", (1.0, 2.0, 3.0), (0.0, 0.0, 0.0, 1.0), 0.95, (0.7, 0.5), temperature)


def test_a_frame_cannot_be_changed_through_the_array_it_was_made_from() -> None:
    seen = np.full((4, 5), 20.0, np.float32)
    made = frame(seen)
    seen[0, 0] = 99.0
    assert made.temperature[0, 0] == 20.0
    with pytest.raises(ValueError, match="read-only"):
        made.temperature[0, 0] = 99.0


def test_temperatures_are_float32_whatever_was_handed_in() -> None:
    assert frame(np.full((2, 3), 20.1)).temperature.dtype == np.float32


@pytest.mark.parametrize("shape", [(0, 5), (5,), (2, 3, 4), (LARGEST_FRAME + 1, 1)])
def test_a_frame_that_no_camera_takes_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError):
        frame(np.zeros(shape, np.float32))
