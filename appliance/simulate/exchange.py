"""What the callers in an engine's hands need of it."""

from typing import Protocol

from appliance.core.events import PickupMoved
from appliance.simulate.callers import Leg
from appliance.simulate.pbx import Pbx


class Exchange(Protocol):
    """What the hands need of their engine."""

    @property
    def healthy(self) -> bool:
        """True while the engine lives and speaks."""
        ...

    def pbx_of(self, leg: Leg) -> Pbx:
        """Return the phone system at which the leg is."""
        ...

    def redirect(self, leg: Leg) -> None:
        """Send the 302."""
        ...

    def moved(self, event: PickupMoved) -> None:
        """Tell the unit."""
        ...

    def left(self, leg: Leg) -> None:
        """The caller is no longer in our hands, and their ring is over."""
        ...

    def put_back(self) -> None:
        """The person at the handset puts it back."""
        ...

    def say(self, sentence: str) -> None:
        """Add a sentence to the story."""
        ...
