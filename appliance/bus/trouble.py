"""What a person must see of the bus beside a lost broker: rights that are missing, and a unit of our name.
Pure."""

from typing import Final

from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.core.words import DurationMs, InstantMs

RIGHTS_FAULT: Final = "bus rights"
TWIN_FAULT: Final = "bus name"

UNANSWERED_MAX: Final = 600
"""Messages whose acknowledgement is awaited: more than the client holds. The oldest is forgotten."""

TWIN_SHOWN_MS: Final = DurationMs(120_000)
"""How long a unit of our name stays shown after it was last seen: the two are on the bus by turns of
`TWIN_PAUSE_MS`."""


REFUSED_RETRY_MS: Final = DurationMs(5_000)
"""After which time everything is said again while something is refused: whoever mends the rights stands
before the tower and waits, and what is refused costs the broker nothing."""

_NEVER_MS: Final = InstantMs(float("inf"))


class Trouble:
    """Knows what was refused, and when a twin was seen."""

    def __init__(self) -> None:
        """Begin without any."""
        self._sent: dict[int, str] = {}
        self._refused: dict[str, str] = {}
        self._told = ""
        self._twin_over_ms = _NEVER_MS
        self._retry_ms = _NEVER_MS

    @property
    def has_twin(self) -> bool:
        """Whether another unit was seen under our name lately."""
        return self._twin_over_ms != _NEVER_MS

    @property
    def is_waiting(self) -> bool:
        """Whether the broker has not yet said a word to something that was sent."""
        return bool(self._sent)

    @property
    def due_ms(self) -> InstantMs:
        """When `turn` next has something to tell, or everything is to be said again."""
        return min(self._twin_over_ms, self._retry_ms)

    def sent(self, number: int | None, what: str) -> None:
        """Something of this kind was handed to the client under this number."""
        if number is not None:
            self._sent[number] = what
            if len(self._sent) > UNANSWERED_MAX:
                del self._sent[next(iter(self._sent))]

    def acknowledged(self, number: int, refusal: str, now_ms: InstantMs) -> tuple[Event, ...]:
        """The broker took or refused what was sent under this number."""
        what = self._sent.pop(number, "message")
        if refusal:
            self._refused[what] = refusal
        else:
            self._refused.pop(what, None)
        told = "; ".join(f"the broker refuses our {one}: {why}" for one, why in self._refused.items())
        if not told:
            self._retry_ms = _NEVER_MS
        elif self._retry_ms == _NEVER_MS:
            self._retry_ms = InstantMs(now_ms + REFUSED_RETRY_MS)
        before, self._told = self._told, told
        if told == before:
            return ()
        return (FaultRaised(RIGHTS_FAULT, told) if told else FaultCleared(RIGHTS_FAULT),)

    def reconnected(self) -> None:
        """Numbers begin anew with each client."""
        self._sent.clear()

    def twin(self, unit: str, now_ms: InstantMs) -> tuple[Event, ...]:
        """Another unit says that it has our name."""
        was_seen = self.has_twin
        self._twin_over_ms = InstantMs(now_ms + TWIN_SHOWN_MS)
        why = f"another unit calls itself {unit} too: give one of them another name"
        return () if was_seen else (FaultRaised(TWIN_FAULT, why),)

    def wants_repeat(self, now_ms: InstantMs) -> bool:
        """Return whether everything is to be said again now; it is returned once, and later again."""
        if now_ms < self._retry_ms:
            return False
        self._retry_ms = InstantMs(now_ms + REFUSED_RETRY_MS)
        return True

    def turn(self, now_ms: InstantMs) -> tuple[Event, ...]:
        """Return what is over."""
        if now_ms < self._twin_over_ms:
            return ()
        self._twin_over_ms = _NEVER_MS
        return (FaultCleared(TWIN_FAULT),)
