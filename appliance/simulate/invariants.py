"""What must hold at every moment of a practice. Each function returns None, or says in a sentence what broke.

The first line of each docstring is the promise; the story of a failure quotes it.
"""

from collections.abc import Callable
from typing import Final

from appliance.core.notices import CallEnded, Outcome
from appliance.core.picture import LIVE, Showing
from appliance.core.words import LEGS_MAX, LineId
from appliance.simulate.belief import MOMENT_MS
from appliance.simulate.engine import BEAT_MS
from appliance.simulate.link import LATE_MS_MAX
from appliance.simulate.moment import Moment
from appliance.simulate.shown import (
    a_lost_phone_system_is_shown,
    limits_hold,
    shown_word,
    the_picture_agrees_with_what_was_told,
    what_is_shown_is_seen_soon,
)
from appliance.simulate.sounds import (
    ROUNDING_MS,
    a_ring_ends_the_lamp_test,
    chirps_keep_apart,
    nobody_hears_what_was_silenced,
)
from appliance.simulate.taking import (
    a_caller_speaks_with_one_person,
    no_pickup_ends_a_caller,
    whoever_is_kept_may_be_taken,
    whoever_is_sent_on_is_known_again,
    whoever_is_taken_waits,
)
from appliance.simulate.visits import Standing, Visit
from appliance.sip.pickup import HAND_OVER_MS

GRACE_MS: Final = BEAT_MS + 100
"""After a lost message, the next list of rings heals it (product: 1.1 s)."""

STAGE_LATE_MS_MAX: Final = 1.0
"""How late a stage may be shown while nothing else keeps the unit busy."""

_WAITED_FOR: Final = LIVE | {Showing.UNSURE}
_RINGS: Final = frozenset({Showing.URGENT, Showing.WAITING, Showing.ASKED, Showing.FAILED})


def dark_means_nobody_waits(m: Moment) -> str | None:
    """Dark means that nobody waits."""
    if m.changed and (what := _dark_though_told(m)):
        return what
    if not m.truth.engine.healthy:
        return None
    heard_by_ms = m.step.idle_ms - GRACE_MS - 3 * LATE_MS_MAX
    for leg, since_ms in m.truth.engine.legs.values():
        if since_ms < heard_by_ms and leg.ring not in m.witness.rings and leg.alive:
            refused = len(m.witness.rings) >= LEGS_MAX or leg.ring in m.witness.over
            if not refused:
                line, rings_ms = leg.caller.habits.line.id, m.step.now_ms - since_ms
                return f"{leg.ring} rings on {line} since {rings_ms:.0f} ms, and the board was never told"
    return None


def _dark_though_told(m: Moment) -> str | None:
    for line, truth in m.witness.lines.items():
        segment = m.segments[line]
        rings = truth.ring_count and not truth.hand_count
        if rings and segment.showing not in _RINGS and not segment.more:
            return f"{line} shows {shown_word(segment)} while {truth.ring_count} of its rings live"
    for visit in m.witness.visits.values():
        segment = m.segments[visit.line.id]
        lights = _WAITED_FOR if visit.standing is Standing.UNSEEN else LIVE
        if visit.standing is not Standing.TALKS and segment.showing not in lights and not segment.more:
            return f"{visit.line.id} shows {shown_word(segment)} while {visit.caller} {visit.standing.value}"
    return None


def lit_means_somebody_may_wait(m: Moment) -> str | None:
    """A line is lit only while somebody may wait on it."""
    now_ms = m.step.now_ms
    for line, segment in m.segments.items():
        truth = m.witness.lines[line]
        if segment.showing not in _WAITED_FOR and not segment.more:
            m.truth.nobody_since_ms.pop(line, None)
            continue
        nobody = not truth.ring_count and not truth.hand_count
        if nobody and now_ms >= truth.may_wait_until_ms + ROUNDING_MS:
            return f"{line} shows {shown_word(segment)} and the board was told of nobody who may wait"
        if m.truth.crowd.waits_on(line):
            m.truth.nobody_since_ms.pop(line, None)
            continue
        since_ms = m.truth.nobody_since_ms.setdefault(line, now_ms)
        enough_ms = since_ms + m.witness.hold_ms(line) + 2 * (GRACE_MS + LATE_MS_MAX)
        if m.settings.pickup.way is not None:
            # A phone system that takes a caller over may not say so.
            enough_ms += HAND_OVER_MS + MOMENT_MS
        if m.step.idle_ms > max(enough_ms, m.truth.unclear_until_ms[line]):
            return f"{line} shows {shown_word(segment)}, and the PBX has had nobody there for so long"
    return None


