"""A machine of stubs: a copy of what set-up reads, and a PATH on which nothing can change anything."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the scripts use of a bare system; the rest of PATH is not there.
REAL_PROGRAMS = (
    *("bash", "cat", "cp", "dirname", "flock", "head", "ln", "mkdir", "mktemp", "mv", "printf", "rm", "sed"),
    *("sh", "sha256sum", "tail"),
)
# The installed packages are in the file `installed`; about the others the real one complains too.
DPKG_QUERY = """#!/bin/sh
while read -r name; do echo "ii  $name"; done <"$MACHINE/installed"
echo "rc  once-removed"
exit 1
"""
# Every other stub writes down how it was called.
RECORDER = '#!/bin/sh\necho "${0##*/} $*" >>"$MACHINE/called"\n'
ROOT_USER, OTHER_USER = "#!/bin/sh\necho 0\n", "#!/bin/sh\necho 1000\n"
# An interpreter that answers what set-up asks, makes virtual environments of itself, and records.
PYTHON = """#!/bin/bash
case "$*" in
    "-c import sys; print(sys.executable)") echo "$MACHINE/bin/python3" ;;
    -c*) exit 0 ;;
    "-m appliance.sip.binding") echo "$0 binding" >>"$MACHINE/called"; echo /cache/pjsua2-2.17.whl ;;
    "-m venv "*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo "$0 venv" >>"$MACHINE/called" ;;
    "-m pip --version") ;;
    -m*pip*)
        echo "pip ${*:5}" >>"$MACHINE/called"
        if [ -e "$MACHINE/no-index" ]; then echo "no index to be reached"; exit 2; fi ;;
esac
"""


class Machine:
    """One such machine, in a folder: as it stands, a Debian with every package and a Python, and no root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.clone = folder / "clone"
        self.environment: dict[str, str] = {}
        self.bin.mkdir()
        for name in REAL_PROGRAMS:
            found = shutil.which(name)
            assert found, f"this machine has no {name}"
            (self.bin / name).symlink_to(found)
        self.program("dpkg-query", DPKG_QUERY)
        self.program("apt-get", RECORDER)
        self.program("id", OTHER_USER)
        self.program("python3", PYTHON)
        self.install(*package_names())
        for name in ("requirements.lock", "pyproject.toml", ".ci", "systemd", "appliance/sip/binding"):
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
            copy(ROOT / name, self.clone / name)

    def program(self, name: str, text: str) -> None:
        """Put a program on PATH."""
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def without(self, *names: str) -> None:
        """Take programs off PATH."""
        for name in names:
            (self.bin / name).unlink()

    def install(self, *names: str) -> None:
        """Let dpkg know exactly these packages; of names that differ between releases, the first one."""
        known = [name.partition("|")[0] for name in names]
        (self.folder / "installed").write_text("".join(f"{name}\n" for name in known))

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the clone, or of PATH, without a terminal."""
        process = self.start(*argv)
        try:
            said, complained = process.communicate(timeout=240)
        finally:
            process.kill()
        return subprocess.CompletedProcess(argv, process.returncode, said, complained)

    def start(self, *argv: str) -> subprocess.Popen[str]:
        """Start a program, as `run` does, and leave it running."""
        environment = {"PATH": str(self.bin), "MACHINE": str(self.folder), "TMPDIR": str(self.folder)}
        return subprocess.Popen(
            argv,
            cwd=self.clone,
            env=environment | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def setup(self, *also: str) -> subprocess.CompletedProcess[str]:
        """Run set-up, and forget what was called before."""
        (self.folder / "called").unlink(missing_ok=True)
        return self.run(str(self.clone / ".ci" / "setup"), *also)

    def called(self) -> list[str]:
        """What the stubs were called with since set-up began, without the folder's name."""
        if not (self.folder / "called").exists():
            return []
        return (self.folder / "called").read_text().replace(f"{self.folder}{os.sep}", "").splitlines()


def package_rows() -> list[list[str]]:
    """The rows of `.ci/packages`: name, when, service, why."""
    lines = (ROOT / ".ci" / "packages").read_text().splitlines()
    return [line.split(maxsplit=3) for line in lines if not line.startswith("#")]


def package_names(when: str = "") -> list[str]:
    """The packages needed then, or all that `make setup` installs."""
    wanted = {when} if when else {"always", "python"}
    return [name for name, needed, *_ in package_rows() if wanted & set(needed.split(","))]
