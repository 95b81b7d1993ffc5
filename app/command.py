"""The command line with the window's own command added to those of the twin."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.layouts import ROLES
from app.program import run
from app.theme import THEMES
from app.wish import Wish

Layout = StrEnum("Layout", {role: role for role in ROLES})
Language = StrEnum("Language", {"zh": "zh", "en": "en"})
Theme = StrEnum("Theme", {name: name for name in THEMES})
_SMALLEST, _LARGEST = (320, 240), (7680, 4320)


def size(text: str) -> tuple[int, int]:
    """``1920x1080`` as width and height."""
    width, cross, height = text.lower().partition("x")
    if not (
        cross and width.isdigit() and height.isdigit() and 320 <= int(width) <= 7680 and 240 <= int(height) <= 4320
    ):
        raise typer.BadParameter(f"{text} is not a size. Write it as 1920x1080, from 320x240 to 7680x4320.")
    return int(width), int(height)


def view(
    source: Annotated[str, typer.Argument(help="A recording's path, or a source's URL (sim:?scenario=demo).")],
    at: Annotated[str | None, typer.Option(help="Where to begin: +90, or an ISO 8601 time.")] = None,
    layout: Annotated[Layout | None, typer.Option(help="Which panels stand where.")] = None,
    lang: Annotated[Language | None, typer.Option(help="The language to speak.")] = None,
    screenshot: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Take a picture once the scene is complete, and exit.")
    ] = None,
    size_: Annotated[
        str | None, typer.Option("--size", metavar="WIDTHxHEIGHT", help="How large the window is.")
    ] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Needs no display.")] = False,
    theme: Annotated[Theme | None, typer.Option(help="The colours: dark, or light for bright rooms.")] = None,
    station: Annotated[
        str | None, typer.Option(metavar="FILE", help="The station's file; 'none' for foreign data.")
    ] = None,
) -> None:
    """Open the window on a source."""
    wish = Wish(
        source,
        at,
        layout.value if layout else None,
        lang.value if lang else None,
        theme.value if theme else None,
        screenshot,
        size(size_) if size_ else None,
        headless,
        station,
    )
    raise typer.Exit(run(wish))


def add_to(commands: typer.Typer) -> typer.Typer:
    """The same commands and the window's."""
    commands.command("view")(view)
    return commands
