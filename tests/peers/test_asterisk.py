"""Asterisk as a peer, proven against SIPp: what its CANCELs say, and how its queue rings again."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

import pytest

from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.callers import Caller, Callers, Phone, running_callers, running_phone
from tests.peers.program import PATIENT_S, until
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
    """Each INVITE and CANCEL that reached the light so far: method, line header, Reason."""
    asked = [one for one in light.messages() if one.first_line.startswith(("INVITE ", "CANCEL "))]
    # What is said again, for want of an answer in time, counts once.
    once = {(one.header("Call-ID"), one.header("CSeq")): one for one in asked}.values()
    return [(one.first_line.split()[0], one.header("X-Line"), one.header("Reason")) for one in once]


def until_heard(light: Phone, count: int) -> list[tuple[str, str, str]]:
    """All of them, once there are so many."""
    until(lambda: len(heard(light)) >= count, PATIENT_S, lambda: f"{count} requests, not {heard(light)}")
    return heard(light)


def test_a_ring_group_names_its_line_and_says_that_a_colleague_answered(
    asterisk: Asterisk, callers: Callers, light: Phone
) -> None:
    with running_phone(asterisk.address, "21", PASSWORDS["21"], answers_after_ms=300):
        placed = callers.place(Caller("700", "0301111")).wait()
    assert [caller.ending for caller in placed] == [Ending.ANSWERED]
    assert until_heard(light, 2) == [
        ("INVITE", "group", ""),
        ("CANCEL", "", 'SIP;cause=200;text="Call completed elsewhere"'),
    ]


def test_a_queue_rings_again_with_a_new_call_id_and_the_same_tag(callers: Callers, light: Phone) -> None:
    caller = callers.place(Caller("600", "0301111", gives_up_after_ms=60_000))
    until_heard(light, 3)
    assert [placed.ending for placed in caller.hang_up()] == [Ending.GAVE_UP]
    # The end of the queue's ring time and the caller's own end look the same.
    assert until_heard(light, 4)[:4] == [
        ("INVITE", "queue", ""),
        ("CANCEL", "", "Q.850;cause=0"),
        ("INVITE", "queue", ""),
        ("CANCEL", "", "Q.850;cause=0"),
    ]
    rings = [message for message in light.messages() if message.first_line.startswith("INVITE ")]
    assert len({ring.header("Call-ID") for ring in rings}) >= 2
    assert len({ring.header("X-Call-Tag") for ring in rings}) == 1


def test_a_group_whose_ring_time_is_over_refuses_the_caller(callers: Callers, light: Phone) -> None:
    placed = callers.place(Caller("710", "0301111")).wait()
    assert [caller.ending for caller in placed] == [Ending.REFUSED]
    assert until_heard(light, 2) == [("INVITE", "", ""), ("CANCEL", "", "Q.850;cause=0")]
