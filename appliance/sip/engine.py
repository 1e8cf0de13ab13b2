"""The engine process: speaks SIP, tells the unit, and knows nothing of lines, lamps or callers' waits.

Started by `link` as ``python -m appliance.sip.engine FD``, where FD is its end of the socketpair. No second
Python thread, no garbage collection: both have killed callers in this library (see `stack`). It ends when the
unit says `Stop`, and when the unit is gone.
"""

import contextlib
import ctypes
import gc
import os
import select
import signal
import socket
import sys
from typing import Final

from appliance.core.events import Offer, Reason
from appliance.core.words import DurationMs, ExtensionId, InstantMs, OrderId, PickupStep, RingId, Way
from appliance.sip.admission import Admitted, Doorkeeper, FullAnswers, TurnedAway
from appliance.sip.codec import MalformedPacket
from appliance.sip.extensions import Extensions
from appliance.sip.guards import MESSAGE_BYTES_MAX
from appliance.sip.hands import Dial
from appliance.sip.headers import read_invite
from appliance.sip.host import BUSY_HERE, FORBIDDEN, TEMPORARILY_UNAVAILABLE, now_ms, plain_error
from appliance.sip.protocol import (
    Beat,
    Channel,
    Configure,
    EndRing,
    Fault,
    Hangup,
    Ready,
    Return,
    Stop,
    Take,
    ToEngine,
    ToUnit,
)
from appliance.sip.stack import Stack
from appliance.sip.witness import Witness

BEAT_MS: Final = DurationMs(1_000)
"""How often everything is repeated to the unit, which takes 2.5 s of silence for the engine's end."""

TICK_MS: Final = DurationMs(100)
"""The longest that the loop sleeps: the library's timers (retransmissions at 500 ms and later) are looked at
only then. A message that comes wakes it at once."""

TAKE_BACK_MS: Final = DurationMs(1_200)
"""How long registrars may take to forget us at the end; the unit promises to be gone within 2 s."""

HANG_S: Final = 10
"""After so long without a turn of the loop the kernel ends the process (SIGALRM)."""


