"""Stories of two and three units: one board for a site."""

from dataclasses import replace

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import CallState
from appliance.core.effects import PublishedCall, PublishLine
from appliance.core.notices import CallEnded, CallShown, Outcome
from appliance.core.view import CallView, ElsewhereView
from appliance.core.words import CALLERS_MAX, Button, CallId, DurationMs, LineId
from tests.core.bus import Bus
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, NOBODY_SAYS, line


def two_units(bus: Bus | None = None) -> Bus:
    bus = bus or Bus()
    bus.starts("front")
    bus.starts("back")
    return bus


def test_a_caller_who_rings_at_the_front_is_shown_at_the_back_with_the_whole_wait_until_the_end() -> None:
    bus = Bus()
    front, back = bus.starts("front"), bus.starts("back", serves=())
    front.rings("ann", on="main", at_s=10)
    assert back.shows() == front.shows() == "Main: waiting, stage 1 fill 1"
    assert back.shows(at_s=30) == front.shows() == "Main: waiting, stage 2 fill 2"
    assert back.shows(at_s=55) == front.shows() == "Main: urgent, stage 3 fill 3"
    assert back.sounds == front.sounds == [(10, "arrived"), (30, "waiting"), (55, "urgent")]
    front.cancelled("ann", CALLER_GAVE_UP, at_s=60)
    assert back.shows() == front.shows() == "dark"
    assert back.notices == []


def test_the_same_caller_at_two_units_is_shown_once_with_the_longest_wait_on_both() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="5550100", at_s=10)
    back.rings("leg-2", on="main", caller="5550100", at_s=28)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1"
    assert front.shows(at_s=30) == back.shows() == "Main: waiting, stage 2 fill 2"
    assert front.sounds == back.sounds == [(10, "arrived"), (30, "waiting")]
    front.cancelled("leg-1", at_s=31)
    assert front.shows() == back.shows() == "Main: waiting, stage 2 fill 2"
    assert back.shows(at_s=55) == "Main: urgent, stage 3 fill 3"
    back.cancelled("leg-2", at_s=56)
    assert front.shows() == back.shows() == "dark"


def test_the_tag_of_the_phone_system_joins_what_has_no_number() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="", tag="call-7", at_s=10)
    back.rings("leg-2", on="main", caller="", tag="call-7", at_s=10)
    back.rings("leg-3", on="main", caller="", tag="call-8", at_s=11)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1, marks 1"


def test_different_callers_of_one_line_are_two_and_the_same_on_another_line_is_another() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("ann", on="main", at_s=10)
    back.rings("bob", on="main", at_s=11)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1, marks 1"
    back.rings("ann-again", on="lab", caller="ann", at_s=12)
    assert front.shows() == "Main: waiting, stage 1 fill 1, marks 1; Lab: waiting, stage 1 fill 1"


def test_two_anonymous_callers_stay_two_and_a_line_has_as_many_as_the_unit_that_sees_most() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="", at_s=10)
    back.rings("leg-2", on="main", caller="", at_s=10.2)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1"
    front.rings("leg-3", on="main", caller="", at_s=15)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1, marks 1"
    front.cancelled("leg-1", at_s=33)
    back.cancelled("leg-2", at_s=33)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1"
    assert front.sounds == back.sounds == [(10, "arrived"), (15, "arrived"), (30, "waiting")]


def test_an_anonymous_callers_longer_wait_elsewhere_is_shown_and_not_taken_over() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="", at_s=10)
    back.rings("leg-2", on="main", caller="", at_s=25)
    assert back.shows(at_s=31) == "Main: waiting, stage 2 fill 2"
    front.cancelled("leg-1", at_s=32)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1"


def test_without_a_sites_key_a_line_has_as_many_as_the_unit_that_sees_most() -> None:
    bus = two_units(Bus(key=b""))
    front, back = bus.desks.values()
    front.rings("ann", on="main", at_s=10)
    back.rings("bob", on="main", at_s=10)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1"
    back.rings("cid", on="main", at_s=12)
    assert front.shows() == back.shows() == "Main: waiting, stage 1 fill 1, marks 1"


def test_what_is_said_of_a_line_is_said_when_it_changes_and_never_who_calls() -> None:
    bus = two_units()
    front, _ = bus.desks.values()
    front.rings("5550100", on="main", at_s=10)
    front.lists((front.offer("5550100", "main"), 5), at_s=15)
    front.cancelled("5550100", COLLEAGUE_ANSWERED, at_s=31)
    first = front.said[0]
    assert isinstance(first, PublishLine)
    (call,) = first.calls
    assert call.call == "boot-1-1"
    assert len(call.key) == 24
    bus.wait_until(40)
    assert call == PublishedCall(call.call, call.key, NeighbourState.RINGING, 1, False, 10_000, "")
    assert front.said == [
        PublishLine("main", (call,)),
        PublishLine("main", (replace(call, stage=2),)),
        PublishLine("main", (replace(call, stage=2, state=NeighbourState.TAKEN),)),
        PublishLine("main", ()),
    ]
    assert "5550100" not in repr(front.said)


