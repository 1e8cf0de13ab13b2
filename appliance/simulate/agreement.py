"""What must hold between the units of a site, looked at every second of a practice.

Each function returns None, or says in a sentence what broke; the first line of its docstring is the promise.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from appliance.core.bus_events import NeighbourState
from appliance.core.calls import CallState
from appliance.core.neighbours import RETOLD_MS_MAX, WAIT_JITTER_MS
from appliance.core.picture import LIVE, Segment, Showing
from appliance.core.view import BoardView
from appliance.core.words import InstantMs, LineId, UnitId
from appliance.simulate import invariants as of_one
from appliance.simulate.broker import LATE_BOTH_WAYS_MS
from appliance.simulate.callers import Caller
from appliance.simulate.judge import Promises
from appliance.simulate.moment import Moment
from appliance.simulate.shown import (
    a_lost_phone_system_is_shown,
    limits_hold,
    what_is_shown_is_seen_soon,
)
from appliance.simulate.sounds import a_ring_ends_the_lamp_test, chirps_keep_apart
from appliance.simulate.taking import (
    a_caller_speaks_with_one_person,
    no_pickup_ends_a_caller,
    whoever_is_kept_may_be_taken,
    whoever_is_sent_on_is_known_again,
    whoever_is_taken_waits,
)
from appliance.simulate.visits import Standing, Visit

UNSURE_WITHIN_MS: Final = 25_000
"""Within which time a unit that is frozen or unplugged shows elsewhere (facts of MQTT)."""

SETTLE_MS: Final = LATE_BOTH_WAYS_MS + of_one.GRACE_MS + 1_000
"""How long a word takes from one unit's engine to another's tower, if all that is late is late at once."""

QUIET_MS: Final = RETOLD_MS_MAX + SETTLE_MS
"""After how long without a cut cable, a frozen unit or a broker that restarts all is as it should be: a unit
that was missed has said again who waits."""

WAIT_TOLERANCE_MS: Final = WAIT_JITTER_MS + LATE_BOTH_WAYS_MS + 1_000
"""By how much the wait of one caller may differ between two towers: an age does not grow on its way, the
broker counts whole seconds, and what is below the jitter is not corrected."""

LIT: Final = LIVE | {Showing.UNSURE}
"""What a line shows while somebody may wait."""

_TALKS: Final = (CallState.TAKEN, NeighbourState.TAKEN)

OWN_RINGS: Final = "Nothing that another unit says ends a call that rings here."
SENT_ON_FIRST: Final = (
    "A unit that is told to stop ends when nobody speaks through it, and whoever it keeps was sent on first"
    " and not taken there; or after 20 s."
)
ALL_DARK: Final = "At the end of the day every tower of the site is dark."


def fill_follows_the_wait(m: Moment) -> str | None:
    """Fill is never below what the longest wait of the unit's own callers has reached."""
    for visit in m.witness.visits.values():
        segment, waited_ms = m.segments[visit.line.id], m.step.now_ms - visit.started_ms
        passed = sum(threshold_ms <= waited_ms for threshold_ms in visit.line.thresholds_ms)
        unseen = visit.is_wanted or visit.standing in (Standing.UNSEEN, Standing.TALKS)
        if not unseen and segment.fill < passed and not segment.more:
            return f"{visit.line.id} is filled to {segment.fill}; {visit.caller} has passed {passed}"
    return None


ON_EACH_BOARD: Final = Promises(
    at_every_step=(
        of_one.the_deadline_lies_ahead,
        of_one.dark_means_nobody_waits,
        fill_follows_the_wait,
    ),
    at_every_change=(
        a_caller_speaks_with_one_person,
        no_pickup_ends_a_caller,
        whoever_is_kept_may_be_taken,
        whoever_is_sent_on_is_known_again,
        whoever_is_taken_waits,
        of_one.every_call_has_one_outcome,
        of_one.every_ring_ends,
        of_one.the_deadline_lies_ahead,
        of_one.dark_means_nobody_waits,
        fill_follows_the_wait,
        a_lost_phone_system_is_shown,
        limits_hold,
        what_is_shown_is_seen_soon,
        a_ring_ends_the_lamp_test,
        chirps_keep_apart,
    ),
)
"""What holds of a board whoever else is there: the others speak of waits and callers, which units share."""


@dataclass(frozen=True, slots=True)
class Look:
    """One unit at one instant."""

    name: UnitId
    view: BoardView
    segments: Mapping[LineId, Segment]
    visits: tuple[Visit, ...]
    """Those of its own callers who can be told apart."""
    own_count: Mapping[LineId, int]
    """How many calls of its own it has told of, on each line, whose callers speak with nobody."""
    since_ms: Mapping[LineId, InstantMs]
    """Since when somebody waits, as each line shows it, in the practice's time; infinite for nobody."""
    begun_ms: Mapping[Visit, InstantMs]
    """When each visit began, in the practice's time."""
    changed_ms: Mapping[LineId, InstantMs]
    """When each line last looked different, or the unit said another thing of it."""
    in_touch_ms: float
    """For how long it has had a broker and was not frozen; 0 if it has not."""

    def count(self, line: LineId) -> int:
        """Return how many callers it shows on a line who speak with nobody, of the whole site."""
        own = sum(call.line == line and call.state is not CallState.TAKEN for call in self.view.calls)
        return own + sum(one.line == line for one in self.view.elsewhere if one.state not in _TALKS)

    def kind(self, line: LineId) -> str:
        """Return what a line shows, as far as all units must agree on it."""
        showing = self.segments[line].showing
        if showing in (Showing.URGENT, Showing.WAITING):
            return "waiting"
        # Whoever speaks with a person waits no more; only the unit that has them shows them, and beside them
        # whoever waits for sure.
        if showing is Showing.TAKEN and self.count(line):
            return "unsure"
        return showing.name.lower() if showing in LIT - {Showing.TAKEN} else "nobody"


