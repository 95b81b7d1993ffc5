"""``make bench``: every figure the project claims, measured here and now.

Timings of small calls are pytest-benchmark tests (``tests/bench/test_*.py``), stored as JSON in ``out/bench.json``;
everything longer is a module beside them with a ``main()`` that prints a table. ``python -m tests.bench NAME…`` runs
some of them only.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
OUT = HERE.parent.parent / "out"


def tables() -> list[str]:
    """Names of the modules that print a table."""
    return sorted(p.stem for p in HERE.glob("*.py") if not p.stem.startswith(("_", "test_")))


def timings() -> int:
    """Run the pytest-benchmark tests, if any, and store what they measured."""
    OUT.mkdir(exist_ok=True)
    return int(
        pytest.main(
            [
                "-q",
                "-o",
                "addopts=",
                "--benchmark-only",
                str(HERE),
                f"--benchmark-json={OUT / 'bench.json'}",
                "--benchmark-columns=min,median,max,ops",
                "--benchmark-sort=name",
            ]
        )
    )


def main(names: list[str]) -> int:
    """Run the named tables, or the timings and every table."""
    unknown = set(names) - set(tables())
    if unknown:
        print(f"There is no bench named {', '.join(sorted(unknown))}. There are: {', '.join(tables())}.")
        return 2
    status = 0 if names else timings()
    for name in names or tables():
        print(f"\n== {name} " + "=" * (100 - len(name)), flush=True)
        importlib.import_module(f"tests.bench.{name}").main()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
