"""What the engine tells, and what the board is told of it."""

from appliance.core.events import (
    EngineStarted,
    Event,
    FaultCleared,
    FaultRaised,
    Offer,
    PickupMoved,
    Reason,
    RegistrationChanged,
    RingEnded,
    RingRefused,
    RingsListed,
    RingStarted,
    SenderRefused,
)
from appliance.core.words import LEGS_MAX, DurationMs, ExtensionId, InstantMs, OrderId, PickupStep, RingId
from appliance.sip.admission import TurnedAway
from appliance.sip.hearing import FAULT_SHOWN_MS, Hearing
from appliance.sip.protocol import Beat, Fault, Moved, Rang, Ready, Refused, Registration, RingOver, ToUnit
from appliance.sip.witness import BEAT_FAULTS_MAX, MORE_FAULTS, Witness

MAIN = ExtensionId("ext-main")
HELD = Registration(MAIN, True, 200, "", DurationMs(120_000), InstantMs(50))


def at(ms: float) -> InstantMs:
    return InstantMs(ms)


class Wire:
    """The socket: keeps what went through, or swallows everything."""

    def __init__(self) -> None:
        self.sent: list[ToUnit] = []
        self.full = False

    def send(self, message: ToUnit) -> bool:
        if not self.full:
            self.sent.append(message)
        return not self.full


def offer(witness: Witness) -> Offer:
    return Offer(witness.next_ring(), MAIN, "call-id")


def test_a_ring_is_told_at_once_repeated_in_each_beat_and_ended_once() -> None:
    wire = Wire()
    witness = Witness(3, wire.send)
    ring = offer(witness)
    assert ring.ring == "3-1"
    witness.rang(ring, at(10))
    witness.beat(at(20))
    answered = (Reason("SIP", 200),)
    witness.over(ring.ring, at(30), cancelled=True, reasons=answered)
    witness.over(ring.ring, at(31))
    witness.beat(at(40))
    assert wire.sent == [
        Rang(ring, at(10)),
        Beat(at(20), rings=(Rang(ring, at(10)),)),
        RingOver(ring.ring, True, answered, at(30)),
        Beat(at(40)),
    ]


def test_what_a_full_socket_swallowed_is_told_with_the_next_beat_that_goes_through() -> None:
    wire = Wire()
    witness = Witness(1, wire.send)
    wire.full = True
    ring = offer(witness)
    witness.rang(ring, at(10))
    witness.registered(HELD)
    witness.refused(TurnedAway("203.0.113.5", "no mark"))
    witness.legs_full()
    witness.fault("onCallState: ValueError (stack.py:1)")
    witness.beat(at(20))
    wire.full = False
    witness.refused(TurnedAway("203.0.113.5", "no mark"))
    witness.beat(at(30))
    witness.beat(at(40))
    assert wire.sent == [
        Beat(
            at(30),
            rings=(Rang(ring, at(10)),),
            registrations=(HELD,),
            refused=(Refused("203.0.113.5", "no mark", 2),),
            legs_full_count=1,
            unsent_count=2,
            faults=(Fault("onCallState: ValueError (stack.py:1)", 1),),
        ),
        Beat(at(40), rings=(Rang(ring, at(10)),), registrations=(HELD,)),
    ]


RING, ORDER = RingId("1-1"), OrderId(7)


def test_a_ring_that_is_taken_is_a_pickup_until_its_end_and_no_ring_any_more() -> None:
    wire = Wire()
    witness = Witness(1, wire.send)
    ring = offer(witness)
    witness.rang(ring, at(10))
    witness.moved(RING, PickupStep.ANSWERED, "", ORDER, at(20))
    witness.moved(RING, PickupStep.JOINED, "", ORDER, at(30))
    witness.beat(at(40))
    witness.moved(RING, PickupStep.LEFT, "", ORDER, at(50))
    witness.over(RING, at(50))
    witness.beat(at(60))
    joined = Moved(RING, PickupStep.JOINED, "", at(30), ORDER)
    assert wire.sent == [
        Rang(ring, at(10)),
        Moved(RING, PickupStep.ANSWERED, "", at(20), ORDER),
        joined,
        Beat(at(40), pickups=(joined,)),
        Moved(RING, PickupStep.LEFT, "", at(50), ORDER),
        Beat(at(60)),
    ]


