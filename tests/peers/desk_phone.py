"""A desk phone's own web server: it may want a password, may be slow or wrong, and dials what it is told."""

import base64
import contextlib
import hashlib
import re
import secrets
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from tests.peers.certificates import Certificate
from tests.peers.program import LOOPBACK

USER: Final = "admin"
PASSWORD: Final = "walnut & plum"
REALM: Final = "phone"


class DeskPhoneServer:
    """Keeps every request that it lets in, and dials what those say that it answers 200."""

    def __init__(self, certificate: Certificate | None = None) -> None:
        self.requests: list[tuple[str, str, str]] = []
        """Method, path and body of each that was let in."""
        self.tried: list[str] = []
        """The authorization of each request, let in or not; empty for none."""
        self.asks_for = ""
        """How it wants to be asked: "basic", "digest", or not at all."""
        self.answers: tuple[int, bytes] = 200, b""
        self.headers: dict[str, str] = {}
        self.holds_back = threading.Event()
        """It answers only once this is set."""
        self.holds_back.set()
        self.drips = False
        """Whether it answers a byte at a time, for ever."""
        self.dials: Callable[[str], None] = lambda _path: None
        self._nonce = secrets.token_hex(8)
        phone = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                phone._answer(self)

            do_POST = do_GET  # noqa: N815 - so named by http.server

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self._server.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.file, certificate.key_file)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Go away, whoever still waits."""
        self.holds_back.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0))).decode()
        authorization = handler.headers.get("Authorization", "")
        self.tried.append(authorization)
        if not self._lets_in(handler, authorization):
            kind = f'Digest realm="{REALM}", nonce="{self._nonce}", qop="auth", algorithm=MD5'
            challenge = kind if self.asks_for == "digest" else f'Basic realm="{REALM}"'
            _reply(handler, 401, b"", {"WWW-Authenticate": challenge})
            return
        self.requests.append((handler.command, handler.path, body))
        self.holds_back.wait(20)
        if self.drips:
            with contextlib.suppress(OSError):
                for _ in range(200):
                    handler.connection.sendall(b"H")
                    self._thread.join(0.05)
            return
        if self.answers[0] == 200:
            self.dials(handler.path)
        _reply(handler, *self.answers, self.headers)

    def _lets_in(self, handler: BaseHTTPRequestHandler, authorization: str) -> bool:
        if self.asks_for == "basic":
            return authorization == f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
        if self.asks_for == "digest":
            words = dict(re.findall(r'(\w+)="?([^",]*)"?', authorization))
            secret = _md5(f"{USER}:{REALM}:{PASSWORD}")
            what = _md5(f"{handler.command}:{handler.path}")
            middle = (words.get(name, "") for name in ("nonce", "nc", "cnonce", "qop"))
            return words.get("response") == _md5(":".join((secret, *middle, what)))
        return True


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _reply(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]) -> None:
    # Who asked may have hung up.
    with contextlib.suppress(OSError):
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@contextlib.contextmanager
def desk_phone_server(certificate: Certificate | None = None) -> Iterator[DeskPhoneServer]:
    """A phone's web server, gone afterwards."""
    server = DeskPhoneServer(certificate)
    try:
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port at which somebody listens who never says anything."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield int(listener.getsockname()[1])
