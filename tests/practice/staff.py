"""The people of the practice: fingers on buttons, ears at desk phones, and somebody who breaks things."""

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from appliance.core.picture import Showing
from appliance.errors import CallLightError
from tests.peers.live_board import LiveBoard
from tests.peers.program import PATIENT_S, PeerError, until
from tests.peers.raw import header
from tests.peers.trace import Placed
from tests.practice.expected import Excuse, Taking
from tests.practice.judge import LATE_MS_MAX
from tests.practice.morning import BACK, FRONT, judged_lines, line_of
from tests.practice.place import RING_LIMIT_S, Place, RunningPractice
from tests.practice.record import read_record

FRONT_KEYS: Final = "12345678"
BACK_KEYS: Final = "qwertyui"
MUTE, AWAY = 8, 9
"""Where the board has these buttons (firmware/README.md)."""
UNITS_CONTACT: Final = "light"
"""The user part of every Contact of a unit (appliance/sip/accounts.py)."""
FINGER_MS: Final = 100.0
"""How long a finger stays on a button."""
AGAIN_MS: Final = 2_000.0
"""What a site may take to be of one mind after its broker or an engine came back."""
HEARD_MS: Final = 1_000.0
"""Whoever speaks for so long is heard: there are two phones, a unit between them, and an ear of 0.2 s."""
FAILED_MS: Final = 1_000.0
"""For so long a line says that taking failed, and the caller may be gone meanwhile."""
AWAKE_MS: Final = 4_000.0
"""What a machine that stood still may need: a tower that did not answer is opened anew, which takes 1.6 s."""
STILL_MS: Final = 300.0
"""Who is given no turn for longer than this is on a machine that stands still."""
TAKEABLE: Final = (Showing.WAITING, Showing.URGENT)


@dataclass(frozen=True, slots=True)
class Pressed:
    """A line's button that somebody pressed."""

    at_ms: float
    unit: str
    line: int


@dataclass(slots=True)
class Broken:
    """Something that was killed, and how it is known to be back."""

    units: Sequence[str]
    """Whose towers can not be judged meanwhile."""
    is_back: Callable[[], bool]
    says_back: str
    settles_ms: float
    """After it is back, for how long its units may still show what they do not know any more."""
    from_ms: float = field(default_factory=lambda: _now_ms())
    to_ms: float = float("inf")


