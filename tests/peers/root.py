"""Roots of Debian releases, made once by mmdebstrap and kept in the user's cache folder."""

import contextlib
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

MAKING_S_MAX: Final = 3_600
"""A minute or two; in emulation five, and on a busy machine twenty."""


def cache() -> Path:
    """The project's folder in the user's cache."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "call-light"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def cached_root(name: str, recipe: Sequence[str]) -> Path:
    """The root that mmdebstrap makes by this recipe: options, and the suite as the last word."""
    command = ("mmdebstrap", '--aptopt=Acquire::Check-Valid-Until "false"', *recipe)
    key = hashlib.sha256("\0".join((*command, platform.machine())).encode()).hexdigest()[:12]
    root = cache() / f"{name}-root-{key}"
    if root.exists():
        return root
    print(f"Making the root {root} (once; one minute or two)", file=sys.stderr)
    started = time.monotonic()
    making = Path(tempfile.mkdtemp(prefix=f"{name}-root-", dir=cache()))
    try:
        subprocess.run([*command, str(making), *machines_mirror()], check=True, timeout=MAKING_S_MAX)
        # Others may have made it in the meantime; whoever comes second throws theirs away.
        with contextlib.suppress(OSError):
            making.rename(root)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    print(f"The root is made, after {time.monotonic() - started:.0f} s", file=sys.stderr)
    return root


def machines_mirror() -> list[str]:
    """The mirror from which this machine has its own Debian packages; nothing if apt does not know."""
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)", "Created-By: Packages"],
        check=False,
        capture_output=True,
        text=True,
    )
    found = [line.partition(" ") for line in listed.stdout.splitlines()]
    return [uri for origin, _, uri in found if origin == "Debian" and "security" not in uri][:1]
