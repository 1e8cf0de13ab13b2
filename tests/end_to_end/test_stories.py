"""The stories of a desk, as plain steps."""

import pytest

from appliance.core.picture import Showing
from tests.end_to_end.desk import DOCTORS, MAIN, MAIN_SHARED, Practiced, Setting, without_repeats


def test_two_lines_ring_and_one_escalates(desk: Practiced) -> None:
    patient = desk.someone_calls(MAIN)
    desk.shows(main="stage 1", doctors="dark")
    laboratory = desk.someone_calls(DOCTORS, gives_up_after_ms=700)
    desk.shows(main="stage 1", doctors="stage 1")
    desk.shows(main="urgent", doctors="dark")
    patient.hang_up()
    laboratory.wait()
    desk.shows(main="dark")
    assert desk.looks("main") == ["dark", "stage 1", "stage 2", "urgent", "dark"]
    assert desk.looks("doctors") == ["dark", "stage 1", "dark"]


def test_a_colleague_answers(desk: Practiced) -> None:
    with desk.colleague(answers_after_ms=1_300):
        patient = desk.someone_calls(MAIN_SHARED)
        patient.wait()
        desk.shows(main="dark")
    # The segment closes to the middle, so that the desk sees that somebody has the caller.
    assert desk.looks() == ["dark", "stage 1", "stage 2", "closing", "dark"]


def test_a_caller_gives_up(desk: Practiced) -> None:
    desk.someone_calls(gives_up_after_ms=1_300).wait()
    desk.shows(main="dark")
    assert desk.looks() == ["dark", "stage 1", "stage 2", "dark"]


def test_a_second_caller_on_the_line_is_a_mark_and_inherits_the_line_with_the_whole_wait(
    desk: Practiced,
) -> None:
    first = desk.someone_calls()
    desk.shows(main="stage 1")
    second = desk.someone_calls()
    desk.shows(main="stage 1 +1")
    desk.shows(main="urgent +1")
    first.hang_up()
    desk.shows(main="urgent")
    second.hang_up()
    desk.shows(main="dark")


@pytest.mark.parametrize("desk", [Setting(line={"queue": True, "hold_s": 1.5})], indirect=True)
def test_a_queue_rings_again_and_the_wait_goes_on_unbroken(desk: Practiced) -> None:
    desk.someone_calls(number="0305555", gives_up_after_ms=600).wait()
    desk.shows(main="held at stage 1")
    # The same From user with a new Call-ID, which is how a queue rings again.
    desk.someone_calls(number="0305555", gives_up_after_ms=800).wait()
    desk.shows(main="dark")
    segments = [picture.segments[0] for picture in desk.pictures()]
    shown = without_repeats([segment.showing.name for segment in segments])
    assert shown == ["NOTHING", "WAITING", "HELD", "WAITING", "HELD", "NOTHING"]
    lit = [segment for segment in segments if segment.showing is not Showing.NOTHING]
    assert [segment.stage for segment in lit] == sorted(segment.stage for segment in lit)
    assert len({segment.waiting_since_ms for segment in lit}) == 1


@pytest.mark.parametrize("desk", [Setting(line={"priority": True})], indirect=True)
def test_on_a_priority_line_every_caller_is_urgent_from_the_start(desk: Practiced) -> None:
    caller = desk.someone_calls()
    desk.shows(main="urgent")
    assert [call.urgent for call in desk.unit.status().calls] == ["priority line"]
    caller.hang_up()
    desk.shows(main="dark")
    assert desk.looks() == ["dark", "urgent", "dark"]


def test_who_was_missed_and_calls_again_within_the_hour_is_urgent_at_once(desk: Practiced) -> None:
    desk.someone_calls(number="0307777", gives_up_after_ms=500).wait()
    desk.shows(main="dark")
    again = desk.someone_calls(number="0307777")
    desk.shows(main="urgent")
    again.hang_up()
    desk.shows(main="dark")
    assert desk.looks() == ["dark", "stage 1", "dark", "urgent", "dark"]
