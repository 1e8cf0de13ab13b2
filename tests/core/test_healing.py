"""What the engine's list mends, whatever was lost, came twice or came late between engine and board."""

from appliance.core.events import RingsListed
from appliance.core.notices import CallArrived, CallEnded, Outcome, PhoneSystemLost
from appliance.core.words import InstantMs
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, Desk, line
from tests.core.lights import words_of


def test_a_ring_whose_end_we_asked_for_in_vain_is_asked_for_again_until_it_is_gone() -> None:
    desk = Desk.registered(line("main", ring_limit_s=100))
    ann = desk.offer("ann")
    desk.rings("ann", at_s=0)
    desk.wait_until(100)
    assert desk.shows() == "dark"
    desk.lists((ann, 100), at_s=100.5)
    desk.lists((ann, 101), at_s=101.5)
    desk.lists(at_s=102.5)
    assert desk.ended_rings == ["ann", "ann", "ann"]
    # It is over all the same: nobody is shown twice, or told twice.
    assert desk.shows() == "dark"
    assert [type(notice) for notice in desk.notices].count(CallEnded) == 1


def test_a_list_that_crossed_the_end_of_a_ring_brings_nobody_back() -> None:
    desk = Desk.registered()
    ann = desk.offer("ann")
    desk.rings("ann", at_s=0)
    desk.cancelled("ann", COLLEAGUE_ANSWERED, at_s=5)
    desk.lists((ann, 5), at_s=5.001)
    desk.rings("ann", at_s=5.002)
    assert desk.shows(at_s=7) == "dark"
    assert [notice.outcome for notice in desk.notices if isinstance(notice, CallEnded)] == [
        Outcome.ANSWERED_ELSEWHERE
    ]


def test_a_caller_whose_start_was_lost_is_shown_by_the_next_list_with_the_whole_wait() -> None:
    desk = Desk.registered()
    desk.lists((desk.offer("ann"), 0.9), at_s=10)
    assert desk.board.picture.segments[0].waiting_since_ms == InstantMs(9_100)
    assert desk.shows(at_s=29.0) == "Main: waiting, stage 1 fill 1"
    assert desk.shows(at_s=29.1) == "Main: waiting, stage 2 fill 2"
    assert desk.notices[0] == CallArrived(1, "main", True)


def test_everything_twice_is_as_good_as_once() -> None:
    once, twice = Desk.registered(), Desk.registered()
    for desk, times in ((once, 1), (twice, 2)):
        for _ in range(times):
            desk.rings("ann", at_s=1)
        for _ in range(times):
            desk.lists((desk.offer("ann"), 1), (desk.offer("bob", on="lab"), 0.5), at_s=2)
        for _ in range(times):
            desk.cancelled("ann", CALLER_GAVE_UP, at_s=4)
        for _ in range(times):
            desk.lists((desk.offer("bob", on="lab"), 3), at_s=5)
    assert twice.notices == once.notices
    assert twice.pictures == once.pictures
    assert twice.sounds == once.sounds


def test_the_first_word_is_answered_by_a_picture_though_it_is_a_list_that_says_nothing_new() -> None:
    desk = Desk()
    desk.lists(at_s=0.5)
    assert [words_of(picture) for picture in desk.pictures] == ["phone system lost; fault"]
    assert desk.tell(RingsListed(()), at_s=1.5) == ()


def test_a_ring_that_is_first_heard_of_after_its_limit_is_ended_at_once() -> None:
    desk = Desk.registered(line("main", ring_limit_s=100))
    desk.rings("ann", at_s=200, age_s=100)
    assert desk.ended_rings == ["ann"]
    assert isinstance(desk.notices[-1], CallEnded)
    assert desk.shows() == "dark"
    assert desk.sounds == []


def test_a_caller_held_longer_than_the_ring_limit_is_over_when_the_engine_is_lost() -> None:
    desk = Desk.registered(line("main", queue=True, hold_s=100, ring_limit_s=10))
    desk.rings("ann", at_s=0)
    desk.cancelled("ann", at_s=5)
    desk.engine_dies(at_s=20)
    assert isinstance(desk.notices[-1], CallEnded | PhoneSystemLost)
    assert desk.board.view(InstantMs(20_000)).calls == ()


def test_a_stage_is_reached_at_its_instant_whatever_a_float_makes_of_the_wait() -> None:
    for thousandth in range(1_000):
        desk = Desk.registered(line("main"))
        desk.lists((desk.offer("ann"), thousandth / 997), at_s=13)
        # Desk.wait_until fails where a deadline does not lie after the instant the board was told.
        assert desk.shows(at_s=33) == "Main: waiting, stage 2 fill 2"
