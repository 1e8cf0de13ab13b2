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


class Trouble:
    """Knows what was refused, and when a twin was seen."""

    def __init__(self) -> None:
        """Begin without any."""
        self._sent: dict[int, str] = {}
        self._refused: dict[str, str] = {}
        self._told = ""
        self._twin_over_ms: InstantMs | None = None

    @property
    def has_twin(self) -> bool:
        """Whether another unit was seen under our name lately."""
        return self._twin_over_ms is not None

    @property
    def due_ms(self) -> InstantMs:
        """When `turn` next has something to tell."""
        return InstantMs(float("inf")) if self._twin_over_ms is None else self._twin_over_ms

    def sent(self, number: int | None, what: str) -> None:
        """Something of this kind was handed to the client under this number."""
        if number is not None:
            self._sent[number] = what
            if len(self._sent) > UNANSWERED_MAX:
                del self._sent[next(iter(self._sent))]

    def acknowledged(self, number: int, refusal: str) -> tuple[Event, ...]:
        """The broker took or refused what was sent under this number."""
        what = self._sent.pop(number, "message")
        if refusal:
            self._refused[what] = refusal
        else:
            self._refused.pop(what, None)
        told = "; ".join(f"the broker refuses our {one}: {why}" for one, why in self._refused.items())
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

    def turn(self, now_ms: InstantMs) -> tuple[Event, ...]:
        """Return what is over."""
        if self._twin_over_ms is None or now_ms < self._twin_over_ms:
            return ()
        self._twin_over_ms = None
        return (FaultCleared(TWIN_FAULT),)
