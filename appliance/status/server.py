"""The unit's side of its sockets: one for the status, one for the lamp test.

Whoever connects gets one line of JSON and the end of the stream; nothing is ever read from a client. To
connect to the lamp test's socket is to ask for it. One
thread serves one client after the other, each within a limit, so that a client that stalls costs the others a
second and the unit nothing: the board is asked through its inbox and answers from its own thread.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Final

from appliance.core.view import BoardView
from appliance.core.words import InstantMs
from appliance.errors import CallLightError
from appliance.status.report import StatusReport, encode

SOCKET_NAME: Final = "status.sock"
"""The socket of the status, in the runtime directory."""

LAMP_TEST_SOCKET_NAME: Final = "lamp-test.sock"
"""The socket of the lamp test. It answers with the status too, in which `lamp_test` says whether it runs."""

CLIENTS_MAX: Final = 8
"""Clients that may wait to be served. The kernel makes the next one wait in its own `connect`, or lets it try
again."""

ANSWER_S_MAX: Final = 1.0
"""How long a client may take our answer, and the board may take to give it. A board that needs longer than
this is hung (the towers say so by then), and the client is told nothing rather than something stale."""

Reply = Callable[[BoardView, InstantMs], None]
_Answer = tuple[BoardView, InstantMs]


class StatusServer:
    """Answers on a Unix socket until it is closed. Owner and group may ask, if the directory lets them."""

    def __init__(
        self,
        directory: Path,
        ask: Callable[[Reply], None],
        describe: Callable[[BoardView, InstantMs], StatusReport],
        name: str = SOCKET_NAME,
    ) -> None:
        """Listen in this directory, which is made (mode 0750) if it is missing.

        `ask` posts a request to the board and returns at once (`Inbox.ask`). `describe` makes the report of
        what the board answered; it runs on the thread of this server. `name` is the socket's.

        Raises:
            CallLightError: another unit answers on the socket, or it cannot be made.
        """
        self._ask = ask
        self._describe = describe
        self._path = directory / name
        self._listener = _listen(self._path)
        self._inode = self._path.stat().st_ino
        self._closing = threading.Event()
        self._client: socket.socket | None = None
        self._answers: Queue[_Answer | None] = Queue(maxsize=1)
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and remove the socket, at once; a client that is being served loses its answer."""
        self._closing.set()
        # The thread waits for a client, for one that does not read, or for the board.
        for waited_for in (self._listener, self._client):
            with contextlib.suppress(OSError):
                if waited_for is not None:
                    waited_for.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(Full):
            self._answers.put_nowait(None)
        self._thread.join(2 * ANSWER_S_MAX)
        self._listener.close()
        with contextlib.suppress(OSError):
            if self._path.stat().st_ino == self._inode:
                self._path.unlink()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                if self._closing.wait(0.1):
                    return
                continue
            self._client = client
            with client, contextlib.suppress(OSError):
                client.settimeout(ANSWER_S_MAX)
                report = self._report()
                if report is not None:
                    client.sendall(encode(report))

    def _report(self) -> StatusReport | None:
        # A queue for each client: an answer that comes late must not be the next one's.
        answers = self._answers = Queue(maxsize=1)

        def reply(view: BoardView, now_ms: InstantMs) -> None:
            with contextlib.suppress(Full):
                answers.put_nowait((view, now_ms))

        if self._closing.is_set():
            return None
        self._ask(reply)
        try:
            answer = answers.get(timeout=ANSWER_S_MAX)
        except Empty:
            return None
        return None if answer is None else self._describe(*answer)


def _listen(path: Path) -> socket.socket:
    """Make the socket beside its place and move it there, so that nobody sees it with the wrong mode."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        if _answers(path):
            raise CallLightError(
                f"another unit runs with this runtime directory ({path.parent}):"
                " give this one its own by runtime_directory"
            )
        fresh.unlink(missing_ok=True)
        listener.bind(str(fresh))
        fresh.chmod(0o660)
        listener.listen(CLIENTS_MAX)
        fresh.rename(path)
    except OSError as error:
        listener.close()
        raise CallLightError(
            f"cannot open the socket {path}: {error.strerror or error};"
            " the unit's user must own runtime_directory"
        ) from error
    except BaseException:
        listener.close()
        raise
    return listener


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(ANSWER_S_MAX)
        # Where more clients ask than may wait, somebody listens all the same.
        with contextlib.suppress(BlockingIOError):
            try:
                probe.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                return False
        return True
