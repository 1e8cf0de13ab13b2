"""Who may ring."""

from ipaddress import ip_address

import pytest

from appliance.core.words import ExtensionId, InstantMs
from appliance.sip.admission import (
    ADDRESSES_MAX,
    FULL_ANSWERS_MAX,
    OTHERS,
    Admitted,
    Doorkeeper,
    FullAnswers,
    Refusals,
    TurnedAway,
    address_of,
)
from appliance.sip.protocol import Refused
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Transport

MAIN = ExtensionId("ext-main")
HOME = ExtensionId("ext-home")


def doorkeeper() -> Doorkeeper:
    office = PbxSettings(
        "office", ("sip:192.0.2.10",), Transport.UDP, addresses=("198.51.100.0/24", "2001:db8::7")
    )
    hosted = PbxSettings("hosted", ("sip:pbx.example",), Transport.TLS)
    keeper = Doorkeeper(
        EngineSettings(
            (office, hosted),
            (
                ExtensionAccount(MAIN, "office", "601", "melon", mark="cafe"),
                ExtensionAccount(HOME, "hosted", "7", "grape", mark="beef"),
                ExtensionAccount(ExtensionId("unmarked"), "office", "602", "plum"),
            ),
        )
    )
    keeper.learn("office", [ip_address("192.0.2.10")])
    return keeper


def invite(uri: str) -> str:
    return f"INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.10\r\n\r\n"


def test_the_registrar_rings_with_the_mark_that_it_was_given() -> None:
    text = invite("sip:601@192.0.2.2;k=cafe")
    assert doorkeeper().decide(text, "192.0.2.10:5060") == Admitted(MAIN)


@pytest.mark.parametrize("source", ["198.51.100.77:5080", "[2001:db8::7]:5060", "[::ffff:192.0.2.10]:5060"])
def test_the_configured_addresses_ring_too(source: str) -> None:
    assert doorkeeper().decide(invite("sip:601@h;k=cafe"), source) == Admitted(MAIN)


def test_the_mark_says_the_extension_whatever_user_is_called() -> None:
    assert doorkeeper().decide(invite("sip:602@h;k=cafe"), "192.0.2.10:5060") == Admitted(MAIN)


@pytest.mark.parametrize(
    ("uri", "source", "told", "why"),
    [
        ("sip:601@h", "203.0.113.5:5060", "203.0.113.5", "no mark"),
        # A forged source knows no mark.
        ("sip:601@h", "192.0.2.10:5060", "192.0.2.10", "no mark"),
        ("sip:601@h;k=", "192.0.2.10:5060", "192.0.2.10", "no mark"),
        ("sip:601@h;k=cafd", "192.0.2.10:5060", "192.0.2.10", "a wrong mark"),
        ("sip:601;k=cafe@h", "192.0.2.10:5060", "192.0.2.10", "no mark"),
        # An overheard mark does not come from the phone system.
        ("sip:601@h;k=cafe", "203.0.113.5:5060", "203.0.113.5", "not an address of the phone system"),
        ("sip:601@h;k=cafe", "\x1bnowhere", "nowhere", "not an address of the phone system"),
    ],
)
def test_anybody_else_is_turned_away_with_the_reason(uri: str, source: str, told: str, why: str) -> None:
    assert doorkeeper().decide(invite(uri), source) == TurnedAway(told, why)


def test_over_a_connection_that_we_opened_the_mark_is_enough() -> None:
    assert doorkeeper().decide(invite("sip:7@h;k=beef"), "203.0.113.99:5061") == Admitted(HOME)


def test_a_phone_system_that_moved_rings_from_its_new_address_only() -> None:
    keeper = doorkeeper()
    keeper.learn("office", [ip_address("192.0.2.20")])
    text = invite("sip:601@h;k=cafe")
    assert keeper.decide(text, "192.0.2.20:5060") == Admitted(MAIN)
    assert isinstance(keeper.decide(text, "192.0.2.10:5060"), TurnedAway)


@pytest.mark.parametrize("source", ["", "h:5060", "1.2.3", "256.1.1.1:1", "[x]:5"])
def test_what_is_no_address_is_none(source: str) -> None:
    assert address_of(source) is None


def test_refusals_are_gathered_by_address_and_those_beyond_the_limit_together() -> None:
    refusals = Refusals()
    for number in range(ADDRESSES_MAX + 10):
        for _ in range(2):
            refusals.add(TurnedAway(f"a{number}", "no mark"))
    gathered = refusals.gathered
    assert gathered[0] == Refused("a0", "no mark", 2)
    assert gathered[-1] == Refused(OTHERS, "no mark", 20)
    assert len(gathered) == ADDRESSES_MAX + 1
    refusals.clear()
    assert refusals.gathered == ()


def test_a_flood_gets_a_few_full_answers_and_then_one_every_quarter_of_a_second() -> None:
    answers = FullAnswers()
    first = [answers.allow(InstantMs(1_000)) for _ in range(FULL_ANSWERS_MAX + 3)]
    assert first == [True] * FULL_ANSWERS_MAX + [False] * 3
    assert [answers.allow(InstantMs(1_000 + ms)) for ms in (100, 250, 260, 499, 500)] == [
        False,
        True,
        False,
        False,
        True,
    ]
    # Quiet time is not saved up beyond the first allowance.
    later = [answers.allow(InstantMs(900_000)) for _ in range(FULL_ANSWERS_MAX + 1)]
    assert later == [True] * FULL_ANSWERS_MAX + [False]