def test_a_pickup_that_fails_before_the_answer_leaves_the_ring_a_ring() -> None:
    wire = Wire()
    witness = Witness(1, wire.send)
    ring = offer(witness)
    witness.rang(ring, at(10))
    witness.moved(RING, PickupStep.FAILED, "no sound", ORDER, at(20))
    witness.beat(at(40))
    assert wire.sent[2:] == [Beat(at(40), rings=(Rang(ring, at(10)),))]


def test_the_end_of_a_pickup_that_a_full_socket_swallowed_comes_with_the_next_beat() -> None:
    wire = Wire()
    witness = Witness(1, wire.send)
    witness.rang(offer(witness), at(10))
    witness.moved(RING, PickupStep.ANSWERED, "", ORDER, at(20))
    wire.full = True
    witness.moved(RING, PickupStep.CALLER_GONE, "", ORDER, at(30))
    witness.beat(at(40))
    wire.full = False
    witness.beat(at(50))
    witness.beat(at(60))
    gone = Moved(RING, PickupStep.CALLER_GONE, "", at(30), ORDER)
    assert wire.sent[2:] == [Beat(at(50), pickups=(gone,), unsent_count=1), Beat(at(60))]


def test_a_step_that_a_full_socket_swallowed_is_told_before_those_that_followed_it() -> None:
    wire, hearing = Wire(), Hearing()
    witness = Witness(1, wire.send)
    witness.rang(offer(witness), at(10))
    wire.full = True
    witness.moved(RING, PickupStep.ANSWERED, "", ORDER, at(20))
    wire.full = False
    witness.moved(RING, PickupStep.FAILED, "it is busy", ORDER, at(30))
    assert len(wire.sent) == 1, "alone it would say that the caller rings on"
    witness.beat(at(40))
    heard = [event for message in wire.sent[1:] for event in hearing.take(message, at(41))]
    assert heard[:3] == [
        PickupMoved(RING, PickupStep.ANSWERED, order=ORDER),
        PickupMoved(RING, PickupStep.FAILED, "it is busy", ORDER),
        RingsListed(()),
    ]
    witness.moved(RING, PickupStep.RINGING, "", ORDER, at(50))
    assert wire.sent[2:] == [Moved(RING, PickupStep.RINGING, "", at(50), ORDER)]


def test_a_caller_in_our_hands_needs_a_place_too() -> None:
    witness = Witness(1, Wire().send)
    for _ in range(LEGS_MAX):
        witness.rang(offer(witness), at(0))
    witness.moved(RING, PickupStep.ANSWERED, "", ORDER, at(1))
    assert witness.full
    witness.moved(RING, PickupStep.HANDED_OVER, "", ORDER, at(2))
    assert not witness.full


def test_the_board_hears_each_step_once_though_beats_repeat_it() -> None:
    hearing = Hearing()
    listed = RingsListed(())
    answered = Moved(RING, PickupStep.ANSWERED, "", at(10), ORDER)
    assert hearing.take(answered, at(11)) == [PickupMoved(RING, PickupStep.ANSWERED, order=ORDER)]
    assert hearing.take(Beat(at(20), pickups=(answered,)), at(21)) == [listed]
    # The word itself was lost: the beat heals it, before the rings are compared.
    failed = Moved(RING, PickupStep.FAILED, "it is busy", at(30), ORDER)
    assert hearing.take(Beat(at(40), pickups=(failed,)), at(41)) == [
        PickupMoved(RING, PickupStep.FAILED, "it is busy", ORDER),
        listed,
    ]
    gone = Moved(RING, PickupStep.CALLER_GONE, "", at(50), ORDER)
    assert hearing.take(gone, at(51)) == [PickupMoved(RING, PickupStep.CALLER_GONE, order=ORDER)]
    assert hearing.take(Beat(at(60)), at(61)) == [listed]


def test_an_end_that_was_never_heard_is_missed_at_the_next_beat() -> None:
    hearing = Hearing()
    joined = Moved(RING, PickupStep.JOINED, "", at(10), ORDER)
    hearing.take(Beat(at(20), pickups=(joined,)), at(21))
    assert hearing.take(Beat(at(30)), at(31)) == [
        PickupMoved(RING, PickupStep.LEFT, "its end was not heard"),
        RingsListed(()),
    ]


