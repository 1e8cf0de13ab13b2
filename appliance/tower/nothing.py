"""The tower that is not there: for a unit that only watches, and for trying a configuration."""

from appliance.core.effects import Sound
from appliance.core.picture import Picture
from appliance.core.words import InstantMs


class NoTower:
    """Shows nothing, plays nothing, never fails."""

    def draw(self, picture: Picture, now_ms: InstantMs) -> InstantMs | None:
        """Show nothing."""
        del picture, now_ms
        return None

    def play(self, sound: Sound) -> None:
        """Stay silent."""

    def tell(self, sentence: str) -> None:
        """Write nothing."""

    def close(self) -> None:
        """Let go of nothing."""
