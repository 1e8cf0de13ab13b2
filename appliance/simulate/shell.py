"""The unit's shell in virtual time: takes one event, hands out its effects, re-arms the deadline.

It does what `appliance/unit.py` does, with one thing more: the clock moves inside a step, because effects
take time. What arrives meanwhile waits in the inbox with its instant, and a threshold may pass.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from appliance.core.beats import SHOWN_LATE_MS_MAX
from appliance.core.effects import Effect
from appliance.core.events import Event, TimePassed
from appliance.core.picture import Picture
from appliance.core.view import BoardView
from appliance.core.words import DurationMs, InstantMs
from appliance.simulate.agenda import Agenda
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults

TIMER_LATE_MS_MAX: Final = 0.9
"""How late a timer fires: a kernel's slack is far below a millisecond, which is what a stage may be late."""

DRAWN_LATE_MS_MAX: Final = 20.0
"""How long a tower takes to draw a picture. What is shown later than the language of light allows for is not
metered: a tower that is so slow may flash once too often."""

SLOW_STEP_MS_MAX: Final = 400.0
"""The longest step: an adapter's queue may be full, or the machine busy."""


class AnyBoard(Protocol):
    """What the shell needs of a board; tests put broken ones here."""

    @property
    def deadline_ms(self) -> InstantMs | None:
        """The next instant at which time alone changes something."""
        ...

    @property
    def picture(self) -> Picture:
        """What the tower shows."""
        ...

    def receive(self, event: Event, now_ms: InstantMs) -> tuple[Effect, ...]:
        """Take what happened and return what is to be done."""
        ...


class SiteBoard(AnyBoard, Protocol):
    """A board that can be asked what it knows."""

    def view(self, now_ms: InstantMs) -> BoardView:
        """Return a copy of everything a person may ask."""
        ...

    @property
    def holds_callers(self) -> bool:
        """True while the unit should not end yet."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """One turn of the shell: what the board was told and what it answered."""

    event: Event
    now_ms: InstantMs
    """The instant that the board was told, never before the last one."""
    clock_ms: InstantMs
    """The clock when the step began: later than `now_ms` where the event had to wait in the inbox."""
    shown_ms: InstantMs
    """When the tower draws what this step shows."""
    idle_ms: InstantMs
    """The last instant at which the shell had nothing to do: all that came before it has been taken."""
    effects: tuple[Effect, ...]


class Shell:
    """One inbox, one board."""

    def __init__(
        self, board: AnyBoard, faults: Faults, agenda: Agenda, dice: Dice, stepped: Callable[[Step], None]
    ) -> None:
        """Serve this board; `stepped` is shown each step when it is over."""
        self._board = board
        self._faults = faults
        self._agenda = agenda
        self._dice = dice
        self._stepped = stepped
        self._inbox: deque[tuple[InstantMs, Event]] = deque()
        self._told_ms = InstantMs(0)
        self._free_ms = InstantMs(0)
        self._idle_ms = InstantMs(0)
        self._timer_late_ms = 0.0
        self.step_count = 0

    def post(self, event: Event) -> None:
        """Put an event into the inbox, with the instant of its reception."""
        self._inbox.append((self._agenda.now_ms, event))

    @property
    def wake_ms(self) -> InstantMs | None:
        """When the next step begins, as far as is known; None if nothing but an event can begin one."""
        if self._inbox:
            return max(self._free_ms, self._inbox[0][0])
        deadline_ms = self._board.deadline_ms
        if deadline_ms is None:
            return None
        return InstantMs(max(self._free_ms, deadline_ms + self._timer_late_ms))

    def stall(self, for_ms: DurationMs) -> None:
        """Do nothing for so long, as a process that was stopped."""
        self._free_ms = max(self._free_ms, InstantMs(self._agenda.now_ms + for_ms))

    def step(self) -> None:
        """Take the event that is due, or tell that time has passed."""
        clock_ms = self._agenda.now_ms
        if clock_ms > self._free_ms:
            self._idle_ms = clock_ms
        stamp_ms, event = self._inbox.popleft() if self._inbox else (clock_ms, TimePassed())
        self._told_ms = max(self._told_ms, stamp_ms)
        effects = self._board.receive(event, self._told_ms)
        slow = self._faults.slow_steps and self._dice.chance(0.05)
        takes_ms = self._dice.between(1, SLOW_STEP_MS_MAX) if slow else self._dice.between(0.05, 0.6)
        self._free_ms = InstantMs(clock_ms + takes_ms)
        self._timer_late_ms = self._dice.between(0, TIMER_LATE_MS_MAX)
        self.step_count += 1
        drawn_ms = clock_ms + self._dice.often_little(0.1, DRAWN_LATE_MS_MAX)
        shown_ms = InstantMs(min(drawn_ms, self._told_ms + SHOWN_LATE_MS_MAX))
        self._stepped(Step(event, self._told_ms, clock_ms, shown_ms, self._idle_ms, effects))
