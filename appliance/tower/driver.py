"""What every driver can do. A new kind of tower is a class with these methods and a row in `drivers`."""

from typing import Protocol

from appliance.core.effects import Sound
from appliance.core.picture import Picture
from appliance.core.words import InstantMs


class Driver(Protocol):
    """A tower that is open. One thread calls it (`writer`); it may block or raise.

    Whatever it raises is shown as a fault; it is then closed, and opened again after a while.
    """

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        """Show this picture as of this instant; return when to be called again for it, or None for never.

        It is called at once for a new picture, after a sound or a sentence, and when its own instant comes.
        """
        ...

    def play(self, sound: Sound) -> None:
        """Play this chirp, now."""
        ...

    def tell(self, sentence: str) -> None:
        """Take a plain sentence about what happened, if this tower can write."""
        ...

    def close(self) -> None:
        """Let go of everything. The picture of the shutdown was drawn before."""
        ...
