"""A certificate that ends is told a month before, and looked at again until somebody has renewed it."""

from datetime import UTC, datetime, timedelta

from appliance.bus.message import Connected
from appliance.bus.validity import CERTIFICATE_FAULT, LOOK_AGAIN_MS, TOLD_BEFORE, Validity
from appliance.core.events import FaultCleared, FaultRaised
from appliance.core.words import InstantMs

BROKER_ENDS = datetime(2031, 11, 26, 15, tzinfo=UTC)
AUTHORITY_ENDS = datetime(2046, 11, 26, 15, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_a_broker_whose_certificate_ends_is_a_fault_until_another_one_is_seen() -> None:
    validity = Validity()
    validity.connected(Connected(BROKER_ENDS, AUTHORITY_ENDS), InstantMs(0))
    assert validity.turn(BROKER_ENDS - TOLD_BEFORE - SECOND) == ()
    assert not validity.wants_look(InstantMs(LOOK_AGAIN_MS)), "nothing is wrong"
    why = "it ends on 2031-11-26: `call-light site rotate` on the broker's machine renews it"
    assert validity.turn(BROKER_ENDS - TOLD_BEFORE) == (FaultRaised(CERTIFICATE_FAULT, why),)
    assert validity.turn(BROKER_ENDS) == (), "told once"
    looks = [validity.wants_look(InstantMs(LOOK_AGAIN_MS + after_ms)) for after_ms in (-1, 0, 1)]
    assert looks == [False, True, False]
    validity.connected(Connected(BROKER_ENDS + timedelta(days=1825), AUTHORITY_ENDS), InstantMs(5e6))
    assert validity.turn(BROKER_ENDS) == (FaultCleared(CERTIFICATE_FAULT),)


def test_an_authority_that_ends_is_told_before_its_certificates() -> None:
    validity = Validity()
    validity.connected(Connected(AUTHORITY_ENDS, AUTHORITY_ENDS), InstantMs(0))
    why = "the site's authority ends on 2046-11-26: see `call-light site rotate --help`"
    assert validity.turn(AUTHORITY_ENDS) == (FaultRaised(CERTIFICATE_FAULT, why),)


def test_of_a_certificate_that_nobody_has_seen_nothing_is_told() -> None:
    validity = Validity()
    assert validity.turn(AUTHORITY_ENDS) == ()
    validity.connected(Connected(), InstantMs(0))
    assert validity.turn(AUTHORITY_ENDS) == ()
