"""One plain English sentence for each notice: what a person hears of it. Never a caller's name or number."""

from collections.abc import Mapping
from typing import assert_never

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
    PickupNotice,
    PickupRefused,
    ReturnBegan,
)
from appliance.core.words import DurationMs, LineId


def sentence_of(notice: Notice, labels: Mapping[LineId, str]) -> str:
    """Return the sentence, with the lines called by their labels."""
    match notice:
        case CallArrived(_, line, True):
            return f"{labels[line]}: a caller rings."
        case CallArrived(_, line, _):
            return f"{labels[line]}: one more caller rings than can be shown, and is counted."
        case CallShown(_, line, wait_ms):
            return f"{labels[line]}: a caller who was only counted is shown, after {minutes(wait_ms)}."
        case StageReached(_, line, stage, wait_ms, urgency):
            return f"{labels[line]}: {_stage_words(stage, wait_ms, urgency)}"
        case CallHeld(_, line, wait_ms):
            return (
                f"{labels[line]}: the queue rings no more for now; its caller is held, at {minutes(wait_ms)}."
            )
        case CallRangAgain(_, line, wait_ms):
            return f"{labels[line]}: the same caller rings again, at {minutes(wait_ms)}."
        case CallUnsure(_, line, wait_ms):
            return f"{labels[line]}: nobody sees the caller any more, at {minutes(wait_ms)}: shown as unsure."
        case CallEnded(_, line, outcome, wait_ms, why):
            return f"{labels[line]}: {_ending_words(outcome, wait_ms, why)}"
        case PickupBegan() | PickupArmed() | PickupFailed() | PickupRefused() | CallTaken() | ReturnBegan():
            return f"{labels[notice.line]}: {_pickup_words(notice)}"
        case RegistrationHeld(extension):
            return f"Extension {extension} is registered."
        case RegistrationLost(extension, code, why):
            return f"Extension {extension} is not registered: {_answer_words(code, why)}."
        case PhoneSystemLost(why):
            return f"The phone system is lost: {why}."
        case PhoneSystemBack():
            return "The phone system is back."
        case SendersRefused(address, why, count):
            return f"Refused {_calls(count)} from {address}: {why}."
        case RingsRefused(count):
            return f"Every leg is in use: {_rings(count)} left to the phone system."
        case FaultBegan(fault, why):
            return f"Fault: {fault}: {why}."
        case FaultOver(fault):
            return f"No longer at fault: {fault}."
        case NothingToDo(button):
            return f"Button {button.value} was pressed: nothing to do."
        case PressTooLate(button, age_ms):
            return f"Button {button.value} was pressed {age_ms / 1000:.1f} s ago: too late to act on it."
        case HandsetInUse(line):
            return f"{labels[line]}: nobody is taken now, for the handset is in use."
        case Muted(count):
            return f"Muted {_callers(count)}; a new one sounds again."
        case AwayBegan(for_ms):
            return f"Away: no sound here for {minutes(for_ms)} at most."
        case AwayOver(why):
            return f"Back: {why}."
        case HushAsked(asker, for_ms):
            return f"Unit {asker} muted the callers of now: quiet for {minutes(for_ms)}, but for urgent ones."
        case OtherAway(unit, for_ms):
            return f"The people of unit {unit} are away for {minutes(for_ms)} at most."
        case OtherBack(unit, why):
            return f"The people of unit {unit} are back: {why}."
        case PartTested(part):
            return f"Lamp test: {part}."
        case LampTestOver(why):
            return f"The lamp test is over: {why}."
        case _:
            assert_never(notice)


def minutes(wait_ms: DurationMs) -> str:
    """Return a wait as m:ss, in whole seconds gone by."""
    # A threshold's instant minus the start's may fall short of it by the rounding of a float.
    seconds = max(0, int(wait_ms / 1000 + 1e-6))
    return f"{seconds // 60}:{seconds % 60:02}"


def _stage_words(stage: int, wait_ms: DurationMs, urgency: Urgency | None) -> str:
    match urgency:
        case Urgency.PRIORITY:
            return f"the caller is urgent from the start: {urgency.value}."
        case Urgency.REPEAT:
            return f"the caller is urgent: {urgency.value}."
        case Urgency.WAITED | None:
            return f"a caller has been waiting {minutes(wait_ms)} (stage {stage})."
        case _:
            assert_never(urgency)


def _ending_words(outcome: Outcome, wait_ms: DurationMs, why: str) -> str:
    after = f"after {minutes(wait_ms)}"
    match outcome:
        case Outcome.ANSWERED_HERE:
            return f"answered here {after}."
        case Outcome.ANSWERED_ELSEWHERE:
            return f"answered elsewhere {after}."
        case Outcome.REDIRECTED:
            return f"redirected to the desk phone {after}."
        case Outcome.OVERFLOWED:
            return f"sent on, and answered there {after}."
        case Outcome.DROPPED:
            return f"dropped by our own failure {after}: {why}."
        case Outcome.ABANDONED:
            return f"not answered, over {after}: {why}."
        case Outcome.UNKNOWN:
            return f"over {after}, and nobody knows how: {why}."
        case _:
            assert_never(outcome)


def _answer_words(code: int, why: str) -> str:
    return f"{code} {why}".strip() if code else why


def _pickup_words(notice: PickupNotice) -> str:
    match notice:
        case PickupBegan(_, _, by):
            return f"the caller is being taken{_at(by)}."
        case PickupArmed(_, _, by):
            return f"the caller is wanted{_at(by)}, and taken at the next ring."
        case PickupFailed(_, _, why):
            return f"nobody took the caller, who is still here: {why}."
        case PickupRefused(_, owner, why):
            return f"unit {owner} did not give us the caller: {why}."
        case CallTaken(_, _, None, wait_ms):
            return f"the caller, sent on, speaks with a person after {minutes(wait_ms)}."
        case CallTaken(_, _, by, wait_ms):
            return f"a person{_at(by or '')} speaks with the caller after {minutes(wait_ms)}."
        case ReturnBegan(_, _, wait_ms):
            return f"nobody came at {minutes(wait_ms)}: the caller is sent on."
        case _:
            assert_never(notice)


def _at(unit: str) -> str:
    return f" at unit {unit}" if unit else ""


def _rings(count: int) -> str:
    return "one ring was" if count == 1 else f"{count} rings were"


def _callers(count: int) -> str:
    return "one caller" if count == 1 else f"{count} callers"


def _calls(count: int) -> str:
    return "one call" if count == 1 else f"{count} calls"
