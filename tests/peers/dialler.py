"""A caller of a few lines, who dials and gives up when a test wants it, and knows the instant."""

import socket
import time

from tests.peers.program import LOOPBACK, PATIENT_S, PeerError
from tests.peers.raw import header


class Dialler:
    """One phone over UDP; a caller at a time."""

    def __init__(self, address: str) -> None:
        host, _, port = address.partition(":")
        self._system = (host, int(port))
        self._address = address
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        self._socket.settimeout(PATIENT_S)
        self._port: int = self._socket.getsockname()[1]
        self._count = 0
        self._invite = ""

    def dial(self, number: str) -> float:
        """Call this number, as somebody who never called before; the instant of sending, in ms."""
        self._count += 1
        name = f"{self._port}-{self._count}"
        self._invite = "\r\n".join(
            (
                f"INVITE sip:{number}@{self._address} SIP/2.0",
                f"Via: SIP/2.0/UDP {LOOPBACK}:{self._port};branch=z9hG4bK-{name}",
                f"From: <sip:03{self._port}{self._count:05}@{LOOPBACK}>;tag={name}",
                f"To: <sip:{number}@{self._address}>",
                f"Call-ID: {name}",
                "CSeq: 1 INVITE",
                f"Contact: <sip:caller@{LOOPBACK}:{self._port}>",
                "Max-Forwards: 70",
                "Content-Length: 0\r\n\r\n",
            )
        )
        sent_ms = time.monotonic() * 1000
        self._socket.sendto(self._invite.encode(), self._system)
        return sent_ms

    def give_up(self) -> None:
        """Hang up once it rings, and wait until the phone system knows."""
        self._until("SIP/2.0 180")
        self._say("CANCEL", header(self._invite, "To"))
        self._say("ACK", header(self._until("SIP/2.0 487"), "To"))

    def close(self) -> None:
        self._socket.close()

    def _say(self, method: str, to: str) -> None:
        request = self._invite.replace("INVITE", method)
        whole = request.replace(f"To: {header(self._invite, 'To')}", f"To: {to}")
        self._socket.sendto(whole.encode(), self._system)

    def _until(self, start: str) -> str:
        call = header(self._invite, "Call-ID")
        heard: list[str] = []
        while True:
            try:
                message = self._socket.recv(65_535).decode()
            except TimeoutError:
                raise PeerError(f"no {start!r} came, but {heard}") from None
            if header(message, "Call-ID") == call:
                heard.append(message.partition("\r\n")[0])
                if message.startswith(start):
                    return message
