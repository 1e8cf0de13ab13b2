"""The stories of a desk, as plain steps."""

import pytest

from appliance.core.picture import Showing
from tests.end_to_end.desk import (
    DOCTORS,
    LADDER_S,
    MAIN,
    MAIN_SHARED,
    SEEN_MS,
    SOON_S,
    Practiced,
    Setting,
)


@pytest.mark.parametrize("desk", [Setting(by_line={"main": {"stages_s": LADDER_S}})], indirect=True)
def test_two_lines_ring_and_one_escalates(desk: Practiced) -> None:
    patient = desk.someone_calls(MAIN)
    laboratory = desk.someone_calls(DOCTORS)
    desk.shows(main="urgent", doctors="stage 1")
    laboratory.hang_up()
    desk.has_shown("dark", "stage 1", "dark", line="doctors")
    desk.shows(main="urgent")
    patient.hang_up()
    desk.has_shown("dark", "stage 1", "stage 2", "urgent", "dark")


def test_a_colleague_answers(desk: Practiced) -> None:
    with desk.colleague(SEEN_MS):
        desk.someone_calls(MAIN_SHARED).wait()
    # The segment closes to the middle, so that the desk sees that somebody has the caller.
    desk.has_shown("dark", "stage 1", "closing", "dark")


def test_a_caller_gives_up(desk: Practiced) -> None:
    desk.someone_gives_up()
    desk.has_shown("dark", "stage 1", "dark")


@pytest.mark.parametrize("desk", [Setting(line={"stages_s": SOON_S})], indirect=True)
def test_a_second_caller_on_the_line_is_a_mark_and_inherits_the_line_with_the_whole_wait(
    desk: Practiced,
) -> None:
    first = desk.someone_calls()
    desk.shows(main="stage 2")
    since_ms = desk.pictures()[-1].segments[0].waiting_since_ms
    second = desk.someone_calls()
    desk.shows(main="stage 2 +1")
    assert desk.pictures()[-1].segments[0].waiting_since_ms == since_ms
    first.hang_up()
    desk.shows(main="stage 2")
    second.hang_up()
    desk.shows(main="dark")


@pytest.mark.parametrize(
    "desk", [Setting(line={"queue": True, "hold_s": 4, "stages_s": SOON_S})], indirect=True
)
def test_a_queue_rings_again_and_the_wait_goes_on_unbroken(desk: Practiced) -> None:
    first = desk.someone_calls(number="0305555")
    desk.shows(main="stage 2")
    first.hang_up()
    desk.shows(main="held at stage 2")
    # The same From user with a new Call-ID, which is how a queue rings again.
    again = desk.someone_calls(number="0305555")
    desk.shows(main="stage 2")
    again.hang_up()
    desk.has_shown("dark", "stage 1", "stage 2", "held at stage 2", "stage 2", "held at stage 2", "dark")
    segments = [picture.segments[0] for picture in desk.pictures()]
    lit = [segment for segment in segments if segment.showing is not Showing.NOTHING]
    assert len({segment.waiting_since_ms for segment in lit}) == 1


@pytest.mark.parametrize("desk", [Setting(line={"priority": True})], indirect=True)
def test_on_a_priority_line_every_caller_is_urgent_from_the_start(desk: Practiced) -> None:
    caller = desk.someone_calls()
    desk.shows(main="urgent")
    assert [call.urgent for call in desk.unit.status().calls] == ["priority line"]
    caller.hang_up()
    desk.has_shown("dark", "urgent", "dark")


def test_who_was_missed_and_calls_again_within_the_hour_is_urgent_at_once(desk: Practiced) -> None:
    desk.someone_gives_up(number="0307777")
    again = desk.someone_calls(number="0307777")
    desk.shows(main="urgent")
    again.hang_up()
    desk.has_shown("dark", "stage 1", "dark", "urgent", "dark")
