"""Tells the desk phone to dial: one request, over before the press that asked for it is.

Only the configured address is contacted: no proxy, no redirection, no name server. The password is sent only
to a phone that asks for it (but for the make that wants it in its request), over HTTPS only after the phone
has shown its certificate; it stands in no reason that is told.
"""

import base64
import contextlib
import http.client
import socket
import ssl
import threading
from pathlib import Path
from typing import Final
from urllib.request import (
    HTTPDigestAuthHandler,
    HTTPPasswordMgrWithDefaultRealm,
    Request,
    parse_http_list,
    parse_keqv_list,
)

from appliance.phone.makes import MAKES, Order
from appliance.phone.settings import TELL_S_MAX, PhoneSettings

PHONE_ANSWER_BYTES_MAX: Final = 4_096
"""What is read of an answer's body: those that say yes or no have some hundred. The rest is left unread."""

UNAUTHORIZED: Final = 401


class PhoneRefused(Exception):
    """The phone does not dial; the text says why, for people."""


def tell(phone: PhoneSettings, number: str) -> None:
    """Tell the phone to dial, and return as soon as it said that it does.

    Raises:
        PhoneRefused: it does not, or nobody knows.
    """
    make = MAKES[phone.make]
    order = make.order(number, phone.password)
    with _Line(phone) as line:
        status, challenges, body = line.ask(order)
        if status == UNAUTHORIZED and phone.user:
            authorization = _authorization(phone, order, challenges)
            if authorization:
                status, _, body = line.ask(order, authorization)
    if status == UNAUTHORIZED:
        raise PhoneRefused("the desk phone refused our user and password (401)")
    if status // 100 != 2:
        raise PhoneRefused(f"the desk phone answered {status}")
    if make.refusal is not None and make.refusal.search(body):
        raise PhoneRefused("the desk phone answered that it does not dial")


class _Line:
    """The connection to the phone, cut when its time is over, however slowly the phone talks."""

    def __init__(self, phone: PhoneSettings) -> None:
        if phone.certificate_file:
            self._connection: http.client.HTTPConnection = _Known(phone)
        else:
            self._connection = http.client.HTTPConnection(phone.address, phone.port, timeout=TELL_S_MAX)
        self._is_late = False
        self._guard = threading.Timer(TELL_S_MAX, self._cut)

    def __enter__(self) -> "_Line":
        self._guard.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._guard.cancel()
        self._connection.close()

    def ask(self, order: Order, authorization: str = "") -> tuple[int, list[str], bytes]:
        """Return the status of the answer, how the phone wants to be asked, and the body."""
        headers = {"Connection": "close"}
        if order.content_type:
            headers["Content-Type"] = order.content_type
        if authorization:
            headers["Authorization"] = authorization
        try:
            self._connection.request(order.method, order.path, order.body or None, headers)
            answer = self._connection.getresponse()
            body = answer.read(PHONE_ANSWER_BYTES_MAX)
            return answer.status, answer.headers.get_all("WWW-Authenticate", []), body
        except (OSError, http.client.HTTPException) as error:
            raise PhoneRefused(self._why(error)) from None
        finally:
            # The next request has a connection of its own.
            self._connection.close()

    def _why(self, error: Exception) -> str:
        if self._is_late or isinstance(error, TimeoutError):
            return f"the desk phone did not answer within {TELL_S_MAX:.0f} s"
        if isinstance(error, OSError):
            return f"the desk phone cannot be reached ({error.strerror or type(error).__name__})"
        return "the desk phone's answer is no HTTP"

    def _cut(self) -> None:
        self._is_late = True
        one = self._connection.sock
        if one is not None:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class _Known(http.client.HTTPSConnection):
    """A connection to the phone whose certificate we have, and to no other one."""

    def __init__(self, phone: PhoneSettings) -> None:
        # Phones sign their certificates themselves, for names that nobody uses: nothing in it counts but that
        # it is this one.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        super().__init__(phone.address, phone.port, timeout=TELL_S_MAX, context=context)
        self._file = phone.certificate_file

    def connect(self) -> None:
        """Connect, and hang up on a stranger."""
        super().connect()
        assert isinstance(self.sock, ssl.SSLSocket), "HTTPS is spoken over TLS"
        try:
            known = ssl.PEM_cert_to_DER_cert(Path(self._file).read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            raise PhoneRefused("the file of the desk phone's certificate cannot be read") from None
        if self.sock.getpeercert(binary_form=True) != known:
            raise PhoneRefused("the desk phone has another certificate than the one in phone_certificate")


def _authorization(phone: PhoneSettings, order: Order, challenges: list[str]) -> str:
    """Return what answers the first challenge that we can answer, a digest before the password itself."""
    for challenge in sorted(challenges, key=lambda one: not one.lower().startswith("digest ")):
        kind, _, words = challenge.partition(" ")
        if kind.lower() == "digest" and (digest := _digest(phone, order, words)):
            return digest
        if kind.lower() == "basic":
            return "Basic " + base64.b64encode(f"{phone.user}:{phone.password}".encode()).decode()
    return ""


def _digest(phone: PhoneSettings, order: Order, words: str) -> str:
    """Return the answer to a digest challenge (RFC 7616, as far as the library has it), or nothing."""
    address = f"http://{phone.address}{order.path}"
    passwords = HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, address, phone.user, phone.password)
    request = Request(address, order.body or None, method=order.method)
    try:
        challenge = parse_keqv_list(parse_http_list(words))
        answer = HTTPDigestAuthHandler(passwords).get_authorization(request, challenge)
    except (ValueError, OSError):
        return ""
    return f"Digest {answer}" if answer else ""
