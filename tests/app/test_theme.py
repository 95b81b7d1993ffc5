"""The colours: both themes hold the same, both can be read, also by who is colour-blind, and neither leaves a trace."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations, pairwise
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from app import theme
from app.heat import lab
from app.views import style

APP = Path(theme.__file__).parent
GROUNDS = ("WINDOW", "PANEL", "RAISED", "HOVERED", "SELECTED", "FIELD")
WORDS, VALUES, SHAPES = 4.5, 7.0, 3.0  # least contrast: WCAG 2.2, 1.4.3, 1.4.6 and 1.4.11
APART = 12.0  # least distance in L*a*b* of colours that are to be told from each other
MUTED = 55.0  # farthest from grey in it that anything but a priority and the frame may be
# What is seen without a kind of cones, in linear sRGB: G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, "A
# physiologically-based model for simulation of color vision deficiency", IEEE TVCG 15(6), 2009, table 1, severity 1.0.
EYES = {
    "all cones": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}


@pytest.fixture(params=sorted(theme.THEMES))
def worn(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    before = theme.worn()
    theme.wear(request.param)
    yield theme.THEMES[request.param]
    theme.wear(before)


@pytest.fixture(params=sorted(EYES))
def eye(request: pytest.FixtureRequest) -> NDArray[np.float64]:
    return EYES[request.param]


def linear(colour: str) -> NDArray[np.float64]:
    """Linear sRGB (IEC 61966-2-1)."""
    share = np.array(theme.rgb(colour))
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """From 1 to 21 (WCAG 2.2)."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, eye: NDArray[np.float64]) -> NDArray[np.float64]:
    """A colour as an eye sees it, as three shares of sRGB."""
    found = np.clip(eye @ linear(colour), 0.0, 1.0)
    return np.where(found <= 0.0031308, 12.92 * found, 1.055 * found ** (1 / 2.4) - 0.055)


def apart(one: str, other: str, eye: NDArray[np.float64]) -> float:
    """How far apart two colours are to an eye (CIE 1976)."""
    places = lab([seen(one, eye), seen(other, eye)])
    return float(np.linalg.norm(places[0] - places[1]))


def names(palette: ModuleType) -> dict[str, type]:
    return {name: type(value) for name, value in vars(palette).items() if name.isupper()}


def test_every_theme_holds_the_same_names_of_the_same_kinds() -> None:
    dark, *others = theme.THEMES.values()
    for other in others:
        assert names(other) == names(dark)
        for name, kind in names(dark).items():
            if kind in (tuple, dict):
                assert len(getattr(other, name)) == len(getattr(dark, name)), name


def test_a_colour_is_that_of_the_theme_that_is_worn(worn: ModuleType) -> None:
    assert {name: getattr(theme, name) for name in names(worn)} == {name: getattr(worn, name) for name in names(worn)}
    with pytest.raises(AttributeError, match="no colour"):
        theme.PUCE  # noqa: B018
    with pytest.raises(KeyError):
        theme.wear("sepia")


@pytest.mark.parametrize(
    ("asked", "remembered", "chosen"),
    [
        (None, None, "dark"),
        ("light", "dark", "light"),
        (None, "light", "light"),
        (None, "sepia", "dark"),
        (None, 7, "dark"),
    ],
)
def test_a_theme_is_asked_for_or_remembered_or_dark(asked: str | None, remembered: object, chosen: str) -> None:
    assert theme.first_choice(asked, remembered) == chosen


# ---- can it be read? -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    ("words", "least"), [("FAINT", WORDS), ("SECONDARY", WORDS), ("TEXT", VALUES), ("BRIGHT", VALUES)]
)
def test_words_can_be_read_on_every_ground_and_values_from_afar(
    worn: ModuleType, ground: str, words: str, least: float
) -> None:
    assert contrast(getattr(worn, words), getattr(worn, ground)) >= least


@pytest.mark.parametrize("priority", theme.PRIORITIES)
def test_a_priority_stands_out_from_every_ground(worn: ModuleType, priority: str) -> None:
    edge, colour = worn.PRIORITY_EDGES[priority], worn.PRIORITY_COLOURS[priority]
    for ground in ("WINDOW", "PANEL", "HOVERED", "SELECTED"):
        assert contrast(edge, getattr(worn, ground)) >= SHAPES
    assert contrast(worn.SCENE_CASING or colour, worn.SCENE_FLOOR) >= 2.0  # a ring, a third of a metre wide
    hues = [lab([theme.rgb(each)])[0, 1:] for each in (edge, colour)]
    assert hues[0] @ hues[1] > 0.9 * np.linalg.norm(hues[0]) * np.linalg.norm(hues[1])  # the same hue


@pytest.mark.parametrize("behind", ["SCENE_LOW", "SCENE_HIGH", "SCENE_FLOOR"])
def test_words_over_the_scene_can_be_read(worn: ModuleType, behind: str) -> None:
    ground = theme.mixed(getattr(worn, behind), worn.WINDOW, style.VEIL / 255)
    for words in (worn.SECONDARY, worn.EXPECTED, *worn.PRIORITY_EDGES.values()):
        assert contrast(words, ground) >= WORDS
    for words in (worn.TEXT, worn.BRIGHT):
        assert contrast(words, ground) >= VALUES


