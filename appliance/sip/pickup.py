"""One caller in our hands, from the word to take them until a person has them: pure, told every instant.

Three rules make that no caller is ever dropped by a pickup that failed. The caller's leg is ours until the
phone system has joined them with a person, or they hang up. Whatever becomes of the second leg before a
person speaks, the caller hears ringback again and may be taken again. And a hand-over counts only once the
second leg was taken off us: to a phone system that says "200" and does nothing, we stay in between.
"""

from enum import Enum, auto
from typing import Final

from appliance.core.words import CALL_LOST_WHY, DurationMs, InstantMs, OrderId, PickupStep
from appliance.sip.hands import Dial, Hands

SETTLE_MS: Final = DurationMs(1_000)
"""How long both speak through us before the phone system is asked to take over. Asked in the very moment in
which the desk phone answered, Asterisk 22 left the caller without sound 4 times of 92 (its native bridge
loses a race); after half of this wait, once on a machine under heavy load."""

HAND_OVER_MS: Final = DurationMs(4_000)
"""How long the phone system may take to join both legs once it was asked (RFC 3515 gives no limit; Asterisk
takes 2 ms). After it we stay in between, as if it had refused."""

KEY: Final = "1"
"""What who answers must press where a voicemail could answer: the key that is found without looking."""

HANDSET_GONE: Final = "the handset's sound device is gone"
HUNG_UP: Final = "it was hung up here"
STOPPED: Final = "the unit was told to stop"


class _Stage(Enum):
    ASKED = auto()
    """Our 200 is on its way; the caller is ours once it is acknowledged."""
    KEPT = auto()
    """The caller hears ringback, and nobody is called."""
    CALLING = auto()
    CONFIRMING = auto()
    """Somebody or something answered; the key is awaited."""
    JOINED = auto()
    SETTLING = auto()
    """Joined; the phone system is asked for the hand-over in a moment."""
    HANDING_OVER = auto()
    """Joined, and the phone system was asked to do it without us."""
    RELEASED = auto()
    """The second leg ended while the hand-over was under way, most likely taken off us: the word is due."""
    OVER = auto()


_SPEAKING: Final = (_Stage.JOINED, _Stage.SETTLING, _Stage.HANDING_OVER, _Stage.RELEASED)
"""The stages from the moment in which a person speaks with the caller."""


