"""Registrars that hold us, refuse us, fall silent and come back, at the real engine."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.core.events import RegistrationChanged, RingsListed, RingStarted
from tests.peers.program import PATIENT_S, until
from tests.peers.raw import (
    Behaviour,
    RawPbx,
    accepts_for,
    answer,
    header,
    refuses,
    says_nothing,
    talks_garbage,
)
from tests.sip.engine_desk import MAIN, engine_with, raw_pbx, running, settings_for


@pytest.fixture
def pbx() -> Iterator[RawPbx]:
    with raw_pbx() as one:
        yield one


def challenges(request: str) -> bytes:
    """Asks for the password every time, whatever comes."""
    challenge = 'WWW-Authenticate: Digest realm="pbx", nonce="n1", algorithm=MD5, qop="auth"'
    return answer(request, "401 Unauthorized", challenge)


@pytest.mark.parametrize(
    ("behaviour", "code", "why"),
    [
        (refuses("403 Forbidden"), 403, "Forbidden"),
        (refuses("404 Not Found"), 404, "Not Found"),
        (refuses("503 Service Unavailable"), 503, "Service Unavailable"),
        (challenges, 401, "wrong user or password; the next attempt is in 150 s"),
    ],
)
def test_a_registrar_that_refuses_is_told_with_its_code(
    tmp_path: Path, behaviour: Behaviour, code: int, why: str
) -> None:
    with raw_pbx(behaviour) as pbx, running(settings_for(pbx), tmp_path) as desk:
        assert desk.wait(RegistrationChanged) == RegistrationChanged(MAIN, False, code, why)


def test_a_wrong_password_is_not_tried_again_and_again(tmp_path: Path) -> None:
    with raw_pbx(challenges) as pbx, running(settings_for(pbx), tmp_path) as desk:
        desk.wait(RegistrationChanged)
        desk.wait(RingsListed, 5)
        assert [bool(header(register, "Authorization")) for register in pbx.registers()] == [False, True]


@pytest.mark.parametrize("behaviour", [says_nothing, talks_garbage])
def test_a_registrar_that_says_nothing_sensible_is_told_and_one_that_comes_back_is_found(
    tmp_path: Path, behaviour: Callable[[str], bytes | None]
) -> None:
    quick = engine_with("import appliance.sip.registering as r; r.ATTEMPT_MS = 1_000")
    with raw_pbx(behaviour) as pbx, running(settings_for(pbx), tmp_path, quick) as desk:
        assert desk.wait(RegistrationChanged) == RegistrationChanged(MAIN, False, 408, "no answer")
        pbx.behaviour = accepts_for(120)
        # It is asked again after 2 s, and if that was missed after 15 s.
        assert desk.registered(within_s=3 * PATIENT_S).held


def test_a_registrar_that_asks_for_a_longer_expiry_gets_it(tmp_path: Path) -> None:
    def patient(request: str) -> bytes | None:
        if int(header(request, "Expires")) < 300:
            return answer(request, "423 Interval Too Brief", "Min-Expires: 300")
        return accepts_for(300)(request)

    with raw_pbx(patient) as pbx, running(settings_for(pbx), tmp_path) as desk:
        assert desk.registered().expires_ms == 300_000.0


def test_the_second_registrar_is_asked_where_the_first_refuses(tmp_path: Path) -> None:
    with (
        raw_pbx(refuses("503 Service Unavailable")) as first,
        raw_pbx() as second,
        running(settings_for(first, second), tmp_path) as desk,
    ):
        desk.registered()
        assert [event.code for event in desk.all(RegistrationChanged)] == [503, 200]
        second.send(second.invite("first"))
        desk.wait(RingStarted)


def test_a_refresh_is_an_event_of_its_own_and_one_that_fails_is_a_loss(tmp_path: Path) -> None:
    # A refresh is due after 2 s, and without one the registration is lost after 4.5 s.
    with raw_pbx(accepts_for(3)) as pbx, running(settings_for(pbx), tmp_path) as desk:
        desk.wait(RegistrationChanged, 2)
        pbx.behaviour = refuses("403 Forbidden")
        until(lambda: not desk.all(RegistrationChanged)[-1].held, PATIENT_S, "the loss is told")
        assert desk.all(RegistrationChanged)[-1].code == 403
        assert all(event.held for event in desk.all(RegistrationChanged)[:-1])


def test_a_phone_system_that_is_named_is_found_and_may_ring(pbx: RawPbx, tmp_path: Path) -> None:
    settings = settings_for(pbx)
    named = replace(settings.pbxs[0], registrars=(f"sip:localhost:{pbx.port}",))
    with running(replace(settings, pbxs=(named,)), tmp_path) as desk:
        desk.registered()
        assert "Route:" not in pbx.registers()[0]
        assert pbx.registers()[0].startswith("REGISTER sip:localhost:")
        pbx.send(pbx.invite("first"))
        desk.wait(RingStarted)


def test_a_name_that_does_not_exist_is_told(pbx: RawPbx, tmp_path: Path) -> None:
    settings = settings_for(pbx)
    named = replace(settings.pbxs[0], registrars=("sip:nowhere.invalid",))
    with running(replace(settings, pbxs=(named,)), tmp_path) as desk:
        lost = desk.wait(RegistrationChanged)
        assert lost == RegistrationChanged(MAIN, False, 502, "the name nowhere.invalid cannot be resolved")


def test_requests_go_through_the_outbound_proxy(pbx: RawPbx, tmp_path: Path) -> None:
    settings = settings_for(pbx, outbound_proxy=f"sip:{pbx.address}")
    behind = replace(settings.pbxs[0], registrars=("sip:192.0.2.99",))
    with running(replace(settings, pbxs=(behind,)), tmp_path) as desk:
        desk.registered()
        assert pbx.registers()[0].startswith("REGISTER sip:192.0.2.99;")
        assert header(pbx.registers()[0], "Route").startswith(f"<sip:{pbx.address};")
        # The proxy's address is the phone system's, too.
        pbx.send(pbx.invite("first"))
        desk.wait(RingStarted)
