"""A wheel for another machine: what is read in its root, what runs here, and where the wheel goes."""

import sysconfig
import zipfile
from pathlib import Path

import pytest

from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.recipe import Interpreter, Recipe, cache_key
from appliance.sip.binding.target import another_machine
from tests.sip.binding.test_build import build
from tests.sip.binding.tree import miniature, write_tarball, write_tree

PI = Interpreter(
    soabi="cpython-311-aarch64-linux-gnu",
    platform="linux-aarch64",
    extension_suffix=".cpython-311-aarch64-linux-gnu.so",
    include="",
    release="debian 12",
)
"""What Debian 12's own Python says of itself on a Raspberry Pi."""
VARIABLES = """# system configuration generated and used by the sysconfig module
build_time_vars = {'EXT_SUFFIX': '.cpython-311-aarch64-linux-gnu.so', 'INCLUDEPY': '/usr/include/python3.11',
 'MULTIARCH': 'aarch64-linux-gnu', 'SOABI': 'cpython-311-aarch64-linux-gnu', 'Py_DEBUG': 0}
"""
RECORDER = '#!/bin/sh\necho "${0##*/} $1 $2 $3 $4" >>"${0%/*}/called"\n'
"""A program that writes down how it was called, the first words of it."""


@pytest.fixture
def sysroot(tmp_path: Path) -> Path:
    """The root of a Debian 12, as far as the build looks at it; the headers are this machine's."""
    root = tmp_path / "root"
    files = {
        "etc/os-release": 'PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_ID="12"\n',
        "usr/bin/python3.11": "",
        "usr/lib/python3.11/_sysconfigdata__aarch64-linux-gnu.py": VARIABLES,
        "usr/include/README": "",
    }
    write_tree(root, files)
    (root / "usr/bin/python3").symlink_to("python3.11")
    (root / "usr/include/python3.11").symlink_to(sysconfig.get_paths()["include"])
    return root


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cross compiler that compiles for this machine, and an emulator that lets everything pass."""
    folder = tmp_path / "tools"
    compiler, emulator = "aarch64-linux-gnu-g++", "qemu-aarch64-static"
    write_tree(folder, {compiler: RECORDER + 'shift\nexec g++ "$@"\n', emulator: RECORDER})
    for name in (compiler, emulator):
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    return folder


def test_a_wheel_for_a_pi_is_compiled_here_tried_in_emulation_and_found_by_the_pi(
    sysroot: Path, tools: Path, tmp_path: Path
) -> None:
    sha256 = write_tarball(tmp_path / "pj.tar", miniature("2.99"))
    built = build(tmp_path / "cache", tmp_path / "pj.tar", sha256, "--sysroot", str(sysroot))
    assert built.returncode == 0, built.stderr
    wheel = Path(built.stdout.strip())
    assert wheel.name == "pjsua2-2.99-cp311-cp311-linux_aarch64.whl"
    # The folder in which the Pi's own build looks first: only what its interpreter says is in the name.
    assert wheel.parent.parent.name == cache_key(Recipe(), PI)
    with zipfile.ZipFile(wheel) as archive:
        assert f"_pjsua2{PI.extension_suffix}" in archive.namelist()
    called = (tools / "called").read_text().splitlines()
    assert [line.split()[0] for line in called] == [
        "aarch64-linux-gnu-g++",
        "aarch64-linux-gnu-g++",
        "qemu-aarch64-static",
    ]
    assert all(line.split()[1] == f"--sysroot={sysroot}" for line in called[:2])
    assert called[2] == f"qemu-aarch64-static -L {sysroot} {sysroot}/usr/bin/python3 -I"


def test_configure_hears_of_the_other_machine_and_of_its_tls(sysroot: Path, tools: Path) -> None:
    assert tools.is_dir()
    there = f"--sysroot={sysroot} -L{sysroot}/usr/lib/aarch64-linux-gnu"
    assert another_machine(sysroot).configure == (
        "--host=aarch64-linux-gnu",
        f"CC=aarch64-linux-gnu-gcc {there}",
        f"CXX=aarch64-linux-gnu-g++ {there}",
        f"--with-ssl={sysroot}/usr",
    )


@pytest.mark.parametrize(
    "missing",
    ["usr/bin/python3", "usr/lib/python3.11/_sysconfigdata__aarch64-linux-gnu.py", "etc/os-release"],
)
def test_what_is_no_such_root_is_refused_in_one_line(missing: str, sysroot: Path) -> None:
    (sysroot / missing).unlink()
    with pytest.raises(BindingError) as refused:
        another_machine(sysroot)
    assert str(refused.value) == f"{sysroot} is not the root of a Debian with base-files and python3-dev"


@pytest.mark.parametrize(
    ("program", "package"),
    [
        ("aarch64-linux-gnu-g++", "g++-aarch64-linux-gnu"),
        ("qemu-aarch64-static", "qemu-user-static"),
    ],
)
def test_a_program_that_lacks_is_named_with_its_package_before_anything_is_built(
    program: str, package: str, sysroot: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tools / program).unlink()
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(BindingError) as refused:
        another_machine(sysroot)
    said = f"there is no '{program}' to build for aarch64 with: install {package}"
    assert str(refused.value) == said


def test_headers_that_lack_are_said_of_that_root(sysroot: Path, tools: Path, tmp_path: Path) -> None:
    assert tools.is_dir()
    (sysroot / "usr/include/python3.11").unlink()
    sha256 = write_tarball(tmp_path / "pj.tar", miniature("2.99"))
    refused = build(tmp_path / "cache", tmp_path / "pj.tar", sha256, "--sysroot", str(sysroot))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"call-light: {sysroot}/usr/bin/python3 has no Python.h")
