"""Cuts Noto Sans CJK down to what Pumphouse says: GB 2312, Latin, Greek and the shapes the window uses.

    python assets/fonts/cut.py /usr/share/fonts/opentype/noto

The folder is where Debian's fonts-noto-cjk puts ``NotoSansCJK-Regular.ttc`` and its bold.
Needs fonttools.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

HERE = Path(__file__).resolve().parent
FAMILY = "Noto Sans SC"
SIMPLIFIED = "Noto Sans CJK SC"
WEIGHTS = ("Regular", "Bold")
# What the window draws beyond GB 2312.
SHAPES = "■▲▼●▶◀◆◇○□△▽◎★…→←↑↓↗±×÷≤≥≈≠−–—·•σηρΔΩµ°′″¹²³½‰§✓℃‹›│─"


def gb2312() -> set[int]:
    """The characters of GB/T 2312-1980: punctuation, letters, and 6,763 hanzi."""
    found = set()
    for row in range(1, 95):
        for cell in range(1, 95):
            try:
                found.add(ord(bytes((0xA0 + row, 0xA0 + cell)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def wanted() -> set[int]:
    """Code points to keep."""
    latin = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x391, 0x3CA))
    return latin | {ord(shape) for shape in SHAPES} | gb2312()


def renamed(font: TTFont, weight: str) -> None:
    """Give the cut its own name, so that it is never taken for the whole face."""
    names = {1: FAMILY, 2: weight, 3: f"{FAMILY} {weight} GB2312", 4: f"{FAMILY} {weight}", 6: f"NotoSansSC-{weight}"}
    table = font["name"]
    table.names = [record for record in table.names if record.nameID in (0, 5, 13, 14) and record.platformID == 3]
    for identity, text in names.items():
        table.setName(text, identity, 3, 1, 0x409)


def cut(source: Path, weight: str) -> Path:
    """Write one weight's cut beside this script."""
    collection = TTCollection(str(source / f"NotoSansCJK-{weight}.ttc"), lazy=True)
    font = next(f for f in collection.fonts if f["name"].getDebugName(1) == SIMPLIFIED)
    options = Options()
    options.layout_features = ["kern", "tnum", "locl", "ccmp"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.hinting = False
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=wanted())
    subsetter.subset(font)
    renamed(font, weight)
    target = HERE / f"NotoSansSC-{weight}.otf"
    font.save(str(target))
    return target


if __name__ == "__main__":
    for each in WEIGHTS:
        written = cut(Path(sys.argv[1]), each)
        print(f"{written.name}: {written.stat().st_size / 1e6:.1f} MB")
