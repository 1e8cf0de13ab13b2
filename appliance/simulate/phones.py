"""The phones that are called for callers in our hands, and how the people at them, or machines, behave."""

from enum import Enum
from functools import partial
from typing import Final, Protocol

from appliance.simulate.agenda import Agenda
from appliance.simulate.callers import Caller
from appliance.simulate.dice import Dice
from appliance.simulate.faults import Faults
from appliance.sip.hands import Dial
from appliance.sip.pickup import KEY

TALK_MS_MAX: Final = 20_000.0
"""The longest conversation: what can go wrong does so at its beginning and at its end."""


class Manner(Enum):
    """What becomes of a call to a phone."""

    ANSWERS = "is answered"
    SLOW = "is answered late, or too late"
    BUSY = "is busy"
    DECLINES = "is declined"
    DEAD = "is dead"
    VOICEMAIL = "has a voicemail that answers"


class Told(Protocol):
    """Who called a phone, and hears what becomes of it."""

    def second_rings(self, leg: "SecondLeg") -> None:
        """It rings."""
        ...

    def second_answered(self, leg: "SecondLeg") -> None:
        """It was answered, by whomever or whatever."""
        ...

    def second_over(self, leg: "SecondLeg", why: str) -> None:
        """The call ended, or never came to be."""
        ...

    def key_pressed(self, leg: "SecondLeg", key: str) -> None:
        """Who answered pressed a key."""
        ...


class SecondLeg:
    """One call to a phone."""

    def __init__(self, phone: str, caller: Caller, told: Told) -> None:
        """Call this phone for this caller."""
        self.phone = phone
        self.caller = caller
        self.told = told
        self.alive = True
        self.is_machine = False
        self.is_unit = False
        """True if a unit of ours answered, which calls a person itself."""
        self.is_handed_over = False
        """True once the phone system took it off us."""


class Phones:
    """All phones of a site; each does what it wants at each call, but one that is in use is busy."""

    def __init__(self, faults: Faults, agenda: Agenda, dice: Dice) -> None:
        """Begin with all of them on their hooks."""
        self._manners = tuple(Manner) if faults.bad_phones else (Manner.ANSWERS,)
        self._agenda = agenda
        self._dice = dice
        self._in_use: dict[str, SecondLeg] = {}

    def call(self, phone: str, caller: Caller, dial: Dial, told: Told) -> SecondLeg:
        """Call a phone; what becomes of it is told later."""
        leg, dice = SecondLeg(phone, caller, told), self._dice
        manner = Manner.BUSY if phone in self._in_use else dice.pick(self._manners)
        rings_ms = dice.between(5, 200)
        match manner:
            case Manner.BUSY:
                self._agenda.after(rings_ms, lambda: self._end(leg, "it is busy"))
            case Manner.DEAD:
                pass
            case Manner.DECLINES:
                self._agenda.after(rings_ms, lambda: self._ring(leg))
                self._agenda.after(dice.between(300, 6_000), lambda: self._end(leg, "it was declined"))
            case _:
                leg.is_machine = manner is Manner.VOICEMAIL
                late_ms = 1.3 * dial.answer_within_ms if manner is Manner.SLOW else 8_000
                self._agenda.after(rings_ms, lambda: self._ring(leg))
                answers = partial(self._answer, leg, confirm_key=dial.confirm_key)
                self._agenda.after(dice.between(rings_ms, late_ms), answers)
        return leg

    def let_go(self, leg: SecondLeg) -> None:
        """Whoever called hangs up, or the phone system took the call off them."""
        leg.alive = False
        if self._in_use.get(leg.phone) is leg:
            del self._in_use[leg.phone]

    def talk_ms(self) -> float:
        """Return how long somebody speaks."""
        return self._dice.often_little(50, TALK_MS_MAX)

    def hang_up(self, leg: SecondLeg) -> None:
        """The person at the phone ends the conversation."""
        self._end(leg, "it hung up")

    def _ring(self, leg: SecondLeg) -> None:
        if leg.alive:
            leg.told.second_rings(leg)

    def _answer(self, leg: SecondLeg, *, confirm_key: bool) -> None:
        if not leg.alive:
            return
        if leg.phone in self._in_use:
            self._end(leg, "it is busy")
            return
        self._in_use[leg.phone] = leg
        leg.told.second_answered(leg)
        if leg.is_machine:
            self._agenda.after(self._dice.between(5_000, 40_000), lambda: self._end(leg, "it hung up"))
        elif confirm_key:
            for key in self._dice.pick(((KEY,), (KEY, KEY), ("5", KEY), ("5",), ())):
                self._agenda.after(self._dice.between(200, 5_000), partial(self._press, leg, key))

    def _press(self, leg: SecondLeg, key: str) -> None:
        if leg.alive:
            leg.told.key_pressed(leg, key)

    def _end(self, leg: SecondLeg, why: str) -> None:
        if leg.alive:
            self.let_go(leg)
            leg.told.second_over(leg, why)