class Staff:
    """Whoever is at the keys, or the morning's own people."""

    def __init__(self, practice: RunningPractice, say: Callable[[str], None]) -> None:
        """Begin to work; `say` tells those who watch."""
        self._practice = practice
        self._say = say
        self._pressed: list[Pressed] = []
        self._broken: list[Broken] = []
        self._heard: set[str] = set()
        self._listened = {place.name: 0 for place in practice.places}
        self._broker_runs = True

    def press_key(self, key: str) -> None:
        """Do what a key of the terminal stands for; others do nothing."""
        if key in FRONT_KEYS:
            self.press_line(FRONT, FRONT_KEYS.index(key))
        elif key in BACK_KEYS:
            self.press_line(BACK, BACK_KEYS.index(key))
        elif key in "am":
            self._push(self._practice.front, AWAY if key == "a" else MUTE)
        elif key == "k" and self._broker_runs:
            self._kill_broker()
        elif key == "k":
            self._start_broker()
        elif key == "x":
            self._kill_engine()

    def press_line(self, unit: str, line: int) -> None:
        """A finger on a line's button."""
        self._pressed.append(Pressed(_now_ms(), unit, line))
        self._push(self._place(unit), line)

    def press_when_lit(self, unit: str, line: int) -> None:
        """The same, once the line shows there that somebody waits."""
        place = self._place(unit)
        until(lambda: _shows_caller(place, line), PATIENT_S, f"a caller is shown at the {unit}")
        self.press_line(unit, line)

    def listen(self) -> None:
        """Note who is heard at the desk phones, and what is back; to be called again and again."""
        for place in self._practice.places:
            phone, calls = place.phone, place.phone.picked_up
            if len(calls) > self._listened[place.name]:
                # What the ear still has may be of the call before.
                self._listened[place.name] = len(calls)
                phone.ear.clear()
            elif calls and phone.is_connected and phone.ear.tones() == {place.voice_hz}:
                self._heard.add(number_of(calls[-1][1]))
        for broken in self._broken:
            if broken.to_ms == float("inf") and broken.is_back():
                broken.to_ms = _now_ms() + broken.settles_ms
                self._say(broken.says_back)

    def stood_still(self, for_ms: float) -> None:
        """For so long until now the machine gave no turn to us, and perhaps to nobody."""
        now_ms = _now_ms()
        said = f"The machine stood still for {for_ms / 1000:.1f} s."
        from_ms, to_ms = now_ms - for_ms - STILL_MS, now_ms + AWAKE_MS
        self._broken.append(Broken((FRONT, BACK), lambda: True, said, 0, from_ms, to_ms))
        self._say(said)

    def takings(self, placed: Sequence[Placed]) -> dict[str, Taking]:
        """Who was taken: callers whom a unit answered and a desk phone beside a pressed button got."""
        found = {}
        for place in self._practice.places:
            for at_ms, invite in place.phone.picked_up:
                for caller in placed:
                    if caller.number == number_of(invite) and is_in_our_hands(caller):
                        pressed_ms = self._pressed_before(at_ms, place.name, line_of(caller.dialled))
                        found[caller.call_id] = Taking(place.name, pressed_ms, at_ms)
        return found

    def _pressed_before(self, at_ms: float, unit: str, line: int) -> float:
        pressed = [one.at_ms for one in self._pressed if (one.unit, one.line) == (unit, line)]
        return max((instant for instant in pressed if instant < at_ms), default=at_ms)

    def unheard(self, placed: Sequence[Placed], until_ms: float) -> list[str]:
        """The numbers of callers who were taken and not heard, though they had the time for it."""
        taken, found = self.takings(placed), []
        for caller in placed:
            taking = taken.get(caller.call_id)
            if taking is None or caller.number in self._heard:
                continue
            ends_ms = [until_ms] if caller.left_at_ms is None else [until_ms, caller.left_at_ms]
            ends_ms += [one.from_ms for one in self._broken if one.to_ms > taking.connected_at_ms]
            if min(ends_ms) > taking.connected_at_ms + HEARD_MS:
                found.append(caller.number)
        return found

    def excuses(self, unit: str, placed: Sequence[Placed]) -> list[Excuse]:
        """When a unit's tower is not judged: for what was killed, and for callers whom no desk phone got."""
        found = [Excuse(one.from_ms, one.to_ms) for one in self._broken if unit in one.units]
        taken = self.takings(placed)
        for caller in placed:
            if is_in_our_hands(caller) and caller.call_id not in taken:
                from_ms = (caller.ended_at_ms or caller.invited_at_ms) - LATE_MS_MAX
                to_ms = float("inf") if caller.left_at_ms is None else caller.left_at_ms + FAILED_MS
                label = judged_lines(1.0)[line_of(caller.dialled)].label
                found.append(Excuse(from_ms, to_ms, label))
        return found

    def _push(self, place: Place, button: int) -> None:
        place.tower.press(button)
        time.sleep(FINGER_MS / 1000)
        if place.tower.board is not None:
            # A busy machine may have given the board no turn yet: a finger stays until the board has felt it.
            felt_ms = _next_frame_ms(place.tower.board, _now_ms())
            _next_frame_ms(place.tower.board, felt_ms + FINGER_MS)
        place.tower.release(button)

    def _place(self, unit: str) -> Place:
        return next(place for place in self._practice.places if place.name == unit)

    def _kill_broker(self) -> None:
        self._broker_runs = False
        back = "The broker is back, and both units are of one mind."
        self._broken.append(Broken((BACK,), self._is_agreed, back, AGAIN_MS))
        self._practice.site.broker.kill()
        self._say("The broker is dead: each unit works alone. k starts it again.")

    def _start_broker(self) -> None:
        self._broker_runs = True
        self._practice.site.start_broker()
        self._say("The broker has started again.")

    def _is_agreed(self) -> bool:
        with contextlib.suppress(CallLightError):
            return self._broker_runs and self._practice.is_agreed()
        return False

    def _kill_engine(self) -> None:
        unit = self._practice.front.unit
        with contextlib.suppress(PeerError):
            killed = unit.engine_pid()

            def is_back() -> bool:
                with contextlib.suppress(PeerError, CallLightError):
                    new = unit.engine_pid() != killed
                    return new and all(one.held for one in unit.status().registrations)
                return False

            back = "The front's new engine is registered."
            # The callers whom the old engine knew are shown as unsure until their ring limit.
            settles_ms = RING_LIMIT_S * 1000 + AGAIN_MS
            self._broken.append(Broken((FRONT, BACK), is_back, back, settles_ms))
            os.kill(killed, signal.SIGKILL)
            self._say("The front's engine is dead: the tower says so, and a new one is started.")


def number_of(invite: str) -> str:
    """The caller's number, as a unit tells it to the desk phone that it calls."""
    found = re.search(r"sip:([^@>]*)@", header(invite, "P-Asserted-Identity"))
    return found.group(1) if found else ""


def is_in_our_hands(caller: Placed) -> bool:
    """Whether a unit has answered the caller."""
    return caller.answered_by == UNITS_CONTACT


def _next_frame_ms(board: LiveBoard, from_ms: float) -> float:
    """Wait until the board has shown its pixels at this instant or later; return when it did."""
    until(lambda: board.pixels[-1].at_ms >= from_ms, PATIENT_S, "the board goes on")
    return board.pixels[-1].at_ms


def _shows_caller(place: Place, line: int) -> bool:
    shown = read_record(place.unit.record_file)
    return bool(shown) and shown[-1].picture.segments[line].showing in TAKEABLE


def _now_ms() -> float:
    return time.monotonic() * 1000
