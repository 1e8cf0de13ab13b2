"""The unit's extensions, as far as no network is needed: what a registrar's words become."""

import pytest

from appliance.core.words import DurationMs, ExtensionId, InstantMs
from appliance.sip.admission import Doorkeeper
from appliance.sip.extensions import WHY_LENGTH_MAX, Extensions
from appliance.sip.host import Way
from appliance.sip.protocol import Registration
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Transport

MAIN = ExtensionId("ext-main")
SETTINGS = EngineSettings(
    (PbxSettings("office", ("sip:127.0.0.1",), Transport.UDP),),
    (ExtensionAccount(MAIN, "office", "601", "melon-secret", mark="cafe"),),
)


class Asked:
    """A stack that only remembers what it was asked to register."""

    def __init__(self) -> None:
        self.ways: list[Way] = []

    def register(self, account: ExtensionAccount, pbx: PbxSettings, index: int, way: Way) -> None:
        assert (account.id, pbx.id, index) == (MAIN, "office", 0)
        self.ways.append(way)


@pytest.fixture
def told() -> list[Registration]:
    return []


@pytest.fixture
def extensions(told: list[Registration]) -> Extensions:
    """One extension whose first REGISTER is on its way."""
    asked = Asked()
    extensions = Extensions(SETTINGS, Doorkeeper(SETTINGS), told.append, lambda: 0.5)
    extensions.pass_time(asked, InstantMs(0))
    assert [(str(way.domain), way.route) for way in asked.ways] == [("127.0.0.1", "")]
    return extensions


def test_a_registration_that_was_accepted_holds_for_its_expiry(
    extensions: Extensions, told: list[Registration]
) -> None:
    extensions.answered(MAIN, 0, 200, "OK", 120, InstantMs(5))
    assert told == [Registration(MAIN, True, 200, "", DurationMs(120_000), InstantMs(5))]


def test_an_acceptance_without_an_expiry_is_none(extensions: Extensions, told: list[Registration]) -> None:
    extensions.answered(MAIN, 0, 200, "OK", 0, InstantMs(5))
    assert [(one.held, one.code) for one in told] == [(False, 200)]


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("y" * WHY_LENGTH_MAX, "y" * WHY_LENGTH_MAX),
        ("y" * (WHY_LENGTH_MAX + 1), "y" * WHY_LENGTH_MAX),
        ("\x1b[2Jno\r\nway", "[2Jno  way"),
    ],
)
def test_a_reason_phrase_is_cleaned_and_cut_at_its_limit(
    extensions: Extensions, told: list[Registration], phrase: str, why: str
) -> None:
    extensions.answered(MAIN, 0, 503, phrase, 0, InstantMs(5))
    assert told == [Registration(MAIN, False, 503, why, DurationMs(0), InstantMs(5))]
