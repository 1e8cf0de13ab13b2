"""Stories of a press where the caller does not ring: the owner decides, and nobody is taken twice."""

from dataclasses import replace

import pytest

from appliance.core.awards import ANSWERS_MAX
from appliance.core.bus_events import PickupAnswered, PickupAsked, Verdict
from appliance.core.claims import AWARD_MS
from appliance.core.effects import AnswerPickup, AskPickup, TakeRing
from appliance.core.notices import Outcome
from appliance.core.settings import PickupSettings, SiteUnit
from appliance.core.words import Button, CallName, DurationMs, TransactionId, UnitId, Way
from tests.core.bus import Bus, UnitDesk
from tests.core.desk import COLLEAGUE_ANSWERED, NOBODY_SAYS, line
from tests.core.pickups import ANSWERED, FAILED, HANDED_OVER, JOINED, LEFT, endings

FRONT, BACK, ATTIC = UnitId("front"), UnitId("back"), UnitId("attic")
OK = Verdict.TAKEN_BY_YOU


BY_PHONE = PickupSettings(Way.PHONE, "202")


def site(pickup: PickupSettings = BY_PHONE, *, queue: bool = False) -> tuple[Bus, UnitDesk, UnitDesk]:
    """A front desk where callers ring, and a back office without a leg, each with a phone."""
    phones = {
        "front": SiteUnit(FRONT, "601", "201"),
        "back": SiteUnit(BACK, "602", "" if pickup.way is Way.HANDSET else "202"),
        "attic": SiteUnit(ATTIC, "603", "203"),
    }
    bus = Bus((line("main", queue=queue),), phones=phones)
    front = bus.starts("front", pickup=PickupSettings(Way.PHONE, "201"))
    back = bus.starts("back", serves=(), pickup=pickup)
    front.rings("a", on="main", caller="ann", at_s=1)
    return bus, front, back


def asked(desk: UnitDesk) -> list[AskPickup]:
    """What a unit asked for."""
    return [said for said in desk.said if isinstance(said, AskPickup)]


def verdicts(desk: UnitDesk) -> list[tuple[UnitId, Verdict, UnitId]]:
    """What a unit answered: whom, what, and who has the caller."""
    return [(said.asker, said.verdict, said.winner) for said in desk.said if isinstance(said, AnswerPickup)]


def test_a_press_where_the_caller_does_not_ring_brings_them_to_the_phone_beside_the_button() -> None:
    _, front, back = site()
    assert back.shows(at_s=5) == "Main: waiting, stage 1 fill 1; line-1 takeable"
    back.taps(Button.LINE_1, at_s=5)
    assert front.orders == [TakeRing("a", Way.PHONE, "202")]
    assert verdicts(front) == [(BACK, OK, BACK)]
    assert back.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    assert front.shows() == "Main: asked, stage 1 fill 1"
    front.engine_says("a", ANSWERED)
    front.engine_says("a", JOINED, at_s=8)
    assert back.shows() == "Main: taken; line-1 steady"
    assert front.shows() == "Main: closing"
    front.engine_says("a", HANDED_OVER, at_s=8.5)
    assert (front.shows(at_s=10), back.shows()) == ("dark", "dark")
    assert endings(front) == [(Outcome.ANSWERED_HERE, 7)]


def test_a_unit_takes_on_its_own_leg_without_a_word_to_anybody() -> None:
    bus, front, _ = site()
    attic = bus.starts("attic", pickup=PickupSettings(Way.PHONE, "203"))
    attic.rings("b", on="main", caller="ann", at_s=2)
    attic.taps(Button.LINE_1, at_s=5)
    assert (attic.orders, asked(attic), front.orders) == ([TakeRing("b", Way.PHONE, "203")], [], [])


def test_of_two_presses_at_the_same_instant_the_first_one_heard_wins_and_the_other_lamp_blinks() -> None:
    bus, front, back = site()
    attic = bus.starts("attic", serves=(), pickup=PickupSettings(Way.PHONE, "203"))
    claim = PickupAsked(ATTIC, TransactionId("attic-boot-3-1"), CallName("boot-1-1"), DurationMs(0))
    back.taps(Button.LINE_1, at_s=5)
    front.tell(claim)
    attic.taps(Button.LINE_1)
    assert front.orders == [TakeRing("a", Way.PHONE, "202")]
    assert verdicts(front) == [(BACK, OK, BACK), (ATTIC, Verdict.TAKEN, BACK)]
    assert attic.shows() == "Main: asked, stage 1 fill 1"
    assert back.shows() == "Main: asked, stage 1 fill 1; line-1 asked"


def test_an_owner_who_presses_first_keeps_the_caller() -> None:
    _, front, back = site()
    front.taps(Button.LINE_1, at_s=5)
    back.taps(Button.LINE_1, at_s=6)
    assert (asked(back), front.orders) == ([], [TakeRing("a", Way.PHONE, "201")])
    assert back.board.picture.lamps[0].blinks == 1


