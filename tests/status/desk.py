"""A status server over a real board, whose answers the test may hold back."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from appliance.core.events import FaultRaised, RingRefused, SenderRefused
from appliance.core.view import BoardView
from appliance.core.words import InstantMs
from appliance.status import SOCKET_NAME, StatusReport, StatusServer, TowerStatus, report_of
from appliance.status.server import Reply
from tests.core.desk import Desk, line
from tests.peers.program import PATIENT_S

NOW_S = 70.0


def busy_desk() -> Desk:
    """A desk at which everything that a report can say is so, 70 s after it was started."""
    desk = Desk.registered(line("main"), line("lab", priority=True), line("doctors", queue=True))
    desk.registration("ext-lab", held=False, at_s=1, code=403, why="Forbidden")
    desk.rings("a", on="main", at_s=5, caller="+49301234567")
    desk.rings("b", on="lab", at_s=60)
    desk.rings("c", on="doctors", at_s=62)
    desk.cancelled("c", at_s=65)
    desk.tell(SenderRefused("192.0.2.66", "no mark", 3))
    desk.tell(RingRefused(2))
    desk.tell(FaultRaised("tower terminal", "the cable is out"))
    desk.wait_until(NOW_S)
    return desk


def report_on(view: BoardView, now_ms: InstantMs, **changed: object) -> StatusReport:
    """What the unit called `front` says of this view."""
    towers = (TowerStatus("terminal", "the cable is out"), TowerStatus("recorder", None))
    return report_of(
        view,
        now_ms,
        unit="front",
        software="0.1.0",
        started_ms=InstantMs(0),
        towers=towers,
        **changed,  # type: ignore[arg-type]
    )


def busy_report() -> StatusReport:
    """The report of the busy desk."""
    desk = busy_desk()
    return report_on(desk.board.view(InstantMs(NOW_S * 1000)), InstantMs(NOW_S * 1000))


class Front:
    """A server whose board answers while `answers` is set, with what `describe` makes of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / SOCKET_NAME
        self.answers = threading.Event()
        self.answers.set()
        self.asked = threading.Event()
        self._replies: list[Reply] = []
        self.report = busy_report()
        self._view = busy_desk().board.view(InstantMs(NOW_S * 1000))
        self.server = StatusServer(folder, self._ask, lambda _view, _now_ms: self.report)

    def _ask(self, reply: Reply) -> None:
        self._replies.append(reply)
        self.asked.set()
        if self.answers.is_set():
            reply(self._view, InstantMs(NOW_S * 1000))

    def reply_to_the_first(self) -> None:
        """The board answers who asked first, late."""
        self._replies[0](self._view, InstantMs(NOW_S * 1000))


@contextlib.contextmanager
def front(folder: Path) -> Iterator[Front]:
    """A server that is closed afterwards."""
    one = Front(folder)
    try:
        yield one
    finally:
        one.server.close()


@contextlib.contextmanager
def answering(path: Path, *parts: bytes, pause_s: float = 0.0) -> Iterator[None]:
    """Somebody else on the socket, who says these bytes to one client, in so many parts."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen(1)
        gone = threading.Event()

        def serve() -> None:
            client, _ = listener.accept()
            with client, contextlib.suppress(OSError):
                for part in parts:
                    client.sendall(part)
                    if gone.wait(pause_s):
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield
        finally:
            gone.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENT_S)
            assert not thread.is_alive()


def connected(path: Path, timeout_s: float | None = PATIENT_S) -> socket.socket:
    """A client that says nothing."""
    client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    client.settimeout(timeout_s)
    try:
        client.connect(str(path))
    except OSError:
        client.close()
        raise
    return client


@contextlib.contextmanager
def crowded(path: Path) -> Iterator[None]:
    """A socket whose listener takes nobody, and which no more clients may wait for."""
    with contextlib.ExitStack() as crowd:
        listener = crowd.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
        listener.bind(str(path))
        listener.listen(0)
        with contextlib.suppress(BlockingIOError):
            while True:
                crowd.enter_context(connected(path, timeout_s=0))
        yield


def everything(client: socket.socket) -> bytes:
    """All that the server says to this client, until it hangs up."""
    return b"".join(iter(lambda: client.recv(65536), b""))


def took_s(act: Callable[[], object]) -> float:
    """How long this takes."""
    began_s = time.monotonic()
    act()
    return time.monotonic() - began_s
