"""Letting units in and out of a running site: real mosquitto, real certificates, the commands of people."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.bus import talk
from appliance.bus.message import Disconnected, Message, News
from appliance.bus.talk import BrokerRefused, BrokerUnavailable, Talk
from appliance.errors import CallLightError
from appliance.site.attend import PASSWORD_LENGTH_MIN
from appliance.site.certificates import end_of, make_authority, make_broker_certificate
from appliance.site.control import Control
from appliance.site.enrol import ANEW
from appliance.site.enrolment import ENROLMENT_BYTES_MAX, read_enrolment
from appliance.site.file import parse
from appliance.site.rights import enrolling, enrolment_topic, used
from tests.peers.program import PATIENT_S, until
from tests.peers.site import SITE, RunningSite, command


def test_a_unit_is_added_to_a_running_site_by_two_commands(site: RunningSite) -> None:
    back = site.place("attic")
    file = site.folder / "attic.enrolment"
    added = site.command("add-unit", "attic", "--target", "203", "--covers", "front", "--out", file)
    enrolled = command("enrol", file, "--config", back.configuration)
    assert (added.code, enrolled.code) == (0, 0), (added, enrolled)
    with Talk(back.settings(site, "attic")) as talk:
        talk.publish(Message(f"calllight/{SITE}/attic/state", b"{}", retain=True))
    checked = command("check", back.configuration)
    assert "unit attic" in checked.out
    assert "[bus]" not in checked.err, "what the service gets from the folder of secrets is there"
    unit = next(one for one in parse(site.front.site_file.encode(), "").units if one.id == "attic")
    assert (unit.target, unit.covers) == ("203", ("front",))


def test_nothing_secret_is_said_or_can_be_read_by_others(site: RunningSite) -> None:
    file = site.folder / "cellar.enrolment"
    place = site.place("cellar")
    added = site.command("add-unit", "cellar", "--out", file)
    once = read_enrolment(file).password
    private = [file.stat().st_mode & 0o777]
    enrolled = command("enrol", file, "--config", place.configuration)
    folder = place.folder / "credentials"
    own, key = ((folder / name).read_text() for name in ("bus.password", "site.key"))
    said = "".join((str(site.made), str(added), str(enrolled), site.keeper.log(), site.broker.log()))
    assert [secret for secret in (once, own, key, site.safe.site_key) if secret in said] == []
    private += [one.stat().st_mode & 0o777 for one in folder.iterdir()]
    private += [
        (site.safe_folder / name).stat().st_mode & 0o777 for name in ("ca.key", "broker.key", "site.key")
    ]
    assert private == [0o600] * 6
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not file.exists(), "what was used is removed"
    assert key == site.safe.site_key


def test_an_enrolment_works_once(site: RunningSite) -> None:
    first, second = site.folder / "loft.enrolment", site.folder / "loft.copy"
    assert site.command("add-unit", "loft", "--out", first).code == 0
    shutil.copy(first, second)
    assert command("enrol", first, "--config", site.place("loft").configuration).code == 0
    thief = site.place("thief")
    said = command("enrol", second, "--config", thief.configuration)
    assert said.code == 1
    why = "the broker refuses us: Not authorized; the enrolment was used, has ended or was withdrawn"
    assert said.err == f"call-light: error: localhost:{site.port}: {why}: {ANEW.format(unit='loft')}\n"
    assert "[bus]" not in thief.configuration.read_text()


def test_an_enrolment_ends_whatever_its_file_says(site: RunningSite) -> None:
    file = site.folder / "late.enrolment"
    assert site.command("add-unit", "late", "--out", file).code == 0
    with Talk(site.safe.keeper(), "test") as talk:
        over = {
            "command": "modifyClient",
            "username": enrolling("late"),
            "textname": "2026-01-01T00:00:00+00:00",
        }
        Control(talk).must(over)
    late = site.place("late")
    said = command("enrol", file, "--config", late.configuration)
    assert said.code == 1
    assert said.err == f"call-light: error: the enrolment is refused (ended): {ANEW.format(unit='late')}\n"
    file.write_text(file.read_text().replace('"ends_utc": "20', '"ends_utc": "19'))
    said = command("enrol", file, "--config", late.configuration)
    assert said.err.startswith("call-light: error: this enrolment was good until 19")


def test_an_enrolment_that_ended_is_taken_away(site: RunningSite) -> None:
    assert site.command("add-unit", "never", "--out", site.folder / "never.enrolment").code == 0
    with Talk(site.safe.keeper(), "test") as talk:
        control = Control(talk)
        control.must({"command": "createRole", "rolename": used("never")})
        site.keeper.end()
        site.attend()
        known = {"command": "getClient", "username": enrolling("never")}
        until(lambda: "error" in control.obey(known)[0], PATIENT_S, "the enrolment is gone")


def test_a_removed_unit_is_thrown_out_with_all_that_it_left(site: RunningSite) -> None:
    shed = site.added("shed")
    with Talk(shed.settings(site, "shed")) as talk:
        talk.publish(Message(f"calllight/{SITE}/shed/info", b"{}", retain=True))
        said = site.command("remove", "shed")
        assert (said.code, said.out.splitlines()[-1]) == (
            0,
            "shed is shut out; 1 messages that it left were cleared",
        )
        with pytest.raises(BrokerUnavailable, match="connection was lost: Administrative action"):
            talk.next()
    with pytest.raises(BrokerRefused, match="the broker refuses us: Not authorized"):
        Talk(shed.settings(site, "shed")).__enter__()
    assert 'id = "shed"' not in site.front.site_file
    assert site.command("remove", "shed").err == "call-light: error: shed is no unit of this site\n"
    assert "has the broker" in site.command("remove", "front").err


def test_a_unit_that_is_renewed_has_a_new_password_and_the_old_one_ends(site: RunningSite) -> None:
    hall = site.added("hall")
    old = hall.settings(site, "hall")
    file = site.folder / "hall.again"
    assert site.command("rotate", "hall", "--out", file).code == 0
    with Talk(old) as talk:
        assert command("enrol", file, "--config", hall.configuration).code == 0
        with pytest.raises(BrokerUnavailable):
            talk.next()
    Talk(hall.settings(site, "hall")).__enter__().__exit__(None, None, None)
    with pytest.raises(BrokerRefused):
        Talk(old).__enter__()
    assert "is no unit of this site" in site.command("rotate", "nobody").err


def test_the_broker_gets_a_new_certificate_and_its_units_stay(site: RunningSite) -> None:
    front = site.front.settings(site, "front")
    old = (site.safe_folder / "broker.pem").read_bytes()
    said = site.command("rotate")
    assert said.out.startswith(
        f"the broker's new certificate is good until {end_of(site.safe_folder / 'broker.pem')}"
    )
    assert (site.safe_folder / "broker.pem").read_bytes() != old
    site.read_again()
    with Talk(front) as talk:
        talk.publish(Message(f"calllight/{SITE}/front/state", b"{}"))


def test_whom_the_broker_is_not_to_trust_and_who_is_not_to_trust_it(site: RunningSite) -> None:
    front = site.front.settings(site, "front")
    kind = type(front)

    def why(settings: object) -> str:
        assert isinstance(settings, kind)
        with pytest.raises(CallLightError) as raised:
            Talk(settings).__enter__()
        assert "\n" not in str(raised.value)
        return str(raised.value).removeprefix(f"localhost:{site.port}: ")

    strange = site.folder / "strange"
    strange.mkdir()
    make_authority(strange, "elsewhere")
    wrong_password = kind("localhost", site.port, front.ca_file, SITE, "front", "walnut")
    wrong_authority = kind("localhost", site.port, str(strange / "ca.pem"), SITE, "front", front.password)
    nobody = kind("localhost", site.port, str(strange / "none.pem"), SITE, "front", front.password)
    assert why(wrong_password) == "the broker refuses us: Not authorized"
    assert why(wrong_authority).startswith("the broker's certificate is not trusted: ")
    assert (
        why(nobody)
        == f"{strange}/none.pem: the authority's certificate cannot be read: No such file or directory"
    )


def test_a_certificate_that_has_ended_is_said_to_have_ended(site: RunningSite) -> None:
    make_broker_certificate(site.safe_folder, "localhost", days=-1)
    site.read_again()

    def why() -> str:
        try:
            with Talk(site.front.settings(site, "front")):
                return ""
        except CallLightError as error:
            return str(error)

    until(
        lambda: why().endswith("not trusted: certificate has expired"),
        PATIENT_S,
        "the old certificate is refused",
    )
    site.safe.renew()
    site.read_again()
    until(lambda: why() == "", PATIENT_S, "the new one is taken")


def test_a_machine_that_lives_in_the_past_is_asked_for_its_clock(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    class TooEarly:
        """A connection on a machine whose clock is a year behind, as openssl has it told."""

        def __init__(
            self, _settings: object, _will: None, hear: Callable[[News], None], _purpose: str
        ) -> None:
            self._hear = hear

        def start(self) -> None:
            self._hear(Disconnected("the broker's certificate is not trusted: certificate is not yet valid"))

        def close(self) -> None:
            pass

    monkeypatch.setattr(talk, "Connection", TooEarly)
    with pytest.raises(BrokerUnavailable, match=r"is not yet valid: is this machine's clock right\?$"):
        Talk(site.front.settings(site, "front")).__enter__()


def test_a_site_is_made_once(site: RunningSite) -> None:
    again = site.command("init", "--site", SITE, "--broker", "localhost")
    assert again.err == (
        f"call-light: error: {site.safe_folder}: a site was made here already; see `call-light site --help`\n"
    )
    assert "localhost" in site.front.configuration.read_text()
    elsewhere = command(
        "site", "add-unit", "x", "--folder", site.folder, "--config", site.front.configuration
    )
    assert "no site was made here: `call-light site init` makes one" in elsewhere.err
    assert "x_y" not in site.front.site_file
    assert "must be small letters" in site.command("add-unit", "x_y").err
    assert "is a unit already" in site.command("add-unit", "front").err


def test_what_is_no_enrolment_is_refused(site: RunningSite, tmp_path: Path) -> None:
    file = tmp_path / "x.enrolment"
    said = "is no enrolment file of this version; `call-light site add-unit` makes one"
    for content in (b"", b"[]", b"{}", b"\xff", b'{"format": "call-light enrolment 1"}'):
        file.write_bytes(content)
        assert command("enrol", file, "--config", site.front.configuration).err.endswith(f"{said}\n")
    whole = site.folder / "attic.whole"
    assert site.command("rotate", "attic", "--out", whole).code == 0
    whole.write_bytes(whole.read_bytes().ljust(ENROLMENT_BYTES_MAX + 1))
    assert command("enrol", whole, "--config", site.front.configuration).err.endswith(f"{said}\n")


def test_a_malformed_enrolment_over_the_bus_uses_nothing_up(site: RunningSite) -> None:
    file = site.folder / "attic.again"
    assert site.command("rotate", "attic", "--out", file).code == 0
    found = read_enrolment(file)
    front = site.front.settings(site, "front")
    us = type(front)("localhost", site.port, front.ca_file, SITE, enrolling("attic"), found.password)
    with Talk(us) as talk:
        for payload in (b"\xff", b"[]", b'{"v":2}', json.dumps({"v": 1, "password": "short"}).encode()):
            talk.publish(Message(f"calllight-enrol/{SITE}/attic", payload))
    assert command("enrol", file, "--config", site.folder / "attic" / "call-light.toml").code == 0


def test_whoever_was_removed_leaves_nothing_that_lets_them_in_again(site: RunningSite) -> None:
    first, second = site.folder / "barn.first", site.folder / "barn.second"
    assert site.command("add-unit", "barn", "--out", first).code == 0
    front = site.front.settings(site, "front")
    thief = type(front)(
        "localhost", site.port, front.ca_file, SITE, enrolling("barn"), read_enrolment(first).password
    )
    theirs = "w" * PASSWORD_LENGTH_MIN
    word = Message(
        enrolment_topic(SITE, "barn"), json.dumps({"v": 1, "password": theirs}).encode(), retain=True
    )
    with Talk(thief) as talk:
        talk.publish(word)
        until(lambda: "enrolled unit=barn" in site.keeper.log(), PATIENT_S, "the thief is in")
    # Of the retained word itself, nothing is left; and one that was, for a keeper of before, is not taken.
    assert site.command("remove", "barn").out.endswith("; 1 messages that it left were cleared\n")
    with Talk(site.safe.keeper(), "test") as talk:
        talk.publish(word)
    assert site.command("add-unit", "barn", "--out", second).code == 0
    site.keeper.end()
    site.attend()
    refused = "event=enrolment-refused unit=barn why=retained"
    until(lambda: refused in site.keeper.log(), PATIENT_S, "what was left is refused")
    with pytest.raises(BrokerRefused, match="the broker refuses us: Not authorized"):
        Talk(type(front)("localhost", site.port, front.ca_file, SITE, "barn", theirs)).__enter__()
    assert command("enrol", second, "--config", site.place("barn").configuration).code == 0
    assert site.command("remove", "barn").code == 0


def test_a_change_that_no_other_unit_would_take_is_refused(site: RunningSite) -> None:
    before, revision = site.front.site_file, parse(site.front.site_file.encode(), "").revision
    far = site.folder / "far.toml"
    far.write_text(before.replace(f"revision = {revision}", "revision = 20261127"))
    assert site.command("change", far).err == (
        f"call-light: error: {far}: revision 20261127 is too far ahead for the other units; "
        f"write {revision + 1}\n"
    )
    assert site.front.site_file == before
