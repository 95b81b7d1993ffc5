"""Collects the window's words and makes its catalogues: ``python -m app.translations.renew``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
APP = HERE.parent
TOOLS = Path(sys.executable).parent
CATALOGUES = {"zh_CN": (), "en": ("-pluralonly",)}


def sources() -> list[str]:
    """Every file that may hold words for people."""
    return sorted(str(path) for path in APP.rglob("*.py") if HERE not in path.parents)


def renew() -> None:
    """Bring both catalogues up to date; what has no translation yet is left for Linguist."""
    for language, options in CATALOGUES.items():
        catalogue = HERE / f"pumphouse_{language}.ts"
        update = [
            str(TOOLS / "pyside6-lupdate"),
            *sources(),
            "-ts",
            str(catalogue),
            "-source-language",
            "en",
            "-target-language",
            language,
            "-no-obsolete",
            "-locations",
            "none",
            *options,
        ]
        subprocess.run(update, check=True)
        subprocess.run([str(TOOLS / "pyside6-lrelease"), str(catalogue)], check=True)


if __name__ == "__main__":
    renew()
