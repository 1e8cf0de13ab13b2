"""The unit's extensions: by which way each is registered, and what a registrar's words become."""

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.core.words import DurationMs, ExtensionId, InstantMs
from appliance.sip import extensions as extensions_module
from appliance.sip.addresses import FRESH_MS, Place
from appliance.sip.admission import Admitted, Doorkeeper
from appliance.sip.extensions import WHY_LENGTH_MAX, Extensions
from appliance.sip.host import Way
from appliance.sip.protocol import Registration
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Transport
from tests.peers.program import PATIENT_S, until

MAIN = ExtensionId("ext-main")


def settings(*registrars: str, **of_pbx: object) -> EngineSettings:
    office = PbxSettings("office", registrars or ("sip:127.0.0.1",), **{"transport": Transport.UDP, **of_pbx})  # type: ignore[arg-type]
    return EngineSettings((office,), (ExtensionAccount(MAIN, "office", "601", "melon-secret", mark="cafe"),))


class Office:
    """One extension, a doorkeeper, and a stack that only remembers what it was asked to register."""

    def __init__(self, settings: EngineSettings) -> None:
        self.doorkeeper = Doorkeeper(settings)
        self.told: list[Registration] = []
        self.asked: list[tuple[int, Way]] = []
        self.extensions = Extensions(settings, self.doorkeeper, self.told.append, lambda: 0.5)

    def register(self, account: ExtensionAccount, pbx: PbxSettings, index: int, way: Way) -> None:
        assert (account.id, pbx.id) == (MAIN, "office")
        self.asked.append((index, way))

    def turn(self, at_ms: float) -> None:
        """The engine's loop comes round."""
        self.extensions.pass_time(self, InstantMs(at_ms))

    def turn_until(self, condition: Callable[[], bool], at_ms: float) -> None:
        """Come round at this instant until it is so: the answer about a name comes when it comes."""

        def met() -> bool:
            self.turn(at_ms)
            return condition()

        until(met, PATIENT_S, f"what was awaited, not {self.asked} and {self.told}")

    def until_asked(self, count: int, at_ms: float) -> Way:
        """Come round until so many REGISTERs went out; return the way of the last."""
        self.turn_until(lambda: len(self.asked) >= count, at_ms)
        return self.asked[-1][1]

    def answered(self, code: int, at_ms: float, index: int = 0, why: str = "") -> None:
        """The registrar answers."""
        self.extensions.answered(MAIN, index, code, why, 120, InstantMs(at_ms))

    def admits(self, address: str) -> bool:
        """Whether an INVITE with our mark from this address may ring."""
        text = "INVITE sip:601@127.0.0.1;k=cafe SIP/2.0\r\n\r\n"
        return isinstance(self.doorkeeper.decide(text, f"{address}:5060"), Admitted)


@pytest.fixture
def office() -> Office:
    """An extension whose first REGISTER is on its way."""
    office = Office(settings())
    office.turn(0)
    assert office.asked == [(0, Way(Place("127.0.0.1", None), "", "127.0.0.1"))]
    return office


def test_a_registration_that_was_accepted_holds_for_its_expiry(office: Office) -> None:
    office.answered(200, 5)
    assert office.told == [Registration(MAIN, True, 200, "", DurationMs(120_000), InstantMs(5))]


def test_an_acceptance_without_an_expiry_is_none(office: Office) -> None:
    office.extensions.answered(MAIN, 0, 200, "OK", 0, InstantMs(5))
    assert [(one.held, one.code) for one in office.told] == [(False, 200)]


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("y" * WHY_LENGTH_MAX, "y" * WHY_LENGTH_MAX),
        ("y" * (WHY_LENGTH_MAX + 1), "y" * WHY_LENGTH_MAX),
        ("\x1b[2Jno\r\nway", "[2Jno  way"),
    ],
)
def test_a_reason_phrase_is_cleaned_and_cut_at_its_limit(office: Office, phrase: str, why: str) -> None:
    office.answered(503, 5, why=phrase)
    assert office.told == [Registration(MAIN, False, 503, why, DurationMs(0), InstantMs(5))]


