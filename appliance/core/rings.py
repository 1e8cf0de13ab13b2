"""Which rings are alive, each with the call that it belongs to, and which ended a short while ago."""

from collections import OrderedDict
from collections.abc import Iterable, Set
from typing import Final

from appliance.core.calls import Call, Ring
from appliance.core.events import RingStarted
from appliance.core.words import LEGS_MAX, RingId

ENDED_RINGS_MAX: Final = 4 * LEGS_MAX
"""Rings that are remembered after their end, so that a repeated or belated message cannot bring them back.
The engine's list heals what is older than that."""


class Rings:
    """The rings of all callers."""

    def __init__(self) -> None:
        """Begin without any."""
        self._of_ring: dict[RingId, Call] = {}
        self._ended: OrderedDict[RingId, None] = OrderedDict()

    @property
    def alive(self) -> Set[RingId]:
        """The rings that are alive."""
        return self._of_ring.keys()

    @property
    def full(self) -> bool:
        """True if every leg is in use."""
        return len(self._of_ring) >= LEGS_MAX

    def are(self, listed: Iterable[RingStarted]) -> bool:
        """Return whether these rings are alive, and no others."""
        return self._of_ring.keys() == {ring.offer.ring for ring in listed}

    def knows(self, ring: RingId) -> bool:
        """Return whether this ring is alive, or ended a short while ago."""
        return ring in self._of_ring or ring in self._ended

    def has_ended(self, ring: RingId) -> bool:
        """Return whether this ring ended a short while ago."""
        return ring in self._ended

    def call_of(self, ring: RingId) -> Call | None:
        """Return the call of a ring that is alive; None if it is over or was never seen."""
        return self._of_ring.get(ring)

    def begin(self, ring: Ring, call: Call) -> None:
        """A ring of this call is alive."""
        call.rings[ring.offer.ring] = ring
        self._of_ring[ring.offer.ring] = call

    def end(self, ring: RingId) -> Call:
        """A ring that was alive is over; return its call."""
        call = self._of_ring.pop(ring)
        del call.rings[ring]
        self._ended[ring] = None
        if len(self._ended) > ENDED_RINGS_MAX:
            self._ended.popitem(last=False)
        return call

    def lose_all(self) -> None:
        """Nobody sees any ring any more; one of them may be heard of again."""
        for call in self._of_ring.values():
            call.rings.clear()
        self._of_ring.clear()
