"""A command that was interrupted, or found a full disk, leaves nothing that it cannot heal the next time."""

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from appliance.errors import CallLightError
from appliance.site import command as site_command
from appliance.site.certificates import make_authority
from appliance.site.file import parse
from appliance.site.safe import open_safe
from tests.peers.site import Place, RunningSite, Said, command, new_place

FILES = 10
"""What `site init` writes. Of the broker: two for mosquitto, two for the keeper, and the seal. Of the unit:
site file, authority, password, key and settings."""


def made(front: Place) -> Said:
    return command(
        "site", "init", "--site", "elm-street", "--broker", "localhost",
        "--folder", front.folder / "broker", "--config", front.configuration,
    )  # fmt: skip


class Disk:
    """What takes every file until the one of this number, counted from 1."""

    def __init__(self, number: int, trouble: BaseException) -> None:
        self.written = 0
        self._number = number
        self._trouble = trouble

    def sync(self, descriptor: int) -> None:
        self.written += 1
        if self.written == self._number:
            raise self._trouble
        os.fdatasync(descriptor)


def test_a_site_whose_making_was_interrupted_at_any_file_is_made_by_the_same_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    front = new_place(tmp_path / "front", "front")
    # From the last file to the first: whatever an attempt leaves, the next one begins with.
    for number in range(FILES, 0, -1):
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", Disk(number, KeyboardInterrupt()).sync)
            said = made(front)
        assert (said.code, said.out.partition(":")[0] == "site elm-street", said.err) == (130, False, "")
    whole = Disk(0, KeyboardInterrupt())
    monkeypatch.setattr(os, "fsync", whole.sync)
    assert (made(front).code, whole.written) == (0, FILES - 1), "the site file is there already"
    assert "a site was made here already" in made(front).err
    safe = open_safe(front.folder / "broker")
    assert (front.folder / "site-ca.pem").read_text() == safe.authority
    assert (front.folder / "credentials" / "site.key").read_text() == safe.site_key
    assert 'site = "elm-street"' in front.configuration.read_text()
    assert parse(front.site_file.encode(), "").revision == 1


def test_a_full_disk_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    front = new_place(tmp_path / "front", "front")
    before = front.configuration.read_text()
    with monkeypatch.context() as patch:
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        patch.setattr(os, "fsync", Disk(1, full).sync)
        said = made(front)
    assert (said.code, said.err) == (1, "call-light: error: No space left on device\n")
    assert front.configuration.read_text() == before
    assert made(front).code == 0


def test_a_key_that_found_the_disk_full_is_none(tmp_path: Path) -> None:
    key = tmp_path / "ca.key"
    key.symlink_to("/dev/full")
    with pytest.raises(CallLightError, match=f"{key}: openssl could not write it: is the disk full?"):
        make_authority(tmp_path, "elm-street")


def test_a_unit_whose_adding_was_interrupted_is_added_by_the_same_command(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = site.folder / "porch.enrolment"

    def interrupted(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(site_command, "write", interrupted)
        assert site.command("add-unit", "porch", "--out", file).code == 130
    assert 'id = "porch"' not in site.front.site_file
    said = site.command("add-unit", "porch", "--out", site.folder / "no such folder" / "porch.enrolment")
    assert (said.code, said.err) == (
        1, f"call-light: error: No such file or directory: {site.folder}/no such folder\n",
    )  # fmt: skip
    porch = site.added("porch")
    assert 'id = "porch"' in site.front.site_file
    assert (porch.folder / "credentials" / "bus.password").exists()
    assert "is a unit already" in site.command("add-unit", "porch").err
    assert site.command("remove", "porch").code == 0


def test_who_watches_does_not_become_a_unit_by_being_added_again(site: RunningSite) -> None:
    assert site.command("add-watcher", "lee", "--out", site.folder / "lee.enrolment").code == 0
    for verb in ("add-unit", "add-watcher"):
        said = site.command(verb, "lee", "--out", site.folder / "lee.again")
        assert said.err == "call-light: error: lee is known already; `site rotate lee` renews it\n"
    assert 'id = "lee"' not in site.front.site_file


def test_an_enrolment_that_fails_leaves_a_unit_with_what_it_had(site: RunningSite) -> None:
    hut = site.added("hut")
    file, strange = site.folder / "hut.again", site.folder / "stranger"
    assert site.command("rotate", "hut", "--out", file).code == 0
    strange.mkdir()
    make_authority(strange, "elsewhere")
    theirs = (strange / "ca.pem").read_text().replace("\n", "\\n")
    ours = site.safe.authority.replace("\n", "\\n")
    file.write_text(file.read_text().replace(ours, theirs))
    before = contents(hut)
    said = command("enrol", file, "--config", hut.configuration)
    assert (said.code, "the broker's certificate is not trusted" in said.err) == (1, True)
    assert contents(hut) == before
    assert site.command("remove", "hut").code == 0


def contents(place: Place) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in place.folder.rglob("*") if file.is_file()}