@dataclass(frozen=True, slots=True)
class Missed:
    """A caller who rings at a unit that is out of touch, as one that knew of the ring sees it."""

    caller: Caller
    owner: str
    watcher: Look
    silent_ms: float
    """For how long the owner has been out of touch."""

    @property
    def line(self) -> LineId:
        """The line that must not be dark."""
        return self.caller.habits.line.id

    def __str__(self) -> str:
        """Return who is missed, and where."""
        return f"{self.caller} rings at {self.owner}, out of touch for {self.silent_ms / 1000:.1f} s"


@dataclass(frozen=True, slots=True)
class SiteMoment:
    """The whole site at one instant."""

    now_ms: InstantMs
    quiet_ms: float
    """For how long nothing between the units went wrong."""
    looks: tuple[Look, ...]
    missed: tuple[Missed, ...]
    has_key: bool

    @property
    def is_quiet(self) -> bool:
        """True if all units know what they ever will."""
        return self.quiet_ms >= QUIET_MS

    def still_lines(self) -> list[LineId]:
        """Return the lines on which nothing has changed for long enough that all units know of it."""
        lines = self.looks[0].segments
        still_ms = self.now_ms - SETTLE_MS
        return [line for line in lines if all(one.changed_ms[line] < still_ms for one in self.looks)]


def all_boards_agree(m: SiteMoment) -> str | None:
    """After quiet time all boards agree on who waits, and for how long."""
    if not m.is_quiet:
        return None
    first, *others = m.looks
    for line in m.still_lines():
        for other in others:
            if (first.kind(line), first.count(line)) != (other.kind(line), other.count(line)):
                return (
                    f"on {line} {first.name} shows {first.count(line)} ({first.kind(line)}) and"
                    f" {other.name} {other.count(line)} ({other.kind(line)})"
                )
            if first.kind(line) in ("waiting", "held"):
                apart_ms = abs(first.since_ms[line] - other.since_ms[line])
                if apart_ms > WAIT_TOLERANCE_MS:
                    return f"the waits on {line} at {first.name} and {other.name} differ by {apart_ms:.0f} ms"
    return None


def a_caller_is_shown_once(m: SiteMoment) -> str | None:
    """A caller whom several units see is shown once, and with the longest wait."""
    if not (m.is_quiet and m.has_key):
        return None
    for line in m.still_lines():
        visits = [(look, visit) for look in m.looks for visit in look.visits if visit.line.id == line]
        clear = all(
            look.own_count[line] == sum(visit.line.id == line for visit in look.visits) for look in m.looks
        )
        if not visits or not clear or any(visit.standing is Standing.UNSEEN for _, visit in visits):
            continue
        numbers = {visit.caller.number for _, visit in visits}
        callers = {visit.caller for _, visit in visits}
        if len(numbers) < len(callers) or "" in numbers:
            continue
        longest_ms = min(look.begun_ms[visit] for look, visit in visits)
        for look in m.looks:
            if look.count(line) != len(callers):
                return f"{look.name} shows {look.count(line)} callers on {line}, and {len(callers)} wait"
            if look.since_ms[line] > longest_ms + WAIT_TOLERANCE_MS:
                short_ms = look.since_ms[line] - longest_ms
                return f"{look.name} shows a wait on {line} that is {short_ms:.0f} ms too short"
    return None


def nobody_is_merged_away(m: SiteMoment) -> str | None:
    """A line shows at least as many callers as the unit that sees most: two who are anonymous stay two."""
    if not m.is_quiet:
        return None
    for line in m.still_lines():
        most = max(m.looks, key=lambda look: look.own_count[line])
        for look in m.looks:
            if look.count(line) < most.own_count[line]:
                return (
                    f"{look.name} shows {look.count(line)} callers on {line}, and {most.name} sees"
                    f" {most.own_count[line]}"
                )
    return None


def nobody_goes_dark(m: SiteMoment) -> str | None:
    """Whoever was shown everywhere stays lit everywhere while they ring, though their unit falls silent."""
    for missed in m.missed:
        segment = missed.watcher.segments[missed.line]
        if missed.watcher.kind(missed.line) == "nobody" and not segment.more:
            return f"{missed}, and {missed.line} is dark at {missed.watcher.name}"
    return None


def a_silent_units_callers_are_unsure(m: SiteMoment) -> str | None:
    """A unit that is silent for 25 s has its callers shown as unsure where nobody else sees anybody."""
    for missed in m.missed:
        kind = missed.watcher.kind(missed.line)
        seen = any(
            look.own_count[missed.line] for look in m.looks if look.in_touch_ms or look is missed.watcher
        )
        if missed.silent_ms > UNSURE_WITHIN_MS and not seen and kind != "unsure":
            return f"{missed}, and {missed.watcher.name} shows {missed.line} as {kind}"
    return None


SiteInvariant = Callable[[SiteMoment], str | None]

OF_A_SITE: Final[tuple[SiteInvariant, ...]] = (
    nobody_goes_dark,
    a_silent_units_callers_are_unsure,
    nobody_is_merged_away,
    a_caller_is_shown_once,
    all_boards_agree,
)
"""Causes stand before consequences, so that a failure names its cause."""
