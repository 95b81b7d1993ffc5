"""What stands: the model's parts merged into few solids; in layers, tinted, cut, alone or as ghosts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPlane, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkAppendPolyData
from vtkmodules.vtkRenderingCore import vtkActor

from app.scene.glb import Model, Part
from app.scene.light import Light
from app.scene.marks import surface
from app.scene.places import SCENERY
from app.scene.solids import Solid
from app.scene.stage import Stage
from app.scene.state import GHOST, ISOLATED, LAYERS, SceneState, Section
from app.scene.tints import Colour, Tints

TINT = 0.75  # share of the tint in a tinted part's colour
ALONE = "\0alone"  # the layer of what is singled out, which no model has
CHUNK = 20_000  # points in a solid, at most, unless one part has more
WIDE = 12.0  # m
FINE = 0.3  # m: parts of which nine triangles in ten are smaller are bolts, nuts and the like
HEAVY = 300_000  # triangles, of which more cannot be turned smoothly on software OpenGL
AFAR = 0.06  # m a pixel: from where fine parts, and the finer form of what has two, are too small to be seen


@dataclass(frozen=True)
class Drawn:
    """A solid in the picture, the layer it belongs to, and from where it is shown."""

    layer: str
    near: bool
    afar: bool
    solid: Solid
    actor: vtkActor
    two_sided: bool = False


class Bodies:
    """The solids of a model on a stage.

    Parameters
    ----------
    model : Model    What stands still.
    stage : Stage    Where it stands.
    light : Light    What lights it.
    """

    def __init__(self, model: Model, stage: Stage, light: Light) -> None:
        self._model = model
        self._stage = stage
        self._light = light
        self._plane = vtkPlane()
        self._state = SceneState()
        self._tints = Tints(tuple(part.node for part in (*model.parts, *model.afar)), TINT)
        self._colour: Callable[[Solid], NDArray[np.floating]] | None = None  # of each point, instead of tints
        self._dyed: list[Solid] = []  # that show it
        self._heavy = sum(len(part.triangles) for part in model.parts) > HEAVY
        self._hurried = False
        self._alone: Drawn | None = None
        self._drawn = self._merged()

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that can be taken away, the usual ones first."""
        there = {drawn.layer for drawn in self._drawn} - {""}
        return (*(layer for layer in LAYERS if layer in there), *sorted(there - set(LAYERS)))

    def show(self, state: SceneState, pixel: float) -> None:
        """Show what the state wants to see and how, where a pixel is so wide. [m]"""
        before, self._state = self._state, state
        if state.section != before.section:
            self._cut(state.section)
        if (bool(state.alone), state.selected) != (bool(before.alone), before.selected):
            self._single_out(state.selected if state.alone else "")
        wanted = (state.hidden, state.alone, state.selected if state.alone else "")
        if wanted != (before.hidden, before.alone, before.selected if before.alone else ""):
            self.reveal(pixel)

    def reveal(self, pixel: float, hurried: bool = False) -> None:
        """Show the layers that are not taken away, in the form for a pixel so wide [m]; what is alone, alone. As long
        as it is ``hurried``, a heavy model is shown in its coarser form."""
        self._hurried = hurried and self._heavy
        ghost = self._alone is not None and self._state.alone == GHOST
        for drawn in self._drawn:
            in_form = drawn.near if pixel < AFAR and not self._hurried else drawn.afar
            drawn.actor.SetVisibility(in_form and not self._is_isolated and self._is_wanted(drawn))
            self._light.thin(drawn.actor, ghost)
        self._dye()
        self._stage.change()

    def settle(self, pixel: float) -> None:
        """The camera rests: show everything in its finest form that counts."""
        if self._hurried:
            self.reveal(pixel)

    @contextmanager
    def in_detail(self, whole: bool) -> Iterator[None]:
        """For as long as it lasts, what is shown stands there in its finest form; ``whole``: with everything that has
        been taken away or cut off."""
        with ExitStack() as stack:
            for drawn in self._drawn if whole else ():
                stack.enter_context(drawn.solid.with_all())
            yield from self._detailed(whole)

    def _detailed(self, whole: bool) -> Iterator[None]:
        before = [(drawn.actor, drawn.actor.GetVisibility()) for drawn in self._drawn]
        for drawn in self._drawn:
            is_shown = not self._is_isolated and self._is_wanted(drawn)
            drawn.actor.SetVisibility(drawn.near and (whole or is_shown))
            if whole:
                drawn.actor.GetMapper().RemoveAllClippingPlanes()
        try:
            yield
        finally:
            for actor, visible in before:
                actor.SetVisibility(visible)
                if whole and self._state.section is not None:
                    actor.GetMapper().AddClippingPlane(self._plane)

    @contextmanager
    def plain(self) -> Iterator[None]:
        """For as long as it lasts, everything has its own colours."""
        with ExitStack() as stack:
            stack.enter_context(self._tints.plain())
            for drawn in self._drawn if self._colour is not None else ():
                stack.enter_context(drawn.solid.plain())
            yield

    @property
    def plane(self) -> vtkPlane | None:
        """What everything is cut by; None for not at all."""
        return self._plane if self._state.section is not None else None

    def tint(self, tints: dict[str, Colour]) -> None:
        """Give some nodes other colours. Who calls says where the picture changes by that."""
        self._tints.give(tints)

    def leave_out(self, nodes: frozenset[str]) -> None:
        """Take single nodes away, and put back those taken away before."""
        for drawn in self._drawn:
            drawn.solid.leave_out(nodes)
        self._stage.change()

    def dye(self, colour: Callable[[Solid], NDArray[np.floating]] | None) -> None:
        """Give every point a colour of its own (points, 3), in place of what nodes are tinted by; None, and it is gone.
        Who calls says that the picture changes."""
        self._tints.give({})
        for drawn in self._all() if colour is None and self._colour is not None else ():
            drawn.solid.dye(None, TINT)
        self._colour, self._dyed = colour, []
        self._dye()

    def _dye(self) -> None:
        """Give what is shown, and has them not yet, its points' colours."""
        if self._colour is None:
            return
        for drawn in self._all():
            if drawn.actor.GetVisibility() and drawn.solid not in self._dyed:
                drawn.solid.dye(self._colour(drawn.solid), TINT)
                self._dyed.append(drawn.solid)

    def hit(
        self, start: NDArray[np.float64], end: NDArray[np.float64], whole: bool = False
    ) -> tuple[float, str] | None:
        """The first node that a ray meets among what is shown, or with all that has been taken away in its place: how
        far along it (0 to 1) and its name."""
        isolated = self._alone if self._state.alone == ISOLATED and not whole else None
        shown = [drawn for drawn in self._drawn if drawn.near and (whole or self._is_wanted(drawn))]
        solids = [drawn.solid for drawn in ([isolated] if isolated is not None else shown)]
        hits = [solid.hit(start, end, _everywhere if whole else self._is_kept) for solid in solids]
        return min((hit for hit in hits if hit is not None), default=None)

    def skin(self, nodes: frozenset[str]) -> vtkPolyData:
        """The surface of some nodes."""
        bodies = vtkAppendPolyData()
        bodies.AddInputData(vtkPolyData())
        for drawn in self._drawn:
            if drawn.near and nodes & set(drawn.solid.nodes):
                bodies.AddInputData(drawn.solid.body(nodes))
        bodies.Update()
        return bodies.GetOutput()

    # ---- building --------------------------------------------------------------------------------------------------

    def _merged(self) -> list[Drawn]:
        """Few solids: what is seen from near, from afar or both, the layers that can be taken away, in chunks."""
        model = self._model
        sorts: dict[tuple[bool, bool, str, float, bool, bool], list[Part]] = {}
        levels = [(part, True, not model.afar and not _is_fine(part)) for part in model.parts]
        levels += [(part, False, True) for part in model.afar]
        # The building last: what stands before a floor then saves the renderer the floor behind it.
        for part, near, afar in sorted(levels, key=lambda each: _is_building(each[0])):
            if len(part.points):
                material = model.materials[part.material]
                sort = (near, afar, layer(part), material.opacity, material.two_sided, _is_wide(part))
                sorts.setdefault(sort, []).append(part)
        return [
            Drawn(layer, near, afar, solid, self._staged(solid, opacity, two_sided), two_sided)
            for (near, afar, layer, opacity, two_sided, _), parts in sorts.items()
            for chunk in _chunks(parts)
            for solid in [Solid.of(chunk, model.materials)]
        ]

    def _staged(self, solid: Solid, opacity: float, two_sided: bool) -> vtkActor:
        solid.number(self._tints.numbers(solid.nodes))
        actor = self._tints.on(self._light.on(surface(solid.data)))
        actor.GetProperty().SetOpacity(opacity)
        self._open(actor, self._state.section is not None, two_sided)
        if opacity < 1.0:
            self._stage.add_moving(actor)
        else:
            self._stage.add(actor)
        return actor

    def _single_out(self, equipment: str) -> None:
        """Draw a piece of equipment with all its parts by itself; none for ""."""
        if self._alone is not None:
            self._stage.remove(self._alone.actor)
            self._light.off(self._alone.actor)
            self._alone = None
        own = [part for part in self._model.parts if part.node == equipment or part.node.startswith(f"{equipment}.")]
        if equipment and own:
            solid = Solid.of(own, self._model.materials)
            two_sided = any(self._model.materials[part.material].two_sided for part in own)
            self._alone = Drawn(ALONE, True, True, solid, self._staged(solid, 1.0, two_sided), two_sided)

    # ---- looks -----------------------------------------------------------------------------------------------------

    def _all(self) -> list[Drawn]:
        return self._drawn if self._alone is None else [*self._drawn, self._alone]

    @property
    def _is_isolated(self) -> bool:
        return self._alone is not None and self._state.alone == ISOLATED

    def _is_wanted(self, drawn: Drawn) -> bool:
        return drawn.layer not in self._state.hidden

    def _cut(self, section: Section | None) -> None:
        """Cut everything that stands by a plane; then the inside of things is seen too."""
        if section is not None:
            axis = np.eye(3)["xyz".index(section.axis)]
            self._plane.SetOrigin(*(section.at * axis))
            self._plane.SetNormal(*(axis if section.flipped else -axis))
        for drawn in self._all():
            self._open(drawn.actor, section is not None, drawn.two_sided)
        self._stage.change()

    def _open(self, actor: vtkActor, cut: bool, two_sided: bool) -> None:
        """Let the inside of things be seen where they are cut, or are surfaces that have none."""
        actor.GetMapper().RemoveAllClippingPlanes()
        if cut:
            actor.GetMapper().AddClippingPlane(self._plane)
        actor.GetProperty().SetBackfaceCulling(not cut and not two_sided and actor.GetProperty().GetOpacity() == 1.0)

    def _is_kept(self, at: NDArray[np.float64]) -> bool:
        """Whether a point is on the side of the section that is shown."""
        section = self._state.section
        return section is None or (float(at["xyz".index(section.axis)]) >= section.at) == section.flipped


