"""The only colours and measures of the window: plain numbers and names, so that presenters and the scene may know them.

Grey is normal (ISA-101). The four priority colours mean a priority and nothing else; residuals have one diverging
ramp without those hues; running is filled dark grey, stopped is an outline.

The colours that are another in the dark than in the light stand in ``app.palettes`` and are read from here by their
names: ``theme.PANEL`` is the panels' colour in the theme that is worn. Whoever keeps one has to ask for it anew when
another theme is put on, so nothing of them is kept at the time of import.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from app.palettes import dark, light

THEMES: dict[str, ModuleType] = {"dark": dark, "light": light}

# ---- priorities and residuals ---------------------------------------------------------------------------------------
PRIORITIES = ("urgent", "high", "medium", "low")
PRIORITY_SHAPES = {"urgent": "■", "high": "▲", "medium": "▼", "low": "●"}
RESIDUAL_FULL = 8.0  # sigmas at the end of the ramp
RESIDUAL_QUIET = 3.0  # sigmas below which a residual is ordinary

# ---- temperatures after inferno (Smith and van der Walt, 2015), in every theme: pictures are compared by them -------
HEAT = ("#1B0C41", "#4A0C6B", "#781C6D", "#A52C60", "#CF4446", "#ED6925", "#FB9B06", "#F7D13D")
HOTTEST = "#FCFFA4"  # where a ramp of temperatures ends in a picture, which has no words on it to be read
GREYS = ("#101214", "#F2F5F7")  # the same without colours

# ---- paint: things have their colours in every light ----------------------------------------------------------------
SHELL, CHASSIS, LENS, LAMP, TRIM = "#C9D1D8", "#5C666E", "#121517", "#F2F5F7", "#7FB2E5"  # of robots
STRIPES = "#D3D9DE", "#121517"  # on shafts that turn

# ---- measures: an 8 px grid and three sizes of text [px] ------------------------------------------------------------
STEP = 8
SMALL, NORMAL, LARGE = 12, 14, 20
FAMILY = "Noto Sans SC"
FRAME = 3
BAR_HEIGHT = 40
STATUS_HEIGHT = 24
WIDE = 1600  # a window narrower than this folds its side columns
NARROW = 1200  # one narrower than this has a single place between them

_worn = "dark"


def wear(name: str) -> None:
    """Put on a theme of ``THEMES``: colours are read from it from now on. Who painted with others is not told here."""
    global _worn
    if name not in THEMES:
        raise KeyError(name)
    _worn = name


def worn() -> str:
    """The name of the theme that is worn."""
    return _worn


def first_choice(asked: str | None, remembered: object) -> str:
    """What was asked for, else remembered; dark where it was neither."""
    return next((name for name in (asked, remembered) if isinstance(name, str) and name in THEMES), "dark")


def __getattr__(name: str) -> Any:
    """A colour of the theme that is worn (PEP 562)."""
    if name.isupper() and hasattr(THEMES[_worn], name):
        return getattr(THEMES[_worn], name)
    raise AttributeError(f"module {__name__!r} has no colour and no measure {name!r}")


def rgb(colour: str) -> tuple[float, float, float]:
    """``"#RRGGBB"`` as three shares from 0 to 1."""
    return tuple(int(colour[i : i + 2], 16) / 255.0 for i in (1, 3, 5))  # type: ignore[return-value]


def hexed(red: float, green: float, blue: float) -> str:
    """Three shares from 0 to 1 as ``"#RRGGBB"``."""
    return "#" + "".join(f"{round(255 * share):02X}" for share in (red, green, blue))


def mixed(one: str, other: str, share: float) -> str:
    """The colour a ``share`` (0 to 1) of the way from one to the other."""
    share = min(1.0, max(0.0, share))
    return hexed(*(a + share * (b - a) for a, b in zip(rgb(one), rgb(other), strict=True)))


def along(ramp: tuple[str, ...], share: float) -> str:
    """The colour a ``share`` (0 to 1) of the way along a ramp."""
    at = min(1.0, max(0.0, share)) * (len(ramp) - 1)
    before = min(int(at), len(ramp) - 2)
    return mixed(ramp[before], ramp[before + 1], at - before)


def residual_colour(z: float) -> str:
    """The ramp's colour for a residual of ``z`` sigmas; not a number is as expected."""
    if z != z:
        return str(THEMES[_worn].AS_EXPECTED)
    return mixed(THEMES[_worn].AS_EXPECTED, residual_words(z), abs(z) / RESIDUAL_FULL)


def residual_words(z: float) -> str:
    """The colour of words on a residual of ``z`` sigmas that is worth a colour: the ramp's end, which can be read."""
    return str(THEMES[_worn].ABOVE if z > 0 else THEMES[_worn].BELOW)
