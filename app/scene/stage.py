"""The stage: what stands still is painted once and kept with its depth; what moves is painted over it.

In a control room the camera rests for hours while robots drive about. Painting the whole station for each of their
steps would cost ten times what painting them costs, and keep a processor busy for nothing. Where only a few things that
stand have changed their colour, only the pieces of the picture in which they are seen are painted anew.

Off screen and read back, because that works with every platform Qt knows, with or without a display, and its pixels
can be grabbed, printed and tested. No multisampling, because software OpenGL is the common case.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkCamera, vtkLight, vtkRenderer
from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLFramebufferObject

from app import theme
from app.scene.camera import VIEW_ANGLE, Camera
from app.scene.graphics import off_screen_window, renderer_of
from app.scene.sight import FARTHEST_SEEN, NEAREST_SEEN, Aim

Picture = NDArray[np.uint8]
Rectangle = tuple[int, int, int, int]  # left, top, right, bottom [px from the top left]
MOST_PIECES = 8  # painted anew one by one; more, and the whole is
LARGEST_SHARE = 0.3  # of the picture that pieces may cover
APIECE = 15_000  # px that a piece costs beyond its own, for all that stands is gone through for each
SMOOTHING = 4  # px round a piece that smoothing its edges looks at
DEPTH_BITS = 32
BYTES = 3  # VTK_UNSIGNED_CHAR
COLOUR_AND_DEPTH = 0x4000 | 0x0100  # GL_COLOR_BUFFER_BIT, GL_DEPTH_BUFFER_BIT
NEAREST = 0x2600  # GL_NEAREST


class Stage:
    """Two renderers in one window that nobody sees, and the kept picture of the first.

    Parameters
    ----------
    size : (int, int)    Width and height of the picture. [px]
    """

    def __init__(self, size: tuple[int, int]) -> None:
        self._standing, self._moving = _renderer(), _renderer()
        self._eye = vtkCamera()
        self.camera = Camera()
        self._standing.SetActiveCamera(self._eye)
        self._moving.SetActiveCamera(self._eye)
        self._moving.SetLayer(1)
        self._moving.PreserveDepthBufferOn()
        self._marks: list[vtkActor] = []
        self._window = off_screen_window()
        self._window.SetOffScreenRendering(1)
        self._window.SetMultiSamples(0)
        self._window.SetNumberOfLayers(2)
        self._window.SetSize(*size)
        for renderer in (self._standing, self._moving):
            self._window.AddRenderer(renderer)
        self._standing.AddObserver("StartEvent", self._lay_out)
        self._moving.AddObserver("StartEvent", self._keep_or_lay_out)
        self._pixels = vtkUnsignedCharArray()
        self._depth = vtkFloatArray()
        self._kept: vtkOpenGLFramebufferObject | None = None
        self._picture: Picture | None = None
        self._whole = True  # whether all that stands is to be painted
        self._pieces: list[Rectangle] = []  # or only these
        self._needs_rest = False  # whether the piece being painted needs the rest of what stands laid out round it

    # ---- what is on it ---------------------------------------------------------------------------------------------

    def add(self, actor: vtkActor) -> None:
        """Add what stands still."""
        self._standing.AddActor(actor)
        self.change()

    def add_mark(self, actor: vtkActor) -> None:
        """Add what stands still and is no thing: no camera of the station sees it."""
        self._marks.append(actor)
        self.add(actor)

    def remove(self, actor: vtkActor) -> None:
        """Take away what stood still."""
        if actor in self._marks:
            self._marks.remove(actor)
        self._standing.RemoveActor(actor)
        self.change()

    def add_moving(self, actor: vtkActor) -> None:
        """Add what moves, or is seen through: it is painted each time."""
        self._moving.AddActor(actor)
        self.move()

    def remove_moving(self, actor: vtkActor) -> None:
        """Take away what moved."""
        self._moving.RemoveActor(actor)
        self.move()

    # ---- what has changed ------------------------------------------------------------------------------------------

    def move(self) -> None:
        """Say that something which moves has moved."""
        self._picture = None

    def change(self, within: Rectangle | None = None) -> None:
        """Say that something which stands looks different, within a part of the picture or anywhere."""
        self._picture = None
        if within is None:
            self._whole = True
        else:
            self._pieces.append(within)

    def look(self, camera: Camera) -> None:
        """Look from a place; edges are rough until they are refined."""
        self._standing.UseFXAAOff()
        self._eye.SetPosition(*camera.position)
        self._eye.SetFocalPoint(*camera.focus)
        self._eye.SetViewUp(0, 0, 1)
        self._eye.SetClippingRange(near_end(camera), camera.distance + 400.0)
        self.camera = camera
        self.change()

    def refine(self) -> None:
        """Smooth the edges, as long as the camera rests: on software OpenGL that costs as much again as the picture."""
        if not self._standing.GetUseFXAA():
            self._standing.UseFXAAOn()
            self.change()

    def resize(self, width: int, height: int) -> None:
        """Paint in another size from now on. [px]"""
        self._window.SetSize(width, height)
        self._kept = None
        self.change()

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._window.GetSize()
        return width, height

    @property
    def drawn(self) -> int:
        """How many bodies are shown, each drawn in one call; those out of sight are counted too."""
        return sum(
            actor.GetVisibility() and actor.GetMapper().GetInput().GetNumberOfCells() > 0
            for renderer in (self._standing, self._moving)
            for actor in renderer.GetActors()
        )

    @property
    def renderer(self) -> str:
        """What the OpenGL that paints calls itself."""
        return renderer_of(self._window)

    @property
    def stale(self) -> bool:
        """Whether something has changed since the last picture."""
        return self._picture is None

    # ---- painting --------------------------------------------------------------------------------------------------

    def picture(self) -> Picture:
        """The picture (height, width, 3) of bytes, top row first; painted anew only as far as something has changed."""
        if self._picture is None:
            self._picture = self._painted()
        return self._picture

    def depth(self, aim: Aim, rows: int, columns: int, reach: float = FARTHEST_SEEN) -> NDArray[np.float32]:
        """How far ahead what stands is in each pixel of another camera, (rows, columns) [m]; inf for the sky, and for
        what is beyond its reach. The kept picture stays as it is.
        """
        wide, tall = self._seen_by(aim, rows, columns, reach)
        self._window.GetZbufferData(0, 0, wide - 1, tall - 1, self._depth)
        found = ahead(vtk_to_numpy(self._depth).reshape(tall, wide)[::-1], reach)
        return found[np.arange(rows) * tall // rows][:, np.arange(columns) * wide // columns]

    def glimpse(self, aim: Aim, rows: int, columns: int) -> Picture:
        """What another camera sees of what stands, (rows, columns, 3); the kept picture stays as it is."""
        smooth = self._standing.GetUseFXAA()
        self._standing.UseFXAAOn()
        wide, tall = self._seen_by(aim, rows, columns, FARTHEST_SEEN)
        self._standing.SetUseFXAA(smooth)
        self._window.GetPixelData(0, 0, wide - 1, tall - 1, 0, self._pixels, 0)
        found = vtk_to_numpy(self._pixels).reshape(tall, wide, 3)[::-1]
        return found[np.arange(rows) * tall // rows][:, np.arange(columns) * wide // columns]

    def _seen_by(self, aim: Aim, rows: int, columns: int, reach: float) -> tuple[int, int]:
        """Paint what another camera sees into the lower left corner; how wide and tall that is. [px]"""
        width, height = self.size
        wide, tall = min(columns, width), min(rows, height)
        seen = [mark for mark in self._marks if mark.GetVisibility()]
        for mark in seen:
            mark.SetVisibility(False)
        self._moving.DrawOff()
        self._needs_rest = False
        self._standing.SetDraw(True)
        self._standing.SetActiveCamera(aimed(aim, reach))
        self._standing.SetViewport(0.0, 0.0, wide / width, tall / height)
        self._window.SetFrameBlitModeToNoBlit()
        self._window.Render()
        self._standing.SetActiveCamera(self._eye)
        self._standing.SetViewport(0.0, 0.0, 1.0, 1.0)
        self._moving.DrawOn()
        for mark in seen:
            mark.SetVisibility(True)
        return wide, tall

    def _painted(self) -> Picture:
        width, height = self.size
        whole = (0, 0, width, height)
        pieces = [] if self._whole else [piece for piece in (_within(p, whole) for p in self._pieces) if _area(piece)]
        pieces = joined(pieces) if len(pieces) <= MOST_PIECES else [whole]
        if self._whole or sum(map(_area, pieces)) > LARGEST_SHARE * width * height:
            pieces = [whole]
        self._window.SetFrameBlitModeToNoBlit()
        self._moving.DrawOff()
        for number, piece in enumerate(pieces[:-1]):
            self._paint(piece, first=number == 0)
        self._window.SetFrameBlitModeToBlitToHardware()
        self._moving.DrawOn()
        self._paint(pieces[-1] if pieces else None, first=len(pieces) == 1)
        self._whole, self._pieces = False, []
        self._window.GetPixelData(0, 0, width - 1, height - 1, 0, self._pixels, 0)
        return np.ascontiguousarray(vtk_to_numpy(self._pixels).reshape(height, width, 3)[::-1])

    def _paint(self, piece: Rectangle | None, first: bool) -> None:
        """Paint a piece of what stands, or nothing of it; and what moves, if that is on."""
        self._standing.SetDraw(piece is not None)
        self._needs_rest = first and piece != (0, 0, *self.size)
        if piece is not None:
            self._frame(piece)
        self._window.Render()
        if piece is not None:
            self._frame((0, 0, *self.size))

    def _frame(self, piece: Rectangle) -> None:
        """Cut the view down to a piece of it; what is seen in it is seen as in the whole."""
        left, top, right, bottom = piece
        width, height = self.size
        self._standing.SetViewport(left / width, 1 - bottom / height, right / width, 1 - top / height)
        half = np.tan(np.radians(VIEW_ANGLE) / 2) * (bottom - top) / height
        self._eye.SetViewAngle(float(2 * np.degrees(np.arctan(half))))
        self._eye.SetWindowCenter((left + right - width) / (right - left), (height - top - bottom) / (bottom - top))
        low, high = (np.array(theme.rgb(colour)) for colour in (theme.SCENE_LOW, theme.SCENE_HIGH))
        self._standing.SetBackground(*(low + (1 - bottom / height) * (high - low)))
        self._standing.SetBackground2(*(low + (1 - top / height) * (high - low)))

    def _lay_out(self, *_: Any) -> None:
        """Before the first piece of what stands is painted: the rest of it is as it was."""
        if self._needs_rest:
            self._copy(self._keeping(), self._window.GetRenderFramebuffer())

    def _keep_or_lay_out(self, *_: Any) -> None:
        """Before what moves is painted: keep what stands where some of it has just been painted, else bring it back."""
        frame, kept = self._window.GetRenderFramebuffer(), self._keeping()
        if self._standing.GetDraw():
            self._copy(frame, kept)
        else:
            self._copy(kept, frame)

    def _keeping(self) -> vtkOpenGLFramebufferObject:
        if self._kept is None:
            self._kept = vtkOpenGLFramebufferObject()
            self._kept.SetContext(self._window)
            stencil = bool(self._window.GetStencilCapable())
            self._kept.PopulateFramebuffer(*self.size, True, 1, BYTES, True, DEPTH_BITS, 0, stencil)
        return self._kept

    def _copy(self, source: vtkOpenGLFramebufferObject, target: vtkOpenGLFramebufferObject) -> None:
        source.Bind(source.GetReadMode())
        source.ActivateReadBuffer(0)
        target.Bind(target.GetDrawMode())
        target.ActivateDrawBuffer(0)
        width, height = self.size
        extent = (0, width, 0, height)
        vtkOpenGLFramebufferObject.Blit(extent, extent, COLOUR_AND_DEPTH, NEAREST)
        frame = self._window.GetRenderFramebuffer()
        frame.Bind(frame.GetBothMode())
        frame.ActivateDrawBuffer(0)


def near_end(camera: Camera) -> float:
    """From how far before the eye things are painted. [m]"""
    return max(0.3, camera.distance / 80)


def ahead(depth: NDArray[np.floating], reach: float) -> NDArray[np.float32]:
    """How far ahead is what was painted so deep by a camera that sees so far [m]; inf where there is nothing."""
    with np.errstate(divide="ignore"):
        found = NEAREST_SEEN * reach / (reach - depth * (reach - NEAREST_SEEN))
    return np.where(depth < 1.0, found, np.inf).astype(np.float32)


def aimed(aim: Aim, reach: float) -> vtkCamera:
    """VTK's camera that looks so, and sees so far. [m]"""
    eye = vtkCamera()
    eye.SetPosition(*aim.eye)
    eye.SetFocalPoint(*(aim.eye + aim.axes[0]))
    eye.SetViewUp(*aim.axes[2])
    eye.SetViewAngle(float(2 * np.degrees(np.arctan(aim.half[1]))))
    eye.UseExplicitAspectRatioOn()
    eye.SetExplicitAspectRatio(aim.half[0] / aim.half[1])
    eye.SetClippingRange(NEAREST_SEEN, reach)
    return eye


