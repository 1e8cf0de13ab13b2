"""One plain sentence for each notice, whole."""

from typing import get_args

import pytest

from appliance.core.notices import (
    AwayBegan,
    AwayOver,
    CallArrived,
    CallEnded,
    CallHeld,
    CallRangAgain,
    CallShown,
    CallUnsure,
    FaultBegan,
    FaultOver,
    HandsetInUse,
    HushAsked,
    LampTestOver,
    Muted,
    NothingToDo,
    Notice,
    OtherAway,
    OtherBack,
    Outcome,
    PartTested,
    PhoneSystemBack,
    PhoneSystemLost,
    PressTooLate,
    RegistrationHeld,
    RegistrationLost,
    RingsRefused,
    SendersRefused,
    StageReached,
    Urgency,
)
from appliance.core.pickup_notices import (
    CallTaken,
    PickupArmed,
    PickupBegan,
    PickupFailed,
    PickupRefused,
    ReturnBegan,
)
from appliance.core.sentences import minutes, sentence_of
from appliance.core.words import Button, CallId, DurationMs, ExtensionId, LineId, UnitId

ONE, MAIN, FRONT, BACK = CallId(1), LineId("main"), ExtensionId("front"), UnitId("back")


def ms(seconds: float) -> DurationMs:
    return DurationMs(seconds * 1000)


