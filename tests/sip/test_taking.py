"""The real engine takes callers at a real Asterisk: who hears whom, and what the unit is told."""

import pytest

from appliance.core.events import PickupMoved, RingEnded, RingStarted
from appliance.core.words import OrderId, PickupStep, RingId
from tests.peers.program import PATIENT_S, until
from tests.peers.raw import header
from tests.peers.talker import Talker, talker
from tests.sip.house import (
    DESK,
    HANDED_OVER,
    OTHER,
    OTHER_HZ,
    RINGBACK,
    VOICEMAIL,
    House,
    hear_each_other,
)


def test_the_caller_hears_ringback_then_the_person_at_the_desk_and_is_handed_over(
    house: House, caller: Talker
) -> None:
    house.phone.final = ""
    ring = house.rings(caller, name="Berta")
    house.take(ring)
    caller.until_connected()
    caller.until_hears(*RINGBACK)
    house.phone.pick_up()
    house.phone.until_connected()
    hear_each_other(caller, house.phone)
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert house.steps(ring) == HANDED_OVER
    # We are out, and they speak on; what one of them ends is ended for the other.
    hear_each_other(caller, house.phone)
    house.phone.hang_up()
    caller.until_over()


def test_the_desk_phone_shows_who_calls(house: House, caller: Talker) -> None:
    house.take(house.rings(caller, name="Berta"))
    shown = header(house.phone.until_got("INVITE"), "From")
    assert shown.startswith('"Berta" <sip:0301555@')
    house.phone.until_connected()
    caller.hang_up()
    house.phone.until_over()


@pytest.mark.parametrize(
    ("final", "why"), [("486 Busy Here", "it is busy"), ("603 Decline", "it was declined")]
)
def test_a_desk_phone_that_refuses_leaves_the_caller_with_us_who_is_taken_again(
    house: House, caller: Talker, final: str, why: str
) -> None:
    house.phone.final = final
    ring = house.rings(caller)
    house.take(ring)
    house.until_step(ring, PickupStep.FAILED)
    caller.until_hears(*RINGBACK)
    house.take(ring, OTHER)
    hear_each_other(caller, house.other, OTHER_HZ)
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert house.steps(ring) == ["answered", f"failed: {why}", "ringing", "joined", "handed-over"]
    caller.hang_up()
    house.other.until_over()


def test_a_silent_desk_phone_is_given_up_and_the_caller_kept(house: House, caller: Talker) -> None:
    house.phone.final = ""
    ring = house.rings(caller)
    house.take(ring, short=True)
    house.phone.until_got("CANCEL")
    house.until_step(ring, PickupStep.FAILED)
    caller.until_hears(*RINGBACK)
    caller.hang_up()
    house.until_step(ring, PickupStep.CALLER_GONE)
    assert house.steps(ring) == ["answered", "ringing", "failed: nobody answered", "caller-gone"]


def test_a_voicemail_that_answers_presses_no_key_and_never_has_the_caller(
    house: House, caller: Talker
) -> None:
    ring = house.rings(caller)
    house.take(ring, VOICEMAIL, confirm_key=True, short=True)
    house.until_step(ring, PickupStep.FAILED)
    caller.until_hears(*RINGBACK)
    assert house.steps(ring) == ["answered", "failed: nobody pressed 1"]
    caller.hang_up()
    house.until_step(ring, PickupStep.CALLER_GONE)


def test_a_person_who_is_asked_for_the_key_presses_it(house: House, caller: Talker) -> None:
    ring = house.rings(caller)
    house.take(ring, confirm_key=True)
    house.phone.until_hears(800)
    caller.until_hears(*RINGBACK)
    house.phone.press("1")
    hear_each_other(caller, house.phone)
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert house.steps(ring) == HANDED_OVER