class Engine:
    """One stack, one channel, one loop; the `Host` of the stack."""

    def __init__(self, channel: Channel, configure: Configure) -> None:
        """Prepare everything that needs no library yet."""
        self._channel = channel
        self._settings = configure.settings
        self._generation = configure.generation
        self._udp_port = configure.udp_port
        self._witness = Witness(configure.generation, channel.send)
        self._doorkeeper = Doorkeeper(configure.settings)
        self._full_answers = FullAnswers()
        self._extensions = Extensions(configure.settings, self._doorkeeper, self._witness.registered)
        self._pbx_of = {one.id: configure.settings.pbx_of(one) for one in configure.settings.extensions}
        self._decided: tuple[str, str, Admitted | TurnedAway] = "", "", TurnedAway("", "")
        """The last INVITE and who it is from: asked twice by the stack, decided once."""
        self._stack: Stack | None = None
        self._stopping = False

    def run(self) -> None:
        """Serve until the unit says `Stop` or is gone."""
        stack = self._stack = Stack(self)
        try:
            stack.open(self._settings, self._udp_port)
            self._channel.send(Ready(self._generation, stack.udp_port))
            # A unit that is gone is like one that says Stop: nobody sees our rings any more.
            with contextlib.suppress(EOFError):
                self._serve(stack)
            self._stop(stack)
        finally:
            self._extensions.close()
            stack.close()

    def _serve(self, stack: Stack) -> None:
        """Go round until the unit says `Stop`; EOFError if it is gone."""
        poller = select.poll()
        poller.register(self._channel, select.POLLIN)
        poller.register(stack.fileno, select.POLLIN)
        beat_due_ms = now_ms()
        while True:
            at_ms = now_ms()
            self._extensions.pass_time(stack, at_ms)
            if at_ms >= beat_due_ms:
                beat_due_ms = InstantMs(at_ms + BEAT_MS)
                # If the library hangs, the alarm ends us, whether the unit still watches or not.
                signal.alarm(HANG_S)
                stack.sweep(at_ms)
                self._witness.beat(at_ms)
            due_ms = stack.audio.clock.due_ms
            poller.poll(TICK_MS if due_ms is None else min(TICK_MS, max(0.0, due_ms - now_ms())))
            stack.handle()
            stack.audio.pass_time(now_ms())
            stack.pickups.pass_time(now_ms())
            if not self._obey(stack):
                return

    def _obey(self, stack: Stack) -> bool:
        """Do what the unit asks; return False if that is to stop."""
        while True:
            try:
                message = self._channel.receive()
            except MalformedPacket as error:
                self._witness.fault(f"the unit sent a malformed packet: {error}")
                continue
            if message is None:
                return True
            if isinstance(message, Stop):
                return False
            try:
                self._do(stack, message)
            except Exception as error:
                # What fails for one caller must not end the engine for all of them.
                self._witness.fault(f"{type(message).__name__}: {plain_error(error)}")

    def _do(self, stack: Stack, message: ToEngine | ToUnit) -> None:
        match message:
            case EndRing(ring):
                stack.end_ring(ring)
            case Take(ring, way, target, headers, confirm_key, within_ms, order):
                target = "" if way is Way.HANDSET else target
                self._take(stack, ring, way, Dial(target, headers, confirm_key, within_ms, order))
            case Return(ring, target, within_ms, order):
                self._take(stack, ring, Way.PHONE, Dial(target, answer_within_ms=within_ms, order=order))
            case Hangup(ring):
                stack.pickups.hang_up(ring)
            case _:
                self._witness.fault(f"the unit sent an unexpected {type(message).__name__}")

    def _take(self, stack: Stack, ring: RingId, way: Way, dial: Dial) -> None:
        caller = stack.ringing(ring)
        if caller is None:
            self.moved(ring, PickupStep.CALLER_GONE, "", dial.order)
        else:
            stack.pickups.take(caller, way, dial, now_ms())

    def _stop(self, stack: Stack) -> None:
        """Take everything back, as far as the registrars answer in time."""
        self._stopping = True
        give_up_ms = now_ms() + TAKE_BACK_MS
        stack.take_back()
        while not stack.taken_back and now_ms() < give_up_ms:
            select.select([stack.fileno], [], [], 0.02)
            stack.handle()
        self._witness.stopped(stack.taken_back)

    def admits(self, text: str, source: str) -> ExtensionId | None:
        """Answer the stack: whose INVITE is this, be it only to be refused in full?"""
        decision = self._doorkeeper.decide(text, source)
        self._decided = text, source, decision
        if isinstance(decision, TurnedAway):
            self._witness.refused(decision)
            # It does not matter which extension refuses a stranger.
            return next(iter(self._pbx_of)) if self._full_answers.allow(now_ms()) else None
        return decision.extension

    def invited(self, text: str, source: str, at_ms: InstantMs) -> Offer | int:
        """Answer the stack: what rings, or the status to refuse it with."""
        decided_text, decided_source, decision = self._decided
        assert (decided_text, decided_source) == (text, source), "the stack asks for admission first"
        if isinstance(decision, TurnedAway):
            return FORBIDDEN
        if self._stopping:
            return TEMPORARILY_UNAVAILABLE
        if self._witness.full:
            self._witness.legs_full()
            return BUSY_HERE
        pbx = self._pbx_of[decision.extension]
        invite = read_invite(text, line_header=pbx.line_header, tag_header=pbx.tag_header)
        offer = Offer(
            ring=self._witness.next_ring(),
            extension=decision.extension,
            call_id=invite.call_id,
            number=invite.number,
            name=invite.name,
            tag=invite.tag,
            dialled=invite.dialled,
            line_header=invite.line_header,
        )
        # The light comes before the 180: it is what the caller's wait is measured to.
        self._witness.rang(offer, at_ms)
        return offer

    def ended(self, ring: RingId, cancelled: bool, reasons: tuple[Reason, ...]) -> None:
        """The stack says that a ring is over."""
        self._witness.over(ring, now_ms(), cancelled=cancelled, reasons=reasons)

    def moved(self, ring: RingId, step: PickupStep, why: str, order: OrderId) -> None:
        """The stack says how far the taking of a caller has come."""
        self._witness.moved(ring, step, why, order, now_ms())

    def answered(self, extension: ExtensionId, index: int, code: int, why: str, expires_s: int) -> None:
        """The stack says what became of a REGISTER."""
        if not self._stopping:
            self._extensions.answered(extension, index, code, why, expires_s, now_ms())

    def rejected(self, text: str, source: str, code: int) -> None:
        """The stack says that the library itself refused an INVITE."""
        if isinstance(self._doorkeeper.decide(text, source), TurnedAway):
            return
        if code == BUSY_HERE:
            self._witness.legs_full()
        else:
            self._witness.fault(f"the SIP library refused an INVITE of the phone system with {code}")

    def disconnected(self, transport: str) -> None:
        """The stack says that a connection ended."""
        if self._stack is not None:
            self._stack.disconnected(transport)
        self._extensions.disconnected(transport, now_ms())

    def overflowed(self) -> None:
        """The stack says that a message on a connection was too long."""
        self._witness.fault(
            f"the phone system sent a message longer than {MESSAGE_BYTES_MAX} bytes: its connection was ended"
        )

    def fault(self, why: str) -> None:
        """The stack says that a callback raised."""
        self._witness.fault(why)


def _detach() -> None:
    """Let nobody but the unit end us, and nothing of the library reach the unit's output."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    # PR_SET_PDEATHSIG (prctl(2)). The end of the socket tells us that the unit is gone; a stopped engine must
    # be woken to see it. A kill would leave our rings and registrations with the phone system.
    ctypes.CDLL(None).prctl(1, signal.SIGCONT, 0, 0, 0)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _configured(channel: Channel) -> Configure:
    """Wait for the first message.

    Raises:
        EOFError: the unit is gone, or said something else.
    """
    while True:
        select.select([channel], [], [])
        message = channel.receive()
        if isinstance(message, Configure):
            return message
        if message is not None:
            raise EOFError(f"the unit began with {type(message).__name__}")


def main() -> int:
    """Run one engine; 0 after a stop that was asked for or the unit's end, 1 after a failure."""
    gc.disable()
    _detach()
    channel = Channel(socket.socket(fileno=int(sys.argv[1])))
    try:
        Engine(channel, _configured(channel)).run()
    except EOFError:
        return 0
    except Exception as error:
        channel.send(Beat(now_ms(), faults=(Fault(f"the engine failed: {plain_error(error)}", 1),)))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
