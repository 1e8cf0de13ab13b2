"""Stories of the one way to lose a caller, and of a unit that is told to end with one in its hands."""

from appliance.core.dropped import SHOWN_MS
from appliance.core.effects import NoteCallers, NotedCaller, ReturnCaller, TakeRing
from appliance.core.events import CallersFound, EngineSilent, EngineSpoke, StopAsked
from appliance.core.notices import FaultBegan, Outcome, PhoneSystemBack, PhoneSystemLost
from appliance.core.words import Button, CallId, LineId, PickupStep, Way
from tests.core.desk import Desk
from tests.core.pickups import ANSWERED, FAILED, HANDED_OVER, JOINED, desk_with_a_phone, endings

ANN = NotedCaller(CallId(1), LineId("main"), "a")


def desk_with_a_caller_in_hand() -> Desk:
    """A caller was answered for a press, and the desk phone rings."""
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    return desk


def test_whoever_is_in_our_hands_is_written_down_for_as_long_as_they_are() -> None:
    desk = desk_with_a_caller_in_hand()
    assert desk.notes == [NoteCallers((ANN,), ())]
    desk.engine_says("a", FAILED, at_s=26)
    desk.taps(Button.LINE_1, at_s=27)
    desk.engine_says("a", JOINED, at_s=28)
    assert desk.notes == [NoteCallers((ANN,), ())]
    desk.engine_says("a", HANDED_OVER, at_s=29)
    assert desk.notes == [NoteCallers((ANN,), ()), NoteCallers((), ())]


def test_a_caller_who_is_lost_with_the_engine_is_dropped_shown_as_a_fault_and_written_down() -> None:
    desk = desk_with_a_caller_in_hand()
    desk.engine_dies(at_s=14)
    assert endings(desk) == [(Outcome.DROPPED, 13)]
    assert desk.notes[-1] == NoteCallers((), (ANN,))
    why = "the engine failed with a caller in our hands; callers.json in the state directory says whom"
    assert FaultBegan("dropped", why) in desk.notices
    desk.engine_starts(at_s=15)
    desk.registration("ext-main", held=True)
    desk.registration("ext-lab", held=True)
    assert desk.shows(at_s=14 + SHOWN_MS / 1000 - 1) == "fault"
    assert desk.shows(at_s=14 + SHOWN_MS / 1000) == "dark"


def test_an_engine_that_says_nothing_for_a_while_keeps_its_caller_and_the_tower_doubts() -> None:
    desk = desk_with_a_caller_in_hand()
    desk.forget()
    desk.tell(EngineSilent("it says nothing"), at_s=14)
    assert desk.shows() == "Main: asked, stage 1 fill 1; phone system lost; line-1 asked"
    desk.tell(EngineSpoke(), at_s=17)
    assert desk.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    assert desk.notices == [PhoneSystemLost("it says nothing"), PhoneSystemBack()]
    desk.engine_says("a", JOINED, at_s=18)
    assert desk.shows() == "Main: taken; line-1 steady"


def test_an_engine_that_is_ended_for_its_silence_loses_the_phone_system_once() -> None:
    desk = desk_with_a_caller_in_hand()
    desk.forget()
    desk.tell(EngineSilent("it says nothing"), at_s=14)
    desk.engine_dies(at_s=20)
    desk.engine_starts(at_s=21)
    desk.registration("ext-main", held=True)
    told = [one for one in desk.notices if isinstance(one, PhoneSystemLost | PhoneSystemBack)]
    assert told == [PhoneSystemLost("it says nothing"), PhoneSystemBack()]
    assert endings(desk) == [(Outcome.DROPPED, 19)]


def test_an_engine_lost_before_it_answered_leaves_the_caller_unsure_and_the_press_has_failed() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_dies(at_s=12)
    assert endings(desk) == []
    assert desk.shows() == "Main: failed, stage 1 fill 1; phone system lost; fault; line-1 failed"
    assert desk.shows(at_s=14) == "Main: unsure, stage 1 fill 1; phone system lost; fault"


def test_an_engine_that_gives_a_caller_up_by_itself_has_dropped_them_too() -> None:
    desk = desk_with_a_caller_in_hand()
    desk.engine_says("a", PickupStep.DROPPED, at_s=14)
    assert endings(desk) == [(Outcome.DROPPED, 13)]
    assert desk.notes[-1] == NoteCallers((), (ANN,))


def test_what_an_earlier_run_left_is_a_fault_for_a_while() -> None:
    desk = Desk.registered()
    desk.tell(CallersFound(2), at_s=1)
    why = "the unit ended with 2 callers in its hands; callers.json in the state directory says whom"
    assert desk.notices == [FaultBegan("dropped", why)]
    assert (desk.shows(at_s=600), desk.shows(at_s=601)) == ("fault", "dark")


def test_a_unit_that_is_to_end_sends_its_caller_on_first_and_takes_nobody_any_more() -> None:
    desk = desk_with_a_caller_in_hand()
    desk.forget()
    desk.tell(StopAsked(), at_s=14)
    assert desk.orders == [ReturnCaller("a", "600")]
    assert desk.board.holds_callers
    desk.rings("b", at_s=15)
    desk.taps(Button.LINE_1, at_s=16)
    assert desk.orders == [ReturnCaller("a", "600")]
    desk.engine_says("a", JOINED, at_s=17)
    assert desk.board.holds_callers, "the phone system is about to take them over"
    desk.engine_says("a", HANDED_OVER, at_s=18)
    assert not desk.board.holds_callers


def test_a_conversation_through_us_holds_up_the_end_until_it_is_over() -> None:
    desk = desk_with_a_caller_in_hand()
    desk.engine_says("a", JOINED, at_s=17)
    desk.tell(StopAsked(), at_s=30)
    desk.wait_until(49)
    assert desk.board.holds_callers
    desk.engine_says("a", PickupStep.LEFT, at_s=49)
    assert not desk.board.holds_callers


def test_a_caller_whom_the_engine_answers_after_the_word_to_end_is_sent_on_too_and_only_once() -> None:
    desk = desk_with_a_phone()
    desk.taps(Button.LINE_1, at_s=11)
    desk.tell(StopAsked(), at_s=11.1)
    assert desk.board.holds_callers
    desk.engine_says("a", ANSWERED, at_s=11.2)
    assert desk.orders == [TakeRing("a", Way.PHONE, "201"), ReturnCaller("a", "600")]
    desk.engine_says("a", FAILED, at_s=12)
    desk.wait_until(200)
    assert len(desk.orders) == 2
    assert not desk.board.holds_callers


def test_a_unit_with_nobody_in_its_hands_may_end_at_once() -> None:
    desk = desk_with_a_phone()
    desk.tell(StopAsked(), at_s=12)
    assert not desk.board.holds_callers
