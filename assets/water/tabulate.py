"""Tabulate hot water once from CoolProp's IF97: `python assets/water/tabulate.py` writes water.csv beside it.

Kept as a table because importing CoolProp alone takes longer than opening the window may.
"""

from pathlib import Path

import numpy as np
from CoolProp import CoolProp

PRESSURE = 1.6e6  # Pa, what such a line works at
TEMPERATURES = np.arange(273.65, 453.4, 0.5)  # K
HEADER = f"""Water by CoolProp {CoolProp.get_global_param_string("version")}, IF97; liquid at {PRESSURE:.1e} Pa
temperature_K, density_kg_m3, heat_capacity_J_kg_K, kinematic_viscosity_m2_s, speed_of_sound_m_s, vapour_pressure_Pa"""


def rows() -> np.ndarray:
    """(k, 6) the table's columns, a temperature a row."""
    water = CoolProp.AbstractState("IF97", "Water")
    table = np.empty((TEMPERATURES.size, 6))
    for row, temperature in zip(table, TEMPERATURES, strict=True):
        water.update(CoolProp.PT_INPUTS, PRESSURE, temperature)
        row[:3] = temperature, water.rhomass(), water.cpmass()
        row[3:5] = water.viscosity() / water.rhomass(), water.speed_sound()
        water.update(CoolProp.QT_INPUTS, 0.0, temperature)
        row[5] = water.p()
    return table


if __name__ == "__main__":
    np.savetxt(Path(__file__).with_name("water.csv"), rows(), fmt="%.10g", delimiter=",", header=HEADER)
