"""UDP, TCP and TLS, for the unit and for its callers; and each way in which TLS must be refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from tests.end_to_end.desk import MAIN, PASSWORDS, SEEN_MS, Practiced, Setting, desk_at_kamailio, usual_site
from tests.peers.baresip import Transport, baresip_dials
from tests.peers.certificates import Authority, Certificate
from tests.peers.kamailio import Practice, running_kamailio
from tests.peers.program import LOOPBACK
from tests.peers.unit import Table, running_unit


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "A practice's own authority")


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.certificate()


@pytest.fixture(scope="module", params=["udp", "tcp", "tls"])
def desk(request: pytest.FixtureRequest, certificate: Certificate) -> Iterator[Practiced]:
    """A desk whose unit talks over this transport; its phone system speaks all three."""
    trust: Table = {"ca_file": str(certificate.ca_file)} if request.param == "tls" else {}
    setting = Setting(transport=request.param, pbx=trust)
    with desk_at_kamailio(setting, certificate) as running:
        yield running


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_caller_over_udp_or_tcp_lights_the_line(desk: Practiced, transport: Literal["udp", "tcp"]) -> None:
    before = len(desk.looks())
    if transport == "udp":
        desk.someone_gives_up()
    else:
        # Nobody can tell this caller when to give up.
        desk.someone_calls(gives_up_after_ms=SEEN_MS, transport=transport).wait()
    desk.has_shown("stage 1", "dark", since=before)


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_a_baresip_caller_lights_the_line_over_each_transport(desk: Practiced, transport: Transport) -> None:
    kamailio = desk.kamailio
    address = f"{LOOPBACK}:{kamailio.tls_port}" if transport == "tls" else kamailio.address
    before = len(desk.looks())
    with baresip_dials(address, f"0304{kamailio.port}{transport}", MAIN, transport) as caller:
        caller.hears_ringing()
        desk.shows(main="stage 1")
        caller.hang_up()
        desk.has_shown("stage 1", "dark", since=before)


def refused_for(certificate: Certificate, trusted: Path) -> str:
    """What the status says of a phone system with this certificate, to a unit that trusts this authority."""
    setting = Setting(transport="tls", pbx={"ca_file": str(trusted)})
    with (
        running_kamailio(Practice(PASSWORDS, {}), certificate) as kamailio,
        running_unit(usual_site([f"sip:{kamailio.tls_address}"], setting)) as unit,
    ):
        report = unit.until_status(
            lambda report: all(one.code != 0 for one in report.registrations), "the attempt was answered"
        )
        standing = report.registrations[0]
        assert not standing.held
        assert report.phone_lost is not None
        return f"{standing.code} {standing.why}".lower()


def test_a_certificate_that_has_expired_is_refused_and_the_status_says_so(authority: Authority) -> None:
    assert "expired" in refused_for(authority.certificate(expired=True), authority.ca_file)


def test_a_certificate_for_another_name_is_refused_and_the_status_says_so(authority: Authority) -> None:
    assert "name" in refused_for(authority.certificate("pbx.example"), authority.ca_file)


def test_a_certificate_of_an_unknown_authority_is_refused_and_the_status_says_so(
    certificate: Certificate, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger", "Somebody else's authority")
    said = refused_for(certificate, stranger.ca_file)
    assert "issuer" in said or "authority" in said or "trust" in said
