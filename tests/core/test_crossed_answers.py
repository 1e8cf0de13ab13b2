"""Stories of an answer that crosses the end of a queue's ring: the caller waits on, and so does the press."""

import pytest

from appliance.core.effects import TakeRing
from appliance.core.events import StopAsked
from appliance.core.notices import CallHeld, CallRangAgain, Outcome
from appliance.core.partings import CROSSED_MS
from appliance.core.pickup_notices import CallTaken, PickupBegan, PickupFailed
from appliance.core.settings import CancelMeaning
from appliance.core.words import CALL_LOST_WHY, QUICKER_WHY, Button, PickupStep, Way
from tests.core.desk import COLLEAGUE_ANSWERED, NOBODY_SAYS, Desk, extension, line
from tests.core.pickups import ANSWERED, BY_PHONE, FAILED, JOINED, RINGING, desk_with_a_phone, endings

GONE = PickupStep.CALLER_GONE
CROSSED_S = CROSSED_MS / 1000
QUEUE = line("main", queue=True, hold_s=8)
AGAIN = TakeRing("a-again", Way.PHONE, "201")


def desk_whose_answer_crossed(
    at_s: float = 11.3, why: str = "", meaning: CancelMeaning = CancelMeaning.NORMAL
) -> Desk:
    """A press at 11 s for a caller who came at 1 s, our answer at 11.2 s, and the end of that leg."""
    extensions = (extension("ext-main", "main", cancel_meaning=meaning),)
    desk = Desk.registered(QUEUE, extensions=extensions, pickup=BY_PHONE)
    desk.rings("a", at_s=1)
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED, at_s=11.2)
    desk.forget()
    desk.engine_says("a", GONE, at_s=at_s, why=why)
    return desk


def desk_that_answers_one_of_two_rings() -> Desk:
    """A queue's caller rings twice; the first ring was answered for a press at second 5.1."""
    extensions = (extension("e1", "main"), extension("e2", "main"))
    desk = Desk.registered(QUEUE, extensions=extensions, pickup=BY_PHONE)
    desk.rings("a1", on="e1", caller="ann", tag="t", at_s=1)
    desk.rings("a2", on="e2", caller="ann", tag="t", at_s=1)
    desk.taps(Button.LINE_1, at_s=5)
    desk.engine_says("a1", ANSWERED, at_s=5.1)
    return desk


def test_a_press_whose_answer_crossed_the_end_of_a_queues_ring_takes_the_caller_who_rings_again() -> None:
    desk = desk_whose_answer_crossed()
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    desk.cancelled("a", NOBODY_SAYS, at_s=11.4)
    desk.rings("a-again", caller="a", at_s=16)
    assert desk.orders == [AGAIN]
    desk.engine_says("a-again", ANSWERED, at_s=16.1)
    desk.engine_says("a-again", RINGING)
    desk.engine_says("a-again", JOINED, at_s=19)
    assert desk.shows() == "Main: taken; line-1 steady"
    assert [type(one) for one in desk.notices] == [CallHeld, CallRangAgain, PickupBegan, CallTaken]
    desk.engine_says("a-again", PickupStep.HANDED_OVER, at_s=20)
    assert endings(desk) == [(Outcome.ANSWERED_HERE, 18)]


def test_one_who_does_not_ring_again_has_left_the_queue_when_our_answer_came() -> None:
    desk = desk_whose_answer_crossed()
    assert desk.shows(at_s=19.2) == "Main: asked, stage 1 fill 1; line-1 asked"
    assert desk.shows(at_s=19.3) == "dark"
    assert desk.board.picture.lamps[0].blinks == 2
    assert endings(desk) == [(Outcome.ABANDONED, 10.3)]


def test_another_ring_of_the_caller_that_lives_on_is_taken_at_once() -> None:
    desk = desk_that_answers_one_of_two_rings()
    desk.engine_says("a1", GONE, at_s=5.2)
    assert desk.orders == [TakeRing("a1", Way.PHONE, "201"), TakeRing("a2", Way.PHONE, "201")]
    desk.cancelled("a2", NOBODY_SAYS, at_s=5.3)
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    desk.rings("a3", on="e1", caller="ann", tag="t", at_s=10)
    assert desk.orders[2:] == [TakeRing("a3", Way.PHONE, "201")]


