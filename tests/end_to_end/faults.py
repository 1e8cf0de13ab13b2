"""Whatever goes wrong with a pickup, at the unit that has the caller or at the one that asks for them: the
caller is still there, hears ringback, is shown to both, and is taken by the next press."""

import contextlib
from collections.abc import Iterator
from itertools import count
from typing import Final

from tests.end_to_end.taking_site import (
    CALLER_HZ,
    FRONT_RINGS,
    NO_TRANSFER,
    RINGBACK,
    VOICES,
    Place,
    Site,
)
from tests.peers.program import PATIENT_S, until
from tests.peers.talker import Talker, talker

ROUNDS: Final = 5
"""How often the long form of these stories is told."""

WHO: Final = ("front", "back")
"""The owner of the caller, and a unit that must ask for them."""


@contextlib.contextmanager
def somebody() -> Iterator[Talker]:
    """A caller with a number of their own: whoever was not reached before would be urgent."""
    with talker(CALLER_HZ, f"0301{next(people):03}") as one:
        yield one
        if one.is_connected:
            one.hang_up()


people: Final = count(1)


def place_of(site: Site, who: str) -> Place:
    return site.front if who == "front" else site.back


def rings(site: Site, caller: Talker, dials: str = FRONT_RINGS) -> None:
    """Somebody calls the front, and both towers show it."""
    site.clear()
    caller.dial(site.asterisk.address, dials)
    for place in (site.front, site.back):
        place.desk.shows(main="stage 1")


def a_phone_that_fails(site: Site, caller: Talker, who: str, fault: str) -> None:
    """The desk phone is busy, declines, stays silent or is unplugged: kept, and taken again."""
    ended = len(site.front.outcomes())
    rings(site, caller)
    place = place_of(site, who)
    before = len(place.desk.looks())
    place.phone.is_unplugged = fault == "unplugged"
    place.phone.final = {"busy": "486 Busy Here", "declines": "603 Decline", "silent": ""}.get(
        fault, "200 OK"
    )
    place.press()
    caller.until_connected()
    place.until_showed("failed", since=before)
    caller.until_hears(*RINGBACK)
    for one in (site.front, site.back):
        one.desk.shows(main="stage 1")
    assert site.front.outcomes()[ended:] == []
    # Anyone may take the caller again: here the others do.
    other = site.back if place is site.front else site.front
    other.press()
    caller.until_hears(VOICES["back" if other is site.back else "front"])
    other.phone.until_hears(CALLER_HZ)
    caller.hang_up()
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]


def a_hand_over_that_is_refused(site: Site, caller: Talker, who: str) -> None:
    """The phone system refuses to join them: they speak through the unit that has the caller."""
    ended = len(site.front.outcomes())
    rings(site, caller, NO_TRANSFER)
    place = place_of(site, who)
    place.press()
    for _ in range(6):
        # Each takes 0.4 s: the phone system is asked, and refuses, in the middle of it.
        caller.until_hears(VOICES[who])
        place.phone.until_hears(CALLER_HZ)
    assert site.front.outcomes()[ended:] == []
    place.phone.hang_up()
    caller.until_over()
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]


def a_handset(site: Site, caller: Talker, who: str) -> None:
    """The caller is put on the handset, and its hook ends the conversation."""
    ended = len(site.front.outcomes())
    rings(site, caller)
    speaks_on_the_handset(site, caller, who)
    place_of(site, who).hangs_up()
    caller.until_over()
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]


def a_handset_that_is_in_use(site: Site, caller: Talker, who: str) -> None:
    """A second caller comes while the handset is in use: its unit knows so itself, and asks nobody. Another
    press takes them when it is free."""
    ended = len(site.front.outcomes())
    rings(site, caller)
    speaks_on_the_handset(site, caller, who)
    place = place_of(site, who)
    with somebody() as second:
        second.dial(site.asterisk.address, FRONT_RINGS)
        for one in (site.front, site.back):
            one.desk.shows(main="stage 1")
        before = len(place.desk.looks())
        place.press()
        place.until_showed("failed", since=before)
        place.desk.shows(main="stage 1")
        caller.until_hears(VOICES[who])
        place.hangs_up()
        caller.until_over()
        place.press()
        second.until_hears(VOICES[who])
        second.hang_up()
    assert site.front.until_outcomes(ended + 2)[ended:] == ["answered-here", "answered-here"]


def speaks_on_the_handset(site: Site, caller: Talker, who: str) -> None:
    """A press puts the caller on the handset, and both hear each other."""
    place = place_of(site, who)
    handset = place.handset
    assert handset is not None
    place.press()
    caller.until_hears(VOICES[who])
    until(lambda: handset.hears() == {CALLER_HZ}, PATIENT_S, "the handset hears the caller")