def a_wait_never_restarts(m: Moment) -> str | None:
    """A caller who waits on keeps the wait, over every ring and every gap."""
    for line in m.segments:
        if line in m.heard.vague_lines:
            continue
        expected = [visit for visit in m.heard.arrived if visit.line.id == line]
        told = [entry for entry in m.notebook.arrived if entry.line == line]
        if len(told) > len(expected):
            return f"a new call on {line}, and no new caller came"
        if len(told) < len(expected):
            return f"{expected[-1].caller} came to {line} and was taken for somebody who waits there"
    for visit in m.witness.visits.values():
        segment = m.segments[visit.line.id]
        unseen = visit.standing in (Standing.UNSEEN, Standing.TALKS)
        if unseen or segment.more or segment.waiting_since_ms is None:
            continue
        if segment.waiting_since_ms > visit.started_ms + ROUNDING_MS:
            short_ms = segment.waiting_since_ms - visit.started_ms
            return (
                f"{visit.line.id} shows a wait that is {short_ms:.0f} ms shorter than that of {visit.caller}"
            )
    return None


def a_wait_never_runs_backwards(m: Moment) -> str | None:
    """What is said of a call's wait always has the same beginning, and its stage only rises."""
    if m.notebook.waits_moved:
        return m.notebook.waits_moved[0]
    for visit in m.witness.visits.values():
        entry = m.notebook.open.get(visit.call) if visit.call is not None else None
        if entry is None or entry.started_ms is None:
            continue
        if abs(entry.started_ms - visit.started_ms) > ROUNDING_MS:
            return f"the wait of {visit.caller} is told {entry.started_ms - visit.started_ms:+.0f} ms wrong"
    return None


def every_ring_ends(m: Moment) -> str | None:
    """Every ring ends, by the limit at the latest, and only such rings are ended by us."""
    wanted = m.heard.past_limit | m.heard.refused | m.heard.lingering
    if kept := sorted(wanted - m.ended_rings):
        return f"{kept[0]} is past its limit, over, or beyond the legs there are, and is not ended"
    if early := sorted(m.ended_rings - wanted):
        return f"{early[0]} is ended by us before its limit"
    return None


def every_call_has_one_outcome(m: Moment) -> str | None:
    """Every call gets exactly one outcome, and no call ends without a cause."""
    if m.notebook.twice:
        return m.notebook.twice[0]
    told = {notice.call for notice in m.notebook.ended}
    for visit, outcome, _ in m.heard.ended:
        if visit.call is not None and visit.call not in told:
            return f"{visit.caller} is gone ({outcome.value}) and call {visit.call} has no outcome"
    ended = {visit.call for visit, _, _ in m.heard.ended}
    for notice in m.notebook.ended:
        open_visits = [visit for visit in m.witness.visits.values() if visit.call == notice.call]
        if open_visits and notice.call not in ended:
            return f"call {notice.call} ended ({notice.why}) while {open_visits[0].caller} may wait"
    return None


