"""The table of the bus: where its secrets come from, what is refused, and what is warned of."""

from pathlib import Path

import pytest

from appliance.config import read
from appliance.config.places import BUS_PASSWORD, SITE_KEY, forget_passwords
from appliance.config.show import MASK, settings_text
from tests.config.files import GOOD, accepted, refusals, written

BUS = '\n[bus]\nbroker = "broker.example"\nsite = "elm-street"\n'
SECRET = 'password = "of-the-file"\nsite_key = "key-of-the-file"\n'


def warnings(folder: Path, text: str, mode: int = 0o600) -> list[str]:
    found = [one.partition(": ")[2] for one in accepted(folder, text, mode).warnings]
    return [one for one in found if one.startswith("[bus]")]


def test_a_unit_without_a_broker_has_no_bus_and_no_site(tmp_path: Path) -> None:
    found = accepted(tmp_path, GOOD)
    assert (found.bus, found.board.site) == (None, None)


def test_the_credential_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, GOOD + BUS + SECRET)

    def secrets() -> tuple[str, bytes]:
        found = read(file)
        assert found.bus is not None
        assert found.board.site is not None
        return found.bus.password, found.board.site.key

    assert secrets() == ("of-the-file", b"key-of-the-file")
    monkeypatch.setenv(BUS_PASSWORD, "of-the-environment")
    monkeypatch.setenv(SITE_KEY, "key-of-the-environment")
    assert secrets() == ("of-the-environment", b"key-of-the-environment")
    (tmp_path / "bus.password").write_text("of-the-credential\n")
    (tmp_path / "passwords_site.key").write_text("key-of-the-credential\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert secrets() == ("of-the-credential", b"key-of-the-credential")


def test_a_secret_is_taken_out_of_the_environment_and_shown_by_nothing(tmp_path: Path) -> None:
    environment = {BUS_PASSWORD: "walnut", SITE_KEY: "plum", "LANG": "C"}
    forget_passwords(environment)
    assert environment == {"LANG": "C"}
    shown = settings_text(written(tmp_path, GOOD + BUS + SECRET), everything=True)
    assert "of-the-file" not in shown
    assert shown.count(MASK) == 3


def test_a_credential_that_cannot_be_read_is_refused_where_it_belongs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site.key").write_bytes(b"\xff")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (line,) = refusals(tmp_path, GOOD + BUS)
    why = "stands in the credential site.key, which cannot be read: it is not UTF-8"
    assert line == f"unit.toml:28: [bus] site_key: {why}"


def test_a_broker_needs_a_site_and_its_credential_a_name_of_its_own(tmp_path: Path) -> None:
    text = GOOD.replace('id = "ext-main"', 'id = "bus"') + '[bus]\nbroker = "broker.example"\n'
    assert refusals(tmp_path, text) == [
        "unit.toml:9: [[extension]] 1 id: names the credential of [bus]: choose another id",
        "unit.toml:28: [bus] broker: names a broker, so site must name the site",
    ]


def test_what_is_worth_a_look_is_warned_of(tmp_path: Path) -> None:
    assert warnings(tmp_path, GOOD + BUS + SECRET) == []
    mend = f"chmod 600 {tmp_path}/unit.toml, owned by root or the unit's user"
    assert warnings(tmp_path, GOOD + BUS + SECRET, 0o644) == [
        f"[bus]: its password can be read by others: {mend}"
    ]
    alone = GOOD + '[bus]\nsite = "elm-street"\n'
    assert warnings(tmp_path, alone) == ["[bus]: has no effect: broker names none"]
    password, key = (
        f"set it in the credential {credential} or the environment's {variable}"
        for credential, variable in (("bus.password", BUS_PASSWORD), ("site.key", SITE_KEY))
    )
    assert warnings(tmp_path, GOOD + BUS + 'ca_file = "/nowhere/ca.pem"\n') == [
        f"[bus] password: is empty, so only a broker that asks for none accepts us; {password}",
        f"[bus] site_key: is empty, so only a PBX's tag tells that two units see one caller; {key}",
        "[bus] ca_file: cannot be read by this user",
    ]
