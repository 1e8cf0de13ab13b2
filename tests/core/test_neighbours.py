"""Stories of units that are unplugged, cut off, started again, or talk nonsense; and their limits."""

from appliance.core.bus_events import (
    AwayAsked,
    NeighbourCall,
    NeighbourLine,
    NeighbourOnline,
    NeighbourRetired,
    NeighbourSilent,
    NeighbourState,
)
from appliance.core.coverage import AWAY_MS_MAX
from appliance.core.effects import PublishLine
from appliance.core.keys import SITE_KEY_BYTES_MAX
from appliance.core.neighbours import BOOTS_MAX, NEIGHBOUR_CALLERS_MAX, OTHER_UNITS_MAX, RETOLD_MS_MAX
from appliance.core.notices import CallEnded, FaultBegan, FaultOver, Outcome
from appliance.core.settings import SiteSettings
from tests.core.bus import KEY, Bus
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, Desk, line

SILENT = "is silent: its callers are shown as unsure"


def two_units(bus: Bus | None = None) -> Bus:
    bus = bus or Bus()
    bus.starts("front")
    bus.starts("back")
    return bus


def lone_desk(key: bytes = KEY) -> Desk:
    """A desk that hears what the test tells it of other units."""
    desk = Desk(unit="front", boot="boot-1", site=SiteSettings(key=key))
    desk.engine_starts()
    for one in desk.extensions:
        desk.registration(one.id, held=True)
    desk.forget()
    return desk


def call(
    name: str, key: str = "", age_s: float = 0, state: str = "ringing", *, by: str = "", urgent: bool = False
) -> NeighbourCall:
    return NeighbourCall(name, key, NeighbourState(state), 1, urgent, age_s * 1000, by)


def word(
    *calls: NeighbourCall, unit: str = "back", boot: str = "b1", on: str = "main", rev: int = 1
) -> NeighbourLine:
    return NeighbourLine(unit, boot, on, rev, calls)


def key_said_by(desk: Desk) -> str:
    said = desk.said[0]
    assert isinstance(said, PublishLine)
    return said.calls[0].key


def test_a_unit_is_unplugged_and_whom_only_it_saw_is_unsure_until_the_ring_limit() -> None:
    bus = two_units(Bus((line("main", ring_limit_s=60), line("lab"))))
    front, back = bus.desks.values()
    back.rings("ann", on="main", at_s=10)
    bus.is_unplugged("back", at_s=25)
    assert front.shows() == "Main: unsure, stage 1 fill 1; fault"
    assert front.notices == [FaultBegan("unit back", SILENT)]
    assert front.shows(at_s=84.9) == "Main: unsure, stage 1 fill 1; fault"
    assert front.shows(at_s=85) == "fault"
    bus.starts("back")
    assert front.shows() == "dark"
    assert front.notices[-1] == FaultOver("unit back")


def test_whom_others_see_too_is_not_unsure_and_ends_where_somebody_sees_it() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="ann", at_s=10)
    back.rings("leg-2", on="main", caller="ann", at_s=10)
    back.rings("bob", on="lab", at_s=10)
    bus.is_unplugged("back", at_s=15)
    assert front.shows() == "Main: waiting, stage 1 fill 1; Lab: unsure, stage 1 fill 1; fault"
    front.cancelled("leg-1", CALLER_GAVE_UP, at_s=17)
    assert front.shows() == "Lab: unsure, stage 1 fill 1; fault"


def test_an_anonymous_caller_ends_elsewhere_only_if_the_waits_agree() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="", at_s=10)
    back.rings("leg-2", on="main", caller="", at_s=11)
    front.rings("leg-3", on="lab", caller="", at_s=10)
    back.rings("leg-4", on="lab", caller="", at_s=17)
    bus.is_unplugged("back", at_s=18)
    front.cancelled("leg-1", CALLER_GAVE_UP, at_s=19)
    front.cancelled("leg-3", CALLER_GAVE_UP, at_s=19)
    assert front.shows() == "Lab: unsure, stage 1 fill 1; fault"


def test_whom_we_only_cease_to_believe_in_did_not_end_for_others() -> None:
    bus = two_units(Bus((line("main", ring_limit_s=60),)))
    front, back = bus.desks.values()
    front.rings("leg-1", on="main", caller="ann", at_s=10)
    back.rings("leg-2", on="main", caller="ann", at_s=10)
    front.engine_dies(at_s=12)
    bus.is_unplugged("back", at_s=30)
    front.wait_until(75)
    assert front.board.view(75_000).calls == ()
    assert "Main: unsure" in front.shows()
    assert "Main" not in front.shows(at_s=90)


