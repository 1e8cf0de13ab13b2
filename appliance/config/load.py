"""Reads a configuration: file, environment, systemd. Everything that is wrong is refused at once.

This module and what it imports load pydantic; `config.apart` reads in a process of its own.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from pydantic_settings import SettingsError

from appliance.config.agreement import Problem, Raw, disagreements, ids, near, tables
from appliance.config.describe import TABLE_NAMES, heading, is_list
from appliance.config.locate import KeyPath, Places, locate
from appliance.config.passwords import SECRETS, given_passwords, given_secrets, is_private
from appliance.config.refusals import Detail, line_of, not_a_table, problems_of
from appliance.config.tables import ENVIRONMENT_PREFIX, Tables, UnitTable, systemd_directories
from appliance.core.words import LINES_MAX
from appliance.errors import ConfigurationRefused, printable
from appliance.site.file import SITE_FILE_NAME, read, too_many_lines
from appliance.site.plan import SitePlan

FILE_BYTES_MAX: Final = 1 << 20
"""The longest file that is read; a full one with every comment has 20 kB. A longer one is some other file."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration that was accepted, with where its values came from."""

    tables: Tables
    origins: Mapping[KeyPath, str]
    """Where each given value came from: `file:line`, `environment NAME` or `credential NAME`."""
    is_private: bool
    """True if nobody but this user and root can read the file."""
    written_passwords: frozenset[int]
    """The extensions whose password stands in the file, counted from 0, even if another source wins."""
    written_secrets: tuple[tuple[str, str], ...]
    """The other secrets that stand in the file, by table and setting."""
    file: str
    places: Places
    site: SitePlan | None = None
    """The site file; None for a unit that has none."""

    def where(self, path: KeyPath) -> str:
        """Return where a value came from, or where its table stands if it is a default."""
        return self.origins.get(path) or f"{self.file}:{self.places.line_of(path)}"


def load(file: Path) -> Loaded:
    """Read and check a configuration.

    Raises:
        ConfigurationRefused: with every reason, one line each.
    """
    content, private = _read(file)
    text = _decode(content, file)
    raw = _parse(text, file)
    name = printable(str(file))
    places = locate(text)
    passwords, problems = given_passwords(raw, os.environ)
    secrets, secret_problems = given_secrets(os.environ)
    problems += secret_problems + _environment_problems(os.environ) + _unknown_tables(raw)
    origins = _origins(raw, places, name) | {
        ("extension", index, "password"): source for index, (_, source) in passwords.items()
    }
    origins |= {path: source for path, (_, source) in secrets.items()}
    complete = _with_passwords(raw, {index: password for index, (password, _) in passwords.items()})
    complete = _with_secrets(complete, {path: text for path, (text, _) in secrets.items()})
    found: Tables | None = None
    try:
        found = Tables(**{name: complete[name] for name in TABLE_NAMES if _is_mergeable(complete, name)})
    except ValidationError as error:
        details = error.errors(include_url=False)
        problems += problems_of([detail for detail in details if not _of_environment(detail, raw)])
    except (SettingsError, RecursionError) as error:
        # Mostly told by _environment_problems already: only a whole table in the environment comes to this,
        # or brackets without an end.
        if not problems:
            raise ConfigurationRefused(f"environment: {error}") from None
    plan = None if found is None else _site_plan(found)
    # A site's lines come and go with nobody at this unit: what is wired for one that went is warned of.
    problems += disagreements(raw, LINES_MAX if plan else len(set(ids(raw, "line"))))
    if problems or found is None:
        lines = [line_of(problem, name, places, origins) for problem in problems]
        raise ConfigurationRefused(*dict.fromkeys(sorted(lines, key=_by_line)))
    written = frozenset(index for index, table in tables(raw, "extension") if table.get("password"))
    secret = tuple(path for path in SECRETS if raw.get(path[0], {}).get(path[1]))
    return Loaded(found, origins, private, written, secret, name, places, plan)


def site_file_of(unit: UnitTable) -> Path:
    """Return where the site file lies, or would."""
    return Path(unit.site_file) if unit.site_file else Path(unit.state_directory) / SITE_FILE_NAME


def _site_plan(tables: Tables) -> SitePlan | None:
    file = site_file_of(tables.unit)
    # A unit of no site has none; one that was named must be there.
    if not tables.unit.site_file and not os.path.exists(file):  # noqa: PTH110 - False where nobody may look
        return None
    plan = read(file)
    why = too_many_lines(plan, tuple(line.id for line in tables.line))
    if why:
        raise ConfigurationRefused(f"{file}: {why}")
    return plan


