"""What no camera sees: found post by post, and laid over the station as a dark hatch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor

from app import theme
from app.scene.bodies import Bodies, layer
from app.scene.camera import Camera
from app.scene.glb import Model, Part
from app.scene.marks import lift, lifted, surface
from app.scene.skin import Skin
from app.scene.solids import polygons
from app.scene.stage import Stage
from app.scene.state import ISOLATED, SceneState
from app.scene.surround import Post, Surveys, View

FEW = 25_000  # pieces that are hatched while the camera moves, the largest: on software OpenGL each costs
Submit = Callable[..., Future]  # type: ignore[type-arg]

# Dark lines across the screen: what nobody sees lies in the dark. The hatches of qualities are bright, and leaner.
_HATCH = """
  if (mod(gl_FragCoord.x - gl_FragCoord.y, 7.0) > 3.5) discard;
  fragOutput0 = vec4(diffuseColor, 1.0);
"""


@dataclass(frozen=True)
class Blindness:
    """How much no camera sees, as shares from 0 to 1: of the ``floors``, and of ``machines`` and pipes with their
    backs and undersides; NaN where there are none. ``done`` is how far the survey has come."""

    floors: float
    machines: float
    done: float


class Blind:
    """The hatch over what nobody sees.

    Parameters
    ----------
    stage : Stage              Where it is shown.
    bodies : Bodies            What can be cut.
    model : Model              What may be seen or not.
    surveys : Surveys          What is seen from where.
    submit : Callable          Has something done elsewhere, as executors do.
    """

    def __init__(self, stage: Stage, bodies: Bodies, model: Model, surveys: Surveys, submit: Submit) -> None:
        self._stage = stage
        self._bodies = bodies
        self._parts = model.parts
        self._sheets = frozenset(i for i, material in enumerate(model.materials) if material.two_sided)
        self._surveys = surveys
        self._submit = submit
        self._skin: Future[Skin] | None = None
        self._seen: dict[Post, Future[NDArray[np.intp]]] = {}
        self._state = SceneState()
        self._shown: object = None
        self.blindness: Blindness | None = None
        self._whole, self._coarse = self._staged(), self._staged()
        self._laid = self._hurried = False
        self.dress()

    def show(self, state: SceneState) -> None:
        """Show what none of the state's posts sees, once that is known; nothing where there is no post."""
        self._state = state
        self._refresh()

    def dress(self) -> None:
        """Take the colour of the theme that is worn."""
        for actor in (self._whole, self._coarse):
            actor.GetProperty().SetColor(*theme.rgb(theme.UNSEEN))

    def follow(self, camera: Camera) -> None:
        """Keep the hatch before what it lies on; as long as the camera moves, in its coarser form."""
        for actor in (self._whole, self._coarse):
            lift(actor, camera)
        self._hurried = True
        self._reveal()

    def settle(self) -> None:
        """The camera rests: show all of the hatch."""
        if self._hurried:
            self._hurried = False
            self._reveal()

    def go_on(self) -> bool:
        """Have more found out, and show what has been; whether there is more."""
        if not self._state.posts:
            return False
        if self._skin is None:
            self._skin = self._submit(Skin.of, self._parts, self._sheets)
        if not self._skin.done():
            return True
        for post in self._state.posts:
            views = self._surveys.of(post)
            if views is not None and post not in self._seen:
                self._seen[post] = self._submit(seen, self._skin.result(), views, post)
        self._refresh()
        return self.blindness is not None and self.blindness.done < 1.0

    def _refresh(self) -> None:
        """Show the hatch anew, if it is another."""
        posts = self._state.posts
        known = [self._seen[post] for post in posts if post in self._seen and self._seen[post].done()]
        wanted = (posts, len(known), *_surroundings(self._state))
        if wanted == self._shown:
            return
        self._shown = wanted
        self._laid = False
        self._reveal()
        if len(known) < len(posts) or self._skin is None or not posts:
            self.blindness = Blindness(np.nan, np.nan, len(known) / len(posts)) if posts else None
            return
        skin = self._skin.result()
        unseen = np.ones(len(skin), bool)
        for found in known:
            unseen[found.result()] = False
        self.blindness = Blindness(_share(skin, unseen, skin.is_floor), _share(skin, unseen, ~skin.is_floor), 1.0)
        there = unseen & self._is_there()[skin.part]
        self._lay(self._whole, skin.corners[there])
        self._lay(self._coarse, skin.largest(there, FEW))
        self._laid = True
        self._reveal()

    def _staged(self) -> vtkActor:
        actor = lifted(surface(vtkPolyData()), _HATCH)
        actor.GetProperty().BackfaceCullingOff()
        actor.SetVisibility(False)
        self._stage.add_mark(actor)
        return actor

    def _lay(self, actor: vtkActor, corners: NDArray[np.float32]) -> None:
        """Lay a hatch over these pieces (f, 3, 3)."""
        actor.GetMapper().SetInputData(polygons(corners, np.arange(3 * len(corners)).reshape(-1, 3)))
        actor.GetMapper().RemoveAllClippingPlanes()
        if self._bodies.plane is not None:
            actor.GetMapper().AddClippingPlane(self._bodies.plane)
        lift(actor, self._stage.camera)

    def _reveal(self) -> None:
        """Show the form that is wanted now, if any."""
        self._whole.SetVisibility(self._laid and not self._hurried)
        self._coarse.SetVisibility(self._laid and self._hurried)
        self._stage.change()

    def _is_there(self) -> NDArray[np.bool_]:
        """Which parts are shown."""
        state = self._state
        alone = state.selected if state.alone == ISOLATED else ""
        return np.array([is_shown(part, state.hidden, alone) for part in self._parts], bool)


def is_shown(part: Part, hidden: frozenset[str], alone: str) -> bool:
    """Whether a part is in no layer that is hidden, and is of what is shown alone."""
    is_own = not alone or part.node == alone or part.node.startswith(f"{alone}.")
    return is_own and layer(part) not in hidden


def seen(skin: Skin, views: Sequence[View], post: Post) -> NDArray[np.intp]:
    """Which pieces of a skin are seen from a post, by their numbers."""
    away = skin.middles - np.array(post.position, np.float32)
    near = np.flatnonzero(np.einsum("ij,ij->i", away, away) < post.reach**2)
    found = np.zeros(len(near), bool)
    for view in views:
        found |= view.sees(skin.middles[near], skin.normals[near], skin.has_back[near])
    return near[found]


def _surroundings(state: SceneState) -> tuple[object, ...]:
    """What else decides where the hatch is seen."""
    return state.hidden, state.alone, state.selected if state.alone else "", state.section


def _share(skin: Skin, unseen: NDArray[np.bool_], of: NDArray[np.bool_]) -> float:
    whole = float(skin.areas[of].sum())
    return float(skin.areas[of & unseen].sum()) / whole if whole else float("nan")