def test_one_whom_nobody_could_be_called_for_waits_on_in_the_queue_and_the_press_has_failed() -> None:
    desk = desk_with_a_phone(QUEUE)
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED, at_s=11.2)
    desk.forget()
    desk.engine_says("a", FAILED, at_s=11.25, why="it is busy")
    desk.engine_says("a", GONE, at_s=11.3)
    assert [type(one) for one in desk.notices] == [PickupFailed, CallHeld]
    assert desk.shows(at_s=13) == "Main: held, stage 1 fill 1; line-1 takeable"
    desk.rings("a-again", caller="a", at_s=16)
    assert desk.orders == []
    desk.taps(Button.LINE_1, at_s=17)
    assert desk.orders == [AGAIN]


def test_one_who_hangs_up_later_than_answers_cross_has_given_up() -> None:
    desk = desk_whose_answer_crossed(at_s=11.2 + CROSSED_S)
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    desk = desk_whose_answer_crossed(at_s=11.201 + CROSSED_S)
    assert desk.shows() == "dark"
    assert endings(desk) == [(Outcome.ABANDONED, round(10.201 + CROSSED_S, 3))]


def test_whom_the_phone_system_has_lost_does_not_ring_again() -> None:
    desk = desk_whose_answer_crossed(why=CALL_LOST_WHY)
    assert desk.shows() == "dark"
    assert endings(desk) == [(Outcome.UNKNOWN, 10.3)]


def test_where_no_queue_rings_again_a_leg_that_ends_as_we_answer_is_a_caller_who_gave_up() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED, at_s=11.2)
    desk.engine_says("a", GONE, at_s=11.3)
    assert desk.shows() == "dark"
    assert endings(desk) == [(Outcome.ABANDONED, 10.3)]


HAD_FIRST = [(QUICKER_WHY, Outcome.ANSWERED_ELSEWHERE), ("", Outcome.ABANDONED)]


@pytest.mark.parametrize(("why", "ended"), HAD_FIRST)
def test_whom_a_colleague_may_have_had_first_does_not_ring_again(why: str, ended: Outcome) -> None:
    desk = desk_that_answers_one_of_two_rings()
    # It says so of our own answer, too: who then hangs up at once has given up.
    desk.cancelled("a2", COLLEAGUE_ANSWERED, at_s=5.2)
    desk.engine_says("a1", GONE, at_s=5.3, why=why)
    assert endings(desk) == [(ended, 4.3)]


def test_where_every_end_is_marked_as_answered_elsewhere_the_press_is_armed_all_the_same() -> None:
    desk = desk_whose_answer_crossed(why=QUICKER_WHY, meaning=CancelMeaning.ALWAYS)
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    desk.rings("a-again", caller="a", at_s=16)
    assert desk.orders == [AGAIN]


def test_where_the_mark_proves_nothing_one_who_does_not_ring_again_may_have_been_a_colleagues() -> None:
    desk = desk_whose_answer_crossed(why=QUICKER_WHY, meaning=CancelMeaning.ALWAYS)
    assert desk.shows(at_s=19.3) == "dark"
    assert endings(desk) == [(Outcome.UNKNOWN, 10.3)]


def test_a_unit_that_is_told_to_stop_takes_nobody_out_of_the_queue_any_more() -> None:
    desk = desk_whose_answer_crossed()
    desk.tell(StopAsked(), at_s=12)
    assert not desk.board.holds_callers
    # It may still be there for the sake of another caller.
    desk.rings("a-again", caller="a", at_s=16)
    assert desk.orders == []
    assert desk.shows(at_s=18) == "Main: waiting, stage 1 fill 1"
    assert [type(one) for one in desk.notices] == [CallHeld, CallRangAgain, PickupFailed]
    desk.cancelled("a-again", COLLEAGUE_ANSWERED, at_s=19)
    assert endings(desk) == [(Outcome.ANSWERED_ELSEWHERE, 18)]
