"""Callers: who calls, how long they wait, how they ring, and what becomes of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from appliance.core.events import Offer
from appliance.core.words import ExtensionId, RingId
from appliance.simulate.dialects import Ending
from appliance.simulate.site import Evidence, Habits


@dataclass(eq=False, slots=True)
class Leg:
    """One INVITE to the unit, as the PBX knows it."""

    ring: RingId
    caller: "Caller"
    extension: ExtensionId
    offer: Offer
    alive: bool = True
    """True while the PBX rings it."""
    ending: Ending | None = None
    """Why the PBX cancelled it; None while it rings, and if it ended in any other way."""
    taken: Callable[[], None] | None = None
    """Told when it is answered, if a unit that has the caller called the group for them."""


class Fate(Enum):
    """What became of a caller in the end: the truth, whatever a board says."""

    REACHED = "reached a person"
    GAVE_UP = "gave up"
    NOT_ANSWERED = "was sent away by the phone system, which nobody answered"
    MACHINE = "spoke with a machine"
    PHONE_SYSTEM_LOST = "was lost by the phone system"
    DROPPED = "was lost in our hands by an engine that ended"
    CUT_OFF = "was cut off by us"


@dataclass(eq=False, slots=True)
class Caller:
    """Somebody who calls a line and waits until a colleague answers, patience ends or the PBX gives up."""

    number_in_story: int
    habits: Habits
    number: str
    """What From says; empty for an anonymous caller."""
    patience_ms: float
    answer_after_ms: float | None
    """When a colleague would answer; None for never."""
    calls_again: int
    """How often this person calls again if not answered."""
    round: int = 0
    """How often the PBX has rung for this caller."""
    waits: bool = True
    """True until the caller has left the line, and our hands: answered, gone, or lost."""
    legs: list[Leg] = field(default_factory=list)
    """The rings that the PBX believes alive."""
    hand: Leg | None = None
    """The leg by which they are in a unit's hands."""
    between: list[Leg] = field(default_factory=list)
    """Legs of units between them and that one, which were not replaced yet."""
    sent_on_count: int = 0
    """How often a unit called the group for them: each is a call of its own to the PBX."""
    people: set[str] = field(default_factory=set)
    """Who speaks with them: never more than one."""
    spoke_with: list[str] = field(default_factory=list)
    """With whom they spoke, one after another."""
    is_served: bool = False
    """True while somebody or something speaks with them; ringback ends it."""
    fate: Fate | None = None

    @property
    def tag(self) -> str:
        """The PBX's tag header, the same on every ring of a call; empty if it sends none."""
        if self.habits.evidence is not Evidence.TAG:
            return ""
        return f"tag-{self.number_in_story}-{self.sent_on_count}"

    def call_id(self, door: int) -> str:
        """Return the Call-ID of this round's ring at that door."""
        branch = 0 if self.habits.evidence is Evidence.CALL_ID else door
        return f"call-{self.number_in_story}-{self.round}-{branch}"

    def __str__(self) -> str:
        """Return how the story names this caller."""
        return f"caller {self.number_in_story}{'' if self.number else ' (anonymous)'}"
