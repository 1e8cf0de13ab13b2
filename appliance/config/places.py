"""Where the running unit's socket is, found without the settings tree: `status` must stay light.

It reads one setting and judges none; what is wrong with the file is for `check` to say.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

DEFAULT_RUNTIME_DIRECTORY: Final = "/run/call-light"
"""The default of `runtime_directory` in `tables`; a test keeps the two the same."""


def runtime_directory(file: Path, environment: Mapping[str, str]) -> Path:
    """Return the runtime directory that a unit started with this file and environment has."""
    for name in ("RUNTIME_DIRECTORY", "CALL_LIGHT__UNIT__RUNTIME_DIRECTORY"):
        if environment.get(name):
            return Path(environment[name].split(":")[0])
    return Path(_in_file(file) or DEFAULT_RUNTIME_DIRECTORY)


def _in_file(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            found = tomllib.load(opened)["unit"]["runtime_directory"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str) else None
