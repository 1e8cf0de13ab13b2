"""The user's cache of wheels: <cache>/<key>/<version>-<sha256 of the tarball>/<the wheel>."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.known import KnownTarballs, Version, parse_version
from appliance.sip.binding.progress import Progress


def cache_root() -> Path:
    """`$XDG_CACHE_HOME/call-light/pjsua2`; by the XDG specification a relative path counts as unset."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        parent = Path(base) if Path(base).is_absolute() else Path.home() / ".cache"
        root = parent / "call-light" / "pjsua2"
        root.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        raise BindingError(f"no cache folder ({error}): set XDG_CACHE_HOME to a folder of yours") from error
    return root


@dataclass(frozen=True, slots=True)
class CachedWheel:
    """A wheel built before, and the tarball that it came from."""

    path: Path
    version: Version
    sha256: str


@dataclass(frozen=True, slots=True)
class Cache:
    """The wheels of one recipe and one interpreter."""

    folder: Path

    def find(self, known: KnownTarballs, *, sha256: str = "", strict: bool = False) -> CachedWheel | None:
        """The best wheel that may be used: of the tarball with this sha256 if given, else a known one."""
        fitting = [
            wheel
            for wheel in self._all()
            if wheel.version >= known.lowest
            and (not sha256 or wheel.sha256 == sha256)
            and (not strict or known.holds(wheel.sha256))
        ]
        return max(fitting, key=lambda wheel: (known.holds(wheel.sha256), wheel.version), default=None)

    def store(self, built: Path, version: str, sha256: str) -> Path:
        """Move a finished wheel in, at once, so that nobody ever finds half of one."""
        target = self.folder / f"{version}-{sha256}" / built.name
        target.parent.mkdir(parents=True, exist_ok=True)
        return built.replace(target)

    @contextlib.contextmanager
    def locked(self, progress: Progress) -> Iterator[None]:
        """One build at a time for this key; a second one waits, and then finds the first one's wheel."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                progress.note("pjsua2: another build of the same wheel is running; waiting for it")
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Path]:
        """A folder to build in, on the same disk; only for the holder of the lock.

        What a build that was killed left behind goes first.
        """
        folder = self.folder / "building"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _all(self) -> Iterator[CachedWheel]:
        # A finished wheel's folder begins with its version; one that is still being tried is in `building`.
        for path in sorted(self.folder.glob("[0-9]*/pjsua2-*.whl")):
            version, _, sha256 = path.parent.name.rpartition("-")
            yield CachedWheel(path, parse_version(version), sha256)
