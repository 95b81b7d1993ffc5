"""The panels that are heavy to import: they are put into the window after it has shown itself."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from app.actions import QT_TRANSLATE_NOOP
from app.messages import Mail, Seek
from app.presenters import equipment_tree, palette, panorama, pump_chart, scene, tags, thermal, trends
from app.presenters.log_tracks import LogTracks
from app.presenters.palette import Found
from app.presenters.selection import Selection
from app.room import Room
from app.scene import graphics, ground, reading
from app.scene.glb import Model
from app.scene.painter import Painter
from app.views import words
from app.views.palette import Palette
from app.views.panorama import Panorama
from app.views.pump_chart import PumpChart
from app.views.scene import Scene
from app.views.scene_tree import SceneTree
from app.views.tags import Tags
from app.views.thermal import Thermal
from app.views.trends import Trends
from twin.errors import StationError
from twin.text import Text

DRAWN_AT_FIRST = 8  # tags of foreign data
NO_MODEL = QT_TRANSLATE_NOOP(
    "panels", 'There is no 3D model.\nA station file names one (model = "station.glb"); --station FILE brings it.'
)


class Panels:
    """Scene, trends, pump chart, thermal pictures, panoramas, tag list and palette."""

    def __init__(self, room: Room, window: QWidget) -> None:
        self._room = room
        self._selection = Selection()
        self.views: dict[str, QWidget] = {
            "scene": self._make_scene(),
            "pump_chart": self._make_pump_chart(),
            "thermal": self._make_thermal(),
            "panorama": self._make_panorama(),
            "trends": self._make_trends(),
            "tags": self._make_tags(),
        }
        self._make_palette(window)
        self._presenters: tuple[Any, ...] = (
            self._scene,
            self._tree,
            self._chart,
            self._thermal,
            self._panorama,
            self.trends,
            self._tags,
            self._palette,
        )
        self._selecting = tuple(p for p in self._presenters if hasattr(p, "select"))

    def take(self, mail: Mail) -> None:
        """Pass mail on."""
        for presenter in self._presenters:
            presenter.take(mail)

    def say_in(self, language: str) -> None:
        """Say everything in another language."""
        for presenter in self._presenters:
            presenter.say_in(language)

    def dress(self) -> None:
        """Show the scene in the colours of the theme that is worn: they are in its state."""
        self._scene.dress()

    def select(self, selection: Selection) -> None:
        """Select everywhere."""
        self._selection = selection
        for presenter in self._selecting:
            presenter.select(selection)

    def is_complete(self) -> bool:
        """Whether every panel shows what it has been given."""
        panels = (self._scene_view, self._panorama_view, self.trends, self._chart)
        return all(panel.is_complete for panel in panels)

    def look_after(self) -> None:
        """Put in place what has been loaded meanwhile; asked at every beat."""
        if self._model is not None and self._model.done():
            loaded, self._model = self._model, None
            self._furnish_scene(loaded)
        elif self._model is not None:
            self._scene_view.show_loading(self._loaded)
        self._scene_view.find_out()
        self._panorama_view.look_after()

    def settle(self) -> None:
        """End what moves by itself, for a picture that must not depend on time."""
        self._scene_view.settle()
        self._panorama_view.settle()

    def bare_picture(self) -> QImage | None:
        """The scene without words and marks over it; None where there is no scene."""
        return self._scene_view.bare_picture()

    def look_from(self, direction: str) -> None:
        """Look at the scene from the front, right, top or a corner."""
        self._scene_view.look_from(direction)

    def fly_to(self, equipment: str) -> None:
        """Fly to a piece of equipment, or to the whole."""
        self._scene_view.fly_to(equipment)

    def single_out(self, alone: str) -> None:
        """Show what is selected alone ("isolate"), or the rest as a "ghost"; again, and everything is back."""
        self._scene.single_out(alone)

    def open_palette(self) -> None:
        """Open the palette over the window."""
        self._palette_view.open()

    def close(self) -> None:
        """Let go of what is held, and of what is being loaded."""
        self._closed = True
        self._loading.shutdown(wait=True, cancel_futures=True)

    # ---- scene -----------------------------------------------------------------------------------------------------

    def _make_scene(self) -> Scene:
        room, view = self._room, Scene()
        self._scene_view = view
        log = LogTracks(room.opened.tracks) if room.opened.tracks else None
        self._scene = scene.Presenter(view, room.opened.station, room.ask, room.opened.tags, log)
        self._loading = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._model: Future[Model] | None = None
        self._loaded, self._closed = 0.0, False
        path = room.opened.station.model_path if room.opened.station is not None else None
        if log is not None:
            view.show_state(self._scene.state)
            self._model = self._loading.submit(ground.model, log.survey.low, log.survey.high)
        elif path is None:
            view.furnish(None, QCoreApplication.translate("panels", NO_MODEL))
        else:
            self._model = self._loading.submit(reading.read, path, room.opened.station.file, self._note)
        tree = SceneTree(view)
        self._tree = equipment_tree.Presenter(
            tree, room.opened.station, room.language, self._pick_in_tree, self._take_away
        )
        self._tree.leave(str(room.kept(self._hidden) or "").split("\n"))
        tree.wanted_changed.connect(self._tree.want)
        tree.all_requested.connect(self._tree.want_all)
        tree.search_changed.connect(self._tree.search)
        tree.equipment_requested.connect(self._tree.pick)
        view.equipment_requested.connect(lambda name: self._pick_in_scene(name, False))
        view.fly_requested.connect(lambda name: self._pick_in_scene(name, True))
        view.probe_requested.connect(self._scene.probe)
        view.tools.laid_over.connect(self._scene.lay_over)
        view.tools.layer_toggled.connect(self._scene.want)
        view.tools.overlay_requested.connect(self._scene.overlay)
        view.tools.alone_requested.connect(self._scene.single_out)
        view.tools.section_requested.connect(self._scene.cut)
        return view

    @property
    def _hidden(self) -> str:
        """Under which key is remembered what of this station's model is not drawn."""
        station = self._room.opened.station
        return f"hidden/{station.id}/{station.file.station.model}" if station is not None else "hidden"

    def _take_away(self, equipment: frozenset[str]) -> None:
        """Draw all but this, the next time too."""
        self._scene.take_away(equipment)
        self._room.keep(self._hidden, "\n".join(sorted(equipment)))

    def _note(self, share: float) -> None:
        """Note how much of the model is loaded, in the thread that loads it; nobody waits for it once all is closed."""
        if self._closed:
            raise CancelledError
        self._loaded = share

    def _furnish_scene(self, loaded: Future[Model]) -> None:
        try:
            model = loaded.result()
        except StationError as error:
            self._scene_view.furnish(None, str(error))
            return
        painter = Painter(model, submit=self._loading.submit)
        self._scene_view.furnish(painter)
        if painter.renderer:
            self._room.tell(_said_of(painter.renderer))
        self._scene.select(self._selection)  # whoever asked to fly before there was a scene is taken there now

    def _pick_in_scene(self, node: str, fly: bool) -> None:
        name = self._scene.owner(node)
        self._room.select(Selection("equipment", name, equipment=name, fly=fly) if name else Selection())

    def _pick_in_tree(self, equipment: str) -> None:
        self._room.select(Selection("equipment", equipment, equipment=equipment, fly=True))

    # ---- pump chart ------------------------------------------------------------------------------------------------

    def _make_pump_chart(self) -> PumpChart:
        room, view = self._room, PumpChart()
        self._chart = pump_chart.Presenter(view, room.ask, room.opened.station, room.opened.tags, room.language)
        return view

    # ---- thermal pictures ------------------------------------------------------------------------------------------

    def _make_thermal(self) -> Thermal:
        view = Thermal()
        self._thermal = thermal.Presenter(view, self._room.opened.station)
        view.camera_requested.connect(self._thermal.choose)
        return view

    # ---- panoramas -------------------------------------------------------------------------------------------------

    def _make_panorama(self) -> Panorama:
        room, scene_view = self._room, self._scene_view
        view = Panorama(scene_view.panorama, lambda: scene_view.is_modelled, self._loading.submit)
        self._panorama_view = view
        self._panorama = panorama.Presenter(view, room.ask, room.opened.station, scene_view.seen_share)
        view.camera_requested.connect(self._panorama.choose)
        view.step_requested.connect(self._panorama.step)
        return view

    # ---- trends ----------------------------------------------------------------------------------------------------

    def _make_trends(self) -> Trends:
        room, view = self._room, Trends()
        self.trends = made = trends.Presenter(view, room.ask, room.opened.station, room.opened.tags, room.language)
        view.add_requested.connect(made.add)
        view.remove_requested.connect(made.remove)
        view.clear_requested.connect(made.clear)
        view.tag_requested.connect(room.pick_tag)
        view.zoom_requested.connect(made.zoom)
        view.shift_requested.connect(made.shift)
        view.width_requested.connect(made.show_width)
        view.values_requested.connect(made.zoom_values)
        view.back_requested.connect(made.back)
        view.reset_requested.connect(made.reset)
        view.hovered.connect(made.hover)
        view.seek_requested.connect(made.seek)
        view.mark_requested.connect(made.mark)
        view.resized.connect(made.resize)
        if room.opened.station is None:  # nothing to select leads to these tags: some of them are drawn from the start
            made.add([tag.name for tag in room.opened.tags if tag.kind == "analog"][:DRAWN_AT_FIRST])
        return view

    # ---- tags ------------------------------------------------------------------------------------------------------

    def _make_tags(self) -> Tags:
        room, view = self._room, Tags()
        self._tags = made = tags.Presenter(view, room.opened.station, room.opened.tags, room.language)
        view.search_changed.connect(made.search)
        view.sort_requested.connect(made.sort_by)
        view.tag_requested.connect(self._room.pick_tag)
        view.trend_requested.connect(self.trends.add)
        view.copy_requested.connect(lambda rows: QGuiApplication.clipboard().setText(made.as_text(rows)))
        view.export_requested.connect(lambda path: self._export_tags(Path(path)))
        return view

    def _export_tags(self, path: Path) -> None:
        self._room.write(lambda: path.write_text(self._tags.as_csv(), encoding="utf-8-sig"), path)

    # ---- palette ---------------------------------------------------------------------------------------------------

    def _make_palette(self, window: QWidget) -> None:
        room = self._room
        self._palette_view = Palette(window)
        self._palette = palette.Presenter(
            self._palette_view, room.opened.station, room.opened.tags, room.menus.possible, self._choose, words.word
        )
        self._palette_view.query_changed.connect(self._palette.search)
        self._palette_view.pick_requested.connect(self._palette.pick)

    def _choose(self, found: Found) -> None:
        """Do or show what was picked in the palette."""
        if found.kind == "action":
            self._room.menus.trigger(found.id)
        elif found.kind == "time":
            self._room.ask(Seek(found.at))
        elif found.kind == "tag":
            self._room.pick_tag(found.id)
        elif found.kind == "equipment":
            self._room.select(Selection("equipment", found.id, equipment=found.id, fly=True))
        else:
            self._room.pick_standing(found.kind, int(found.id))


def _said_of(renderer: str) -> Text:
    """What paints the scene, and how that is changed."""
    if graphics.is_software(renderer):
        return Text(f"The scene is painted in software, by {renderer}", f"三维场景由软件渲染：{renderer}")
    switch = f"{graphics.SWITCH}=software"
    return Text(
        f"The scene is painted on a graphics processor, by {renderer}; {switch} keeps to software",
        f"三维场景由图形处理器渲染：{renderer}；设置 {switch} 可改用软件渲染",
    )