def test_the_first_hop_of_a_name_is_an_address_that_was_asked_for_and_stays_out_of_the_message(
    getent: Path,
) -> None:
    getent.write_text("127.0.0.2 STREAM pbx.example\n")
    office = Office(settings("sip:pbx.example:5070"))
    way = office.until_asked(1, at_ms=0)
    assert way == Way(Place("pbx.example", 5070), "<sip:127.0.0.2:5070;transport=udp;lr;hide>", "127.0.0.1")
    assert office.admits("127.0.0.2")
    assert not office.admits("127.0.0.3")
    office.extensions.close()


def test_with_tls_the_name_stays_for_the_certificate_to_be_compared_with(getent: Path) -> None:
    getent.write_text("127.0.0.2 STREAM pbx.example\n")
    office = Office(settings("sip:pbx.example", transport=Transport.TLS))
    assert office.until_asked(1, at_ms=0).route == ""
    proxied = Office(settings("sip:pbx.example", transport=Transport.TLS, outbound_proxy="sip:edge.example"))
    assert proxied.until_asked(1, at_ms=0).route == "<sip:edge.example;transport=tls;lr>"


def test_an_outbound_proxy_is_the_first_hop_and_may_ring(getent: Path) -> None:
    getent.write_text("127.0.0.2 STREAM pbx.example\n")
    office = Office(settings("sip:pbx.example", outbound_proxy="sip:127.0.0.9:5062"))
    way = office.until_asked(1, at_ms=0)
    assert (str(way.domain), way.route) == ("pbx.example", "<sip:127.0.0.9:5062;transport=udp;lr>")
    office.turn_until(lambda: office.admits("127.0.0.2"), at_ms=2_000)
    assert office.admits("127.0.0.9")


def test_a_name_that_cannot_be_resolved_is_said_and_the_next_registrar_asked(getent: Path) -> None:
    getent.write_text("")
    office = Office(settings("sip:nobody.example", "sip:127.0.0.1"))
    office.turn_until(lambda: bool(office.told), at_ms=0)
    assert office.told == [
        Registration(
            MAIN, False, 502, "the name nobody.example cannot be resolved", DurationMs(0), InstantMs(0)
        )
    ]
    assert office.until_asked(1, at_ms=250) == Way(Place("127.0.0.1", None), "", "127.0.0.1")


def test_a_phone_system_that_moved_to_another_address_is_asked_there_and_may_ring_from_there(
    getent: Path,
) -> None:
    getent.write_text("127.0.0.2 STREAM pbx.example\n")
    office = Office(settings("sip:pbx.example"))
    office.until_asked(1, at_ms=0)
    office.answered(200, 10)
    getent.write_text("127.0.0.3 STREAM pbx.example\n")
    office.turn_until(lambda: office.admits("127.0.0.3"), at_ms=FRESH_MS + 5_000)
    way = office.until_asked(2, at_ms=FRESH_MS + 5_125)
    assert way.route == "<sip:127.0.0.3;transport=udp;lr;hide>"
    assert not office.admits("127.0.0.2")
    # What is held is held until somebody says otherwise.
    assert [one.held for one in office.told] == [True]
    office.extensions.close()


def test_a_new_address_of_our_own_is_told_to_the_registrar(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.answered(200, 10)
    office.turn(2_000)
    assert len(office.asked) == 1
    monkeypatch.setattr(extensions_module, "own_address", lambda _towards: "192.0.2.77")
    office.turn(4_000)
    assert office.until_asked(2, at_ms=4_125).own_address == "192.0.2.77"
    # An interface that is down for a moment is no new address.
    office.answered(200, 4_200)
    monkeypatch.setattr(extensions_module, "own_address", lambda _towards: "")
    office.turn(8_000)
    office.turn(9_000)
    assert len(office.asked) == 2


def test_a_connection_that_ended_is_made_again_for_every_extension_behind_one() -> None:
    office = Office(settings(transport=Transport.TCP))
    office.turn(0)
    office.answered(200, 10)
    office.extensions.disconnected("UDP", InstantMs(20))
    office.turn(1_000)
    assert len(office.asked) == 1
    office.extensions.disconnected("TCP", InstantMs(1_000))
    office.turn(1_124)
    assert len(office.asked) == 1
    office.turn(1_125)
    assert len(office.asked) == 2
    # While an answer is awaited, a connection that ends is that answer's own trouble.
    office.extensions.disconnected("TCP", InstantMs(1_130))
    office.turn(2_000)
    assert len(office.asked) == 2
