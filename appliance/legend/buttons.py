"""What the buttons of a unit do, and what their lamps say."""

from dataclasses import dataclass
from typing import Final

from appliance.core.panel import HOLD_MUTE_MS
from appliance.core.settings import BoardSettings
from appliance.core.words import LINE_BUTTONS, Button, Way
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
ELSEWHERE: Final = "Slow flash: the people of another unit are away."
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
        lit = "No sound here." if board.site is None else f"No sound here. {ELSEWHERE}"
        words.append(ButtonWords("away", (press, again), lit if are_lit else ""))
    lines = bool(set(LINE_BUTTONS) & set(face.buttons))
    takes = lines and board.pickup.way is not None
    if takes:
        words.append(_of_a_line(board, are_lit))
    idle = ["line buttons"] if lines and not takes else []
    idle += ["owed"] if Button.OWED in face.buttons else []
    if idle:
        words.append(ButtonWords(", ".join(idle), (("press", "Nothing yet but an answer."),)))
    return tuple(words)


def _of_a_line(board: BoardSettings, are_lit: bool) -> ButtonWords:
    who = "Takes the caller who has waited longest on that line"
    where = {
        Way.PHONE: "the phone beside the light rings; whoever lifts it has the caller.",
        Way.HANDSET: "speak at the handset.",
        Way.REDIRECT: "the phone system rings the phone beside the light.",
        Way.DIAL: "the phone beside the light dials by itself and has the caller.",
    }[board.pickup.way or Way.PHONE]
    lit = (
        "slow flash: somebody can be taken. Long flash, short pause: it is being done. Steady: yours. One"
        " blink: the caller is gone. Fast flash: nobody took the caller, who still waits."
    )
    talking = ("press while talking", "Takes the next caller, if one waits. It never hangs up.")
    return ButtonWords("line buttons", (("press", f"{who}: {where}"), talking), lit if are_lit else "")
