"""The guard that keeps tests on this machine."""

import socket

import pytest

from tests.network import NetworkError

# TEST-NET-1 (RFC 5737): nobody's address, should the guard fail.
ELSEWHERE = ("192.0.2.1", 9)


def test_nothing_beyond_this_machine_can_be_reached() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        with pytest.raises(NetworkError, match=r"not \('192\.0\.2\.1', 9\)"):
            datagrams.sendto(b"", ELSEWHERE)
        with pytest.raises(NetworkError):
            datagrams.connect(ELSEWHERE)
        with pytest.raises(NetworkError):
            datagrams.connect_ex(("somewhere.example", 9))


def test_this_machine_can_be_reached() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        other.bind(("127.0.0.1", 0))
        one.sendto(b"hello", other.getsockname())
        assert other.recv(16) == b"hello"
        one.connect(other.getsockname())