def around(points: NDArray[np.float64]) -> Rectangle:
    """The piece of the picture round points (n, 2) in it, with room for smoothing."""
    low, high = np.floor(points.min(axis=0)) - SMOOTHING, np.ceil(points.max(axis=0)) + SMOOTHING
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def joined(pieces: Sequence[Rectangle]) -> list[Rectangle]:
    """Pieces of a picture, those made one that are sooner painted together, with what lies between them."""
    left = list(pieces)
    while len(left) > 1:
        more, one, other = min(
            (_area(_round(p, q)) - _area(p) - _area(q), i, j)
            for (i, p), (j, q) in itertools.combinations(enumerate(left), 2)
        )
        if more > APIECE:
            break
        both = _round(left[one], left[other])
        left = [piece for place, piece in enumerate(left) if place not in (one, other)] + [both]
    return left


def _round(one: Rectangle, other: Rectangle) -> Rectangle:
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])


def _renderer() -> vtkRenderer:
    renderer = vtkRenderer()
    renderer.GradientBackgroundOn()
    renderer.AutomaticLightCreationOff()
    lamp = vtkLight()  # one, so that VTK hands normals to the shader, which does the lighting
    lamp.SetLightTypeToHeadlight()
    renderer.AddLight(lamp)
    return renderer


def _within(piece: Rectangle, whole: Rectangle) -> Rectangle:
    return max(piece[0], whole[0]), max(piece[1], whole[1]), min(piece[2], whole[2]), min(piece[3], whole[3])


def _area(piece: Rectangle) -> int:
    return max(0, piece[2] - piece[0]) * max(0, piece[3] - piece[1])