def the_outcome_is_the_right_one(m: Moment) -> str | None:
    """Where the PBX said enough to know it, the outcome is the right one, and so is the wait."""
    by_call = {notice.call: notice for notice in m.notebook.ended}
    for visit, outcome, ended_ms in m.heard.ended:
        if visit.call is None:
            if visit.line.id not in m.heard.vague_lines and not _told(m, visit.line.id, outcome):
                return f"{visit.caller} is gone ({outcome.value}) and no call on {visit.line.id} says so"
            continue
        notice = by_call.get(visit.call)
        if notice is None:
            continue
        if notice.outcome is not outcome:
            return f"{visit.caller}: {notice.outcome.value}, and the truth is {outcome.value}"
        if abs(notice.wait_ms - (ended_ms - visit.started_ms)) > ROUNDING_MS:
            waited_ms = ended_ms - visit.started_ms
            return f"{visit.caller} waited {waited_ms:.0f} ms, and {notice.wait_ms:.0f} ms are told"
    return None


def a_stage_is_shown_in_time(m: Moment) -> str | None:
    """A stage is shown within 1 ms of its threshold, or at the end of what kept the unit busy."""
    for visit in m.witness.visits.values():
        if visit.is_wanted or visit.standing in (Standing.UNSEEN, Standing.TALKS):
            visit.resumes = True
            continue
        if not m.changed and m.step.now_ms < visit.next_threshold_ms:
            continue
        passed = _passed(visit, m.step.now_ms)
        later = visit.line.thresholds_ms[passed:]
        visit.next_threshold_ms = visit.started_ms + later[0] if later else float("inf")
        segment = m.segments[visit.line.id]
        if segment.fill < passed and not segment.more:
            return (
                f"{visit.line.id} is filled to {segment.fill}; {visit.caller} has passed threshold {passed}"
            )
        if passed > visit.thresholds_passed:
            due_ms = visit.started_ms + visit.line.thresholds_ms[passed - 1]
            visit.thresholds_passed = passed
            late_ms = m.step.idle_ms - due_ms
            is_known = visit not in m.heard.arrived and visit not in m.heard.returned and not visit.resumes
            if late_ms > STAGE_LATE_MS_MAX and is_known:
                return f"threshold {passed} of {visit.caller} is shown {late_ms:.1f} ms late"
        visit.resumes = False
    return None


def the_deadline_lies_ahead(m: Moment) -> str | None:
    """The deadline lies strictly after the instant the board was told."""
    if m.deadline_ms is not None and m.deadline_ms <= m.step.now_ms:
        return f"the deadline lies {m.step.now_ms - m.deadline_ms:.3f} ms back"
    return None


Invariant = Callable[[Moment], str | None]

AT_EVERY_STEP: Final[tuple[Invariant, ...]] = (
    the_deadline_lies_ahead,
    dark_means_nobody_waits,
    lit_means_somebody_may_wait,
    a_stage_is_shown_in_time,
)
"""What time alone can break."""

AT_EVERY_CHANGE: Final[tuple[Invariant, ...]] = (
    a_caller_speaks_with_one_person,
    no_pickup_ends_a_caller,
    whoever_is_kept_may_be_taken,
    whoever_is_sent_on_is_known_again,
    whoever_is_taken_waits,
    every_call_has_one_outcome,
    the_outcome_is_the_right_one,
    a_wait_never_restarts,
    a_wait_never_runs_backwards,
    every_ring_ends,
    *AT_EVERY_STEP,
    a_lost_phone_system_is_shown,
    limits_hold,
    what_is_shown_is_seen_soon,
    nobody_hears_what_was_silenced,
    a_ring_ends_the_lamp_test,
    chirps_keep_apart,
    the_picture_agrees_with_what_was_told,
)
"""All of them. What is left out of a step without a change holds on from the one before. Causes stand before
consequences, so that a failure names its cause."""


def promise_of(invariant: Callable[..., str | None]) -> str:
    """Return the promise that a function looks after: the first line of its docstring."""
    return str(invariant.__doc__).strip().split("\n")[0]


def _passed(visit: Visit, now_ms: float) -> int:
    """How many thresholds this wait has passed at this instant."""
    return sum(visit.started_ms + threshold_ms <= now_ms for threshold_ms in visit.line.thresholds_ms)


def _told(m: Moment, line: LineId, outcome: Outcome) -> bool:
    ended: list[CallEnded] = m.notebook.ended
    return any(notice.line == line and notice.outcome is outcome for notice in ended)