class Pickup:
    """Follows one caller. Each method is something that happened."""

    def __init__(self, hands: Hands, dial: Dial) -> None:
        """Our 200 was sent; the dial follows as soon as the caller's leg stands."""
        self._hands = hands
        self._dial: Dial | str = dial
        """Whom to call, or who was called last; or why nobody is, if that was so before the leg stood."""
        self.order: OrderId = dial.order
        """The last order for this caller that was taken up: every step is told as one of it."""
        self._stage = _Stage.ASKED
        self._deadline_ms: InstantMs | None = None
        self._accepted = False
        """True once the phone system said that it will try to hand over."""
        self._replaced = False
        """True once it said that both legs were joined."""

    @property
    def answered(self) -> bool:
        """True once the caller's leg stands."""
        return self._stage is not _Stage.ASKED

    @property
    def joined(self) -> bool:
        """True from the moment in which a person speaks with the caller."""
        return self._stage in (*_SPEAKING, _Stage.OVER)

    @property
    def on_handset(self) -> bool:
        """True while the unit's own sound device is needed."""
        wants = isinstance(self._dial, Dial) and not self._dial.target
        return wants and self._stage in (_Stage.ASKED, _Stage.JOINED)

    @property
    def over(self) -> bool:
        """True once the caller is no longer ours."""
        return self._stage is _Stage.OVER

    def caller_connected(self, now_ms: InstantMs) -> None:
        """The phone system acknowledged our 200."""
        if self._stage is _Stage.ASKED:
            self._hands.tell(PickupStep.ANSWERED, "")
            self._hands.ring_back()
            if isinstance(self._dial, str):
                self._fail(self._dial)
            else:
                self._call(self._dial, now_ms)

    def take(self, dial: Dial, now_ms: InstantMs) -> None:
        """Somebody else, or the same one again, wants the caller."""
        match self._stage:
            case _Stage.ASKED:
                self._dial, self.order = dial, dial.order
            case _Stage.KEPT | _Stage.CALLING | _Stage.CONFIRMING:
                self._hands.let_go()
                self._hands.ring_back()
                self._call(dial, now_ms)
            case _:
                pass

    def second_rings(self) -> None:
        """The second leg rings."""
        if self._stage is _Stage.CALLING:
            self._hands.tell(PickupStep.RINGING, "")

    def second_answered(self, now_ms: InstantMs) -> None:
        """The second leg was answered, by whomever or whatever."""
        if self._stage is _Stage.CALLING:
            if isinstance(self._dial, Dial) and self._dial.confirm_key:
                self._stage = _Stage.CONFIRMING
                self._hands.ask_for_key()
            else:
                self._join_second(now_ms)

    def key_pressed(self, key: str, now_ms: InstantMs) -> None:
        """The second leg sent a key."""
        if self._stage is _Stage.CONFIRMING and key == KEY:
            self._join_second(now_ms)

    def second_over(self, why: str) -> None:
        """The second leg ended, or never came to be."""
        match self._stage:
            case _Stage.CALLING | _Stage.CONFIRMING:
                self._fail(why)
            case _Stage.HANDING_OVER if self._replaced:
                self._end(PickupStep.HANDED_OVER, "")
            case _Stage.HANDING_OVER if self._accepted:
                # The phone system took it off us before it says so, or the person hung up.
                self._stage = _Stage.RELEASED
            case _Stage.JOINED | _Stage.SETTLING | _Stage.HANDING_OVER:
                self._end(PickupStep.LEFT, "")
            case _:
                pass

    def transfer_told(self, code: int, final: bool) -> None:
        """The phone system said how the hand-over goes."""
        good = code // 100 == 2
        match self._stage:
            case _Stage.HANDING_OVER if final and not good:
                self._stay()
            case _Stage.HANDING_OVER:
                self._accepted, self._replaced = True, self._replaced or good
            case _Stage.RELEASED if good:
                self._end(PickupStep.HANDED_OVER, "")
            case _Stage.RELEASED if final:
                # Both are without a person now, whoever ended the second leg.
                self._fail("the phone system lost it in the hand-over")

    def caller_over(self, why: str) -> None:
        """The caller's leg ended: they hung up, or the phone system took it away and said why."""
        before, self._stage = self._stage, _Stage.OVER
        self._hands.let_go()
        match before:
            case _Stage.KEPT | _Stage.CALLING | _Stage.CONFIRMING:
                self._hands.tell(PickupStep.CALLER_GONE, why)
            case _Stage.JOINED | _Stage.SETTLING if why not in ("", CALL_LOST_WHY):
                # A colleague's pickup crossed with ours: the phone system gave them the caller after all.
                self._hands.tell(PickupStep.CALLER_GONE, why)
            case _Stage.JOINED | _Stage.SETTLING:
                self._hands.tell(PickupStep.LEFT, "")
            case _Stage.HANDING_OVER | _Stage.RELEASED:
                self._hands.tell(PickupStep.HANDED_OVER if self._replaced else PickupStep.LEFT, why)
            case _:
                pass

    def hang_up(self) -> None:
        """The hook is on: that ends a conversation, or the attempt at one, but never a caller who waits."""
        match self._stage:
            case stage if stage in _SPEAKING:
                self._end(PickupStep.LEFT, "")
            case _Stage.CALLING | _Stage.CONFIRMING:
                self._fail(HUNG_UP)
            case _Stage.ASKED:
                self._dial = HUNG_UP

    def handset_gone(self) -> None:
        """The sound device was pulled out: whoever was to speak on it, or did, is kept."""
        if self.on_handset and self._stage is _Stage.JOINED:
            self._fail(HANDSET_GONE)
        elif self.on_handset:
            self._dial = HANDSET_GONE

    def stop(self) -> None:
        """The engine ends, and takes the caller's leg with it."""
        match self._stage:
            case stage if stage in _SPEAKING:
                self._end(PickupStep.LEFT, STOPPED)
            case _Stage.KEPT | _Stage.CALLING | _Stage.CONFIRMING:
                self._end(PickupStep.DROPPED, STOPPED)

    def pass_time(self, now_ms: InstantMs) -> None:
        """Give up what took too long."""
        if self._deadline_ms is None or now_ms < self._deadline_ms:
            return
        match self._stage:
            case _Stage.CALLING:
                self._fail("nobody answered")
            case _Stage.CONFIRMING:
                self._fail(f"nobody pressed {KEY}")
            case _Stage.SETTLING:
                self._stage, self._deadline_ms = _Stage.HANDING_OVER, InstantMs(now_ms + HAND_OVER_MS)
                self._hands.hand_over()
            case _Stage.HANDING_OVER:
                self._stay()
            case _Stage.RELEASED:
                self._end(PickupStep.HANDED_OVER, "")

    def _call(self, dial: Dial, now_ms: InstantMs) -> None:
        self._dial, self.order = dial, dial.order
        if dial.target:
            self._stage = _Stage.CALLING
            self._deadline_ms = InstantMs(now_ms + dial.answer_within_ms)
            self._hands.call(dial)
        else:
            self._join()

    def _fail(self, why: str) -> None:
        self._stage, self._deadline_ms = _Stage.KEPT, None
        self._hands.let_go()
        self._hands.ring_back()
        self._hands.tell(PickupStep.FAILED, why)

    def _join(self) -> None:
        self._stage, self._deadline_ms = _Stage.JOINED, None
        self._hands.join()
        self._hands.tell(PickupStep.JOINED, "")

    def _join_second(self, now_ms: InstantMs) -> None:
        self._join()
        self._stage, self._deadline_ms = _Stage.SETTLING, InstantMs(now_ms + SETTLE_MS)
        self._accepted = self._replaced = False

    def _stay(self) -> None:
        """Stay in between."""
        self._stage, self._deadline_ms = _Stage.JOINED, None

    def _end(self, step: PickupStep, why: str) -> None:
        self._stage, self._deadline_ms = _Stage.OVER, None
        self._hands.let_go()
        self._hands.hang_up()
        self._hands.tell(step, why)
