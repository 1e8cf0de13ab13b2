"""Where phone systems are."""

import os
import time
from ipaddress import ip_address
from pathlib import Path

import pytest

from appliance.core.words import InstantMs
from appliance.sip.addresses import FRESH_MS, LOOKUP_BYTES_MAX, Lookups, Place, own_address, place_of
from tests.peers.leftovers import descendants
from tests.peers.program import PATIENT_S, until


@pytest.mark.parametrize(
    ("uri", "host", "port", "text"),
    [
        ("sip:192.0.2.10", "192.0.2.10", None, "192.0.2.10"),
        ("sip:pbx.example:5070", "pbx.example", 5070, "pbx.example:5070"),
        ("sips:[2001:db8::1]:5061;transport=tls", "[2001:db8::1]", 5061, "[2001:db8::1]:5061"),
        ("<sip:user@pbx.example;lr>", "pbx.example", None, "pbx.example"),
    ],
)
def test_a_sip_uri_says_host_and_port(uri: str, host: str, port: int | None, text: str) -> None:
    place = place_of(uri)
    assert (place.host, place.port, str(place)) == (host, port, text)


def test_an_address_is_known_without_asking_and_a_name_is_not() -> None:
    assert place_of("sip:192.0.2.10:5070").address == ip_address("192.0.2.10")
    assert place_of("sip:[2001:db8::1]").address == ip_address("2001:db8::1")
    assert place_of("sip:pbx.example").address is None
    assert Place("pbx", 5070).at("2001:db8::1") == "[2001:db8::1]:5070"


@pytest.mark.parametrize("uri", ["", "pbx.example", "http://pbx", "sip:"])
def test_what_is_no_sip_uri_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="SIP URI"):
        place_of(uri)


def test_our_own_address_is_the_one_on_the_way_there() -> None:
    assert own_address(ip_address("127.0.0.1")) == "127.0.0.1"


def answered(lookups: Lookups, name: str) -> set[str]:
    changed: set[str] = set()

    def collected() -> bool:
        changed.update(lookups.collect(InstantMs(1)))
        return bool(changed) or name in lookups.known

    lookups.ask(name, InstantMs(0))
    until(collected, PATIENT_S, "the name is answered")
    return changed


def test_a_name_is_asked_of_the_system() -> None:
    lookups = Lookups()
    assert lookups.addresses("localhost") is None
    assert answered(lookups, "localhost") == {"localhost"}
    assert ip_address("127.0.0.1") in (lookups.addresses("localhost") or ())


def test_a_name_that_moved_is_noticed_and_one_that_cannot_be_asked_now_stays(getent: Path) -> None:
    lookups = Lookups()
    getent.write_text("192.0.2.10  STREAM pbx.example\n192.0.2.10  DGRAM\n2001:db8::1  STREAM\nnonsense\n")
    assert answered(lookups, "pbx") == {"pbx"}
    assert lookups.addresses("pbx") == (ip_address("192.0.2.10"), ip_address("2001:db8::1"))
    # Fresh answers are not asked again.
    getent.write_text("192.0.2.20  STREAM pbx.example\n")
    lookups.ask("pbx", InstantMs(FRESH_MS))
    assert lookups.collect(InstantMs(FRESH_MS)) == set()
    for answer, changed in (("192.0.2.20 STREAM\n", {"pbx"}), ("", set())):
        getent.write_text(answer)
        asked_ms = InstantMs(lookups.known["pbx"][1] + FRESH_MS + 1)
        lookups.ask("pbx", asked_ms)
        found: set[str] = set()
        deadline = time.monotonic() + 5
        while lookups.known["pbx"][1] < asked_ms:
            assert time.monotonic() < deadline
            found |= lookups.collect(asked_ms)
        assert found == changed
        assert lookups.addresses("pbx") == (ip_address("192.0.2.20"),)


def test_a_name_that_does_not_exist_has_no_address(getent: Path) -> None:
    lookups = Lookups()
    getent.write_text("")
    assert answered(lookups, "nobody") == {"nobody"}
    assert lookups.addresses("nobody") == ()


def test_an_answer_beyond_the_limit_is_not_read_nor_is_the_address_that_it_cuts(getent: Path) -> None:
    first, last = "192.0.2.100 STREAM\n", "192.0.2.1"
    padding = "#" * (LOOKUP_BYTES_MAX - len(first) - len("\n") - len(last))
    getent.write_text(f"{first}{padding}\n{last}23 STREAM\n192.0.2.124 STREAM\n")
    lookups = Lookups()
    answered(lookups, "pbx")
    assert lookups.addresses("pbx") == (ip_address("192.0.2.100"),)


def test_a_system_that_does_not_answer_is_given_up_and_leaves_no_process(
    getent: Path,
) -> None:
    getent.with_name("getent").write_text("#!/bin/sh\nexec sleep 60\n")
    before = descendants(os.getpid())
    lookups = Lookups()
    lookups.ask("pbx", InstantMs(0))
    (asking,) = descendants(os.getpid()) - before
    assert lookups.collect(InstantMs(5_999)) == set()
    assert lookups.collect(InstantMs(6_000)) == {"pbx"}
    assert lookups.addresses("pbx") == ()
    with pytest.raises(ChildProcessError):
        os.waitpid(asking, os.WNOHANG)
    lookups.close()
