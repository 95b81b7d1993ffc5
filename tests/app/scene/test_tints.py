"""A tint costs what is tinted: nothing of the model is sent to the renderer anew."""

from __future__ import annotations

import numpy as np
import pytest
from vtkmodules.util.numpy_support import vtk_to_numpy

from app.scene import glb
from app.scene.painter import Painter
from app.scene.state import SceneState
from app.scene.tints import WIDTH, Tints
from twin.paths import REFERENCE_STATION

SIZE = (320, 200)


@pytest.fixture(scope="module")
def model() -> glb.Model:
    return glb.read(REFERENCE_STATION.with_name("station.glb"))


def test_a_tint_changes_no_data_of_the_model(model: glb.Model) -> None:
    painter = Painter(model, SIZE)
    before = painter.paint().copy()
    times = [drawn.solid.data.GetMTime() for drawn in painter._bodies._drawn]
    painter.show(SceneState(tints=(("P102", "#ff2200"), ("P204", "#00aaff"))))
    assert (painter.paint() != before).any()
    assert [drawn.solid.data.GetMTime() for drawn in painter._bodies._drawn] == times


def test_every_node_has_a_number_of_its_own_and_parts_of_one_node_the_same() -> None:
    names = tuple(f"N{n % (3 * WIDTH)}" for n in range(5 * WIDTH))
    numbers = Tints(names, 0.75).numbers(names)
    assert len(set(numbers.tolist())) == 3 * WIDTH
    assert numbers[0] == numbers[3 * WIDTH]


def test_more_nodes_than_a_row_holds_are_tinted_all_the_same() -> None:
    names = tuple(f"N{n}" for n in range(2 * WIDTH + 1))
    tints = Tints(names, 1.0)
    tints.give({names[-1]: (1, 2, 3), "nowhere": (9, 9, 9)})
    texels = vtk_to_numpy(tints._image.GetPointData().GetScalars())
    assert texels[2 * WIDTH].tolist() == [1, 2, 3, 255]
    assert np.count_nonzero(texels.any(axis=1)) == 1


def test_what_is_plain_for_a_while_gets_its_tints_back() -> None:
    tints = Tints(("A", "B"), 1.0)
    tints.give({"A": (1, 2, 3)})
    texels = vtk_to_numpy(tints._image.GetPointData().GetScalars())
    with tints.plain():
        assert not texels.any()
    assert texels[0].tolist() == [1, 2, 3, 255]
