"""How the scene is lit: sky from above, a key light from over the shoulder, a small highlight. One pass, no shadows.

VTK's own three lights cost a third of a frame on software OpenGL; this shader costs what a single head light does.
How much sky a point sees is in the model already (its vertex colours).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor

from app import theme
from app.scene.camera import Camera
from app.scene.sight import Aim

KEY = np.array([-0.42, -0.62, 0.66])  # towards the key light, in the station's axes
KEY = KEY / np.linalg.norm(KEY)

_LIT = """
  vec3 facing = normalVCVSOutput;
  float sky = 0.5 + 0.5 * dot(facing, upVC);
  float key = max(0.0, dot(facing, keyVC));
  float shine = max(0.0, dot(facing, halfVC));
  shine *= shine; shine *= shine; shine *= shine; shine *= shine;
  vec3 light = mix(vec3(0.38, 0.38, 0.39), vec3(0.70, 0.73, 0.76), sky) + key * vec3(0.52, 0.50, 0.47);
  vec3 lit = diffuseColor * light + vec3(0.09 * shine);
  // In a bright room everything is brighter, but for what is white: by what it is, and by a little haze.
  const float haze = 0.08;
  if (lift > 0.0) lit += lift * (lit + haze) * max(vec3(0.0), vec3(1.0) - lit);
  fragOutput0 = vec4(lit, opacity);
  // A ghost is dark and a sieve, every other pixel, which costs nothing and needs no order.
  if (ghost > 0.5) {
    if (mod(floor(gl_FragCoord.x) + floor(gl_FragCoord.y), 2.0) > 0.5) discard;
    fragOutput0.rgb *= 0.6;
  }
"""


class Light:
    """Lights the actors given to it, and keeps its directions true while the camera moves."""

    def __init__(self) -> None:
        self._actors: list[vtkActor] = []
        self._directions = _directions(np.eye(3))

    def on(self, actor: vtkActor) -> vtkActor:
        """Light an actor from now on; the same actor."""
        actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Light::Impl", True, _LIT, False)
        self._actors.append(actor)
        self._aim(actor)
        _lift(actor)
        self.thin(actor, False)
        return actor

    def thin(self, actor: vtkActor, ghost: bool) -> None:
        """Show an actor as a ghost, or whole."""
        actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("ghost", float(ghost))

    def dress(self) -> None:
        """Light everything as bright as the theme that is worn wants it."""
        for actor in self._actors:
            _lift(actor)

    def off(self, actor: vtkActor) -> None:
        """Forget an actor that is no longer shown."""
        self._actors.remove(actor)

    def follow(self, camera: Camera) -> None:
        """Turn with the camera: the shader works in its axes."""
        self._turn(_directions(np.array([camera.right, camera.up, camera.backward])))

    @contextmanager
    def aimed(self, aim: Aim) -> Iterator[None]:
        """For as long as it lasts, light what another camera sees."""
        before = self._directions
        ahead, left, up = aim.axes
        self._turn(_directions(np.array([-left, up, -ahead])))
        try:
            yield
        finally:
            self._turn(before)

    def _turn(self, directions: dict[str, list[float]]) -> None:
        self._directions = directions
        for actor in self._actors:
            self._aim(actor)

    def _aim(self, actor: vtkActor) -> None:
        uniforms = actor.GetShaderProperty().GetFragmentCustomUniforms()
        for name, direction in self._directions.items():
            uniforms.SetUniform3f(name, direction)


def _lift(actor: vtkActor) -> None:
    actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformf("lift", theme.SCENE_LIFT)


def _directions(axes: NDArray[np.float64]) -> dict[str, list[float]]:
    """Where up, the key light and the highlight lie, in a camera's axes (3, 3): right, up and backward."""
    half = KEY + axes[2]
    station = {"upVC": np.array([0.0, 0.0, 1.0]), "keyVC": KEY, "halfVC": half / np.linalg.norm(half)}
    return {name: (axes @ direction).tolist() for name, direction in station.items()}
