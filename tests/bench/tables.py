"""The tag list at the reference station's size and at 200,000 tags: ordering, searching and reading."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from app.messages import Mail
from app.presenters import tags
from app.presenters.palette import Presenter as Palette
from twin.detectors.residual import Residuals
from twin.pipeline import Snapshot
from twin.signals import Frame, Tag, TagTable
from twin.text import Text

SIZES = (992, 10_000, 200_000)
ROUNDS = 7


class Blind:
    """A view that shows nothing."""

    def show_state(self, state: object) -> None: ...


def _tags(count: int) -> TagTable:
    kinds = (("suction pressure", "泵吸入口压力", "MPa"), ("flow", "流量", "m3/h"), ("speed", "转速", "r/min"))
    return TagTable(
        Tag(f"B4-XT-{n:06d}", unit, Text(f"{en} {n % 97}", f"{zh}{n % 97}"), f"P{n % 500}")
        for n, (en, zh, unit) in ((n, kinds[n % len(kinds)]) for n in range(count))
    )


def _mail(count: int, second: float) -> Mail:
    none = np.empty(0)
    values = np.random.default_rng(int(second)).normal(size=count)
    snapshot = Snapshot(
        Frame(second, values, np.zeros(count, dtype=np.uint8)),
        (),
        Residuals((), none, none, none, none, none.astype(bool)),
    )
    return Mail(int(second), "live", snapshot, second, (0.0, second), True, True, 1.0)


def _median_ms(work: Callable[[int], object]) -> float:
    spent = []
    for turn in range(ROUNDS):
        began = time.perf_counter()
        work(turn)
        spent.append(1e3 * (time.perf_counter() - began))
    return float(np.median(spent))


def _figures(count: int) -> tuple[float, ...]:
    table = _tags(count)
    presenter, palette = tags.Presenter(Blind(), None, table), Palette(Blind(), None, table, tuple, print)
    mails = [_mail(count, float(second)) for second in range(1, ROUNDS + 2)]
    presenter.take(mails[-1])
    presenter.search("warm up")
    palette.search("warm up")
    presenter.search("")
    return (
        _median_ms(lambda turn: presenter.sort_by(tags.VALUE, turn % 2 == 0)),
        _median_ms(lambda turn: presenter.sort_by(tags.NAME, turn % 2 == 0)),
        _median_ms(lambda turn: presenter.search(f"p4{turn:02d} 流量")),
        _median_ms(lambda turn: presenter.search(f"pressure {turn}")),
        _median_ms(lambda turn: presenter.take(mails[turn])),
        _median_ms(lambda turn: palette.search(f"p4{turn:02d} speed")),
    )


def main() -> None:
    """Print milliseconds, medians of seven."""
    print(
        f"{'tags':>8} {'order by value':>15} {'by name':>9} {'search: few':>12} {'many':>7} {'read':>7} {'palette':>8}"
    )
    for count in SIZES:
        widths = (15, 9, 12, 7, 7, 8)
        said = (f"{ms:>{wide}.2f}" for ms, wide in zip(_figures(count), widths, strict=True))
        print(f"{count:>8} {' '.join(said)}")


if __name__ == "__main__":
    main()
