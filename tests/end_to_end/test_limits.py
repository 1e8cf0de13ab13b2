"""More callers and more rings than there are places for: counted, shown, and nobody is lost."""

from collections import Counter

from appliance.status.report import StatusReport
from tests.end_to_end.desk import MAIN, Practiced
from tests.peers.program import PATIENT_S
from tests.peers.trace import Ending


def until_counts(desk: Practiced, shown: int, counted: int) -> None:
    """Wait until so many callers are shown, and so many are only counted."""

    def met(report: StatusReport) -> bool:
        calls = report.calls
        return (sum(call.shown for call in calls), len(calls)) == (shown, shown + counted)

    desk.unit.until_status(met, f"{shown} callers are shown and {counted} are counted")


def test_the_33rd_caller_is_counted_and_takes_the_first_place_that_falls_free(desk: Practiced) -> None:
    first = desk.someone_calls(MAIN)
    desk.shows(main="stage 1")
    others = desk.someone_calls(MAIN, count=32)
    until_counts(desk, 32, 1)
    desk.shows(main="stage 1 +2 and more")
    assert desk.pictures()[-1].more_count == 1
    first.hang_up()
    desk.shows(main="stage 1 +2")
    until_counts(desk, 32, 0)
    others.hang_up()
    desk.shows(main="dark")


def test_fifty_callers_at_once_are_32_shown_and_18_counted(desk: Practiced) -> None:
    callers = desk.someone_calls(MAIN, count=50)
    until_counts(desk, 32, 18)
    desk.unit.program.until(lambda: desk.pictures()[-1].more_count == 18, PATIENT_S, "18 more are shown")
    callers.hang_up()
    until_counts(desk, 0, 0)
    desk.shows(main="dark")
    assert max(picture.more_count for picture in desk.pictures()) == 18


def test_the_129th_ring_is_refused_and_the_phone_system_keeps_its_caller(desk: Practiced) -> None:
    callers = desk.someone_calls(MAIN, count=129)
    until_counts(desk, 32, 96)
    desk.unit.until_status(lambda report: report.refused_ring_count == 1, "a ring is refused")
    placed = callers.hang_up()
    assert Counter(caller.ending for caller in placed) == {Ending.REFUSED: 1, Ending.GAVE_UP: 128}
    desk.shows(main="dark")
    desk.someone_gives_up()
    assert desk.looks()[-2:] == ["stage 1", "dark"]
    assert desk.unit.status().refused_ring_count == 1
