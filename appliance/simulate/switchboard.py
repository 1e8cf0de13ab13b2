"""What the phone systems of a site see of it."""

from appliance.core.events import Reason
from appliance.core.words import ExtensionId, LineId
from appliance.simulate.callers import Leg
from appliance.simulate.unit import Unit


class Switchboard:
    """What the phone systems of a site see of it: each extension rings at its unit."""

    def __init__(self, unit_of: dict[ExtensionId, Unit]) -> None:
        """Know which unit each extension belongs to."""
        self._unit_of = unit_of

    def invite(self, leg: Leg, generation: int) -> bool:
        """Take an INVITE to the unit whose extension it rings."""
        return self._unit_of[leg.extension].engine.invite(leg, generation)

    def unclear(self, line: LineId) -> None:
        """Take note, at every unit, that nobody will ever tell the end of a ring of this line."""
        for unit in self._unit_of.values():
            unit.engine.unclear(line)

    def cancel(self, leg: Leg, reasons: tuple[Reason, ...]) -> None:
        """Take a CANCEL."""
        self._unit_of[leg.extension].engine.cancel(leg, reasons)

    def bye(self, leg: Leg) -> None:
        """Take the end of a caller's leg that was answered."""
        self._unit_of[leg.extension].engine.bye(leg)
