"""What must hold of callers who are taken: as in `invariants`."""

from appliance.core.lamps import LampLook
from appliance.core.words import Way
from appliance.simulate.callers import Fate
from appliance.simulate.moment import Moment
from appliance.simulate.visits import Standing

TAKEABLE = ("ringing", "held", "kept")
"""Where a caller is who may be taken."""


def a_caller_speaks_with_one_person(m: Moment) -> str | None:
    """A caller is connected to at most one person."""
    for held in m.truth.engine.held.all.values():
        if len(held.leg.caller.people) > 1:
            return f"{held.leg.caller} speaks with {' and '.join(sorted(held.leg.caller.people))}"
    return None


def no_pickup_ends_a_caller(m: Moment) -> str | None:
    """A pickup that failed never ends a caller."""
    for pbx in m.truth.engine.pbxes:
        if pbx.cut_off:
            return f"{pbx.cut_off[0]} {Fate.CUT_OFF.value}, and nobody had spoken with them"
    return None


def whoever_is_taken_waits(m: Moment) -> str | None:
    """Whoever is taken was waiting, and nobody else was taking them."""
    for entry, before in m.notebook.wanted:
        is_free = before.by is None or (before.is_armed and before.by == entry.by)
        if before.state not in TAKEABLE or not is_free:
            taken = "" if before.by is None else f", and taken for {before.by or 'us'}"
            return f"call {entry.call} is taken, and it was {before.state}{taken}"
    return None


def whoever_is_sent_on_is_known_again(m: Moment) -> str | None:
    """Whoever is sent on and rings here again is one caller, who waits on."""
    for visit in m.heard.again:
        line = visit.line.id
        news = sum(entry.line == line for entry in m.notebook.arrived)
        if line not in m.heard.vague_lines and news > sum(one.line.id == line for one in m.heard.arrived):
            return f"{visit.caller} was sent on and rings here again, as somebody else"
    return None


def whoever_is_kept_may_be_taken(m: Moment) -> str | None:
    """Whoever is kept in our hands may be taken: the lamp says so."""
    if m.settings.pickup.way in (None, Way.HANDSET) or m.notebook.is_stopping:
        return None
    lamps = dict(zip(m.segments, m.picture.lamps, strict=False))
    for visit in m.witness.visits.values():
        entry = None if visit.call is None else m.notebook.open.get(visit.call)
        if entry is None or entry.by is not None or visit.standing is not Standing.IN_HAND:
            continue
        look = lamps[entry.line].look
        if look in (LampLook.STEADY, LampLook.OFF):
            return f"{visit.caller} is kept, and the lamp of {entry.line} is {look.name.lower()}"
    return None
