"""What can be measured of a piece of equipment: the vocabulary of ``Tag.measures`` that models and detectors know.

A station may use words of its own as well; they are recorded and shown, and no model reads them. Units are the tag's.
"""

from __future__ import annotations

LABEL = "label"
"""Said by whoever made a foreign recording (``anomaly``): never a signal, and no detector may look at it."""

PUMP_MINIMUM = ("suction_pressure", "discharge_pressure", "pump_flow", "shaft_speed", "motor_active_power")
"""What the pump-curve model wants of a pump; without power or speed it says less."""

PUMP = (
    *PUMP_MINIMUM,
    "inlet_strainer_differential_pressure",
    "casing_water_temperature",
    "pump_bearing_de_temperature",
    "pump_bearing_nde_temperature",
    "pump_thrust_bearing_temperature",
    "motor_bearing_de_temperature",
    "motor_bearing_nde_temperature",
    "stator_winding_u1_temperature",
    "stator_winding_v1_temperature",
    "stator_winding_w1_temperature",
    "stator_winding_u2_temperature",
    "stator_winding_v2_temperature",
    "stator_winding_w2_temperature",
    "motor_cooling_air_out",
    "vibration_pump_de_x",
    "vibration_pump_de_y",
    "vibration_pump_nde_x",
    "vibration_pump_nde_y",
    "vibration_pump_axial",
    "vibration_motor_de_x",
    "vibration_motor_de_y",
    "vibration_motor_nde_x",
    "vibration_motor_nde_y",
    "acceleration_envelope_pump_de",
    "acceleration_envelope_pump_nde",
    "motor_current_u",
    "motor_current_v",
    "motor_current_w",
    "seal_leak_de",
    "seal_leak_nde",
    "seal_flush_flow",
    "seal_chamber_temperature_de",
    "seal_chamber_temperature_nde",
    "discharge_valve_position",
    "discharge_valve_open",
    "discharge_valve_closed",
    "suction_valve_open",
    "check_valve_closed",
    "running",
    "common_fault",
    "remote",
    "ready",
    "emergency_stop",
    "run_hours",
)

DRIVE = (
    "frequency_output",
    "frequency_setpoint",
    "output_current",
    "output_voltage",
    "input_transformer_winding_a",
    "input_transformer_winding_b",
    "input_transformer_winding_c",
    "power_cell_max_temperature",
    "alarm",
    "trip",
    "cell_bypass_active",
)

OF_KIND = {"pump": PUMP, "drive": DRIVE}
"""By kind of equipment, as :meth:`twin.plant.reading.Station.kind_of` names it."""
