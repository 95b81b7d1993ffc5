"""Water is what CoolProp says it is."""

from __future__ import annotations

import numpy as np
import pytest

from twin.plant import water

TEMPERATURES = np.linspace(278.15, 423.15, 997)  # 5 … 150 °C, off the table's grid
AT_1_6_MPA = ("T", TEMPERATURES, "P", 1.6e6, "IF97::Water")


@pytest.fixture(scope="module")
def coolprop():
    from CoolProp.CoolProp import PropsSI  # late: it takes seconds to import

    return PropsSI


def test_density_agrees_with_coolprop_from_5_to_150_degrees(coolprop):
    np.testing.assert_allclose(water.density(TEMPERATURES), coolprop("D", *AT_1_6_MPA), rtol=1e-5)


def test_heat_capacity_agrees_with_coolprop_from_5_to_150_degrees(coolprop):
    np.testing.assert_allclose(water.heat_capacity(TEMPERATURES), coolprop("C", *AT_1_6_MPA), rtol=1e-5)


def test_viscosity_agrees_with_coolprop_from_5_to_150_degrees(coolprop):
    expected = coolprop("V", *AT_1_6_MPA) / coolprop("D", *AT_1_6_MPA)
    np.testing.assert_allclose(water.viscosity(TEMPERATURES), expected, rtol=5e-5)


def test_the_speed_of_sound_agrees_with_coolprop_from_5_to_150_degrees(coolprop):
    np.testing.assert_allclose(water.speed_of_sound(TEMPERATURES), coolprop("A", *AT_1_6_MPA), rtol=1e-5)


def test_vapour_pressure_agrees_with_coolprop_from_5_to_150_degrees(coolprop):
    expected = coolprop("P", "T", TEMPERATURES, "Q", 0.0, "IF97::Water")
    np.testing.assert_allclose(water.vapour_pressure(TEMPERATURES), expected, rtol=1e-5)


def test_water_boils_at_the_pressures_a_hot_line_knows():
    celsius = np.array([98.0, 120.0, 125.0, 130.0])
    np.testing.assert_allclose(water.vapour_pressure(celsius + 273.15) / 1e3, [94.4, 198.7, 232.2, 270.3], atol=0.06)


def test_beyond_the_table_its_end_holds():
    assert water.density(1000.0) == water.density(453.15)
    assert water.vapour_pressure(200.0) == pytest.approx(water.vapour_pressure(273.65))


def test_a_missing_temperature_gives_no_property():
    assert np.isnan(water.density(np.array([np.nan, 300.0]))[0])
    assert np.isnan(water.vapour_pressure(np.array([np.nan]))[0])
