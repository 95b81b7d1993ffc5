"""Ctrl+Z and Ctrl+Shift+Z, as people expect them of any program."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.undoing import MOST, Turn, Undoing

ACTS = st.lists(st.sampled_from(["do", "undo", "redo"]), max_size=40)


@given(ACTS)
def test_what_is_undone_and_redone_leaves_what_a_list_with_a_place_in_it_would(acts: list[str]) -> None:
    undoing = Undoing()
    shown: set[int] = set()
    history: list[int] = []
    place = 0

    def turn(number: int) -> Turn:
        return lambda: shown.symmetric_difference_update({number})

    for number, act in enumerate(acts):
        if act == "do":
            del history[place:]
            history.append(number)
            place += 1
            shown.add(number)
            undoing.did(turn(number))
        elif act == "undo":
            place = max(place - 1, 0)
            undoing.undo()
        else:
            place = min(place + 1, len(history))
            undoing.redo()
        assert shown >= set(history[:place])
        assert not shown & set(history[place:])


def test_only_so_many_changes_are_remembered() -> None:
    undoing, undone = Undoing(), []
    for number in range(MOST + 5):
        undoing.did(lambda number=number: undone.append(number))  # type: ignore[misc]
    for _ in range(MOST + 5):
        undoing.undo()
    assert undone == list(range(MOST + 4, 4, -1))
