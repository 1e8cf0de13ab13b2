"""The light at a real Asterisk: a back-to-back agent, as nearly every customer's phone system is."""

import contextlib
from collections.abc import Iterator

import pytest

from appliance.core.picture import Showing
from tests.end_to_end.desk import (
    COLLEAGUE,
    NEVER_MS,
    PASSWORDS,
    SEEN_MS,
    SOON_S,
    Desk,
    Setting,
    usual_site,
    without_repeats,
)
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.callers import Caller, Callers, running_callers, running_phone
from tests.peers.program import PATIENT_S, until
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
        "doctors": {"header_values": ["queue"], "queue": True, "hold_s": 4, "stages_s": SOON_S},
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


def until_outcome(desk: AsteriskDesk, told: int) -> str:
    """Wait until the log has one outcome more than so many, for it is written beside the tower; return it."""
    until(lambda: len(outcomes(desk)) > told, PATIENT_S, "the outcome is told")
    return outcomes(desk)[told]


def test_a_colleague_answers_a_ring_group(asterisk_desk: AsteriskDesk) -> None:
    desk = asterisk_desk
    before, told = len(desk.looks()), len(outcomes(desk))
    with running_phone(desk.asterisk.address, COLLEAGUE, PASSWORDS[COLLEAGUE], answers_after_ms=SEEN_MS):
        placed = desk.callers.place(Caller(GROUP, "0301111")).wait()
    assert [caller.ending for caller in placed] == [Ending.ANSWERED]
    desk.has_shown("stage 1", "closing", "dark", since=before)
    assert until_outcome(desk, told) == "answered-elsewhere"


def test_a_caller_gives_up_at_a_ring_group(asterisk_desk: AsteriskDesk) -> None:
    desk = asterisk_desk
    before, told = len(desk.looks()), len(outcomes(desk))
    caller = desk.callers.place(Caller(GROUP, "0302222", gives_up_after_ms=NEVER_MS))
    desk.shows(main="stage 1")
    caller.hang_up()
    desk.has_shown("stage 1", "dark", since=before)
    assert until_outcome(desk, told) == "abandoned"


def test_a_real_queue_rings_again_and_the_wait_goes_on_unbroken(asterisk_desk: AsteriskDesk) -> None:
    desk = asterisk_desk
    start, told = len(desk.pictures()) - 1, len(outcomes(desk))

    def shown() -> list[str]:
        segments = [picture.segments[1] for picture in desk.pictures()[start:]]
        return without_repeats([SHORT[segment.showing] for segment in segments])

    caller = desk.callers.place(Caller(QUEUE, "0303333", gives_up_after_ms=NEVER_MS))
    # Two seconds of ringing, one of pause, and so on until the caller gives up.
    desk.unit.program.until(lambda: shown().count("rings") > 1, PATIENT_S, "it rings again")
    caller.hang_up()
    desk.shows(doctors="dark")
    assert shown()[:4] == ["dark", "rings", "held", "rings"]
    assert shown()[-2:] == ["held", "dark"]
    segments = [picture.segments[1] for picture in desk.pictures()[start:]]
    lit = [segment for segment in segments if segment.showing is not Showing.NOTHING]
    assert len({segment.waiting_since_ms for segment in lit}) == 1
    assert [segment.stage for segment in lit] == sorted(segment.stage for segment in lit)
    # That the queue stopped ringing and that the caller hung up look the same: the hold time decides.
    assert until_outcome(desk, told) == "abandoned"


def test_two_anonymous_callers_are_two_callers(asterisk_desk: AsteriskDesk) -> None:
    desk = asterisk_desk
    first = desk.callers.place(Caller(GROUP, "", gives_up_after_ms=NEVER_MS, anonymous=True))
    desk.shows(main="stage 1")
    second = desk.callers.place(Caller(GROUP, "", gives_up_after_ms=NEVER_MS, anonymous=True))
    desk.shows(main="stage 1 +1")
    first.hang_up()
    second.hang_up()
    desk.shows(main="dark")
