"""The log: one line an event, never a caller's number, and a unit that never waits for it."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import SteppedClock
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
    Outcome,
    PartTested,
    PhoneSystemBack,
    PhoneSystemLost,
    PressTooLate,
    RegistrationHeld,
    RegistrationLost,
    RingsRefused,
    SendersRefused,
    StageReached,
    Urgency,
)
from appliance.core.pickup_notices import (
    CallTaken,
    PickupArmed,
    PickupBegan,
    PickupFailed,
    PickupRefused,
    ReturnBegan,
)
from appliance.core.words import Button, CallId, DurationMs, ExtensionId, LineId, UnitId
from appliance.log import (
    LOGGED_LENGTH_MAX,
    REFUSALS_A_MINUTE_MAX,
    Log,
    Severity,
    described,
    is_journal,
    logfmt,
)
from tests.peers.program import PATIENT_S

CALL, MAIN, EXTENSION = CallId(3), LineId("main"), ExtensionId("ext-main")
WAIT = DurationMs(12_345)

TOLD: dict[Notice, str] = {
    CallArrived(CALL, MAIN, True): "info call-arrived call=3 line=main shown=yes",
    CallArrived(CALL, MAIN, False): "info call-arrived call=3 line=main shown=no",
    CallShown(CALL, MAIN, WAIT): "info call-shown call=3 line=main wait_s=12.3",
    StageReached(CALL, MAIN, 2, WAIT, None): "info stage-reached call=3 line=main wait_s=12.3 stage=2",
    StageReached(CALL, MAIN, 3, WAIT, Urgency.PRIORITY): (
        'info stage-reached call=3 line=main wait_s=12.3 stage=3 urgency="priority line"'
    ),
    CallHeld(CALL, MAIN, WAIT): "info call-held call=3 line=main wait_s=12.3",
    CallRangAgain(CALL, MAIN, WAIT): "info call-rang-again call=3 line=main wait_s=12.3",
    CallUnsure(CALL, MAIN, WAIT): "warning call-unsure call=3 line=main wait_s=12.3",
    CallEnded(CALL, MAIN, Outcome.ABANDONED, WAIT, "the caller gave up"): (
        'notice call-ended call=3 line=main wait_s=12.3 outcome=abandoned why="the caller gave up"'
    ),
    PickupBegan(CALL, MAIN, UnitId("back")): "notice pickup-began call=3 line=main by=back",
    PickupArmed(CALL, MAIN, UnitId("back")): "notice pickup-armed call=3 line=main by=back",
    PickupFailed(CALL, MAIN, "busy"): "warning pickup-failed call=3 line=main why=busy",
    PickupRefused(MAIN, UnitId("back"), "gone"): "notice pickup-refused line=main owner=back why=gone",
    CallTaken(CALL, MAIN, UnitId("back"), WAIT): "notice call-taken call=3 line=main wait_s=12.3 by=back",
    CallTaken(CALL, MAIN, None, WAIT): 'notice call-taken call=3 line=main wait_s=12.3 by=""',
    ReturnBegan(CALL, MAIN, WAIT): "warning return-began call=3 line=main wait_s=12.3",
    RegistrationHeld(EXTENSION): "notice registration-held extension=ext-main",
    RegistrationLost(EXTENSION, 403, "Forbidden"): (
        "warning registration-lost extension=ext-main code=403 why=Forbidden"
    ),
    PhoneSystemLost("ext-main: 403 Forbidden"): 'error phone-system-lost why="ext-main: 403 Forbidden"',
    PhoneSystemBack(): "notice phone-system-back",
    SendersRefused("192.0.2.66", "no mark", 7): (
        'warning senders-refused address=192.0.2.66 count=7 why="no mark"'
    ),
    RingsRefused(2): "warning rings-refused count=2",
    FaultBegan("tower desk", "unplugged"): 'error fault-began fault="tower desk" why=unplugged',
    NothingToDo(Button.LINE_1): "info nothing-to-do button=line-1",
    PressTooLate(Button.MUTE, DurationMs(4_123)): "warning press-too-late button=mute age_s=4.1",
    HandsetInUse(MAIN): "notice handset-in-use line=main",
    Muted(2): "notice muted count=2",
    AwayBegan(DurationMs(1_800_000)): "notice away-began for_s=1800",
    AwayOver("the button"): 'notice away-over why="the button"',
    HushAsked(UnitId("back"), DurationMs(60_000)): "notice hush-asked asker=back for_s=60",
    OtherAway(UnitId("back"), DurationMs(1_800_000)): "notice other-away unit=back for_s=1800",
    OtherBack(UnitId("back"), "retired"): "notice other-back unit=back why=retired",
    PartTested("Main"): "info part-tested part=Main",
    LampTestOver("a caller rings"): 'info lamp-test-over why="a caller rings"',
    FaultOver("tower desk"): 'notice fault-over fault="tower desk"',
}


@contextlib.contextmanager
def logging(file: Path, clock: SteppedClock | None = None) -> Iterator[Log]:
    """A log into this file, whole when it is closed."""
    stream = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    log = Log(stream, clock)
    try:
        yield log
        log.close(PATIENT_S)
    finally:
        os.close(stream)


def lines(file: Path) -> list[str]:
    """The log without its wall time."""
    return [re.sub(r"^utc=\S+Z severity=", "", line) for line in file.read_text("ascii").splitlines()]


def test_every_notice_is_one_line_with_its_severity_and_its_fields(tmp_path: Path) -> None:
    assert {type(notice) for notice in TOLD} == set(get_args(Notice))
    with logging(tmp_path / "log") as log:
        for notice in TOLD:
            log.tell(notice)
    assert [line.replace(" event=", " ") for line in lines(tmp_path / "log")] == list(TOLD.values())


def test_a_line_begins_with_the_wall_time_to_the_millisecond(tmp_path: Path) -> None:
    with logging(tmp_path / "log") as log:
        log.say("started", unit="front")
    assert re.fullmatch(
        r"utc=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z severity=info event=started unit=front\n",
        (tmp_path / "log").read_text(),
    )


def test_for_the_journal_a_line_begins_with_its_priority_and_has_no_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log").touch()
    there = (tmp_path / "log").stat()
    monkeypatch.setenv("JOURNAL_STREAM", f"{there.st_dev}:{there.st_ino}")
    with logging(tmp_path / "log") as log:
        log.tell(PhoneSystemBack())
        log.say("started", Severity.INFO)
    assert (tmp_path / "log").read_text() == "<5>event=phone-system-back\n<6>event=started\n"


def test_only_the_journals_own_descriptor_is_the_journal(tmp_path: Path) -> None:
    stream = os.open(tmp_path / "log", os.O_WRONLY | os.O_CREAT)
    there = os.fstat(stream)
    name = f"{there.st_dev}:{there.st_ino}"
    assert is_journal(stream, {"JOURNAL_STREAM": name})
    assert not is_journal(stream, {"JOURNAL_STREAM": f"{name}0"})
    assert not is_journal(stream, {})
    os.close(stream)
    assert not is_journal(stream, {"JOURNAL_STREAM": name})


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", "plain"),
        ("", '""'),
        ("two words", '"two words"'),
        ('a "b" \\c', r'"a \"b\" \\c"'),
        ("a=b", '"a=b"'),
        ("one\nevent=call-ended call=9", r'"one\nevent=call-ended call=9"'),
        ("\x1b[2J\x00\x7f\u2028\u202e", r'"\u001b[2J\u0000\u007f\u2028\u202e"'),
        ("Störung ☎", r'"St\u00f6rung \u260e"'),
        ("\udcff", r'"\udcff"'),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        (1.5, "1.5"),
    ],
)
def test_no_value_breaks_its_line_or_drives_a_terminal(value: str | int | float | bool, written: str) -> None:
    assert logfmt("x", {"why": value}) == f"event=x why={written}"


@given(st.text())
def test_every_text_is_printable_ascii_and_one_value(text: str) -> None:
    said = logfmt("x", {"why": text, "after": 1})
    assert re.fullmatch(r'event=x why=(?:[^"\s]+|"(?:[^"\\]|\\.)*") after=1', said)
    assert all(" " <= letter <= "~" for letter in said)


def test_a_value_is_cut_at_its_limit_and_says_so() -> None:
    longest = "x" * LOGGED_LENGTH_MAX
    assert logfmt("x", {"why": longest}) == f"event=x why={longest}"
    assert logfmt("x", {"why": longest + "x"}) == f'event=x why="{longest[:-1]}\\u2026"'


@pytest.mark.parametrize("number", ["03012345", "+49301234567", "1555010", "٠٣٠١٢٣٤٥٦٧"])
@pytest.mark.parametrize("severity", Severity)
def test_a_number_that_somebody_put_into_a_text_goes_no_further(
    tmp_path: Path, number: str, severity: Severity
) -> None:
    why = f"no such user {number}, sip:{number}@pbx"
    with logging(tmp_path / "log") as log:
        log.say("defect", severity, why=why)
        log.tell(RegistrationLost(EXTENSION, 404, why))
        log.tell(FaultBegan(f"tower {number}", why))
    said = (tmp_path / "log").read_text()
    assert number not in said
    assert number.encode("ascii", "backslashreplace").decode() not in said
    assert said.count("<number>") == 7


def test_what_is_no_number_is_left_alone() -> None:
    for text in ("192.0.2.10:5060", "[2001:db8::1]:5060", "2026-01-31", "408 Request Timeout", "123456"):
        assert "<number>" not in logfmt("x", {"why": text})


def test_lines_about_refusals_have_a_limit_a_minute_for_each_kind_and_leave_nothing_out_of_the_count(
    tmp_path: Path,
) -> None:
    clock = SteppedClock()
    with logging(tmp_path / "log", clock) as log:
        for number in range(REFUSALS_A_MINUTE_MAX + 5):
            log.tell(SendersRefused(f"192.0.2.{number}", "no mark", 3))
            clock.step(DurationMs(1_000))
        log.tell(RingsRefused(1))
        log.tell(PhoneSystemBack())
        clock.step(DurationMs(44_999))
        log.tell(SendersRefused("192.0.2.99", "no mark", 2))
        clock.step(DurationMs(1))
        log.tell(SendersRefused("192.0.2.100", "no mark", 4))
        clock.step(DurationMs(1_000))
        log.tell(SendersRefused("192.0.2.101", "no mark", 1))
    written = [line.partition("event=")[2] for line in lines(tmp_path / "log")]
    first = [f'senders-refused address=192.0.2.{n} count=3 why="no mark"' for n in range(10)]
    assert written == [
        *first,
        "rings-refused count=1",
        "phone-system-back",
        'senders-refused address=192.0.2.100 count=4 why="no mark" untold_count=17',
        'senders-refused address=192.0.2.101 count=1 why="no mark"',
    ]


def test_no_field_of_a_line_names_a_caller() -> None:
    for notice in TOLD:
        _, _, fields = described(notice)
        assert not {"number", "name", "caller"} & fields.keys()
