"""The desk phone is told to dial; a real HTTP server plays it. Who is asked, for how long, and how."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.core.effects import DialPickup
from appliance.core.events import PickupMoved
from appliance.core.words import ExtensionId, PickupStep, RingId
from appliance.phone import telling
from appliance.phone.desk import BUSY_WHY, DeskPhone
from appliance.phone.settings import PhoneSettings
from appliance.phone.telling import PHONE_ANSWER_BYTES_MAX, PhoneRefused, tell
from tests.peers.certificates import Authority
from tests.peers.desk_phone import PASSWORD, USER, DeskPhoneServer, desk_phone_server, silent_port
from tests.peers.program import LOOPBACK, PATIENT_S, free_port, until

EXTENSION = ExtensionId("ext-main")
CODE = "**601"
DIALLED = ("GET", "/command.htm?number=**601", "")


@pytest.fixture
def server() -> Iterator[DeskPhoneServer]:
    with desk_phone_server() as running:
        yield running


def phone_at(port: int, make: str = "snom", certificate_file: str = "") -> PhoneSettings:
    """A phone whose user and password we have."""
    return PhoneSettings(make, LOOPBACK, port, certificate_file, {EXTENSION: CODE}, USER, PASSWORD)


def why_of(phone: PhoneSettings) -> str:
    """Why this phone does not dial."""
    with pytest.raises(PhoneRefused) as refused:
        tell(phone, CODE)
    assert PASSWORD not in str(refused.value)
    return str(refused.value)


def test_a_phone_that_asks_for_nothing_is_shown_no_password(server: DeskPhoneServer) -> None:
    tell(phone_at(server.port), CODE)
    assert (server.requests, server.tried) == ([DIALLED], [""])


@pytest.mark.parametrize("asks_for", ["basic", "digest"])
@pytest.mark.parametrize("make", ["snom", "poly"])
def test_a_phone_that_asks_gets_what_it_asks_for(server: DeskPhoneServer, asks_for: str, make: str) -> None:
    server.asks_for = asks_for
    server.answers = 200, b'{"Status": "2000"}'
    tell(phone_at(server.port, make), CODE)
    assert len(server.requests) == 1
    assert [one.partition(" ")[0].lower() for one in server.tried] == ["", asks_for]


def test_a_wrong_password_is_one_clear_line_and_tried_once(server: DeskPhoneServer) -> None:
    server.asks_for = "basic"
    assert why_of(replace(phone_at(server.port), password="wrong")) == (
        "the desk phone refused our user and password (401)"
    )
    assert len(server.tried) == 2


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_answer_that_is_no_yes_is_a_refusal(server: DeskPhoneServer, status: int) -> None:
    server.answers = status, b"no"
    assert why_of(phone_at(server.port)) == f"the desk phone answered {status}"


def test_a_yes_that_says_no_is_a_refusal(server: DeskPhoneServer) -> None:
    server.answers = 200, b'{"response": "error", "body": "failed"}'
    assert why_of(phone_at(server.port, "grandstream")) == "the desk phone answered that it does not dial"


def test_of_a_long_answer_only_the_beginning_is_read(server: DeskPhoneServer) -> None:
    server.answers = 200, b" " * PHONE_ANSWER_BYTES_MAX + b'{"response": "error"}'
    tell(phone_at(server.port, "grandstream"), CODE)
    assert len(server.requests) == 1


def test_a_redirection_is_followed_nowhere(server: DeskPhoneServer) -> None:
    with desk_phone_server() as elsewhere:
        server.answers = 302, b""
        server.headers["Location"] = f"http://{LOOPBACK}:{elsewhere.port}/command.htm?number=1"
        assert why_of(phone_at(server.port)) == "the desk phone answered 302"
        assert (elsewhere.tried, len(server.tried)) == ([], 1)


def test_no_proxy_of_the_environment_is_asked(
    server: DeskPhoneServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_phone_server() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{LOOPBACK}:{proxy.port}")
        tell(phone_at(server.port), CODE)
        assert (proxy.tried, server.requests) == ([], [DIALLED])


def test_a_phone_that_is_not_there_is_one_clear_line() -> None:
    assert why_of(phone_at(free_port())) == "the desk phone cannot be reached (Connection refused)"


@pytest.mark.parametrize("how", ["says nothing", "drips"])
def test_a_phone_that_does_not_come_to_an_end_is_cut_off(
    server: DeskPhoneServer, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "TELL_S_MAX", 1.0)
    began_s = time.monotonic()
    if how == "drips":
        server.drips = True
        why = why_of(phone_at(server.port))
    else:
        with silent_port() as port:
            why = why_of(phone_at(port))
    assert why == "the desk phone did not answer within 1 s"
    # The one that drips would do so for ten seconds, and the other one is silent for ever.
    assert time.monotonic() - began_s < 8


def test_over_https_only_the_phone_whose_certificate_we_have_is_told(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "phones")
    ours, another = authority.certificate("phone"), authority.certificate("another")
    with desk_phone_server(ours) as server:
        server.asks_for = "basic"
        tell(phone_at(server.port, certificate_file=str(ours.file)), CODE)
        assert server.requests == [DIALLED]
        server.tried.clear()
        stranger = phone_at(server.port, certificate_file=str(another.file))
        assert why_of(stranger) == (
            "the desk phone has another certificate than the one in phone_certificate"
        )
        missing = phone_at(server.port, certificate_file=str(tmp_path / "missing.pem"))
        assert why_of(missing) == "the file of the desk phone's certificate cannot be read"
        assert server.tried == []


def test_the_board_hears_of_a_refusal_and_of_a_second_caller_while_the_first_is_told(
    server: DeskPhoneServer,
) -> None:
    told: list[PickupMoved] = []
    one = DeskPhone(phone_at(server.port), told.append)
    server.holds_back.clear()
    server.answers = 404, b""
    one.dial(DialPickup(RingId("1-1"), EXTENSION))
    until(lambda: len(server.requests) == 1, PATIENT_S, "the phone is asked")
    one.dial(DialPickup(RingId("1-2"), EXTENSION))
    assert told == [PickupMoved(RingId("1-2"), PickupStep.FAILED, BUSY_WHY)]
    server.holds_back.set()
    refused = PickupMoved(RingId("1-1"), PickupStep.FAILED, "the desk phone answered 404")
    until(lambda: told[1:] == [refused], PATIENT_S, "the refusal is told")


def test_a_phone_that_dials_is_told_once_and_nothing_is_said(server: DeskPhoneServer) -> None:
    told: list[PickupMoved] = []
    one = DeskPhone(phone_at(server.port), told.append)
    one.dial(DialPickup(RingId("1-1"), EXTENSION))
    until(lambda: server.requests == [DIALLED], PATIENT_S, "the phone is asked")
    until(lambda: not one.is_telling, PATIENT_S, "it has answered")
    assert told == []


def test_whatever_shows_the_settings_shows_no_password() -> None:
    assert PASSWORD not in repr(phone_at(80))