@pytest.mark.parametrize(("dials", "what"), [("9603", "SRTP"), ("9604", "G.722"), ("9605", "Opus")])
def test_sound_comes_through_both_ways_by(house: House, caller: Talker, dials: str, what: str) -> None:
    house.phone.final = ""
    ring = house.rings(caller, dials)
    house.take(ring)
    caller.until_hears(*RINGBACK)
    house.phone.pick_up()
    hear_each_other(caller, house.phone)
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert house.steps(ring) == HANDED_OVER, what
    caller.hang_up()


def test_a_caller_who_hangs_up_during_ringback_frees_the_desk_phone(house: House, caller: Talker) -> None:
    house.phone.final = ""
    ring = house.rings(caller)
    house.take(ring)
    house.until_step(ring, PickupStep.RINGING)
    before = len(house.phone.got("CANCEL"))
    caller.hang_up()
    house.until_step(ring, PickupStep.CALLER_GONE)
    until(lambda: len(house.phone.got("CANCEL")) > before, PATIENT_S, "the desk phone stops ringing")
    assert house.steps(ring) == ["answered", "ringing", "caller-gone"]


def test_the_desk_phone_may_ring_itself_as_a_member_of_the_group(house: House, caller: Talker) -> None:
    house.phone.final = ""
    ring = house.rings(caller, "700")
    house.phone.until_got("INVITE")
    house.take(ring)
    until(lambda: house.phone.rung_count == 2, PATIENT_S, "it is called for the caller")
    house.phone.pick_up()
    hear_each_other(caller, house.phone)
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert house.steps(ring) == HANDED_OVER
    caller.hang_up()


def test_of_a_press_and_a_directed_pickup_at_the_same_instant_one_has_the_caller(
    house: House, caller: Talker
) -> None:
    ring = house.rings(caller)
    with talker(OTHER_HZ, OTHER) as rival:
        rival.dial(house.asterisk.address, "**601")
        house.take(ring)
        quicker = "caller-gone: somebody else was quicker"

        def is_decided() -> bool:
            ended = any(one.ring == ring for one in house.desk.all(RingEnded))
            return ended or house.steps(ring)[-1:] in (["handed-over"], [quicker])

        until(is_decided, PATIENT_S, "somebody has the caller")
        if house.steps(ring)[-1:] == ["handed-over"]:
            hear_each_other(caller, house.phone)
        else:
            # Where the two cross, Asterisk 22 lets the rival hear nothing; the light has no part in that.
            caller.until_hears(OTHER_HZ)
            house.phone.until_over()
        caller.hang_up()


def answers_too_late(house: House, ring: RingId) -> str:
    """The end of this ring is on its way as the press comes; return what is said of the caller at last."""
    house.phone.final = ""
    until(lambda: bool(house.relay.delayed), PATIENT_S, "the phone system ends the ring")
    house.take(ring)
    house.until_step(ring, PickupStep.CALLER_GONE)
    # The desk phone may have rung for a moment.
    first, *_, last = house.steps(ring)
    assert first == "answered"
    return last


def test_an_answer_that_crosses_the_end_of_a_ring_has_the_caller_for_a_moment(
    house: House, caller: Talker
) -> None:
    house.relay.delays = "CANCEL"
    ring = house.rings(caller, "9607")
    caller.hang_up()
    assert answers_too_late(house, ring) == "caller-gone"


def test_an_answer_that_crosses_the_word_that_a_colleague_answered_is_told_as_just_that(
    house: House, caller: Talker
) -> None:
    house.relay.delays = "CANCEL"
    ring = house.rings(caller, "9607")
    with talker(OTHER_HZ, OTHER) as colleague:
        colleague.dial(house.asterisk.address, "**607")
        assert answers_too_late(house, ring) == "caller-gone: somebody else was quicker"
        caller.hang_up()


def test_a_kept_caller_is_sent_to_the_return_target(house: House, caller: Talker) -> None:
    house.phone.final = "486 Busy Here"
    ring = house.rings(caller)
    house.take(ring)
    house.until_step(ring, PickupStep.FAILED)
    house.desk.link.return_caller(ring, OTHER, order=OrderId(2))
    hear_each_other(caller, house.other, OTHER_HZ)
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert house.steps(ring) == ["answered", "failed: it is busy", "ringing", "joined", "handed-over"]
    assert [moved.order for moved in house.moves() if moved.ring == ring] == [1, 1, 2, 2, 2]
    caller.hang_up()


