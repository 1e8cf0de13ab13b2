"""Stories of the desk, told to a real board in virtual time."""

from appliance.core.notices import (
    CallArrived,
    CallEnded,
    CallHeld,
    CallRangAgain,
    CallUnsure,
    Outcome,
    PhoneSystemBack,
    PhoneSystemLost,
    RegistrationHeld,
    RegistrationLost,
    StageReached,
    Urgency,
)
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, NOBODY_SAYS, Desk, line


def test_two_lines_ring_and_one_escalates() -> None:
    desk = Desk.registered()
    desk.rings("ann", on="main", at_s=1)
    desk.rings("bob", on="lab", at_s=15)
    assert desk.shows() == "Main: waiting, stage 1 fill 1; Lab: waiting, stage 1 fill 1"
    assert desk.shows(at_s=20.9) == "Main: waiting, stage 1 fill 1; Lab: waiting, stage 1 fill 1"
    assert desk.shows(at_s=21) == "Main: waiting, stage 2 fill 2; Lab: waiting, stage 1 fill 1"
    assert desk.shows(at_s=46) == "Main: urgent, stage 3 fill 3; Lab: waiting, stage 2 fill 2"
    desk.cancelled("ann", CALLER_GAVE_UP, at_s=50)
    desk.cancelled("bob", CALLER_GAVE_UP, at_s=51)
    assert desk.shows() == "dark"
    assert desk.notices == [
        CallArrived(1, "main", shown=True),
        CallArrived(2, "lab", shown=True),
        StageReached(1, "main", 2, 20_000, None),
        StageReached(2, "lab", 2, 20_000, None),
        StageReached(1, "main", 3, 45_000, Urgency.WAITED),
        CallEnded(1, "main", Outcome.ABANDONED, 49_000, "the caller gave up"),
        CallEnded(2, "lab", Outcome.ABANDONED, 36_000, "the caller gave up"),
    ]


def test_a_colleague_answers_and_the_segment_closes_within_a_second() -> None:
    desk = Desk.registered()
    desk.rings("ann", on="main", at_s=1)
    desk.cancelled("ann", COLLEAGUE_ANSWERED, at_s=8)
    assert desk.shows() == "Main: closing"
    assert desk.shows(at_s=8.999) == "Main: closing"
    assert desk.shows(at_s=9) == "dark"
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.ANSWERED_ELSEWHERE, 7_000, "a colleague answered")


def test_a_caller_gives_up_and_the_line_is_dark_at_once() -> None:
    desk = Desk.registered()
    desk.rings("ann", on="main", at_s=1)
    desk.cancelled("ann", at_s=5)
    assert desk.shows() == "dark"
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.ABANDONED, 4_000, "the caller gave up")


def test_a_phone_system_that_withdraws_a_call_without_a_word_leaves_the_outcome_unknown() -> None:
    desk = Desk.registered()
    desk.rings("ann", on="main", at_s=1)
    desk.cancelled("ann", NOBODY_SAYS, at_s=5)
    assert desk.notices[-1] == CallEnded(
        1, "main", Outcome.UNKNOWN, 4_000, "the phone system withdrew the call"
    )


def test_a_queue_rings_again_and_the_wait_goes_on_unbroken() -> None:
    desk = Desk.registered(line("main", queue=True))
    desk.rings("r1", caller="ann", at_s=0)
    desk.cancelled("r1", NOBODY_SAYS, at_s=15)
    assert desk.shows() == "Main: held, stage 1 fill 1"
    desk.rings("r2", caller="ann", at_s=20)
    assert desk.shows() == "Main: waiting, stage 2 fill 2"
    desk.cancelled("r2", COLLEAGUE_ANSWERED, at_s=30)
    assert desk.notices == [
        CallArrived(1, "main", shown=True),
        CallHeld(1, "main", 15_000),
        StageReached(1, "main", 2, 20_000, None),
        CallRangAgain(1, "main", 20_000),
        CallEnded(1, "main", Outcome.ANSWERED_ELSEWHERE, 30_000, "a colleague answered"),
    ]


def test_a_queue_that_does_not_ring_again_lost_its_caller_when_the_last_ring_ended() -> None:
    desk = Desk.registered(line("main", queue=True))
    desk.rings("r1", caller="ann", at_s=0)
    desk.cancelled("r1", NOBODY_SAYS, at_s=15)
    assert desk.shows(at_s=22.999) == "Main: held, stage 2 fill 2"
    assert desk.shows(at_s=23) == "dark"
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.ABANDONED, 15_000, "the caller left the queue")


