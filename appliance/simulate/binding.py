"""What a phone system sees of the units: a phone at the end of each binding."""

from typing import Protocol

from appliance.core.events import Reason
from appliance.core.words import LineId
from appliance.simulate.callers import Leg


class Phone(Protocol):
    """What the PBX sees of the unit: a phone at the end of a binding."""

    def invite(self, leg: Leg, generation: int) -> bool:
        """Take an INVITE that was sent to the contact of this engine; return False if it is declined."""
        ...

    def unclear(self, line: LineId) -> None:
        """Take note that nobody will ever tell the end of a ring of this line."""
        ...

    def cancel(self, leg: Leg, reasons: tuple[Reason, ...]) -> None:
        """Take a CANCEL."""
        ...

    def bye(self, leg: Leg) -> None:
        """Take the end of a caller's leg that was answered."""
        ...
