"""The site file: read and checked. It is the same on all units and carries a revision.

```toml
revision = 3

[[line]]
id = "main"
label = "Main"
position = 1        # its place on every tower
colour = "green"    # for labels and screens

[[unit]]
id = "front"        # the name in its own configuration, and its user at the broker
extension = "601"   # what the PBX dials to reach the unit
target = "201"      # what the PBX dials to reach the desk phone beside it
covers = ["back"]   # sounds for these units while their people are away
```

Everything that is wrong is said at once, one line each, with where it stands and what is allowed.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from appliance.config.agreement import Problem, ids, near, tables
from appliance.config.locate import KeyPath, locate
from appliance.config.table import Table
from appliance.core.settings import SiteUnit
from appliance.core.words import LINES_MAX, UnitId
from appliance.errors import ConfigurationRefused, printable
from appliance.site.plan import SiteLine, SitePlan
from appliance.site.tables import ENTRIES, REVISION_STEP_MAX, SiteTables

SITE_FILE_NAME: Final = "site.toml"
"""What the site file is called in the state directory: the unit writes it, and nowhere else may it write."""

SITE_FILE_BYTES_MAX: Final = 15_000
"""The longest site file: eight lines and eight units with comments have 3 kB. A longer one is refused,
for it travels as one message of the bus, in which a line's end or a quote takes two bytes."""


def read(file: Path) -> SitePlan:
    """Read and check a site file.

    Raises:
        ConfigurationRefused: with every reason, one line each.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(SITE_FILE_BYTES_MAX + 1)
    except OSError as error:
        raise ConfigurationRefused(f"{file}: the site file cannot be read: {error.strerror}") from None
    return parse(content, str(file))


def parse(content: bytes, name: str) -> SitePlan:
    """Check the content of a site file; `name` is what its refusals begin with.

    Raises:
        ConfigurationRefused: with every reason, one line each.
    """
    name = printable(name)
    if len(content) > SITE_FILE_BYTES_MAX:
        raise ConfigurationRefused(
            f"{name}: is longer than {SITE_FILE_BYTES_MAX} bytes, so it is no site file"
        )
    try:
        text = content.decode()
        raw = tomllib.loads(text)
    except UnicodeDecodeError:
        raise ConfigurationRefused(f"{name}: is not UTF-8; save the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationRefused(f"{name}: is not TOML: {printable(str(error))}") from None
    problems: list[Problem] = []
    found = None
    try:
        found = SiteTables(**raw)
    except ValidationError as error:
        problems += [_problem_of(detail) for detail in error.errors(include_url=False)]
    problems += _disagreements(raw)
    if problems or found is None:
        places = locate(text)
        lines = [(places.line_of(one.path), _title_of(one.path), one.text) for one in problems]
        said = [f"{name}:{line}: {title}: {why}" for line, title, why in sorted(lines)]
        raise ConfigurationRefused(*dict.fromkeys(said))
    return _plan_of(found, text)


def text_of(revision: int, lines: Iterable[SiteLine], units: Iterable[SiteUnit]) -> str:
    """Return a site file that says this."""
    blocks = [_HEAD, f"revision = {revision}\n"]
    for line in lines:
        colour = {"colour": line.colour} if line.colour else {}
        blocks.append(
            _block("line", {"id": line.id, "label": line.label, "position": line.position, **colour})
        )
    for unit in units:
        given = {name: value for name, value in asdict(unit).items() if value}
        blocks.append(_block("unit", given))
    return "\n".join(blocks)


def _block(name: str, settings: Mapping[str, object]) -> str:
    # A text, a number or a list of texts is written in TOML as in JSON.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in settings.items()]
    return "\n".join([f"[[{name}]]", *lines]) + "\n"


_HEAD: Final = """\
# The site: what is the same on all of its units. Change it on one of them with `call-light site change`; it
# travels to the others, and the greater revision holds. When a unit comes or goes, it is
# written anew, without comments.
"""


def _plan_of(found: SiteTables, text: str) -> SitePlan:
    lines = [SiteLine(one.id, one.label, one.position, one.colour) for one in found.line]
    return SitePlan(
        revision=found.revision,
        lines=tuple(sorted(lines, key=lambda line: line.position)),
        units=tuple(
            SiteUnit(UnitId(one.id), one.extension, one.target, tuple(map(UnitId, one.covers)))
            for one in found.unit
        ),
        text=text,
    )


def _problem_of(detail: Mapping[str, Any]) -> Problem:
    path: KeyPath = tuple(detail["loc"])
    declared: type[Table] = ENTRIES[str(path[0])][0] if len(path) > 1 else SiteTables
    names = [key for key in path if isinstance(key, str)]
    match detail["type"]:
        case "missing":
            return Problem(path[:-1], f"{names[-1]} is missing")
        case "extra_forbidden":
            known = tuple(declared.model_fields)
            hint = near(names[-1], known) or f"; there are {', '.join(known)}"
            return Problem(path, f"is no setting of this place{hint}")
        case "value_error":
            return Problem(path, str(detail["ctx"]["error"]))
        case _ if len(path) == 2:
            return Problem(path, f"must be a table: write [[{path[0]}]] above its settings")
        case kind:
            extra = declared.model_fields[names[-1]].json_schema_extra
            allowed = extra["allowed"] if isinstance(extra, dict) else ""
            return Problem(path, f"must be {'text in quotes: ' if kind == 'string_type' else ''}{allowed}")


def _title_of(path: KeyPath) -> str:
    """Return the key as people read it: `[[unit]] 2 covers`, entries counted from 1."""
    if not path:
        return "the file"
    if path[0] not in ENTRIES:
        return printable(str(path[0]))
    rest = [str(key + 1) if isinstance(key, int) else printable(key) for key in path[1:3]]
    return " ".join([f"[[{path[0]}]]", *rest])


def _disagreements(raw: Mapping[str, Any]) -> Iterator[Problem]:
    for name, (_, count_max) in ENTRIES.items():
        entries = list(tables(raw, name))
        if len(entries) > count_max:
            yield Problem((name, count_max), f"is one too many: at most {count_max} are allowed")
        for setting in ("id", "label", "position", "extension"):
            first: dict[object, int] = {}
            for index, entry in entries:
                value = entry.get(setting)
                if value and isinstance(value, str | int) and first.setdefault(value, index) != index:
                    there = f"[[{name}]] {first[value] + 1}"
                    yield Problem((name, index, setting), f"is the {setting} of {there} too")
    for index, entry in tables(raw, "unit"):
        covers = entry.get("covers")
        others = [one for one in ids(raw, "unit") if one != entry.get("id")]
        for place, other in enumerate(covers if isinstance(covers, list) else []):
            if isinstance(other, str) and other not in others:
                where = ("unit", index, "covers", place)
                yield Problem(where, f"must be the id of another [[unit]]{near(other, others)}")


def is_far_ahead(revision: int, known: int) -> bool:
    """Return whether a revision is too far beyond the one that is known to be that of a later change."""
    return revision > known + REVISION_STEP_MAX


def too_many_lines(plan: SitePlan, own: tuple[str, ...]) -> str:
    """Return why a unit with these lines of its own cannot take this plan, or an empty text."""
    count = len({line.id for line in plan.lines} | set(own))
    if count <= LINES_MAX:
        return ""
    return f"with this unit's own lines there are {count}: at most {LINES_MAX} are allowed"
