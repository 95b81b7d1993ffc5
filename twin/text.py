"""Words for people, in both languages, and the nearest known word to a misspelt one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Text:
    """One phrase in English and Chinese."""

    en: str = ""
    zh: str = ""

    def said_in(self, language: str) -> str:
        """The phrase in ``"zh"`` or ``"en"``; the other language where one is missing."""
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``"Did you mean 'x'?"`` for the nearest known word, or an empty string."""
    spelt = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), list(spelt), n=1, cutoff=0.6)
    return f"Did you mean '{spelt[near[0]]}'?" if near else ""
