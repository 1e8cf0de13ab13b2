"""Who was refused: strangers who sent INVITEs, and rings of our own PBX that found every leg in use."""

from collections import OrderedDict
from typing import Final

from appliance.core.notices import Notice, RingsRefused, SendersRefused
from appliance.core.view import RefusedSender

REFUSED_SENDERS_MAX: Final = 64
"""Addresses of refused senders that are kept for `status`; beyond it the one that was quiet longest is
forgotten. Anybody can send us a datagram, so the list must not grow with them."""


class Refusals:
    """Counts refusals. `told` is what people should hear of since the board last looked."""

    def __init__(self) -> None:
        """Begin with nobody refused."""
        self._senders: OrderedDict[str, RefusedSender] = OrderedDict()
        self.ring_count = 0
        """INVITEs of our own PBX that found every leg in use."""
        self.told: list[Notice] = []

    @property
    def senders(self) -> tuple[RefusedSender, ...]:
        """The refused senders, the one that was heard last at the end."""
        return tuple(self._senders.values())

    def sender(self, address: str, why: str, count: int) -> None:
        """Somebody who is not our PBX was refused so many times."""
        before = self._senders.pop(address, None)
        self._senders[address] = RefusedSender(address, why, count + (before.count if before else 0))
        if len(self._senders) > REFUSED_SENDERS_MAX:
            self._senders.popitem(last=False)
        self.told.append(SendersRefused(address, why, count))

    def rings(self, count: int) -> None:
        """So many rings were left to the phone system."""
        self.ring_count += count
        self.told.append(RingsRefused(count))
