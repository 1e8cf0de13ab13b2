"""Asterisk as a peer, proven against SIPp: what its CANCELs say, and how its queue rings again."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

import pytest

from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.callers import Caller, Callers, Phone, running_callers, running_phone
from tests.peers.trace import Ending

PASSWORDS: Final = MappingProxyType({"601": "apple", "21": "plum"})
NEVER_MS: Final = 60_000


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Asterisk]:
    with running_asterisk(AsteriskPractice(PASSWORDS)) as running:
        yield running


@pytest.fixture
def callers(asterisk: Asterisk) -> Iterator[Callers]:
    with running_callers(asterisk.address) as running:
        yield running


@pytest.fixture
def light(asterisk: Asterisk) -> Iterator[Phone]:
    """In the light's place: an extension that only ever rings."""
    with running_phone(asterisk.address, "601", PASSWORDS["601"], answers_after_ms=NEVER_MS) as phone:
        yield phone


def heard(light: Phone) -> list[tuple[str, str, str]]:
    """Each INVITE and CANCEL that reached the light: method, line header, Reason."""
    return [
        (message.first_line.split()[0], message.header("X-Line"), message.header("Reason"))
        for message in light.messages()
        if message.first_line.startswith(("INVITE ", "CANCEL "))
    ]


def test_a_ring_group_names_its_line_and_says_that_a_colleague_answered(
    asterisk: Asterisk, callers: Callers, light: Phone
) -> None:
    with running_phone(asterisk.address, "21", PASSWORDS["21"], answers_after_ms=300):
        placed = callers.place(Caller("700", "0301111")).wait()
    assert [caller.ending for caller in placed] == [Ending.ANSWERED]
    assert heard(light) == [
        ("INVITE", "group", ""),
        ("CANCEL", "", 'SIP;cause=200;text="Call completed elsewhere"'),
    ]


def test_a_queue_rings_again_with_a_new_call_id_and_the_same_tag(callers: Callers, light: Phone) -> None:
    placed = callers.place(Caller("600", "0301111", gives_up_after_ms=3_500), transport="tcp").wait()
    assert [caller.ending for caller in placed] == [Ending.GAVE_UP]
    # The end of the queue's ring time and the caller's own end look the same.
    assert heard(light) == [
        ("INVITE", "queue", ""),
        ("CANCEL", "", "Q.850;cause=0"),
        ("INVITE", "queue", ""),
        ("CANCEL", "", "Q.850;cause=0"),
    ]
    rings = [message for message in light.messages() if message.first_line.startswith("INVITE ")]
    assert len({ring.header("Call-ID") for ring in rings}) == 2
    assert len({ring.header("X-Call-Tag") for ring in rings}) == 1


def test_a_group_whose_ring_time_is_over_refuses_the_caller(callers: Callers, light: Phone) -> None:
    placed = callers.place(Caller("710", "0301111")).wait()
    assert [caller.ending for caller in placed] == [Ending.REFUSED]
    assert heard(light) == [("INVITE", "", ""), ("CANCEL", "", "Q.850;cause=0")]
