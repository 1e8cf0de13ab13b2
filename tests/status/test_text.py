"""The report as text for a person, whole, and as JSON."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core.words import CALLERS_MAX, Button, InstantMs
from appliance.status.report import FORMAT, BusStatus, FaultStatus, NeighbourStatus, decode, encode
from appliance.status.text import TEXT_LENGTH_MAX, clean, status_text
from tests.core.bus import Bus
from tests.core.desk import Desk, line
from tests.status.desk import NOW_S, busy_desk, busy_report, report_on

BUSY = """\
front: call-light 0.1.0, up 1:10
phone system: reaches this unit
lines:
  main     Main     urgent
  lab      Lab      urgent, no registration serves this line
  doctors  Doctors  held
callers:
  call 1  main     1:05  ringing  stage 3, urgent: waited past the line's limit
  call 2  lab      0:10  ringing  stage 3, urgent: priority line
  call 3  doctors  0:08  held     stage 1
registrations:
  ext-main     held  200  for 1:10  OK
  ext-lab      LOST  403  for 1:09  Forbidden
  ext-doctors  held  200  for 1:10  OK
towers:
  terminal  the cable is out
  recorder  works
faults:
  tower terminal  the cable is out
refused senders:
  192.0.2.66  3 refused  no mark
refused rings of our own PBX, every leg was in use: 2
"""

QUIET = """\
front: call-light 0.1.0, up 4 d 15:06:40
phone system: reaches this unit
lines:
  main  Main  dark
  lab   Lab   dark
callers: nobody waits
registrations:
  ext-main  held  200  for 4 d 15:06:40  OK
  ext-lab   held  200  for 4 d 15:06:40  OK