def test_the_phone_system_goes_away_and_comes_back() -> None:
    desk = Desk.registered()
    desk.registration("ext-main", held=False, at_s=1, code=503, why="Service Unavailable")
    assert desk.shows() == "Main: line lost; fault"
    desk.registration("ext-lab", held=False, at_s=2, code=503, why="Service Unavailable")
    assert desk.shows() == "phone system lost; fault"
    desk.registration("ext-lab", held=True, at_s=60)
    assert desk.shows() == "Main: line lost; fault"
    desk.registration("ext-main", held=True, at_s=61)
    assert desk.shows() == "dark"
    why = "ext-main: 503 Service Unavailable; ext-lab: 503 Service Unavailable"
    assert desk.notices == [
        RegistrationLost("ext-main", 503, "Service Unavailable"),
        RegistrationLost("ext-lab", 503, "Service Unavailable"),
        PhoneSystemLost(why),
        RegistrationHeld("ext-lab"),
        PhoneSystemBack(),
        RegistrationHeld("ext-main"),
    ]


def test_a_silent_server_is_lost_after_one_and_a_half_times_the_expiry() -> None:
    desk = Desk.registered(line("main"))
    desk.registration("ext-main", held=True, at_s=0, expires_s=120)
    desk.registration("ext-main", held=True, at_s=110, expires_s=120)
    assert desk.shows(at_s=289.9) == "dark"
    assert desk.shows(at_s=290) == "phone system lost; fault"
    assert RegistrationLost("ext-main", 408, "no refresh for 1.5 times the expiry") in desk.notices


def test_the_engine_dies_while_a_caller_rings_and_the_caller_rings_again() -> None:
    desk = Desk.registered()
    desk.rings("r1", on="main", caller="ann", at_s=0)
    desk.engine_dies(at_s=25)
    assert desk.shows() == "Main: unsure, stage 2 fill 2; phone system lost; fault"
    desk.engine_starts(at_s=26)
    desk.registration("ext-main", held=True)
    desk.registration("ext-lab", held=True)
    assert desk.shows() == "Main: unsure, stage 2 fill 2"
    assert desk.shows(at_s=50) == "Main: unsure, stage 2 fill 2", "a wait that nobody sees does not grow"
    desk.rings("r2", on="main", caller="ann", at_s=60)
    assert desk.shows() == "Main: urgent, stage 3 fill 3"
    desk.cancelled("r2", COLLEAGUE_ANSWERED, at_s=62)
    assert [notice for notice in desk.notices if hasattr(notice, "call")] == [
        CallArrived(1, "main", shown=True),
        StageReached(1, "main", 2, 20_000, None),
        CallUnsure(1, "main", 25_000),
        CallRangAgain(1, "main", 60_000),
        StageReached(1, "main", 3, 60_000, Urgency.WAITED),
        CallEnded(1, "main", Outcome.ANSWERED_ELSEWHERE, 62_000, "a colleague answered"),
    ]


def test_an_unsure_caller_who_never_rings_again_is_ended_by_the_ring_limit() -> None:
    desk = Desk.registered(line("main", ring_limit_s=100))
    desk.rings("ann", at_s=10)
    desk.engine_dies(at_s=20)
    desk.engine_starts(at_s=21)
    desk.registration("ext-main", held=True)
    assert desk.shows(at_s=109.9) == "Main: unsure, stage 1 fill 1"
    assert desk.shows(at_s=110) == "dark"
    why = "nothing was heard of the caller until the ring limit"
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.UNKNOWN, 100_000, why)


def test_a_ring_that_never_ends_is_cleared_by_the_limit_and_said_so() -> None:
    desk = Desk.registered(line("main", ring_limit_s=100))
    desk.rings("ann", at_s=10)
    assert desk.shows(at_s=110) == "dark"
    assert desk.ended_rings == ["ann"]
    why = "cleared: it rang past the ring limit and the phone system never ended it"
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.UNKNOWN, 100_000, why)
    desk.lists((desk.offer("ann"), 100.5), at_s=110.5)
    assert desk.shows() == "dark", "a list that still names the cleared ring does not bring it back"
