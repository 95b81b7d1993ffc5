"""What each fault moves agrees with the fault catalogue, grows with its severity, and is what twin/README.md says."""

from __future__ import annotations

import pytest

from tests.bench import signatures
from tests.twin.simulation.catalogue import CASES, MISSING, REASONS, Case
from twin.simulation.faults import FAULTS

NAMES = {
    "cavitation", "low_flow", "impeller_wear", "wear_ring_clearance", "broken_blade", "misalignment", "bearing_de",
    "bearing_nde", "seal_leak", "strainer_clogging", "gas_ingress", "check_valve_stuck_open",
    "check_valve_stuck_closed", "discharge_valve_partly_closed", "vfd_derate", "drive_trip", "phase_imbalance",
    "winding_overheating", "line_leak", "line_rupture", "upstream_trip", "downstream_trip", "sensor_bias",
    "sensor_drift", "sensor_stuck", "sensor_dropout", "sensor_noise", "makeup_loss", "water_quality",
    "transformer_overtemperature", "flood", "fire", "gas", "intrusion",
}  # fmt: skip
"""The public names; ``unknown`` is what a detector says of what it cannot name, and no fault a plant could have."""


def test_every_public_name_is_a_fault_of_the_plant_and_has_its_rows() -> None:
    assert set(FAULTS) == NAMES
    assert {case.fault for case in CASES} == NAMES


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_what_moves_agrees_in_sign_with_the_catalogue_or_the_reason_is_written(case: Case) -> None:
    differing = signatures.differences(case, *signatures.clear()[case])
    assert set(differing) == {what for title, what in REASONS if title == case.title}


def test_the_page_says_what_the_plant_does() -> None:
    page = signatures.PAGE.read_text(encoding="utf-8")
    assert page == signatures.page(page), "write it anew: python -m tests.bench.signatures"
    assert all(why in page for why in REASONS.values())


@pytest.mark.parametrize("case", [case for case in CASES if FAULTS[case.fault].graded], ids=lambda case: case.title)
def test_the_more_severe_moves_its_residual_further(case: Case) -> None:
    slight, clear, gross = signatures.grown(case)
    assert slight < clear < gross
    assert case.lead != MISSING or gross == signatures.SOONER


def test_faults_without_degrees_say_so() -> None:
    assert {name for name, fault in FAULTS.items() if not fault.graded} == {
        "check_valve_stuck_closed",
        "drive_trip",
        "sensor_stuck",
        "intrusion",
    }
