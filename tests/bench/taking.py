"""Presses at two whole units, at a real broker and a real Asterisk: how soon they act, and who wins."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from appliance.bus.limits import REQUESTS_A_SECOND_MAX
from appliance.core.lamps import LampLook
from appliance.core.picture import Picture, Showing
from tests.bench.figures import Figure, p99
from tests.bench.unit import Tail
from tests.end_to_end.taking_site import CALLER_HZ, FRONT_RINGS, Place, Site, running_site
from tests.peers.program import until
from tests.peers.raw import header
from tests.peers.talker import Talker

PRESSES = 60
RACES = 200
LOST_ANSWERS = 3
SEEN_WITHIN_S = 5.0
CALL_EVERY_MS = 1_020 / REQUESTS_A_SECOND_MAX
"""A unit that asks more often than that is not heard at first, and asks again 2 s later."""

CALLING = (Showing.WAITING, Showing.URGENT)
VERDICTS = (LampLook.STEADY, LampLook.FAILED)
"""What the lamp shows once a press is decided: the caller is here, or was not to be had."""


class Caller(Talker):
    """Somebody who calls again and again, each time by another number, and notes when they are answered."""

    answered_ms = 0.0
    _count = 0

    def calls(self, site: Site) -> None:
        """Dial the front unit."""
        self._count += 1
        self.number, self.answered_ms = f"0301{self._count:05}", 0.0
        self.dial(site.asterisk.address, FRONT_RINGS)

    def gives_up(self) -> None:
        """Hang up before anybody answers, and wait until the phone system knows."""
        over = len(self.got("SIP/2.0 487"))
        self.hang_up()
        until(lambda: len(self.got("SIP/2.0 487")) > over, SEEN_WITHIN_S, "the phone system knows")

    def leaves(self) -> None:
        """Hang up, whether answered or not: a CANCEL that crosses with an answer would end nothing."""
        if self.answered_ms:
            self.until_connected()
        self.hang_up()

    def _take(self, message: str) -> None:
        if message.startswith("SIP/2.0 200") and header(message, "CSeq") == "1 INVITE":
            self.answered_ms = now_ms()
        super()._take(message)


@dataclass
class Seen:
    """One place, and what its tower was told."""

    place: Place
    tail: Tail = field(init=False)

    def __post_init__(self) -> None:
        self.tail = Tail(self.place.desk.unit)

    def until_shown(self, what: Callable[[Picture], bool], since_ms: float) -> float:
        """Wait for a picture of this instant or later that is so; return its own instant."""
        found: list[float] = []

        def there() -> bool:
            self.tail.read()
            recent = (one for one in reversed(self.tail.seen) if one[0] >= since_ms)
            found.extend(at_ms for at_ms, picture in recent if what(picture))
            return bool(found)

        until(there, SEEN_WITHIN_S, "the tower shows it")
        return min(found)

    def until_quiet(self) -> None:
        """Wait until nobody waits here and the phone is free."""
        self.place.phone.until_free()

        def is_quiet() -> bool:
            self.tail.read()
            return not (self.tail.seen and calls(self.tail.seen[-1][1]))

        until(is_quiet, SEEN_WITHIN_S, "nobody waits")

    def freeze(self) -> None:
        self.place.desk.unit.program.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.place.desk.unit.program.signal(signal.SIGCONT)


def now_ms() -> float:
    return time.monotonic() * 1000


def calls(picture: Picture) -> bool:
    """Whether somebody calls on the first line."""
    return picture.segments[0].showing in CALLING


def lamp_is(*looks: LampLook) -> Callable[[Picture], bool]:
    """Whether the lamp in the first line's button has one of these looks."""
    return lambda picture: picture.lamps[0].look in looks