def test_a_third_unit_that_sees_the_end_settles_it_for_all() -> None:
    bus = two_units()
    front = bus.desks["front"]
    attic = bus.starts("attic")
    bus.desks["back"].rings("leg-1", on="main", caller="ann", at_s=10)
    attic.rings("leg-2", on="main", caller="ann", at_s=10)
    bus.is_unplugged("back", at_s=12)
    assert front.shows() == "Main: waiting, stage 1 fill 1; fault"
    attic.cancelled("leg-2", COLLEAGUE_ANSWERED, at_s=14)
    assert front.shows() == "Main: closing; fault"
    assert front.shows(at_s=15) == "fault"


def test_what_our_own_dead_engine_left_unsure_ends_where_another_unit_sees_it() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    for leg, caller, on in (("leg-1", "ann", "main"), ("leg-3", "bob", "lab")):
        front.rings(leg, on=on, caller=caller, at_s=10)
    back.rings("leg-2", on="main", caller="ann", at_s=10)
    back.rings("leg-4", on="lab", caller="bob", at_s=10)
    front.engine_dies(at_s=12)
    front.forget()
    assert "Main: waiting" in front.shows()
    back.cancelled("leg-2", COLLEAGUE_ANSWERED, at_s=14)
    back.cancelled("leg-4", CALLER_GAVE_UP, at_s=15)
    assert [notice for notice in front.notices if isinstance(notice, CallEnded)] == [
        CallEnded(1, "main", Outcome.ANSWERED_ELSEWHERE, 4_000, "a colleague answered"),
        CallEnded(2, "lab", Outcome.UNKNOWN, 5_000, "another unit saw the end"),
    ]


def test_the_bus_is_lost_and_own_callers_are_untouched_while_the_others_are_unsure() -> None:
    bus = two_units()
    front, back = bus.desks.values()
    front.rings("ann", on="main", at_s=10)
    back.rings("bob", on="lab", at_s=10)
    front.forget()
    bus.is_cut_off("front", at_s=15)
    assert front.shows() == "Main: waiting, stage 1 fill 1; Lab: unsure, stage 1 fill 1; fault"
    assert back.shows() == "Main: unsure, stage 1 fill 1; Lab: waiting, stage 1 fill 1; fault"
    assert front.notices == [FaultBegan("broker", "the broker does not answer")]
    assert front.shows(at_s=30) == "Main: waiting, stage 2 fill 2; Lab: unsure, stage 1 fill 1; fault"
    bus.is_mended("front", at_s=31)
    assert front.shows() == back.shows() == "Main: waiting, stage 2 fill 2; Lab: waiting, stage 2 fill 2"


def test_who_ended_while_we_were_cut_off_and_is_not_spoken_of_again_is_gone_after_a_while() -> None:
    desk = lone_desk()
    desk.tell(word(call("c1"), call("c2")), at_s=10)
    desk.tell(word(call("c3"), on="lab"), at_s=10)
    desk.tell(NeighbourSilent("back"), at_s=20)
    desk.tell(NeighbourOnline("back", "b1"), at_s=30)
    desk.tell(word(call("c2", age_s=25), rev=2), at_s=35)
    assert desk.shows() == "Main: waiting, stage 2 fill 2; Lab: unsure, stage 1 fill 1"
    just_before_s = 30 + RETOLD_MS_MAX / 1000 - 0.1
    assert desk.shows(at_s=just_before_s) == "Main: urgent, stage 3 fill 3; Lab: unsure, stage 1 fill 1"
    assert desk.shows(at_s=just_before_s + 0.1) == "Main: urgent, stage 3 fill 3"


def test_a_new_start_of_a_unit_knows_nothing_of_what_the_one_before_said() -> None:
    desk = lone_desk()
    desk.tell(word(call("b1-1"), rev=9), at_s=10)
    desk.tell(NeighbourOnline("back", "b2"), at_s=12)
    assert desk.shows() == "dark"
    desk.tell(word(call("b1-1"), rev=10), at_s=13)
    assert desk.shows() == "dark"
    desk.tell(word(call("b2-1"), boot="b2"), at_s=14)
    assert desk.shows() == "Main: waiting, stage 1 fill 1"


def test_a_word_that_is_older_than_the_last_one_is_dropped() -> None:
    desk = lone_desk()
    desk.tell(word(rev=5), at_s=10)
    desk.tell(word(call("c1"), rev=4), at_s=10)
    assert desk.shows() == "dark"
    desk.tell(word(call("c1"), rev=5), at_s=10)
    assert desk.shows() == "Main: waiting, stage 1 fill 1"


def test_what_the_broker_kept_of_a_dead_unit_is_unsure_in_either_order() -> None:
    for events in (
        (NeighbourSilent("back"), word(call("c1"))),
        (word(call("c1")), NeighbourSilent("back")),
    ):
        desk = lone_desk()
        for event in events:
            desk.tell(event, at_s=10)
        assert desk.shows() == "Main: unsure, stage 1 fill 1; fault"


def test_a_retired_unit_is_forgotten_and_not_missed() -> None:
    desk = lone_desk()
    desk.tell(word(call("c1")), at_s=10)
    desk.tell(NeighbourSilent("back"), at_s=12)
    desk.tell(NeighbourRetired("back"), at_s=13)
    assert desk.shows() == "dark"
    assert desk.board.view(13_000).units == ()


