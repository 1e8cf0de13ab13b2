"""A Debian release booted by its own systemd in a namespace (systemd-nspawn), and what is done in it.

The root is made once and never written to: what a test changes lies in memory, outlives a reboot, and is gone
with the machine. It has loopback and no other network; its wheels were made before, by an installation that
had one.
"""

import contextlib
import ctypes
import fcntl
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from tests.peers.leftovers import children
from tests.peers.program import PATIENT_S, PeerError, Program, keeper, private_folder, until
from tests.peers.root import cache, cached_root
from tests.service.emulated import cross_build, emulation
from tests.setup.machine import ROOT, package_rows

RELEASES: Final = ("bookworm", "trixie")
"""Debian 12 with Python 3.11 and systemd 252; Debian 13 with Python 3.13 and systemd 257."""

SOURCE: Final = "/src"
"""Where the project lies in a machine, not to be written to."""

ENVIRONMENT: Final = ("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root")
CLONE_NEWNET: Final = 0x40000000
WHEELS_S_MAX: Final = 3_600
"""Installing where there are no wheels for a release: four minutes, far more in emulation."""


IN_MEMORY: Final = """
mount -t tmpfs -o mode=755 tmpfs "$0"
mkdir "$0/changes" "$0/work" "$0/machine"
mount -t overlay -o "lowerdir=$1,upperdir=$0/changes,workdir=$0/work" overlay "$0/machine"
echo there
read -r end || true
"""
"""Lays memory over a root and holds it, in a mount namespace of its own: nspawn's way to do that begins anew
at each boot."""

REBOOTS: Final = 133
"""How nspawn ends when its machine wants to boot again, and leaves that to whoever started it."""

FIRST_S_MAX: Final = 30
"""A tenth of a second, on a machine that may be very busy."""
BOOTED_S_MAX: Final = 180
"""A second or two; in emulation twenty, and more on a busy machine."""
RUN_S_MAX: Final = 1_200
"""Installing: half a minute; in emulation two minutes, and five were seen on a busy machine."""


def packages(release: str, architecture: str) -> list[str]:
    """What is in a root: a Debian with systemd, `make`, and what a unit needs; but for emulation, a site's
    broker, too."""
    wanted = {"unit"} if architecture else {"unit", "broker"}
    names = [name for name, when, *_ in package_rows() if wanted & set(when.split(","))]
    newest_first = [name.split("|")[0 if release == "trixie" else -1] for name in names]
    return ["systemd", "systemd-sysv", "dbus", "udev", "make", *newest_first]


def release_root(release: str, *, architecture: str = "") -> Path:
    """The root of a release, with the wheels of a unit for it in the cache; `architecture` is emulated."""
    recipe = ["--variant=minbase", f"--include={','.join(packages(release, architecture))}", release]
    if architecture:
        # mmdebstrap's own look for an emulator does not see one that is registered for a while only.
        recipe = [f"--arch={architecture}", "--skip=check/qemu", *recipe]
        cross_build(release)
    with _emulated(architecture):
        root = cached_root(f"{release}-{architecture}".strip("-"), recipe)
    (cache() / "wheels").mkdir(exist_ok=True)
    look = [f"{SOURCE}/.ci/wheels", "--look", "/usr/bin/python3"]
    looked = in_namespace(root, look, architecture=architecture)
    if looked.returncode != 0:
        print(
            f"Installing on {release} from nothing, to have its wheels (once; some minutes)", file=sys.stderr
        )
        # The real thing: packages, compilers and all, on a machine where no systemd runs. In emulation that
        # would take an hour, and there pjsua2 is compiled by now.
        make = ["/.ci/wheels", "/usr/bin/python3"] if architecture else ["/systemd/install"]
        options = ["--bind-ro=/etc/ssl/certs", *_network()]
        made = in_namespace(root, [SOURCE + make[0], *make[1:]], *options, architecture=architecture)
        if made.returncode != 0:
            raise PeerError(f"{release}: the installation failed:\n{made.stdout}{made.stderr}")
    return root


