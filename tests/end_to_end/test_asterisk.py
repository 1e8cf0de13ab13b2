"""The light at a real Asterisk: a back-to-back agent, as nearly every customer's phone system is."""

import contextlib
from collections.abc import Iterator

import pytest

from appliance.core.picture import Showing
from tests.end_to_end.desk import COLLEAGUE, PASSWORDS, Desk, Setting, usual_site, without_repeats
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.callers import Caller, Callers, running_callers, running_phone
from tests.peers.trace import Ending
from tests.peers.unit import Unit, running_unit

GROUP = "700"
QUEUE = "600"
ONE_EXTENSION = {"601": "main"}
SHORT = {Showing.NOTHING: "dark", Showing.WAITING: "rings", Showing.URGENT: "rings", Showing.HELD: "held"}
SETTING = Setting(
    # 60 s is the shortest registration that Asterisk grants by default.
    pbx={"tag_header": "X-Call-Tag", "line_header": "X-Line", "line_from": ["header", "extension"]},
    by_line={
        "main": {"header_values": ["group"]},
        "doctors": {"header_values": ["queue"], "queue": True, "hold_s": 2.5},
    },
    extensions=ONE_EXTENSION,
)


class AsteriskDesk(Desk):
    """A desk whose first line is a ring group and whose second line is a queue."""

    def __init__(self, unit: Unit, asterisk: Asterisk, callers: Callers) -> None:
        super().__init__(unit)
        self.asterisk = asterisk
        self.callers = callers


@pytest.fixture(scope="module", params=["udp", "tcp"])
def asterisk_desk(request: pytest.FixtureRequest) -> Iterator[AsteriskDesk]:
    passwords = {user: PASSWORDS[user] for user in ("601", COLLEAGUE)}
    with contextlib.ExitStack() as running:
        asterisk = running.enter_context(running_asterisk(AsteriskPractice(passwords)))
        setting = Setting(
            SETTING.pbx, by_line=SETTING.by_line, transport=request.param, extensions=ONE_EXTENSION
        )
        unit = running.enter_context(running_unit(usual_site([f"sip:{asterisk.address}"], setting)))
        unit.until_registered()
        yield AsteriskDesk(unit, asterisk, running.enter_context(running_callers(asterisk.address)))


def outcomes(desk: AsteriskDesk) -> list[str]:
    """How the callers so far ended, as the unit's log has it."""
    words = desk.unit.program.log().split()
    return [word.removeprefix("outcome=") for word in words if word.startswith("outcome=")]


def test_a_colleague_answers_a_ring_group(asterisk_desk: AsteriskDesk) -> None:
    desk = asterisk_desk
    before = len(desk.looks())
    with running_phone(desk.asterisk.address, COLLEAGUE, PASSWORDS[COLLEAGUE], answers_after_ms=600):
        placed = desk.callers.place(Caller(GROUP, "0301111")).wait()
    desk.shows(main="dark")
    assert [caller.ending for caller in placed] == [Ending.ANSWERED]
    assert desk.looks()[before:] == ["stage 1", "closing", "dark"]
    assert outcomes(desk)[-1] == "answered-elsewhere"


def test_a_caller_gives_up_at_a_ring_group(asterisk_desk: AsteriskDesk) -> None:
    desk = asterisk_desk
    before = len(desk.looks())
    desk.callers.place(Caller(GROUP, "0302222", gives_up_after_ms=600)).wait()
    desk.shows(main="dark")
    assert desk.looks()[before:] == ["stage 1", "dark"]
    assert outcomes(desk)[-1] == "abandoned"


def test_a_real_queue_rings_again_and_the_wait_goes_on_unbroken(asterisk_desk: AsteriskDesk) -> None:
    desk = asterisk_desk
    start = len(desk.pictures()) - 1
    desk.callers.place(Caller(QUEUE, "0303333", gives_up_after_ms=4_500)).wait()
    desk.shows(doctors="dark")
    segments = [picture.segments[1] for picture in desk.pictures()[start:]]
    # Two seconds of ringing, one of pause, and ringing again until the caller gives up.
    assert without_repeats([SHORT[segment.showing] for segment in segments]) == [
        "dark", "rings", "held", "rings", "held", "dark",
    ]  # fmt: skip
    lit = [segment for segment in segments if segment.showing is not Showing.NOTHING]
    assert len({segment.waiting_since_ms for segment in lit}) == 1
    assert [segment.stage for segment in lit] == sorted(segment.stage for segment in lit)
    # That the queue stopped ringing and that the caller hung up look the same: the hold time decides.
    assert outcomes(desk)[-1] == "abandoned"


def test_two_anonymous_callers_are_two_callers(asterisk_desk: AsteriskDesk) -> None:
    desk = asterisk_desk
    first = desk.callers.place(Caller(GROUP, "", anonymous=True))
    desk.shows(main="stage 1")
    second = desk.callers.place(Caller(GROUP, "", anonymous=True))
    desk.shows(main="urgent +1")
    first.hang_up()
    second.hang_up()
    desk.shows(main="dark")
