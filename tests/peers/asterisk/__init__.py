"""Asterisk as a practice's phone system: a back-to-back agent, as nearly every customer's is.

It lives in a root of its own, made once from Debian sid and kept in the user's cache folder. Nothing of it is
installed, and no part of it runs as root or in a chroot: the root's own loader starts it in place.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.peers.kamailio import accepts, answers_options
from tests.peers.program import LOOPBACK, PeerError, Program, free_port, private_folder
from tests.peers.root import cached_root

CONFIGURATION: Final = Path(__file__).parent
RECIPE: Final = ("--variant=extract", "--include=asterisk", "sid")
"""Extracts Asterisk and all it needs, and runs no script of any package."""


@dataclass(frozen=True, slots=True)
class AsteriskPractice:
    """What differs between practices; the numbers that callers dial are in extensions.conf."""

    passwords: Mapping[str, str] = field(repr=False)
    """The password of each extension: 601 is the unit's, 21 a colleague's."""
    phones: Mapping[str, int] = field(default_factory=dict)
    """Desk phones that need no registration: the UDP port of loopback at which each waits."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Lines that an extension's endpoint has beside those of all others."""
    queue_ring_s: int = 2
    queue_retry_s: int = 1


def asterisk_root() -> Path:
    """The root with Asterisk in it, made with progress if it is not there yet."""
    return cached_root("asterisk", RECIPE)


class Asterisk:
    """A running Asterisk. It can be killed and started again at the same port."""

    def __init__(self, practice: AsteriskPractice, folder: Path) -> None:
        self.port = free_port()
        self._practice = practice
        self._folder = folder
        self._root = asterisk_root()
        self._program: Program | None = None

    @property
    def address(self) -> str:
        """Host and port for UDP and TCP, as a SIP URI has them."""
        return f"{LOOPBACK}:{self.port}"

    def start(self, within_s: float = 20.0) -> None:
        """Start it and wait until it answers over UDP and accepts over TCP."""
        for file in CONFIGURATION.glob("*.conf"):
            target = self._folder / file.name
            target.touch(mode=0o600)
            target.write_text(self._filled(file.read_text()))
        # x86-64 keeps the loader in lib64, aarch64 in lib.
        (loader,) = (self._root / "usr").glob("lib*/ld-linux-*")
        libraries = self._libraries()
        argv = [
            str(loader), "--library-path", str(libraries),
            str(self._root / "usr/sbin/asterisk"), "-f", "-n", "-C", str(self._folder / "asterisk.conf"),
        ]  # fmt: skip
        self._program = Program("asterisk", argv, self._folder)
        self._program.until(
            lambda: answers_options(LOOPBACK, self.port) and accepts(LOOPBACK, self.port),
            within_s,
            "Asterisk answers",
        )

    def log(self) -> str:
        """What Asterisk had to say."""
        return "" if self._program is None else self._program.log()

    def kill(self) -> None:
        """A power cut: it says nothing to anyone."""
        if self._program is None:
            raise PeerError("Asterisk is not running")
        self._program.kill()
        self._program = None

    def stop(self) -> None:
        """End it, if it runs."""
        if self._program is not None:
            self._program.end()
            self._program = None

    def _libraries(self) -> Path:
        (modules,) = (self._root / "usr/lib").glob("*/asterisk/modules")
        return modules.parents[1]

    def _filled(self, text: str) -> str:
        extensions = "".join(
            f"\n[{user}](extension)\naors = {user}\nauth = {user}\n{self._practice.options.get(user, '')}\n"
            f"\n[{user}](contact)\n\n[{user}](secret)\nusername = {user}\npassword = {password}\n"
            for user, password in self._practice.passwords.items()
        )
        phones = "".join(
            f"\n[{user}](extension)\naors = {user}\n"
            f"\n[{user}](contact)\ncontact = sip:{user}@{LOOPBACK}:{port}\n"
            for user, port in self._practice.phones.items()
        )
        filled = {
            "@FOLDER@": str(self._folder),
            "@MODULES@": str(self._libraries() / "asterisk" / "modules"),
            "@DATA@": str(self._root / "usr/share/asterisk"),
            "@PORT@": str(self.port),
            "@EXTENSIONS@": extensions,
            "@PHONES@": phones,
            "@QUEUE_RING_S@": str(self._practice.queue_ring_s),
            "@QUEUE_RETRY_S@": str(self._practice.queue_retry_s),
        }
        for word, value in filled.items():
            text = text.replace(word, value)
        return text


@contextlib.contextmanager
def running_asterisk(practice: AsteriskPractice) -> Iterator[Asterisk]:
    """An Asterisk that answers; ended and its folder gone afterwards."""
    with private_folder("asterisk") as folder:
        asterisk = Asterisk(practice, folder)
        try:
            asterisk.start()
            yield asterisk
        finally:
            asterisk.stop()
