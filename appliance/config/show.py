"""`call-light show`: a configuration as TOML, what differs from the defaults or all. Never a password."""

import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from pydantic import SecretStr

from appliance.config.describe import TABLE_NAMES, heading, is_list
from appliance.config.load import Loaded, load
from appliance.config.locate import KeyPath
from appliance.config.table import Table

MASK = "********"
"""What stands for a password, whatever its length."""


def settings_text(file: Path, *, everything: bool) -> str:
    """Return the settings of this file as TOML; with `everything`, defaults too and where each value is from.

    Raises:
        ConfigurationRefused: the file is not accepted.
    """
    loaded = load(file)
    blocks = []
    for path, table in _tables(loaded):
        lines = list(_settings(loaded, path, table, everything))
        if lines or is_list(str(path[0])):
            blocks.append("\n".join([heading(str(path[0])), *lines]) + "\n")
    return "\n".join(blocks)


def toml_value(value: object) -> str:
    """Return a setting's value as TOML writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return toml_value(value.value)
        case tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case float() if value.is_integer():
            return str(int(value))
        case int() | float():
            return str(value)
        case _:
            # Nothing that a setting allows is written otherwise in TOML than in JSON.
            return json.dumps(value, ensure_ascii=False)


def _tables(loaded: Loaded) -> Iterator[tuple[KeyPath, Table]]:
    for name in TABLE_NAMES:
        found = getattr(loaded.tables, name)
        if is_list(name):
            yield from (((name, index), table) for index, table in enumerate(found))
        else:
            yield (name,), found


def _settings(loaded: Loaded, path: KeyPath, table: Table, everything: bool) -> Iterator[str]:
    for setting, field in type(table).model_fields.items():
        value = getattr(table, setting)
        if not everything and value == field.default:
            continue
        if isinstance(value, SecretStr):
            line = f'# {setting} = "{MASK if value.get_secret_value() else ""}"'
        else:
            line = f"{setting} = {toml_value(value)}"
        yield f"{line}  # {loaded.origins.get((*path, setting), 'default')}" if everything else line
