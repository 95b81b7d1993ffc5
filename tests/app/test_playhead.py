"""The cursor runs at exactly the asked rate, follows now, or rests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.playhead import FASTEST, SLOWEST, Playhead

SPAN = (1000.0, 2000.0)
rates = st.floats(SLOWEST, FASTEST)


def set_off(rate: float, at: float = 1000.0, live: bool = False) -> Playhead:
    head = Playhead(live=live)
    head.seek(at, 0.0, SPAN)
    head.set_rate(rate, 0.0, SPAN[1])
    head.play(0.0, SPAN)
    return head


@given(rate=rates, looks=st.lists(st.floats(0.0, 5.0), max_size=50))
def test_playback_runs_at_exactly_the_asked_rate_however_unevenly_it_is_looked_at(
    rate: float, looks: list[float]
) -> None:
    head = set_off(rate)
    now = 0.0
    for wait in looks:
        now += wait
        assert head.cursor(now, SPAN[1]) == pytest.approx(min(1000.0 + now * rate, SPAN[1]))


@given(first=rates, second=rates)
def test_a_change_of_rate_moves_nothing_at_that_moment(first: float, second: float) -> None:
    head = set_off(first)
    before = head.cursor(0.5, SPAN[1])
    head.set_rate(second, 0.5, SPAN[1])
    assert head.cursor(0.5, SPAN[1]) == pytest.approx(before)


def test_a_recording_stops_at_its_end_and_starts_again_from_its_beginning() -> None:
    head = set_off(100.0)
    assert head.cursor(60.0, SPAN[1]) == SPAN[1]
    assert not head.playing
    head.play(61.0, SPAN)
    assert head.cursor(61.0, SPAN[1]) == SPAN[0]


def test_a_live_cursor_that_catches_up_follows_now_at_its_own_pace() -> None:
    head = set_off(10.0, at=1990.0, live=True)
    assert head.cursor(5.0, SPAN[1]) == SPAN[1]
    assert head.following
    assert head.rate == 1.0
    assert head.cursor(6.0, 2001.0) == 2001.0


def test_seeking_in_a_live_source_leaves_now_and_holds() -> None:
    head = Playhead(live=True)
    head.go_live()
    head.seek(1500.0, 0.0, SPAN)
    assert not head.following
    assert head.cursor(100.0, 2100.0) == 1500.0


def test_seeking_while_a_recording_plays_goes_on_playing() -> None:
    head = set_off(2.0)
    head.seek(1200.0, 10.0, SPAN)
    assert head.cursor(11.0, SPAN[1]) == 1202.0


@given(at=st.floats(-1e6, 1e6))
def test_the_cursor_never_leaves_the_span(at: float) -> None:
    head = Playhead(live=False)
    head.seek(at, 0.0, SPAN)
    assert SPAN[0] <= head.cursor(0.0, SPAN[1]) <= SPAN[1]


def test_pausing_rests_where_the_cursor_is() -> None:
    head = set_off(3.0)
    head.pause(10.0, SPAN[1])
    assert head.cursor(99.0, SPAN[1]) == 1030.0


def test_a_recording_has_no_now_to_go_back_to() -> None:
    head = Playhead(live=False)
    head.seek(1500.0, 0.0, SPAN)
    head.go_live()
    assert not head.following
