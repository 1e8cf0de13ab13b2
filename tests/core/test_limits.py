"""Every limit of the core has a behaviour beyond it."""

from appliance.core.callers import CALLS_MAX
from appliance.core.composition import MARKS_MAX
from appliance.core.events import FaultCleared, FaultRaised, RingRefused, SenderRefused
from appliance.core.notices import (
    CallArrived,
    CallEnded,
    CallShown,
    FaultBegan,
    FaultOver,
    Outcome,
    RingsRefused,
)
from appliance.core.refusals import REFUSED_SENDERS_MAX
from appliance.core.repeats import LOST_CALLERS_MAX, LostCallers
from appliance.core.rings import ENDED_RINGS_MAX
from appliance.core.standing import FAULTS_MAX
from appliance.core.words import CALLERS_MAX, LEGS_MAX, InstantMs
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, NOBODY_SAYS, Desk, line


def test_the_33rd_caller_is_shown_as_and_more_and_takes_a_free_place_with_the_whole_wait() -> None:
    desk = Desk.registered()
    for number in range(CALLERS_MAX):
        desk.rings(f"caller-{number}", on="main", at_s=number * 0.1)
    desk.rings("the-33rd", on="lab", at_s=10)
    assert desk.shows() == "Main: waiting, stage 1 fill 1, marks 2; Lab: nothing, more; and 1 more"
    assert desk.notices[-1] == CallArrived(33, "lab", shown=False)
    desk.cancelled("caller-5", COLLEAGUE_ANSWERED, at_s=18)
    assert desk.notices[-2:] == [
        CallEnded(6, "main", Outcome.ANSWERED_ELSEWHERE, 17_500, "a colleague answered"),
        CallShown(33, "lab", 8_000),
    ]
    assert desk.shows() == "Main: waiting, stage 1 fill 1, marks 2; Lab: waiting, stage 1 fill 1"
    assert "Lab: waiting, stage 2 fill 2" in desk.shows(at_s=30)


def test_fifty_callers_at_once_are_32_shown_and_18_counted() -> None:
    desk = Desk.registered()
    for number in range(50):
        desk.rings(f"caller-{number}", on=("main", "lab")[number % 2], at_s=1)
    assert desk.shows() == (
        "Main: waiting, stage 1 fill 1, marks 2, more; "
        "Lab: waiting, stage 1 fill 1, marks 2, more; and 18 more"
    )


def test_the_129th_leg_is_refused_and_said_so() -> None:
    desk = Desk.registered()
    for number in range(LEGS_MAX):
        desk.rings(f"caller-{number}", at_s=1)
    desk.rings("one-too-many", at_s=2)
    assert desk.ended_rings == ["one-too-many"]
    assert desk.notices[-1] == RingsRefused(1)
    desk.tell(RingRefused(3))
    assert desk.board.view(2_000).refused_ring_count == 4


def test_a_caller_who_rings_finds_a_place_even_if_held_callers_fill_the_board() -> None:
    desk = Desk.registered(line("main", queue=True, hold_s=100))
    for number in range(CALLS_MAX):
        desk.rings(f"caller-{number}", at_s=number * 0.01)
        desk.cancelled(f"caller-{number}", NOBODY_SAYS)
    desk.rings("one-more", at_s=11)
    ended = [notice for notice in desk.notices if isinstance(notice, CallEnded)]
    assert ended == [
        CallEnded(1, "main", Outcome.UNKNOWN, 11_000, "the room was needed for a caller who rings")
    ]


def test_marks_stop_at_two_pixels() -> None:
    desk = Desk.registered()
    for number in range(MARKS_MAX + 3):
        desk.rings(f"caller-{number}")
    assert desk.shows() == "Main: waiting, stage 1 fill 1, marks 2"


def test_refused_senders_are_kept_up_to_a_limit_and_counted_by_address() -> None:
    desk = Desk.registered()
    for number in range(REFUSED_SENDERS_MAX + 1):
        desk.tell(SenderRefused(f"192.0.2.{number}", "no mark", 1))
    desk.tell(SenderRefused("192.0.2.9", "no mark", 5))
    kept = desk.board.view(0).refused_senders
    assert len(kept) == REFUSED_SENDERS_MAX
    assert {one.address for one in kept} == {
        f"192.0.2.{number}" for number in range(1, REFUSED_SENDERS_MAX + 1)
    }
    assert (kept[-1].address, kept[-1].count) == ("192.0.2.9", 6)


def test_faults_light_the_fault_lamp_until_the_last_one_is_over() -> None:
    desk = Desk.registered()
    desk.tell(FaultRaised("tower desk", "unplugged"))
    desk.tell(FaultRaised("tower desk", "unplugged"))
    assert desk.shows() == "fault"
    desk.tell(FaultCleared("tower desk"))
    desk.tell(FaultCleared("tower desk"))
    assert desk.shows() == "dark"
    assert desk.notices == [FaultBegan("tower desk", "unplugged"), FaultOver("tower desk")]


def test_faults_beyond_the_limit_are_told_and_not_kept() -> None:
    desk = Desk.registered()
    for number in range(FAULTS_MAX + 1):
        desk.tell(FaultRaised(f"fault {number}", "why"))
    assert len(desk.board.view(0).faults) == FAULTS_MAX
    assert desk.notices[-1] == FaultBegan(f"fault {FAULTS_MAX}", "why")


def test_rings_are_forgotten_long_after_their_end_only() -> None:
    desk = Desk.registered()
    for number in range(ENDED_RINGS_MAX + 1):
        desk.rings(f"r{number}", caller=f"caller-{number}")
        desk.cancelled(f"r{number}", CALLER_GAVE_UP)
    desk.rings("r1", caller="caller-1")
    assert desk.shows() == "dark"
    desk.rings("r0", caller="nobody-else")
    assert desk.shows() == "Main: waiting, stage 1 fill 1"


def test_lost_callers_are_remembered_up_to_a_limit() -> None:
    lost = LostCallers()
    for number in range(LOST_CALLERS_MAX + 1):
        lost.end(str(number), Outcome.ABANDONED, InstantMs(0))
    assert [lost.returns(number, 1) for number in ("0", "1", str(LOST_CALLERS_MAX))] == [False, True, True]
