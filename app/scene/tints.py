"""The colours that values give to nodes: a small texture that the shader looks up, so that a value costs a few bytes.

Each point knows the number of its node (``Solid.numbers``), and never changes. What changes is one row of colours, of
which the renderer sends a few kilobytes, however many triangles bear them; nothing is sorted, mixed or sent anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkDataObject, vtkImageData
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

Colour = tuple[int, int, int]
NODE = "node"  # the array of points, and the attribute, that holds the number of their node
NAME = "tints"
WIDTH = 256  # texels to a row
MIDDLE_GREY = 140.0  # the brightness at which a tint shows as it is

# The brightness of a point's own colour shades its tint, so that dark parts, and shaded ones, stay darker.
_DECLARED = f"""//VTK::Color::Dec
in float {NODE};
uniform sampler2D {NAME};
"""
_MIXED = f"""//VTK::Color::Impl
  int number = int({NODE} + 0.5);
  vec4 tint = texelFetch({NAME}, ivec2(number % {WIDTH}, number / {WIDTH}), 0);
  float shade = dot(vertexColorVSOutput.rgb, vec3({255.0 / 3.0 / MIDDLE_GREY:.6f}));
  vertexColorVSOutput.rgb = min(mix(vertexColorVSOutput.rgb, shade * tint.rgb, tint.a), vec3(1.0));
"""


class Tints:
    """Numbers nodes, and gives them colours.

    Parameters
    ----------
    nodes : names of nodes, those named twice alike
    share : of a tint in the colour of what is tinted, from 0 to 1
    """

    def __init__(self, nodes: tuple[str, ...], share: float) -> None:
        self._numbers = {node: number for number, node in enumerate(dict.fromkeys(nodes))}
        self._share = round(255 * share)
        rows = max(1, -(-len(self._numbers) // WIDTH))
        self._image = vtkImageData()
        self._image.SetDimensions(WIDTH, rows, 1)
        self._image.GetPointData().SetScalars(numpy_to_vtk(np.zeros((rows * WIDTH, 4), np.uint8), deep=True))
        self._given: dict[str, Colour] = {}
        self._texture = vtkTexture()
        self._texture.SetInputData(self._image)
        self._texture.SetColorModeToDirectScalars()
        self._texture.InterpolateOff()

    def numbers(self, nodes: tuple[str, ...]) -> NDArray[np.float32]:
        """The number of each of some nodes."""
        return np.array([self._numbers[node] for node in nodes], np.float32)

    def on(self, actor: vtkActor) -> vtkActor:
        """Tint an actor whose points know their nodes from now on; the same actor."""
        mapper = actor.GetMapper()
        mapper.MapDataArrayToVertexAttribute(NODE, NODE, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
        actor.GetProperty().SetTexture(NAME, self._texture)
        shader = actor.GetShaderProperty()
        shader.AddVertexShaderReplacement("//VTK::Color::Dec", True, _DECLARED, False)
        shader.AddVertexShaderReplacement("//VTK::Color::Impl", True, _MIXED, False)
        # VTK would lay the texture over the actor by coordinates that it has not
        shader.AddFragmentShaderReplacement("//VTK::TCoord::Impl", True, "", False)
        return actor

    def give(self, tints: dict[str, Colour]) -> None:
        """Give some nodes these colours, and all others their own."""
        if tints == self._given:
            return
        self._given = tints
        self._write(tints)

    @contextmanager
    def plain(self) -> Iterator[None]:
        """For as long as it lasts, everything has its own colour."""
        given = self._given
        self.give({})
        try:
            yield
        finally:
            self.give(given)

    def _write(self, tints: dict[str, Colour]) -> None:
        texels = vtk_to_numpy(self._image.GetPointData().GetScalars())
        texels[:] = 0
        held = [(self._numbers[node], *colour, self._share) for node, colour in tints.items() if node in self._numbers]
        if held:
            table = np.array(held)
            texels[table[:, 0]] = table[:, 1:]
        self._image.GetPointData().GetScalars().Modified()
        self._image.Modified()
