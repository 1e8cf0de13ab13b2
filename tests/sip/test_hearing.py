"""What the engine's words become on the board: each fact once, however often it is said."""

from appliance.core.events import (
    EngineStarted,
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
from appliance.core.words import DurationMs, ExtensionId, InstantMs, PickupStep, RingId
from appliance.sip.hearing import ENGINE_FAULT, FAULT_SHOWN_MS, Hearing
from appliance.sip.protocol import Beat, Fault, Moved, Rang, Ready, Refused, Registration, RingOver, Stopped

MAIN = ExtensionId("ext-main")
ANN = Offer(RingId("1-1"), MAIN, "call-id-of-ann", "ann")


def at(ms: float) -> InstantMs:
    return InstantMs(ms)


def held(at_ms: float) -> Registration:
    return Registration(MAIN, True, 200, "", DurationMs(120_000), at(at_ms))


HELD = RegistrationChanged(MAIN, True, 200, "", DurationMs(120_000))
NOBODY_RINGS = RingsListed(())


def test_a_ring_is_as_old_as_it_is_and_never_younger_than_now() -> None:
    hearing = Hearing()
    assert hearing.take(Rang(ANN, at(900)), at(1_000)) == [RingStarted(ANN, DurationMs(100))]
    assert hearing.take(Rang(ANN, at(1_001)), at(1_000)) == [RingStarted(ANN, DurationMs(0))]
    assert hearing.take(Beat(at(2_000), rings=(Rang(ANN, at(900)),)), at(2_010)) == [
        RingsListed((RingStarted(ANN, DurationMs(1_110)),))
    ]


def test_the_end_of_a_ring_comes_with_all_its_reasons() -> None:
    reasons = (Reason("Q.850", 26), Reason("SIP", 200, "Call completed elsewhere"))
    assert Hearing().take(RingOver(ANN.ring, True, reasons, at(5)), at(6)) == [
        RingEnded(ANN.ring, True, reasons)
    ]


def test_a_registration_is_told_once_and_each_refresh_of_it() -> None:
    hearing = Hearing()
    assert hearing.take(held(1_000), at(1_001)) == [HELD]
    assert hearing.take(Beat(at(2_000), registrations=(held(1_000),)), at(2_001)) == [NOBODY_RINGS]
    # The refresh was lost on the way; the beat brings it.
    assert hearing.take(Beat(at(3_000), registrations=(held(2_500),)), at(3_001)) == [NOBODY_RINGS, HELD]
    assert hearing.take(held(2_500), at(3_002)) == []


def test_a_new_engines_registrations_are_news_whatever_its_instants_are() -> None:
    hearing = Hearing()
    hearing.take(held(1_000), at(1_001))
    assert hearing.take(Ready(2, 5060), at(5_000)) == [EngineStarted()]
    assert hearing.take(held(1_000), at(5_001)) == [HELD]


def test_what_was_gathered_between_two_beats_is_told() -> None:
    beat = Beat(at(0), refused=(Refused("192.0.2.66", "no mark", 7),), legs_full_count=2)
    assert Hearing().take(beat, at(1)) == [
        NOBODY_RINGS,
        SenderRefused("192.0.2.66", "no mark", 7),
        RingRefused(2),
    ]


def test_a_trouble_that_passed_stays_shown_for_ten_minutes_after_its_last_word() -> None:
    hearing = Hearing()
    quiet = [NOBODY_RINGS]
    said = hearing.take(Beat(at(0), faults=(Fault("onRegState: KeyError", 3),), unsent_count=4), at(0))
    assert said == [
        NOBODY_RINGS,
        FaultRaised(ENGINE_FAULT, "onRegState: KeyError"),
        FaultRaised(ENGINE_FAULT, "4 messages were lost while the unit did not listen"),
    ]
    assert hearing.take(Beat(at(1_000)), at(1_000)) == quiet
    hearing.take(Beat(at(2_000), faults=(Fault("again", 1),)), at(2_000))
    assert hearing.take(Beat(at(3_000)), at(2_000 + FAULT_SHOWN_MS - 1)) == quiet
    assert hearing.take(Beat(at(4_000)), at(2_000 + FAULT_SHOWN_MS)) == [
        NOBODY_RINGS,
        FaultCleared(ENGINE_FAULT),
    ]
    assert hearing.take(Beat(at(5_000)), at(3_000 + FAULT_SHOWN_MS)) == quiet


def test_an_engine_has_callers_from_their_answer_until_they_left_or_a_beat_is_without_them() -> None:
    hearing = Hearing()
    hearing.take(Rang(ANN, at(0)), at(1))
    assert not hearing.has_callers, "who rings is with the phone system"
    answered = Moved(ANN.ring, PickupStep.ANSWERED, "", at(2))
    hearing.take(answered, at(3))
    assert hearing.has_callers
    hearing.take(Moved(ANN.ring, PickupStep.LEFT, "", at(4)), at(5))
    assert not hearing.has_callers
    hearing.take(answered, at(6))
    hearing.take(Beat(at(7), pickups=(answered,)), at(8))
    assert hearing.has_callers
    hearing.take(Beat(at(9)), at(10))
    assert not hearing.has_callers


def test_what_could_not_be_understood_is_a_trouble_like_any_other() -> None:
    hearing = Hearing()
    assert hearing.misheard("a packet of 400000 bytes", at(0)) == FaultRaised(
        ENGINE_FAULT, "it said what cannot be understood: a packet of 400000 bytes"
    )
    assert hearing.take(Beat(at(1_000)), at(FAULT_SHOWN_MS)) == [NOBODY_RINGS, FaultCleared(ENGINE_FAULT)]


def test_the_last_word_tells_the_board_nothing() -> None:
    assert Hearing().take(Stopped(), at(0)) == []
