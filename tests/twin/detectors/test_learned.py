"""The learning layer: it learns from the healthy span alone, looks at nothing but values, and never ahead."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench.pump_loop import HEALTHY, LABELLED, counts, pooled
from twin.detectors.healthy import learn, memory
from twin.detectors.learned import FOLLOW, HOLD, Learned, Score
from twin.errors import StationError
from twin.plant.measures import LABEL
from twin.signals import Block, Floats, Quality, Tag, TagTable

SPAN = 400


def block(values: Floats) -> Block:
    """Rows a second apart, all good."""
    at = np.arange(len(values), dtype=np.float64)
    return Block(at, values, np.zeros(values.shape, np.uint8), at)


def table(columns: int, measures: str = "") -> TagTable:
    return TagTable(Tag(f"c{i}", measures=measures) for i in range(columns))


def noise(rows: int, columns: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=(rows, columns))


def scores(values: Floats, tags: TagTable | None = None) -> list[Score]:
    """Of every row after the span."""
    tags = tags or table(values.shape[1])
    detector = Learned.fit(block(values[:SPAN]), tags)
    return [detector.step(frame) for frame in block(values[SPAN:]).frames()]


def flagged(values: Floats) -> np.ndarray:
    return np.array([score.anomaly for score in scores(values)])


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100))
def test_healthy_noise_raises_nothing(seed: int) -> None:
    assert not flagged(noise(SPAN + 1500, 8, seed)).any()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100), st.floats(-0.004, 0.004))
def test_slow_drift_raises_nothing(seed: int, slope: float) -> None:
    values = noise(SPAN + 1500, 4, seed)
    values[:, 1] += slope * np.arange(len(values))
    assert not flagged(values).any()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100), st.sampled_from([-1, 1]), st.integers(0, 7))
def test_a_step_of_three_spreads_is_flagged_in_seconds_and_its_column_named(seed: int, sign: int, column: int) -> None:
    values = noise(SPAN + 400, 8, seed)
    values[SPAN + 200 :, column] += 3 * sign
    found = scores(values)
    first = next(row for row, score in enumerate(found) if score.anomaly)
    assert 200 < first <= 230
    assert np.argmax(found[first].contributions) == column
    assert all(score.anomaly for score in found[first : first + 100])


def test_an_anomaly_ends_when_the_fault_does_and_its_hold_is_over() -> None:
    values = noise(SPAN + 900, 4)
    values[SPAN + 300 : SPAN + 500, 2] += 4
    found = flagged(values)
    assert found[320:500].all()
    assert found[500 : 500 + HOLD].all()
    assert not found[500 + HOLD + 60 :].any()


def test_what_drifts_during_an_anomaly_is_followed_and_does_not_prolong_it() -> None:
    values = noise(SPAN + 900, 4)
    values[SPAN + 300 : SPAN + 500, 2] += 4
    ended = flagged(values)
    values[SPAN + 300 :, 1] += 0.004 * np.minimum(np.arange(600), 200)
    assert flagged(values)[500:].sum() <= ended[500:].sum()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 100), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3), st.permutations(range(4)))
def test_units_offsets_and_the_order_of_columns_do_not_matter(
    seed: int, scale: float, offset: float, order: list[int]
) -> None:
    values = noise(SPAN + 60, 4, seed)
    values[SPAN + 30 :, 2] += 3
    plain = scores(values)
    other = scores((values * scale + offset * scale)[:, order])
    for score, same in zip(plain, other, strict=True):
        assert same.value == pytest.approx(score.value, rel=1e-6, abs=1e-9)
        assert same.contributions == pytest.approx(score.contributions[order], rel=1e-6, abs=1e-9)


def test_names_and_meanings_of_columns_are_not_looked_at() -> None:
    values = noise(SPAN + 60, 3)
    values[SPAN + 20 :, 1] += 4
    named = TagTable(Tag(name, unit="bar", equipment="P1", measures=name) for name in ("pump_flow", "anomalous", "x"))
    assert [s.value for s in scores(values, named)] == [s.value for s in scores(values)]


def test_labels_are_never_looked_at() -> None:
    values = noise(SPAN + 100, 3)
    values[:, 2] = 0
    values[SPAN + 50 :, 2] = 1
    tags = TagTable([Tag("a"), Tag("b"), Tag("anomaly", measures=LABEL)])
    shuffled = values.copy()
    shuffled[:, 2] = noise(len(values), 1, 5)[:, 0] * 1e6
    assert [s.value for s in scores(values, tags)] == [s.value for s in scores(shuffled, tags)]
    assert learn(block(values[:SPAN]), tags, FOLLOW).left_out == {"anomaly": "is a label, not a signal"}


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 150))
def test_what_comes_later_changes_no_score(rows: int) -> None:
    values = noise(SPAN + 150, 3)
    values[SPAN + 40 :, 0] += 3
    changed = values.copy()
    changed[SPAN + rows :] = 1e9
    before = [score.value for score in scores(values)][:rows]
    assert [score.value for score in scores(changed)][:rows] == before


def test_the_rows_learned_are_those_given_and_stay_learned() -> None:
    values = noise(SPAN + 300, 3)
    detector = Learned.fit(block(values[:SPAN]), table(3))
    kept = replace(detector.healthy, level=detector.healthy.level.copy(), noise=detector.healthy.noise.copy())
    for frame in block(values[SPAN:] + 9).frames():
        detector.step(frame)
    assert detector.healthy.level == pytest.approx(kept.level)
    assert detector.healthy.noise == pytest.approx(kept.noise)


def test_columns_that_never_moved_switched_or_were_missing_are_left_out_with_the_reason() -> None:
    values = noise(SPAN + 50, 4)
    values[:, 1] = 7.0
    values[:, 2] = np.arange(len(values)) % 2
    values[:SPAN, 3] = np.nan
    detector = Learned.fit(block(values[:SPAN]), table(4))
    assert set(detector.healthy.left_out) == {"c1", "c2", "c3"}
    assert "fewer than three values" in detector.healthy.left_out["c1"]
    assert "missing" in detector.healthy.left_out["c3"]
    values[SPAN:, 1:] = 1e6
    assert not any(detector.step(frame).contributions[1:].any() for frame in block(values[SPAN:]).frames())


def test_a_column_that_wanders_for_as_long_as_the_span_is_trusted_little_but_not_beyond_all_bounds() -> None:
    rows = np.arange(SPAN + 400)
    values = noise(len(rows), 2) * 0.02
    values[:, 1] += np.sin(rows / 60)
    wandering = values.copy()
    wandering[SPAN + 100 :, 1] += 1.5
    gone = values.copy()
    gone[SPAN + 100 :, 1] += 60
    assert not flagged(wandering).any()
    assert flagged(gone)[120:300].all()


def test_missing_and_bad_values_say_nothing_and_break_nothing() -> None:
    values = noise(SPAN + 300, 3)
    tags = table(3)
    detector = Learned.fit(block(values[:SPAN]), tags)
    rest = block(values[SPAN:])
    rest.values[50:100, 0] = np.nan
    rest.values[150:200, 1] = 1e6
    rest.quality[150:200, 1] = Quality.BAD
    found = [detector.step(frame) for frame in rest.frames()]
    assert all(np.isfinite(score.value) for score in found)
    assert not any(score.anomaly for score in found)


def test_gaps_in_the_healthy_span_are_bridged() -> None:
    values = noise(SPAN + 300, 3)
    values[::7, 1] = np.nan
    values[:5, 0] = np.nan
    assert not flagged(values).any()


def test_too_short_a_span_is_refused_in_a_sentence() -> None:
    with pytest.raises(StationError, match=r"the healthy span: has 10 rows, too few to learn from\. Give at least"):
        Learned.fit(block(noise(10, 2)), table(2))


def test_a_table_of_labels_alone_scores_nothing() -> None:
    found = scores(noise(SPAN + 5, 2), table(2, LABEL))
    assert [score.value for score in found] == [0.0] * 5


def test_white_noise_has_no_memory_and_an_autoregression_has_the_one_of_its_formula() -> None:
    white = noise(4000, 3)
    assert memory(white) == pytest.approx(1.0, abs=0.15)
    series = np.zeros_like(white)
    for row in range(1, len(white)):
        series[row] = 0.8 * series[row - 1] + white[row]
    assert memory(series) == pytest.approx((1 + 0.8) / (1 - 0.8), rel=0.25)


def test_a_frame_of_a_thousand_columns_costs_less_than_a_third_of_a_millisecond() -> None:
    values = noise(SPAN + 300, 992)
    detector = Learned.fit(block(values[:SPAN]), table(992))
    spent = []
    for frame in block(values[SPAN:]).frames():
        began = time.perf_counter()
        detector.step(frame)
        spent.append(time.perf_counter() - began)
    assert np.median(spent) < 0.3e-3


def test_on_a_real_pump_loop_it_finds_the_labelled_rows_and_rarely_cries_wolf(shared_data: object) -> None:
    everything = pooled([counts(name) for name in LABELLED])
    assert everything.f1 >= 0.8
    assert everything.false_alarm_rate < 0.1
    assert counts(HEALTHY).false_alarm_rate <= 0.02
