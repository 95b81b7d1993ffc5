"""Values of a TOML text change where they stand, and nothing else does."""

from __future__ import annotations

import tomllib

import pytest

from twin.plant.rewriting import rewritten

SCALE = ("pumps", 0, "calibration", "head_scale")
NEW = ("pumps", 0, "calibration", "flow_scale")

INLINE = 'pumps = [\n  {id = "P1", calibration = {head_scale = 1.5}}, # best\n  {id = "P2"},\n]\n'
TABLES = (
    '[[pumps]]\nid = "P1" # best\ncalibration = {head_scale = 1.5}  # by hand\nx = [1,\n 2]\n\n[[pumps]]\nid = "P2"\n'
)
DOTTED = '[[pumps]]\nid = "P1"\ncalibration.head_scale = 1.5 # by hand\n\n[[pumps]]\nid = "P2"\n'
HEADED = '[[pumps]]\nid = "P1"\n[pumps.calibration]\n  head_scale = 1.5 # by hand\n\n[[pumps]]\nid = "P2"\n'
WAYS = [INLINE, TABLES, DOTTED, HEADED]


@pytest.mark.parametrize("text", WAYS)
def test_a_value_changes_in_place_and_a_new_one_stands_beside_it(text: str) -> None:
    new = rewritten(text, {SCALE: 1.25, NEW: 0.99})
    pumps = tomllib.loads(new)["pumps"]
    assert pumps[0]["calibration"] == {"head_scale": 1.25, "flow_scale": 0.99}
    assert pumps[1] == {"id": "P2"}
    for comment in ("# best", "# by hand"):
        assert (comment in new) == (comment in text)


@pytest.mark.parametrize("text", WAYS)
def test_a_table_that_was_not_there_is_added_where_it_belongs(text: str) -> None:
    new = rewritten(text, {("pumps", 1, "calibration", "head_scale"): 1.25})
    assert tomllib.loads(new)["pumps"][1] == {"id": "P2", "calibration": {"head_scale": 1.25}}


@pytest.mark.parametrize("text", WAYS)
def test_a_value_that_is_there_already_stays_as_it_was_written(text: str) -> None:
    assert rewritten(text, {SCALE: 1.5}) == text


def test_an_empty_inline_table_is_filled() -> None:
    assert rewritten("a = {b = {}}\n", {("a", "b", "c"): 2.0}) == "a = {b = {c = 2}}\n"


def test_what_is_new_at_the_top_comes_at_the_end_under_a_header() -> None:
    values = {("calibration", "sensors", "PT 1", "offset"): 0.25, ("calibration", "noise", "P1.head", "sigma"): 0.5}
    new = rewritten("[a]\nb = 1", values)
    sensors = '[calibration.sensors]\n"PT 1" = {offset = 0.25}\n'
    noise = '[calibration.noise]\n"P1.head" = {sigma = 0.5}\n'
    assert new == f"[a]\nb = 1\n\n{sensors}\n{noise}"
    again = rewritten(new, {("calibration", "sensors", "PT-2", "offset"): 0.5})
    assert '"PT 1" = {offset = 0.25}\nPT-2 = {offset = 0.5}\n' in again
    assert tomllib.loads(again)["calibration"]["sensors"]["PT-2"] == {"offset": 0.5}
