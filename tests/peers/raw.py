"""A phone system of a few lines that can say anything: wrong, torn, too long, or nothing at all.

Kamailio and Asterisk behave; this one plays those that do not. It speaks for itself over one UDP socket or to
one TCP connection, and keeps every message that it hears.
"""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final, Literal

from tests.peers.program import LOOPBACK, PATIENT_S, PeerError, until

Behaviour = Callable[[str], bytes | None]
"""What to answer to a REGISTER; None for nothing."""

REPEATS_S: Final = 0.5
"""After so long a request is sent again (T1 of RFC 3261)."""

COPIED: Final = ("Via", "From", "To", "Call-ID", "CSeq")


def header(message: str, name: str) -> str:
    """The value of the first header of that name, or nothing."""
    found = re.search(rf"^{re.escape(name)}:[ \t]*(.*?)\r?$", message, re.MULTILINE | re.IGNORECASE)
    return found.group(1) if found else ""


def answer(request: str, status: str, *headers: str) -> bytes:
    """A response with the headers that every response copies; `status` is such as "404 Not Found"."""
    copied = [
        line for line in request.split("\r\n") if line.partition(":")[0].title() in map(str.title, COPIED)
    ]
    tagged = [
        f"{line};tag=raw" if line.lower().startswith("to:") and ";tag=" not in line else line
        for line in copied
    ]
    return "\r\n".join((f"SIP/2.0 {status}", *tagged, *headers, "Content-Length: 0", "", "")).encode()


def accepts_for(expires_s: int) -> Behaviour:
    """Grants every registration, without asking for a password."""

    def behave(request: str) -> bytes:
        contact = header(request, "Contact")
        return answer(request, "200 OK", f"Contact: {contact};expires={expires_s}", f"Expires: {expires_s}")

    return behave


def refuses(status: str, *headers: str) -> Behaviour:
    """Answers every registration with this status."""
    return lambda request: answer(request, status, *headers)


def says_nothing(_request: str) -> None:
    """Answers no registration at all."""
    return


def talks_garbage(_request: str) -> bytes:
    """Answers every registration with what is no SIP."""
    return b"\x00\xff garbage \r\n\r\n SIP/2.0 banana\r\n\r\n"


