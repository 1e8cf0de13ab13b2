"""Callers are taken over TCP and TLS too, at a mere proxy, whose callers do not do what a REFER asks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.core.events import PickupMoved, RingStarted
from appliance.core.words import ExtensionId, PickupStep, Way
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Srtp, Transport
from tests.peers.callers import Phone, running_phone
from tests.peers.certificates import Authority, Certificate
from tests.peers.kamailio import Kamailio, Practice, running_kamailio
from tests.peers.program import PATIENT_S, until
from tests.peers.talker import Talker
from tests.sip.engine_desk import EngineDesk, running
from tests.sip.house import DESK, RINGBACK

LIGHT = ExtensionId("light")
PASSWORDS = {"601": "melon", DESK: "plum"}
LINE = "700"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Authority(tmp_path_factory.mktemp("authority"), "A practice's own authority").certificate()


@pytest.fixture(scope="module")
def kamailio(certificate: Certificate) -> Iterator[Kamailio]:
    with running_kamailio(Practice(PASSWORDS, {LINE: ("601",), DESK: (DESK,)}), certificate) as running:
        yield running


@pytest.fixture
def phone(kamailio: Kamailio) -> Iterator[Phone]:
    # Time enough to hear it ring, on a machine that stalls.
    with running_phone(kamailio.address, DESK, PASSWORDS[DESK], answers_after_ms=3_000) as one:
        yield one


def steps(desk: EngineDesk) -> list[str]:
    return [moved.step.value for moved in desk.all(PickupMoved)]


@pytest.mark.parametrize("transport", [Transport.TCP, Transport.TLS])
def test_a_caller_is_taken_and_joined_and_the_end_is_heard(
    kamailio: Kamailio,
    phone: Phone,
    caller: Talker,
    certificate: Certificate,
    transport: Transport,
    tmp_path: Path,
) -> None:
    address = kamailio.tls_address if transport is Transport.TLS else kamailio.address
    trusted = str(certificate.ca_file) if transport is Transport.TLS else ""
    office = PbxSettings("office", (f"sip:{address}",), transport, ca_file=trusted, srtp=Srtp.OPTIONAL)
    settings = EngineSettings((office,), (ExtensionAccount(LIGHT, "office", "601", PASSWORDS["601"]),))
    with running(settings, tmp_path) as desk:
        desk.registered()
        caller.dial(kamailio.address, LINE, "Berta")
        desk.link.take(desk.wait(RingStarted).offer.ring, Way.PHONE, DESK, ("Alert-Info: Auto Answer",))
        caller.until_hears(*RINGBACK)
        # The caller's own telephone is asked for the hand-over; it says 200, and does nothing.
        caller.until_got("REFER")
        caller.hang_up()
        desk.wait_for(lambda: steps(desk)[-1:] == [PickupStep.LEFT] or None, PATIENT_S, "the end is told")
        until(
            lambda: "BYE" in {one.first_line[:3] for one in phone.messages()}, PATIENT_S, "the phone is free"
        )
    assert steps(desk) == ["answered", "ringing", "joined", "left"]
    called = phone.messages()[0]
    assert called.header("Alert-Info") == "Auto Answer"
    assert called.header("From").startswith('"Berta (0301555)" <sip:601@')
    assert called.header("P-Asserted-Identity").startswith('"Berta" <sip:0301555@')


def test_an_engine_that_is_told_to_stop_lets_the_caller_in_its_hands_know(
    kamailio: Kamailio, caller: Talker, tmp_path: Path
) -> None:
    office = PbxSettings("office", (f"sip:{kamailio.address}",), Transport.UDP)
    settings = EngineSettings((office,), (ExtensionAccount(LIGHT, "office", "601", PASSWORDS["601"]),))
    with running(settings, tmp_path) as desk:
        desk.registered()
        caller.dial(kamailio.address, LINE)
        desk.link.take(desk.wait(RingStarted).offer.ring, Way.PHONE, "99")
        caller.until_hears(*RINGBACK)
        desk.wait_for(lambda: steps(desk)[-1:] == [PickupStep.FAILED] or None, PATIENT_S, "nobody is there")
        desk.link.stop(PATIENT_S)
    caller.until_over()
    assert desk.all(PickupMoved)[-1].why == "the phone system knows no such number"
