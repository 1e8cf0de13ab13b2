"""Registrars that refuse, keep silent or talk garbage; phone systems that die, restart or move."""

import pytest

from appliance.core.picture import Overlay
from appliance.status.report import StatusReport
from tests.end_to_end.desk import MAIN, PASSWORDS, Setting, desk_at_kamailio, usual_site
from tests.peers.kamailio import Practice, running_kamailio
from tests.peers.raw import Behaviour, accepts_for, raw_pbx, refuses, says_nothing, talks_garbage
from tests.peers.unit import Unit, running_unit

ONE = Setting(extensions={"601": "main"})
AGAIN_S = 40.0
"""By when a unit has tried again, and once more if there was nobody yet when it did."""


def answered(unit: Unit) -> StatusReport:
    """How the unit is after the first answer, or after none came."""
    return unit.until_status(lambda report: report.registrations[0].code != 0, "the first attempt is over")


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (refuses("403 Forbidden"), 403),
        (refuses("404 Not Found"), 404),
        (refuses("423 Interval Too Brief", "Min-Expires: 7200"), 423),
        (refuses("503 Service Unavailable"), 503),
        (says_nothing, 408),
        (talks_garbage, 408),
    ],
    ids=["403", "404", "423", "503", "silence", "garbage"],
)
def test_a_registrar_that_does_not_hold_us_is_shown_and_named_in_the_status(
    behaviour: Behaviour, code: int
) -> None:
    with raw_pbx(behaviour) as pbx, running_unit(usual_site([f"sip:{pbx.address}"], ONE)) as unit:
        report = answered(unit)
        assert (report.registrations[0].held, report.registrations[0].code) == (False, code)
        assert report.phone_lost is not None
        assert report.lines[0].lost
        # As soon as it behaves, all is well.
        pbx.behaviour = accepts_for(60)
        unit.until_registered(AGAIN_S)
        unit.until_status(lambda report: report.phone_lost is None, "all is well")


def test_a_registrar_that_asks_for_a_longer_expiry_gets_it() -> None:
    def brief(request: str) -> bytes | None:
        if "Expires: 120" in request:
            return refuses("423 Interval Too Brief", "Min-Expires: 300")(request)
        return accepts_for(300)(request)

    with raw_pbx(brief) as pbx, running_unit(usual_site([f"sip:{pbx.address}"], ONE)) as unit:
        unit.until_registered()


def test_a_wrong_password_is_named_and_not_tried_again_and_again() -> None:
    with running_kamailio(Practice(PASSWORDS, {})) as kamailio:
        site = usual_site(
            [f"sip:{kamailio.address}"],
            Setting(extensions={"601": "main"}, extension={"password": "not this one"}),
        )
        with running_unit(site) as unit:
            standing = answered(unit).registrations[0]
            assert (standing.held, standing.code) == (False, 401)
            assert "password" in standing.why


def test_one_of_two_registrations_lost_is_shown_on_its_own_line_alone() -> None:
    passwords = {"601": PASSWORDS["601"], "602": "another one"}
    with (
        running_kamailio(Practice(passwords, {MAIN: ("601",)})) as kamailio,
        running_unit(usual_site([f"sip:{kamailio.address}"], Setting())) as unit,
    ):
        report = unit.until_status(
            lambda report: [line.showing for line in report.lines] == ["nothing", "line lost"],
            "only the second line is shown as lost",
        )
        assert report.phone_lost is None


def test_the_phone_system_is_killed_while_a_caller_rings_and_comes_back() -> None:
    with desk_at_kamailio(Setting(transport="tcp", line={"ring_limit_s": 8})) as desk:
        desk.someone_calls(MAIN)
        desk.shows(main="stage 1")
        desk.kamailio.kill()
        report = desk.unit.until_status(
            lambda report: report.phone_lost is not None, "the loss is known", AGAIN_S
        )
        # A caller whose phone system is gone is not dark: nobody said that the wait is over.
        assert len(report.calls) == 1
        desk.kamailio.start()
        desk.unit.until_registered(AGAIN_S)
        # No CANCEL ever comes for that ring; its limit clears it.
        desk.shows(main="dark")
        desk.someone_gives_up()
        assert desk.looks()[-2:] == ["stage 1", "dark"]


def test_the_phone_system_goes_away_in_silence_and_comes_back() -> None:
    with desk_at_kamailio(Setting(extension={"expiry_s": 30})) as desk:
        desk.kamailio.kill()
        # Over UDP nobody tells: the next refresh stays without an answer.
        desk.shows_overlay(Overlay.LOST, within_s=90)
        desk.kamailio.start()
        desk.unit.until_registered(AGAIN_S)
        desk.shows_overlay(Overlay.NONE)


def test_the_phone_system_moves_to_another_address() -> None:
    with running_kamailio(Practice(PASSWORDS, {MAIN: ("601",)})) as kamailio:
        registrars = [f"sip:{kamailio.address}", f"sip:127.0.0.5:{kamailio.port}"]
        site = usual_site(registrars, Setting(transport="tcp", extensions={"601": "main"}))
        with running_unit(site) as unit:
            unit.until_registered()
            kamailio.kill()
            unit.until_status(lambda report: report.phone_lost is not None, "the loss is known", AGAIN_S)
            kamailio.host = "127.0.0.5"
            kamailio.start()
            unit.until_registered(AGAIN_S)


def test_a_restarted_unit_keeps_its_mark_so_that_the_registrar_knows_it_again() -> None:
    with desk_at_kamailio(Setting()) as desk:
        before, _ = desk.kamailio.contact("601")
        desk.unit.end()
        desk.unit.start()
        desk.unit.until_registered()
        after, _ = desk.kamailio.contact("601")
        assert (
            before.partition(";k=")[2].partition(";")[0] == after.partition(";k=")[2].partition(";")[0] != ""
        )


def test_the_phone_system_restarts_while_registered_and_knows_the_unit_again() -> None:
    with desk_at_kamailio(Setting(transport="tcp")) as desk:
        desk.kamailio.stop()
        desk.kamailio.start()
        desk.unit.until_registered(AGAIN_S)

        def reachable() -> bool:
            desk.someone_calls(MAIN, gives_up_after_ms=300).wait()
            return "stage 1" in desk.looks()

        # The registrar's memory is empty until the unit registers anew over a new connection.
        desk.unit.program.until(reachable, AGAIN_S, "a caller lights the line again")
