"""Where phone systems are: hosts of SIP URIs, their addresses, and our own address on the way to them.

The library resolves names by a call that blocks for many seconds when the name server is gone, and with it
every ring of every other phone system. So names are asked of the system by a program of its own (getent).
"""

import contextlib
import os
import re
import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from appliance.core.words import DurationMs, InstantMs
from appliance.sip.admission import Address, address_of

LOOKUP_MS: Final = DurationMs(6_000)
"""How long a name may take; the resolver's own limit is 10 s for two tries (resolv.conf(5))."""

FRESH_MS: Final = DurationMs(30_000)
"""How old an answer may be before the name is asked again: a phone system that moved is found within this."""

LOOKUP_BYTES_MAX: Final = 16_384
"""Bytes read of an answer: some 300 addresses, and phone systems have two or three. Those beyond it are not
read, nor is the one that it cuts."""

_URI: Final = re.compile(
    r"<?\s*sips?:(?:[^@]*@)?(\[[0-9A-Fa-f:.]+\]|[^:;?>\s]+)(?::([0-9]+))?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Place:
    """The host and port of a SIP URI."""

    host: str
    """A name or an address; an IPv6 address stands in brackets."""
    port: int | None

    @property
    def address(self) -> Address | None:
        """The address, if the host is one and not a name."""
        return address_of(self.host if self.host.startswith("[") else f"{self.host}:0")

    def at(self, host: str) -> str:
        """Return ``host:port`` with another host in this one's place."""
        bracketed = f"[{host}]" if ":" in host and not host.startswith("[") else host
        return bracketed if self.port is None else f"{bracketed}:{self.port}"

    def __str__(self) -> str:
        """Return ``host:port``, or the host alone where no port is given."""
        return self.at(self.host)


def place_of(uri: str) -> Place:
    """Return where a SIP URI points to.

    Raises:
        ValueError: it is none. The configuration was checked, so this is a defect.
    """
    match = _URI.match(uri)
    if match is None:
        raise ValueError("not a SIP URI with a host")
    return Place(match.group(1), int(match.group(2)) if match.group(2) else None)


def own_address(towards: Address) -> str:
    """Return our own address on the way to another one; empty if there is no way. Nothing is sent."""
    family = socket.AF_INET6 if towards.version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((str(towards), 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


@dataclass(slots=True)
class _Lookup:
    pid: int
    pipe: int
    give_up_ms: InstantMs
    answer: bytes = b""


class Lookups:
    """Names and their addresses. Nothing here waits: `collect` takes what has come."""

    def __init__(self) -> None:
        """Begin with no name known."""
        self._running: dict[str, _Lookup] = {}
        self._known: dict[str, tuple[tuple[Address, ...], InstantMs]] = {}

    @property
    def known(self) -> Mapping[str, tuple[tuple[Address, ...], InstantMs]]:
        """The addresses of each name that was answered (none if it does not exist), and when."""
        return MappingProxyType(self._known)

    def addresses(self, name: str) -> tuple[Address, ...] | None:
        """Return the addresses last found; None while the first answer is awaited."""
        return self._known[name][0] if name in self._known else None

    def ask(self, name: str, now_ms: InstantMs) -> None:
        """Ask for a name, unless it is being asked or its answer is fresh."""
        fresh = name in self._known and self._known[name][0] and now_ms < self._known[name][1] + FRESH_MS
        if name in self._running or fresh:
            return
        pipe, end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            pid = os.posix_spawnp(
                "getent",
                ["getent", "ahosts", name],
                os.environ,
                file_actions=[
                    (os.POSIX_SPAWN_DUP2, end, 1),
                    (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
                ],
                setsigdef=[signal.SIGTERM, signal.SIGINT, signal.SIGHUP],
            )
        except OSError:
            os.close(pipe)
            self._known[name] = ((), now_ms)
            return
        finally:
            os.close(end)
        self._running[name] = _Lookup(pid, pipe, InstantMs(now_ms + LOOKUP_MS))

    def collect(self, now_ms: InstantMs) -> set[str]:
        """Take the answers that have come; return the names whose addresses are other ones than before."""
        changed = set()
        for name, lookup in list(self._running.items()):
            if now_ms >= lookup.give_up_ms:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(lookup.pid, signal.SIGKILL)
                os.waitpid(lookup.pid, 0)
            elif os.waitpid(lookup.pid, os.WNOHANG)[0] == 0:
                continue
            with contextlib.suppress(BlockingIOError):
                lookup.answer = os.read(lookup.pipe, LOOKUP_BYTES_MAX)
            os.close(lookup.pipe)
            del self._running[name]
            found = _read_answer(lookup.answer)
            before = self.addresses(name)
            # A name that cannot be asked now keeps the addresses that it had.
            self._known[name] = (found or before or (), now_ms)
            if before is None or self._known[name][0] != before:
                changed.add(name)
        return changed

    def close(self) -> None:
        """End the programs that still ask."""
        self.collect(InstantMs(float("inf")))


def _read_answer(answer: bytes) -> tuple[Address, ...]:
    # A program that was ended, or the limit, may have left half a line: half an address is another one.
    whole = answer[: answer.rfind(b"\n") + 1]
    words = (line.split()[:1] for line in whole.decode(errors="replace").splitlines())
    found = (address_of(word[0] if ":" not in word[0] else f"[{word[0]}]") for word in words if word)
    return tuple(
        sorted({address for address in found if address is not None}, key=lambda a: (a.version, a.packed))
    )
