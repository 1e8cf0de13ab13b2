"""Until when the broker's certificate is good, told a month before: when it ends, every unit is alone.

A connection keeps the certificate that it began with. So while a month or less is left, the unit connects
anew each hour to see whether somebody has renewed it. Pure: instants and wall times are arguments.
"""

from datetime import datetime, timedelta
from typing import Final

from appliance.bus.message import Connected
from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.core.words import DurationMs, InstantMs

CERTIFICATE_FAULT: Final = "bus certificate"

TOLD_BEFORE: Final = timedelta(days=30)
"""How long before the end it is a fault: whoever looks after a practice comes by once a month."""

LOOK_AGAIN_MS: Final = DurationMs(3_600_000)
"""How soon a certificate that was renewed is seen. To connect anew takes a second, and nobody notices."""


class Validity:
    """Knows the certificates of the last connection."""

    def __init__(self) -> None:
        """Know of none."""
        self._found = Connected()
        self._look_ms = InstantMs(float("inf"))
        self._told = ""

    def connected(self, found: Connected, now_ms: InstantMs) -> None:
        """There is a connection, with these certificates."""
        self._found = found
        self._look_ms = InstantMs(now_ms + LOOK_AGAIN_MS)

    def wants_look(self, now_ms: InstantMs) -> bool:
        """Return whether the unit is to connect anew now; it is returned once, and later again."""
        if not self._told or now_ms < self._look_ms:
            return False
        self._look_ms = InstantMs(now_ms + LOOK_AGAIN_MS)
        return True

    def turn(self, utc: datetime) -> tuple[Event, ...]:
        """Return what a person must see by this wall clock, or need see no more, once."""
        why = self._why(utc + TOLD_BEFORE)
        if why == self._told:
            return ()
        self._told = why
        return (FaultRaised(CERTIFICATE_FAULT, why) if why else FaultCleared(CERTIFICATE_FAULT),)

    def _why(self, by: datetime) -> str:
        broker, authority = self._found.certificate_ends, self._found.authority_ends
        if authority is not None and authority <= by:
            return f"the site's authority ends on {authority:%Y-%m-%d}: see `call-light site rotate --help`"
        if broker is not None and broker <= by:
            return f"it ends on {broker:%Y-%m-%d}: `call-light site rotate` on the broker's machine renews it"
        return ""
