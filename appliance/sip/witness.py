"""What the engine knows and the unit must hear: kept until it was sent, repeated in each beat."""

from collections import Counter
from collections.abc import Callable
from typing import Final

from appliance.core.events import Offer, Reason
from appliance.core.words import LEGS_MAX, ExtensionId, InstantMs, OrderId, PickupStep, RingId
from appliance.sip.admission import Refusals, TurnedAway
from appliance.sip.protocol import (
    IN_OUR_HANDS,
    Beat,
    Fault,
    Moved,
    Rang,
    Registration,
    RingOver,
    Stopped,
    ToUnit,
)

BEAT_FAULTS_MAX: Final = 16
"""Different faults told in one beat; those beyond are counted with the last."""

MORE_FAULTS: Final = "more faults than can be told"


class Witness:
    """The live rings, the registrations, and what happened since the last beat that reached the unit."""

    def __init__(self, generation: int, send: Callable[[ToUnit], bool]) -> None:
        """Begin with nothing; `send` returns False where a full socket swallowed the message."""
        self._generation = generation
        self._send = send
        self._ring_count = 0
        self._rings: dict[RingId, Rang] = {}
        self._pickups: dict[RingId, Moved] = {}
        self._untold: list[Moved] = []
        """The steps with callers that a full socket swallowed, and those after them, in order."""
        self._registrations: dict[ExtensionId, Registration] = {}
        self._refusals = Refusals()
        self._legs_full_count = 0
        self._unsent_count = 0
        self._faults: Counter[str] = Counter()

    @property
    def full(self) -> bool:
        """True if every leg is in use."""
        return len(self._rings) + len(self._pickups) >= LEGS_MAX

    def next_ring(self) -> RingId:
        """Return a name that no ring of this unit has had."""
        self._ring_count += 1
        return RingId(f"{self._generation}-{self._ring_count}")

    def rang(self, offer: Offer, received_ms: InstantMs) -> None:
        """A ring began."""
        self._rings[offer.ring] = ring = Rang(offer, received_ms)
        self._tell(ring)

    def over(
        self, ring: RingId, now_ms: InstantMs, *, cancelled: bool = False, reasons: tuple[Reason, ...] = ()
    ) -> None:
        """A ring is over; of one that is over already nothing is told."""
        if self._rings.pop(ring, None) is not None:
            self._tell(RingOver(ring, cancelled, reasons, now_ms))

    def moved(self, ring: RingId, step: PickupStep, why: str, order: OrderId, now_ms: InstantMs) -> None:
        """The taking of a caller has come so far. With the first step the ring is one no longer."""
        moved = Moved(ring, step, why, now_ms, order)
        if step is PickupStep.ANSWERED:
            self._rings.pop(ring, None)
        self._pickups.pop(ring, None)
        if step in IN_OUR_HANDS and ring not in self._rings:
            self._pickups[ring] = moved
        # What follows a swallowed step waits for the beat with it: "failed" alone says of a caller who was
        # answered that they ring on.
        waits = any(one.ring == ring for one in self._untold)
        if waits or not self._tell(moved):
            self._untold.append(moved)

    def registered(self, registration: Registration) -> None:
        """An extension's standing was told by its phone system, or by silence."""
        self._registrations[registration.extension] = registration
        self._tell(registration)

    def refused(self, turned: TurnedAway) -> None:
        """Somebody who is not our phone system was turned away."""
        self._refusals.add(turned)

    def legs_full(self) -> None:
        """Our own phone system's INVITE found every leg in use."""
        self._legs_full_count += 1

    def fault(self, why: str) -> None:
        """Something went wrong that nobody else would tell."""
        if why not in self._faults and len(self._faults) >= BEAT_FAULTS_MAX:
            why = MORE_FAULTS
        self._faults[why] += 1

    def stopped(self, in_time: bool) -> None:
        """Say the last word."""
        self._tell(Stopped(in_time))

    def beat(self, now_ms: InstantMs) -> None:
        """Tell everything; what the unit has heard is not told again."""
        beat = Beat(
            at_ms=now_ms,
            rings=tuple(self._rings.values()),
            pickups=(*self._untold, *self._pickups.values()),
            registrations=tuple(self._registrations.values()),
            refused=self._refusals.gathered,
            legs_full_count=self._legs_full_count,
            unsent_count=self._unsent_count,
            faults=tuple(Fault(why, count) for why, count in self._faults.items()),
        )
        if self._send(beat):
            self._refusals.clear()
            self._untold.clear()
            self._legs_full_count = self._unsent_count = 0
            self._faults.clear()

    def _tell(self, message: ToUnit) -> bool:
        if self._send(message):
            return True
        self._unsent_count += 1
        return False
