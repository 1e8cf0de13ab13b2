"""A stretch of network between a client and a server on loopback: cut, or dead without a word."""

import contextlib
import selectors
import socket
import threading
from typing import Final

from tests.peers.program import LOOPBACK, PATIENT_S, until

CHUNK_BYTES: Final = 65_536


class Gate:
    """Passes on what comes, until it swallows it with every connection open, or is cut."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._swallows = self._is_cut = False
        self.turned_away = 0
        """Connections that were closed at once."""
        self._dead: set[socket.socket] = set()
        self._ended = False
        self._ways = selectors.DefaultSelector()
        self._ways.register(self._listener, selectors.EVENT_READ, None)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def swallow(self) -> None:
        """From now on nothing arrives, in either direction."""
        self._swallows = True

    def cut(self) -> None:
        """Close every connection, and from now on each new one at once."""
        self._is_cut = True
        until(lambda: len(self._ways.get_map()) == 1, PATIENT_S, "nobody is connected")

    def pass_on(self) -> None:
        """Let new connections through; those of before stay dead."""
        self._swallows = self._is_cut = False

    def close(self) -> None:
        self._ended = True
        self._thread.join()
        for key in list(self._ways.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._ways.close()

    def _run(self) -> None:
        while not self._ended:
            if self._is_cut:
                for key in [key for key in self._ways.get_map().values() if key.data is not None]:
                    self._ways.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
            for key, _ in self._ways.select(0.05):
                if key.data is None:
                    self._accept()
                elif key.fd in self._ways.get_map():
                    # The other end did not close in the same instant.
                    self._carry(key.fileobj, key.data)  # type: ignore[arg-type]

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        if self._is_cut:
            client.close()
            self.turned_away += 1
            return
        server = socket.create_connection((LOOPBACK, self._to_port))
        self._ways.register(client, selectors.EVENT_READ, server)
        self._ways.register(server, selectors.EVENT_READ, client)

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        content = b""
        with contextlib.suppress(OSError):
            content = source.recv(CHUNK_BYTES)
        if content and (self._swallows or source in self._dead):
            self._dead |= {source, sink}
            return
        with contextlib.suppress(OSError):
            if content:
                sink.sendall(content)
            else:
                for one in (source, sink):
                    self._ways.unregister(one)
                    one.close()
