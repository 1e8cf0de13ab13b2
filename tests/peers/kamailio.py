"""Kamailio as a practice's phone system, with a private configuration and private ports."""

import contextlib
import re
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.peers.certificates import Certificate
from tests.peers.program import LOOPBACK, PATIENT_S, PeerError, Program, free_port, private_folder

TEMPLATE: Final = Path(__file__).with_name("kamailio.cfg")
SHARED_MEMORY_MB: Final = 16
PRIVATE_MEMORY_MB: Final = 8
REFUSES_REFER: Final = 'if (is_method("REFER")) { sl_send_reply("501", "Not Implemented"); exit; }'


@dataclass(frozen=True, slots=True)
class Practice:
    """What the phone system knows: who may register, and who rings when a number is dialled."""

    passwords: Mapping[str, str] = field(repr=False)
    """The password of each extension."""
    groups: Mapping[str, Sequence[str]]
    """The extensions that ring, all at once, for each number that callers dial."""
    lines: Mapping[str, str] = field(default_factory=dict)
    """The value of X-Line for each number that callers dial; a number not in it sends no such header."""
    phones: Mapping[str, int] = field(default_factory=dict)
    """Desk phones that need no registration: the UDP port of loopback at which each waits."""
    tag: bool = False
    """True if the phone system sends the caller's Call-ID as X-Call-Tag."""
    transfers: bool = True
    """False if it refuses REFER: whoever took a caller and called a desk phone stays between the two."""
    ring_time_ms: int = 120_000
    """After so long without an answer the phone system gives up by itself."""


class Kamailio:
    """A running phone system. It can be killed and started again at the same ports."""

    def __init__(self, practice: Practice, folder: Path, certificate: Certificate | None = None) -> None:
        self.practice = practice
        self.host = LOOPBACK
        """An address of loopback; another one from the next start on if it is changed."""
        self.port = free_port()
        self.tls_port = free_port()
        self._folder = folder
        self._certificate = certificate
        self._program: Program | None = None

    @property
    def address(self) -> str:
        """Host and port for UDP and TCP, as a SIP URI has them."""
        return f"{self.host}:{self.port}"

    @property
    def tls_address(self) -> str:
        return f"localhost:{self.tls_port}"

    @property
    def program(self) -> Program:
        if self._program is None:
            raise PeerError("Kamailio is not running")
        return self._program

    def start(self, within_s: float = PATIENT_S) -> None:
        """Start it and wait until it answers over UDP and accepts over TCP (and TLS)."""
        configuration = self._folder / "kamailio.cfg"
        configuration.touch(mode=0o600)
        configuration.write_text(self._configuration())
        self._program = Program("kamailio", self._argv(configuration), self._folder)
        self._program.until(self._answers, within_s, "Kamailio answers")

    def contact(self, user: str) -> tuple[str, int]:
        """Under which URI an extension registered last, and from which port; the log of this start tells, a
        moment after the extension itself knows."""

        def found() -> list[tuple[str, str]]:
            told = rf"registered {re.escape(user)} at \S+?:(\d+) as <([^>]+)>"
            return re.findall(told, self.program.log())

        self.program.until(lambda: bool(found()), PATIENT_S, f"{user} has registered")
        port, uri = found()[-1]
        return uri, int(port)

    def kill(self) -> None:
        """A power cut: it says nothing to anyone."""
        self.program.kill()
        self._program = None

    def stop(self) -> None:
        """End it, if it runs."""
        if self._program is not None:
            self._program.end()
            self._program = None

    def _argv(self, configuration: Path) -> list[str]:
        return [
            "/usr/sbin/kamailio", "-DD", "-E",
            "-f", str(configuration), "-w", str(self._folder), "-Y", str(self._folder),
            "-m", str(SHARED_MEMORY_MB), "-M", str(PRIVATE_MEMORY_MB),
        ]  # fmt: skip

    def _configuration(self) -> str:
        practice = self.practice
        listen = [f"listen=udp:{self.host}:{self.port}", f"listen=tcp:{self.host}:{self.port}"]
        tls: list[str] = []
        if self._certificate is not None:
            listen += ["enable_tls=yes", f"listen=tls:{self.host}:{self.tls_port}"]
            tls = [
                'loadmodule "tls.so"',
                'modparam("tls", "tls_method", "TLSv1.2+")',
                f'modparam("tls", "certificate", "{self._certificate.file}")',
                f'modparam("tls", "private_key", "{self._certificate.key_file}")',
                'modparam("tls", "verify_certificate", 0)',
                'modparam("tls", "require_certificate", 0)',
            ]
        # An event route must not be empty.
        tables = ["$sht(passwords=>nobody) = $null;"]
        tables += [
            f'$sht(passwords=>{user}) = "{password}";' for user, password in practice.passwords.items()
        ]
        tables += [f'$sht(groups=>{number}) = "{",".join(who)}";' for number, who in practice.groups.items()]
        tables += [
            f'$sht(phones=>{number}) = "{LOOPBACK}:{port}";' for number, port in practice.phones.items()
        ]
        tables += [f'$sht(lines=>{number}) = "{line}";' for number, line in practice.lines.items()]
        filled = {
            "@LISTEN@": "\n".join(listen),
            "@MODULES@": str(modules_folder()),
            "@TLS@": "\n".join(tls),
            "@TABLES@": "\n".join(f"    {entry}" for entry in tables),
            "@RING_TIME_MS@": str(practice.ring_time_ms),
            "@REFER@": "" if practice.transfers else REFUSES_REFER,
            "@TAG@": 'append_hf("X-Call-Tag: $ci\\r\\n");' if practice.tag else "",
        }
        text = TEMPLATE.read_text()
        for word, value in filled.items():
            text = text.replace(word, value)
        return text

    def _answers(self) -> bool:
        ports = [self.port] + ([self.tls_port] if self._certificate else [])
        return answers_options(self.host, self.port) and all(accepts(self.host, port) for port in ports)


def modules_folder() -> Path:
    """Where Debian put Kamailio's modules; the folder carries the machine's architecture."""
    found = sorted(Path("/usr/lib").glob("*/kamailio/modules"))
    if not found:
        raise PeerError("Kamailio's modules are not installed")
    return found[0]


def answers_options(host: str, port: int) -> bool:
    """True if a SIP server answers an OPTIONS at this UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(0.1)
        probe.connect((host, port))
        own_port = probe.getsockname()[1]
        request = (
            f"OPTIONS sip:{host}:{port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {LOOPBACK}:{own_port};branch=z9hG4bK-probe-{own_port};rport\r\n"
            f"From: <sip:probe@{LOOPBACK}>;tag=probe\r\nTo: <sip:{host}>\r\n"
            f"Call-ID: probe-{own_port}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        )
        with contextlib.suppress(OSError):
            probe.send(request.encode())
            return probe.recv(4096).startswith(b"SIP/2.0 ")
        return False


def accepts(host: str, port: int) -> bool:
    """True if something accepts TCP connections at this port."""
    with contextlib.suppress(OSError), socket.create_connection((host, port), timeout=0.2):
        return True
    return False


@contextlib.contextmanager
def running_kamailio(practice: Practice, certificate: Certificate | None = None) -> Iterator[Kamailio]:
    """A phone system that answers; ended and its folder gone afterwards."""
    with private_folder("kamailio") as folder:
        kamailio = Kamailio(practice, folder, certificate)
        try:
            kamailio.start()
            yield kamailio
        finally:
            kamailio.stop()
