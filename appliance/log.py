"""The log: one line an event to stderr, for the journal or a person. Never a caller's number or name.

A line is logfmt, `event=call-ended call=3 line=main outcome=abandoned wait_s=12.3`. Writing never blocks the
unit and never raises: one thread writes, a bounded queue feeds it, and what cannot be written is counted and
told when writing works again.
"""

import contextlib
import json
import os
import re
import threading
from collections.abc import Mapping
from enum import IntEnum
from queue import Full, Queue
from typing import Final, assert_never

from appliance.clock import Clock, RealClock, now_utc
from appliance.core.notices import (
    AwayBegan,
    AwayOver,
    CallArrived,
    CallEnded,
    CallHeld,
    CallRangAgain,
    CallShown,
    CallUnsure,
    FaultBegan,
    FaultOver,
    HandsetInUse,
    HushAsked,
    LampTestOver,
    Muted,
    NothingToDo,
    Notice,
    OtherAway,
    OtherBack,
    PartTested,
    PhoneSystemBack,
    PhoneSystemLost,
    PressTooLate,
    RegistrationHeld,
    RegistrationLost,
    RingsRefused,
    SendersRefused,
    StageReached,
)
from appliance.core.pickup_notices import (
    CallTaken,
    PickupArmed,
    PickupBegan,
    PickupFailed,
    PickupNotice,
    PickupRefused,
    ReturnBegan,
)
from appliance.core.words import DurationMs, InstantMs

LINES_WAITING_MAX: Final = 1000
"""Lines that wait for a slow disk: a minute of the busiest board. The next one is dropped and counted."""

REFUSALS_A_MINUTE_MAX: Final = 10
"""Lines a minute about refused INVITEs, for each kind. The engine gathers them by address; strangers with
many addresses must not fill a disk. INVITEs of the lines left out are added up and told with the next one."""

LOGGED_LENGTH_MAX: Final = 200
"""Characters kept of a value: texts of a PBX are part of it. What is longer is cut, and "…" says so."""

_MINUTE_MS: Final = DurationMs(60_000)
_BARE: Final = re.compile(r"[A-Za-z0-9_.:+/\-]+")
_NUMBER: Final = re.compile(r"\+?\d{7,}")  # Digits of any script.


class Severity(IntEnum):
    """How pressing a line is: syslog's numbers, as the journal reads them (sd-daemon(3))."""

    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFO = 6


Value = str | int | float | bool
Fields = Mapping[str, Value]


