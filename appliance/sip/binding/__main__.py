"""`python3 -m appliance.sip.binding`: prints the path of a pjsua2 wheel for the running interpreter.

With `--sysroot FOLDER`: for Debian's own Python in that root, which may be of another architecture.

Environment: PJPROJECT_TARBALL and PJPROJECT_SHA256 build from an upstream tarball (file or URL) instead of
Debian's; STRICT=1 accepts only tarballs listed in known_tarballs.txt; XDG_CACHE_HOME moves the cache.
Exit codes: 0 a wheel is there, 1 it is not and the last line says why.
"""

import argparse
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType

from appliance.sip.binding.cache import Cache, cache_root
from appliance.sip.binding.commands import Commands
from appliance.sip.binding.compile import compile_all, configure, link, unpack
from appliance.sip.binding.errors import BindingError
from appliance.sip.binding.known import KnownTarballs, read_known_tarballs
from appliance.sip.binding.progress import Progress
from appliance.sip.binding.recipe import Recipe, cache_key
from appliance.sip.binding.tarball import Wanted, fetch, read_wanted
from appliance.sip.binding.target import Target, another_machine, this_machine
from appliance.sip.binding.wheel import Provenance, pack, try_out

ABOUT = "Prints the path of a pjsua2 wheel for this Python, which is built if no cached one fits."
SYSROOT = "for the Python of the Debian in this folder instead, which may be of another architecture"
STEPS = ("get the tarball", "configure", "compile", "link", "try it out")


def wheel_path(recipe: Recipe, target: Target) -> Path:
    """The wheel for a target, from the cache or built now; raises BindingError."""
    known = read_known_tarballs()
    wanted = read_wanted(known)
    cache = Cache(cache_root() / cache_key(recipe, target.interpreter))
    progress = Progress(STEPS, sys.stderr)
    cached = cache.find(known, sha256=wanted.sha256, strict=wanted.strict)
    if cached is None:
        with cache.locked(progress):
            cached = cache.find(known, sha256=wanted.sha256, strict=wanted.strict)
            if cached is None:
                return build(recipe, target, wanted, known, cache, progress)
    if not known.holds(cached.sha256):
        progress.note(_loud(".".join(map(str, cached.version)), cached.sha256))
    return cached.path


def build(
    recipe: Recipe,
    target: Target,
    wanted: Wanted,
    known: KnownTarballs,
    cache: Cache,
    progress: Progress,
) -> Path:
    """Build the wheel and put it into the cache."""
    if not (Path(target.interpreter.include) / "Python.h").is_file():
        python = target.python[-1]
        raise BindingError(f"{python} has no Python.h: install python3-dev, or set PYTHON to another")
    log = cache.folder / "build.log"
    log.write_bytes(b"")
    commands = Commands(log, progress)
    with cache.workspace() as work, tempfile.TemporaryDirectory() as download:
        # apt's own user must be able to look into this folder, so it is not in the private cache.
        Path(download).chmod(0o755)
        with progress.step("get the tarball"):
            tarball = fetch(wanted, known, Path(download), commands)
            tree = unpack(tarball, work / "pj", known, commands)
        if not known.holds(tarball.sha256):
            progress.note(_loud(tree.version, tarball.sha256))
        commands.set("SOURCE_DATE_EPOCH", str(tree.epoch))
        with progress.step("configure"):
            configure(tree, recipe, target, commands)
        with progress.step("compile"):
            compile_all(tree, recipe, target, commands)
        with progress.step("link"):
            files = link(tree, recipe, target, commands) | {"COPYING": tree.folder / "COPYING"}
            provenance = Provenance(tree.version, tarball.sha256, tarball.origin, known.holds(tarball.sha256))
            wheel = pack(files, provenance, target.interpreter, tree.epoch, work)
        with progress.step("try it out"):
            try_out(wheel, tree.version, target.python, work / "trial", commands)
        stored = cache.store(wheel, tree.version, tarball.sha256)
    progress.note(f"pjsua2 {tree.version} is built after {progress.elapsed()}: {stored}")
    return stored


def _loud(version: str, sha256: str) -> str:
    return (
        f"*** pjproject {version} is not among the tarballs that this project was tested with ***\n"
        f"*** sha256 {sha256}; the wheel records it; STRICT=1 refuses it ***"
    )


def _end(_signal: int, _frame: FrameType | None) -> None:
    """SIGTERM and SIGHUP end the build the way Ctrl-C does: its commands stopped, its folders removed."""
    raise KeyboardInterrupt


def main() -> int:
    """Print the path of the wheel."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGHUP, _end)
    if sys.implementation.name != "cpython" or sys.version_info < (3, 11):
        print("call-light: pjsua2 needs CPython 3.11 or later: set PYTHON to one", file=sys.stderr)
        return 1
    arguments = argparse.ArgumentParser(prog="python3 -m appliance.sip.binding", description=ABOUT)
    arguments.add_argument("--sysroot", type=Path, metavar="FOLDER", help=SYSROOT)
    sysroot = arguments.parse_args().sysroot
    try:
        print(wheel_path(Recipe(), another_machine(sysroot) if sysroot else this_machine()))
    except BindingError as error:
        print(f"call-light: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("call-light: the build was interrupted; the next one begins again", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