def test_an_answer_that_is_lost_is_asked_for_once_more_and_is_the_same() -> None:
    bus, front, back = site()
    bus.answers_lost, bus.words_lost = 1, True
    back.taps(Button.LINE_1, at_s=5)
    assert back.shows(at_s=6.9) == "Main: asked, stage 1 fill 1; line-1 asked"
    assert len(asked(back)) == 1
    bus.wait_until(7)
    first, again = asked(back)
    assert first == again
    assert verdicts(front) == [(BACK, OK, BACK)] * 2
    assert front.orders == [TakeRing("a", Way.PHONE, "202")]


def test_what_nobody_answers_in_time_has_failed_and_a_later_answer_takes_nobody_else() -> None:
    bus, front, back = site()
    bus.answers_lost, bus.words_lost = 2, True
    back.taps(Button.LINE_1, at_s=5)
    assert back.shows(at_s=8.999) == "Main: asked, stage 1 fill 1; line-1 asked"
    assert back.shows(at_s=9) == "Main: failed, stage 1 fill 1; line-1 failed"
    front.rings("b", on="main", caller="bob", at_s=9.5)
    late = PickupAnswered(FRONT, asked(back)[0].transaction, OK, BACK)
    back.tell(late)
    assert back.shows(at_s=11) == "Main: waiting, stage 1 fill 1; line-1 takeable"
    assert front.orders == [TakeRing("a", Way.PHONE, "202")]


def test_an_owner_whose_word_is_heard_though_its_answer_is_not_is_not_asked_again() -> None:
    bus, _, back = site()
    bus.answers_lost = 1
    back.taps(Button.LINE_1, at_s=5)
    assert back.shows(at_s=8) == "Main: asked, stage 1 fill 1; line-1 asked"
    assert len(asked(back)) == 1


@pytest.mark.parametrize(
    ("verdict", "shown", "blinks"),
    [
        (Verdict.GONE, "Main: waiting, stage 1 fill 1; line-1 takeable", 2),
        (Verdict.TAKEN, "Main: waiting, stage 1 fill 1; line-1 takeable", 2),
        (Verdict.NOT_RINGING, "Main: failed, stage 1 fill 1; line-1 failed", 1),
        (Verdict.SIP_DOWN, "Main: failed, stage 1 fill 1; line-1 failed", 1),
        (Verdict.STALE, "Main: failed, stage 1 fill 1; line-1 failed", 1),
        (Verdict.REFUSED, "Main: failed, stage 1 fill 1; line-1 failed", 1),
    ],
)
def test_each_verdict_has_its_look(verdict: Verdict, shown: str, blinks: int) -> None:
    bus, _, back = site()
    bus.answers_lost, bus.words_lost = 1, True
    back.taps(Button.LINE_1, at_s=5)
    back.tell(PickupAnswered(FRONT, asked(back)[0].transaction, verdict, UnitId("")), at_s=6)
    assert back.shows() == shown
    assert back.board.picture.lamps[0].blinks == blinks


def test_whom_the_others_phone_does_not_take_is_shown_again_everywhere_and_anyone_may_take_them() -> None:
    _, front, back = site()
    back.taps(Button.LINE_1, at_s=5)
    front.engine_says("a", ANSWERED)
    front.engine_says("a", FAILED, at_s=20.5, why="nobody answered")
    assert back.shows() == "Main: failed, stage 1 fill 1; line-1 failed"
    waits = "Main: waiting, stage 2 fill 2; line-1 takeable"
    assert (front.shows(at_s=22), back.shows()) == (waits, waits)
    front.taps(Button.LINE_1, at_s=23)
    front.engine_says("a", JOINED, at_s=25)
    assert front.orders == [TakeRing("a", Way.PHONE, "202"), TakeRing("a", Way.PHONE, "201")]
    assert front.shows() == "Main: taken; line-1 steady"


def test_whom_nobody_took_is_awarded_though_another_ring_of_theirs_was_told_of_our_answer() -> None:
    _, front, back = site()
    front.rings("beside it", on="main", caller="ann", call_id="call-id-a", at_s=1)
    back.taps(Button.LINE_1, at_s=5)
    front.engine_says("a", ANSWERED, at_s=5.1)
    front.cancelled("beside it", COLLEAGUE_ANSWERED, at_s=5.2)
    front.engine_says("a", FAILED, at_s=20, why="nobody answered")
    back.taps(Button.LINE_1, at_s=23)
    assert verdicts(front) == [(BACK, OK, BACK)] * 2
    assert front.orders == [TakeRing("a", Way.PHONE, "202")] * 2


def test_a_press_in_a_queues_gap_is_armed_by_the_owner() -> None:
    _, front, back = site(queue=True)
    front.cancelled("a", NOBODY_SAYS, at_s=4)
    back.taps(Button.LINE_1, at_s=5)
    assert back.shows() == "Main: asked, stage 1 fill 1; line-1 asked"
    assert front.orders == []
    front.rings("a-again", on="main", caller="ann", at_s=9)
    assert front.orders == [TakeRing("a-again", Way.PHONE, "202")]


