"""What a site file says, as plain frozen data: the lines and the units of one place of business."""

from dataclasses import dataclass

from appliance.core.settings import SiteUnit


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A line that every unit shows, whether or not it rings there."""

    id: str
    label: str
    position: int
    """Its place on every tower, counted from 1; there are no two lines at one."""
    colour: str
    """What people call it by on labels and screens; empty for none. It repeats what the position says."""


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A whole site file that was accepted."""

    revision: int
    """Grows with each change: of two files, the one with the greater revision holds."""
    lines: tuple[SiteLine, ...]
    """In the order of their positions."""
    units: tuple[SiteUnit, ...]
    text: str
    """The file as it was written, comments and all: this is what travels."""
