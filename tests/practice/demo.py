"""`make demo`: a practice's morning with a real phone system and broker, two real units, and real callers.

TOWER=emulated (the default) gives each unit a tower on a serial port: the real firmware on an emulated board,
whose pixels are decoded and drawn. With TOWER=terminal the units' pictures are drawn as the terminal tower
draws them, with no firmware in between, and their boards have nothing but buttons.

At a terminal the towers are drawn live, keys press the buttons, and morning follows morning until Ctrl-C.
Without one all is told in plain lines, the morning's own people press, and it ends by itself within
SECONDS_MAX (30). Either way all that the towers showed is judged at the end against the callers' own log;
exit status 1 says that it was not true.
"""

import contextlib
import itertools
import os
import signal
import sys
import termios
import time
import tty
from collections.abc import Iterator
from types import FrameType, MappingProxyType
from typing import Final

from tests.peers.board import BadFirmwareError
from tests.peers.program import PeerError
from tests.practice.day import Day
from tests.practice.expected import FOREVER
from tests.practice.mirror import Mirror, View
from tests.practice.morning import DARK_AFTER_MS, LENGTH_MS, judged_lines
from tests.practice.outcome import Played, judged, summary
from tests.practice.papers import LivePaper, PlainPaper
from tests.practice.place import RunningPractice, running_practice
from tests.practice.staff import BACK_KEYS, FRONT_KEYS, Staff

INTRODUCTION: Final = """\
A practice's morning. Kamailio is the phone system, mosquitto the broker, and SIPp plays the callers and a
colleague's phone. The units at the front desk and in the back office are the real ones: `call-light run`.
Their site was made by `call-light site init` and `site add-unit back`, and `call-light enrol`.
Their towers are {tower}.
Callers become urgent after seconds here, not after the better part of a minute."""
TOWERS: Final = MappingProxyType(
    {
        "emulated": "the real firmware on emulated boards, their pixels decoded from the pin",
        "terminal": "drawn in this terminal, from the pictures that the units hand out",
    }
)
LABELS: Final = [line.label for line in judged_lines(tempo=1.0)]
AROUND_S: Final = 8
"""What a morning needs beside its callers: processes to start before it, to be dark and to end after it."""
TEMPO_MIN: Final = 0.5
"""Played faster than this, there is no time to be heard at a desk phone."""
INTERRUPTED: Final = 128 + signal.SIGINT
NO_LONGER_AT_TERMINAL: Final = (signal.SIGTERM, signal.SIGHUP)


def main() -> int:
    """Run the demonstration; 0 if everything that was shown was true."""
    at_terminal = sys.stdout.isatty() and sys.stdin.isatty()
    seconds_max = int(os.environ.get("SECONDS_MAX") or 30)
    tempo = 1.0 if at_terminal else min(1.0, max(TEMPO_MIN, (seconds_max - AROUND_S) * 1000 / LENGTH_MS))
    mornings = None if at_terminal else max(1, (seconds_max - AROUND_S) * 1000 // (LENGTH_MS + DARK_AFTER_MS))
    tower = os.environ.get("TOWER") or "emulated"
    if tower not in TOWERS:
        print(f"demo: TOWER={tower} is none of {', '.join(TOWERS)}", file=sys.stderr)
        return 2
    for number in NO_LONGER_AT_TERMINAL:
        signal.signal(number, _interrupt)
    print(INTRODUCTION.format(tower=TOWERS[tower]), flush=True)
    try:
        with pressed_keys() if at_terminal else contextlib.nullcontext():
            played = play(mornings, tempo, tower)
    except (PeerError, BadFirmwareError) as trouble:
        print(f"demo: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        # Before anybody called, or again while all was being judged.
        return INTERRUPTED
    print(summary(played), flush=True)
    return 1 if played.troubles else 0


def play(mornings: int | None, tempo: float, tower: str) -> Played:
    """Play so many mornings by script, or until interrupted, with the keys as the people's fingers."""
    by_script, until_ms = mornings is not None, FOREVER
    with running_practice(tempo, tower) as practice:
        with mirrored(practice, live=not by_script) as mirror:
            staff = Staff(practice, mirror.say)
            day = Day(practice, staff, mirror.say, tempo, by_script=by_script)
            practice.until_ready()
            try:
                for morning in itertools.count(1) if mornings is None else range(1, mornings + 1):
                    day.play_morning(morning)
            except KeyboardInterrupt:
                until_ms = time.monotonic() * 1000
        return judged(practice, staff, tempo, until_ms, by_script)


@contextlib.contextmanager
def mirrored(practice: RunningPractice, live: bool) -> Iterator[Mirror]:
    """Show both towers from when they have found their units on."""
    for place in practice.places:
        place.unit.program.until(place.tower.glows, 10, "the tower has its calm glow")
    # A screen closes its stream, and the demonstration has a last word to say.
    own = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding=sys.stdout.encoding)
    paper = LivePaper(own) if live else PlainPaper(own, LABELS)
    front, back = practice.places
    mirror = Mirror([View("Front desk", front, FRONT_KEYS), View("Back office", back, BACK_KEYS)], paper)
    try:
        yield mirror
    finally:
        mirror.stop()


@contextlib.contextmanager
def pressed_keys() -> Iterator[None]:
    """Get each key when it is pressed, not when the line is ended; Ctrl-C stays what it is."""
    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
