"""What the buttons of a unit do, and what their lamps say."""

from dataclasses import dataclass
from typing import Final

from appliance.core.panel import HOLD_MUTE_MS
from appliance.core.settings import BoardSettings
from appliance.core.words import LINE_BUTTONS, Button
from appliance.legend.faces import Face
from appliance.legend.situations import span


@dataclass(frozen=True, slots=True)
class ButtonWords:
    """One button, or all of a kind."""

    name: str
    presses: tuple[tuple[str, str], ...]
    """How it is pressed, and what that does."""
    lit: str = ""
    """What its lamp means while it is lit; empty if it is never lit but to answer."""


ANSWERED: Final = "Every press is answered by one blink of the button's lamp."
DARKENS: Final = "No button ever darkens the tower."


def words_of_buttons(face: Face, board: BoardSettings) -> tuple[ButtonWords, ...]:
    """Return the buttons of a tower in the order in which people learn them."""
    are_lit = face.buttons_are_lit
    words = []
    if Button.MUTE in face.buttons:
        press = ("press", "No sound for the callers who wait now. A new caller sounds again.")
        hold = (f"hold {span(HOLD_MUTE_MS)}", "While nobody waits: the lamp test.")
        words.append(ButtonWords("mute", (press, hold), "No sound for those who wait." if are_lit else ""))
    if Button.AWAY in face.buttons:
        press = ("press", f"No sound here for {span(board.away_ms)}.")
        again = ("press again", "Sound is back at once.")
        words.append(ButtonWords("away", (press, again), "No sound here." if are_lit else ""))
    idle = ["line buttons"] if set(LINE_BUTTONS) & set(face.buttons) else []
    idle += ["owed"] if Button.OWED in face.buttons else []
    if idle:
        words.append(ButtonWords(", ".join(idle), (("press", "Nothing yet but an answer."),)))
    return tuple(words)
