"""Every action of the window, once: menus, keys, cheat sheet and palette are made from this table."""

from __future__ import annotations

from dataclasses import dataclass


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001 - the name lupdate looks for
    """Mark a text for the catalogue and leave it as it is."""
    return text


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. ``text`` is English, translated in the context ``actions``; ``group`` is its menu."""

    id: str
    group: str
    text: str
    keys: tuple[str, ...] = ()


GROUPS = (
    QT_TRANSLATE_NOOP("actions", "File"),
    QT_TRANSLATE_NOOP("actions", "Playback"),
    QT_TRANSLATE_NOOP("actions", "Scene"),
    QT_TRANSLATE_NOOP("actions", "Window"),
    QT_TRANSLATE_NOOP("actions", "Help"),
)
_FILE, _PLAYBACK, _SCENE, _WINDOW, _HELP = GROUPS

ACTIONS = (
    Action("open", _FILE, QT_TRANSLATE_NOOP("actions", "Open a recording…"), ("Ctrl+O",)),
    Action("picture", _FILE, QT_TRANSLATE_NOOP("actions", "Save a picture of the window"), ("F12",)),
    Action(
        "bare_picture", _FILE, QT_TRANSLATE_NOOP("actions", "Save a picture of the scene without marks"), ("Ctrl+F12",)
    ),
    Action("acknowledge", _FILE, QT_TRANSLATE_NOOP("actions", "Acknowledge what is selected"), ("K",)),
    Action("quit", _FILE, QT_TRANSLATE_NOOP("actions", "Quit"), ("Ctrl+Q",)),
    Action("play", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Play or pause"), ("Space",)),
    Action("live", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Back to live"), ("Alt+Right",)),
    Action("back_1", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Back 1 s"), ("Left",)),
    Action("forward_1", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Forward 1 s"), ("Right",)),
    Action("back_10", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Back 10 s"), ("Shift+Left",)),
    Action("forward_10", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Forward 10 s"), ("Shift+Right",)),
    Action("previous_sample", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Previous sample"), ("Ctrl+Left",)),
    Action("next_sample", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Next sample"), ("Ctrl+Right",)),
    Action("previous_event", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Previous event"), (",",)),
    Action("next_event", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Next event"), (".",)),
    Action("first", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "To the beginning"), ("Home",)),
    Action("last", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "To the end"), ("End",)),
    Action("slower", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Slower"), ("[",)),
    Action("faster", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Faster"), ("]",)),
    Action("mark_a", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Set mark A"), ("A",)),
    Action("mark_b", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Set mark B"), ("B",)),
    Action("note", _PLAYBACK, QT_TRANSLATE_NOOP("actions", "Write a note at this time"), ("N",)),
    Action(
        "all_notes",
        _PLAYBACK,
        QT_TRANSLATE_NOOP("actions", "Show notes that were taken back, or no longer"),
        ("Shift+N",),
    ),
    Action("view_front", _SCENE, QT_TRANSLATE_NOOP("actions", "From the front"), ("1",)),
    Action("view_right", _SCENE, QT_TRANSLATE_NOOP("actions", "From the right"), ("3",)),
    Action("view_top", _SCENE, QT_TRANSLATE_NOOP("actions", "From above"), ("7",)),
    Action("view_isometric", _SCENE, QT_TRANSLATE_NOOP("actions", "From a corner"), ("9",)),
    Action("fit", _SCENE, QT_TRANSLATE_NOOP("actions", "Fly to what is selected"), ("F",)),
    Action("overview", _SCENE, QT_TRANSLATE_NOOP("actions", "Fly to the whole station"), ("Shift+F",)),
    Action("ghost", _SCENE, QT_TRANSLATE_NOOP("actions", "Ghost the rest"), ("G",)),
    Action("isolate", _SCENE, QT_TRANSLATE_NOOP("actions", "Isolate what is selected"), ("I",)),
    Action("palette", _WINDOW, QT_TRANSLATE_NOOP("actions", "Find anything"), ("Ctrl+P",)),
    Action("language", _WINDOW, QT_TRANSLATE_NOOP("actions", "中文 / English"), ("L",)),
    Action("theme", _WINDOW, QT_TRANSLATE_NOOP("actions", "Dark or light theme")),
    Action("full_screen", _WINDOW, QT_TRANSLATE_NOOP("actions", "Full screen"), ("F11",)),
    Action("layout_operator", _WINDOW, QT_TRANSLATE_NOOP("actions", "Layout for operating"), ("Ctrl+1",)),
    Action("layout_engineer", _WINDOW, QT_TRANSLATE_NOOP("actions", "Layout for engineering"), ("Ctrl+2",)),
    Action("layout_training", _WINDOW, QT_TRANSLATE_NOOP("actions", "Layout for training"), ("Ctrl+3",)),
    Action("layout_review", _WINDOW, QT_TRANSLATE_NOOP("actions", "Layout for review"), ("Ctrl+4",)),
    Action("undo", _WINDOW, QT_TRANSLATE_NOOP("actions", "Undo the last note or change of layout"), ("Ctrl+Z",)),
    Action("redo", _WINDOW, QT_TRANSLATE_NOOP("actions", "Make again what was undone"), ("Ctrl+Shift+Z", "Ctrl+Y")),
    Action("keys", _HELP, QT_TRANSLATE_NOOP("actions", "Keys"), ("?",)),
    Action("about", _HELP, QT_TRANSLATE_NOOP("actions", "About Pumphouse")),
)

BY_ID = {action.id: action for action in ACTIONS}
