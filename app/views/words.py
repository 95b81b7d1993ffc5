"""The words views share: faults, residuals, responses, priorities, qualities, states. Keys come from the presenters."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: ARG001 - the name lupdate looks for
    """Mark a text for the catalogue and leave it as it is."""
    return text


WORDS: dict[str, str] = {
    # priorities
    "urgent": QT_TRANSLATE_NOOP("words", "urgent"),
    "high": QT_TRANSLATE_NOOP("words", "high"),
    "medium": QT_TRANSLATE_NOOP("words", "medium"),
    "low": QT_TRANSLATE_NOOP("words", "low"),
    # qualities
    "good": QT_TRANSLATE_NOOP("words", "good"),
    "uncertain": QT_TRANSLATE_NOOP("words", "uncertain"),
    "stale": QT_TRANSLATE_NOOP("words", "stale"),
    "bad": QT_TRANSLATE_NOOP("words", "bad"),
    "missing": QT_TRANSLATE_NOOP("words", "missing"),
    # states
    "running": QT_TRANSLATE_NOOP("words", "running"),
    "stopped": QT_TRANSLATE_NOOP("words", "stopped"),
    "unknown_state": QT_TRANSLATE_NOOP("words", "not known"),
    "on": QT_TRANSLATE_NOOP("words", "on"),
    "off": QT_TRANSLATE_NOOP("words", "off"),
    "unacknowledged": QT_TRANSLATE_NOOP("words", "not acknowledged"),
    "acknowledged": QT_TRANSLATE_NOOP("words", "acknowledged"),
    "returned": QT_TRANSLATE_NOOP("words", "returned, not acknowledged"),
    "shelved": QT_TRANSLATE_NOOP("words", "shelved"),
    "suppressed": QT_TRANSLATE_NOOP("words", "suppressed by design"),
    "out_of_service": QT_TRANSLATE_NOOP("words", "out of service"),
    "normal": QT_TRANSLATE_NOOP("words", "normal"),
    "standing": QT_TRANSLATE_NOOP("words", "standing"),
    "over": QT_TRANSLATE_NOOP("words", "over"),
    "not_yet": QT_TRANSLATE_NOOP("words", "not found yet at this time"),
    # what a robot is doing
    "under_way": QT_TRANSLATE_NOOP("words", "under way"),
    "looking": QT_TRANSLATE_NOOP("words", "looking"),
    "off_mission": QT_TRANSLATE_NOOP("words", "not on a mission"),
    "blocked": QT_TRANSLATE_NOOP("words", "stopped by an obstacle"),
    "silent": QT_TRANSLATE_NOOP("words", "does not answer"),
    "lost": QT_TRANSLATE_NOOP("words", "place not known"),
    "outside": QT_TRANSLATE_NOOP("words", "outside the station"),
    # modes
    "live": QT_TRANSLATE_NOOP("words", "LIVE"),
    "replay": QT_TRANSLATE_NOOP("words", "REPLAY"),
    # what is measured of a pump
    "flow": QT_TRANSLATE_NOOP("words", "flow"),
    "head": QT_TRANSLATE_NOOP("words", "head"),
    "power": QT_TRANSLATE_NOOP("words", "power"),
    "speed": QT_TRANSLATE_NOOP("words", "speed"),
    "npsh_margin": QT_TRANSLATE_NOOP("words", "NPSH margin"),
    "limit_HH": QT_TRANSLATE_NOOP("words", "limit high-high"),
    "limit_H": QT_TRANSLATE_NOOP("words", "limit high"),
    "limit_L": QT_TRANSLATE_NOOP("words", "limit low"),
    "limit_LL": QT_TRANSLATE_NOOP("words", "limit low-low"),
    "limit_DI": QT_TRANSLATE_NOOP("words", "alarms when"),
    "limit_RISE": QT_TRANSLATE_NOOP("words", "limit of rise"),
    "limit_FALL": QT_TRANSLATE_NOOP("words", "limit of fall"),
    # what is wrong with the data as such
    "time": QT_TRANSLATE_NOOP("words", "time of the frames"),
    "frozen": QT_TRANSLATE_NOOP("words", "values standing still"),
    "scale": QT_TRANSLATE_NOOP("words", "scale of the values"),
    # residuals
    "efficiency": QT_TRANSLATE_NOOP("words", "efficiency"),
    "branch_loss": QT_TRANSLATE_NOOP("words", "branch loss"),
    "suction_loss": QT_TRANSLATE_NOOP("words", "suction loss"),
    "flow_balance": QT_TRANSLATE_NOOP("words", "flow balance"),
    "speed_tracking": QT_TRANSLATE_NOOP("words", "speed tracking"),
    "shaft_speed": QT_TRANSLATE_NOOP("words", "shaft speed"),
    "suction_path": QT_TRANSLATE_NOOP("words", "suction path"),
    "drive_tracking": QT_TRANSLATE_NOOP("words", "drive tracking"),
    "feeder": QT_TRANSLATE_NOOP("words", "feeder power"),
    "backflow": QT_TRANSLATE_NOOP("words", "backflow"),
    "vibration": QT_TRANSLATE_NOOP("words", "vibration"),
    "envelope": QT_TRANSLATE_NOOP("words", "acceleration envelope"),
    "header_pressure": QT_TRANSLATE_NOOP("words", "header pressure"),
    "header_flow": QT_TRANSLATE_NOOP("words", "header flow"),
    "temperature": QT_TRANSLATE_NOOP("words", "temperature"),
    "noise": QT_TRANSLATE_NOOP("words", "noise of the signal"),
    "flow_over_speed": QT_TRANSLATE_NOOP("words", "flow for its speed"),
    "arriving_head": QT_TRANSLATE_NOOP("words", "pressure wave on the line"),
    "makeup": QT_TRANSLATE_NOOP("words", "make-up flow"),
    "strangeness": QT_TRANSLATE_NOOP("words", "unlike what was learned"),
    # what a sample of water shows
    "ph": QT_TRANSLATE_NOOP("words", "pH"),
    "conductivity": QT_TRANSLATE_NOOP("words", "conductivity"),
    "dissolved_oxygen": QT_TRANSLATE_NOOP("words", "dissolved oxygen"),
    "turbidity": QT_TRANSLATE_NOOP("words", "turbidity"),
    "hardness": QT_TRANSLATE_NOOP("words", "hardness"),
    "iron": QT_TRANSLATE_NOOP("words", "iron"),
    "chloride": QT_TRANSLATE_NOOP("words", "chloride"),
    # switches
    "seal_leak_de": QT_TRANSLATE_NOOP("words", "leak switch, drive-end seal"),
    "seal_leak_nde": QT_TRANSLATE_NOOP("words", "leak switch, non-drive-end seal"),
    "seal_flush_flow": QT_TRANSLATE_NOOP("words", "flush flow of the seals"),
    "seal_chamber_temperature_de": QT_TRANSLATE_NOOP("words", "chamber temperature, drive-end seal"),
    "seal_chamber_temperature_nde": QT_TRANSLATE_NOOP("words", "chamber temperature, non-drive-end seal"),
    "leak_wire_alarm": QT_TRANSLATE_NOOP("words", "leak detection wire"),
    "chamber_water_level": QT_TRANSLATE_NOOP("words", "water in the line chamber"),
    "flood_1": QT_TRANSLATE_NOOP("words", "flood switch 1"),
    "flood_2": QT_TRANSLATE_NOOP("words", "flood switch 2"),
    "smoke_1": QT_TRANSLATE_NOOP("words", "smoke detector 1"),
    "smoke_2": QT_TRANSLATE_NOOP("words", "smoke detector 2"),
    "door_open": QT_TRANSLATE_NOOP("words", "door open"),
    "access_control": QT_TRANSLATE_NOOP("words", "access control"),
    # units that compare
    "of usual": QT_TRANSLATE_NOOP("words", "× usual"),
    "of threshold": QT_TRANSLATE_NOOP("words", "× threshold"),
    # why a residual may not be judged now
    "not measured": QT_TRANSLATE_NOOP("words", "not measured"),
    "pump stopped": QT_TRANSLATE_NOOP("words", "pump stopped"),
    "pump running": QT_TRANSLATE_NOOP("words", "pump running"),
    "starting or stopping": QT_TRANSLATE_NOOP("words", "starting or stopping"),
    "speed changing": QT_TRANSLATE_NOOP("words", "speed changing"),
    "drive ramping": QT_TRANSLATE_NOOP("words", "drive ramping"),
    "outside the curve": QT_TRANSLATE_NOOP("words", "outside the curve"),
    "hardly any flow": QT_TRANSLATE_NOOP("words", "hardly any flow"),
    "still learning": QT_TRANSLATE_NOOP("words", "still learning"),
    "used up by a replaced reading": QT_TRANSLATE_NOOP("words", "used up by a replaced reading"),
    # faults
    "cavitation": QT_TRANSLATE_NOOP("words", "cavitation"),
    "low_flow": QT_TRANSLATE_NOOP("words", "low flow"),
    "impeller_wear": QT_TRANSLATE_NOOP("words", "impeller wear"),
    "wear_ring_clearance": QT_TRANSLATE_NOOP("words", "wear-ring clearance"),
    "broken_blade": QT_TRANSLATE_NOOP("words", "broken blade"),
    "misalignment": QT_TRANSLATE_NOOP("words", "misalignment"),
    "bearing_de": QT_TRANSLATE_NOOP("words", "drive-end bearing failing"),
    "bearing_nde": QT_TRANSLATE_NOOP("words", "non-drive-end bearing failing"),
    "seal_leak": QT_TRANSLATE_NOOP("words", "seal leak"),
    "strainer_clogging": QT_TRANSLATE_NOOP("words", "strainer clogging"),
    "gas_ingress": QT_TRANSLATE_NOOP("words", "gas ingress"),
    "check_valve_stuck_open": QT_TRANSLATE_NOOP("words", "check valve stuck open"),
    "check_valve_stuck_closed": QT_TRANSLATE_NOOP("words", "check valve stuck closed"),
    "discharge_valve_partly_closed": QT_TRANSLATE_NOOP("words", "discharge valve partly closed"),
    "vfd_derate": QT_TRANSLATE_NOOP("words", "drive derated"),
    "drive_trip": QT_TRANSLATE_NOOP("words", "drive trip"),
    "phase_imbalance": QT_TRANSLATE_NOOP("words", "phase imbalance"),
    "winding_overheating": QT_TRANSLATE_NOOP("words", "winding overheating"),
    "line_leak": QT_TRANSLATE_NOOP("words", "line leak"),
    "line_rupture": QT_TRANSLATE_NOOP("words", "line rupture"),
    "upstream_trip": QT_TRANSLATE_NOOP("words", "trip upstream"),
    "downstream_trip": QT_TRANSLATE_NOOP("words", "trip downstream"),
    "sensor_bias": QT_TRANSLATE_NOOP("words", "sensor bias"),
    "sensor_drift": QT_TRANSLATE_NOOP("words", "sensor drift"),
    "sensor_stuck": QT_TRANSLATE_NOOP("words", "sensor stuck"),
    "sensor_dropout": QT_TRANSLATE_NOOP("words", "sensor dropout"),
    "sensor_noise": QT_TRANSLATE_NOOP("words", "sensor noise"),
    "makeup_loss": QT_TRANSLATE_NOOP("words", "loss of make-up"),
    "water_quality": QT_TRANSLATE_NOOP("words", "water quality abnormal"),
    "transformer_overtemperature": QT_TRANSLATE_NOOP("words", "transformer overtemperature"),
    "flood": QT_TRANSLATE_NOOP("words", "flood"),
    "fire": QT_TRANSLATE_NOOP("words", "fire"),
    "gas": QT_TRANSLATE_NOOP("words", "combustible gas"),
    "intrusion": QT_TRANSLATE_NOOP("words", "intrusion"),
    "unknown": QT_TRANSLATE_NOOP("words", "unknown cause"),
    # a feed that fails as a whole
    "feed_missing": QT_TRANSLATE_NOOP("words", "many values missing"),
    "feed_frozen": QT_TRANSLATE_NOOP("words", "all values standing still"),
    "feed_time": QT_TRANSLATE_NOOP("words", "times out of order"),
    "feed_scale": QT_TRANSLATE_NOOP("words", "many values on a wrong scale"),
    # what to do next
    "arm_standby": QT_TRANSLATE_NOOP("words", "Arm the standby"),
    "dispatch_robot": QT_TRANSLATE_NOOP("words", "Send the robot"),
    # lanes of the timeline
    "alarms": QT_TRANSLATE_NOOP("words", "Alarms"),
    "anomalies": QT_TRANSLATE_NOOP("words", "Anomalies"),
    "operations": QT_TRANSLATE_NOOP("words", "Operations"),
    "labels": QT_TRANSLATE_NOOP("words", "Labels"),
    "notes": QT_TRANSLATE_NOOP("words", "Notes"),
    "data": QT_TRANSLATE_NOOP("words", "Data trouble"),
    "truth": QT_TRANSLATE_NOOP("words", "Truth"),
}

QUALITIES = ("good", "uncertain", "stale", "bad", "missing")


def word(key: str) -> str:
    """A word in the language spoken now; whatever is no key is a name and stays as it is."""
    text = WORDS.get(key)
    return QCoreApplication.translate("words", text) if text is not None else key


def capital(key: str) -> str:
    """The same with a capital letter in front, unless the word has capitals of its own, as pH has."""
    said = word(key)
    return said if said[1:2].isupper() else said[:1].upper() + said[1:]
