"""`patlite-net`: signal towers by PATLITE that take PNS commands over TCP (LR5-LAN, LA6-POE and their kin).

Wiring: the tower on the practice's network, with an address that stays (set in its own pages, where the
reception of PNS commands over TCP on port 10000 is switched on too). It answers each command, and keeps its
last state when nobody speaks to it any more.

A command is a header of six bytes, "AB", the command's letter, a zero, and the length of what follows, high
byte first; then that. The answer is one byte. Older towers (NHL) want "XX" instead and refuse ours.
"""

import socket
from collections.abc import Sequence
from typing import Final

from appliance.core.words import DurationMs
from appliance.tower.bought import BUZZER, states_of

PORT: Final = 10_000
"""Where PNS towers listen unless somebody changed it."""

CLEAR: Final = b"ABC\0\0\0"
"""Everything off, modes of the tower's own included."""

RUN: Final = b"ABS\0\0\6"
"""Run control: five bytes for the tiers from the top down, and one for the buzzer."""

OFF: Final = 0
ON: Final = 1
"""Of a lamp, or the tower's first buzzer pattern."""

TIERS: Final = 5

ACK: Final = b"\6"
NAK: Final = b"\x15"

ANSWER_MS_MAX: Final = DurationMs(1_000)
"""How long the tower may take to accept the connection, and to answer a command: a hundred times what it
takes on a quiet network, and short enough that the writer does not call the driver blocked."""


class PatliteRefused(Exception):
    """The tower did not acknowledge a command."""


class PatliteOutlets:
    """The tiers and the buzzer of one tower."""

    def __init__(self, address: str, outputs: Sequence[str]) -> None:
        """Connect to the tower at this address, and end whatever it does by itself.

        Args:
            address: an IP address or the name of a host.
            outputs: for each tier from the top down what it is (`bought`); a buzzer may stand anywhere.

        Raises:
            OSError: it cannot be reached, or does not answer in time.
            PatliteRefused: it does not take PNS commands of this kind.
        """
        self._tiers = tuple(output for output in outputs if output != BUZZER)
        self._has_buzzer = BUZZER in outputs
        self._socket = socket.create_connection((address, PORT), ANSWER_MS_MAX / 1000)
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ask(CLEAR)
        except Exception:
            self.close()
            raise

    def put(self, lit: Sequence[bool], buzzes: bool) -> None:
        """Switch everything with one command. Tiers that the tower does not have are told to be off.

        Raises:
            OSError: the connection is gone, or the answer does not come in time.
            PatliteRefused: the tower refuses.
        """
        tiers = states_of(self._tiers, lit, buzzes)
        tiers += [False] * (TIERS - len(tiers))
        self._ask(RUN + bytes(ON if on else OFF for on in (*tiers, buzzes and self._has_buzzer)))

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _ask(self, command: bytes) -> None:
        self._socket.sendall(command)
        answer = self._socket.recv(1)
        if not answer:
            raise PatliteRefused("the tower ended the connection")
        if answer != ACK:
            said = (
                "refuses the command (NAK)"
                if answer == NAK
                else f"answered 0x{answer.hex()}, which is no PNS"
            )
            raise PatliteRefused(f"the tower {said}: does it take PNS commands that begin with AB?")
