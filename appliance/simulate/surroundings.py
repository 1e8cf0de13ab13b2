"""What is around a simulated unit: what all units share, and its own clock, log and voice in the story."""

from dataclasses import dataclass

from appliance.core.words import InstantMs, RingId
from appliance.log import Log, Severity, Value
from appliance.simulate.agenda import Agenda, UnitTime
from appliance.simulate.broker import Broker
from appliance.simulate.callers import Leg
from appliance.simulate.crowd import Crowd
from appliance.simulate.dice import Dice
from appliance.simulate.phones import Phones
from appliance.simulate.story import Story


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all units of a site share."""

    agenda: Agenda
    dice: Dice
    story: Story
    broker: Broker
    legs: dict[RingId, Leg]
    crowd: Crowd
    phones: Phones


class Time:
    """A unit's clock, as the bus wants it."""

    def __init__(self, time: UnitTime) -> None:
        self._time = time

    def now_ms(self) -> InstantMs:
        """Return the instant by this unit's clock."""
        return self._time.now_ms


class StrictLog(Log):
    """Takes no word of anything refused: no unit of ours says what another one refuses."""

    def __init__(self) -> None:
        """Write nothing, and need no thread for that."""

    def say(self, event: str, severity: Severity = Severity.INFO, **fields: Value) -> None:  # noqa: ARG002
        """Raise: what is refused is a defect of ours."""
        # People who drum on a button ask too often, and that is for them to see.
        if fields.get("why") != "asked too often":
            raise AssertionError(f"{event}: {fields}")


class UnitStory(Story):
    """The story with the unit's name before each sentence, told by the practice's own time."""

    def __init__(self, story: Story, time: UnitTime, name: str) -> None:
        super().__init__(0)
        self.kept = story.kept
        self._story, self._time, self._name = story, time, name

    def tell(self, instant_ms: InstantMs, sentence: str) -> None:
        """Add a sentence; the instant is one of the unit's clock."""
        self._story.tell(self._time.shared_ms(instant_ms), f"{self._name}: {sentence}")
