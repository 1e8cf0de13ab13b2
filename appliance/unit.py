"""The shell of a unit: one inbox, one board, one thread that touches them.

Three steps, for ever: take one event, hand out its effects, re-arm the deadline. No decision is made here.
Adapters (the engine's link, towers, the status socket, signals) post and return; they never touch the board.
"""

import contextlib
import faulthandler
import gc
import os
import secrets
import signal
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from types import FrameType
from typing import Final, assert_never

from appliance.bus.opening import Bus, open_bus
from appliance.callers_file import CallersFile
from appliance.clock import Clock, RealClock
from appliance.config.configuration import Configuration
from appliance.core.board import Board
from appliance.core.effects import (
    AnswerPickup,
    AskAway,
    AskMute,
    AskPickup,
    DialPickup,
    Effect,
    EndRing,
    HangUp,
    NoteCallers,
    PlaySound,
    PublishLine,
    ReturnCaller,
    ShowPicture,
    TakeRing,
    Tell,
)
from appliance.core.events import (
    ButtonPressed,
    CallersFound,
    Event,
    FaultRaised,
    LampTestAsked,
    StopAsked,
    TimePassed,
)
from appliance.core.notices import CallArrived, StageReached
from appliance.core.orders import SEND_ON_MS
from appliance.core.sentences import sentence_of
from appliance.core.view import BoardView
from appliance.core.words import DurationMs, InstantMs
from appliance.errors import ExitCode
from appliance.handset.key import HandsetKey
from appliance.inbox import Asked, Happened, Inbox, Stopped
from appliance.log import Log, Severity
from appliance.phone.desk import DeskPhone
from appliance.service import Service, standing
from appliance.sip.link import EngineLink
from appliance.status import LAMP_TEST_SOCKET_NAME, StatusReport, StatusServer, TowerStatus, report_of
from appliance.tower.drivers import Towers, open_towers

BEAT_MS: Final = DurationMs(250)
"""The longest that the loop waits. Each turn of it proves to the towers that the board lives; they take the
board for hung after 1 s of silence, so three beats may be lost to a busy machine."""

ENGINE_STOP_S: Final = 1.4
"""How long the engine may take to unregister: with lights out (0.5 s at most) before it, and the log after
it, the unit is gone within 2 s even if a registrar is dead. A second signal does not wait for it at all."""

BOARD_FAULT: Final = "board"
"""Names the fault of a defect in the board itself."""


