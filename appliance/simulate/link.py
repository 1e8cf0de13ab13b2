"""The socket between an engine and its unit, and what the unit makes of it (`sip/hearing.py`, the real one).

Messages arrive in order, may be late, may come twice, and three kinds may be lost: then the engine knows, as
where a full socket swallows one. The beat each second is never lost: it is what heals the rest.
"""

from collections.abc import Callable
from typing import Final

from appliance.core.events import EngineSilent, EngineStarted, Event
from appliance.core.words import DurationMs, InstantMs
from appliance.simulate.agenda import Agenda
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.sip.hearing import Hearing
from appliance.sip.protocol import Moved, Rang, RingOver, ToUnit

LATE_MS_MAX: Final = DurationMs(300)
"""How late a message of the engine comes at most."""

ONE_IN_SIX: Final = 1 / 6
"""How often a message meets the fault that its practice has switched on."""


class Link:
    """Carries what one engine after another says."""

    def __init__(
        self,
        faults: Faults,
        agenda: Agenda,
        dice: Dice,
        say: Callable[[str], None],
        post: Callable[[Event], None],
    ) -> None:
        """Be ready; `say` adds a sentence to the story, `post` puts an event into the unit's inbox."""
        self._faults = faults
        self._agenda = agenda
        self._dice = dice
        self._say = say
        self._post = post
        self._hearing = Hearing()
        self._free_ms = InstantMs(0)

    def begin(self) -> None:
        """A new engine answers."""
        self._hearing = Hearing()
        self.tell(EngineStarted(), "a new engine answers")

    def doubt(self) -> None:
        """The engine says nothing, and has callers in its hands."""
        self.tell(EngineSilent("it says nothing"), "the engine is in doubt")

    def tell(self, event: Event, sentence: str) -> None:
        """Tell the unit, in its turn, what is no message of the engine's."""
        self._say(sentence)
        self._later(lambda: self._post(event))

    def send(self, message: ToUnit) -> bool:
        """Send a message of the engine to the unit; return whether the socket took it."""
        sentence, may_be_lost = self._words(message)
        if may_be_lost and self._dice.chance(ONE_IN_SIX):
            self._say(f"{sentence}, and the message is lost")
            return False
        if sentence:
            self._say(sentence)
        hearing, twice = self._hearing, self._faults.doubled_messages and self._dice.chance(ONE_IN_SIX)

        def arrive() -> None:
            for event in hearing.take(message, self._agenda.now_ms):
                self._post(event)

        for _ in range(1 + twice):
            self._later(arrive)
        return True

    def _words(self, message: ToUnit) -> tuple[str, bool]:
        """Return what the story says of a message, and whether it may be lost."""
        match message:
            case Rang(offer):
                return f"ring {offer.ring} started", self._faults.lost_starts
            case RingOver(ring, True, reasons):
                said = ", ".join(f"{one.protocol} {one.cause}" for one in reasons) or "no reason"
                return f"ring {ring} was cancelled ({said})", self._faults.lost_ends
            case RingOver(ring):
                return f"ring {ring} was lost", self._faults.lost_ends
            case Moved(ring, step, why):
                return f"pickup of {ring}: {step.value}{f' ({why})' if why else ''}", self._faults.lost_moves
            case _:
                return "", False

    def _later(self, arrive: Callable[[], None]) -> None:
        """Have something arrive at the unit after all that was sent before."""
        late = self._faults.late_messages
        late_ms = self._dice.often_little(0, LATE_MS_MAX) if late else self._dice.between(0, 1)
        self._free_ms = InstantMs(max(self._agenda.now_ms + late_ms, self._free_ms))
        self._agenda.at(self._free_ms, arrive)
