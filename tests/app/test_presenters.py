"""What the panels are told to show, worked out without Qt; the views here are doubles."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from app.messages import (
    GoLive,
    Health,
    Mail,
    Notice,
    Obey,
    Pause,
    Play,
    Progress,
    Recognise,
    Request,
    Seek,
    SetRate,
)
from app.presenters import alarms, figures, machines, notices, selection, status, timeline
from app.presenters.selection import Selection
from tests.app import fakes
from twin.alarms.metrics import AlarmRates
from twin.commands import Acknowledge, ReturnToService, Shelve, TakeOutOfService, Unshelve
from twin.detectors.anomaly import Candidate, Evidence
from twin.detectors.reconciliation import Reconciled
from twin.signals import Event, Quality
from twin.text import Text

STATION = fakes.station()


class Double:
    """A view that keeps what it was shown."""

    def __init__(self) -> None:
        self.shown: list[Any] = []

    def show_state(self, state: Any) -> None:
        self.shown.append(state)

    @property
    def last(self) -> Any:
        return self.shown[-1]


def mail(second: float = 30.0, live: bool = True, **changes: Any) -> Mail:
    flagged = second >= fakes.ONSET
    return replace(
        Mail(
            generation=1,
            mode="live" if live else "replay",
            snapshot=fakes.snapshot(fakes.frame(second), flagged),
            cursor=fakes.START + second,
            span=(fakes.START, fakes.START + 60.0),
            playing=live,
            following=live,
            rate=1.0,
            anomalies=(fakes.anomaly(),) if flagged else (),
            alarms=(fakes.alarm(),),
            past_alarms=(fakes.alarm(),),
            live_source=live,
            health=Health(1.0, 0.5, 0, 0.4),
        ),
        **changes,
    )


# ---- the bar -------------------------------------------------------------------------------------------------------


def the_bar() -> tuple[Double, status.Presenter]:
    view = Double()
    return view, status.Presenter(view, STATION, "sim:")


def test_the_bar_tells_the_stations_own_time() -> None:
    view, bar = the_bar()
    bar.take(mail(30.0))
    assert (view.last.time, view.last.day, view.last.zone) == ("12:00:30", "2026-01-12", "UTC+8")


def test_the_bar_counts_what_stands_and_what_nobody_has_seen_by_priority() -> None:
    view, bar = the_bar()
    bar.take(mail(alarms=(fakes.alarm("acknowledged", 1), fakes.alarm("unacknowledged", 2))))
    counted = {c.priority: (c.standing, c.unseen) for c in view.last.counts}
    assert counted == {"urgent": (0, 0), "high": (2, 1), "medium": (1, 1), "low": (0, 0)}


def test_an_age_is_told_only_of_what_is_live() -> None:
    view, bar = the_bar()
    bar.take(mail(live=True))
    assert view.last.age == 0.4
    bar.take(mail(live=False))
    assert math.isnan(view.last.age)


@pytest.mark.parametrize(
    ("rate", "age", "overdue"), [(1.0, 1.9, False), (1.0, 2.1, True), (0.1, 19.0, False), (0.1, 21.0, True)]
)
def test_a_live_source_is_stale_once_two_frames_are_overdue(rate: float, age: float, overdue: bool) -> None:
    view, bar = the_bar()
    bar.take(mail(live=True, health=Health(rate=rate, age=age)))
    assert view.last.stale is overdue
    bar.take(mail(live=False, health=Health(rate=rate, age=age)))
    assert view.last.stale is False


def test_the_bar_counts_how_long_an_answer_takes() -> None:
    view, bar = the_bar()
    bar.take(mail(30.0, alarms=()))
    assert view.last.answering == "00:10"
    bar.take(mail(37.0, alarms=(), recognised=frozenset({1})))
    assert view.last.answering == ""
    assert view.last.answered == "00:17"


def test_nothing_is_shown_twice() -> None:
    view, bar = the_bar()
    bar.take(mail())
    bar.take(mail())
    assert len(view.shown) == 1


# ---- machines ------------------------------------------------------------------------------------------------------


def test_every_pump_has_a_line_with_its_state_and_how_far_it_is_off() -> None:
    view = Double()
    column = machines.Presenter(view, STATION)
    column.take(mail())
    lines = {m.pump: m for m in view.last.machines}
    assert list(lines) == [p.id for p in STATION.pumps]
    assert (lines["P102"].off, lines["P102"].off_residual, lines["P102"].priority) == (-9.4, "head", "high")
    assert (lines["P101"].state, lines["P104"].state, lines["P104"].load) == ("running", "stopped", 0.0)


def test_machines_are_named_in_the_language_spoken() -> None:
    view = Double()
    column = machines.Presenter(view, STATION)
    column.say_in("zh")
    assert view.last.machines[0].name == STATION.pumps[0].name.zh


def test_a_source_without_a_station_has_no_machines() -> None:
    view = Double()
    machines.Presenter(view, None).take(mail(snapshot=None))
    assert view.shown == []


# ---- alarms --------------------------------------------------------------------------------------------------------


def the_list() -> tuple[Double, alarms.Presenter, list[Request]]:
    view, asked = Double(), []
    return view, alarms.Presenter(view, asked.append, STATION, STATION.tags, "night shift"), asked


def test_the_unseen_stand_first_then_the_more_urgent() -> None:
    view, listed, _ = the_list()
    seen = fakes.alarm("acknowledged", 1, "urgent")
    listed.take(mail(alarms=(seen, fakes.alarm("unacknowledged", 2, "low"), fakes.alarm("unacknowledged", 3, "high"))))
    assert [(r.kind, r.id) for r in view.last.rows] == [("alarm", 3), ("anomaly", 1), ("alarm", 2), ("alarm", 1)]


def test_alarms_are_acknowledged_by_command_and_anomalies_are_recognised() -> None:
    _, listed, asked = the_list()
    listed.take(mail())
    listed.acknowledge([("alarm", 7), ("anomaly", 1)])
    assert asked == [Obey(Acknowledge(7, "night shift", fakes.START + 30)), Recognise((1,), "night shift")]


def test_an_alarm_is_shelved_taken_out_and_brought_back_by_command() -> None:
    _, listed, asked = the_list()
    now = fakes.START + 30
    shelved = replace(fakes.alarm("shelved", 2), shelved_until=now + 600.0)
    listed.take(mail(alarms=(fakes.alarm(), shelved, fakes.alarm("out_of_service", 3))))
    listed.shelve([("alarm", 7), ("anomaly", 1)], 600.0)
    listed.take_out([("alarm", 7)])
    listed.bring_back([("alarm", 7), ("alarm", 2), ("alarm", 3)])
    assert asked == [
        Obey(Shelve(7, now + 600.0, "night shift", now)),
        Obey(TakeOutOfService(7, "night shift", now)),
        Obey(Unshelve(2, "night shift", now)),
        Obey(ReturnToService(3, "night shift", now)),
    ]


def test_what_is_silenced_stands_last_is_counted_and_says_until_when() -> None:
    view, listed, _ = the_list()
    shelved = replace(fakes.alarm("shelved", 2, "urgent"), shelved_until=fakes.START + 600.0)
    now = mail(alarms=(shelved, fakes.alarm("acknowledged", 1, "low")))
    assert now.snapshot is not None
    rates = AlarmRates(12, 2, 1, ("TT H",), True)
    listed.take(replace(now, snapshot=replace(now.snapshot, alarm_rates=rates, suppressed=6)))
    assert view.last.rows[-1].id == 2
    assert view.last.rows[-1].until.endswith("12:10:00")
    assert (view.last.silenced, view.last.suppressed, view.last.recent, view.last.flood) == (1, 6, 12, True)
    assert view.last.standing == 2  # the other alarm and the anomaly


def test_what_is_silenced_colours_neither_the_counters_nor_its_machine() -> None:
    found = (fakes.alarm("shelved", 1, "urgent"), fakes.alarm("suppressed", 2), fakes.alarm("out_of_service", 3))
    assert sum(count.standing for count in status.counts(found, (), frozenset())) == 0


def test_a_line_says_what_to_do_in_the_language_of_the_window() -> None:
    view, listed, _ = the_list()
    listed.take(mail(alarms=(replace(fakes.alarm(), guidance=Text("look", "查看"), first_out=True),)))
    assert next(r for r in view.last.rows if r.kind == "alarm").guidance == "look"
    listed.say_in("zh")
    row = next(r for r in view.last.rows if r.kind == "alarm")
    assert (row.guidance, row.first_out) == ("查看", True)


def test_a_filter_hides_and_says_how_many() -> None:
    view, listed, _ = the_list()
    listed.take(mail())
    listed.filter_by("pressure")
    assert [r.kind for r in view.last.rows] == ["alarm"]
    assert view.last.hidden == 1


@pytest.mark.parametrize("column", range(6))
def test_the_list_sorts_by_every_column_both_ways(column: int) -> None:
    view, listed, _ = the_list()
    listed.take(mail(alarms=(fakes.alarm(identity=1, priority="urgent"), fakes.alarm(identity=2, priority="low"))))
    listed.sort_by(column, descending=False)
    upward = view.last.rows
    listed.sort_by(column, descending=True)
    assert {r.id for r in view.last.rows} == {r.id for r in upward}
    assert (view.last.sort, view.last.descending) == (column, True)


def test_an_anomaly_found_later_is_said_not_to_be_found_yet() -> None:
    view, listed, _ = the_list()
    listed.take(mail(10.0, live=False, anomalies=(fakes.anomaly(),)))
    row = next(r for r in view.last.rows if r.kind == "anomaly")
    assert (row.state, row.standing, row.unseen) == ("not_yet", False, False)


def test_outside_live_running_the_list_is_locked() -> None:
    view, listed, _ = the_list()
    listed.take(mail(live=False))
    assert view.last.locked


def test_the_list_is_written_as_csv_with_a_heading() -> None:
    _, listed, _ = the_list()
    listed.take(mail())
    lines = listed.as_csv().splitlines()
    assert lines[0] == "priority,since,equipment,what,value,state"
    assert len(lines) == 3


# ---- what is selected ----------------------------------------------------------------------------------------------


def the_panel() -> tuple[Double, selection.Presenter]:
    view = Double()
    return view, selection.Presenter(view, STATION, STATION.tags)


def test_an_anomaly_says_which_residual_moved_by_how_many_sigmas_and_what_to_do() -> None:
    view, panel = the_panel()
    panel.take(mail())
    panel.select(Selection("anomaly", id=1, equipment="P102"))
    state = view.last
    assert (state.title, state.fault, state.status) == ("P102", "impeller_wear", "standing")
    assert [(m.residual, m.value, m.unit, m.z) for m in state.moved] == [
        ("head", "−3.20", "m", -9.4),
        ("power", "−31.00", "kW", -4.1),
    ]
    assert [(s.verb, s.object) for s in state.steps] == [("arm_standby", "P104"), ("dispatch_robot", "R1")]
    assert next((s.fault, s.confidence) for s in state.shares) == ("impeller_wear", 0.81)
    assert state.acknowledge


def flagged(**changes: Any) -> Mail:
    """A mail whose one anomaly differs from the usual one."""
    found = replace(fakes.anomaly(), **changes)
    return mail(snapshot=fakes.snapshot(fakes.frame(30.0)), anomalies=(found,))


def chosen(**changes: Any) -> selection.State:
    """What the panel shows of that anomaly."""
    view, panel = the_panel()
    panel.take(flagged(**changes))
    panel.select(Selection("anomaly", id=1, equipment="P102"))
    assert isinstance(view.last, selection.State)
    return view.last


def test_a_tag_that_is_not_believed_shows_what_it_should_say_and_how_surely() -> None:
    view, panel = the_panel()
    name = fakes.NAMES[2].tag
    column = STATION.tags.column(name)
    of = replace(fakes.snapshot(fakes.frame(30.0)), reconciled={column: Reconciled(1.234, 0.01, "sensor_bias")})
    panel.take(mail(snapshot=of))
    panel.select(Selection("tag", name))
    assert isinstance(view.last, selection.State)
    assert [row.value for row in view.last.rows if row.label == "reconciled"] == ["1.2340 ± 0.0200"]
    panel.say_in("zh")
    assert any(row.label == "校正值" for row in view.last.rows)


def test_a_switch_is_told_as_standing_and_not_in_sigmas() -> None:
    state = chosen(fault="seal_leak", evidence=(Evidence("seal_leak_de", "B4-LSH-10236", 1.0, "", 999.0),))
    assert [(m.residual, m.value, m.unit, m.sigmas) for m in state.moved] == [("seal_leak_de", "on", "", False)]


def test_a_noisy_signal_is_told_in_times_the_usual_and_not_in_sigmas() -> None:
    state = chosen(fault="sensor_noise", evidence=(Evidence("noise", fakes.NAMES[2].tag, 4.0, "of usual", 4.0),))
    assert [(m.value, m.unit, m.sigmas) for m in state.moved] == [("4.00", "of usual", False)]


def test_each_point_of_a_machine_is_told_by_its_own_name() -> None:
    points = tuple(Evidence("vibration", f"B4-VT-1022{n}", 2.2, "mm/s", 5.0) for n in (0, 1))
    state = chosen(fault="bearing_de", evidence=points)
    assert [m.residual for m in state.moved] == ["Pump vibration DE X", "Pump vibration DE Y"]
    assert all((m.value, m.sigmas) == ("2.20", True) for m in state.moved)


def test_of_a_residual_on_a_logarithmic_scale_only_the_sigmas_are_told() -> None:
    seen = fakes.snapshot(fakes.frame(30.0))
    shaking = replace(fakes.NAMES[2], name="vibration", unit="%")
    residuals = replace(seen.residuals, names=(*fakes.NAMES[:2], shaking, *fakes.NAMES[3:]))
    view, panel = the_panel()
    panel.take(mail(snapshot=replace(seen, residuals=residuals)))
    panel.select(Selection("equipment", "P102", equipment="P102"))
    told = {m.residual: (m.value, m.unit) for m in view.last.moved}
    assert told["vibration"] == ("", "")
    assert told["power"][1] == "kW"


@pytest.mark.parametrize("trouble", ["missing", "frozen", "time", "scale"])
def test_a_feed_that_fails_is_not_called_a_sensor(trouble: str) -> None:
    state = chosen(
        equipment="B4",
        fault="sensor_stuck",
        candidates=(Candidate("sensor_stuck", 1.0),),
        evidence=(Evidence(trouble, "", 31.0, "s", 30.0),),
    )
    assert (state.fault, state.shares[0].fault) == (f"feed_{trouble}", f"feed_{trouble}")
    assert not state.moved[0].sigmas
    view, listed, _ = the_list()
    listed.take(flagged(equipment="B4", fault="sensor_stuck", evidence=(Evidence(trouble, "", 31.0, "s", 30.0),)))
    row = next(row for row in view.last.rows if row.kind == "anomaly")
    assert (row.what, row.value) == (f"feed_{trouble}", "")


def test_a_pump_shows_what_is_measured_beside_what_is_expected() -> None:
    view, panel = the_panel()
    panel.take(mail())
    panel.select(Selection("equipment", "P102", equipment="P102"))
    rows = {row.label: (row.value, row.unit, row.note) for row in view.last.rows}
    assert rows["head"] == ("78.0", "m", "79.0 ± 0.8")
    assert rows["flow"] == ("6480", "m³/h", "")
    assert view.last.moved[0].residual == "head"


def test_a_tag_shows_its_value_its_quality_and_its_limits() -> None:
    name = fakes.NAMES[2].tag
    frame = fakes.frame(30.0)
    frame.quality[STATION.tags.column(name)] = Quality.STALE
    view, panel = the_panel()
    panel.take(mail(snapshot=fakes.snapshot(frame)))
    panel.select(Selection("tag", name, equipment="P102"))
    assert view.last.rows[0].quality == Quality.STALE
    assert view.last.rows[0].gauge.normal[0] > 0
    assert "limit_H" in [row.label for row in view.last.rows]


def test_an_alarm_shows_its_tag_and_its_limit() -> None:
    view, panel = the_panel()
    panel.take(mail())
    panel.select(Selection("alarm", id=7, equipment="P102"))
    assert [row.label for row in view.last.rows][-1] == "limit_L"
    assert view.last.fault == "pressure low"
    panel.say_in("zh")
    assert view.last.fault == "压力低"


def test_what_is_gone_is_shown_as_nothing() -> None:
    view, panel = the_panel()
    panel.take(mail())
    panel.select(Selection("anomaly", id=1))
    panel.take(mail(snapshot=fakes.snapshot(fakes.frame(1.0)), anomalies=()))
    assert view.last.kind == "nothing"


def test_an_anomaly_of_a_tag_leads_to_the_machine_it_belongs_to() -> None:
    tag = STATION.tags[STATION.tags.measuring("P102", "discharge_pressure") or 0]
    found = replace(fakes.anomaly(), id=9, equipment=tag.name, evidence=())
    line_view, panel_view = Double(), Double()
    rows = alarms.Presenter(line_view, lambda _: None, STATION, STATION.tags)
    panel = selection.Presenter(panel_view, STATION, STATION.tags)
    rows.take(mail(alarms=(), anomalies=(found,)))
    panel.take(mail(alarms=(), anomalies=(found,)))
    picked = rows.picked("anomaly", found.id)
    assert picked.equipment == "P102"
    panel.select(picked)
    assert panel_view.last.subtitle == tag.description.en
    assert panel_view.last.rows[0].tag == tag.name


def test_an_equipment_without_a_model_shows_its_tags() -> None:
    view, panel = the_panel()
    panel.take(mail())
    panel.select(Selection("equipment", "T1", equipment="T1"))
    assert view.last.rows
    assert all(row.tag in STATION.tags for row in view.last.rows)


# ---- the timeline --------------------------------------------------------------------------------------------------


def the_line(live: bool = True, **changes: Any) -> tuple[Double, timeline.Presenter, list[Request]]:
    view, asked = Double(), []
    line = timeline.Presenter(view, asked.append, STATION, STATION.tags)
    line.take(mail(live=live, **changes))
    return view, line, asked


def test_the_lanes_hold_anomalies_alarms_and_operations() -> None:
    event = Event(fakes.START + 3, "operation", "P101", Text("speed raised", "升速"))
    view, _, _ = the_line(events=(event,))
    lanes = {lane.name: [mark.what for mark in lane.marks] for lane in view.last.lanes}
    assert lanes == {"anomalies": ["impeller_wear"], "alarms": ["pressure low"], "operations": ["speed raised"]}


def test_the_truth_of_a_simulated_fault_is_never_shown_of_a_live_source() -> None:
    truth = Event(fakes.START + 16, "truth", "P102", Text("impeller wear begins", "叶轮磨损开始"))
    live, _, _ = the_line(live=True, events=(truth,))
    recorded, _, _ = the_line(live=False, events=(truth,))
    assert "truth" not in [lane.name for lane in live.last.lanes]
    assert "truth" in [lane.name for lane in recorded.last.lanes]


def test_play_and_pause_are_one_key() -> None:
    _, line, asked = the_line(live=False)
    line.toggle()
    line.take(mail(live=False, playing=True))
    line.toggle()
    assert asked == [Play(), Pause()]


def test_events_are_gone_through_in_order() -> None:
    _, line, asked = the_line(live=False)
    line.previous_event()
    line.take(mail(1.0, live=False, anomalies=(fakes.anomaly(),)))
    line.next_event()
    assert asked == [Seek(fakes.START + 16), Seek(fakes.START + 5)]


def test_seeking_stays_within_the_span() -> None:
    _, line, asked = the_line(live=False)
    line.seek(fakes.START - 1000)
    line.last()
    line.first()
    assert asked == [Seek(fakes.START), Seek(fakes.START + 60), Seek(fakes.START)]


def test_the_end_of_a_live_source_is_now() -> None:
    _, line, asked = the_line(live=True)
    line.last()
    assert asked == [GoLive()]


def test_speeds_go_up_and_down_a_ladder() -> None:
    _, line, asked = the_line(live=False)
    line.faster()
    line.slower()
    assert asked == [SetRate(2.0), SetRate(0.5)]


def test_zooming_keeps_the_time_under_the_pointer() -> None:
    view, line, _ = the_line(live=False)
    about = fakes.START + 45.0
    before = view.last.shown
    line.zoom(0.5, about)
    after = view.last.shown
    assert after[1] - after[0] == pytest.approx((before[1] - before[0]) / 2)
    share = (about - before[0]) / (before[1] - before[0])
    assert (about - after[0]) / (after[1] - after[0]) == pytest.approx(share)


def test_zooming_out_ends_at_the_whole_span() -> None:
    view, line, _ = the_line(live=False)
    line.zoom(100.0, fakes.START)
    assert view.last.shown == view.last.span


def test_the_page_turns_when_the_cursor_plays_out_of_the_picture() -> None:
    view, line, _ = the_line(live=False)
    line.zoom(0.2, fakes.START + 6.0)
    line.take(mail(55.0, live=False, playing=True))
    first, last = view.last.shown
    assert first <= fakes.START + 55.0 <= last


# ---- the quiet bar -------------------------------------------------------------------------------------------------


def test_notices_are_kept_and_said_in_the_language_spoken() -> None:
    view = Double()
    bar = notices.Presenter(view, STATION)
    bar.take(mail(notices=(Notice(fakes.START, "warning", Text("the source has gone", "数据源中断")),)))
    assert view.last.last.text == "the source has gone"
    bar.say_in("zh")
    assert view.last.last.text == "数据源中断"
    assert len(view.last.log) == 1


def test_what_is_under_way_shows_its_share() -> None:
    view = Double()
    bar = notices.Presenter(view, STATION)
    bar.take(mail(progress=Progress(Text("Looking", "分析"), 0.25)))
    assert (view.last.doing, view.last.share) == ("Looking", 0.25)
    bar.take(mail())
    assert view.last.share is None


@pytest.mark.parametrize(
    ("seconds", "said"), [(17.0, "00:17"), (723.9, "12:03"), (3723.0, "1:02:03"), (math.nan, "–"), (-1.0, "00:00")]
)
def test_how_long_something_lasted_is_said_briefly(seconds: float, said: str) -> None:
    assert figures.lasting(seconds) == said
