"""Every word is said in both languages, and the shipped face can write all of them."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QRawFont
from pytestqt.qtbot import QtBot

from app import fonts, language
from app.actions import ACTIONS, GROUPS
from app.menus import said
from app.presenters import formatting
from app.translations import renew
from app.views import words
from tests.app import fakes
from twin.detectors.anomaly import FAULTS
from twin.detectors.kinds import WHY
from twin.detectors.response import Responses
from twin.pipeline import Twin

FACES = sorted(fonts.FONTS.glob("*.otf"))


def catalogue(name: str) -> dict[tuple[str, str], str]:
    tree = ElementTree.parse(language.CATALOGUES / f"pumphouse_{name}.ts")
    return {
        (context.findtext("name") or "", message.findtext("source") or ""): message.findtext("translation") or ""
        for context in tree.iter("context")
        for message in context.iter("message")
    }


def gb2312() -> set[str]:
    found = set()
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.add(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return found


def test_every_word_is_translated_and_none_is_out_of_date(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.ts"
    tool = Path(sys.executable).parent / "pyside6-lupdate"
    asked = [str(tool), *renew.sources(), "-ts", str(fresh), "-locations", "none", "-silent"]
    subprocess.run(asked, check=True, capture_output=True)
    tree = ElementTree.parse(fresh)
    wanted = {
        (context.findtext("name") or "", message.findtext("source") or "")
        for context in tree.iter("context")
        for message in context.iter("message")
    }
    there = catalogue("zh_CN")
    assert {key for key in wanted if not there.get(key)} == set()
    assert set(there) <= wanted


def test_every_fault_has_a_word() -> None:
    assert set(FAULTS) <= set(words.WORDS)


def test_every_residual_and_every_reason_not_to_judge_it_has_a_word() -> None:
    residuals = Twin(fakes.station()).step(fakes.frame(0.0)).residuals
    assert {name.name for name in residuals.names} <= set(words.WORDS)
    assert {why for why in WHY if why} <= set(words.WORDS)


def test_every_first_response_has_a_word() -> None:
    verbs = {
        response.partition(":")[0] for response in Responses(fakes.station()).to("drive_trip", "P102", frozenset())
    }
    assert verbs
    assert verbs <= set(words.WORDS)


def test_words_are_said_in_the_language_spoken(qapp: object) -> None:
    speakers = language.Languages(qapp)  # type: ignore[arg-type]
    speakers.speak("zh")
    assert words.word("impeller_wear") == "叶轮磨损"
    assert said(GROUPS[0]) == "文件"
    speakers.speak("en")
    assert words.word("impeller_wear") == "impeller wear"
    assert words.word("P101") == "P101"


@pytest.mark.parametrize(
    ("asked", "remembered", "locale", "spoken"),
    [
        ("en", "zh", "zh_CN", "en"),
        (None, "en", "zh_CN", "en"),
        (None, None, "en_GB", "en"),
        (None, None, "zh_CN", "zh"),
        (None, None, "de_DE", "zh"),
        ("fr", None, "en_US", "en"),
    ],
)
def test_what_is_asked_goes_before_what_is_remembered_before_the_machine(
    asked: str | None, remembered: str | None, locale: str, spoken: str
) -> None:
    assert language.first_choice(asked, remembered, QLocale(locale)) == spoken


@pytest.mark.parametrize("face", FACES, ids=lambda path: path.stem)
def test_the_shipped_face_writes_everything_that_is_ever_said(qapp: object, face: Path) -> None:
    raw = QRawFont(str(face), 14.0)
    tags = fakes.station().tags
    spoken = set("".join(catalogue("zh_CN").values()))
    spoken |= set(fakes.station().text)
    spoken |= {c for tag in tags for c in tag.description.zh + tag.description.en + formatting.unit_glyph(tag.unit)}
    spoken |= set(formatting.SPACE + formatting.MINUS + formatting.NOTHING)
    spoken |= set("".join(action.text for action in ACTIONS)) | set("■▲▼●σ°³²…→×±−–·")
    missing = {c for c in gb2312() | spoken if c.isprintable() and not raw.supportsCharacter(ord(c))}
    assert missing == set()


def test_the_shipped_faces_are_small_and_free() -> None:
    assert [face.stem for face in FACES] == ["NotoSansSC-Bold", "NotoSansSC-Regular"]
    assert all(face.stat().st_size < 4e6 for face in FACES)
    assert "SIL OPEN FONT LICENSE" in (fonts.FONTS / "OFL.txt").read_text(encoding="utf-8")


def test_the_faces_load_under_one_family(qtbot: QtBot) -> None:
    from PySide6.QtGui import QFontDatabase

    from app import theme

    assert {QFontDatabase.applicationFontFamilies(identity)[0] for identity in fonts.load()} == {theme.FAMILY}
