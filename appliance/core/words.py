"""The words of the core: names of things, measures, and the limits that hold everywhere.

Every limit states why it is that number and what happens to the one beyond it; each has a test.
"""

from enum import StrEnum
from typing import Final, NewType

LineId = NewType("LineId", str)
"""Names a line of the site in the configuration; an id apart from its label."""

ExtensionId = NewType("ExtensionId", str)
"""Names one of the unit's extensions at a PBX."""

RingId = NewType("RingId", str)
"""Names one INVITE to us. The engine makes it from its generation and a counter: never used twice."""

CallId = NewType("CallId", int)
"""Names one caller's attempt on one line, over all its rings. The board counts them up from 1."""

OrderId = NewType("OrderId", int)
"""Counts the orders by which a unit has its callers taken, from 1. Whoever carries them out says with every
word about a caller which order was the last that came: a word that crossed an order is known by that."""

UnitId = NewType("UnitId", str)
"""Names one unit of the site; empty where none is meant."""

CallName = NewType("CallName", str)
"""Names a call on the bus: its owner's boot and call id. Opaque to everybody else."""

TransactionId = NewType("TransactionId", str)
"""Names one request of one unit: asked again after a lost answer, it is the same."""

InstantMs = NewType("InstantMs", float)
"""A reading of the unit's monotonic clock, in milliseconds; only differences have a meaning."""

DurationMs = NewType("DurationMs", float)
"""A length of time in milliseconds."""

NO_ORDER: Final = OrderId(0)
"""What is said of a caller whom nobody was ordered to take."""

NEVER_MS: Final = InstantMs(float("inf"))
"""The instant that never comes: what waits for nothing is due then, so that of several the least is next."""


class Way(StrEnum):
    """How a caller is taken."""

    HANDSET = "handset"
    """Answered on the unit's own sound device."""
    PHONE = "phone"
    """Answered, and the desk phone called on a second leg."""
    REDIRECT = "redirect"
    """302: the phone system rings the desk phone instead of the unit."""
    DIAL = "dial"
    """The desk phone is told to dial the phone system's pickup code; the engine has no part in it."""


class PickupStep(StrEnum):
    """How far the taking of a caller has come. The first five are of a caller in our hands."""

    ANSWERED = "answered"
    """The caller's leg is answered; they hear ringback."""
    RINGING = "ringing"
    """The desk phone rings."""
    JOINED = "joined"
    """A person speaks with the caller, through us."""
    FAILED = "failed"
    """Nobody took the caller, who is still there and hears ringback; or rings on, where the leg was not even
    answered."""
    HANDED_OVER = "handed-over"
    """The phone system joined caller and person; we are out."""
    CALLER_GONE = "caller-gone"
    """The caller hung up before anybody spoke with them, or was a colleague's after all."""
    LEFT = "left"
    """The conversation is over."""
    DROPPED = "dropped"
    """We lost the caller."""


class Button(StrEnum):
    """The buttons of a unit, and its hook switch. A line button says a place on the tower, never a call."""

    LINE_1 = "line-1"
    LINE_2 = "line-2"
    LINE_3 = "line-3"
    LINE_4 = "line-4"
    LINE_5 = "line-5"
    LINE_6 = "line-6"
    LINE_7 = "line-7"
    LINE_8 = "line-8"
    MUTE = "mute"
    AWAY = "away"
    OWED = "owed"
    HOOK = "hook"
    """Pressed while the handset is lifted."""


LINE_BUTTONS: Final = tuple(Button)[:8]
"""The line buttons, in the order of the lines."""

LINES_MAX: Final = 8
"""Lines of a site. A column of pixels that is legible at 10 m holds four lines, and a desk has room for
two columns (IEC 60073 legibility, worked out in hardware/). The configuration refuses a ninth."""

CALLERS_MAX: Final = 32
"""Callers shown at once: four for each of eight lines, more than any front desk can work off.
The 33rd is counted, shown as "and more" on its line, and takes the first place that falls free with the
whole of its wait."""

LEGS_MAX: Final = 128
"""Rings alive at once, over all extensions; every caller of a full board may ring at four extensions.
The 129th INVITE is answered 486 by the engine and told as refused: the PBX keeps that caller."""

PICKUPS_MAX: Final = 8
"""Callers in our hands at once: one for each line button. For the ninth `PickupStep.FAILED` is told, and that
caller rings on. Half of the slots that the SIP stack keeps free hold their second legs."""

QUICKER_WHY: Final = "somebody else was quicker"
"""What `PickupMoved` says of a caller who is gone because a colleague's answer came first."""

CALL_LOST_WHY: Final = "the phone system has lost the call"
"""What `PickupMoved` says of a caller in our hands whose phone system knows the call no more."""

NUMBER_LENGTH_MAX: Final = 64
"""Characters kept of a caller's number, a tag or a header's value. E.164 needs 15; the rest allows for SIP
names. What is longer is cut, for RFC 4475 section 3.1.1.7 shows that strangers send kilobytes."""

NAME_LENGTH_MAX: Final = 64
"""Characters kept of a display name; what is longer is cut."""

STAGES: Final = 3
"""Rungs of the escalation ladder (product: just rang, waiting, past the line's limit). The fill of a segment
has as many steps, so that a step is a stage."""
