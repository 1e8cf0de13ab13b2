"""Where passwords come from: a systemd credential, else the environment, else the file itself.

For the extension `main-2`: the file `main-2.password` in the credentials directory of the service
(systemd.exec(5), LoadCredential=), or CALL_LIGHT_PASSWORD_MAIN_2 in the environment. A folder that systemd
loads as a whole puts its own name before those of its files: `passwords_main-2.password`. The secrets of
other tables have names of their own (`SECRETS`).
"""

import os
import stat
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from appliance.config.agreement import Problem, Raw, near, tables
from appliance.config.kinds import ID
from appliance.config.places import BUS_PASSWORD, PASSWORD_PREFIX, PHONE_PASSWORD, SITE_KEY

FOLDER: Final = "passwords"
"""What call-light.service calls the folder of passwords that it loads; no extension's id has a _ in it."""

CREDENTIAL_BYTES_MAX: Final = 4096
"""The longest credential that is read: many times a password's own limit. A longer one is refused."""


SECRETS: Final = {
    ("bus", "password"): ("bus.password", BUS_PASSWORD),
    ("bus", "site_key"): ("site.key", SITE_KEY),
    ("pickup", "phone_password"): ("phone.password", PHONE_PASSWORD),
}
"""The credential and the environment variable of each secret that is no extension's, by table and setting."""

Secrets = dict[tuple[str, str], tuple[str, str]]
"""Those that are given, by table and setting: the text, and where it came from."""


def variable_of(extension: str) -> str:
    """Return the environment variable that holds this extension's password."""
    return PASSWORD_PREFIX + extension.upper().replace("-", "_")


def credential_of(extension: str) -> str:
    """Return the name of the systemd credential that holds this extension's password."""
    return f"{extension}.password"


def given_passwords(
    raw: Raw, environment: Mapping[str, str]
) -> tuple[dict[int, tuple[str, str]], list[Problem]]:
    """Find the passwords that do not stand in the file.

    Returns the password and its source for each extension's place in the file, and what is wrong.
    """
    found: dict[int, tuple[str, str]] = {}
    problems: list[Problem] = []
    known: list[str] = []
    for index, extension in tables(raw, "extension"):
        name = extension.get("id")
        if not isinstance(name, str) or not ID.fits(name):
            continue
        known.append(variable_of(name))
        if known[-1] in environment:
            found[index] = (environment[known[-1]], f"environment {known[-1]}")
        try:
            text = _credential(environment, credential_of(name))
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            problems.append(
                Problem(
                    ("extension", index, "password"),
                    f"stands in the credential {credential_of(name)}, which cannot be read: {why}",
                )
            )
            continue
        if text is not None:
            found[index] = (text, f"credential {credential_of(name)}")
    for variable in sorted(environment):
        if variable.startswith(PASSWORD_PREFIX) and variable not in known:
            problems.append(
                Problem((f"environment {variable}",), f"belongs to no [[extension]]{near(variable, known)}")
            )
    return found, problems


def given_secrets(
    environment: Mapping[str, str], tables: Collection[str] = ("bus", "pickup")
) -> tuple[Secrets, list[Problem]]:
    """Find the secrets of these tables that do not stand in the file, and what is wrong."""
    found: Secrets = {}
    problems: list[Problem] = []
    for path, (credential, variable) in SECRETS.items():
        if path[0] not in tables:
            continue
        if variable in environment:
            found[path] = (environment[variable], f"environment {variable}")
        try:
            text = _credential(environment, credential)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            problems.append(
                Problem(path, f"stands in the credential {credential}, which cannot be read: {why}")
            )
            continue
        if text is not None:
            found[path] = (text, f"credential {credential}")
    return found, problems


def is_private(status: os.stat_result) -> bool:
    """Return whether nobody but root or this user can read a file of this status."""
    return stat.S_IMODE(status.st_mode) & 0o077 == 0 and status.st_uid in (0, os.geteuid())


def _credential(environment: Mapping[str, str], name: str) -> str | None:
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    alone, of_folder = Path(folder) / name, Path(folder) / f"{FOLDER}_{name}"
    try:
        with (alone if alone.exists() else of_folder).open("rb") as file:
            content = file.read(CREDENTIAL_BYTES_MAX + 1)
    except FileNotFoundError:
        return None
    if len(content) > CREDENTIAL_BYTES_MAX:
        raise ValueError(f"it is longer than {CREDENTIAL_BYTES_MAX} bytes")
    try:
        return content.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
