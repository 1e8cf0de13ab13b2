"""What must hold of the picture: its limits, and that it agrees with what was told. As in `invariants`."""

from appliance.core.beats import SHOWN_LATE_MS_MAX, STEP_MS
from appliance.core.picture import Overlay, Segment
from appliance.core.words import CALLERS_MAX, LEGS_MAX, LINES_MAX, PICKUPS_MAX, LineId
from appliance.simulate.moment import Moment
from appliance.simulate.notebook import FAULT_LIGHT, MORE_LIGHT, Entry
from appliance.simulate.sounds import ROUNDING_MS


def limits_hold(m: Moment) -> str | None:
    """No more than 8 lines, 32 callers shown, 128 calls and 128 legs, and no place stays empty."""
    entries = m.notebook.open.values()
    shown_count = sum(entry.shown for entry in entries)
    if shown_count != min(CALLERS_MAX, len(entries)):
        return f"{shown_count} callers are shown of {len(entries)}"
    if len(entries) > LEGS_MAX + PICKUPS_MAX:
        return f"{len(entries)} calls are open"
    more_count = 1 if m.notebook.tested == MORE_LIGHT else len(entries) - shown_count
    if m.picture.more_count != more_count:
        return f"the picture counts {m.picture.more_count} more callers, not {more_count}"
    if len(m.picture.segments) > LINES_MAX:
        return f"the picture has {len(m.picture.segments)} segments"
    return None


def the_picture_agrees_with_what_was_told(m: Moment) -> str | None:
    """Each segment shows what the notices of its calls say, and nothing else."""
    on_line: dict[LineId, list[Entry]] = {line: [] for line in m.segments}
    for entry in m.notebook.open.values():
        on_line[entry.line].append(entry)
    for line, segment in m.segments.items():
        shown = [entry for entry in on_line[line] if entry.shown]
        wanted, stage, marks = m.notebook.expected(line, shown, m.serving[line])
        if segment.showing is not wanted:
            return f"{line} shows {shown_word(segment)} instead of {wanted.name.lower()}"
        if segment.stage != stage:
            return f"{line} shows stage {segment.stage} instead of {stage}"
        if segment.marks != marks:
            return f"{line} has {segment.marks} marks for {len(shown)} callers"
        if segment.more != (len(shown) < len(on_line[line])):
            return f"{line} is wrong about callers who are only counted"
    return None


def a_lost_phone_system_is_shown(m: Moment) -> str | None:
    """The tower says that the phone system is lost exactly while no caller can reach the unit."""
    if (m.picture.overlay is Overlay.LOST) != m.notebook.phone_lost:
        return f"the tower shows {m.picture.overlay.value}; phone system lost: {m.notebook.phone_lost}"
    lost = len(m.notebook.held) < m.notebook.extension_count
    needs_a_person = bool(m.notebook.faults) or lost or m.notebook.tested == FAULT_LIGHT
    if m.picture.fault != needs_a_person:
        return f"the fault light is {m.picture.fault}, and it should be {needs_a_person}"
    return None


def what_is_shown_is_seen_soon(m: Moment) -> str | None:
    """No segment is kept dark for the sake of the beat for longer than two steps and a bit."""
    latest_ms = m.step.now_ms + 2 * STEP_MS + SHOWN_LATE_MS_MAX + ROUNDING_MS
    for line, segment in m.segments.items():
        if segment.entered_ms > latest_ms:
            return f"{line} stays dark for {segment.entered_ms - m.step.now_ms:.0f} ms"
    return None


def shown_word(segment: Segment) -> str:
    """Return what a segment shows, in a word."""
    return segment.showing.name.lower().replace("_", " ")
