"""The AsyncAPI project's own parser, in a folder of the cache that its lock file names."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.peers.program import PeerError

HERE: Final = Path(__file__).parent
FETCHED: Final = ("package.json", "package-lock.json", ".npmrc")
FETCH_S_MAX: Final = 300
"""A slow network takes a minute for its 136 packages."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the parser says of a document."""

    complaints: list[dict[str, Any]]
    """Empty for a document that is as it should be; severity 0 is an error, 3 a hint."""
    channels: list[str]


def install() -> Path:
    """The folder in which the parser is installed, as the lock file says; made if it is missing."""
    content = hashlib.sha256(b"\0".join((HERE / name).read_bytes() for name in FETCHED)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "call-light"
    folder = cache / f"asyncapi-{content}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "asyncapi.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "whole").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in FETCHED:
                shutil.copy(HERE / name, folder / name)
            _npm(folder)
            (folder / "whole").touch()
    return folder


def _npm(folder: Path) -> None:
    try:
        ended = subprocess.run(
            ["npm", "ci"], cwd=folder, capture_output=True, text=True, timeout=FETCH_S_MAX, check=False
        )
    except FileNotFoundError:
        raise PeerError("npm is missing: install Debian's package npm") from None
    if ended.returncode != 0:
        raise PeerError(f"npm ci failed:\n{ended.stderr}")


def parsed(*documents: str) -> list[Verdict]:
    """What the parser says of each document."""
    # The program is found beside its packages only.
    program = install() / "check.mjs"
    shutil.copy(HERE / "check.mjs", program)
    said = json.dumps(documents)
    ended = subprocess.run(
        ["node", str(program)], input=said, capture_output=True, text=True, timeout=60, check=True
    )
    return [Verdict(**verdict) for verdict in json.loads(ended.stdout)]
