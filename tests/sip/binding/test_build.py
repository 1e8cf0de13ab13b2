"""The whole build on a pjproject in miniature, with the real compiler; and the parts that can refuse."""

import base64
import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from appliance.sip.binding.commands import Commands
from appliance.sip.binding.compile import configure, unpack
from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.known import KnownTarballs
from appliance.sip.binding.progress import Progress
from appliance.sip.binding.recipe import FOUND_BY_CONFIGURE, Recipe
from appliance.sip.binding.tarball import Tarball
from appliance.sip.binding.target import this_machine
from appliance.sip.binding.wheel import Provenance, pack, try_out
from tests.sip.binding.test_recipe import DEBIAN
from tests.sip.binding.tree import CONFIGURE, EPOCH, miniature, write_tarball

ROOT = Path(__file__).resolve().parents[3]
KNOWN = KnownTarballs({"aa": (2, 17)})


def build(
    cache: Path, tarball: Path, sha256: str, *options: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the build as `make setup` does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "appliance.sip.binding", *options],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "XDG_CACHE_HOME": str(cache),
            "PJPROJECT_TARBALL": str(tarball),
            "PJPROJECT_SHA256": sha256,
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_an_unknown_tarball_is_built_with_a_loud_line_and_recorded_in_the_wheel(tmp_path: Path) -> None:
    tarball = tmp_path / "pj.tar"
    sha256 = write_tarball(tarball, miniature("2.99"))
    first = build(tmp_path / "first", tarball, sha256)
    assert first.returncode == 0, first.stderr
    assert f"*** sha256 {sha256}; the wheel records it; STRICT=1 refuses it ***" in first.stderr
    wheel = Path(first.stdout.strip())
    with zipfile.ZipFile(wheel) as archive:
        record = json.loads(archive.read("pjsua2-2.99.dist-info/provenance.json"))
        assert archive.read("pjsua2-2.99.dist-info/COPYING") == b"the licence\n"
    assert record == {
        "version": "2.99",
        "sha256": sha256,
        "origin": "PJPROJECT_TARBALL, its sha256 vouched for by the user",
        "known": False,
    }

    # From the cache nothing is run: there is no program to run, and no tarball to read.
    tarball.unlink()
    again = build(tmp_path / "first", tarball, sha256, PATH=str(tmp_path))
    assert (again.returncode, again.stdout) == (0, first.stdout)
    assert "[1/5]" not in again.stderr
    assert "STRICT=1 refuses it" in again.stderr

    # Another place, the same bytes.
    write_tarball(tarball, miniature("2.99"))
    second = build(tmp_path / "second", tarball, sha256)
    assert Path(second.stdout.strip()).read_bytes() == wheel.read_bytes()


def test_strict_refuses_the_same_tarball_in_one_line(tmp_path: Path) -> None:
    sha256 = write_tarball(tmp_path / "pj.tar", miniature("2.99"))
    refused = build(tmp_path / "cache", tmp_path / "pj.tar", sha256, STRICT="1")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"call-light: STRICT=1 refuses the tarball {sha256}: known_tarballs.txt does not list it\n"
    )


def test_a_binding_that_does_not_import_never_reaches_the_cache(tmp_path: Path) -> None:
    sha256 = write_tarball(tmp_path / "pj.tar", miniature("2.99", binding="import _pjsua2, not_there\n"))
    failed = build(tmp_path / "cache", tmp_path / "pj.tar", sha256)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "No module named 'not_there'" in failed.stderr
    assert failed.stderr.splitlines()[-1].startswith("call-light: the finished wheel does not import")
    assert list(tmp_path.glob("cache/**/*.whl")) == []


