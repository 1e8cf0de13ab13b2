"""What the buttons of a unit do, and what their lamps say."""

from dataclasses import dataclass
from typing import Final

from appliance.core.panel import HOLD_MUTE_MS
from appliance.core.settings import BoardSettings
from appliance.legend.situations import span


@dataclass(frozen=True, slots=True)
class ButtonWords:
    """One button, or all of a kind."""

    name: str
    presses: tuple[tuple[str, str], ...]
    """How it is pressed, and what that does."""
    lit: str = ""
    """What its lamp means while it is lit; empty if it is never lit but to answer."""


def buttons_of_unit(board: BoardSettings) -> tuple[ButtonWords, ...]:
    """Return the buttons of a unit in the order in which people learn them."""
    nothing = (("press", "Nothing yet: its lamp blinks once."),)
    return (
        ButtonWords(
            "mute",
            (
                ("press", "No sound for the callers who wait now. A new caller sounds again."),
                (f"hold {span(HOLD_MUTE_MS)}", "While nobody waits: the lamp test."),
            ),
            "No sound for those who wait.",
        ),
        ButtonWords(
            "away",
            (
                ("press", f"No sound here for {span(board.away_ms)}."),
                ("press again", "Sound is back at once."),
            ),
            "No sound here.",
        ),
        ButtonWords("line buttons, owed", nothing),
    )


EVERY_PRESS: Final = (
    "Every press is answered by one blink of the button's lamp. No button ever darkens the tower."
)
