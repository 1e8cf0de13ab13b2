"""One caller in our hands, for stories of what is done to legs and sound, and of what the unit is told."""

from appliance.core.words import DurationMs, InstantMs, PickupStep
from appliance.sip.hands import Dial
from appliance.sip.pickup import SETTLE_MS, Pickup

PHONE = Dial("21", answer_within_ms=DurationMs(15_000))
GUARDED = Dial("21", confirm_key=True, answer_within_ms=DurationMs(15_000))
HANDSET = Dial("")


def at(ms: float) -> InstantMs:
    return InstantMs(ms)


class Recorder:
    """The hands: keeps all that was asked of them, in order."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def call(self, dial: Dial) -> None:
        self.done.append(f"call {dial.target}")

    def let_go(self) -> None:
        self.done.append("let go")

    def ring_back(self) -> None:
        self.done.append("ringback")

    def ask_for_key(self) -> None:
        self.done.append("ask for key")

    def join(self) -> None:
        self.done.append("join")

    def hand_over(self) -> None:
        self.done.append("hand over")

    def hang_up(self) -> None:
        self.done.append("hang up")

    def tell(self, step: PickupStep, why: str) -> None:
        self.done.append(f"{step}: {why}" if why else step.value)


class Story:
    """A pickup and its hands; what was done since it was last asked."""

    def __init__(self, dial: Dial = PHONE) -> None:
        self._hands = Recorder()
        self.pickup = Pickup(self._hands, dial)

    def did(self) -> list[str]:
        done, self._hands.done = self._hands.done, []
        return done


def calling(dial: Dial = PHONE) -> Story:
    """The second leg is being called, since instant 0."""
    story = Story(dial)
    story.pickup.caller_connected(at(0))
    story.did()
    return story


def handing_over() -> Story:
    """A person speaks with the caller, and at instant 1000 the phone system was asked to take over."""
    story = calling()
    story.pickup.second_answered(at(1_000 - SETTLE_MS))
    story.pickup.pass_time(at(1_000))
    assert story.did() == ["join", "joined", "hand over"]
    return story