SENTENCES: list[tuple[Notice, str]] = [
    (CallArrived(ONE, MAIN, True), "Main: a caller rings."),
    (PickupBegan(ONE, MAIN, UnitId("")), "Main: the caller is being taken."),
    (PickupBegan(ONE, MAIN, BACK), "Main: the caller is being taken at unit back."),
    (PickupArmed(ONE, MAIN, BACK), "Main: the caller is wanted at unit back, and taken at the next ring."),
    (
        PickupFailed(ONE, MAIN, "nobody answered"),
        "Main: nobody took the caller, who is still here: nobody answered.",
    ),
    (
        PickupRefused(MAIN, BACK, "the caller is gone"),
        "Main: unit back did not give us the caller: the caller is gone.",
    ),
    (CallTaken(ONE, MAIN, BACK, ms(31)), "Main: a person at unit back speaks with the caller after 0:31."),
    (CallTaken(ONE, MAIN, UnitId(""), ms(31)), "Main: a person speaks with the caller after 0:31."),
    (CallTaken(ONE, MAIN, None, ms(90)), "Main: the caller, sent on, speaks with a person after 1:30."),
    (ReturnBegan(ONE, MAIN, ms(75)), "Main: nobody came at 1:15: the caller is sent on."),
    (CallEnded(ONE, MAIN, Outcome.ANSWERED_HERE, ms(31), ""), "Main: answered here after 0:31."),
    (CallEnded(ONE, MAIN, Outcome.REDIRECTED, ms(31), ""), "Main: redirected to the desk phone after 0:31."),
    (CallEnded(ONE, MAIN, Outcome.OVERFLOWED, ms(90), ""), "Main: sent on, and answered there after 1:30."),
    (
        CallEnded(ONE, MAIN, Outcome.DROPPED, ms(31), "the engine was lost"),
        "Main: dropped by our own failure after 0:31: the engine was lost.",
    ),
    (CallArrived(ONE, MAIN, False), "Main: one more caller rings than can be shown, and is counted."),
    (CallShown(ONE, MAIN, ms(31)), "Main: a caller who was only counted is shown, after 0:31."),
    (StageReached(ONE, MAIN, 2, ms(20), None), "Main: a caller has been waiting 0:20 (stage 2)."),
    (StageReached(ONE, MAIN, 3, ms(45), Urgency.WAITED), "Main: a caller has been waiting 0:45 (stage 3)."),
    (
        StageReached(ONE, MAIN, 3, ms(0), Urgency.PRIORITY),
        "Main: the caller is urgent from the start: priority line.",
    ),
    (
        StageReached(ONE, MAIN, 3, ms(0), Urgency.REPEAT),
        "Main: the caller is urgent: called before within the hour and was not reached.",
    ),
    (CallHeld(ONE, MAIN, ms(15)), "Main: the queue rings no more for now; its caller is held, at 0:15."),
    (CallRangAgain(ONE, MAIN, ms(20)), "Main: the same caller rings again, at 0:20."),
    (CallUnsure(ONE, MAIN, ms(12)), "Main: nobody sees the caller any more, at 0:12: shown as unsure."),
    (
        CallEnded(ONE, MAIN, Outcome.ANSWERED_ELSEWHERE, ms(7), "a colleague answered"),
        "Main: answered elsewhere after 0:07.",
    ),
    (
        CallEnded(ONE, MAIN, Outcome.ABANDONED, ms(61), "the caller gave up"),
        "Main: not answered, over after 1:01: the caller gave up.",
    ),
    (
        CallEnded(ONE, MAIN, Outcome.UNKNOWN, ms(9), "the ring was lost"),
        "Main: over after 0:09, and nobody knows how: the ring was lost.",
    ),
    (RegistrationHeld(FRONT), "Extension front is registered."),
    (RegistrationLost(FRONT, 403, "Forbidden"), "Extension front is not registered: 403 Forbidden."),
    (
        RegistrationLost(FRONT, 0, "not yet registered"),
        "Extension front is not registered: not yet registered.",
    ),
    (PhoneSystemLost("killed by signal 9"), "The phone system is lost: killed by signal 9."),
    (PhoneSystemBack(), "The phone system is back."),
    (SendersRefused("192.0.2.9", "not our PBX", 1), "Refused one call from 192.0.2.9: not our PBX."),
    (SendersRefused("192.0.2.9", "not our PBX", 40), "Refused 40 calls from 192.0.2.9: not our PBX."),
    (RingsRefused(3), "Every leg is in use: 3 rings were left to the phone system."),
    (RingsRefused(1), "Every leg is in use: one ring was left to the phone system."),
    (FaultBegan("tower terminal", "OSError"), "Fault: tower terminal: OSError."),
    (FaultOver("tower terminal"), "No longer at fault: tower terminal."),
    (NothingToDo(Button.OWED), "Button owed was pressed: nothing to do."),
    (
        PressTooLate(Button.LINE_2, DurationMs(4_210)),
        "Button line-2 was pressed 4.2 s ago: too late to act on it.",
    ),
    (HandsetInUse(MAIN), "Main: nobody is taken now, for the handset is in use."),
    (Muted(1), "Muted one caller; a new one sounds again."),
    (Muted(3), "Muted 3 callers; a new one sounds again."),
    (AwayBegan(ms(1_800)), "Away: no sound here for 30:00 at most."),
    (AwayOver("the time for it is over"), "Back: the time for it is over."),
    (
        HushAsked(BACK, ms(60)),
        "Unit back muted the callers of now: quiet for 1:00, but for urgent ones.",
    ),
    (OtherAway(BACK, ms(1_800)), "The people of unit back are away for 30:00 at most."),
    (OtherBack(BACK, "the unit started again"), "The people of unit back are back: the unit started again."),
    (PartTested("line Main"), "Lamp test: line Main."),
    (LampTestOver("a caller rings"), "The lamp test is over: a caller rings."),
]


@pytest.mark.parametrize(("notice", "sentence"), SENTENCES)
def test_a_notice_is_one_plain_sentence(notice: Notice, sentence: str) -> None:
    assert sentence_of(notice, {MAIN: "Main"}) == sentence


def test_every_notice_there_is_has_its_sentence_here() -> None:
    assert {type(notice) for notice, _ in SENTENCES} == set(get_args(Notice))


def test_a_wait_is_written_in_whole_seconds_gone_by() -> None:
    assert [minutes(ms(s)) for s in (-1, 0, 0.999, 1, 59.9999999999, 600)] == [
        "0:00", "0:00", "0:00", "0:01", "1:00", "10:00",
    ]  # fmt: skip