def test_a_caller_who_was_never_answered_is_not_missed() -> None:
    hearing = Hearing()
    failed = Moved(RING, PickupStep.FAILED, "no sound", at(10), ORDER)
    assert hearing.take(failed, at(11)) == [PickupMoved(RING, PickupStep.FAILED, "no sound", ORDER)]
    assert hearing.take(Beat(at(20)), at(21)) == [RingsListed(())]


def test_a_new_engine_holds_nobody() -> None:
    hearing = Hearing()
    hearing.take(Beat(at(20), pickups=(Moved(RING, PickupStep.JOINED, "", at(10), ORDER),)), at(21))
    hearing.take(Ready(2, 5060), at(25))
    assert hearing.take(Beat(at(30)), at(31)) == [RingsListed(())]


def test_it_is_full_with_128_rings() -> None:
    witness = Witness(1, Wire().send)
    for _ in range(LEGS_MAX):
        assert not witness.full
        witness.rang(offer(witness), at(0))
    assert witness.full
    witness.over(RingId("1-1"), at(1))
    assert not witness.full


def test_faults_beyond_the_limit_are_counted_together() -> None:
    wire = Wire()
    witness = Witness(1, wire.send)
    for number in range(BEAT_FAULTS_MAX + 5):
        witness.fault(f"fault {number}")
    witness.beat(at(0))
    (beat,) = wire.sent
    assert isinstance(beat, Beat)
    assert len(beat.faults) == BEAT_FAULTS_MAX + 1
    assert beat.faults[-1] == Fault(MORE_FAULTS, 5)


def test_the_board_hears_a_ring_with_its_age() -> None:
    ring = Offer(RingId("1-1"), MAIN, "call-id")
    hearing = Hearing()
    assert hearing.take(Rang(ring, at(100)), at(100.5)) == [RingStarted(ring, DurationMs(0.5))]
    assert hearing.take(Beat(at(5_000), rings=(Rang(ring, at(100)),)), at(5_001)) == [
        RingsListed((RingStarted(ring, DurationMs(4_901)),))
    ]
    reasons = (Reason("Q.850", 26),)
    assert hearing.take(RingOver(RingId("1-1"), True, reasons, at(6_000)), at(6_001)) == [
        RingEnded(RingId("1-1"), True, reasons)
    ]


def test_a_standing_is_heard_once_however_often_it_is_repeated_and_again_at_each_refresh() -> None:
    changed: list[Event] = [RegistrationChanged(MAIN, True, 200, "", DurationMs(120_000))]
    listed = RingsListed(())
    hearing = Hearing()
    assert hearing.take(Ready(1, 5060), at(0)) == [EngineStarted()]
    assert hearing.take(HELD, at(51)) == changed
    beat = Beat(at(60), registrations=(HELD,))
    assert hearing.take(beat, at(61)) == [listed]
    refreshed = Registration(MAIN, True, 200, "", DurationMs(120_000), InstantMs(115_050))
    # The report of the refresh itself was lost: the beat heals it.
    assert hearing.take(Beat(at(116_000), registrations=(refreshed,)), at(116_001)) == [listed, *changed]
    assert hearing.take(Ready(2, 5060), at(120_000)) == [EngineStarted()]
    assert hearing.take(refreshed, at(120_001)) == changed


def test_refusals_and_faults_are_heard_and_a_fault_that_does_not_return_is_over_after_10_minutes() -> None:
    hearing = Hearing()
    beat = Beat(
        at(0),
        refused=(Refused("203.0.113.5", "no mark", 7),),
        legs_full_count=2,
        unsent_count=3,
        faults=(Fault("onCallState: ValueError", 4),),
    )
    listed = RingsListed(())
    assert hearing.take(beat, at(0)) == [
        listed,
        SenderRefused("203.0.113.5", "no mark", 7),
        RingRefused(2),
        FaultRaised("engine", "onCallState: ValueError"),
        FaultRaised("engine", "3 messages were lost while the unit did not listen"),
    ]
    assert hearing.take(Beat(at(1)), at(FAULT_SHOWN_MS - 1)) == [listed]
    assert hearing.take(Beat(at(2)), at(FAULT_SHOWN_MS)) == [listed, FaultCleared("engine")]
    assert hearing.take(Beat(at(3)), at(FAULT_SHOWN_MS + 1)) == [listed]