def test_a_colleague_who_answers_first_leaves_one_blink_at_the_asker() -> None:
    _, front, back = site()
    back.taps(Button.LINE_1, at_s=5)
    front.cancelled("a", COLLEAGUE_ANSWERED, at_s=5.3)
    assert back.shows(at_s=7) == "dark"
    assert back.board.picture.lamps[0].blinks == 2


def test_a_handset_without_a_leg_is_called_at_its_unit_for_as_long_as_that_answers_by_itself() -> None:
    _, front, back = site(PickupSettings(Way.HANDSET))
    back.taps(Button.LINE_1, at_s=5)
    assert front.orders == [TakeRing("a", Way.PHONE, "602", answer_within_ms=AWARD_MS)]


def test_a_handset_without_a_leg_answers_the_one_ring_that_its_award_brings_and_no_other() -> None:
    bus, front, _ = site()
    back = bus.starts("back", serves=("main",), pickup=PickupSettings(Way.HANDSET))
    front = bus.desks["front"]
    bus.phones["back"] = replace(bus.phones["back"], target="")
    back.taps(Button.LINE_1, at_s=5)
    back.rings("stranger", on="main", caller="555", at_s=5.2)
    back.rings("brought", on="main", caller="601", at_s=5.5)
    back.rings("next", on="main", caller="601", at_s=6)
    assert back.orders == [TakeRing("brought", Way.HANDSET)]
    assert verdicts(front) == [(BACK, OK, BACK)]


def test_a_ring_that_comes_before_the_answer_is_taken_with_it_and_one_after_ten_seconds_is_not() -> None:
    bus, _, _ = site()
    back = bus.starts("back", serves=("main",), pickup=PickupSettings(Way.HANDSET))
    bus.answers_lost, bus.words_lost = 2, True
    back.taps(Button.LINE_1, at_s=5)
    back.rings("brought", on="main", caller="601", at_s=5.5)
    assert back.orders == []
    back.tell(PickupAnswered(FRONT, asked(back)[0].transaction, OK, BACK), at_s=6)
    assert back.orders == [TakeRing("brought", Way.HANDSET)]
    back.engine_says("brought", JOINED)
    back.engine_says("brought", LEFT, at_s=7)
    back.rings("late", on="main", caller="601", at_s=16.1)
    assert len(back.orders) == 1


def test_a_ring_that_comes_more_than_ten_seconds_after_its_award_is_a_caller_like_any_other() -> None:
    bus, front, _ = site()
    back = bus.starts("back", serves=("main",), pickup=PickupSettings(Way.HANDSET))
    back.taps(Button.LINE_1, at_s=5)
    front.engine_says("a", ANSWERED)
    assert back.shows(at_s=15.2) == "Main: asked, stage 1 fill 1; line-1 asked"
    back.rings("late", on="main", caller="601", at_s=15.3)
    assert back.orders == []


def test_the_owner_refuses_what_is_late_unknown_gone_or_cannot_be_done() -> None:
    bus, front, _ = site()
    call = CallName("boot-1-1")

    def ask(number: int, asker: UnitId, named: CallName = call, age_s: float = 0) -> Verdict:
        front.tell(PickupAsked(asker, TransactionId(f"t-{number}"), named, DurationMs(age_s * 1000)))
        return verdicts(front)[-1][1]

    bus.wait_until(5)
    assert ask(1, BACK, age_s=4.1) is Verdict.STALE
    assert ask(2, UnitId("nobody")) is Verdict.REFUSED
    assert ask(3, BACK, CallName("boot-1-9")) is Verdict.GONE
    assert ask(4, BACK, CallName("boot-9-1")) is Verdict.GONE
    front.registration("ext-main", held=False)
    assert ask(5, BACK) is Verdict.SIP_DOWN
    front.engine_dies(at_s=6)
    assert ask(6, BACK) is Verdict.SIP_DOWN
    assert front.orders == []


def test_as_many_answers_are_remembered_as_the_limit_says() -> None:
    bus, front, _ = site()
    bus.wait_until(5)
    for number in range(ANSWERS_MAX + 1):
        front.tell(
            PickupAsked(
                BACK, TransactionId(f"t-{number}"), CallName("boot-1-1"), DurationMs(5_000 * (number > 0))
            )
        )
    front.said.clear()
    front.tell(PickupAsked(BACK, TransactionId("t-1"), CallName("boot-1-1"), DurationMs(0)))
    front.tell(PickupAsked(BACK, TransactionId("t-0"), CallName("boot-1-1"), DurationMs(5_000)))
    assert verdicts(front) == [(BACK, Verdict.STALE, ""), (BACK, Verdict.STALE, "")]


def test_an_owner_that_falls_silent_while_it_takes_the_caller_for_us_has_failed() -> None:
    bus, _, back = site()
    back.taps(Button.LINE_1, at_s=5)
    bus.is_unplugged("front", at_s=7)
    assert back.shows() == "Main: failed, stage 1 fill 1; fault; line-1 failed"
    assert back.shows(at_s=9) == "Main: unsure, stage 1 fill 1; fault"
