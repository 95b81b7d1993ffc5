"""Whatever the detectors can say has a word in both languages; their own tables and code are asked what that is."""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

import pytest

import twin.detectors
from app import language
from app.presenters.faults import OF_THE_FEED
from app.views.words import WORDS, capital
from twin.detectors import kinds, makeup, response, seals, shaking, signatures, signs, supplies, switches, warming
from twin.detectors.anomaly import FAULTS

CODE = [ast.parse(path.read_text(encoding="utf-8")) for path in Path(twin.detectors.__path__[0]).glob("*.py")]
NAMED_ELSEWHERE = {
    "name.name": {kind.name for kind in (*kinds.OF_PUMP, kinds.BALANCE, kinds.GAUGE, kinds.METER)},
    "tag.measures": {measure for rule in switches.RULES for measure in rule.measures}
    | {*makeup.OF_CHAMBERS, *seals.CHAMBERS, seals.FLUSH},
    "self._tags[i].measures": set(supplies.SPREADS),
}
"""What the evidence is called that does not bear its name in the code, by the expression that gives it."""


def calls(name: str) -> Iterator[ast.Call]:
    """Every making of a thing of this name in the detectors."""
    for tree in CODE:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node


def said(argument: ast.expr) -> set[str]:
    """The texts that an argument may be; of one that is no text, the expression."""
    if isinstance(argument, ast.IfExp):
        return said(argument.body) | said(argument.orelse)
    if isinstance(argument, ast.Constant):
        return {str(argument.value)}
    return {ast.unparse(argument)}


def evidence_names() -> set[str]:
    names = {name for call in calls("Evidence") if len(call.args) == 5 for name in said(call.args[0])}
    assert set(NAMED_ELSEWHERE) <= names
    return (names - set(NAMED_ELSEWHERE)).union(*NAMED_ELSEWHERE.values())


def fault_names() -> set[str]:
    tables = {
        *response.PRIORITY,
        *(row.fault for row in signatures.SIGNATURES),
        *(rule.fault for rule in switches.RULES),
        *(body.fault for body in warming.BODIES),
        *shaking.PATTERNS,
        *signs.EXPLAINS,
        *(fault for explained in signs.EXPLAINS.values() for fault in explained),
    }
    scored = {
        str(key.value)
        for call in calls("ranked")
        if isinstance(call.args[0], ast.Dict)
        for key in call.args[0].keys
        if isinstance(key, ast.Constant)
    }
    return tables | scored | {name for call in calls("_Trouble") for name in said(call.args[1])}


def units() -> set[str]:
    return {unit for call in calls("Evidence") if len(call.args) == 5 for unit in said(call.args[3])}


def in_chinese() -> dict[str, str]:
    tree = ElementTree.parse(language.CATALOGUES / "pumphouse_zh_CN.ts")
    spoken = next(context for context in tree.iter("context") if context.findtext("name") == "words")
    return {m.findtext("source") or "": m.findtext("translation") or "" for m in spoken.iter("message")}


def wordless(names: set[str]) -> set[str]:
    """The names that have no word in one of the languages; one that is nothing but the name is none."""
    chinese = in_chinese()
    return {name for name in names if "_" in WORDS.get(name, "_") or not chinese.get(WORDS[name])}


def test_every_fault_that_can_be_found_is_a_public_name_with_words() -> None:
    names = fault_names()
    assert {"sensor_stuck", "line_rupture", "impeller_wear", "transformer_overtemperature"} <= names
    assert names <= set(FAULTS)
    assert wordless(set(FAULTS)) == set()


def test_every_piece_of_evidence_has_words() -> None:
    names = evidence_names()
    assert {"temperature", "arriving_head", "makeup", "noise", "turbidity", "smoke_1", "frozen"} <= names
    assert wordless(names) == set()


def test_every_unit_that_compares_has_words() -> None:
    compares = {unit for unit in units() if unit.startswith("of ")}
    assert compares
    assert wordless(compares) == set()


def test_every_trouble_of_a_feed_has_words_of_its_own() -> None:
    troubles = {name for call in calls("_Trouble") for name in said(call.args[0])}
    assert troubles == set(OF_THE_FEED)
    assert wordless({f"feed_{name}" for name in troubles}) == set()


@pytest.mark.parametrize("name", ["not_a_fault", "brand_new_evidence"])
def test_a_name_without_words_is_noticed(name: str) -> None:
    assert wordless({name}) == {name}


def test_a_word_begins_with_a_capital_unless_it_has_its_own() -> None:
    assert capital("a tag's name") == "A tag's name"
    assert capital("pH of the return") == "pH of the return"
    assert capital("") == ""
