"""A view of the site as lines of text. Pure."""

from collections.abc import Iterator

from appliance.status.text import clean, table_of, time_of
from appliance.watch.view import SiteCaller, SiteView, UnitView


def site_text(view: SiteView) -> str:
    """Return the site in lines of plain text, the callers first."""
    lines = [f"site {view.site}: {_count(view)}"]
    lines += table_of("callers", (caller_row(view, caller) for caller in view.callers), "nobody waits")
    lines += table_of("units", map(unit_row, view.units), "none has said anything")
    if view.revisions_differ:
        lines.append(
            "site files DIFFER: the greater revision travels by itself; a unit that stays behind refuses it"
        )
    return "\n".join(lines) + "\n"


def caller_row(view: SiteView, caller: SiteCaller) -> tuple[str, ...]:
    """Return a caller in words, cell by cell: line, wait, standing, stage, and which units see the caller."""
    labels = {line.line: line.label for line in view.lines}
    stage = f"stage {caller.stage}" + (", urgent" if caller.urgent else "")
    return (
        clean(labels.get(caller.line, caller.line)),
        time_of(caller.wait_s),
        f"{caller.state} {caller.by}".strip() if caller.by else caller.state,
        stage,
        f"at {', '.join(caller.seen_by)}",
    )


def unit_row(unit: UnitView) -> tuple[str, ...]:
    """Return a unit in words, cell by cell: name, standing, phone system, towers, faults, site file."""
    phone = "phone LOST" if unit.phone_lost else f"{unit.registrations_held}/{unit.registrations} registered"
    known = unit.phone_lost is not None
    return (
        unit.unit,
        "online" if unit.online else "SILENT",
        phone if known else "",
        f"{unit.towers_online}/{unit.towers} towers" if known else "",
        f"{unit.fault_count} faults" if known and unit.fault_count else "",
        f"site file {unit.site_revision}" if unit.site_revision else "no site file",
    )


def changes(before: SiteView, now: SiteView) -> Iterator[str]:
    """Yield a line for each line of the site and each unit of which there is something new to say."""
    for line in now.lines:
        old, new = ([one for one in view.callers if one.line == line.line] for view in (before, now))
        if [_standing(one) for one in old] != [_standing(one) for one in new]:
            rows = ["  ".join(caller_row(now, one)[1:]).rstrip() for one in new]
            yield f"{clean(line.label)}: {'; '.join(rows) or 'nobody waits'}"
    known = {unit.unit: unit for unit in before.units}
    for unit in now.units:
        if known.get(unit.unit) != unit:
            yield "  ".join(cell for cell in unit_row(unit) if cell)
    for name in sorted(known.keys() - {unit.unit for unit in now.units}):
        yield f"{name}  removed"


def _standing(caller: SiteCaller) -> tuple[object, ...]:
    """Return what is news about a caller; that the wait grows is none."""
    return caller.state, caller.stage, caller.urgent, caller.by, caller.seen_by


def _count(view: SiteView) -> str:
    waiting = sum(caller.state != "taken" for caller in view.callers)
    online = sum(unit.online for unit in view.units)
    waits = "1 caller waits" if waiting == 1 else f"{waiting} callers wait"
    return f"{waits}, {online} of {len(view.units)} units online"
