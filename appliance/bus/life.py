"""Whether the broker lives: proved by an echo, never by what a client says of its connection. Pure.

A broker that is frozen, or one at the far end of a dead cable, keeps a connection that looks well. So the
unit tells itself something through the broker every `ECHO_EVERY_MS`; what does not come back in time makes
the bus lost and the client is built anew.
"""

from dataclasses import dataclass
from typing import Final

from appliance.core.bus_events import BusBack, BusLost
from appliance.core.words import DurationMs, InstantMs

ECHO_EVERY_MS: Final = DurationMs(10_000)
"""Between two echoes: with the patience below, a dead broker is known after 15 s at most. A message in ten
seconds is nothing to any broker."""

ECHO_PATIENCE_MS: Final = DurationMs(5_000)
"""How long an echo may take. On a LAN it takes some milliseconds; a broker that writes to an SD card may
stall for seconds."""

GRACE_MS: Final = DurationMs(3_000)
"""How long a connection may be gone before the bus is called lost: another is tried after 1 s, and a broker
that was restarted answers then. The first connection after the start has as long."""

REBUILD_MS: Final = DurationMs(60_000)
"""Without a connection for so long, the client is built anew: its authority's file may have been replaced,
and its thread may have died."""


@dataclass(frozen=True, slots=True)
class SendEcho:
    """Publish an echo with this count."""

    count: int


@dataclass(frozen=True, slots=True)
class Rebuild:
    """Close this client and build another one."""


Due = SendEcho | Rebuild | BusBack | BusLost


class Life:
    """The proof of life of one bus. `turn` says what is due, and `echoed` when the bus is back."""

    def __init__(self, now_ms: InstantMs) -> None:
        """Begin without a connection; the client was just built."""
        self.is_connected = False
        """Whether messages may be handed to the client. That says nothing of the broker."""
        self.why = "no connection yet"
        """Why the broker was last without an answer."""
        self._told_back: bool | None = None
        self._count = 0
        self._sent_ms: InstantMs | None = None
        self._echo_due_ms: InstantMs | None = None
        self._lost_due_ms: InstantMs | None = InstantMs(now_ms + GRACE_MS)
        self._rebuild_due_ms = InstantMs(now_ms + REBUILD_MS)

    @property
    def is_lost(self) -> bool:
        """Whether the bus was called lost, or has not answered at all yet."""
        return self._told_back is not True

    @property
    def due_ms(self) -> InstantMs:
        """When `turn` next has something to do."""
        silent_ms = None if self._sent_ms is None else InstantMs(self._sent_ms + ECHO_PATIENCE_MS)
        own_ms = self._echo_due_ms if self.is_connected else self._rebuild_due_ms
        return min(due for due in (silent_ms, own_ms, self._lost_due_ms, _NEVER_MS) if due is not None)

    def connected(self, now_ms: InstantMs) -> None:
        """The broker took us; whether it lives, the first echo tells."""
        self.is_connected = True
        self._sent_ms = None
        self._echo_due_ms = now_ms

    def disconnected(self, why: str, now_ms: InstantMs) -> None:
        """There is no connection; told again for each attempt that fails."""
        if self.is_connected:
            self._rebuild_due_ms = InstantMs(now_ms + REBUILD_MS)
        self.is_connected = False
        self.why = why
        self._sent_ms = self._echo_due_ms = None
        if self._told_back and self._lost_due_ms is None:
            self._lost_due_ms = InstantMs(now_ms + GRACE_MS)

    def echoed(self, count: int) -> tuple[BusBack, ...]:
        """An echo came back; one that is not the last proves nothing."""
        if self._sent_ms is None or count != self._count:
            return ()
        self._sent_ms = self._lost_due_ms = None
        was_back, self._told_back = self._told_back, True
        return () if was_back else (BusBack(),)

    def turn(self, now_ms: InstantMs) -> tuple[Due, ...]:
        """Return what is due at this instant, in its order."""
        due: list[Due] = []
        if self._sent_ms is not None and now_ms >= self._sent_ms + ECHO_PATIENCE_MS:
            self.disconnected("the broker does not answer", now_ms)
            self._lost_due_ms = now_ms if self._told_back else self._lost_due_ms
            self._rebuild_due_ms = now_ms
        if self._lost_due_ms is not None and now_ms >= self._lost_due_ms:
            self._lost_due_ms = None
            self._told_back = False
            due.append(BusLost(self.why))
        if self.is_connected and self._echo_due_ms is not None and now_ms >= self._echo_due_ms:
            self._count += 1
            self._sent_ms = self._sent_ms or now_ms
            self._echo_due_ms = InstantMs(now_ms + ECHO_EVERY_MS)
            due.append(SendEcho(self._count))
        if not self.is_connected and now_ms >= self._rebuild_due_ms:
            self._rebuild_due_ms = InstantMs(now_ms + REBUILD_MS)
            due.append(Rebuild())
        return tuple(due)


_NEVER_MS: Final = InstantMs(float("inf"))
