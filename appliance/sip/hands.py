"""What the taking of a caller needs: whom to call for them, and the legs and the sound to do it with."""

from dataclasses import dataclass
from typing import Protocol

from appliance.core.words import NO_ORDER, DurationMs, OrderId, PickupStep


@dataclass(frozen=True, slots=True)
class Dial:
    """Whom to call for the caller."""

    target: str
    """What the phone system is asked to dial; empty for the unit's own sound device."""
    headers: tuple[str, ...] = ()
    confirm_key: bool = False
    answer_within_ms: DurationMs = DurationMs(15_000)
    order: OrderId = NO_ORDER
    """The order of the unit that this carries out."""


class Hands(Protocol):
    """What a pickup can do: the legs, and the sound between them. Nothing here waits or raises."""

    def call(self, dial: Dial) -> None:
        """Call the second leg; what becomes of it is told later."""
        ...

    def let_go(self) -> None:
        """End the second leg, if there is one; nothing of it is told any more."""
        ...

    def ring_back(self) -> None:
        """Let the caller hear that it rings somewhere."""
        ...

    def ask_for_key(self) -> None:
        """Let the second leg hear that it must press a key."""
        ...

    def join(self) -> None:
        """Let both legs hear each other, or the caller and the sound device."""
        ...

    def hand_over(self) -> None:
        """Ask the phone system to join both legs without us."""
        ...

    def hang_up(self) -> None:
        """End the caller's leg."""
        ...

    def tell(self, step: PickupStep, why: str) -> None:
        """Say how far it has come."""
        ...