def described(notice: Notice) -> tuple[str, Severity, Fields]:
    """Return a notice as the event's name, how pressing it is, and its fields."""
    match notice:
        case CallArrived(call, line, shown):
            return "call-arrived", Severity.INFO, {"call": call, "line": line, "shown": shown}
        case CallShown(call, line, wait_ms):
            return "call-shown", Severity.INFO, _call(call, line, wait_ms)
        case StageReached(call, line, stage, wait_ms, urgency):
            why: Fields = {} if urgency is None else {"urgency": urgency.value}
            return "stage-reached", Severity.INFO, {**_call(call, line, wait_ms), "stage": stage, **why}
        case CallHeld(call, line, wait_ms):
            return "call-held", Severity.INFO, _call(call, line, wait_ms)
        case CallRangAgain(call, line, wait_ms):
            return "call-rang-again", Severity.INFO, _call(call, line, wait_ms)
        case CallUnsure(call, line, wait_ms):
            return "call-unsure", Severity.WARNING, _call(call, line, wait_ms)
        case CallEnded(call, line, outcome, wait_ms, reason):
            fields = {**_call(call, line, wait_ms), "outcome": outcome.value, "why": reason}
            return "call-ended", Severity.NOTICE, fields
        case PickupBegan() | PickupArmed() | PickupFailed() | PickupRefused() | CallTaken() | ReturnBegan():
            return _described_pickup(notice)
        case RegistrationHeld(extension):
            return "registration-held", Severity.NOTICE, {"extension": extension}
        case RegistrationLost(extension, code, reason):
            fields = {"extension": extension, "code": code, "why": reason}
            return "registration-lost", Severity.WARNING, fields
        case PhoneSystemLost(reason):
            return "phone-system-lost", Severity.ERROR, {"why": reason}
        case PhoneSystemBack():
            return "phone-system-back", Severity.NOTICE, {}
        case SendersRefused(address, reason, count):
            return "senders-refused", Severity.WARNING, {"address": address, "count": count, "why": reason}
        case RingsRefused(count):
            return "rings-refused", Severity.WARNING, {"count": count}
        case FaultBegan(fault, reason):
            return "fault-began", Severity.ERROR, {"fault": fault, "why": reason}
        case FaultOver(fault):
            return "fault-over", Severity.NOTICE, {"fault": fault}
        case NothingToDo(button):
            return "nothing-to-do", Severity.INFO, {"button": button.value}
        case PressTooLate(button, age_ms):
            fields = {"button": button.value, "age_s": round(age_ms / 1000, 1)}
            return "press-too-late", Severity.WARNING, fields
        case HandsetInUse(line):
            return "handset-in-use", Severity.NOTICE, {"line": line}
        case Muted(count):
            return "muted", Severity.NOTICE, {"count": count}
        case AwayBegan(for_ms):
            return "away-began", Severity.NOTICE, {"for_s": round(for_ms / 1000)}
        case AwayOver(reason):
            return "away-over", Severity.NOTICE, {"why": reason}
        case HushAsked(asker, for_ms):
            return "hush-asked", Severity.NOTICE, {"asker": asker, "for_s": round(for_ms / 1000)}
        case OtherAway(unit, for_ms):
            return "other-away", Severity.NOTICE, {"unit": unit, "for_s": round(for_ms / 1000)}
        case OtherBack(unit, reason):
            return "other-back", Severity.NOTICE, {"unit": unit, "why": reason}
        case PartTested(part):
            return "part-tested", Severity.INFO, {"part": part}
        case LampTestOver(reason):
            return "lamp-test-over", Severity.INFO, {"why": reason}
        case _:
            assert_never(notice)


def _described_pickup(notice: PickupNotice) -> tuple[str, Severity, Fields]:
    match notice:
        case PickupBegan(call, line, by):
            return "pickup-began", Severity.NOTICE, {"call": call, "line": line, "by": by}
        case PickupArmed(call, line, by):
            return "pickup-armed", Severity.NOTICE, {"call": call, "line": line, "by": by}
        case PickupFailed(call, line, reason):
            return "pickup-failed", Severity.WARNING, {"call": call, "line": line, "why": reason}
        case PickupRefused(line, owner, reason):
            return "pickup-refused", Severity.NOTICE, {"line": line, "owner": owner, "why": reason}
        case CallTaken(call, line, taker, wait_ms):
            return "call-taken", Severity.NOTICE, {**_call(call, line, wait_ms), "by": taker or ""}
        case ReturnBegan(call, line, wait_ms):
            return "return-began", Severity.WARNING, _call(call, line, wait_ms)
        case _:
            assert_never(notice)


def logfmt(event: str, fields: Fields) -> str:
    """Return an event as one line: printable ASCII, values with blanks in quotes, `name=value` throughout."""
    return " ".join(f"{name}={_value(value)}" for name, value in {"event": event, **fields}.items())


def is_journal(stream: int, environment: Mapping[str, str]) -> bool:
    """Return whether this descriptor leads to the journal (systemd.exec(5), JOURNAL_STREAM)."""
    try:
        found = os.fstat(stream)
    except OSError:
        return False
    return environment.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


