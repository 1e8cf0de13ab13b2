"""What a process must know of the environment without the settings tree: `status` and `run` stay light.

It reads one setting and judges none; what is wrong with the file is for `check` to say.
"""

import tomllib
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Final

DEFAULT_RUNTIME_DIRECTORY: Final = "/run/call-light"
"""The default of `runtime_directory` in `tables`; a test keeps the two the same."""

PASSWORD_PREFIX: Final = "CALL_LIGHT_PASSWORD_"
"""Begins the name of each environment variable that holds a password; the extension's id ends it."""


BUS_PASSWORD: Final = "CALL_LIGHT_BUS_PASSWORD"
"""The environment variable that holds this unit's password at the broker."""

SITE_KEY: Final = "CALL_LIGHT_SITE_KEY"
"""The environment variable that holds the site's key."""


PHONE_PASSWORD: Final = "CALL_LIGHT_PHONE_PASSWORD"
"""The environment variable that holds the desk phone's password."""


def forget_passwords(environment: MutableMapping[str, str]) -> None:
    """Take the passwords out of the environment, so that no process that the unit starts inherits one."""
    secrets = (BUS_PASSWORD, SITE_KEY, PHONE_PASSWORD)
    for name in [name for name in environment if name.startswith(PASSWORD_PREFIX) or name in secrets]:
        del environment[name]


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
