"""A person with a telephone: real SIP and RTP in a few lines, a tone for a voice, and an ear for tones.

A talker dials a number at a phone system, or is a phone that the phone system calls without registration. It
says one tone for as long as it is connected and keeps what it hears, so that a test can state who hears whom.
"""

import contextlib
import random
import re
import select
import socket
import threading
import time
from collections.abc import Iterator
from typing import Final

from tests.peers.program import LOOPBACK, PATIENT_S, PeerError, until
from tests.peers.raw import answer, header
from tests.peers.tones import FRAME, Ear, spoken

FRAME_S: Final = 0.02
ALAW: Final = 8
KEYS: Final = 101
"""Payload types: PCMA, and telephone-event as everybody numbers it."""


class Talker:
    """One telephone with one line."""

    def __init__(self, hertz: int, number: str = "phone") -> None:
        self.number = number
        self.ear = Ear()
        self.heard: list[str] = []
        """Every SIP message that came."""
        self.picked_up: list[tuple[float, str]] = []
        """When it picked up, in milliseconds of the machine's monotonic clock, and the INVITE."""
        self.final = "200 OK"
        """What a phone answers: 486 and so on refuse; empty lets it ring until somebody picks it up."""
        self.answers_after_s = 0.0
        self.is_unplugged = False
        """While it is, it hears nothing and says nothing."""
        self._voice = spoken(hertz)
        self._sip = _socket()
        self._rtp = _socket()
        self._peer: tuple[str, int] | None = None
        self._sound_to: tuple[str, int] | None = None
        self._invite = ""
        """The INVITE of the call, ours or the one that came."""
        self._accepted = ""
        """The 200 that came for ours."""
        self._answers_at = float("inf")
        self._rings = False
        self._keys: list[str] = []
        self._cseq = 1
        self._sequence = random.randrange(30_000)
        self._ends = False
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """Where it takes SIP messages, over UDP."""
        return int(self._sip.getsockname()[1])

    def dial(self, address: str, number: str, name: str = "") -> None:
        """Call a number at a phone system."""
        host, port = address.split(":")
        self._peer, self._accepted = (host, int(port)), ""
        shown = f'"{name}" ' if name else ""
        self._invite = (
            f"INVITE sip:{number}@{address} SIP/2.0\r\n{self._via()}"
            f"From: {shown}<sip:{self.number}@{LOOPBACK}>;tag=t{random.randrange(10**9)}\r\n"
            f"To: <sip:{number}@{address}>\r\nCall-ID: {random.randrange(10**12)}\r\nCSeq: 1 INVITE\r\n"
            f"Contact: <sip:{self.number}@{LOOPBACK}:{self.port}>\r\nMax-Forwards: 70\r\n"
            f"Allow: INVITE, ACK, CANCEL, BYE\r\n{self._described()}"
        )
        self._send(self._invite)

    def hang_up(self) -> None:
        """End the call: CANCEL or BYE, whichever fits."""
        if self._accepted or (self._invite.startswith("INVITE") and self._sound_to):
            self._send(self._in_dialog("BYE"))
        else:
            lines = [
                line for line in self._invite.split("\r\n") if not line.startswith(("Content", "Contact"))
            ]
            head = "\r\n".join(lines).partition("\r\n\r\n")[0]
            cancel = re.sub(r"^INVITE|(?<=CSeq: 1 )INVITE", "CANCEL", head)
            self._send(f"{cancel}\r\nContent-Length: 0\r\n\r\n")
        self._sound_to = None

    def press(self, key: str) -> None:
        """Press a key of the telephone."""
        self._keys.append(key)

    @property
    def is_connected(self) -> bool:
        """True while it is in a conversation, as far as it knows."""
        return self._sound_to is not None

    @property
    def is_free(self) -> bool:
        """True while it neither rings nor is in a conversation."""
        return not self._rings and not self.is_connected

    @property
    def rung_count(self) -> int:
        """How many calls have come; an INVITE that was sent again, or in a conversation, is none."""
        invites = [one for one in self.got("INVITE") if ";tag=" not in header(one, "To")]
        return len({header(one, "Call-ID") for one in invites})

    def pick_up(self) -> None:
        """Answer what rings, or what rings next."""
        until(lambda: self._rings, PATIENT_S, f"{self.number} rings")
        self._answers_at = time.monotonic()

    def got(self, start: str) -> list[str]:
        """Every message that begins so."""
        return [message for message in self.heard if message.startswith(start)]

    def until_got(self, start: str, within_s: float = PATIENT_S) -> str:
        """Wait for a message that begins so."""
        until(lambda: bool(self.got(start)), within_s, f"{self.number} gets {start!r}")
        return self.got(start)[0]

    def until_connected(self, within_s: float = PATIENT_S) -> None:
        """Wait until it is in a conversation."""
        until(lambda: self.is_connected, within_s, lambda: f"{self.number} connects, not {self.heard[-1:]}")

    def until_free(self, within_s: float = PATIENT_S) -> None:
        """Wait until it can be called again."""
        until(lambda: self.is_free, within_s, f"{self.number} is free")

    def until_over(self, within_s: float = PATIENT_S) -> None:
        """Wait until it is in no conversation any more."""
        until(lambda: not self.is_connected, within_s, f"{self.number} is no longer connected")

    def until_hears(self, *hertz: int, within_s: float = PATIENT_S) -> None:
        """Wait until it hears just these tones; none for silence."""
        self.ear.clear()
        who, tones = self.number, set(hertz)
        until(lambda: self.ear.tones() == tones, within_s, lambda: f"{who}: {tones}, not {self.ear.tones()}")

    def close(self) -> None:
        """Vanish without a word."""
        self._ends = True
        self._thread.join(5)
        self._sip.close()
        self._rtp.close()

    def _live(self) -> None:
        tick = time.monotonic()
        while not self._ends:
            tick += FRAME_S
            while (left := tick - time.monotonic()) > 0:
                ready, _, _ = select.select([self._sip, self._rtp], [], [], left)
                if self._rtp in ready:
                    self._listen()
                if self._sip in ready:
                    message, peer = self._sip.recvfrom(65_535)
                    if not self.is_unplugged:
                        self._peer = peer
                        self._take(message.decode(errors="replace"))
            if self._rings and time.monotonic() >= self._answers_at:
                self._answers_at = float("inf")
                self.picked_up.append((time.monotonic() * 1000, self._invite))
                self._accept()
            if self._sound_to is not None and not self.is_unplugged:
                self._speak(self._sound_to)

    def _listen(self) -> None:
        packet = self._rtp.recv(2048)
        if packet[1] & 0x7F == ALAW:
            self.ear.take(packet[12:])

    def _speak(self, to: tuple[str, int]) -> None:
        self._sequence += 1
        stamp = (self._sequence * FRAME).to_bytes(6, "big")[-4:]
        kind, payload = ALAW, next(self._voice)
        if self._keys:
            # One key in one packet that says its beginning and its end (RFC 4733).
            kind, payload = KEYS, bytes([int(self._keys.pop(0)), 0x8A, 0x03, 0x20])
        head = bytes([0x80, kind]) + (self._sequence & 0xFFFF).to_bytes(2, "big") + stamp + b"talk"
        with contextlib.suppress(OSError):
            self._rtp.sendto(head + payload, to)

    def _take(self, message: str) -> None:
        self.heard.append(message)
        method = message.split(" ", 1)[0]
        if message.startswith("SIP/2.0 "):
            self._take_response(message)
        elif method == "INVITE":
            self._ring(message)
        elif method == "CANCEL":
            self._send(answer(message, "200 OK"))
            if self._rings:
                self._send(answer(self._invite, "487 Request Terminated"))
            self._rings, self._answers_at = False, float("inf")
        elif method == "BYE":
            self._sound_to = None
            self._send(answer(message, "200 OK"))
        elif method != "ACK":
            self._send(answer(message, "200 OK"))

    def _take_response(self, message: str) -> None:
        if header(message, "CSeq") != "1 INVITE" or message[8] == "1":
            return
        request = self._in_dialog("ACK", message)
        self._send(request)
        if message[8] == "2":
            self._accepted = message
            self._sound_to = _sound_address(message)

    def _ring(self, message: str) -> None:
        if all(header(message, name) == header(self._invite, name) for name in ("Call-ID", "CSeq")):
            return
        again = ";tag=" in header(message, "To")
        if not again and not self.is_free:
            # Call waiting is off.
            self._send(answer(message, "486 Busy Here"))
            return
        self._invite = message
        if again:
            self._accept()
        elif self.final and self.final[0] != "2":
            self._send(answer(message, self.final))
        else:
            self._rings = True
            self._send(answer(message, "180 Ringing", self._contact()))
            if self.final:
                self._answers_at = time.monotonic() + self.answers_after_s

    def _accept(self) -> None:
        # In this order, so that it seems free at no moment.
        self._sound_to = _sound_address(self._invite)
        self._rings = False
        plain = answer(self._invite, "200 OK", self._contact()).decode()
        self._send(plain.replace("Content-Length: 0\r\n\r\n", self._described()))

    def _in_dialog(self, method: str, response: str = "") -> str:
        """A request inside of the dialog; an ACK answers this response."""
        response = response or self._accepted
        if response:
            ours, theirs = header(response, "From"), header(response, "To")
            contact = re.search(r"<([^>]+)>", header(response, "Contact"))
            target = contact.group(1) if contact else self._invite.split(" ", 2)[1]
        else:
            ours, theirs = header(self._invite, "To") + ";tag=raw", header(self._invite, "From")
            target = re.search(r"<([^>]+)>", header(self._invite, "Contact")).group(1)  # type: ignore[union-attr]
        if method != "ACK":
            self._cseq += 1
        refused = bool(response) and response[8] != "2"
        via = f"Via: {header(response, 'Via')}\r\n" if refused and method == "ACK" else self._via()
        number = 1 if method == "ACK" else self._cseq
        return (
            f"{method} {target} SIP/2.0\r\n{via}From: {ours}\r\nTo: {theirs}\r\n"
            f"Call-ID: {header(self._invite, 'Call-ID')}\r\nCSeq: {number} {method}\r\n"
            f"Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )

    def _via(self) -> str:
        return f"Via: SIP/2.0/UDP {LOOPBACK}:{self.port};branch=z9hG4bK{random.randrange(10**12)}\r\n"

    def _contact(self) -> str:
        return f"Contact: <sip:{self.number}@{LOOPBACK}:{self.port}>"

    def _described(self) -> str:
        port = self._rtp.getsockname()[1]
        sdp = (
            f"v=0\r\no=t 1 1 IN IP4 {LOOPBACK}\r\ns=-\r\nc=IN IP4 {LOOPBACK}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {ALAW} {KEYS}\r\na=rtpmap:{ALAW} PCMA/8000\r\n"
            f"a=rtpmap:{KEYS} telephone-event/8000\r\na=fmtp:{KEYS} 0-16\r\n"
        )
        return f"Content-Type: application/sdp\r\nContent-Length: {len(sdp)}\r\n\r\n{sdp}"

    def _send(self, message: str | bytes) -> None:
        if self._peer is None:
            raise PeerError(f"{self.number} knows nobody")
        self._sip.sendto(message.encode() if isinstance(message, str) else message, self._peer)


def _socket() -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.bind((LOOPBACK, 0))
    return one


def _sound_address(message: str) -> tuple[str, int]:
    host = re.search(r"^c=IN IP4 (\S+)", message, re.MULTILINE)
    port = re.search(r"^m=audio ([0-9]+)", message, re.MULTILINE)
    if host is None or port is None:
        raise PeerError("the other side describes no sound")
    return host.group(1), int(port.group(1))


@contextlib.contextmanager
def talker(hertz: int, number: str = "phone") -> Iterator[Talker]:
    """A telephone, gone afterwards."""
    with contextlib.closing(Talker(hertz, number)) as one:
        yield one
