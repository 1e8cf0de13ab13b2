"""The standing of extensions, told over the board."""

from appliance.core.notices import PhoneSystemBack, PhoneSystemLost, RegistrationHeld, RegistrationLost
from appliance.core.registrations import Registration
from appliance.core.words import InstantMs
from tests.core.desk import Desk, extension, line


def test_until_the_phone_system_has_answered_the_whole_tower_says_that_it_is_lost() -> None:
    desk = Desk()
    desk.wait_until(1)
    assert desk.board.view(0).phone_lost == "the SIP engine has not started yet"
    desk.engine_starts()
    assert desk.shows() == "phone system lost; fault"
    desk.registration("ext-main", held=True)
    desk.registration("ext-lab", held=True)
    assert desk.shows() == "dark"
    assert desk.notices == [RegistrationHeld("ext-main"), PhoneSystemBack(), RegistrationHeld("ext-lab")]


def test_a_refresh_is_not_told_again_and_a_new_refusal_is() -> None:
    desk = Desk.registered(line("main"))
    desk.registration("ext-main", held=True, at_s=60)
    desk.registration("ext-main", held=False, at_s=90, code=403, why="Forbidden")
    desk.registration("ext-main", held=False, at_s=105, code=403, why="Forbidden")
    desk.registration("ext-main", held=False, at_s=120, code=503, why="Service Unavailable")
    assert desk.notices == [
        RegistrationLost("ext-main", 403, "Forbidden"),
        PhoneSystemLost("ext-main: 403 Forbidden"),
        RegistrationLost("ext-main", 503, "Service Unavailable"),
    ]
    view = desk.board.view(InstantMs(120_000))
    assert view.registrations == (Registration("ext-main", False, 503, "Service Unavailable", 90_000),)


def test_a_live_caller_is_shown_though_the_registration_is_lost() -> None:
    """Whoever rings is real, whatever a REGISTER says: hiding a caller would be the worst lie."""
    desk = Desk.registered(line("main"))
    desk.rings("ann", at_s=0)
    desk.registration("ext-main", held=False, at_s=1, code=503, why="Service Unavailable")
    assert desk.shows() == "Main: waiting, stage 1 fill 1; phone system lost; fault"


def test_a_line_with_two_extensions_is_lost_only_with_both() -> None:
    desk = Desk.registered(
        line("main"),
        line("lab"),
        extensions=(extension("601", "main"), extension("602", "main"), extension("603", "lab")),
    )
    desk.registration("601", held=False, code=408, why="timeout")
    assert desk.shows() == "fault"
    desk.registration("602", held=False, code=408, why="timeout")
    assert desk.shows() == "Main: line lost; fault"