def test_what_does_not_compile_shows_the_compilers_words_and_the_log(tmp_path: Path) -> None:
    sha256 = write_tarball(tmp_path / "pj.tar", miniature("2.99", wrapper="#error this will not do\n"))
    failed = build(tmp_path / "cache", tmp_path / "pj.tar", sha256)
    assert failed.returncode == 1
    assert "this will not do" in failed.stderr
    log = Path(failed.stderr.rstrip().rpartition(" ")[2])
    assert "this will not do" in log.read_text()
    assert not (log.parent / "building").exists()


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path / "log", Progress(("a step",), io.StringIO()))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (miniature("2.16"), "has pjproject 2.16, and 2.17 is the lowest"),
        (miniature(version_mak="nothing\n"), "version.mak names no version"),
        ({"README": "something else"}, "it has no version.mak"),
    ],
)
def test_what_is_not_a_fit_pjproject_is_refused(
    files: dict[str, str], said: str, tmp_path: Path, commands: Commands
) -> None:
    sha256 = write_tarball(tmp_path / "pj.tar", files)
    with pytest.raises(BindingError, match=said):
        unpack(Tarball(tmp_path / "pj.tar", sha256, "here"), tmp_path / "pj", KNOWN, commands)


def test_a_suffix_and_a_revision_are_part_of_the_version(tmp_path: Path, commands: Commands) -> None:
    text = "export PJ_VERSION_MAJOR := 2\nexport PJ_VERSION_MINOR := 18\n"
    text += "export PJ_VERSION_REV := 1\nexport PJ_VERSION_SUFFIX := -dev\n"
    sha256 = write_tarball(tmp_path / "pj.tar", miniature(version_mak=text))
    tree = unpack(Tarball(tmp_path / "pj.tar", sha256, "here"), tmp_path / "pj", KNOWN, commands)
    assert (tree.version, tree.epoch) == ("2.18.1-dev", EPOCH)


@pytest.mark.parametrize(("line", "package"), FOUND_BY_CONFIGURE)
def test_what_configure_lacks_is_named_with_its_package(
    line: str, package: str, tmp_path: Path, commands: Commands
) -> None:
    lacking = CONFIGURE.replace(line, "nothing")
    sha256 = write_tarball(tmp_path / "pj.tar", miniature(configure=lacking))
    tree = unpack(Tarball(tmp_path / "pj.tar", sha256, "here"), tmp_path / "pj", KNOWN, commands)
    with pytest.raises(BindingError, match=f"did not say '{line}': install {package}"):
        configure(tree, Recipe(), this_machine(), commands)


def test_the_file_that_debian_drops_is_dropped_from_the_makefile(tmp_path: Path, commands: Commands) -> None:
    sha256 = write_tarball(tmp_path / "pj.tar", miniature())
    tree = unpack(Tarball(tmp_path / "pj.tar", sha256, "here"), tmp_path / "pj", KNOWN, commands)
    configure(tree, Recipe(), this_machine(), commands)
    assert (tree.folder / "pjmedia/build/Makefile").read_text() == "OBJS = alsa_dev.o\n"


def test_the_record_of_a_wheel_vouches_for_every_file_in_it(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"content")
    files = dict.fromkeys(("pjsua2.py", "_pjsua2.so", "COPYING"), tmp_path / "one")
    wheel = pack(files, Provenance("2.17", "aa", "here", known=True), DEBIAN, EPOCH, tmp_path)
    assert wheel.name == "pjsua2-2.17-cp311-cp311-linux_x86_64.whl"
    with zipfile.ZipFile(wheel) as archive:
        rows = list(csv.reader(archive.read("pjsua2-2.17.dist-info/RECORD").decode().splitlines()))
        for name, digest, size in rows[:-1]:
            content = archive.read(name)
            expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            assert (digest, size) == (f"sha256={expected}", str(len(content)))
        assert rows[-1] == ["pjsua2-2.17.dist-info/RECORD", "", ""]
        assert sorted(row[0] for row in rows) == archive.namelist()


def test_a_library_of_another_version_than_the_wheels_is_refused(tmp_path: Path, commands: Commands) -> None:
    binding = tmp_path / "pjsua2.py"
    binding.write_text(miniature("2.18")["pjsip-apps/src/swig/python/pjsua2.py"])
    (tmp_path / "empty").write_bytes(b"")
    files = {"pjsua2.py": binding, "_pjsua2.py": tmp_path / "empty", "COPYING": tmp_path / "empty"}
    wheel = pack(files, Provenance("2.17", "aa", "here", known=True), DEBIAN, EPOCH, tmp_path)
    with pytest.raises(BindingError, match="does not import"):
        try_out(wheel, "2.17", (sys.executable,), tmp_path / "trial", commands)
