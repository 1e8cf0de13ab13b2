"""The callers in an engine's hands: the engine's own code (`sip/pickup.py`), with legs that are made up.

What the legs do here, `sip/pickups.py` has them do with the SIP library. Nothing that reaches an engine that
hangs has any effect.
"""

from functools import partial
from typing import Final

from appliance.core.events import PickupMoved
from appliance.core.words import PICKUPS_MAX, QUICKER_WHY, DurationMs, PickupStep, RingId, Way
from appliance.simulate.agenda import Agenda
from appliance.simulate.callers import Leg
from appliance.simulate.dialects import Ending
from appliance.simulate.dice import Dice
from appliance.simulate.exchange import Exchange
from appliance.simulate.faults import Faults
from appliance.simulate.phones import Phones, SecondLeg
from appliance.simulate.site import GROUP_AGAIN
from appliance.simulate.transfers import ANSWERS, Answer, Transfer
from appliance.sip.hands import Dial
from appliance.sip.pickup import Pickup

TURN_MS: Final = DurationMs(100)
"""How often the engine looks whether something took too long."""

UNACKNOWLEDGED_MS: Final = DurationMs(32_000)
"""After how long an answer that nobody acknowledges is given up (RFC 3261, timer H)."""
HANDSET: Final = "the handset"


class Held:
    """One caller in the engine's hands, with the second leg: the `Hands` of its `Pickup`."""

    def __init__(self, leg: Leg, dial: Dial, among: "HeldCallers") -> None:
        """Our 200 was sent."""
        self.leg = leg
        self.second: SecondLeg | None = None
        self.is_acknowledged = False
        self.pickup: Final = Pickup(self, dial)
        self._among = among
        self._pbx = among.exchange.pbx_of(leg)

    def call(self, dial: Dial) -> None:
        """Call the second leg."""
        if not self._pbx.reaches(self.leg.extension):
            self.pickup.second_over("no registration holds")
            return
        self.second = self._among.phones.call(dial.target, self.leg.caller, dial, self)
        if dial.target == GROUP_AGAIN:
            self._pbx.ring_again(self.leg.caller, self.unit_took)

    def let_go(self) -> None:
        """End the second leg."""
        second, self.second = self.second, None
        self._pbx.ring_no_more(self.leg.caller, self.unit_took, Ending.GAVE_UP)
        if second is not None:
            self._part(second)
            self._among.phones.let_go(second)

    def ring_back(self) -> None:
        """Let the caller hear ringback: nobody speaks with them."""
        if self.leg.caller.hand is self.leg:
            self.leg.caller.is_served = False

    def ask_for_key(self) -> None:
        """Let the second leg hear that a key is wanted."""

    def join(self) -> None:
        """Let both hear each other, for as long as they want to."""
        second, caller = self.second, self.leg.caller
        if caller.hand is not self.leg:
            # Answered too late: the word that they are gone is on its way.
            return
        caller.is_served = True
        if second is None or not second.is_machine:
            self._pbx.reach(caller, HANDSET if second is None else second.phone)
        self._among.agenda.after(self._among.phones.talk_ms(), partial(self._end_talk, second))

    def hand_over(self) -> None:
        """Ask the phone system to join both without us."""
        if self.second is not None:
            is_unit = self.second.is_unit
            how = Transfer.DOES_IT if is_unit else self._among.dice.pick(self._among.transfers)
            self._among.fault_count += how not in (Transfer.DOES_IT, Transfer.SAYS_IT_FIRST)
            self._among.say(f"asked for the hand-over of {self.leg.ring}, the phone system {how.value}")
            at_ms = 0.0
            for action in ANSWERS[how]:
                late = how is Transfer.SAYS_IT_LATE and action is Answer.DONE
                at_ms += self._among.dice.between(500, 5_000) if late else self._among.dice.between(1, 100)
                self._among.agenda.after(at_ms, partial(self._transfer, self.second, action))

    def hang_up(self) -> None:
        """End the caller's leg."""
        self._pbx.hung_up(self.leg)

    def tell(self, step: PickupStep, why: str) -> None:
        """Tell the unit."""
        self._among.fault_count += step is PickupStep.FAILED
        self._among.exchange.moved(PickupMoved(self.leg.ring, step, why, self.pickup.order))

    def second_rings(self, leg: SecondLeg) -> None:
        """The second leg rings."""
        if self._hears(leg):
            self.pickup.second_rings()

    def second_answered(self, leg: SecondLeg) -> None:
        """The second leg was answered."""
        self._pbx.ring_no_more(self.leg.caller, self.unit_took, Ending.ANSWERED)
        if self._hears(leg):
            self.pickup.second_answered(self._among.agenda.now_ms)

    def unit_took(self) -> None:
        """A unit of ours answered in the group that is called: it has the caller through us, for now."""
        if self.second is not None:
            self._among.phones.let_go(self.second)
        self.second = unit = SecondLeg("another unit", self.leg.caller, self)
        unit.is_unit = unit.is_machine = True
        self.second_answered(unit)

    def second_over(self, leg: SecondLeg, why: str) -> None:
        """The second leg ended."""
        self._pbx.ring_no_more(self.leg.caller, self.unit_took, Ending.RANG_OUT)
        self._part(leg)
        self._lose_second(leg, why)

    def key_pressed(self, leg: SecondLeg, key: str) -> None:
        """The second leg sent a key."""
        if self._hears(leg):
            self.pickup.key_pressed(key, self._among.agenda.now_ms)

    def caller_over(self, why: str) -> None:
        """The caller's leg ended."""
        if self._among.exchange.healthy:
            self.pickup.caller_over(why)
            self._among.settle(self)

    def _hears(self, leg: SecondLeg) -> bool:
        return leg is self.second and self._among.exchange.healthy

    def _lose_second(self, leg: SecondLeg, why: str) -> None:
        if self._hears(leg):
            self.second = None
            self.pickup.second_over(why)
            self._among.settle(self)

    def _part(self, leg: SecondLeg) -> None:
        self.leg.caller.people.discard(leg.phone)

    def _transfer(self, second: SecondLeg, action: Answer) -> None:
        is_here = self.second is second and second.alive and self._pbx.has(self.leg)
        if not self._among.exchange.healthy:
            return
        match action:
            case Answer.REPLACED if is_here:
                second.is_handed_over = True
                self._pbx.transferred(self.leg)
                self._lose_second(second, "it hung up")
            case Answer.LOST if is_here:
                self._among.phones.hang_up(second)
            case Answer.REPLACED | Answer.LOST:
                pass
            case _:
                self.pickup.transfer_told(*action.value)
                self._among.settle(self)

    def _end_talk(self, second: SecondLeg | None) -> None:
        caller = self.leg.caller
        if second is not None and second.is_handed_over:
            self._part(second)
            self._among.phones.let_go(second)
        elif self.second is not second or self.pickup.over or not self._among.exchange.healthy:
            return
        elif self._among.dice.chance(0.5):
            self._pbx.hang_up_in_hand(caller)
        elif second is None:
            self._among.exchange.put_back()
        else:
            self._among.phones.hang_up(second)