def test_what_else_is_said_in_a_colour_can_be_read(worn: ModuleType) -> None:
    for frame in worn.MODES.values():
        assert contrast(worn.WINDOW, frame) >= WORDS
    for z in (-99.0, -theme.RESIDUAL_QUIET, theme.RESIDUAL_QUIET, 99.0):
        assert contrast(theme.residual_words(z), worn.WINDOW) >= WORDS
    for ground in (worn.WINDOW, worn.PANEL):
        assert contrast(worn.EXPECTED, ground) >= WORDS


def test_lines_and_bars_stand_out_from_what_they_lie_on(worn: ModuleType) -> None:
    on_panels = (*worn.CURVES, worn.CURSOR, worn.EXPECTED, worn.STOPPED, worn.ROBOT)
    pairs = [(colour, worn.PANEL) for colour in on_panels]
    pairs += [(worn.STOPPED, worn.SELECTED), (worn.BAR, worn.NORMAL_BAND), (worn.POINTER, worn.NORMAL_BAND)]
    for colour, ground in pairs:
        assert contrast(colour, ground) >= SHAPES, (colour, ground)


def test_grids_are_calm(worn: ModuleType) -> None:
    for line in (worn.GRID, worn.LINE):
        assert 1.1 < contrast(line, worn.PANEL) < 2.0


# ---- can it be told from what else there is? -------------------------------------------------------------------------


def test_curves_can_be_told_from_each_other(worn: ModuleType, eye: NDArray[np.float64]) -> None:
    assert min(apart(one, other, eye) for one, other in combinations(worn.CURVES, 2)) >= APART


def test_the_ends_of_the_residual_ramp_can_be_told_from_its_middle_and_each_other(
    worn: ModuleType, eye: NDArray[np.float64]
) -> None:
    ramp = (worn.BELOW, worn.AS_EXPECTED, worn.ABOVE)
    assert min(apart(one, other, eye) for one, other in combinations(ramp, 2)) >= APART


def test_a_ramp_of_values_goes_one_way_in_steps_that_are_seen(worn: ModuleType, eye: NDArray[np.float64]) -> None:
    assert min(apart(one, other, eye) for one, other in pairwise(worn.MEASURE)) >= APART
    lightness = lab([seen(colour, eye) for colour in worn.MEASURE])[:, 0]
    assert len(set(np.sign(np.diff(lightness)))) == 1


def test_what_is_much_stands_out_more_than_what_is_little(worn: ModuleType) -> None:
    little, much = worn.MEASURE[0], worn.MEASURE[-1]
    assert contrast(much, worn.SCENE_HIGH) > contrast(little, worn.SCENE_HIGH)


def test_priorities_can_be_told_from_each_other_also_without_their_shapes(
    worn: ModuleType, eye: NDArray[np.float64]
) -> None:
    assert min(apart(one, other, eye) for one, other in combinations(worn.PRIORITY_COLOURS.values(), 2)) >= APART


def test_residuals_and_curves_are_far_from_every_priority(worn: ModuleType) -> None:
    for colour in (worn.BELOW, worn.AS_EXPECTED, worn.ABOVE, *worn.CURVES):
        for priority in (*worn.PRIORITY_COLOURS.values(), *worn.PRIORITY_EDGES.values()):
            assert apart(colour, priority, EYES["all cones"]) >= APART, (colour, priority)


def test_nothing_but_priorities_and_the_frame_of_replay_shouts(worn: ModuleType) -> None:
    """Grey is normal: everything else is muted, by how far it is from grey."""
    plain = [value for value in vars(worn).values() if isinstance(value, str) and value.startswith("#")]
    for colour in (*plain, *worn.CURVES, *worn.MEASURE):
        assert np.linalg.norm(lab([theme.rgb(colour)])[0, 1:]) < MUTED or colour == worn.REPLAY, colour
    for colour in worn.PRIORITY_COLOURS.values():
        assert np.linalg.norm(lab([theme.rgb(colour)])[0, 1:]) > MUTED


# ---- does it leave a trace? ------------------------------------------------------------------------------------------


def test_no_colour_is_kept_from_the_time_of_import() -> None:
    colours = set(names(theme.THEMES["dark"]))
    guilty = [
        f"{path.relative_to(APP)}:{node.lineno} theme.{node.attr}"
        for path in APP.rglob("*.py")
        for node in _at_import(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "theme" and node.attr in colours
    ]
    assert guilty == []


def test_no_widget_has_a_colour_in_a_sheet_of_its_own() -> None:
    guilty = [
        f"{path.name}:{node.lineno}"
        for path in (APP / "views").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") == "setStyleSheet"
        and any(isinstance(each, ast.FormattedValue) for given in node.args for each in ast.walk(given))
    ]
    assert guilty == []


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What is worked out while a module is imported: all but the insides of functions."""
    yield node
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        inner: list[ast.AST] = [node.args, *getattr(node, "decorator_list", [])]
    else:
        inner = list(ast.iter_child_nodes(node))
    for child in inner:
        yield from _at_import(child)
