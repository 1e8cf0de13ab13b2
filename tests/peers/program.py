"""A real program as a fixture: started in the foreground, waited for, ended by its pid, never left behind."""

import atexit
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

LOOPBACK: Final = "127.0.0.1"
SHARE: Final = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 2
"""Which of the two processes of the suite this is."""
PORTS: Final = range(20_000 + SHARE, 32_000, 2)
"""Ports for peers lie below Linux's ephemeral range (32768 and up), so that no outgoing socket takes one
between the moment it was found free and the moment its program binds it; and each process of the suite has
its own half."""
LAST_WORDS_LENGTH: Final = 3_000
"""How much of its log is told of a program that fails."""

PATIENT_S: Final = 20.0
"""How long anything may take that is no figure. On a busy machine any process or thread may be given no turn
for seconds; what takes longer than this hangs."""

_handed_out: Final[deque[int]] = deque(maxlen=1_000)
"""The last ports that were found free: their programs may not have bound them yet."""

started_groups: set[int] = set()
"""The process group of every program that was started here and may still have a member."""


class PeerError(AssertionError):
    """A peer did not start, did not answer, or did not end in time; carries the end of its own log."""


class Keeper:
    """The program that clears up after us if we are killed; see `keeper`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))],
            stdin=subprocess.PIPE,
            # A session of its own: a Ctrl-C at the terminal reaches us and must not reach it.
            start_new_session=True,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def end(self) -> None:
        """Close the pipe: it clears what is still named, and ends."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


_keeper: list[Keeper] = []


def keeper() -> Keeper:
    """The one keeper of this process, started when it is first needed."""
    if not _keeper:
        _keeper.append(Keeper())
        atexit.register(_keeper[0].end)
    return _keeper[0]


@contextlib.contextmanager
def private_folder(name: str) -> Iterator[Path]:
    """A folder that only we can read, gone afterwards even if we are killed."""
    folder = Path(tempfile.mkdtemp(prefix=f"call-light-{name}-"))
    keeper().tell(f"+folder {folder}")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        keeper().tell(f"-folder {folder}")


def free_port() -> int:
    """A port of loopback that neither UDP nor TCP uses now, and that nobody else here is about to use."""
    for _ in range(200):
        port = random.choice(PORTS)
        if port in _handed_out:
            continue
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
        ):
            try:
                udp.bind((LOOPBACK, port))
                tcp.bind((LOOPBACK, port))
            except OSError:
                continue
        _handed_out.append(port)
        return port
    raise PeerError("no free port on loopback")


def until(condition: Callable[[], bool], within_s: float, what: str | Callable[[], str]) -> None:
    """Wait for a condition that others bring about; `PeerError` names it if the time is over.

    `what` may be asked for when it is over, and then tells what was so instead.
    """
    deadline = time.monotonic() + within_s
    while True:
        # The last look is one after the deadline: whoever waits may have been given no turn, too.
        is_last = time.monotonic() > deadline
        if condition():
            return
        if is_last:
            raise PeerError(f"not within {within_s} s: {what if isinstance(what, str) else what()}")
        time.sleep(0.005)


def _forget_empty_groups() -> None:
    # Also those of before: what is killed with its program dies a moment after it.
    for group in tuple(started_groups):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            started_groups.discard(group)


class Program:
    """One running program, in a process group of its own, with its output in a file.

    It dies with us in three ways: `end` in the ordinary one, the kernel's parent-death signal if we are
    killed, and the keeper for the children that it forked itself.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        at_terminal: bool = False,
        log_file: Path | None = None,
        ends_within_s: float = 5.0,
        by_pipes: bool = False,
    ) -> None:
        """Start it. With `by_pipes`, `process.stdin` and `.stdout` are pipes to it."""
        self.name = name
        self.log_file = log_file or folder / f"{name}.log"
        self._ends_within_s = ends_within_s
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *argv],
                cwd=folder,
                stdin=subprocess.PIPE if by_pipes else subprocess.DEVNULL,
                stdout=subprocess.PIPE if by_pipes else None if at_terminal else log,
                stderr=log,
                env={**os.environ, **(environment or {})},
                process_group=0,
            )
        started_groups.add(self.process.pid)
        keeper().tell(f"+group {self.process.pid}")

    @property
    def pid(self) -> int:
        return self.process.pid

    def log(self) -> str:
        """What it wrote so far."""
        return self.log_file.read_bytes().decode(errors="replace") if self.log_file.is_file() else ""

    def _last_words(self) -> str:
        return self.log()[-LAST_WORDS_LENGTH:]

    def until(self, condition: Callable[[], bool], within_s: float, what: str | Callable[[], str]) -> None:
        """Wait for a condition; fail at once if the program ends first."""

        def met_or_ended() -> bool:
            return condition() or self.process.poll() is not None

        try:
            until(met_or_ended, within_s, what)
        except PeerError as late:
            raise PeerError(f"{self.name}: {late}\n{self._last_words()}") from late
        if self.process.returncode is not None and not condition():
            awaited = what if isinstance(what, str) else what()
            raise PeerError(
                f"{self.name} ended with {self.process.returncode}, before: {awaited}\n{self._last_words()}"
            )

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def wait(self, within_s: float) -> int:
        """Wait until it has ended by itself; its exit status."""
        try:
            status = self.process.wait(within_s)
        except subprocess.TimeoutExpired as late:
            raise PeerError(f"{self.name} still runs after {within_s} s\n{self._last_words()}") from late
        self.kill()
        return status

    def kill(self) -> None:
        """End it and all of its children as a power cut would."""
        if self.process.pid not in started_groups:
            # It is gone, and its number may be somebody else's by now.
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        keeper().tell(f"-group {self.process.pid}")
        _forget_empty_groups()

    def end(self) -> int:
        """Ask it to end, wait, and end it by force if it does not; its exit status."""
        self.signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self._ends_within_s)
        self.kill()
        return self.process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