class HeldCallers:
    """All of them."""

    def __init__(
        self, exchange: Exchange, phones: Phones, faults: Faults, agenda: Agenda, dice: Dice
    ) -> None:
        """Begin with empty hands."""
        self.exchange = exchange
        self.phones = phones
        self.agenda = agenda
        self.dice = dice
        self.transfers = tuple(Transfer) if faults.bad_transfers else (Transfer.DOES_IT,)
        self.fault_count = 0
        self.all: dict[RingId, Held] = {}
        self._on_handset: Held | None = None

    def say(self, sentence: str) -> None:
        """Add a sentence to the story."""
        self.exchange.say(sentence)

    def take(self, leg: Leg, way: Way, dial: Dial) -> None:
        """Take a caller who rings, or who is in our hands and has not spoken with anybody."""
        held = self.all.get(leg.ring)
        if held is not None and held.pickup.joined:
            return
        why = self._why_not(way, dial, held)
        if why:
            self.exchange.moved(PickupMoved(leg.ring, PickupStep.FAILED, why, dial.order))
            return
        if way is Way.REDIRECT and held is None:
            self.exchange.moved(PickupMoved(leg.ring, PickupStep.HANDED_OVER, order=dial.order))
            self.exchange.redirect(leg)
            return
        if held is None:
            held = self.all[leg.ring] = Held(leg, dial, self)
            self.agenda.after(self.dice.between(0.5, 30), partial(self._reach, held))
            self._look_again(held)
        else:
            held.pickup.take(dial, self.agenda.now_ms)
        if way is Way.HANDSET:
            self._on_handset = held
        self.settle(held)

    def hang_up(self, ring: RingId) -> None:
        """The hook is on."""
        if held := self.all.get(ring):
            held.pickup.hang_up()
            self.settle(held)

    def drop_all(self) -> None:
        """The engine is gone, and all legs with it."""
        for held in self.all.values():
            held.let_go()
            self.exchange.pbx_of(held.leg).drop(held.leg)
        self.all.clear()
        self._on_handset = None

    def settle(self, held: Held) -> None:
        """Let go of what this pickup needs no longer."""
        if self._on_handset is held and not held.pickup.on_handset:
            self._on_handset = None
        if held.pickup.over and self.all.get(held.leg.ring) is held:
            del self.all[held.leg.ring]
            self.exchange.left(held.leg)

    def _why_not(self, way: Way, dial: Dial, held: Held | None) -> str:
        if held is None and len(self.all) >= PICKUPS_MAX:
            return "too many callers are being taken here"
        if way is Way.HANDSET:
            return "the handset is in use" if self._on_handset is not None else ""
        return "" if dial.target else "there is no target to be called"

    def _reach(self, held: Held) -> None:
        """Our 200 comes to the phone system."""
        if self.all.get(held.leg.ring) is not held or not self.exchange.healthy:
            return
        in_time = self.exchange.pbx_of(held.leg).answered(held.leg)
        if in_time is None:
            self.agenda.after(UNACKNOWLEDGED_MS, partial(self._give_up, held))
            return
        held.is_acknowledged = True
        held.pickup.caller_connected(self.agenda.now_ms)
        self.settle(held)
        if not in_time:
            self.say(f"{held.leg.ring} was answered too late")
            held.caller_over(QUICKER_WHY if held.leg.ending is Ending.ANSWERED else "")

    def _give_up(self, held: Held) -> None:
        if self.all.get(held.leg.ring) is held:
            held.caller_over("")

    def _look_again(self, held: Held) -> None:
        """Give up what took too long."""
        if self.all.get(held.leg.ring) is held:
            if self.exchange.healthy:
                held.pickup.pass_time(self.agenda.now_ms)
                self.settle(held)
            self.agenda.after(TURN_MS, partial(self._look_again, held))