class RawPbx:
    """The phone system: registers whoever asks as `behaviour` says, and sends what it is told to."""

    def __init__(self, behaviour: Behaviour, transport: Literal["udp", "tcp"] = "udp") -> None:
        self.behaviour = behaviour
        self.heard: list[str] = []
        self.connections_closed = 0
        """TCP connections that the unit ended."""
        self._tcp = transport == "tcp"
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM if self._tcp else socket.SOCK_DGRAM)
        self._socket.bind((LOOPBACK, 0))
        if self._tcp:
            self._socket.listen()
        self.port: int = self._socket.getsockname()[1]
        self._connection: socket.socket | None = None
        self._unit: tuple[str, int] | None = None
        self._ends = False
        self._thread = threading.Thread(
            target=self._follow_tcp if self._tcp else self._follow_udp, daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    @property
    def unit_port(self) -> int:
        """The port from which the unit registered."""
        if self._unit is None:
            raise PeerError("the unit has not registered")
        return self._unit[1]

    def registers(self) -> list[str]:
        """Every REGISTER heard; one that was said again, for want of an answer in time, once."""
        return list(dict.fromkeys(message for message in self.heard if message.startswith("REGISTER ")))

    def contact(self) -> str:
        """The URI under which the unit wants to be called, with its mark."""
        found = re.search(r"<([^>]+)>", header(self.registers()[-1], "Contact"))
        if found is None:
            raise PeerError("the REGISTER has no Contact")
        return found.group(1)

    def send(self, message: bytes) -> None:
        """Send these bytes to the unit, as they are."""
        if self._tcp:
            if self._connection is None:
                raise PeerError("the unit is not connected")
            self._connection.sendall(message)
        else:
            if self._unit is None:
                raise PeerError("the unit has not registered")
            self._socket.sendto(message, self._unit)

    def hears(self, start: str, call_id: str = "", within_s: float = PATIENT_S) -> str:
        """Wait for a message that begins so; the first one of that Call-ID, if one is given."""
        until(lambda: bool(self._matching(start, call_id)), within_s, f"the phone system hears {start!r}")
        return self._matching(start, call_id)[0]

    def _matching(self, start: str, call_id: str) -> list[str]:
        return [
            message
            for message in self.heard
            if message.startswith(start) and (not call_id or header(message, "Call-ID") == call_id)
        ]

    def asks(self, request: bytes, start: str, call_id: str) -> str:
        """Send a request until a message of its call begins so: over UDP one may be lost (RFC 3261, 17.1)."""
        heard: list[str] = []
        due_s = float("-inf")

        def met() -> bool:
            nonlocal due_s
            if time.monotonic() >= due_s:
                due_s = float("inf") if self._tcp else time.monotonic() + REPEATS_S
                self.send(request)
            heard.extend(self._matching(start, call_id))
            return bool(heard)

        until(met, PATIENT_S, f"the phone system hears {start!r}")
        return heard[0]

    def invite(self, call_id: str, from_header: bytes = b"<sip:0301@127.0.0.1>", *more: bytes) -> bytes:
        """An INVITE to the unit's Contact; the same Call-ID gives the same bytes."""
        transport = "tcp" if self._tcp else "udp"
        contact = f"Contact: <sip:raw@{self.address};transport={transport}>".encode()
        return self._request("INVITE", call_id, from_header, contact, *more)

    def cancel(self, call_id: str, from_header: bytes = b"<sip:0301@127.0.0.1>", *more: bytes) -> bytes:
        """The CANCEL of that INVITE."""
        return self._request("CANCEL", call_id, from_header, *more)

    def refer(self, call_id: str, target: str) -> bytes:
        """Ask the unit, inside the dialog that its 180 began, to call somebody (RFC 3515)."""
        to = header(self.hears("SIP/2.0 180", call_id), "To")
        refer_to = f"Refer-To: <{target}>".encode()
        contact = f"Contact: <sip:raw@{self.address}>".encode()
        request = self._request("REFER", call_id, b"<sip:0301@127.0.0.1>", contact, refer_to)
        plain_to = request.partition(b"\r\nTo: ")[2].partition(b"\r\n")[0]
        return request.replace(b"To: " + plain_to, b"To: " + to.encode()).replace(b"CSeq: 1", b"CSeq: 2")

    def _request(self, method: str, call_id: str, from_header: bytes, *more: bytes) -> bytes:
        transport = "TCP" if self._tcp else "UDP"
        lines = [
            f"{method} {self.contact()} SIP/2.0".encode(),
            f"Via: SIP/2.0/{transport} {self.address};branch=z9hG4bK-{call_id};rport".encode(),
            b"From: " + from_header + f";tag={call_id}".encode(),
            f"To: <sip:light@{self.address}>".encode(),
            f"Call-ID: {call_id}".encode(),
            f"CSeq: 1 {method}".encode(),
            b"Max-Forwards: 70",
            *more,
            b"Content-Length: 0",
        ]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def close(self) -> None:
        """Go away."""
        self._ends = True
        for one in (self._connection, self._socket):
            if one is not None:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
        self._thread.join(5)

    def _receive(self, message: str) -> None:
        self.heard.append(message)
        if message.startswith("REGISTER "):
            reply = self.behaviour(message)
            if reply is not None:
                self._reply(reply)
        elif (
            message.startswith("SIP/2.0 ") and message[8] in "3456" and header(message, "CSeq") == "1 INVITE"
        ):
            self._reply(self._ack(message))

    def _reply(self, message: bytes) -> None:
        # Who asked may have gone in the meantime.
        with contextlib.suppress(OSError):
            self.send(message)

    def _ack(self, final: str) -> bytes:
        via, sender, to, call_id = (header(final, name) for name in ("Via", "From", "To", "Call-ID"))
        return (
            f"ACK {self.contact()} SIP/2.0\r\nVia: {via}\r\nFrom: {sender}\r\nTo: {to}\r\n"
            f"Call-ID: {call_id}\r\nCSeq: 1 ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        ).encode(errors="surrogateescape")

    def _follow_udp(self) -> None:
        while not self._ends:
            try:
                message, sender = self._socket.recvfrom(65_535)
            except OSError:
                return
            # A send to a closed port comes back as an empty read on some systems.
            if message:
                self._unit = sender
                self._receive(message.decode(errors="surrogateescape"))

    def _follow_tcp(self) -> None:
        while not self._ends:
            try:
                self._connection, self._unit = self._socket.accept()
            except OSError:
                return
            with self._connection:
                self._follow_connection(self._connection)

    def _follow_connection(self, connection: socket.socket) -> None:
        buffer = ""
        while not self._ends:
            try:
                data = connection.recv(65_535)
            except OSError:
                data = b""
            if not data:
                self.connections_closed += 1
                return
            buffer += data.decode(errors="surrogateescape")
            while "\r\n\r\n" in buffer:
                head, _, rest = buffer.partition("\r\n\r\n")
                length = int(header(head + "\r\n", "Content-Length") or 0)
                if head.strip():
                    self._receive(f"{head}\r\n\r\n{rest[:length]}")
                buffer = rest[length:]


@contextlib.contextmanager
def raw_pbx(behaviour: Behaviour, transport: Literal["udp", "tcp"] = "udp") -> Iterator[RawPbx]:
    """A raw phone system, gone afterwards."""
    pbx = RawPbx(behaviour, transport)
    try:
        yield pbx
    finally:
        pbx.close()
