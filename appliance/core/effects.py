"""What to do: everything the board ever asks for. A closed union of frozen imperatives."""

from dataclasses import dataclass
from enum import StrEnum

from appliance.core.notices import Notice
from appliance.core.picture import Picture
from appliance.core.words import RingId


class Sound(StrEnum):
    """The chirps of the tower. Each is shorter than a second; the driver knows how it plays them."""

    ARRIVED = "arrived"
    WAITING = "waiting"
    URGENT = "urgent"


@dataclass(frozen=True, slots=True)
class ShowPicture:
    """Show this from now on; it replaces the one before, whole."""

    picture: Picture


@dataclass(frozen=True, slots=True)
class PlaySound:
    """Play this chirp once, now or never: a sound that comes late is worse than none."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell this notice to the log and to whoever listens."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class EndRing:
    """Let the engine answer this ring 480 (never 6xx): it rang past the line's limit."""

    ring: RingId


Effect = ShowPicture | PlaySound | Tell | EndRing
