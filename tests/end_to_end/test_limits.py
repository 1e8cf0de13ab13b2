"""More callers and more rings than there are places for: counted, shown, and nobody is lost."""

from collections import Counter

from tests.end_to_end.desk import MAIN, Practiced
from tests.peers.trace import Ending


def counts(desk: Practiced) -> tuple[int, int]:
    """How many callers are shown, and how many are only counted."""
    calls = desk.unit.status().calls
    return sum(call.shown for call in calls), sum(not call.shown for call in calls)


def test_the_33rd_caller_is_counted_and_takes_the_first_place_that_falls_free(desk: Practiced) -> None:
    first = desk.someone_calls(MAIN)
    desk.shows(main="stage 1")
    others = desk.someone_calls(MAIN, count=32)
    desk.unit.until_status(lambda report: len(report.calls) == 33, "33 callers are known")
    assert counts(desk) == (32, 1)
    desk.shows(main="urgent +2 and more")
    assert desk.pictures()[-1].more_count == 1
    first.hang_up()
    desk.shows(main="urgent +2")
    assert counts(desk) == (32, 0)
    others.hang_up()
    desk.shows(main="dark")


def test_fifty_callers_at_once_are_32_shown_and_18_counted(desk: Practiced) -> None:
    callers = desk.someone_calls(MAIN, count=50)
    desk.unit.until_status(lambda report: len(report.calls) == 50, "50 callers are known")
    assert counts(desk) == (32, 18)
    assert max(picture.more_count for picture in desk.pictures()) == 18
    callers.hang_up()
    desk.shows(main="dark")
    assert desk.unit.status().calls == ()


def test_the_129th_ring_is_refused_and_the_phone_system_keeps_its_caller(desk: Practiced) -> None:
    callers = desk.someone_calls(MAIN, count=129)
    desk.unit.until_status(lambda report: report.refused_ring_count > 0, "a ring is refused")
    assert desk.unit.status().refused_ring_count == 1
    assert counts(desk) == (32, 96)
    placed = callers.hang_up()
    assert Counter(caller.ending for caller in placed) == {Ending.REFUSED: 1, Ending.GAVE_UP: 128}
    desk.shows(main="dark")
    desk.someone_calls(MAIN, gives_up_after_ms=400).wait()
    desk.shows(main="dark")
    assert desk.looks()[-2:] == ["stage 1", "dark"]