class Unit:
    """One appliance: its board, and the adapters that its effects go to."""

    def __init__(self, configuration: Configuration, clock: Clock, log: Log, service: Service) -> None:
        """Put the parts together; nothing runs and nothing is shown yet."""
        self._clock = clock
        self._log = log
        self._service = service
        self._configuration = configuration
        self._labels = {line.id: line.label for line in configuration.board.lines}
        boot = secrets.token_hex(4)
        self._board = Board(replace(configuration.board, boot=boot))
        self.inbox: Final = Inbox(clock)
        self._towers: Towers = open_towers(
            configuration.towers, tuple(self._labels.values()), clock, self.inbox.post
        )
        self._link = EngineLink(
            configuration.engine, self.inbox.post, state_directory=configuration.state_directory
        )
        self._phone = DeskPhone(configuration.phone, self.inbox.post)
        self._handset_key = HandsetKey(configuration.handset_key, self.inbox.post)
        self._bus: Bus = open_bus(
            configuration,
            boot,
            version("call-light"),
            clock,
            log,
            self.inbox.post,
            self.inbox.ask,
            self.inbox.stop,
            lambda: tuple(writer.fault is None for writer in self._towers.writers),
        )
        self._callers_file = CallersFile(configuration.state_directory, self.inbox.post)
        self._started_ms = clock.now_ms()
        self._is_whole = False
        """Whether all adapters were supervised when the loop last came round."""

    def run(self) -> str:
        """Start the adapters, serve the inbox until somebody asks the unit to end, and put the lights out.

        Returns:
            The name of the signal that ended it.

        Raises:
            CallLightError: another unit runs here, or the status socket cannot be made.
        """
        directory = self._configuration.runtime_directory
        with contextlib.ExitStack() as sockets:
            # The status first: it tells whether another unit runs here.
            sockets.callback(StatusServer(directory, self.inbox.ask, self._describe).close)
            lamp_test = StatusServer(directory, self._ask_lamp_test, self._describe, LAMP_TEST_SOCKET_NAME)
            sockets.callback(lamp_test.close)
            return self._run()

    def _run(self) -> str:
        try:
            if found_count := self._callers_file.open():
                self.inbox.post(CallersFound(found_count))
            self._towers.start()
            self._link.start()
            self._bus.start()
            self._handset_key.start()
            return self._serve()
        finally:
            self._service.stopping()
            self._handset_key.close()
            self._bus.leave()
            self._towers.close()
            self._link.stop(ENGINE_STOP_S)
            self._bus.join()
            self._callers_file.close()

    def _ask_lamp_test(self, reply: Callable[[BoardView, InstantMs], None]) -> None:
        self.inbox.post(LampTestAsked())
        self.inbox.ask(reply)

    def _serve(self) -> str:
        stopped_by, end_ms = "", InstantMs(float("inf"))
        while True:
            now_ms = self._clock.now_ms()
            self._beat(now_ms)
            if stopped_by and (now_ms >= end_ms or not self._board.holds_callers):
                return stopped_by
            item = self._inbox_item()
            match item:
                case None:
                    self._receive(TimePassed(), self._clock.now_ms())
                case Happened(ButtonPressed() as pressed, at_ms):
                    # One that lay in the inbox of a frozen unit must not look fresh.
                    now_ms = self._clock.now_ms()
                    age_ms = DurationMs(pressed.age_ms + now_ms - at_ms)
                    self._receive(replace(pressed, age_ms=age_ms), now_ms)
                case Happened(event, at_ms):
                    self._receive(event, at_ms)
                case Asked(reply):
                    now_ms = self._clock.now_ms()
                    reply(self._board.view(now_ms), now_ms)
                case Stopped(signal_name) if stopped_by:
                    return signal_name
                case Stopped(signal_name):
                    now_ms = self._clock.now_ms()
                    stopped_by, end_ms = signal_name, InstantMs(now_ms + SEND_ON_MS)
                    self._receive(StopAsked(), now_ms)
                case _:
                    assert_never(item)

    def _beat(self, now_ms: InstantMs) -> None:
        """Prove to the towers that the board lives, and to systemd that all adapters are supervised too.

        An engine or a tower that is lost is none of this: its supervisor lives, has told a fault, and tries
        again. Only where nobody does is a restart better than going on.
        """
        self._towers.beat(now_ms)
        unsupervised = (
            *self._towers.unsupervised(),
            *self._link.unsupervised(now_ms),
            *self._bus.unsupervised(now_ms),
            *self._handset_key.unsupervised(),
        )
        if unsupervised and self._is_whole:
            self._log.say("unsupervised", Severity.ERROR, adapters=", ".join(unsupervised))
        self._is_whole = not unsupervised
        if self._is_whole:
            self._service.feed(now_ms, self._standing)

    def _standing(self) -> str:
        faults = [writer.fault for writer in self._towers.writers]
        return standing(self._board.view(self._clock.now_ms()), faults.count(None), len(faults))

    def _inbox_item(self) -> Happened | Asked | Stopped | None:
        deadline_ms = self._board.deadline_ms
        left_ms = BEAT_MS if deadline_ms is None else DurationMs(deadline_ms - self._clock.now_ms())
        return self.inbox.take(min(BEAT_MS, left_ms))

    def _receive(self, event: Event, at_ms: InstantMs) -> None:
        try:
            effects = self._board.receive(event, at_ms)
        except Exception as error:
            # A defect of ours must not end the light: the engine's list heals the board within a second.
            kind, event_kind = type(error).__name__, type(event).__name__
            self._log.say("defect", Severity.ERROR, kind=kind, event_kind=event_kind)
            if not isinstance(event, FaultRaised):
                self.inbox.post(FaultRaised(BOARD_FAULT, f"{kind} at {event_kind}"))
            return
        for effect in effects:
            self._perform(effect)

    def _perform(self, effect: Effect) -> None:
        """Hand an effect to its adapter; each returns at once."""
        match effect:
            case ShowPicture(picture):
                self._towers.show(picture)
            case PlaySound(sound):
                self._towers.play(sound)
            case EndRing() | TakeRing() | ReturnCaller() | HangUp():
                self._link.perform(effect)
            case DialPickup():
                self._phone.dial(effect)
            case NoteCallers():
                self._callers_file.note(effect)
            case Tell(notice):
                # What would flood the log would push every caller's sentence off a tower, too.
                if self._log.tell(notice):
                    self._towers.tell(sentence_of(notice, self._labels))
                    match notice:
                        case CallArrived(call) | StageReached(call):
                            self._bus.tell(notice, self._board.number_of(call))
                        case _:
                            self._bus.tell(notice)
            case PublishLine() | AskPickup() | AnswerPickup() | AskMute() | AskAway():
                self._bus.perform(effect)
            case _:
                assert_never(effect)

    def _describe(self, view: BoardView, now_ms: InstantMs) -> StatusReport:
        return report_of(
            view,
            now_ms,
            unit=self._configuration.name,
            software=version("call-light"),
            started_ms=self._started_ms,
            towers=tuple(TowerStatus(writer.name, writer.fault) for writer in self._towers.writers),
            log_lines_lost_count=self._log.lost_count,
            bus=self._bus.status(),
        )


def run_unit(configuration: Configuration) -> int:
    """Be the unit until SIGTERM, SIGINT or SIGHUP; return the exit code.

    SIGHUP ends it like the others: a closed terminal must not leave a unit behind, and systemd starts one
    that reads the configuration again. A second signal ends the process at once; the engine follows by
    itself, for it sees the socket close, and so does every ring.

    Raises:
        CallLightError: another unit runs here, or the status socket cannot be made.
    """
    # A watchdog ends a hung unit by SIGABRT: the journal then has each thread's functions, and no values.
    faulthandler.enable()
    log = Log()
    service = Service(os.environ)
    try:
        for warning in configuration.warnings:
            log.say("warning", Severity.WARNING, text=warning)
        unit = Unit(configuration, RealClock(), log, service)

        def stop(number: int, _frame: FrameType | None) -> None:
            for again in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(again, signal.SIG_DFL)
            unit.inbox.stop(signal.Signals(number).name)

        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, stop)
        # All that was loaded stays: to look through it for garbage would take 30 ms while a caller rings.
        gc.freeze()
        log.say("started", unit=configuration.name, software=version("call-light"))
        log.say("stopped", signal=unit.run())
    finally:
        service.close()
        log.close()
    return ExitCode.OK
