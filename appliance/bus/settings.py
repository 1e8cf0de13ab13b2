"""What the bus must know, as plain frozen data: it is handed from the configuration to the unit."""

from dataclasses import dataclass, field
from enum import StrEnum


class CallerShown(StrEnum):
    """How much of a caller's number goes into the events of the bus."""

    NONE = "none"
    LAST4 = "last4"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class BusSettings:
    """The broker, and who we are to it."""

    broker: str
    """A host name, or an address."""
    port: int
    ca_file: str
    """The authority that signed the broker's certificate; empty for the system's."""
    site: str
    unit: str
    """Names the unit, and is its user name at the broker."""
    password: str = field(repr=False)
    caller: CallerShown = CallerShown.NONE
