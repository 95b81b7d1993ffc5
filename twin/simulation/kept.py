"""What is reckoned anew only when something that it is made of was replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Kept(Generic[P, T]):
    """A function of things that seldom change: arrays, effects, what is being worked on.

    They are told apart as objects, which is a hundred times quicker than by their values: so none of them may be
    written to once it was given. What is given by name is not looked at, and its result is not kept.
    """

    def __init__(self, reckon: Callable[P, T]) -> None:
        self._reckon = reckon
        self._last: tuple[tuple[object, ...], T] | None = None

    def __call__(self, *of: P.args, **named: P.kwargs) -> T:
        if named:
            return self._reckon(*of, **named)
        if self._last is not None:
            before, result = self._last
            for one, other in zip(of, before, strict=True):
                if one is not other:
                    break
            else:
                return result
        result = self._reckon(*of, **named)
        self._last = (of, result)
        return result
