"""What must hold of callers who are taken: as in `invariants`."""

from appliance.simulate.callers import Fate
from appliance.simulate.moment import Moment

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
