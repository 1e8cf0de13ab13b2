"""What PBXes say when they cancel a ring, as it was measured, and what a careful reader may conclude.

The conclusions stand here a second time, apart from `core/endings.py` and written from the measurements: a
simulation that asked the code under test for the truth would find it right.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from appliance.core.events import Reason
from appliance.core.notices import Outcome
from appliance.core.settings import CancelMeaning


class Ending(Enum):
    """Why the PBX ended a ring: the truth that its CANCEL may or may not tell."""

    ANSWERED = "a colleague answered"
    GAVE_UP = "the caller gave up"
    RANG_OUT = "the ring time was over"
    RESTARTED = "the PBX restarted"


@dataclass(frozen=True, slots=True)
class Said:
    """The forms in which one PBX says an ending, and the outcome that they prove on a line without queue."""

    forms: tuple[tuple[Reason, ...], ...]
    proves: Outcome


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one kind of PBX talks."""

    name: str
    meaning: CancelMeaning
    in_group: Mapping[Ending, Said]
    """What it says on a line that rings a group."""
    in_queue: Mapping[Ending, Said]
    """What it says on a line that has a queue."""

    def said(self, ending: Ending, queue: bool) -> Said:
        """Return how this ending is said on a line with or without a queue."""
        return (self.in_queue if queue else self.in_group)[ending]


_ELSEWHERE: Final = Reason("SIP", 200, "Call completed elsewhere")
_ANSWERED: Final = Outcome.ANSWERED_ELSEWHERE
_ABANDONED: Final = Outcome.ABANDONED
_UNKNOWN: Final = Outcome.UNKNOWN


def _q850(*causes: int) -> tuple[tuple[Reason, ...], ...]:
    return tuple((Reason("Q.850", cause),) for cause in causes)


_BOTH_ORDERS: Final = (
    (_ELSEWHERE, Reason("Q.850", 26)),
    (Reason("Q.850", 26), _ELSEWHERE),
)
_NOBODY_SAYS: Final = _q850(0)
_RESTART: Final = Said(_q850(16), _ABANDONED)
"""A PBX that restarts says what it says for a caller who hung up: the two cannot be told apart."""

_ASTERISK_GROUP: Final = {
    Ending.ANSWERED: Said(_BOTH_ORDERS, _ANSWERED),
    Ending.GAVE_UP: Said(_q850(127, 16, 17, 21), _ABANDONED),
    Ending.RANG_OUT: Said(_NOBODY_SAYS, _UNKNOWN),
    Ending.RESTARTED: _RESTART,
}
_ASTERISK_QUEUE: Final = {
    Ending.ANSWERED: Said(_BOTH_ORDERS, _ANSWERED),
    Ending.GAVE_UP: Said(_NOBODY_SAYS, _ABANDONED),
    Ending.RANG_OUT: Said(_NOBODY_SAYS, _ABANDONED),
    Ending.RESTARTED: _RESTART,
}
_FREEPBX_QUEUE: Final = {
    Ending.ANSWERED: Said(_BOTH_ORDERS, _ANSWERED),
    Ending.GAVE_UP: Said(_q850(16), _ABANDONED),
    Ending.RANG_OUT: Said(_q850(16), _ABANDONED),
    Ending.RESTARTED: _RESTART,
}
_ALWAYS: Final = Said((((_ELSEWHERE,)), *_BOTH_ORDERS), _UNKNOWN)
_FREESWITCH: Final = {
    Ending.ANSWERED: Said(((Reason("SIP", 200, "Call completed elsewhere"),),), _ANSWERED),
    Ending.GAVE_UP: Said(((Reason("SIP", 487, "ORIGINATOR_CANCEL"),),), _ABANDONED),
    Ending.RANG_OUT: Said(((Reason("Q.850", 19, "NO_ANSWER"),),), _UNKNOWN),
    Ending.RESTARTED: _RESTART,
}
_KAMAILIO: Final = {
    Ending.ANSWERED: Said(((Reason("SIP", 200, "Call completed elsewhere"),),), _ANSWERED),
    Ending.GAVE_UP: Said(((),), _ABANDONED),
    Ending.RANG_OUT: Said(((),), _ABANDONED),
    Ending.RESTARTED: _RESTART,
}


def _of_queue(group: Mapping[Ending, Said]) -> dict[Ending, Said]:
    """In a queue a ring that ended without an answer proves nothing until the hold time is over: then it
    proves that the caller left."""
    return {
        ending: said if said.proves is _ANSWERED else Said(said.forms, _ABANDONED)
        for ending, said in group.items()
    }


DIALECTS: Final = (
    Dialect("Asterisk", CancelMeaning.NORMAL, _ASTERISK_GROUP, _ASTERISK_QUEUE),
    Dialect(
        "FreePBX as installed",
        CancelMeaning.FREEPBX_DEFAULT,
        {**_ASTERISK_GROUP, Ending.ANSWERED: Said(_q850(19), _ANSWERED)},
        _FREEPBX_QUEUE,
    ),
    Dialect(
        "PBX that marks every cancel",
        CancelMeaning.ALWAYS,
        dict.fromkeys(Ending, _ALWAYS),
        dict.fromkeys(Ending, _ALWAYS),
    ),
    Dialect("FreeSWITCH", CancelMeaning.NORMAL, _FREESWITCH, _of_queue(_FREESWITCH)),
    Dialect("Kamailio", CancelMeaning.NORMAL, _KAMAILIO, _of_queue(_KAMAILIO)),
)
"""Every dialect there is a measurement of."""


def dialects_of(meaning: CancelMeaning) -> tuple[Dialect, ...]:
    """Return the dialects that a PBX declared with this meaning may talk."""
    return tuple(dialect for dialect in DIALECTS if dialect.meaning is meaning)
