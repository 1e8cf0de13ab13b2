"""The status report as text for a person: pure, one string in, no telephone number anywhere."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from appliance.status.report import (
    BusStatus,
    CallStatus,
    ElsewhereStatus,
    LineStatus,
    NeighbourStatus,
    RegistrationStatus,
    StatusReport,
)

TEXT_LENGTH_MAX: Final = 120
"""Characters kept of a text that somebody else wrote (a PBX's reason phrase); the rest becomes "…"."""


def status_text(report: StatusReport) -> str:
    """Return the report in lines of plain text, the most pressing first."""
    head = f"{report.unit}: call-light {report.software}, up {time_of(report.uptime_s)}"
    lines = [head, "phone system: " + _phone(report)]
    counted = Counter(call.line for call in report.calls if not call.shown)
    lines += table_of(
        "lines", ((one.line, one.label, _showing(one, counted[one.line])) for one in report.lines)
    )
    callers = (*map(_call, report.calls), *map(_elsewhere, report.elsewhere))
    lines += table_of("callers", callers, "nobody waits")
    lines += [f"sound: {words}" for words in _silence(report)]
    lines += [] if report.lamp_test is None else [f"lamp test: {clean(report.lamp_test)}"]
    lines += table_of("registrations", map(_registration, report.registrations))
    lines += [] if report.bus is None else _bus(report.bus)
    lines += table_of("towers", ((one.driver, one.fault or "works") for one in report.towers), "none")
    lines += table_of("faults", ((one.fault, one.why) for one in report.faults), "none")
    lines += table_of(
        "refused senders",
        ((one.address, f"{one.count} refused", one.why) for one in report.refused_senders),
        "none",
    )
    if report.refused_ring_count:
        lines.append(f"refused rings of our own PBX, every leg was in use: {report.refused_ring_count}")
    if report.log_lines_lost_count:
        lines.append(f"log lines that could not be written: {report.log_lines_lost_count}")
    return "\n".join(lines) + "\n"


def clean(text: str) -> str:
    """Return the text without what could drive a terminal, and no longer than `TEXT_LENGTH_MAX`."""
    printable = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return printable if len(printable) <= TEXT_LENGTH_MAX else printable[: TEXT_LENGTH_MAX - 1] + "…"


def _phone(report: StatusReport) -> str:
    if report.phone_lost is None:
        return "reaches this unit"
    return "LOST, no caller can reach this unit: " + clean(report.phone_lost)


def _silence(report: StatusReport) -> Iterator[str]:
    if report.away:
        yield "off, the people of this unit are away"
    if report.muted:
        yield "off for the callers who wait now"
    if report.hushed_by is not None:
        yield f"for urgent callers only: unit {clean(report.hushed_by)} muted those who wait now"
    if report.away_units:
        yield f"the people of unit {clean(report.away_units)} are away"


def _bus(bus: BusStatus) -> Iterator[str]:
    yield f"bus: {clean(bus.broker)} " + ("answers" if bus.lost is None else f"LOST: {clean(bus.lost)}")
    yield from table_of("other units", map(_neighbour, bus.neighbours))
    if bus.site_difference:
        yield f"site files DIFFER: {bus.site_difference}"
    if bus.refused_count:
        yield f"messages refused: {bus.refused_count}"
    if bus.dropped_count:
        yield f"messages dropped, they came too fast: {bus.dropped_count}"
    if bus.events_lost_count:
        yield f"events told to nobody, the broker was away: {bus.events_lost_count}"


def _neighbour(one: NeighbourStatus) -> tuple[str, ...]:
    revision = "" if not one.site_revision else f"site file {one.site_revision}"
    return (one.unit, "online" if one.online else "SILENT", revision)


def _showing(line: LineStatus, counted: int) -> str:
    words = [] if line.showing == "nothing" else [line.showing]
    # A line whose callers are only counted is not dark: the top of its segment says that there are more.
    words += [f"{counted} more"] if counted else []
    words = words or ["dark"]
    words += ["no registration serves this line"] if line.lost and line.showing != "line lost" else []
    return ", ".join(words)


def _call(call: CallStatus) -> tuple[str, ...]:
    stage = f"stage {call.stage}" + (f", urgent: {call.urgent}" if call.urgent else "")
    return (
        f"call {call.call}",
        call.line,
        time_of(call.wait_s),
        call.state,
        stage,
        f"also at {call.also_at}" if call.also_at else "" if call.shown else "counted only",
    )


def _elsewhere(one: ElsewhereStatus) -> tuple[str, ...]:
    by = f"by {one.by}" if one.by else ""
    return (f"at {one.units}", one.line, time_of(one.wait_s), one.state, f"stage {one.stage}", by)


def _registration(one: RegistrationStatus) -> tuple[str, ...]:
    code = str(one.code) if one.code else "-"
    since = "" if one.for_s is None else f"for {time_of(one.for_s)}"
    return (one.extension, "held" if one.held else "LOST", code, since, one.why)


def time_of(seconds: float) -> str:
    """Return a duration as m:ss, h:mm:ss or with days, the way a wait is read aloud."""
    whole = max(0, int(seconds))
    minutes, second = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{second:02}"
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"{days} d {hour}:{minute:02}:{second:02}" if days else f"{hour}:{minute:02}:{second:02}"


def table_of(title: str, rows: Iterable[tuple[str, ...]], empty: str = "none") -> list[str]:
    """Return rows of cells as lines with a title above them; one line that says `empty` if there are none."""
    cells = [tuple(clean(cell) for cell in row) for row in rows]
    if not cells:
        return [f"{title}: {empty}"]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        f"{title}:",
        *(
            "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ),
    ]
