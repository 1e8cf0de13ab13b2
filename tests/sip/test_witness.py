"""What the engine tells, and what the board is told of it."""

from appliance.core.events import (
    EngineStarted,
    Event,
    FaultCleared,
    FaultRaised,
    Offer,
    Reason,
    RegistrationChanged,
    RingEnded,
    RingRefused,
    RingsListed,
    RingStarted,
    SenderRefused,
)
from appliance.core.words import LEGS_MAX, DurationMs, ExtensionId, InstantMs, RingId
from appliance.sip.admission import TurnedAway
from appliance.sip.hearing import FAULT_SHOWN_MS, Hearing
from appliance.sip.protocol import Beat, Fault, Rang, Ready, Refused, Registration, RingOver, ToUnit
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