towers: none
faults: none
refused senders: none
log lines that could not be written: 7
"""


def test_a_busy_unit_in_full() -> None:
    assert status_text(busy_report()) == BUSY


def test_a_quiet_unit_in_full() -> None:
    desk = Desk.registered()
    report = report_on(desk.board.view(InstantMs(0)), InstantMs(400_000_000), log_lines_lost_count=7)
    assert status_text(replace(report, towers=())) == QUIET


def test_what_silences_the_sound_and_where_a_lamp_test_is_are_named() -> None:
    report = replace(busy_report(), muted=True, away=True, lamp_test="line Main")
    said = status_text(report)
    assert "sound: off, the people of this unit are away\nsound: off for the callers who wait now\n" in said
    assert "lamp test: line Main\n" in said
    assert decode(encode(report)) == report


def test_a_caller_is_named_with_the_units_that_see_them_and_so_is_who_wants_quiet_or_is_away() -> None:
    bus = Bus()
    front, back = bus.starts("front"), bus.starts("back")
    front.rings("leg-1", on="main", caller="+49301234567", at_s=5)
    back.rings("leg-2", on="main", caller="+49301234567", at_s=5)
    back.rings("b", on="lab", at_s=60)
    back.taps(Button.AWAY, at_s=61)
    back.taps(Button.MUTE, at_s=62)
    bus.wait_until(70)
    report = report_on(front.board.view(InstantMs(70_000)), InstantMs(70_000))
    said = status_text(report)
    assert (
        "callers:\n"
        "  call 1   main  1:05  ringing  stage 3, urgent: waited past the line's limit  also at back\n"
        "  at back  lab   0:10  ringing  stage 1\n"
        "sound: for urgent callers only: unit back muted those who wait now\n"
        "sound: the people of unit back are away\n"
    ) in said
    assert "4930" not in said
    assert decode(encode(report)) == report


def test_the_bus_and_the_other_units_are_named_where_there_is_a_bus() -> None:
    neighbours = (NeighbourStatus("back", True, 4), NeighbourStatus("lab", False, None))
    bus = BusStatus("broker.example:8883", None, neighbours, 0, 0, 4)
    quiet = busy_report()
    assert status_text(replace(quiet, bus=bus)) == BUSY.replace(
        "towers:\n",
        "bus: broker.example:8883 answers\nother units:\n"
        "  back  online  site file 4\n  lab   SILENT\ntowers:\n",
    )
    differs = replace(quiet, bus=replace(bus, site_revision=5))
    assert "site files DIFFER: ours has revision 5, back has 4\n" in status_text(differs)
    lost = BusStatus("broker.example:8883", "refused", (), 3, 70, 0, 2)
    said = status_text(replace(quiet, bus=lost))
    assert "bus: broker.example:8883 LOST: refused\nother units: none\nmessages refused: 3\n" in said
    assert "messages dropped, they came too fast: 70\n" in said
    assert "events told to nobody, the broker was away: 2\n" in said
    assert decode(encode(replace(quiet, bus=bus))) == replace(quiet, bus=bus)


def test_a_unit_that_nobody_can_reach_says_so_first_and_since_when() -> None:
    started = status_text(report_on(Desk().board.view(InstantMs(0)), InstantMs(0)))
    assert started.splitlines()[1] == (
        "phone system: LOST, no caller can reach this unit: the SIP engine has not started yet"
    )
    assert "  ext-main  LOST  -    not yet registered\n" in started
    desk = Desk.registered(line("main"))
    desk.registration("ext-main", held=False, at_s=10, code=503, why="Service Unavailable")
    lost = status_text(report_on(desk.board.view(InstantMs(10_000)), InstantMs(75_000)))
    assert "  ext-main  LOST  503  for 1:05  Service Unavailable\n" in lost


def test_a_line_whose_callers_are_only_counted_is_not_called_dark() -> None:
    desk = Desk.registered()
    for number in range(CALLERS_MAX):
        desk.rings(f"caller-{number}", on="main")
    desk.rings("the-33rd", on="lab")
    desk.rings("the-34th", on="main")
    said = status_text(report_on(desk.board.view(InstantMs(0)), InstantMs(0)))
    assert "  main  Main  waiting, 1 more\n  lab   Lab   1 more\n" in said
    assert "  call 33  lab   0:00  ringing  stage 1  counted only\n" in said


def test_a_line_that_no_registration_serves_is_not_called_dark_alone() -> None:
    desk = Desk.registered()
    desk.registration("ext-lab", held=False, code=403, why="Forbidden")
    said = status_text(report_on(desk.board.view(InstantMs(0)), InstantMs(0)))
    assert "  main  Main  dark\n  lab   Lab   line lost\n" in said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0:00"), (59.9, "0:59"), (3_599, "59:59"), (3_600, "1:00:00"), (86_400, "1 d 0:00:00")],
)
def test_a_time_is_written_as_it_is_read_aloud(seconds: float, said: str) -> None:
    report = replace(busy_report(), uptime_s=seconds)
    assert status_text(report).splitlines()[0] == f"front: call-light 0.1.0, up {said}"


def test_a_foreign_text_is_cut_at_its_limit_and_cannot_drive_a_terminal() -> None:
    assert clean("x" * TEXT_LENGTH_MAX) == "x" * TEXT_LENGTH_MAX
    assert clean("x" * (TEXT_LENGTH_MAX + 1)) == "x" * (TEXT_LENGTH_MAX - 1) + "…"
    why = "\x1b[2J\x07Forbidden\nfront: all is well\u202e" + "y" * 200
    report = replace(busy_report(), phone_lost=why, faults=(FaultStatus("engine\r", why),))
    said = status_text(report)
    assert "this unit: \ufffd[2J\ufffdForbidden\ufffdfront: all is well\ufffdyyy" in said
    assert all(letter.isprintable() or letter == "\n" for letter in said)
    assert said.count("\n") == status_text(busy_report()).count("\n")


def test_a_callers_number_is_in_neither_form() -> None:
    assert busy_desk().board.view(InstantMs(NOW_S * 1000)).calls[0].ring_count == 1
    for said in (status_text(busy_report()), encode(busy_report()).decode(), repr(busy_report())):
        assert "49301234567" not in said


def test_the_json_is_one_line_of_ascii_with_every_field_by_name() -> None:
    report = replace(busy_report(), phone_lost="Störung\x1b")
    said = encode(report)
    assert said.isascii()
    assert said.endswith(b"}\n")
    found = json.loads(said)
    assert found["format"] == FORMAT
    assert found["calls"][0] == {
        "call": 1,
        "line": "main",
        "state": "ringing",
        "stage": 3,
        "urgent": "waited past the line's limit",
        "wait_s": 65.0,
        "shown": True,
        "ring_count": 1,
        "also_at": "",
    }
    assert list(found) == [
        "unit",
        "software",
        "uptime_s",
        "phone_lost",
        "lines",
        "calls",
        "registrations",
        "refused_senders",
        "refused_ring_count",
        "towers",
        "faults",
        "log_lines_lost_count",
        "muted",
        "away",
        "lamp_test",
        "elsewhere",
        "away_units",
        "hushed_by",
        "bus",
        "format",
    ]
    assert decode(said) == report


@given(st.binary(max_size=200))
def test_no_answer_makes_the_reader_raise_anything_else(answer: bytes) -> None:
    with pytest.raises(ValueError, match=r"^not "):
        decode(answer)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.sampled_from(sorted(json.loads(encode(busy_report())))), JSON)
def test_a_report_with_one_wrong_field_is_refused_or_can_be_written(name: str, value: object) -> None:
    found = {**json.loads(encode(busy_report())), name: value}
    try:
        report = decode(json.dumps(found).encode())
    except ValueError:
        return
    assert status_text(report)