def _chunks(parts: list[Part]) -> Iterator[list[Part]]:
    """Parts that lie together: what is out of sight costs nothing, and what is tinted is sent anew chunk by chunk."""
    middles = np.array([(part.points.min(axis=0) + part.points.max(axis=0)) / 2 for part in parts])
    if len(parts) < 2 or sum(len(part.points) for part in parts) <= CHUNK:
        yield parts
        return
    along = middles[:, np.ptp(middles, axis=0).argmax()]
    order = np.argsort(along, kind="stable")
    held = np.cumsum([len(parts[i].points) for i in order])
    half = min(max(1, int(np.searchsorted(held, held[-1] / 2))), len(parts) - 1)
    for side in (order[:half], order[half:]):
        yield from _chunks([parts[i] for i in side])


def _is_fine(part: Part) -> bool:
    corners = part.points[part.triangles]
    longest = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(axis=1)
    return bool(len(longest)) and float(np.quantile(longest, 0.9)) < FINE


def _is_wide(part: Part) -> bool:
    """Whether a part reaches so far that a chunk with it would be in sight from everywhere."""
    return bool(len(part.points)) and float(np.ptp(part.points, axis=0).max()) > WIDE


def _everywhere(_: NDArray[np.float64]) -> bool:
    return True


def _is_building(part: Part) -> bool:
    return part.layer == "building" or part.node.startswith(SCENERY)


def layer(part: Part) -> str:
    """The layer that a part is taken away with."""
    cut_away = next((layer for layer in ("roof", "walls") if part.node.startswith(f"{SCENERY}{layer}")), "")
    return cut_away or part.layer or ("building" if part.node.startswith(SCENERY) else "")
