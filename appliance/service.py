"""The unit as a service of systemd: ready, alive, how it stands, stopping (sd_notify(3)).

The whole protocol is a datagram of lines to the socket that systemd names in the environment, so it needs no
library: those on PyPI are a C extension that wants systemd's headers, or have not been released for years.
Where the environment names no socket (a terminal, a test), nothing is sent.
"""

import contextlib
import os
import socket
from collections.abc import Callable, MutableMapping
from typing import Final

from appliance.core.view import BoardView
from appliance.core.words import DurationMs, InstantMs

FEEDS_IN_TIME: Final = 4
"""How often the watchdog is fed in the time that it allows: two datagrams that find systemd's queue full may
be lost, and the third one still comes in time."""

STANDING_MS: Final = DurationMs(10_000)
"""How often systemd is told how the unit stands where it has set no watchdog."""


class Service:
    """What systemd is told. Every method returns at once: the unit's own thread calls them."""

    def __init__(self, environment: MutableMapping[str, str]) -> None:
        """Take systemd's variables out of the environment, so that no process of the unit speaks for it."""
        address = environment.pop("NOTIFY_SOCKET", "")
        allowed_us = environment.pop("WATCHDOG_USEC", "")
        watched = environment.pop("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        # A name that begins with @ is in the abstract namespace (unix(7)).
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket: socket.socket | None = None
        if self._address.startswith(("/", "\0")):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
        self._every_ms = STANDING_MS
        if watched and allowed_us.isdecimal():
            self._every_ms = DurationMs(int(allowed_us) / 1000 / FEEDS_IN_TIME)
        self._due_ms = InstantMs(float("-inf"))
        self._is_ready = False

    def feed(self, now_ms: InstantMs, describe: Callable[[], str]) -> None:
        """Prove that the unit serves its inbox and all its adapters: the first time that is READY.

        Call it as often as convenient: only when it is time for the next datagram, one is sent, with the line
        that `describe` returns then.
        """
        if self._socket is None or now_ms < self._due_ms:
            return
        self._due_ms = InstantMs(now_ms + self._every_ms)
        # WATCHDOG is allowed in the same datagram as READY, and then counts from there.
        if self._send(*([] if self._is_ready else ["READY=1"]), "WATCHDOG=1", f"STATUS={describe()}"):
            self._is_ready = True

    def stopping(self) -> None:
        """Say that the unit ends by intention."""
        self._send("STOPPING=1")

    def close(self) -> None:
        """Say nothing more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _send(self, *lines: str) -> bool:
        """Send one datagram; return False if it was not taken (systemd is busy, or gone)."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto("\n".join(lines).encode(), self._address)
                return True
        return False


def standing(view: BoardView, working_tower_count: int, tower_count: int) -> str:
    """Return in a short line how the unit stands: nothing in it comes from a caller or a PBX."""
    held_count = sum(one.held for one in view.registrations)
    parts = (
        f"{held_count} of {len(view.registrations)} extensions registered",
        f"{working_tower_count} of {tower_count} towers work",
        f"faults: {len(view.faults)}",
    )
    return ", ".join(parts)
