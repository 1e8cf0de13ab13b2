"""Problems as lines for people: where the key stands, its name, what is allowed.

No line repeats a value that was written, except words and names that settings choose from: a password may
stand in the wrong place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from appliance.config.agreement import Problem, near
from appliance.config.describe import TABLE_NAMES, allowed, heading, is_list, one_of, table_class, words_of
from appliance.config.locate import KeyPath, Places

Detail = Mapping[str, Any]
"""One entry of pydantic's `ValidationError.errors()`."""


def problems_of(details: Sequence[Detail]) -> list[Problem]:
    """Translate pydantic's errors into what must be so.

    A list whose entries are refused is called too short as well; that would only mislead.
    """
    entries = {tuple(detail["loc"][:-1]) for detail in details}
    return [
        _problem_of(detail)
        for detail in details
        if not (detail["type"] == "too_short" and tuple(detail["loc"]) in entries)
    ]


def not_a_table(name: str) -> Problem:
    """Return what must be so where a setting stands in the place of a table."""
    return Problem((name,), f"must be a table: write {heading(name)} above its settings")


def _problem_of(detail: Detail) -> Problem:
    path: KeyPath = tuple(detail["loc"])
    kind = detail["type"]
    name = str(path[0])
    setting = _setting_in(path)
    if setting is None:
        return replace(not_a_table(name), path=path)
    if kind == "extra_forbidden":
        known = tuple(table_class(name).model_fields)
        hint = near(setting, known) or f"; there are {', '.join(known)}"
        return Problem(path, f"is no setting of {heading(name)}{hint}")
    if kind == "missing":
        return Problem(path[:-1], f"{setting} is missing, e.g. {setting} = {_example(name, setting)}")
    if kind == "value_error":
        return Problem(path, str(detail["ctx"]["error"]))
    if kind == "string_type" and isinstance(path[-1], int):
        return Problem(path, "must be text in quotes")
    field = table_class(name).model_fields[setting]
    words = words_of(field.annotation)
    if words and isinstance(path[-1], int):
        return Problem(path, f"must be {one_of(words)}{near(detail['input'], words)}")
    hint = near(detail["input"], words) if words else ""
    example = f", e.g. {_example(name, setting)}" if kind == "string_type" and field.examples else ""
    quotes = "text in quotes: " if kind == "string_type" else ""
    return Problem(path, f"must be {quotes}{allowed(name, setting)}{example}{hint}")


def line_of(problem: Problem, file: str, places: Places, origins: Mapping[KeyPath, str]) -> str:
    """Return the whole line: `file:line: [[line]] 2 stages_s: must …`, or where else the value came from."""
    first = problem.path[0] if problem.path else ""
    if isinstance(first, str) and first.startswith("environment "):
        return f"{first}: {problem.text}"
    where = origins.get(problem.path) or f"{file}:{places.line_of(problem.path)}"
    title = title_of(problem.path)
    return f"{where}: {title}: {problem.text}" if title else f"{where}: {problem.text}"


def title_of(path: KeyPath) -> str:
    """Return the key as people read it: `[[line]] 2 stages_s`, entries counted from 1."""
    if not path:
        return ""
    name, rest = str(path[0]), path[1:]
    if name not in TABLE_NAMES:
        return name if name.isprintable() else repr(name)
    parts = [heading(name)]
    for place, key in enumerate(rest):
        if isinstance(key, int):
            parts.append(str(key + 1) if place == 0 else f"entry {key + 1}")
        else:
            parts.append(key if key.isprintable() else repr(key))
    return " ".join(parts)


def _setting_in(path: KeyPath) -> str | None:
    """Return the setting's name in a path like ("line", 1, "stages_s", 0); None if it leads to a table."""
    place = 2 if is_list(str(path[0])) else 1
    return str(path[place]) if len(path) > place else None


def _example(table: str, setting: str) -> str:
    example = (table_class(table).model_fields[setting].examples or [""])[0]
    return f'["{example[0]}"]' if isinstance(example, tuple) else f'"{example}"'