def in_namespace(
    root: Path, command: Sequence[str], *options: str, architecture: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a root that nothing was booted in, with the cache at hand."""
    with _alone(), _emulated(architecture):
        here = [f"--directory={root}", "--volatile=overlay", "--pipe"]
        return subprocess.run(
            [*_nspawn(root, writable=True), *here, *options, "--", *command],
            check=False,
            capture_output=True,
            text=True,
            timeout=WHEELS_S_MAX,
        )


def _network() -> list[str]:
    """How pip and apt find their way out of the namespace: as they do outside."""
    kept = [
        name for name in os.environ if name.startswith("PIP_") or name.endswith(("_proxy", "SSL_CERT_FILE"))
    ]
    return [f"--setenv={name}={os.environ[name]}" for name in sorted(kept) if name != "PIP_FIND_LINKS"]


def _nspawn(root: Path, *, writable: bool = False) -> list[str]:
    bind = "--bind" if writable else "--bind-ro"
    folders = [f"{bind}={cache() / name}:/root/.cache/call-light/{name}" for name in ("pjsua2", "wheels")]
    # Where no systemd runs outside, there is nobody to register with and no unit to ask for.
    alone = [] if Path("/run/systemd/system").is_dir() else ["--register=no", "--keep-unit"]
    return [
        "systemd-nspawn", "--quiet", f"--machine=call-light-{root.name}", f"--bind-ro={ROOT}:{SOURCE}",
        *folders, *alone,
    ]  # fmt: skip


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One namespace at a time on this machine: two of them would share a control group."""
    if os.geteuid() != 0:
        raise PeerError("only root may boot a machine in a namespace: sudo make test")
    with (cache() / "namespace.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _emulated(architecture: str) -> contextlib.AbstractContextManager[None]:
    return emulation() if architecture else contextlib.nullcontext()


class Booted:
    """A booted machine."""

    def __init__(self, boot: Callable[[], Program]) -> None:
        self._boot = boot
        self._start()

    def reboot(self) -> None:
        """Boot it again: what was written to its disk stays, and nothing else does."""
        self.try_run("systemctl", "reboot")
        ended = self.nspawn.wait(BOOTED_S_MAX)
        assert ended == REBOOTS, self.nspawn.log()
        self.clear()
        self._start()

    def _start(self) -> None:
        self.nspawn = nspawn = self._boot()
        found: list[int] = []

        def is_there() -> bool:
            found[:] = _first(nspawn.pid)
            return bool(found)

        nspawn.until(is_there, FIRST_S_MAX, "the machine's first process is there")
        (self.systemd_pid,) = found
        self._systemd = os.pidfd_open(self.systemd_pid)
        keeper().tell(f"+group {self.systemd_pid}")
        nspawn.until(self._is_up, BOOTED_S_MAX, "the machine has booted")

    def clear(self) -> None:
        """End what an nspawn that had to be ended by force leaves behind: all of its machine."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._systemd, signal.SIGKILL)
        os.close(self._systemd)
        keeper().tell(f"-group {self.systemd_pid}")

    def _is_up(self) -> bool:
        return self.try_run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")

    def try_run(
        self, *command: str, stdin: str = "", within_s: float = RUN_S_MAX
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in the machine, as root."""
        enter = ["nsenter", f"--target={self.systemd_pid}", "--mount", "--pid", "--net", "--uts", "--ipc"]
        return subprocess.run(
            [*enter, "--", "env", "-i", *ENVIRONMENT, *command],
            input=stdin,
            check=False,
            capture_output=True,
            text=True,
            timeout=within_s,
        )

    def run(self, *command: str, stdin: str = "", within_s: float = RUN_S_MAX) -> str:
        """Run a command that must succeed; what it said."""
        ended = self.try_run(*command, stdin=stdin, within_s=within_s)
        if ended.returncode != 0:
            raise PeerError(f"{command} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        return ended.stdout

    def show(self, *properties: str, unit: str = "call-light") -> dict[str, str]:
        """Properties of a unit, as `systemctl show` has them."""
        said = self.run("systemctl", "show", unit, f"--property={','.join(properties)}")
        return dict(line.split("=", 1) for line in said.splitlines())

    def until_shown(self, within_s: float, **wanted: str) -> None:
        """Wait until the service's properties are so."""
        until(lambda: self.show(*wanted) == wanted, within_s, f"{wanted}, not {self.show(*wanted)}")

    def journal(self) -> str:
        """What the service and systemd said of it since the boot, as far as the journal has taken it."""
        return self.run("journalctl", "--boot", "--unit=call-light", "--output=cat", "--no-pager")

    def until_in_journal(self, text: str) -> None:
        """Wait until this stands in the journal."""
        until(lambda: text in self.journal(), PATIENT_S, f"{text!r} is in the journal")

    @contextlib.contextmanager
    def network(self) -> Iterator[None]:
        """Let this thread, and what it starts, live in the machine's network for a while."""
        with Path("/proc/self/ns/net").open() as ours, Path(f"/proc/{self.systemd_pid}/ns/net").open() as its:
            _enter(its.fileno())
            try:
                yield
            finally:
                _enter(ours.fileno())


def _first(nspawn: int) -> list[int]:
    """The process that is number 1 in the machine of this nspawn, once it is there (proc(5), NSpid): its only
    child but for the moment in which another one lays the machine out, forks the first process, and ends."""
    found = []
    for child in children(nspawn):
        # It may end between the listing and the reading.
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{child}/status").read_text()
            if re.search(r"^NSpid:.*\s1$", status, re.MULTILINE):
                found.append(child)
    return found


def _enter(network: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(network, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def booted(release: str, upgrade: Path = ROOT, *, architecture: str = "") -> Iterator[Booted]:
    """A release that has booted, another checkout at /next; gone afterwards with all that was done to it."""
    root = release_root(release, architecture=architecture)
    options = ["--boot", "--private-network", "--console=read-only", f"--bind-ro={upgrade}:/next"]
    if architecture:
        # qemu-user renumbers real-time signals: the one that asks for the end would ask for a rescue shell.
        options.append("--kill-signal=SIGKILL")
    with _alone(), _emulated(architecture), private_folder("booted") as folder:
        memory = folder / "memory"
        memory.mkdir()
        hold = ["unshare", "--mount", "sh", "-ec", IN_MEMORY, str(memory), str(root)]
        with Program("memory", hold, folder, by_pipes=True) as holder, contextlib.ExitStack() as running:
            assert holder.process.stdout is not None
            assert holder.process.stdout.readline() == b"there\n", holder.log()
            enter = ["nsenter", f"--target={holder.pid}", "--mount"]
            argv = [*enter, *_nspawn(root), f"--directory={memory}/machine", *options]

            def boot() -> Program:
                return running.enter_context(Program("systemd-nspawn", argv, folder, ends_within_s=15))

            machine = Booted(boot)
            try:
                yield machine
            finally:
                running.close()
                machine.clear()
