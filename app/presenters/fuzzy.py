"""How well a few typed letters fit a text: whole words first, then pieces of words, then letters in order."""

from __future__ import annotations

from dataclasses import dataclass

START, WORD_START, INSIDE, SCATTERED = 100.0, 80.0, 60.0, 20.0
NEVER = float("-inf")


@dataclass(frozen=True, slots=True)
class Fit:
    """``score`` is the higher the better, ``NEVER`` where it does not fit; ``hits`` are the letters that were meant."""

    score: float
    hits: tuple[int, ...] = ()


def fit(query: str, text: str) -> Fit:
    """How well every word of the query fits somewhere in the text. Case does not matter."""
    folded = text.lower()
    hits: set[int] = set()
    score = 0.0
    for word in query.lower().split():
        found = _fit_word(word, folded)
        if found.score == NEVER:
            return found
        score += found.score
        hits.update(found.hits)
    return Fit(score - 0.05 * len(text), tuple(sorted(hits)))


def _fit_word(word: str, text: str) -> Fit:
    at = text.find(word)
    if at >= 0:
        starts = (i for i in range(at, len(text) - len(word) + 1) if text.startswith(word, i) and _begins(text, i))
        at = next(starts, at)
        place = START if at == 0 else WORD_START if _begins(text, at) else INSIDE
        return Fit(place + len(word), tuple(range(at, at + len(word))))
    return _in_order(word, text)


def _in_order(word: str, text: str) -> Fit:
    """Its letters one after the other, each as early as it comes; the more scattered, the worse."""
    hits: list[int] = []
    at = -1
    for letter in word:
        at = text.find(letter, at + 1)
        if at < 0:
            return Fit(NEVER)
        hits.append(at)
    gaps = hits[-1] - hits[0] + 1 - len(word)
    if gaps > 2 * len(word) + 4:
        return Fit(NEVER)
    return Fit(SCATTERED + len(word) - gaps, tuple(hits))


def _begins(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()