def test_a_return_target_that_rings_our_own_unit_brings_the_same_caller_who_is_taken_again(
    house: House, caller: Talker
) -> None:
    house.phone.final = "486 Busy Here"
    first = house.rings(caller, name="Berta")
    house.take(first)
    house.until_step(first, PickupStep.FAILED)
    house.desk.link.return_caller(first, "9601")
    second = house.rings()
    offers = [started.offer for started in house.desk.all(RingStarted)]
    assert [(offer.number, offer.name) for offer in offers[-2:]] == [("0301555", "Berta")] * 2
    house.phone.final = "200 OK"
    house.take(second)
    hear_each_other(caller, house.phone)
    for ring in (first, second):
        house.until_step(ring, PickupStep.HANDED_OVER)
    caller.hang_up()
    house.phone.until_over()


def test_a_ring_that_is_taken_is_listed_as_a_ring_no_longer(house: House, caller: Talker) -> None:
    house.phone.final = ""
    ring = house.rings(caller)
    house.desk.lists(1)
    house.take(ring)
    house.until_step(ring, PickupStep.ANSWERED)
    house.desk.lists(0)
    house.phone.until_got("INVITE")
    caller.hang_up()
    house.until_step(ring, PickupStep.CALLER_GONE)
    ended = [ended for ended in house.desk.all(RingEnded) if ended.ring == ring]
    assert ended == []
    assert house.moves()[-1] == PickupMoved(ring, PickupStep.CALLER_GONE, order=OrderId(1))


def test_the_phone_of_the_unit_is_called_by_whatever_the_target_says(house: House, caller: Talker) -> None:
    before = len(house.phone.got("INVITE"))
    ring = house.rings(caller)
    house.take(ring, f"sip:{DESK}@{house.asterisk.address}")
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert len(house.phone.got("INVITE")) > before
    caller.hang_up()


def test_a_caller_whose_sound_is_not_encrypted_is_not_taken_where_it_must_be(
    house: House, caller: Talker
) -> None:
    ring = house.rings(caller, "9606")
    house.take(ring)
    house.until_step(ring, PickupStep.FAILED)
    assert house.steps(ring) == ["failed: its sound is not encrypted"]
    house.desk.lists(1)
    caller.hang_up()
    house.desk.lists(0)


def test_a_caller_of_whom_nothing_is_heard_is_asked_about_and_stays(house: House, caller: Talker) -> None:
    house.phone.final = "486 Busy Here"
    asked_before = len(house.relay.answers_to("UPDATE"))
    ring = house.rings(caller, "9607")
    house.take(ring)
    house.until_step(ring, PickupStep.FAILED)
    caller.is_unplugged = True
    until(
        lambda: len(house.relay.answers_to("UPDATE")) > asked_before, PATIENT_S, "the phone system is asked"
    )
    assert house.relay.answers_to("UPDATE")[asked_before:] == ["200"]
    caller.is_unplugged = False
    caller.until_hears(*RINGBACK)
    house.phone.final = "200 OK"
    house.take(ring)
    hear_each_other(caller, house.phone)
    caller.hang_up()
    house.phone.until_over()


def test_a_caller_whom_the_phone_system_knows_no_more_is_nobody(house: House, caller: Talker) -> None:
    house.phone.final = "486 Busy Here"
    ring = house.rings(caller, "9607")
    house.take(ring)
    house.until_step(ring, PickupStep.FAILED)
    house.relay.loses, house.relay.has_forgotten = "BYE", True
    caller.hang_up()
    house.until_step(ring, PickupStep.CALLER_GONE)
    assert house.relay.lost, "the word that they hung up"
    assert house.steps(ring) == [
        "answered",
        "failed: it is busy",
        "caller-gone: the phone system has lost the call",
    ]
