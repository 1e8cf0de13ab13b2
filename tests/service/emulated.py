"""A Debian of another architecture, as a Raspberry Pi has it, on this machine: its programs run in qemu-user.

What this shows: `make install` and the service on that architecture under that release's own systemd, the
wheels that a Pi installs, and the cross-compiled pjsua2 that registers and hears of a call. What only a Pi
shows: its kernel (here it is this machine's, and qemu translates each call to it), its hardware, its speed,
and the whole sandbox of the service: qemu-user knows no seccomp, so that no filter of system calls is in
force, and `desk` says which two settings it cannot carry out.
"""

import contextlib
import fcntl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.peers.program import PATIENT_S, PeerError, Program, private_folder
from tests.peers.root import cache, cached_root
from tests.setup.machine import ROOT, package_names

ARM64: Final = "arm64"
"""The architecture of a Raspberry Pi (3 and later) with a 64-bit system, as Debian calls it."""

REGISTER: Final = """
entry=/proc/sys/fs/binfmt_misc/qemu-aarch64
[ -e $entry ] || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
if [ -e $entry ]; then
    echo there
    read -r end
else
    cat /usr/lib/binfmt.d/qemu-aarch64.conf >/proc/sys/fs/binfmt_misc/register
    echo there
    read -r end || true
    echo -1 >$entry
fi
"""
"""In a mount namespace of its own: if its shell is killed, Linux 6.7 and later forget the entry with it."""

WHEEL_S_MAX: Final = 1_200
"""Cross-compiling pjsua2: two minutes, more on a busy machine."""


@contextlib.contextmanager
def emulation() -> Iterator[None]:
    """Let the kernel run arm64's programs for a while; where it does already, leave that alone."""
    with (cache() / "emulation.lock").open("w") as lock, private_folder("emulation") as folder:
        # Whoever registered it takes it away again, so there is one at a time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        argv = ["unshare", "--mount", "sh", "-ec", REGISTER]
        with Program("binfmt", argv, folder, by_pipes=True) as holder:
            assert holder.process.stdin is not None
            assert holder.process.stdout is not None
            if holder.process.stdout.readline() != b"there\n":
                raise PeerError(f"qemu-user cannot be registered: make soak installs it\n{holder.log()}")
            try:
                yield
            finally:
                holder.process.stdin.close()
                holder.wait(PATIENT_S)


def sysroot(release: str) -> Path:
    """What pjsua2 is compiled against: the unpacked packages, of which nothing ever runs but Python, once."""
    headers = [name for name in package_names("wheels") if name.endswith("-dev")]
    include = ",".join((*headers, "base-files", "libc6-dev", "libstdc++6"))
    recipe = (f"--arch={ARM64}", "--variant=extract", f"--include={include}", release)
    return cached_root(f"{release}-{ARM64}-sysroot", recipe)


def cross_build(release: str) -> None:
    """Have the wheel of pjsua2 for a release in the cache, as somebody who makes images would."""
    built = subprocess.run(
        [sys.executable, "-m", "appliance.sip.binding", "--sysroot", str(sysroot(release))],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        check=False,
        timeout=WHEEL_S_MAX,
    )
    if built.returncode != 0:
        raise PeerError(f"pjsua2 for {release} on {ARM64} was not built")
