"""Who is one caller and who are two, told over the board."""

from appliance.core.notices import CallArrived, CallEnded, CallRangAgain, Outcome
from tests.core.desk import COLLEAGUE_ANSWERED, NOBODY_SAYS, Desk, extension, line

QUEUE = line("main", queue=True)


def arrivals(desk: Desk) -> int:
    return sum(isinstance(notice, CallArrived) for notice in desk.notices)


def test_two_callers_with_the_same_number_at_once_are_two_callers() -> None:
    desk = Desk.registered()
    desk.rings("r1", caller="clinic")
    desk.rings("r2", caller="clinic")
    assert desk.shows() == "Main: waiting, stage 1 fill 1, marks 1"


def test_the_tag_joins_the_rings_of_one_caller_at_two_extensions() -> None:
    desk = Desk.registered(line("main"), extensions=(extension("601", "main"), extension("602", "main")))
    desk.rings("r1", on="601", caller="ann", tag="t1", at_s=0)
    desk.rings("r2", on="602", caller="ann", tag="t1", at_s=1)
    assert desk.shows() == "Main: waiting, stage 1 fill 1"
    desk.cancelled("r1", COLLEAGUE_ANSWERED, at_s=2)
    assert desk.shows() == "Main: waiting, stage 1 fill 1", "another ring of the caller is alive"
    desk.cancelled("r2", (), at_s=2.1)
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.ANSWERED_ELSEWHERE, 2_100, "a colleague answered")


def test_branches_with_one_call_id_are_one_caller() -> None:
    desk = Desk.registered(line("main"), extensions=(extension("601", "main"), extension("602", "main")))
    desk.rings("r1", on="601", caller="ann", call_id="same")
    desk.rings("r2", on="602", caller="ann", call_id="same")
    assert arrivals(desk) == 1


def test_the_same_tag_from_two_numbers_at_once_is_two_callers() -> None:
    """Some PBXes pass a caller's own headers through: a forged tag must not hide a second caller."""
    desk = Desk.registered()
    desk.rings("r1", caller="ann", tag="t1")
    desk.rings("r2", caller="bob", tag="t1")
    assert desk.shows() == "Main: waiting, stage 1 fill 1, marks 1"


def test_another_tag_is_another_caller_even_in_the_gap() -> None:
    desk = Desk.registered(QUEUE)
    desk.rings("r1", caller="clinic", tag="t1", at_s=0)
    desk.cancelled("r1", NOBODY_SAYS, at_s=15)
    desk.rings("r2", caller="clinic", tag="t2", at_s=17)
    assert arrivals(desk) == 2


def test_the_number_joins_only_within_the_gap_and_only_on_its_line() -> None:
    desk = Desk.registered(QUEUE, line("lab", queue=True))
    desk.rings("r1", on="main", caller="ann", at_s=0)
    desk.cancelled("r1", NOBODY_SAYS, at_s=15)
    desk.rings("r2", on="lab", caller="ann", at_s=16)
    assert arrivals(desk) == 2
    desk.rings("r3", on="main", caller="ann", at_s=17)
    assert CallRangAgain(1, "main", 17_000) in desk.notices
    desk.cancelled("r3", NOBODY_SAYS, at_s=20)
    desk.rings("r4", on="main", caller="ann", at_s=28.5)
    assert arrivals(desk) == 3, "the hold time of 8 s was over: a new call"


def test_of_two_gaps_with_one_number_the_longest_waiter_is_continued() -> None:
    desk = Desk.registered(QUEUE)
    desk.rings("r1", caller="clinic", at_s=0)
    desk.rings("r2", caller="clinic", at_s=3)
    desk.cancelled("r2", NOBODY_SAYS, at_s=15)
    desk.cancelled("r1", NOBODY_SAYS, at_s=15.5)
    desk.rings("r3", caller="clinic", at_s=18)
    assert desk.notices[-1] == CallRangAgain(1, "main", 18_000)


def test_an_anonymous_caller_is_continued_only_if_exactly_one_gap_is_open() -> None:
    desk = Desk.registered(QUEUE)
    desk.rings("r1", caller="", at_s=0)
    desk.cancelled("r1", NOBODY_SAYS, at_s=15)
    desk.rings("r2", caller="", at_s=17)
    assert desk.notices[-1] == CallRangAgain(1, "main", 17_000)
    desk.rings("r3", caller="", at_s=18)
    desk.cancelled("r2", NOBODY_SAYS, at_s=30)
    desk.cancelled("r3", NOBODY_SAYS, at_s=30)
    desk.rings("r4", caller="", at_s=33)
    assert arrivals(desk) == 3, "two anonymous gaps: nobody can say whose ring it is"


def test_a_second_word_about_a_known_ring_and_a_word_about_an_ended_one_change_nothing() -> None:
    desk = Desk.registered()
    desk.rings("r1", caller="ann", at_s=0)
    desk.rings("r1", caller="ann", at_s=1)
    assert desk.shows() == "Main: waiting, stage 1 fill 1"
    desk.cancelled("r1", at_s=2)
    desk.cancelled("r1", COLLEAGUE_ANSWERED, at_s=3)
    desk.rings("r1", caller="ann", at_s=4)
    assert desk.shows() == "dark"
    assert [type(notice) for notice in desk.notices] == [CallArrived, CallEnded]


def test_the_engines_list_heals_a_ring_that_was_never_told_and_one_whose_end_was_lost() -> None:
    desk = Desk.registered()
    desk.lists((desk.offer("ann"), 21.0), at_s=30)
    assert desk.shows() == "Main: waiting, stage 2 fill 2", "the wait counts from the INVITE"
    desk.lists(at_s=31)
    assert desk.shows() == "dark"
    assert desk.notices[-1] == CallEnded(1, "main", Outcome.UNKNOWN, 22_000, "the ring was lost")
