"""Real pumps foretold: least speed from greatest by the affinity laws, each point from the others."""

from __future__ import annotations

import numpy as np

from tests.conftest import SHARED
from tests.twin.plant import real_pumps

BESIDE = 4.2  # %, a cubic fitted to the maximum-speed envelope of 28 such pumps


def least_speed(folder) -> None:
    """Errors of each pump by each kind of fit."""
    kinds = ("table", "polynomial", "power")
    print(f"{'least speed from greatest, mean error':40}" + "".join(f"{kind:>12}" for kind in kinds))
    rows = []
    for pump, (fastest, slowest) in real_pumps.envelopes(folder).items():
        rows.append([100 * real_pumps.error_at_least_speed(fastest, slowest, kind) for kind in kinds])
        print(f"{pump:40}" + "".join(f"{error:10.1f} %" for error in rows[-1]))
    print(
        f"{'median':40}" + "".join(f"{error:10.2f} %" for error in np.median(rows, axis=0)) + f"   (cubic: {BESIDE} %)"
    )


def one_left_out(folder) -> None:
    """Head and power of each pump at each point, from its other points."""
    print(f"\n{'each point from the others, median error':40}{'head':>12}{'power':>12}")
    for pump, sheet in real_pumps.sheets(folder).items():
        medians = [100 * float(np.median(np.abs(errors))) for errors in real_pumps.errors_leaving_one_out(sheet)]
        print(f"{pump:40}" + "".join(f"{error:10.2f} %" for error in medians))


def main() -> None:
    """Print both tables, where the pumps' data is."""
    folder = SHARED / "pump_curves"
    if not folder.is_dir():
        print(f"The measured pumps are not here ({folder}).")
        return
    least_speed(folder)
    one_left_out(folder)