def test_a_caller_is_asked_for_taken_and_kept_elsewhere() -> None:
    desk = lone_desk()
    desk.tell(word(call("c1", "k", 0)), at_s=10)
    desk.tell(word(call("c1", "k", 5, "asked", by="back"), rev=2), at_s=15)
    assert desk.shows() == "Main: asked, stage 1 fill 1"
    desk.tell(word(call("c1", "k", 21, "kept", by="back"), rev=3), at_s=31)
    assert desk.shows() == "Main: waiting, stage 2 fill 2"
    desk.tell(word(call("c1", "k", 25, "taken", by="back"), rev=4), at_s=35)
    assert desk.shows() == "Main: closing"
    assert desk.shows(at_s=36) == "dark"
    assert desk.board.view(36_000).elsewhere == ()


def test_a_caller_of_another_unit_whom_our_own_people_speak_with_is_shown_as_taken() -> None:
    desk = lone_desk()
    desk.tell(word(call("c1", "k", 0)), at_s=10)
    desk.tell(word(call("c1", "k", 5, "taken", by="front"), rev=2), at_s=15)
    assert desk.shows(at_s=100) == "Main: taken"


def test_whoever_rings_here_is_shown_though_another_unit_says_that_they_are_taken() -> None:
    bus = two_units()
    front = bus.desks["front"]
    front.rings("leg-1", on="main", caller="ann", at_s=10)
    key = key_said_by(front)
    front.tell(word(call("c1", key, 5), boot="boot-2", rev=99))
    front.tell(word(call("c1", key, 5, "taken", by="back"), boot="boot-2", rev=100))
    assert front.shows() == "Main: waiting, stage 1 fill 1"


def test_a_line_that_is_not_known_here_is_a_fault_and_shows_nobody() -> None:
    desk = lone_desk()
    desk.tell(word(call("c1"), on="fax"), at_s=10)
    assert desk.shows() == "fault"
    assert desk.notices == [FaultBegan("site", "unit back speaks of a line fax that is not known here")]


def test_one_more_unit_than_are_heard_is_a_fault() -> None:
    desk = lone_desk()
    for number in range(OTHER_UNITS_MAX):
        desk.tell(NeighbourOnline(f"unit-{number}", "b1"))
    assert desk.shows() == "dark"
    desk.tell(word(call("c1"), unit="one-more"))
    assert desk.shows() == "fault"
    assert desk.notices == [
        FaultBegan("site", f"more than {OTHER_UNITS_MAX} other units: one-more is not heard")
    ]


def test_of_a_word_with_more_callers_than_a_unit_can_have_the_rest_is_left_out() -> None:
    desk = lone_desk()
    desk.tell(word(*(call(f"c{number}") for number in range(NEIGHBOUR_CALLERS_MAX + 1))))
    desk.tell(word(call("c-lab"), on="lab"))
    assert len(desk.board.view(0).elsewhere) == NEIGHBOUR_CALLERS_MAX
    assert desk.shows() == "Main: waiting, stage 1 fill 1, marks 2"
    desk.tell(word(rev=2))
    desk.tell(word(call("c-lab"), on="lab", rev=2))
    assert desk.shows() == "Lab: waiting, stage 1 fill 1"


def test_so_many_earlier_starts_of_a_unit_are_remembered() -> None:
    desk = lone_desk()
    for number in range(BOOTS_MAX + 2):
        desk.tell(NeighbourOnline("back", f"b{number}"))
    desk.tell(word(call("late"), boot="b1", rev=9))
    assert desk.shows() == "dark"
    desk.tell(word(call("later"), boot="b0", rev=9))
    assert desk.shows() == "Main: waiting, stage 1 fill 1"
    desk.tell(NeighbourOnline("back", f"b{BOOTS_MAX + 1}"))
    assert desk.shows() == "dark"


def test_another_unit_is_away_for_four_hours_at_most_and_so_many_are() -> None:
    desk = lone_desk()
    for number in range(OTHER_UNITS_MAX + 1):
        desk.tell(AwayAsked(f"unit-{number}", True, 2 * AWAY_MS_MAX), at_s=1)
    desk.tell(AwayAsked("nobody", True, 0))
    assert len(desk.notices) == OTHER_UNITS_MAX
    assert desk.shows(at_s=1 + AWAY_MS_MAX / 1000 - 0.1) == "away takeable"
    assert desk.shows(at_s=1 + AWAY_MS_MAX / 1000) == "dark"


def test_a_sites_key_counts_up_to_a_length() -> None:
    keys = []
    for more in (b"", b"x", b"y"):
        desk = lone_desk(b"k" * SITE_KEY_BYTES_MAX + more)
        desk.rings("ann", on="main", at_s=1)
        keys.append(key_said_by(desk))
    assert len(set(keys)) == 1
