"""No test talks to anything beyond this machine: an attempt fails the test that makes it.

It watches the sockets of the test process; what the programs started by a test may reach is said by their own
configurations, which name loopback only.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest


class NetworkError(AssertionError):
    """A test tried to reach an address that is not this machine's."""


def is_here(address: object) -> bool:
    """Whether a socket's address is a Unix socket's, loopback's or nobody's."""
    if not isinstance(address, tuple):
        return True
    host = str(address[0])
    if host in ("", "localhost"):
        return True
    try:
        ip = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return ip.is_loopback or ip.is_unspecified


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: socket.socket, *arguments: Any) -> Any:
        # connect(address), connect_ex(address), sendto(data, address) and sendto(data, flags, address).
        if not is_here(arguments[-1]):
            raise NetworkError(f"a test may reach this machine only, not {arguments[-1]}")
        return original(self, *arguments)

    return call


def keep_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard every socket of this process until the patch is undone."""
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
