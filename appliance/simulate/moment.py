"""One moment of a practice, as the invariants see it: what was told, answered and shown, and what is true."""

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.core.picture import Picture, Segment
from appliance.core.settings import BoardSettings
from appliance.core.words import ExtensionId, InstantMs, LineId, RingId
from appliance.simulate.crowd import Crowd
from appliance.simulate.engine import Engine
from appliance.simulate.notebook import Notebook
from appliance.simulate.shell import Step
from appliance.simulate.visits import Heard
from appliance.simulate.witness import Witness


@dataclass(slots=True)
class Truth:
    """What the PBX and the engine know, and nobody told the board."""

    engine: Engine
    crowd: Crowd
    """Everybody who calls."""
    unclear_until_ms: dict[LineId, float]
    """Until when a ring of this line may stay lit because nobody will ever say that it is over."""
    nobody_since_ms: dict[LineId, float]
    """Since when the PBX has had nobody on a line that is lit."""


@dataclass(slots=True)
class Moment:
    """One step of the shell with everything that is known about it."""

    step: Step
    changed: bool
    """False if the board was told nothing new and answered nothing: then only time can break a promise."""
    heard: Heard
    witness: Witness
    notebook: Notebook
    truth: Truth
    settings: BoardSettings
    serving: Mapping[LineId, tuple[ExtensionId, ...]]
    picture: Picture
    segments: dict[LineId, Segment]
    deadline_ms: InstantMs | None
    ended_rings: set[RingId]
    sounded_at_ms: list[InstantMs]
    """When the tower chirped, now and the time before."""
