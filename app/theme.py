"""The only colours and measures of the window: plain numbers and names, so that presenters and the scene may know them.

Grey is normal (ISA-101). The four priority colours mean a priority and nothing else; residuals have one diverging
ramp without those hues; running is filled dark grey, stopped is an outline.
"""

from __future__ import annotations

# ---- surfaces and words, from far to near ---------------------------------------------------------------------------
WINDOW = "#121517"
PANEL = "#1A1E21"
RAISED = "#23282C"
HOVERED = "#2C3338"
SELECTED = "#33424D"
LINE = "#343B41"
GRID = "#2A3035"
FAINT = "#808A92"
SECONDARY = "#98A2AA"
TEXT = "#D3D9DE"
BRIGHT = "#F2F5F7"

# ---- machines -------------------------------------------------------------------------------------------------------
RUNNING = "#5C666E"  # filled
STOPPED = "#8B959D"  # outline only
BAR = "#7C878F"
NORMAL_BAND = "#3A4248"
POINTER = "#E3E8EC"
EXPECTED = "#9DB4C6"

# ---- modes: frame and word ------------------------------------------------------------------------------------------
LIVE = "#7E8B94"
REPLAY = "#2F80ED"
MODES = {"live": LIVE, "replay": REPLAY}

# ---- priorities: colour never without its shape ---------------------------------------------------------------------
PRIORITIES = ("urgent", "high", "medium", "low")
PRIORITY_COLOURS = {"urgent": "#F04A4F", "high": "#F5D547", "medium": "#F28C33", "low": "#D967D0"}
PRIORITY_SHAPES = {"urgent": "■", "high": "▲", "medium": "▼", "low": "●"}

# ---- residuals: teal below what was expected, grey as expected, brown above -----------------------------------------
BELOW = "#2FA7A0"
AS_EXPECTED = "#7A8288"
ABOVE = "#B98A54"
RESIDUAL_FULL = 8.0  # sigmas at the end of the ramp
RESIDUAL_QUIET = 3.0  # sigmas below which a residual is ordinary

# ---- quantities on surfaces: temperatures after inferno (Smith and van der Walt, 2015), the rest one pale blue ------
HEAT = ("#1B0C41", "#4A0C6B", "#781C6D", "#A52C60", "#CF4446", "#ED6925", "#FB9B06", "#F7D13D")
HOTTEST = "#FCFFA4"  # where a ramp of temperatures ends in a picture, which has no words on it to be read
GREYS = ("#101214", "#F2F5F7")  # the same without colours
MEASURE = ("#33424D", "#5C7E99", "#8FB9DD", "#F2F5F7")

# ---- curves of a trend, in order of their coming --------------------------------------------------------------------
CURVES = ("#7FB2E5", "#C9D1D8", "#8FCDBF", "#C9B48E", "#A5A8E0", "#6E93B0", "#9FB58A", "#B39DB0")
CURSOR = "#F2F5F7"

# ---- the scene -----------------------------------------------------------------------------------------------------
SCENE_LOW = "#181D20"
SCENE_HIGH = "#22292D"
SCENE_FLOOR = "#4A5155"  # about what the floor looks like: things fade into it
ROBOT = "#7FB2E5"
UNSEEN = "#0A0C0D"  # the hatch over what no camera sees: it lies in the dark

# ---- measures: an 8 px grid and three sizes of text [px] ------------------------------------------------------------
STEP = 8
SMALL, NORMAL, LARGE = 12, 14, 20
FAMILY = "Noto Sans SC"
FRAME = 3
BAR_HEIGHT = 40
STATUS_HEIGHT = 24
WIDE = 1600  # a window narrower than this folds its side columns
NARROW = 1200  # one narrower than this has a single place between them


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
        return AS_EXPECTED
    return mixed(AS_EXPECTED, ABOVE if z > 0 else BELOW, abs(z) / RESIDUAL_FULL)