class Log:
    """Writes lines to a descriptor until it is closed. One thread of the unit may use it."""

    def __init__(self, stream: int = 2, clock: Clock | None = None) -> None:
        """Begin to write to this descriptor, which stays the caller's own."""
        self._stream = stream
        self._clock = clock or RealClock()
        self._for_journal = is_journal(stream, os.environ)
        self._refusals = {kind: _Refusals() for kind in (SendersRefused, RingsRefused)}
        self._lines: Queue[bytes | None] = Queue(LINES_WAITING_MAX)
        self._counting = threading.Lock()
        self._lost_count = 0
        self._closing = False
        self._torn = False
        self._writer = threading.Thread(target=self._write, name="log", daemon=True)
        self._writer.start()

    @property
    def lost_count(self) -> int:
        """How many lines could not be written since the start."""
        return self._lost_count

    def tell(self, notice: Notice) -> bool:
        """Write what the board told; return False for a line beyond the limit of its kind."""
        event, severity, fields = described(notice)
        if isinstance(notice, SendersRefused | RingsRefused):
            untold_count = self._refusals[type(notice)].admit(notice.count, self._clock.now_ms())
            if untold_count is None:
                return False
            if untold_count:
                fields = {**fields, "untold_count": untold_count}
        self.say(event, severity, **fields)
        return True

    def say(self, event: str, severity: Severity = Severity.INFO, **fields: Value) -> None:
        """Write an event of the shell itself: a start, an end, a warning. Never a caller's number."""
        try:
            self._lines.put_nowait(self._line(logfmt(event, fields), severity))
        except Full:
            self._lose()

    def close(self, within_s: float = 0.3) -> None:
        """Write what waits, for at most this long; what a stuck descriptor holds up is given up."""
        self._closing = True
        # Where the queue is full, the writer looks at `_closing` after the last line of it.
        with contextlib.suppress(Full):
            self._lines.put_nowait(None)
        self._writer.join(within_s)

    def _write(self) -> None:
        told_count = 0
        while (line := self._lines.get()) is not None:
            lost_count = self._lost_count
            if lost_count > told_count and self._put(self._loss(lost_count - told_count)):
                told_count = lost_count
            if not self._put(line):
                self._lose()
            if self._closing and self._lines.empty():
                return

    def _loss(self, count: int) -> bytes:
        return self._line(logfmt("log-lines-lost", {"count": count}), Severity.WARNING)

    def _line(self, text: str, severity: Severity) -> bytes:
        if self._for_journal:
            return f"<{severity.value}>{text}\n".encode()
        utc = now_utc().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"utc={utc} severity={severity.name.lower()} {text}\n".encode()

    def _put(self, line: bytes) -> bool:
        # A line that a full disk tore must not run into the next one.
        rest = b"\n" + line if self._torn else line
        try:
            while rest:
                written = os.write(self._stream, rest)
                self._torn = rest[:written][-1:] != b"\n"
                rest = rest[written:]
        except OSError:
            return False
        return True

    def _lose(self) -> None:
        with self._counting:
            self._lost_count += 1


class _Refusals:
    """Admits so many lines a minute, and adds up what the others would have told."""

    def __init__(self) -> None:
        self._admitted_ms: list[InstantMs] = []
        self._untold_count = 0

    def admit(self, count: int, now_ms: InstantMs) -> int | None:
        """Return None if the line must not be written, else the count that earlier lines left untold."""
        self._admitted_ms = [at_ms for at_ms in self._admitted_ms if now_ms - at_ms < _MINUTE_MS]
        if len(self._admitted_ms) >= REFUSALS_A_MINUTE_MAX:
            self._untold_count += count
            return None
        self._admitted_ms.append(now_ms)
        untold_count, self._untold_count = self._untold_count, 0
        return untold_count


def _call(call: int, line: str, wait_ms: DurationMs) -> Fields:
    return {"call": call, "line": line, "wait_s": round(wait_ms / 1000, 1)}


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return str(value)
    # Our own texts hold no number; one that a PBX put into a reason phrase goes no further.
    text = _NUMBER.sub("<number>", value)
    text = text if len(text) <= LOGGED_LENGTH_MAX else text[: LOGGED_LENGTH_MAX - 1] + "…"
    return text if _BARE.fullmatch(text) else json.dumps(text)
