"""A phone system that wants a password for a hand-over and for an end, too, and gets it."""

import hashlib
import re
from pathlib import Path

from appliance.core.events import RingStarted
from appliance.core.words import Way
from tests.peers.program import LOOPBACK, PATIENT_S, until
from tests.peers.raw import RawPbx, accepts_for, answer, header
from tests.sip.engine_desk import PASSWORD, running, settings_for

REALM, NONCE = "raw", "5f3a"
CHALLENGE = f'WWW-Authenticate: Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5'
SDP = (
    f"v=0\r\no=raw 1 1 IN IP4 {LOOPBACK}\r\ns=-\r\nc=IN IP4 {LOOPBACK}\r\nt=0 0\r\n"
    "m=audio 9 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)
DESCRIBED = f"Content-Type: application/sdp\r\nContent-Length: {len(SDP)}\r\n\r\n{SDP}"


class Challenging(RawPbx):
    """Answers whatever is called, and lets nobody transfer or hang up who does not know the password."""

    def authorized(self, method: str) -> list[str]:
        """Every request of this method with the right answer to the challenge, repetitions left out."""
        asked = dict.fromkeys(one for one in self.heard if one.startswith(f"{method} "))
        return [one for one in asked if _knows(one, method)]

    def _receive(self, message: str) -> None:
        super()._receive(message)
        method = message.split(" ", 1)[0]
        contact = f"Contact: <sip:raw@{self.address}>"
        if method == "INVITE":
            plain = answer(message, "200 OK", contact).decode()
            self._reply(plain.replace("Content-Length: 0\r\n\r\n", DESCRIBED).encode())
        elif method in ("REFER", "BYE") and not _knows(message, method):
            self._reply(answer(message, "401 Unauthorized", CHALLENGE))
        elif method == "REFER":
            self._reply(answer(message, "202 Accepted", contact))
        elif method == "BYE":
            self._reply(answer(message, "200 OK"))
        elif message.startswith("SIP/2.0 200") and header(message, "CSeq") == "1 INVITE":
            plain = self._ack(message).decode().replace("z9hG4bK-", "z9hG4bK-ack-")
            self._reply(plain.replace("Content-Length: 0\r\n\r\n", DESCRIBED).encode())


def _knows(request: str, method: str) -> bool:
    words = dict(re.findall(r'(\w+)="?([^",]*)"?', header(request, "Authorization")))
    secret, asked = _md5(f"601:{REALM}:{PASSWORD}"), _md5(f"{method}:{words.get('uri')}")
    return words.get("response") == _md5(f"{secret}:{NONCE}:{asked}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def test_a_challenged_hand_over_and_a_challenged_end_are_said_again_with_the_password(tmp_path: Path) -> None:
    pbx = Challenging(accepts_for(120))
    try:
        with running(settings_for(pbx), tmp_path) as desk:
            desk.registered()
            pbx.send(pbx.invite("patient"))
            ring = desk.wait(RingStarted).offer.ring
            desk.link.take(ring, Way.PHONE, "21")
            until(
                lambda: len(pbx.authorized("REFER")) == 1,
                PATIENT_S,
                "the hand-over is asked with the password",
            )
            assert header(pbx.authorized("REFER")[0], "Call-ID") == "patient"
            desk.link.hang_up(ring)
            until(lambda: len(pbx.authorized("BYE")) == 2, PATIENT_S, "both legs end with the password")
    finally:
        pbx.close()
