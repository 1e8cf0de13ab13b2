"""What may go wrong in a practice. Each seed switches every kind on or off by itself.

Kinds that are always on together hide each other: a practice in which the engine dies every minute never
reaches a queue's fifth round. With each kind off in half of the seeds, every combination has its turn.
"""

from dataclasses import dataclass, fields
from typing import Final

from appliance.simulate.dice import Dice

_CROWDS: Final = {"bursts": 0.25, "floods": 0.03}


@dataclass(frozen=True, slots=True)
class Faults:
    """The kinds of fault, each with the sentence that the story prints for it."""

    lost_starts: bool = False
    """The engine's message that a ring started is lost, one in six."""
    lost_ends: bool = False
    """The engine's message that a ring ended is lost, one in six."""
    doubled_messages: bool = False
    """The engine's messages arrive twice, one in six."""
    late_messages: bool = False
    """The engine's messages take up to 0.3 s, in order."""
    slow_steps: bool = False
    """Effects take up to 0.4 s to hand out: the clock moves inside a step."""
    engine_deaths: bool = False
    """The engine is killed."""
    silent_engines: bool = False
    """The engine hangs: it lives and says nothing, until it is taken for lost."""
    pbx_restarts: bool = False
    """The PBX cancels everything, goes away and comes back."""
    pbx_kills: bool = False
    """The PBX is gone without a word."""
    lost_registrations: bool = False
    """The PBX refuses an extension for a while, or stops answering it."""
    refused_senders: bool = False
    """Strangers send INVITEs, and adapters raise faults of their own."""
    stuck_rings: bool = False
    """The engine never notices a CANCEL: the ring stays until its limit."""
    failed_rings: bool = False
    """The engine loses a leg by itself."""
    lost_moves: bool = False
    """The engine's message that the taking of a caller came further is lost, one in six."""
    deaths_in_hand: bool = False
    """The engine is killed while it takes somebody, after any step."""
    bad_phones: bool = False
    """The phones that are called for callers are busy, dead, slow or declined, or a voicemail answers."""
    bad_transfers: bool = False
    """The phone system refuses a hand-over, keeps silent, lies about it or loses the phone."""
    pressed_buttons: bool = False
    """Staff press buttons: now and then late, ten in a second, or one that jams."""
    impatient_staff: bool = False
    """Staff press the button of a line on which somebody waits: twice, in a queue's gap, as the caller gives
    up or as a colleague answers."""
    bursts: bool = False
    """More callers at once than a tower can show."""
    floods: bool = False
    """More rings at once than there are legs."""

    @classmethod
    def swarm(cls, dice: Dice) -> "Faults":
        """Switch each kind on or off; crowds are dear in time, and rarer."""
        return cls(**{kind.name: dice.chance(_CROWDS.get(kind.name, 0.5)) for kind in fields(cls)})

    def names(self) -> tuple[str, ...]:
        """Return the kinds that are on, in words."""
        return _switched_on(self)


@dataclass(frozen=True, slots=True)
class BusFaults:
    """What may go wrong between the units of a site, each kind switched on or off by the seed."""

    late_messages: bool = False
    """One message in six takes up to 1.5 s, and so do those behind it."""
    doubled_messages: bool = False
    """One message in six comes twice."""
    cut_cables: bool = False
    """A unit and the broker do not reach each other for a while."""
    broker_restarts: bool = False
    """The broker is killed, and comes back empty."""
    frozen_units: bool = False
    """A unit stops for a while, and goes on with all that it missed."""
    power_cuts: bool = False
    """The power of a unit is cut, and comes back: the unit starts again, and knows nobody."""
    stopped_units: bool = False
    """A unit is told to stop, with callers in its hands as it may be, and started again."""

    @classmethod
    def swarm(cls, dice: Dice) -> "BusFaults":
        """Switch each kind on or off."""
        return cls(*(dice.chance(0.5) for _ in fields(cls)))

    def names(self) -> tuple[str, ...]:
        """Return the kinds that are on, in words."""
        return tuple(f"bus: {name}" for name in _switched_on(self))


def _switched_on(faults: Faults | BusFaults) -> tuple[str, ...]:
    return tuple(kind.name.replace("_", " ") for kind in fields(faults) if getattr(faults, kind.name))