def test_each_unit_goes_by_its_own_thresholds_and_an_urgent_caller_is_urgent_everywhere() -> None:
    bus = Bus((line("main", stages_s=(0, 5, 10)), line("lab", priority=True)))
    front = bus.starts("front")
    bus.lines = (line("main", stages_s=(0, 60, 120)), line("lab"))
    back = bus.starts("back")
    front.rings("ann", on="main", at_s=10)
    front.rings("bob", on="lab", at_s=10)
    assert front.shows(at_s=20) == "Main: urgent, stage 3 fill 3; Lab: urgent, stage 3 fill 1"
    assert back.shows() == "Main: waiting, stage 1 fill 1; Lab: urgent, stage 3 fill 1"


def test_clocks_that_are_days_apart_change_no_wait() -> None:
    bus = Bus()
    front, back = bus.starts("front"), bus.starts("back", ahead_s=200_000)
    front.rings("leg-1", on="main", caller="ann", at_s=10)
    back.rings("leg-2", on="main", caller="ann", at_s=28)
    assert front.shows(at_s=29.9) == back.shows() == "Main: waiting, stage 1 fill 1"
    assert front.shows(at_s=30) == back.shows() == "Main: waiting, stage 2 fill 2"
    (call,) = back.board.view(200_030_000).calls
    assert call == CallView(1, "main", CallState.RINGING, 2, None, 20_000, True, 1, ("front",))


def test_a_colleague_who_answers_at_the_back_ends_the_gap_of_the_queue_at_the_front() -> None:
    bus = two_units(Bus((line("main", queue=True),)))
    front, back = bus.desks.values()
    front.rings("leg-1", caller="ann", at_s=10)
    back.rings("leg-2", caller="ann", at_s=10)
    front.cancelled("leg-1", at_s=20)
    assert front.shows() == "Main: waiting, stage 1 fill 1"
    back.cancelled("leg-2", COLLEAGUE_ANSWERED, at_s=21)
    assert front.shows() == back.shows() == "Main: closing"
    assert front.notices[-1] == CallEnded(
        1, "main", Outcome.ANSWERED_ELSEWHERE, 11_000, "a colleague answered"
    )
    assert front.shows(at_s=22) == back.shows() == "dark"


def test_three_units_show_the_same_and_one_that_starts_late_hears_it_all() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="ann", at_s=10)
    back.rings("leg-2", on="main", caller="ann", at_s=10)
    back.rings("bob", on="lab", at_s=12)
    bus.wait_until(31)
    late = bus.starts("attic", serves=())
    shown = "Main: waiting, stage 2 fill 2; Lab: waiting, stage 1 fill 1"
    assert front.shows() == back.shows() == late.shows() == shown
    back.cancelled("leg-2", CALLER_GAVE_UP, at_s=32)
    front.cancelled("leg-1", CALLER_GAVE_UP, at_s=32)
    assert front.shows(at_s=33) == back.shows() == late.shows() == "Lab: waiting, stage 2 fill 2"


def test_status_says_whose_a_caller_is() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="ann", at_s=10)
    back.rings("leg-2", on="main", caller="ann", at_s=10)
    back.rings("bob", on="lab", at_s=12)
    view = front.board.view(13_000)
    assert [(call.call, call.also_at) for call in view.calls] == [(1, ("back",))]
    (bob,) = view.elsewhere
    assert bob == ElsewhereView("boot-2-2", ("back",), "lab", NeighbourState.RINGING, 1, 1_000, "")
    assert [(unit.unit, unit.online, unit.away) for unit in view.units] == [("back", True, False)]


def test_mute_here_is_for_the_callers_of_other_units_too_and_holding_it_begins_no_lamp_test() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    back.rings("ann", on="main", at_s=10)
    front.presses(Button.MUTE, at_s=11)
    assert front.shows(at_s=20) == "Main: waiting, stage 1 fill 1; mute steady"
    back.cancelled("ann", CALLER_GAVE_UP, at_s=21)
    assert CallEnded(1, "main", Outcome.ABANDONED, 11_000, "the caller gave up") in back.notices


def test_a_place_that_falls_free_by_an_end_seen_elsewhere_is_given_at_once() -> None:
    bus = Bus((line("main", queue=True, hold_s=60),))
    front, back = bus.starts("front"), bus.starts("back")
    front.rings("ann-front", on="main", caller="ann", at_s=1)
    back.rings("ann-back", on="main", caller="ann", at_s=1)
    for number in range(CALLERS_MAX):
        front.rings(f"r{number}", on="main", caller=f"caller {number}", at_s=2)
    front.cancelled("ann-front", NOBODY_SAYS, at_s=16)
    assert [one for one in front.notices if isinstance(one, CallShown)] == []
    back.cancelled("ann-back", COLLEAGUE_ANSWERED, at_s=18)
    shown = [one for one in front.notices if isinstance(one, CallShown)]
    assert shown == [CallShown(CallId(CALLERS_MAX + 1), LineId("main"), DurationMs(16_000))]


def test_an_end_that_one_unit_sees_is_no_end_at_another_that_speaks_and_still_sees_the_caller() -> None:
    bus = Bus((line("main"),))
    front, back, attic = bus.starts("front", serves=()), bus.starts("back"), bus.starts("attic")
    back.rings("ann-back", on="main", caller="ann", at_s=1)
    attic.rings("ann-attic", on="main", caller="ann", at_s=1)
    back.cancelled("ann-back", CALLER_GAVE_UP, at_s=5)
    assert front.shows() == "Main: waiting, stage 1 fill 1"
    attic.cancelled("ann-attic", CALLER_GAVE_UP, at_s=6)
    assert front.shows() == "dark"
