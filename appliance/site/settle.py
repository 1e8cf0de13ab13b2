"""Writes settings into the text of a unit's configuration, whose comments and order stay. Pure."""

import json
import tomllib
from collections.abc import Mapping

from appliance.config.locate import locate
from appliance.errors import CallLightError

Value = str | int


def with_settings(text: str, table: str, settings: Mapping[str, Value]) -> str:
    """Return the text with these settings in `[table]`: in the place of old ones, else below its heading.

    Raises:
        CallLightError: the text is no TOML, or written in a way that this cannot change, e.g. as a
            multi-line string; the settings must then be written by hand.
    """
    before = _read(text)
    old = before.get(table, {})
    wanted = {**before, table: {**old, **settings}} if isinstance(old, dict) else None
    for name, value in settings.items():
        text = _with_setting(text, table, name, value)
    if _read(text) != wanted:
        by_hand = ", ".join(f"{name} = {json.dumps(value)}" for name, value in settings.items())
        raise CallLightError(f"[{table}] cannot be changed as it is written: write {by_hand} there by hand")
    return text


def _with_setting(text: str, table: str, name: str, value: Value) -> str:
    # TOML writes these texts and numbers as JSON does.
    line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
    lines = text.split("\n")
    places = locate(text)
    if (table, name) in places:
        lines[places.line_of((table, name)) - 1] = line
    elif (table,) in places:
        lines.insert(places.line_of((table,)), line)
    else:
        while lines and not lines[-1]:
            lines.pop()
        lines += [*([""] if lines else []), f"[{table}]", line, ""]
    return "\n".join(lines)


def _read(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError):
        return {}
