"""The composition root: which view belongs to which presenter, and who is told of what. Only here is all known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QByteArray, QCoreApplication, QEvent, QObject, QStandardPaths, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QMenuBar

import twin
from app import crash, layouts, litter, pictures, theme
from app.bridge import Acquisition
from app.heartbeat import Heartbeat
from app.language import Languages
from app.menus import Menus, cheat_sheet
from app.messages import Cancel, Mail, Notice, Noting, RangeQuery, Request, TurnBack
from app.opening import Opened
from app.presenters import alarms, figures, formatting, machines, notices, selection, status, timeline, watchers
from app.presenters.selection import Selection
from app.room import Room
from app.undoing import Turn, Undoing
from app.views import style
from app.views.alarms import Alarms
from app.views.docks import Docks
from app.views.frame import CrashPage, Frame, Sheet
from app.views.machines import Machines
from app.views.notices import NoticeBar
from app.views.selection import SelectionPanel
from app.views.status import StatusBar
from app.views.timeline import Timeline
from twin import crashing
from twin.clock import Clock
from twin.errors import StationError
from twin.text import Text

if TYPE_CHECKING:
    from app.panels import Panels

PANELS = ("machines", "scene", "alarms", "tags", "pump_chart", "thermal", "panorama", "trends", "selection")
FIRST_PAINT = 20  # ms given to the window to show itself before what is heavy is imported
BLINK = 15  # beats that half a blink lasts


class Settings(Protocol):
    """What is remembered from one time to the next (QSettings, or something that forgets)."""

    def value(self, key: str) -> object: ...

    def setValue(self, key: str, value: object) -> None: ...


class Shell(QObject):
    """One window on one source.

    Signals
    -------
    open_requested : open another recording (its path)
    furnished : every panel is in its place
    ended : the window has gone and its thread with it
    """

    open_requested = Signal(str)
    furnished = Signal()
    ended = Signal()

    def __init__(self, opened: Opened, languages: Languages, clock: Clock, role: str, settings: Settings) -> None:
        super().__init__()
        self.opened = opened
        self._languages = languages
        self._clock = clock
        self._settings = settings
        self._role = role
        self._undoing = Undoing()
        self._waiting: set[int] = set()  # tickets of range queries that have not been answered
        self._mail: Mail | None = None
        self._mode = "live" if opened.live else "replay"
        self._panels: Panels | None = None
        self._shown = self._closed = self._turned = False
        self.crashed: Path | None = None
        self.acquisition = Acquisition(opened.begin)
        self._build_views()
        self._build_presenters()
        self._bind()
        self._heart = Heartbeat(self, self.acquisition.mailbox, self._take, self._crash, self._pulse)
        self._restore_hook = crash.catch(self._crash)

    # ---- building --------------------------------------------------------------------------------------------------

    def _build_views(self) -> None:
        menu_bar = QMenuBar()
        self._bar = StatusBar(menu_bar)
        self._docks = Docks(PANELS)
        self._timeline_view = Timeline()
        self._notice_bar = NoticeBar()
        self._machines_view = Machines()
        self._alarms_view = Alarms()
        self._panel = SelectionPanel()
        for name, view in (
            ("machines", self._machines_view),
            ("alarms", self._alarms_view),
            ("selection", self._panel),
        ):
            self._docks.put(name, view)
        self.frame = Frame((self._bar, self._docks, self._timeline_view, self._notice_bar), stretched=1)
        self.frame.show_mode(self._mode)
        self._menus = Menus(self.frame, menu_bar, self._deeds())

    def _build_presenters(self) -> None:
        station, tags = self.opened.station, self.opened.tags
        self.status = status.Presenter(self._bar, station, self.opened.name)
        self.machines = machines.Presenter(self._machines_view, station)
        self.alarms = alarms.Presenter(self._alarms_view, self.ask, station, tags)
        self.timeline = timeline.Presenter(self._timeline_view, self.ask, station, tags)
        self.selection = selection.Presenter(self._panel, station, tags)
        self.notices = notices.Presenter(self._notice_bar, station)
        self._presenters = (self.status, self.machines, self.alarms, self.timeline, self.selection, self.notices)

    def _bind(self) -> None:
        bar, alarm_list, line = self._bar, self._alarms_view, self._timeline_view
        bar.live_requested.connect(self.timeline.go_live)
        bar.alarms_requested.connect(lambda: self._docks.reveal("alarms"))
        bar.palette_requested.connect(lambda: self._menus.trigger("palette"))
        self._machines_view.machine_requested.connect(self._pick_machine)
        alarm_list.row_requested.connect(self._pick_standing)
        alarm_list.acknowledge_requested.connect(self.alarms.acknowledge)
        alarm_list.shelve_requested.connect(self.alarms.shelve)
        alarm_list.take_out_requested.connect(self.alarms.take_out)
        alarm_list.bring_back_requested.connect(self.alarms.bring_back)
        alarm_list.filter_changed.connect(self.alarms.filter_by)
        alarm_list.sort_requested.connect(self.alarms.sort_by)
        alarm_list.export_requested.connect(self._export_alarms)
        line.play_requested.connect(self.timeline.toggle)
        line.previous_requested.connect(self.timeline.previous_event)
        line.next_requested.connect(self.timeline.next_event)
        line.rate_requested.connect(self.timeline.set_rate)
        line.live_requested.connect(self.timeline.go_live)
        line.note_requested.connect(self.timeline.note)
        line.tracks.seek_requested.connect(self.timeline.seek)
        line.tracks.zoom_requested.connect(self.timeline.zoom)
        line.tracks.shift_requested.connect(self.timeline.show_around)
        line.tracks.mark_requested.connect(self._pick_standing)
        line.tracks.change_requested.connect(self.timeline.change_note)
        line.tracks.turn_requested.connect(self.timeline.turn_note)
        self._panel.acknowledge_requested.connect(self._acknowledge_selection)
        self._panel.tag_requested.connect(self._pick_tag)
        self._notice_bar.cancel_requested.connect(lambda: self.ask(Cancel()))
        self.frame.breadth_changed.connect(self._refold)
        self.frame.language_changed.connect(self._retranslate)
        self.frame.closed.connect(self.close)
        self.frame.file_dropped.connect(self.open_requested)

    def _deeds(self) -> dict[str, Callable[[], object]]:
        """What each action of the table does."""
        return {
            "open": self._open,
            "picture": lambda: self._save_picture(self.save_picture),
            "bare_picture": lambda: self._save_picture(self.save_bare_picture),
            "acknowledge": self._acknowledge_selection,
            "quit": self.frame.close,
            "play": lambda: self.timeline.toggle(),
            "live": lambda: self.timeline.go_live(),
            "back_1": lambda: self.timeline.step(-1.0),
            "forward_1": lambda: self.timeline.step(1.0),
            "back_10": lambda: self.timeline.step(-10.0),
            "forward_10": lambda: self.timeline.step(10.0),
            "previous_sample": lambda: self.timeline.sample(-1),
            "next_sample": lambda: self.timeline.sample(1),
            "previous_event": lambda: self.timeline.previous_event(),
            "next_event": lambda: self.timeline.next_event(),
            "first": lambda: self.timeline.first(),
            "last": lambda: self.timeline.last(),
            "slower": lambda: self.timeline.slower(),
            "faster": lambda: self.timeline.faster(),
            **{
                f"view_{direction}": lambda direction=direction: self._panels and self._panels.look_from(direction)
                for direction in ("front", "right", "top", "isometric")
            },
            "mark_a": lambda: self._panels and self._panels.trends.mark("A"),
            "note": self._begin_note,
            "all_notes": lambda: self.timeline.show_all_notes(),
            "mark_b": lambda: self._panels and self._panels.trends.mark("B"),
            "fit": self._fit,
            "overview": lambda: self._panels and self._panels.fly_to(""),
            "ghost": lambda: self._panels and self._panels.single_out("ghost"),
            "isolate": lambda: self._panels and self._panels.single_out("isolate"),
            "palette": self._open_palette,
            "language": self.switch_language,
            "theme": self.switch_theme,
            "full_screen": self._toggle_full_screen,
            **{f"layout_{role}": lambda role=role: self.lay_out(role) for role in layouts.ROLES},
            "undo": self._undoing.undo,
            "redo": self._undoing.redo,
            "keys": self._show_keys,
            "about": self._show_about,
        }

    # ---- life ------------------------------------------------------------------------------------------------------

    def show(self, width: int, height: int) -> None:
        """Show the window at once; what is heavy to import is put in its place right after the first picture."""
        self.frame.resize(width, height)
        self.frame.show()
        self.lay_out(self._role, remember=False)
        self._retranslate()
        self._shown = True
        litter.hold()
        self.acquisition.start()
        self._heart.start()
        QTimer.singleShot(FIRST_PAINT, self, self._furnish)

    def close(self) -> None:
        """End the thread, then everything else. May be called twice."""
        if self._closed:
            return
        self._closed = True
        self._heart.stop()
        self._settings.setValue(self._key(), self._docks.arrangement())
        self._settings.setValue("language", self._languages.current)
        self._settings.setValue("theme", theme.worn())
        if self._panels is not None:
            self._panels.close()
        self.acquisition.close()
        if self._shown:
            litter.release()
        self._restore_hook()
        self.ended.emit()

    def _furnish(self) -> None:
        if self._closed:
            return
        from app.panels import Panels  # VTK and pyqtgraph are imported behind a window that is there already

        room = Room(
            self.opened,
            self.ask,
            self.select,
            self._pick_tag,
            self._pick_standing,
            self._report,
            self._languages.current,
            self._menus,
            lambda text: self.notices.say(Notice(self._clock.now(), "information", text)),
            self._settings.setValue,
            self._settings.value,
        )
        self._panels = Panels(room, self.frame)
        for name, view in self._panels.views.items():
            self._docks.put(name, view)
        self._retranslate()
        self._panels.say_in(self._languages.current)
        if self._mail is not None:
            self._panels.take(self._mail)
        self._panels.select(self.selection.selection)
        self.furnished.emit()

    def is_complete(self, at: float | None = None) -> bool:
        """Whether all panels show all there is (up to a source time), so that a picture may be taken."""
        mail, panels = self._mail, self._panels
        if mail is None or panels is None or mail.snapshot is None or mail.progress is not None:
            return False
        reached = at is None or mail.cursor >= at - 1e-6
        return reached and not self._waiting and panels.is_complete()

    # ---- mail and requests -----------------------------------------------------------------------------------------

    def ask(self, request: Request) -> None:
        """Send a request to the station's thread."""
        if isinstance(request, RangeQuery):
            self._waiting.add(request.ticket)
        if isinstance(request, Noting):
            turn = TurnBack(request.change)
            self._undoing.did(lambda: self.acquisition.ask(turn))
        self.acquisition.ask(request)

    def _take(self, mail: Mail) -> None:
        self._mail = mail
        self._waiting -= {answer.ticket for answer in mail.answers}
        self.frame.show_mode(mail.mode)
        if mail.mode != self._mode:
            self._mode = mail.mode
            self._docks.show_mode(mail.mode)
            self._name_window()
        for presenter in self._presenters:
            presenter.take(mail)
        if self._panels is not None:
            self._panels.take(mail)
        self._turn_to_news(mail)
        self._turn_to_pictures(mail)
        self._menus.enable("note", not mail.live_source)
        self._menus.enable("all_notes", not mail.live_source)
        self._menus.enable("live", mail.live_source and not mail.following)
        self._notice_bar.show_frame_time(self._heart.spent_ms)

    def _pulse(self, beats: int) -> None:
        """What every beat does, mail or none."""
        litter.collect()
        if beats % BLINK == 0:
            self._bar.counter.blink(beats // BLINK % 2 == 0)
        if self._panels is not None:
            self._panels.look_after()

    def _crash(self, error: BaseException) -> None:
        """A fault of ours, in this thread or the other: write it down, say so, and stop."""
        if self.crashed is not None:
            return
        self._heart.stop()
        self.crashed = crashing.report(error, clock=self._clock)
        page = CrashPage(type(error).__name__, str(self.crashed))
        page.close_requested.connect(self.frame.close)
        self.frame.cover(page)

    # ---- selecting -------------------------------------------------------------------------------------------------

    def select(self, chosen: Selection) -> None:
        """Select something everywhere: the panel tells about it, the scene flies to it, the chart shows its pump."""
        for presenter in (self.machines, self.alarms, self.timeline, self.selection):
            presenter.select(chosen)
        if self._panels is not None:
            self._panels.select(chosen)
        if chosen.equipment in {camera.id for camera in watchers.panoramic(self.opened.station)}:
            self._docks.reveal("panorama")
        if chosen.kind == "anomaly" and self.frame.breadth != "small":  # there it would cover what is being looked at
            self._docks.reveal("pump_chart")

    def _turn_to_news(self, mail: Mail) -> None:
        """Select what is found while nothing is selected; what somebody looks at is never taken away from him."""
        standing = mail.snapshot.anomalies if mail.snapshot is not None else ()
        if standing and self.selection.selection.kind == "nothing" and self._panels is not None:
            newest = max(standing, key=lambda anomaly: anomaly.detected)
            self.select(self.alarms.picked("anomaly", newest.id))

    def _turn_to_pictures(self, mail: Mail) -> None:
        """Bring thermal pictures to the front, once, where there is no pump whose chart would be covered."""
        if mail.thermal and not self._modelled and not self._turned and self._panels is not None:
            self._turned = True
            self._docks.reveal("thermal")

    def _fit(self) -> None:
        if self._panels is not None:
            self._panels.fly_to(self.selection.selection.equipment)

    def _begin_note(self) -> None:
        """A note is on the tag that is selected, or on the equipment."""
        chosen = self.selection.selection
        self.timeline.begin_note(chosen.name if chosen.kind == "tag" else chosen.equipment)

    def _pick_machine(self, pump: str, fly: bool) -> None:
        self.select(Selection("equipment", pump, equipment=pump, fly=fly))

    def _pick_standing(self, kind: str, identity: int) -> None:
        self.select(self.alarms.picked(kind, identity))

    def _pick_tag(self, name: str) -> None:
        equipment = selection.owner(name, self.opened.tags)
        self.select(Selection("tag", name, equipment=equipment))

    def _acknowledge_selection(self) -> None:
        chosen = self.selection.selection
        if chosen.kind in ("alarm", "anomaly"):
            self.alarms.acknowledge([(chosen.kind, chosen.id)])
        else:
            self._alarms_view.acknowledge_selected()

    # ---- language, colours and layout ------------------------------------------------------------------------------

    def switch_language(self) -> None:
        """The other language, at once."""
        self._languages.speak("en" if self._languages.current == "zh" else "zh")

    def switch_theme(self) -> None:
        """The other colours, at once: Qt tells every view; states with colours in them are worked out anew."""
        theme.wear("light" if theme.worn() == "dark" else "dark")
        style.recolour(QApplication.instance())
        if self._panels is not None:
            self._panels.dress()

    def _retranslate(self) -> None:
        self._menus.retranslate()
        titles = {
            "machines": self.tr("Machines"),
            "scene": self.tr("Station"),
            "alarms": self.tr("Alarms and anomalies"),
            "tags": self.tr("Tags"),
            "pump_chart": self.tr("Pump chart"),
            "thermal": self.tr("Thermal pictures"),
            "panorama": self.tr("Panoramas"),
            "trends": self.tr("Trends"),
            "selection": self.tr("Selection"),
        }
        self._docks.show_titles(titles, self.tr("Loading…"))
        self._name_window()
        for presenter in self._presenters:
            presenter.say_in(self._languages.current)
        if self._panels is not None:
            self._panels.say_in(self._languages.current)

    def _name_window(self) -> None:
        word = self.tr("LIVE") if self._mode == "live" else self.tr("REPLAY")
        self.frame.setWindowTitle(f"{word} · {self.opened.name} · Pumphouse")

    def _key(self) -> str:
        kind = "modelled" if self._modelled else "tracked" if self.opened.tracks else "foreign"
        return f"layout/{layouts.VERSION}/{kind}/{self._role}/{self.frame.breadth}"

    @property
    def _modelled(self) -> bool:
        return self.opened.station is not None and bool(self.opened.station.pumps)

    def lay_out(self, role: str, remember: bool = True) -> None:
        """Place the panels for a role, as they were left the last time or as they come."""
        if remember:
            self._undoing.did(self._turn_layout(self._docks.arrangement()))
            self._settings.setValue(self._key(), self._docks.arrangement())
        self._role = role
        kept = self._settings.value(self._key())
        self._docks.arrange(layouts.columns(role, self.frame.breadth, self._modelled, bool(self.opened.tracks)))
        if isinstance(kept, QByteArray):
            self._docks.restore(kept)

    def _turn_layout(self, kept: QByteArray) -> Turn:
        """Goes back to a layout, and with the next call to what was there instead."""

        def turn() -> None:
            nonlocal kept
            kept, before = self._docks.arrangement(), kept
            self._docks.restore(before)

        return turn

    def _refold(self, breadth: layouts.Breadth) -> None:
        self._bar.fold(breadth == "small")
        self.lay_out(self._role, remember=False)

    def _toggle_full_screen(self) -> None:
        self.frame.setWindowState(self.frame.windowState() ^ Qt.WindowState.WindowFullScreen)

    # ---- files and sheets ------------------------------------------------------------------------------------------

    def _open(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.frame, self.tr("Open a recording"), "", self.tr("Recordings (*.h5)"))
        if path:
            self.open_requested.emit(path)

    def _open_palette(self) -> None:
        if self._panels is not None:
            self._panels.open_palette()

    def save_picture(self, path: Path) -> None:
        """Write what the window shows now. Raises StationError where it cannot."""
        if self._panels is not None:
            self._panels.settle()
        self._bar.counter.blink(True)
        # what has just been said may want more room than what was said before
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        pictures.save(self.frame.grab().toImage(), path, self._about())

    def save_bare_picture(self, path: Path) -> None:
        """Write the scene alone, without words and marks over it. Raises StationError where it cannot."""
        image = self._panels.bare_picture() if self._panels is not None else None
        if image is None:
            raise StationError("the scene", "there is none to take a picture of", "Open a station with a 3D model")
        pictures.save(image, path, self._about())

    def _about(self) -> dict[str, str]:
        """When, in which mode and of what a picture is taken."""
        mail = self._mail
        return {
            "Software": f"Pumphouse {twin.__version__}",
            "Source": self.opened.name,
            "Mode": self._mode,
            "Time": formatting.stamp(mail.cursor, figures.zone(self.opened.station)) if mail is not None else "",
        }

    def _save_picture(self, save: Callable[[Path], None]) -> None:
        folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation))
        folder.mkdir(parents=True, exist_ok=True)
        moment = f"{self._clock.now():.0f}"
        path = folder / f"pumphouse-{moment}.png"
        self._report(lambda: save(path), path)

    def _export_alarms(self, path: str) -> None:
        self._report(lambda: Path(path).write_text(self.alarms.as_csv(), encoding="utf-8-sig"), Path(path))

    def _report(self, write: Callable[[], object], path: Path) -> None:
        """Write a file and say in the quiet bar where it lies, or why there is none."""
        now = self._mail.cursor if self._mail is not None else self._clock.now()
        try:
            write()
        except (OSError, StationError) as error:
            self.notices.say(Notice(now, "error", Text(str(error), str(error))))
        else:
            self.notices.say(Notice(now, "information", Text(f"Written: {path}", f"已保存：{path}")))

    def _show_keys(self) -> None:
        Sheet(self.frame, self.tr("Keys"), cheat_sheet()).show()

    def _show_about(self) -> None:
        lines = [
            ("Pumphouse", twin.__version__),
            (self.tr("Source"), self.opened.name),
            (self.tr("Tags"), str(len(self.opened.tags))),
            (self.tr("Licence"), "Apache-2.0"),
        ]
        Sheet(self.frame, "Pumphouse", lines).show()
