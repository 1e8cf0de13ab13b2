"""What the commands do with the services of the machine on which they run: those that are the site's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from appliance.site import services
from tests.peers.site import Place, Said, command, new_place

INIT = ("init", "--site", "elm-street", "--broker", "localhost")


@pytest.fixture
def front(tmp_path: Path) -> Place:
    return new_place(tmp_path / "front", "front")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """A machine that systemd runs; what it was asked for."""
    programs, words = tmp_path / "programs", tmp_path / "words"
    programs.mkdir()
    words.touch()
    systemctl = programs / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$*" >>{words}\n')
    systemctl.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    monkeypatch.setattr(services, "SYSTEMD", tmp_path)
    return lambda: words.read_text().splitlines()


def site(front: Place, folder: Path, *words: str) -> Said:
    return command("site", *words, "--folder", folder, "--config", front.configuration)


def test_a_site_in_another_folder_touches_no_service_and_says_what_to_start(
    front: Place, tmp_path: Path, asked: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "broker"
    made = site(front, Path("broker"), *INIT)
    renewed = site(front, folder, "rotate")
    assert (made.code, made.err, renewed.code, renewed.err) == (0, "", 0, "")
    attend = f"call-light site attend --folder {folder}"
    assert made.out.splitlines()[-2:] == [
        f"start the broker: `mosquitto -c {folder}/mosquitto.conf`, and `{attend}` beside it",
        "start the unit again for it",
    ]
    assert renewed.out.splitlines()[-1] == "the broker takes it when it gets SIGHUP or starts again"
    assert asked() == []


def test_the_machines_own_site_is_started_and_reads_its_new_certificate(
    front: Place, tmp_path: Path, asked: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "broker"
    monkeypatch.setattr(services, "DEFAULT_FOLDER", folder)
    monkeypatch.setattr(services, "UNIT_FOLDER", front.folder)
    made = site(front, folder, *INIT)
    renewed = site(front, folder, "rotate")
    assert (made.code, renewed.code) == (0, 0), (made, renewed)
    assert made.out.splitlines()[-2:] == ["the broker runs", "the unit was restarted"]
    assert asked() == [
        "enable --now call-light-broker.service call-light-broker-keeper.service",
        "try-restart call-light.service",
        "reload call-light-broker.service",
    ]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (("--port", "0"), "the port must be a whole number from 1 to 65535"),
        (("--port", "65536"), "the port must be a whole number from 1 to 65535"),
        (
            ("--address", "all of them"),
            "the address to listen on must be an IP address",
        ),
        (("--broker", "front desk"), "the broker's name must be an IP address"),
        (("--site", "Elm Street"), "the site's name must be small letters"),
    ],
)
def test_what_no_unit_could_use_is_refused_before_anything_is_made(
    front: Place, tmp_path: Path, wrong: tuple[str, str], why: str
) -> None:
    before = front.configuration.read_text()
    said = site(front, tmp_path / "broker", *INIT, *wrong)
    assert (said.code, said.err.startswith(f"call-light: error: {why}")) == (1, True)
    assert (front.configuration.read_text(), (tmp_path / "broker").exists()) == (before, False)
