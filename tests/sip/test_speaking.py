"""The real engine once a person speaks with a caller: handed over, in between, or on the unit's handset."""

from appliance.core.words import PickupStep, Way
from tests.peers.program import PATIENT_S, until
from tests.peers.raw import header
from tests.peers.talker import Talker, talker
from tests.sip.house import CALLER_HZ, HANDED_OVER, OTHER_HZ, RINGBACK, House, hear_each_other


def test_a_phone_system_that_refuses_the_hand_over_leaves_us_in_between(house: House, caller: Talker) -> None:
    house.phone.final = ""
    ring = house.rings(caller, "9602")
    house.take(ring)
    caller.until_hears(425)
    house.phone.pick_up()
    house.until_step(ring, PickupStep.JOINED)
    for _ in range(4):
        # Each takes 0.4 s: the phone system is asked, and refuses, in the middle of it.
        hear_each_other(caller, house.phone)
    caller.hang_up()
    house.phone.until_over()
    house.until_step(ring, PickupStep.LEFT)
    assert house.steps(ring) == ["answered", "ringing", "joined", "left"]


def test_a_hand_over_whose_every_word_is_lost_has_joined_them_all_the_same(
    house: House, caller: Talker
) -> None:
    house.relay.loses = "NOTIFY"
    ring = house.rings(caller, "9607")
    house.take(ring)
    hear_each_other(caller, house.phone)
    # After 4 s of silence it decides by what it saw: the phone system took the desk phone off us.
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert house.steps(ring) == HANDED_OVER
    assert house.relay.lost
    assert {header(one, "Event").partition(";")[0] for one in house.relay.lost} == {"refer"}
    # We are out, and they speak on.
    hear_each_other(caller, house.phone)
    house.phone.hang_up()
    caller.until_over()


def test_a_caller_is_taken_on_the_handset_until_the_hook_is_on(house: House, caller: Talker) -> None:
    ring = house.rings(caller)
    house.desk.link.take(ring, Way.HANDSET)
    caller.until_hears(OTHER_HZ)
    until(lambda: house.handset.hears() == {CALLER_HZ}, PATIENT_S, "the handset hears the caller")
    with talker(CALLER_HZ, "0302666") as second:
        rings_on = house.rings(second)
        house.desk.link.take(rings_on, Way.HANDSET)
        house.until_step(rings_on, PickupStep.FAILED)
        assert house.steps(rings_on) == ["failed: the handset is in use"]
        second.hang_up()
    house.desk.link.hang_up(ring)
    caller.until_over()
    house.until_step(ring, PickupStep.LEFT)
    assert house.steps(ring) == ["answered", "joined", "left"]


def test_a_caller_whom_the_desk_phone_refused_is_taken_on_the_handset(house: House, caller: Talker) -> None:
    house.phone.final = "486 Busy Here"
    ring = house.rings(caller)
    house.take(ring)
    house.until_step(ring, PickupStep.FAILED)
    house.desk.link.take(ring, Way.HANDSET)
    caller.until_hears(OTHER_HZ)
    caller.hang_up()
    house.until_step(ring, PickupStep.LEFT)
    assert house.steps(ring) == ["answered", "failed: it is busy", "joined", "left"]


def test_a_handset_that_is_pulled_out_leaves_the_caller_with_us_who_is_taken_again(
    house: House, caller: Talker
) -> None:
    ring = house.rings(caller)
    house.desk.link.take(ring, Way.HANDSET)
    caller.until_hears(OTHER_HZ)
    house.handset.pull_out()
    house.until_step(ring, PickupStep.FAILED)
    caller.until_hears(*RINGBACK)
    house.desk.link.take(ring, Way.HANDSET)
    nowhere = "failed: the handset's sound device cannot be opened"
    until(lambda: house.steps(ring)[-1] == nowhere, PATIENT_S, "there is no handset")
    caller.until_hears(*RINGBACK)
    house.handset.plug_in()
    house.desk.link.take(ring, Way.HANDSET)
    caller.until_hears(OTHER_HZ)
    caller.hang_up()
    house.until_step(ring, PickupStep.LEFT)
    gone = "failed: the handset's sound device is gone"
    assert house.steps(ring) == ["answered", "joined", gone, nowhere, "joined", "left"]
