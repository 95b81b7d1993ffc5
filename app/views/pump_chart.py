"""The pump chart: head over flow above, NPSH and efficiency small below, and the verdict in words on top."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app import theme
from app.presenters.pump_chart import Line, State, Verdict
from app.views import style, words
from app.views.chart_items import Walker
from app.views.trend_items import Band, Polyline

AXIS_WIDTH, AXIS_HEIGHT, NOTE = 48, 22, 16  # px
SMALL_HEIGHT = 76  # px
ROOMY = (370, 460)  # px of height from which there is room for the NPSH, and for the efficiency as well
LEAST, USUAL = QSize(240, 200), QSize(480, 420)
HEADROOM = 1.6  # of the greatest NPSH, which leaves room for words above
BAND, PREFERRED, AXIS_GRID = 70, 14, 70  # opacity of 255
NOTHING = np.empty(0)
NO_BREAK = "\u00a0"


class Plot(pg.PlotWidget):
    """One chart, with the names of its axes written inside.

    Signals
    -------
    reset_requested : show all again
    """

    reset_requested = Signal()

    def __init__(self, unit: str, bottom_unit: str = "", looks_closer: bool = False) -> None:
        super().__init__()
        self.notes: tuple[str, str] = (unit, bottom_unit)
        self.box: pg.ViewBox = self.getPlotItem().getViewBox()
        item = self.getPlotItem()
        item.hideButtons()
        item.setMenuEnabled(False)
        item.setMouseEnabled(looks_closer, looks_closer)
        item.setContentsMargins(0, 2, theme.STEP, 2)
        self.box.setDefaultPadding(0.0)
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setStyle(tickFont=style.font(theme.SMALL), tickLength=-4, maxTickLevel=0)
            axis.enableAutoSIPrefix(False)
            axis.setGrid(AXIS_GRID)
        item.getAxis("left").setWidth(AXIS_WIDTH)
        item.getAxis("bottom").setStyle(showValues=bool(bottom_unit))
        item.getAxis("bottom").setHeight(AXIS_HEIGHT if bottom_unit else 4)

    def dress(self) -> None:
        """Take the colours of the theme that is worn."""
        self.setBackground(theme.PANEL)
        for name in ("left", "bottom"):
            self.getPlotItem().getAxis(name).setPen(pg.mkPen(theme.GRID))
            self.getPlotItem().getAxis(name).setTextPen(pg.mkPen(theme.SECONDARY))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.ThemeChange:
            self.dress()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        area = self.box.sceneBoundingRect()
        painter = QPainter(self.viewport())
        painter.setFont(style.font(theme.SMALL))
        painter.setPen(QColor(theme.SECONDARY))
        box = QRectF(area.left() + 6, area.top() + 2, area.width() - 12, NOTE)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft, self.notes[0])
        box.moveBottom(area.bottom() - 2)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight, self.notes[1])
        painter.end()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.reset_requested.emit()
        event.accept()


class HeadPlot(Plot):
    """Head over flow, with everything that is known of the pump at this speed."""

    def __init__(self) -> None:
        super().__init__("m", "m³/h", looks_closer=True)
        box = self.box
        self._preferred = pg.LinearRegionItem(movable=False, pen=pg.mkPen(None))
        self._family = [(Polyline(theme.LINE), pg.TextItem(anchor=(1, 1))) for _ in range(4)]
        self._band, self._curve = Band(theme.EXPECTED, BAND), Polyline(theme.EXPECTED)
        self._fitted = Polyline(theme.EXPECTED, dashed=True)
        self._points = pg.ScatterPlotItem(size=4, pen=None)
        self._walker = Walker(box)
        self._shown: tuple[object, ...] = ()
        self._extent = (0.0, 0.0)
        for item in (self._preferred, self._points, self._band, self._fitted, self._curve, self._walker):
            box.addItem(item, ignoreBounds=True)
        for line, label in self._family:
            label.setFont(style.font(theme.SMALL))
            box.addItem(line, ignoreBounds=True)
            box.addItem(label, ignoreBounds=True)
        self.reset_requested.connect(self.fit)
        self.dress()

    def dress(self) -> None:
        super().dress()
        fill = QColor(theme.BRIGHT)
        fill.setAlpha(PREFERRED)
        self._preferred.setBrush(fill)
        for line, label in self._family:
            line.colour(theme.LINE)
            label.setColor(theme.FAINT)
        for item in (self._band, self._curve, self._fitted):
            item.colour(theme.EXPECTED)
        self._points.setBrush(QColor(theme.FAINT))
        self._walker.update()

    def show_state(self, state: State) -> None:
        """Show where the pump stands."""
        if state.extent != self._extent:
            self._extent = state.extent
            self.fit()
        shown = (state.family, state.sheet, state.fitted, state.points)
        if any(new is not old for new, old in zip(shown, self._shown or (None,) * 4, strict=True)) or not self._shown:
            self._shown = shown
            self._show_curves(state)
        if state.trail is not None and state.trail_age is not None:
            self._walker.show_trail(state.trail.flow, state.trail.value, state.trail_age)
        else:
            self._walker.show_trail(NOTHING, NOTHING, NOTHING)
        z = state.verdict.z if state.verdict is not None else math.nan
        self._walker.show_point(state.point, state.expected, theme.residual_colour(z), state.running)

    def fit(self) -> None:
        """Show all there is to see."""
        flow, head = self._extent
        self.box.setRange(xRange=(0.0, flow), yRange=(0.0, head), padding=0)

    def _show_curves(self, state: State) -> None:
        sheet = state.sheet
        for place, (line, label) in enumerate(self._family):
            member = state.family[place] if place < len(state.family) else None
            _show(line, member)
            label.setVisible(member is not None)
            if member is not None:
                label.setText(member.label)
                label.setPos(float(member.flow[-1]), float(member.value[-1]))
        _show(self._curve, sheet.curve if sheet is not None else None)
        _show(self._fitted, state.fitted)
        if sheet is not None:
            self._band.show_band(sheet.curve.flow, sheet.low, sheet.high)
            self._preferred.setRegion(sheet.preferred)
        self._band.setVisible(sheet is not None)
        self._preferred.setVisible(sheet is not None)
        points = state.points
        self._points.setData(*(points.flow, points.value) if points is not None else (NOTHING, NOTHING))


class SmallPlot(Plot):
    """A curve over the same flows, and one value at the flow of now."""

    def __init__(self, unit: str) -> None:
        super().__init__(unit)
        self.setFixedHeight(SMALL_HEIGHT)
        self._line = Polyline(theme.EXPECTED)
        self._walker = Walker(self.box)
        self.box.addItem(self._line, ignoreBounds=True)
        self.box.addItem(self._walker, ignoreBounds=True)
        self.dress()

    def dress(self) -> None:
        super().dress()
        self._line.colour(theme.EXPECTED)

    def show_line(self, line: Line | None, point: tuple[float, float], most: float) -> None:
        """Show a curve, a point, and values up to ``most``."""
        _show(self._line, line)
        self._walker.show_point(point, math.nan, theme.AS_EXPECTED, True)
        self.box.setYRange(0.0, most, padding=0)


def _show(line: Polyline, values: Line | None) -> None:
    line.setVisible(values is not None)
    if values is not None:
        line.show_line(values.flow, values.value)


class PumpChart(QWidget):
    """Shows one pump and asks for nothing: the mouse only looks closer, and a double-click shows all again."""

    def __init__(self) -> None:
        super().__init__()
        self._state = State()
        self._title, self._name, self._speed = QLabel(), QLabel(), QLabel()
        self._title.setFont(style.font(theme.NORMAL, bold=True))
        for label in (self._name, self._speed):
            style.tone(label, "secondary")
        self._verdict = QLabel(textFormat=Qt.TextFormat.RichText)
        self._verdict.setWordWrap(True)  # a narrow pane shows it in two lines
        self._head = HeadPlot()
        self._npsh, self._efficiency = SmallPlot("NPSH m"), SmallPlot("η %")
        for small in (self._npsh, self._efficiency):
            small.getPlotItem().setXLink(self._head.getPlotItem())
        self._empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        style.tone(self._empty, "secondary")
        self._lay_out()
        self._retranslate()

    def show_state(self, state: State) -> None:
        """Show another state."""
        before, self._state = self._state, state
        self._pages.setCurrentWidget(self._chart if state.pump else self._empty)
        self._head.show_state(state)
        self._show_small(state)
        if (before.pump, before.name, before.speed) != (state.pump, state.name, state.speed) or (
            before.verdict != state.verdict or before.fit_error != state.fit_error
        ):
            self._retranslate()

    def minimumSizeHint(self) -> QSize:
        """Always the same: what is shown depends on the height, and must not decide it."""
        return LEAST

    def sizeHint(self) -> QSize:
        return USUAL

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_small(self._state)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        elif event.type() == QEvent.Type.ThemeChange:
            self.show_state(self._state)  # whose colours are in what is shown
            self._retranslate()
        super().changeEvent(event)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.STEP)
        head.addWidget(self._title)
        head.addWidget(self._name)
        head.addStretch(1)
        head.addWidget(self._speed)
        self._chart = QWidget()
        column = QVBoxLayout(self._chart)
        column.setContentsMargins(theme.STEP, 4, theme.STEP, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._verdict)
        column.addWidget(self._head, 1)
        column.addWidget(self._npsh)
        column.addWidget(self._efficiency)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self._chart)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._pages)

    def _show_small(self, state: State) -> None:
        sheet = state.sheet
        npsh = sheet.npsh_required if sheet is not None else None
        efficiency = sheet.efficiency if sheet is not None else None
        self._npsh.setVisible(self.height() >= ROOMY[0] and npsh is not None)
        self._efficiency.setVisible(self.height() >= ROOMY[1] and efficiency is not None)
        flow = state.point[0]
        if npsh is not None:
            available = state.npsh_available if math.isfinite(state.npsh_available) else 0.0
            most = HEADROOM * max(float(npsh.value.max()), available)
            self._npsh.show_line(npsh, (flow, state.npsh_available), most)
        if efficiency is not None:
            at = float(np.interp(flow, efficiency.flow, efficiency.value)) if math.isfinite(flow) else math.nan
            self._efficiency.show_line(efficiency, (flow, at), 105.0)

    def _retranslate(self) -> None:
        state = self._state
        self._title.setText(state.pump)
        self._name.setText(state.name)
        self._speed.setText(self.tr("speed {speed}").format(speed=state.speed) if state.speed else "")
        self._verdict.setText(self._said(state))
        self._npsh.notes = (self.tr("NPSH m: line required, point available"), "")
        self._efficiency.notes = (self.tr("η %: expected"), "")
        self._empty.setText(
            self.tr(
                "There is no pump to draw.\n"
                "A station file with pump curves brings one, or a recording whose tags tell flow and both pressures."
            )
        )

    def _said(self, state: State) -> str:
        if state.verdict is not None:
            return self._judged(state.verdict)
        if state.fit_error:
            text = self.tr("curve fitted to this recording · {error} off on average").format(error=state.fit_error)
        elif state.points is not None:
            text = self.tr("these points tell no curve")
        elif state.pump and not state.running:
            text = words.word("stopped")
        else:
            text = ""
        return f"<span style='color:{theme.SECONDARY}'>{text or '&nbsp;'}</span>"

    def _judged(self, verdict: Verdict) -> str:
        said = self.tr("measured {measured} · expected {expected}").format(
            measured=f"<b>{verdict.measured}</b>", expected=f"<b>{verdict.expected}</b>"
        )
        quiet = not math.isfinite(verdict.z) or abs(verdict.z) < theme.RESIDUAL_QUIET
        colour = theme.SECONDARY if quiet else theme.residual_words(verdict.z)
        arrow = "" if quiet else "↑" if verdict.z > 0 else "↓"
        parts = [verdict.difference, verdict.sigmas or words.word(verdict.why)]
        off = " ".join((arrow, " · ".join(part for part in parts if part))).strip().replace(" ", NO_BREAK)
        return f"{said} &nbsp;<span style='color:{colour}'>{off}</span>"
