"""What a person must see of the bus: rights that are missing, and a unit of our name."""

from appliance.bus.trouble import RIGHTS_FAULT, TWIN_FAULT, TWIN_SHOWN_MS, UNANSWERED_MAX, Trouble
from appliance.core.events import FaultCleared, FaultRaised
from appliance.core.words import InstantMs


def test_a_refusal_is_told_once_and_over_when_the_same_is_taken() -> None:
    trouble = Trouble()
    for number, what in ((1, "line-state"), (2, "line-state"), (3, "state"), (4, "line-state")):
        trouble.sent(number, what)
    why = "the broker refuses our line-state: Not authorized"
    assert trouble.acknowledged(1, "Not authorized", InstantMs(0)) == (FaultRaised(RIGHTS_FAULT, why),)
    assert trouble.acknowledged(2, "Not authorized", InstantMs(0)) == ()
    assert trouble.acknowledged(3, "", InstantMs(0)) == ()
    assert [trouble.wants_repeat(InstantMs(at_ms)) for at_ms in (4_999, 5_000, 5_001, 10_000)] == [
        False, True, False, True,
    ]  # fmt: skip
    assert trouble.acknowledged(4, "", InstantMs(0)) == (FaultCleared(RIGHTS_FAULT),)
    assert not trouble.wants_repeat(InstantMs(1e9))


def test_a_refusal_of_what_nobody_remembers_is_told_all_the_same() -> None:
    trouble = Trouble()
    for number in range(UNANSWERED_MAX + 1):
        trouble.sent(number, "echo")
    (told,) = trouble.acknowledged(0, "Quota exceeded", InstantMs(0))
    assert told == FaultRaised(RIGHTS_FAULT, "the broker refuses our message: Quota exceeded")
    (told,) = trouble.acknowledged(1, "Quota exceeded", InstantMs(0))
    assert "our echo" in told.why if isinstance(told, FaultRaised) else False


def test_a_twin_is_shown_while_it_is_seen_and_a_while_longer() -> None:
    trouble = Trouble()
    why = "another unit calls itself front too: give one of them another name"
    assert trouble.twin("front", InstantMs(0)) == (FaultRaised(TWIN_FAULT, why),)
    assert trouble.twin("front", InstantMs(50_000)) == ()
    assert trouble.due_ms == 50_000 + TWIN_SHOWN_MS
    assert trouble.turn(InstantMs(trouble.due_ms - 1)) == ()
    assert trouble.turn(trouble.due_ms) == (FaultCleared(TWIN_FAULT),)
    assert trouble.turn(InstantMs(1e9)) == ()