@dataclass
class Stand:
    """Both places and one caller."""

    site: Site
    front: Seen
    back: Seen
    caller: Caller
    due_ms: float = 0.0
    """When the next one calls."""

    def somebody_calls(self) -> None:
        """Somebody calls in their turn, and both towers show it."""
        self.front.until_quiet()
        self.back.until_quiet()
        until(lambda: now_ms() >= self.due_ms, SEEN_WITHIN_S, "the next one's turn comes")
        dialled_ms = now_ms()
        self.due_ms = dialled_ms + CALL_EVERY_MS
        self.caller.calls(self.site)
        for seen in (self.front, self.back):
            seen.until_shown(calls, dialled_ms)


def press_to_verdict(stand: Stand) -> list[Figure]:
    """Presses at the back, where no caller rings; its desk phone answers at once."""
    answered_ms, verdict_ms = [], []
    for _ in range(PRESSES):
        stand.somebody_calls()
        pressed_ms = now_ms()
        stand.back.place.button.push(0)
        verdict_ms.append(stand.back.until_shown(lamp_is(*VERDICTS), pressed_ms) - pressed_ms)
        # Whoever was not served, on a machine that is too busy, was not answered until then.
        answered_ms.append((stand.caller.answered_ms or now_ms()) - pressed_ms)
        stand.caller.leaves()
    return [
        Figure(
            f"press at the back (no leg there) to the caller's 200 OK, {PRESSES} presses (median, p99)",
            "60 and 150 ms",
            f"{median(answered_ms):.0f} and {p99(answered_ms):.0f} ms",
            median(answered_ms) <= 60 and p99(answered_ms) <= 150,
        ),
        Figure(
            "press to verdict on the lamp, nothing lost, a desk phone that answers at once (median, p99)",
            "100 ms p99",
            f"{median(verdict_ms):.0f} and {p99(verdict_ms):.0f} ms",
            p99(verdict_ms) <= 100,
        ),
    ]


def lost_answers(stand: Stand) -> Figure:
    """The owner hears the press and its answer never comes: it is frozen."""
    took_s = []
    for _ in range(LOST_ANSWERS):
        stand.somebody_calls()
        stand.front.freeze()
        pressed_ms = now_ms()
        stand.back.place.button.push(0)
        failed_ms = stand.back.until_shown(lamp_is(LampLook.FAILED), pressed_ms)
        took_s.append((failed_ms - pressed_ms) / 1000)
        stand.front.thaw()
        stand.caller.gives_up()
    return Figure(
        f"press to verdict on the lamp, the answer lost (worst of {LOST_ANSWERS})",
        "4.5 s",
        f"{max(took_s):.2f} s",
        max(took_s) <= 4.5,
    )


def two_presses(stand: Stand) -> Figure:
    """A press at both units at once, and how many desk phones ring for it."""
    winners, phones = [], [stand.front.place.phone, stand.back.place.phone]
    for _ in range(RACES):
        stand.somebody_calls()
        rung = sum(phone.rung_count for phone in phones)
        for place in (stand.front.place, stand.back.place):
            place.button.press(0)
            place.button.press(0, down=False)
        until(lambda: any(phone.is_connected for phone in phones), SEEN_WITHIN_S, "somebody has the caller")
        for place in (stand.front.place, stand.back.place):
            until(lambda one=place: one.button.has_told_all, SEEN_WITHIN_S, "both presses arrived")  # type: ignore[misc]
        stand.caller.until_connected()
        stand.caller.leaves()
        for phone in phones:
            phone.until_free()
        winners.append(sum(phone.rung_count for phone in phones) - rung)
    return Figure(
        f"two presses at once, on both units, {RACES} callers",
        "one winner each",
        f"{winners.count(1)} with one winner, {RACES - winners.count(1)} without",
        winners.count(1) == RACES,
    )


def measure() -> list[Figure]:
    """All of it, at one site."""
    caller = Caller(CALLER_HZ)
    try:
        with running_site() as site:
            stand = Stand(site, Seen(site.front), Seen(site.back), caller)
            return [*press_to_verdict(stand), two_presses(stand), lost_answers(stand)]
    finally:
        caller.close()
