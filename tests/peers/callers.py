"""SIPp as the practice's callers, as a colleague's phone, and as a stranger; every one a real SIP agent."""

import contextlib
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal
from xml.sax.saxutils import escape

from tests.peers.program import (
    LOOPBACK,
    PATIENT_S,
    PeerError,
    Program,
    free_port,
    private_folder,
    until,
)
from tests.peers.trace import Message, Placed, placed_callers, read_messages

SCENARIOS: Final = Path(__file__).with_name("sipp")
TRANSPORTS: Final = MappingProxyType({"udp": "u1", "tcp": "t1"})
"""SIPp's names for one UDP socket and one TCP connection for all calls of a run."""

Transport = Literal["udp", "tcp"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom to play. The defaults are an ordinary caller who waits for ten seconds."""

    dials: str
    number: str
    """The user part of From. `[call_number]` in it counts the callers of one run up from 1."""
    name: str = ""
    anonymous: bool = False
    """True hides the number as phone systems do (RFC 3323)."""
    gives_up_after_ms: int = 10_000
    talks_ms: int = 300
    headers: tuple[str, ...] = ()
    """Further header lines of the INVITE, without line ends."""
    cancel_headers: tuple[str, ...] = ()
    """Further header lines of the CANCEL: what the caller's network says of it."""

    @property
    def from_address(self) -> str:
        if self.anonymous:
            return '"Anonymous" <sip:anonymous@anonymous.invalid>'
        name = f'"{self.name}" ' if self.name else ""
        return f"{name}<sip:{self.number}@[local_ip]:[local_port]>"


def scenario(name: str, words: dict[str, str], folder: Path) -> Path:
    """A scenario with its words filled in, in a file of its own."""
    text = (SCENARIOS / f"{name}.xml").read_text()
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    file = folder / f"{name}.xml"
    file.touch(mode=0o600)
    file.write_text(text)
    return file


def sipp(
    file: Path, folder: Path, port: int, *more: str, traced: bool = True, host: str = LOOPBACK
) -> Program:
    """Start SIPp with a scenario, on loopback and without its screen."""
    trace = ["-trace_msg", "-message_file", str(folder / "messages.log")] if traced else []
    argv = [
        "sipp", "-sf", str(file), "-i", host, "-p", str(port), "-nostdin", "-cp", str(free_port()),
        # By default SIPp ends a call at the first message that its scenario does not name.
        "-default_behaviors", "all,-abortunexp", *trace, *more,
    ]  # fmt: skip
    return Program(file.stem, argv, folder)


def wall_to_monotonic_ms() -> float:
    """What this machine's wall time lacks to its monotonic time: of some readings side by side, those between
    which the least time passed."""
    took_ms, lacks_ms = [], []
    for _ in range(5):
        before_s, wall_s, after_s = time.monotonic(), time.time(), time.monotonic()
        took_ms.append(after_s - before_s)
        lacks_ms.append(((before_s + after_s) / 2 - wall_s) * 1000)
    return lacks_ms[took_ms.index(min(took_ms))]


class Placing:
    """One run of SIPp: one caller or a burst of them."""

    def __init__(self, program: Program, folder: Path, port: int, count: int) -> None:
        self.program = program
        self._count = count
        self._port = port
        self._log_file = folder / "messages.log"
        # Once: SIPp's log has wall times, all else here is monotonic.
        self._wall_to_monotonic_ms = wall_to_monotonic_ms()

    def callers(self) -> tuple[Placed, ...]:
        """The callers placed so far, as SIPp's own log tells them."""
        return placed_callers(self._messages())

    def _messages(self) -> tuple[Message, ...]:
        if not self._log_file.exists():
            return ()
        return read_messages(self._log_file.read_text(errors="replace"), self._wall_to_monotonic_ms)

    def caller(self, within_s: float = PATIENT_S) -> Placed:
        """The one caller of this run, once placed."""
        until(lambda: bool(self.callers()), within_s, "SIPp placed its caller")
        return self.callers()[0]

    def hang_up(self, within_s: float = PATIENT_S) -> tuple[Placed, ...]:
        """The callers who still wait give up now (over UDP only); wait until they have."""
        # Before it has heard 180, SIPp does not listen to our word; the light may be quicker than that.
        until(self._all_rang, within_s, "every caller heard it ring, or was refused")
        until(self._all_gave_up, within_s, "every caller gave up")
        return self.wait(within_s)

    def _all_gave_up(self) -> bool:
        """Tell those who still wait, again and again: in a crowd SIPp's socket loses a word now and then."""
        waiting = [caller.call_id for caller in self.callers() if caller.ending is None]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as word:
            for call_id in waiting:
                # No phone system ever answers 699; caller.xml takes it for our word.
                word.sendto(
                    f"SIP/2.0 699 Give Up\r\nVia: SIP/2.0/UDP {LOOPBACK}:{self._port};branch=z9hG4bK-word\r\n"
                    f"From: <sip:us@{LOOPBACK}>;tag=us\r\nTo: <sip:us@{LOOPBACK}>;tag=us\r\n"
                    f"Call-ID: {call_id}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n".encode(),
                    (LOOPBACK, self._port),
                )
        time.sleep(0.02)
        return not waiting

    def _all_rang(self) -> bool:
        heard = {message.header("Call-ID") for message in self._messages() if message.status >= 180}
        return len(heard) == self._count

    def wait(self, within_s: float = 30.0) -> tuple[Placed, ...]:
        """Wait for the end of the run. SIPp itself must be content with every message."""
        status = self.program.wait(within_s)
        if status != 0:
            raise PeerError(f"SIPp ended with {status}: {self.callers()}\n{self.program.log()}")
        return self.callers()


class Callers:
    """Callers who dial numbers at one phone system."""

    def __init__(self, address: str, folder: Path) -> None:
        self._address = address
        self._folder = folder
        self.placings: list[Placing] = []

    def place(
        self, caller: Caller, *, transport: Transport = "udp", count: int = 1, within_ms: int = 10
    ) -> Placing:
        """Place one caller, or `count` of them spread evenly over `within_ms`. Returns at once."""
        folder = self._folder / f"callers-{len(self.placings) + 1}"
        folder.mkdir(mode=0o700)
        words = {
            "DIALLED": caller.dials,
            "FROM": caller.from_address,
            "HEADERS": "".join(f"{line}\n" for line in caller.headers),
            "CANCEL_HEADERS": "".join(f"{line}\n" for line in caller.cancel_headers),
            "GIVES_UP_AFTER_MS": str(caller.gives_up_after_ms),
            "TALKS_MS": str(caller.talks_ms),
        }
        port = free_port()
        program = sipp(
            scenario("caller", words, folder), folder, port,
            "-t", TRANSPORTS[transport], "-m", str(count), "-l", str(count),
            "-r", str(count), "-rp", str(within_ms), "-rtp_echo", self._address,
        )  # fmt: skip
        placing = Placing(program, folder, port, count)
        self.placings.append(placing)
        return placing

    def placed(self) -> tuple[Placed, ...]:
        """Every caller of every run so far."""
        return tuple(caller for placing in self.placings for caller in placing.callers())

    def stop(self) -> None:
        """End what still runs: those callers vanish without a word."""
        for placing in self.placings:
            placing.program.kill()


class Phone:
    """A colleague's phone, registered at the phone system; picks up every call after a fixed while."""

    def __init__(self, address: str, user: str, password: str, folder: Path) -> None:
        self._address = address
        self._user = user
        self._password = password
        self._folder = folder
        self._port = free_port()
        self._program: Program | None = None

    def start(self, answers_after_ms: int, within_s: float = PATIENT_S) -> None:
        """Register, and wait for calls."""
        self.stop()
        folder = self._folder / f"phone-{self._user}"
        folder.mkdir(mode=0o700, exist_ok=True)
        words = {"USER": self._user, "PASSWORD": escape(self._password)}
        # From the port at which the phone then waits: a phone system may call where the REGISTER came from.
        registering = sipp(
            scenario("register", words, folder), folder, self._port, "-m", "1", self._address, traced=False
        )
        if registering.wait(within_s) != 0:
            raise PeerError(f"the phone {self._user} could not register\n{registering.log()}")
        words = {"ANSWERS_AFTER_MS": str(answers_after_ms)}
        self._program = sipp(scenario("phone", words, folder), folder, self._port)
        self._program.until(lambda: is_bound(self._port), within_s, "the phone listens")

    def messages(self) -> tuple[Message, ...]:
        """Every message that the phone sent and received, as SIPp's own log tells them."""
        log_file = self._folder / f"phone-{self._user}" / "messages.log"
        return read_messages(log_file.read_text(errors="replace"), wall_to_monotonic_ms=0)

    def stop(self) -> None:
        """The phone vanishes without a word."""
        if self._program is not None:
            self._program.kill()
            self._program = None


def is_bound(port: int) -> bool:
    """True if a UDP socket is bound to this port."""
    return bool(_sockets_at(port))


def dropped_count(port: int) -> int:
    """How many datagrams the kernel threw away at this UDP port, for nobody read them in time."""
    return sum(int(line.split()[-1]) for line in _sockets_at(port))


def _sockets_at(port: int) -> list[str]:
    lines = Path("/proc/net/udp").read_text().splitlines()[1:]
    return [line for line in lines if line.split()[1].endswith(f":{port:04X}")]


@contextlib.contextmanager
def running_callers(address: str) -> Iterator[Callers]:
    """Callers of one phone system; those still waiting vanish afterwards."""
    with private_folder("callers") as folder:
        callers = Callers(address, folder)
        try:
            yield callers
        finally:
            callers.stop()


@contextlib.contextmanager
def running_phone(address: str, user: str, password: str, answers_after_ms: int) -> Iterator[Phone]:
    """A colleague's phone that picks up after a while."""
    with private_folder("phone") as folder:
        phone = Phone(address, user, password, folder)
        try:
            phone.start(answers_after_ms)
            yield phone
        finally:
            phone.stop()
