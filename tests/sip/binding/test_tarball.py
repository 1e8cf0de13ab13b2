"""Which tarball is built from: what the user may ask for, and what apt must have said."""

import hashlib
import io
from pathlib import Path

import pytest

from appliance.sip.binding import tarball
from appliance.sip.binding.commands import Commands
from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.known import KnownTarballs
from appliance.sip.binding.progress import Progress
from appliance.sip.binding.tarball import Tarball, Wanted, fetch, read_wanted

CONTENT = b"a tarball"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = "0" * 64
KNOWN = KnownTarballs({SHA256: (2, 17)})
NONE_KNOWN = KnownTarballs({OTHER: (2, 17)})
NAME = "asterisk_22.orig-Xpjproject.tar.xz"

# apt in four lines: it knows one mirror, and its asterisk has the components of `uris`.
APT_GET = """#!/bin/sh
case "$*" in
    *indextargets*) cat mirrors ;;
    *--print-uris*) cat uris ;;
esac
"""
# Downloads to the name it is given, whatever the URI; a wrong hash would end it with 100.
APT_HELPER = """#!/bin/sh
while [ "$1" != download-file ]; do shift; done
printf 'a tarball' >"$3"
"""


@pytest.fixture(autouse=True)
def _no_wishes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PJPROJECT_TARBALL", "PJPROJECT_SHA256", "STRICT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path / "log", Progress(("get the tarball",), io.StringIO()))


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to download into, with an apt that answers from the files in it."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name, text in (("apt-get", APT_GET), ("apt-helper", APT_HELPER)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    (tmp_path / "keyring").write_bytes(b"")
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(tarball, "APT_HELPER", str(programs / "apt-helper"))
    monkeypatch.setattr(tarball, "KEYRINGS", (str(tmp_path / "keyring"),))
    folder = tmp_path / "download"
    folder.mkdir()
    mirrors = ["Raspbian file:/other", "Debian file:/debian-security", "Debian file:/debian"]
    uris = [f"'file:/pool/{NAME}' {NAME} 9 SHA256:{SHA256}", f"'file:/pool/a.dsc' a.dsc 1 SHA256:{OTHER}"]
    (folder / "mirrors").write_text("\n".join(mirrors))
    (folder / "uris").write_text("\n".join(uris))
    return folder


def test_nothing_asked_for_means_debians_tarball() -> None:
    assert read_wanted(KNOWN) == Wanted("", "", strict=False)


def test_a_file_that_is_listed_needs_no_sha256_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pj.tar").write_bytes(CONTENT)
    monkeypatch.setenv("PJPROJECT_TARBALL", str(tmp_path / "pj.tar"))
    assert read_wanted(KNOWN).sha256 == SHA256


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PJPROJECT_TARBALL": "pj.tar"}, "needs PJPROJECT_SHA256"),
        ({"PJPROJECT_TARBALL": "file:///pj.tar"}, "needs PJPROJECT_SHA256"),
        ({"PJPROJECT_TARBALL": "pj.tar", "PJPROJECT_SHA256": "12ab"}, "64 hexadecimal digits"),
        ({"PJPROJECT_SHA256": SHA256}, "without PJPROJECT_TARBALL"),
        ({"PJPROJECT_TARBALL": "pj.tar", "PJPROJECT_SHA256": OTHER, "STRICT": "1"}, "STRICT=1 refuses"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(
    environment: dict[str, str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pj.tar").write_bytes(b"not in the list")
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(BindingError, match=said) as refusal:
        read_wanted(KNOWN)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_file_or_url_of_the_user_is_taken_when_its_sha256_is_right(
    prefix: str, tmp_path: Path, commands: Commands
) -> None:
    (tmp_path / "pj.tar").write_bytes(CONTENT)
    taken = fetch(Wanted(f"{prefix}{tmp_path}/pj.tar", SHA256, strict=False), NONE_KNOWN, tmp_path, commands)
    assert taken.path.read_bytes() == CONTENT
    assert taken.origin == "PJPROJECT_TARBALL, its sha256 vouched for by the user"


def test_a_wrong_sha256_of_the_users_tarball_is_refused(tmp_path: Path, commands: Commands) -> None:
    (tmp_path / "pj.tar").write_bytes(CONTENT)
    with pytest.raises(BindingError, match=f"{SHA256} instead of {OTHER}"):
        fetch(Wanted(str(tmp_path / "pj.tar"), OTHER, strict=False), KNOWN, tmp_path, commands)


def test_a_tarball_that_is_not_there_says_so(tmp_path: Path, commands: Commands) -> None:
    with pytest.raises(BindingError, match="PJPROJECT_TARBALL cannot be read"):
        fetch(Wanted(str(tmp_path / "none"), SHA256, strict=False), KNOWN, tmp_path, commands)


def test_apt_brings_the_component_from_the_machines_own_mirror(apt: Path, commands: Commands) -> None:
    brought = fetch(Wanted("", "", strict=True), KNOWN, apt, commands)
    assert brought == Tarball(apt / NAME, SHA256, f"{NAME}, authenticated by apt")
    assert " file:/debian sid main" in (apt / "sources.list").read_text()


def test_an_unknown_tarball_that_apt_authenticated_is_taken(apt: Path, commands: Commands) -> None:
    assert fetch(Wanted("", "", strict=False), NONE_KNOWN, apt, commands).sha256 == SHA256


def test_strict_refuses_an_unknown_tarball_that_apt_authenticated(apt: Path, commands: Commands) -> None:
    with pytest.raises(BindingError, match=f"STRICT=1 refuses the tarball {SHA256}"):
        fetch(Wanted("", "", strict=True), NONE_KNOWN, apt, commands)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("mirrors", "", "run 'apt-get update' as root"),
        ("mirrors", "Debian file:/debian-security\n", "run 'apt-get update' as root"),
        ("uris", "", "has 0 tarballs"),
        ("uris", f"'a' {NAME} 9 SHA256:{SHA256}\n'b' {NAME} 9 SHA256:{OTHER}\n", "has 2 tarballs"),
    ],
)
def test_an_apt_that_cannot_help_says_what_to_do_instead(
    file: str, text: str, said: str, apt: Path, commands: Commands
) -> None:
    (apt / file).write_text(text)
    with pytest.raises(BindingError, match=f"{said}.*PJPROJECT_TARBALL"):
        fetch(Wanted("", "", strict=False), KNOWN, apt, commands)


def test_without_debians_key_nothing_is_fetched(
    apt: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tarball, "KEYRINGS", ())
    with pytest.raises(BindingError, match="install debian-archive-keyring"):
        fetch(Wanted("", "", strict=False), KNOWN, apt, commands)


def test_a_machine_without_apt_says_what_to_do_instead(
    tmp_path: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BindingError, match=r"no apt-get.*PJPROJECT_TARBALL"):
        fetch(Wanted("", "", strict=False), KNOWN, tmp_path, commands)
