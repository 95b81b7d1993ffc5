"""What cannot run is said before the first step; a solution that fails while it runs never stops the twin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.twin.simulation.stations import SMALL, START, plant, reference, run
from twin.errors import StationError
from twin.pipeline import Twin
from twin.plant.hydraulics import Flows
from twin.plant.reading import parse
from twin.signals import Quality
from twin.simulation import waterside

FAILING = range(5, 9)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lets the flows of the plant fail to settle while a second is in this list's only range."""
    solved, second = waterside.solve, [0]

    def solve(*given: object, **named: object) -> Flows:
        flows = solved(*given, **named)  # type: ignore[arg-type]
        if second[0] not in FAILING:
            return flows
        lost = np.full_like(flows.flow, np.nan)
        unknowns = np.full_like(flows.unknowns, np.nan)
        return replace(flows, flow=lost, unknowns=unknowns, converged=False, unsettled="P101")

    monkeypatch.setattr(waterside, "solve", solve)
    return second


def test_flows_that_do_not_settle_mark_the_frame_and_keep_the_last_state(failing: list[int]) -> None:
    of_plant, twin = plant(), Twin(reference())
    flow = reference().tags.measuring("P101", "pump_flow")
    frames, snapshots, kept = [], [], []
    for second in range(20):
        failing[0] = second
        frames.append(of_plant.step())
        snapshots.append(twin.step(frames[-1]))
        kept.append(of_plant.state().water.flows.pump.copy())
    for second, frame in enumerate(frames):
        assert (frame.quality >= Quality.UNCERTAIN).all() == (second in FAILING)
        assert np.isfinite(frame.values[frame.quality < Quality.MISSING]).all()
        assert frame.values[flow] == pytest.approx(frames[4].values[flow], rel=0.02)
    for second in FAILING:
        np.testing.assert_array_equal(kept[second], kept[4])
    notices = [(int(e.at - START), e.subject) for s in snapshots for e in s.events if e.kind == "notice"]
    assert notices == [(5, "B4"), (9, "B4")]
    assert [snapshot.frame.at - START for snapshot in snapshots] == list(range(20))


def test_a_rotor_without_inertia_is_said_with_its_line_before_the_first_step() -> None:
    text = SMALL.replace("rated_flow_m3_h = 100}", "rated_flow_m3_h = 100, inertia_kg_m2 = 0}", 1)
    line = next(i for i, said in enumerate(text.splitlines(), 1) if "inertia" in said)
    with pytest.raises(StationError) as caught:
        parse(text)
    assert f"line {line}" in str(caught.value)
    assert "inertia_kg_m2" in str(caught.value)
    assert "more than 0" in str(caught.value)


def test_a_plant_goes_on_after_flows_that_did_not_settle_as_from_a_restored_state(failing: list[int]) -> None:
    of_plant = plant()
    run(of_plant, 3)
    failing[0] = FAILING[0]
    run(of_plant, 2)
    state = of_plant.state()
    failing[0] = 0
    first = run(of_plant, 5)
    of_plant.restore(state)
    for one, other in zip(first, run(of_plant, 5), strict=True):
        np.testing.assert_array_equal(one.values, other.values)
        assert one.events == other.events
