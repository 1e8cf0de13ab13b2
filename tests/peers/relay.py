"""A stretch of network between a unit and its phone system, over UDP, that loses or delays some requests."""

import re
import select
import socket
import threading
from typing import Final

from tests.peers.program import LOOPBACK
from tests.peers.raw import answer, header

DATAGRAM_BYTES: Final = 65_535

_ANSWER: Final = re.compile(rb"SIP/2.0 200 .*^CSeq: \d+ INVITE\r$", re.DOTALL | re.MULTILINE)


class Relay:
    """Passes on what comes. To either end it is the other one, for new calls and within them."""

    def __init__(self, to_port: int) -> None:
        self.loses = ""
        """The method of the phone system's requests that are lost now; empty for none."""
        self.lost: list[str] = []
        """What was lost."""
        self.delays = ""
        """The method of the phone system's requests that are on their way until the unit has answered a call:
        they cross the answer."""
        self.delayed: list[bytes] = []
        """What is on its way now."""
        self.has_forgotten = False
        """Whether the phone system knows the unit's calls no more, as after a restart: 481 to each UPDATE."""
        self.answers: list[str] = []
        """What the phone system answered to the unit: status and CSeq, `200 7 OPTIONS`."""
        self._pbx = LOOPBACK, to_port
        self._unit: tuple[str, int] | None = None
        self._near = _socket()
        """Where the unit finds its phone system."""
        self._far = _socket()
        """Where the phone system finds the unit."""
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port, as a SIP URI has them."""
        host, port = self._near.getsockname()
        return f"{host}:{port}"

    def answers_to(self, method: str) -> list[str]:
        """With what status the phone system has answered the unit's requests of this method."""
        return [one.split()[0] for one in self.answers if one.endswith(f" {method}")]

    def close(self) -> None:
        self._ended = True
        self._thread.join()
        self._near.close()
        self._far.close()

    def _run(self) -> None:
        while not self._ended:
            ready, _, _ = select.select([self._near, self._far], [], [], 0.05)
            if self._near in ready:
                datagram, self._unit = self._near.recvfrom(DATAGRAM_BYTES)
                if _ANSWER.match(datagram):
                    self._deliver()
                if self.has_forgotten and datagram.startswith(b"UPDATE "):
                    said = answer(datagram.decode(), "481 Call/Transaction Does Not Exist")
                    self._near.sendto(said, self._unit)
                else:
                    self._far.sendto(datagram, self._pbx)
            if self._far in ready:
                self._pass_to_unit(self._far.recv(DATAGRAM_BYTES))

    def _deliver(self) -> None:
        self.delays, late = "", self.delayed
        self.delayed = []
        for datagram in late:
            self._pass_to_unit(datagram)

    def _pass_to_unit(self, datagram: bytes) -> None:
        if self.loses and datagram.startswith(self.loses.encode() + b" "):
            self.lost.append(datagram.decode())
        elif self.delays and datagram.startswith(self.delays.encode() + b" "):
            self.delayed.append(datagram)
        elif self._unit is not None:
            message = datagram.decode(errors="replace")
            if message.startswith("SIP/2.0 "):
                self.answers.append(f"{message[8:11]} {header(message, 'CSeq')}")
            # What the unit says within a call would go past us otherwise. The Via stays: it is answered to
            # where a request came from, and the phone system looks for its own.
            host, port = self._pbx
            contact = re.compile(rf"(?im)^(Contact:.*@?){re.escape(host)}:{port}".encode())
            passed = contact.sub(rb"\g<1>" + self.address.encode(), datagram)
            self._near.sendto(passed, self._unit)


def _socket() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((LOOPBACK, 0))
    return one