def _read(file: Path) -> tuple[bytes, bool]:
    try:
        with file.open("rb") as opened:
            private = is_private(os.fstat(opened.fileno()))
            content = opened.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        raise ConfigurationRefused(
            f"{file}: there is no such file; begin with the example that ships with the call light"
            " (`call-light show --example`), or name another file"
        ) from None
    except IsADirectoryError:
        raise ConfigurationRefused(f"{file}: is a directory; name the file in it") from None
    except PermissionError:
        raise ConfigurationRefused(
            f"{file}: this user may not read it; run as the unit's user or as root"
        ) from None
    except (OSError, ValueError) as error:
        raise ConfigurationRefused(f"{file}: cannot be read: {_reason(error)}") from None
    if len(content) > FILE_BYTES_MAX:
        raise ConfigurationRefused(
            f"{file}: is longer than {FILE_BYTES_MAX} bytes, so it is no configuration"
        )
    return content, private


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _decode(content: bytes, file: Path) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigurationRefused(f"{file}:{line}: is not UTF-8; save the file as UTF-8") from None


def _parse(text: str, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ConfigurationRefused(f"{file}:1: is not TOML: lists are nested too deep") from None
    except ValueError as error:
        found = re.search(
            r"^(.*) \(at (?:line (\d+), column (\d+)|end of document)\)$", str(error), re.DOTALL
        )
        if found is None:
            raise ConfigurationRefused(f"{file}:1: is not TOML: a number is too long") from None
        line = found[2] or str(text.count("\n") + 1)
        column = f" (column {found[3]})" if found[3] else ""
        raise ConfigurationRefused(f"{file}:{line}: is not TOML: {_lower(found[1])}{column}") from None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _environment_problems(environment: Mapping[str, str]) -> list[Problem]:
    known = [f"UNIT__{setting.upper()}" for setting in UnitTable.model_fields]
    every = ", ".join(f"{ENVIRONMENT_PREFIX}{one}" for one in known)
    problems = []
    for name in sorted(environment):
        rest = name.upper().removeprefix(ENVIRONMENT_PREFIX)
        if name.upper().startswith(ENVIRONMENT_PREFIX) and rest not in known:
            # Compared without what they all begin with, or everything would be near to everything.
            hint = near(rest, known).replace('"', f'"{ENVIRONMENT_PREFIX}', 1) or f"; there are {every}"
            problems.append(Problem((f"environment {name}",), f"is no setting{hint}"))
    return problems


def _of_environment(detail: Detail, raw: Raw) -> bool:
    """Return whether this is an unknown key that is not in the file: `_environment_problems` told it."""
    table = raw.get(str(detail["loc"][0]), {})
    return (
        detail["type"] == "extra_forbidden"
        and isinstance(table, dict)
        and table.keys().isdisjoint(detail["loc"][1:2])
    )


def _unknown_tables(raw: Raw) -> list[Problem]:
    headings = ", ".join(map(heading, TABLE_NAMES))
    unknown = [
        Problem((name,), f"is no table of this file{near(name, TABLE_NAMES) or f'; there are {headings}'}")
        for name in raw
        if name not in TABLE_NAMES
    ]
    plain = [name for name in raw if name in TABLE_NAMES and not _is_mergeable(raw, name)]
    return unknown + [not_a_table(name) for name in plain]


def _is_mergeable(raw: Raw, name: str) -> bool:
    """Merging with the environment would put a table silently in the place of what is none."""
    return name in raw and (is_list(name) or isinstance(raw[name], dict))


def _origins(raw: Raw, places: Places, file: str) -> dict[KeyPath, str]:
    """Return where each value of the file stands, and what overrides those of [unit]."""
    found: dict[KeyPath, str] = {}
    for name, content in raw.items():
        for path, table in _tables(name, content):
            found |= {(*path, key): f"{file}:{places.line_of((*path, key))}" for key in table}
    for name in os.environ:
        upper = name.upper()
        if upper.startswith(f"{ENVIRONMENT_PREFIX}UNIT__"):
            found["unit", upper.removeprefix(f"{ENVIRONMENT_PREFIX}UNIT__").lower()] = f"environment {name}"
    for setting in systemd_directories(os.environ):
        found["unit", setting] = f"environment {setting.upper()}"
    return found


def _tables(name: str, content: object) -> list[tuple[KeyPath, dict[str, Any]]]:
    if isinstance(content, dict):
        return [((name,), content)]
    entries = content if isinstance(content, list) else []
    return [((name, index), entry) for index, entry in enumerate(entries) if isinstance(entry, dict)]


def _with_passwords(raw: dict[str, Any], passwords: Mapping[int, str]) -> dict[str, Any]:
    if not passwords:
        return raw
    extensions = list(raw["extension"])
    for index, table in tables(raw, "extension"):
        if index in passwords:
            extensions[index] = {**table, "password": passwords[index]}
    return {**raw, "extension": extensions}


def _with_secrets(raw: dict[str, Any], secrets: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    complete = dict(raw)
    for (table, setting), text in secrets.items():
        if isinstance(found := complete.get(table, {}), dict):
            complete[table] = {**found, setting: text}
    return complete


def _by_line(line: str) -> tuple[str, int]:
    """Sort by place: what stands earlier in the file first, the environment before it."""
    found = re.match(r"(.*?):(\d+): ", line)
    return (found[1], int(found[2])) if found else ("", 0)
