"""The real unit with a tower on a cable: unplugged it is a fault elsewhere and loses no ring."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from appliance.core.picture import Picture, Showing
from tests.end_to_end.desk import Setting, usual_site
from tests.firmware.drawn import segment_at
from tests.peers.board import is_lit
from tests.peers.live_board import LiveBoard, running_board
from tests.peers.program import PATIENT_S, until
from tests.peers.raw import RawPbx, accepts_for, raw_pbx
from tests.peers.unit import Unit, running_unit
from tests.practice.record import read_record

ONE_LINE = Setting(extensions={"601": "main"})


@dataclass
class Towered:
    """A unit with the emulated tower and a recorder, at a phone system that sends raw datagrams."""

    unit: Unit
    board: LiveBoard
    pbx: RawPbx

    @property
    def picture(self) -> Picture:
        """What the other light shows."""
        return read_record(self.unit.record_file)[-1].picture

    def until_callers(self, count: int) -> None:
        """Wait until the other light shows so many callers on the line."""

        def met() -> bool:
            segment = self.picture.segments[0]
            return segment.marks + (segment.showing is not Showing.NOTHING) == count

        self.unit.program.until(met, PATIENT_S, f"{count} callers")

    def until_fault(self, part: str) -> None:
        """Wait until the tower's fault says this, and every other light shows that there is one."""
        self.unit.until_status(
            lambda report: part in (report.towers[0].fault or "") and self.picture.fault, f"fault {part!r}"
        )

    def until_sound(self) -> None:
        """Wait until the tower is no fault any more."""
        self.unit.until_status(
            lambda report: report.towers[0].fault is None and not self.picture.fault, "no fault"
        )

    @property
    def line_is_lit(self) -> bool:
        return any(map(is_lit, self.board.chain[segment_at(0)]))


@contextlib.contextmanager
def towered() -> Iterator[Towered]:
    with (
        running_board() as board,
        raw_pbx(accepts_for(3600)) as pbx,
        running_unit(
            usual_site([f"sip:{pbx.address}"], ONE_LINE),
            towers=[{"driver": "controller", "port": str(board.port)}],
        ) as unit,
    ):
        unit.until_registered()
        until(lambda: is_lit(board.chain[0]), PATIENT_S, "the tower is up")
        yield Towered(unit, board, pbx)


def test_a_tower_that_is_pulled_out_while_callers_ring_loses_no_ring_and_restarts_nothing() -> None:
    with towered() as desk:
        unit, engine = desk.unit.program.pid, desk.unit.engine_pid()
        desk.pbx.send(desk.pbx.invite("first"))
        until(lambda: desk.line_is_lit, PATIENT_S, "the first caller is on the pixels")
        desk.board.unplug()
        desk.until_fault("is the tower plugged in?")
        desk.pbx.send(desk.pbx.invite("second", b"<sip:0302@127.0.0.1>"))
        desk.until_callers(2)
        desk.board.plug()
        desk.until_sound()
        until(lambda: desk.line_is_lit, PATIENT_S, "the callers are on the pixels again")
        for caller, number in (("first", b"0301"), ("second", b"0302")):
            desk.pbx.send(desk.pbx.cancel(caller, b"<sip:%s@127.0.0.1>" % number))
        desk.until_callers(0)
        until(lambda: not desk.line_is_lit, PATIENT_S, "the pixels are dark")
        assert (desk.unit.program.pid, desk.unit.engine_pid()) == (unit, engine)


def test_a_press_on_the_tower_reaches_the_board_and_its_lamp_says_what_became_of_it() -> None:
    with towered() as desk:
        away_lamp = segment_at(2).start + 3
        for away in (True, False):
            desk.board.press(9)
            until(lambda lit=away: is_lit(desk.board.chain[away_lamp]) is lit, PATIENT_S, f"away is {away}")  # type: ignore[misc]
            let_go_ms = desk.board.now_ms + 300
            until(lambda then=let_go_ms: desk.board.now_ms > then, PATIENT_S, "a finger's time")  # type: ignore[misc]
            desk.board.release(9)
            until(lambda then=let_go_ms: desk.board.now_ms > then + 300, PATIENT_S, "a finger's time")  # type: ignore[misc]
            until(lambda lit=away: is_lit(desk.board.chain[away_lamp]) is lit, PATIENT_S, "so it stays")  # type: ignore[misc]
