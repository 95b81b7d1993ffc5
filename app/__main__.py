"""``pumphouse``, or ``python -m app``: the window by itself, or a command."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line says; without a word, the window on the demonstration. The exit status."""
    from app.command import add_to
    from app.wish import DEMONSTRATION
    from twin import cli

    given = sys.argv[1:] if arguments is None else arguments
    return cli.run(add_to(cli.app), given or ["view", DEMONSTRATION])


if __name__ == "__main__":
    sys.exit(main())
