"""Stages, urgency and chirps."""

from appliance.core.notices import StageReached, Urgency
from tests.core.desk import CALLER_GAVE_UP, COLLEAGUE_ANSWERED, NOBODY_SAYS, Desk, line


def test_each_line_has_its_own_thresholds() -> None:
    desk = Desk.registered(line("main"), line("lab", stages_s=(0, 3, 6)))
    desk.rings("ann", on="main", at_s=0)
    desk.rings("bob", on="lab", at_s=0)
    assert desk.shows(at_s=6) == "Main: waiting, stage 1 fill 1; Lab: urgent, stage 3 fill 3"


def test_a_priority_line_is_urgent_from_the_start_at_the_fill_the_wait_has_reached() -> None:
    desk = Desk.registered(line("doctors", priority=True))
    desk.rings("ann", at_s=0)
    assert desk.shows() == "Doctors: urgent, stage 3 fill 1"
    assert desk.notices[-1] == StageReached(1, "doctors", 3, 0, Urgency.PRIORITY)
    assert desk.shows(at_s=20) == "Doctors: urgent, stage 3 fill 2"


def test_a_lost_caller_who_returns_within_the_hour_is_urgent() -> None:
    desk = Desk.registered()
    desk.rings("r1", caller="ann", at_s=0)
    desk.cancelled("r1", CALLER_GAVE_UP, at_s=10)
    desk.rings("r2", caller="ann", at_s=3609.9)
    assert desk.shows() == "Main: urgent, stage 3 fill 1"
    assert desk.notices[-1] == StageReached(2, "main", 3, 0, Urgency.REPEAT)


def test_an_hour_later_or_after_an_answer_the_caller_is_an_ordinary_one() -> None:
    desk = Desk.registered()
    desk.rings("r1", caller="ann", at_s=0)
    desk.cancelled("r1", CALLER_GAVE_UP, at_s=10)
    desk.rings("r2", caller="ann", at_s=3610)
    assert desk.shows() == "Main: waiting, stage 1 fill 1"
    desk.cancelled("r2", COLLEAGUE_ANSWERED, at_s=3611)
    desk.rings("r3", caller="ann", at_s=3620)
    assert desk.shows() == "Main: waiting, stage 1 fill 1"


def test_two_anonymous_callers_are_no_repeat_of_each_other() -> None:
    desk = Desk.registered()
    desk.rings("r1", caller="", at_s=0)
    desk.cancelled("r1", CALLER_GAVE_UP, at_s=10)
    desk.rings("r2", caller="", at_s=11)
    assert desk.shows() == "Main: waiting, stage 1 fill 1"


def test_a_chirp_at_each_stage_and_every_ten_seconds_while_urgent() -> None:
    desk = Desk.registered()
    desk.rings("ann", at_s=0)
    desk.wait_until(70)
    desk.cancelled("ann", at_s=70)
    desk.wait_until(200)
    assert desk.sounds == [(0, "arrived"), (20, "waiting"), (45, "urgent"), (55, "urgent"), (65, "urgent")]


def test_a_burst_of_callers_is_a_row_of_single_chirps_at_least_a_second_apart() -> None:
    desk = Desk.registered(line("main"), line("doctors", priority=True))
    for number in range(8):
        desk.rings(f"caller-{number}", on="main", at_s=number * 0.25)
    desk.rings("hospital", on="doctors", at_s=2.1)
    desk.wait_until(5)
    assert desk.sounds == [(0, "arrived"), (1, "arrived"), (2, "arrived"), (3, "urgent")]


def test_a_chirp_that_was_put_off_is_forgotten_with_its_caller() -> None:
    desk = Desk.registered()
    desk.rings("ann", at_s=0)
    desk.rings("bob", on="lab", at_s=0.5)
    desk.cancelled("ann", at_s=0.6)
    desk.cancelled("bob", at_s=0.7)
    desk.wait_until(30)
    assert desk.sounds == [(0, "arrived")]


def test_the_wait_and_its_chirps_go_on_in_the_gap_of_a_queue() -> None:
    desk = Desk.registered(line("main", queue=True))
    desk.rings("r1", caller="ann", at_s=0)
    desk.cancelled("r1", NOBODY_SAYS, at_s=15)
    assert desk.shows(at_s=20) == "Main: held, stage 2 fill 2"
    assert desk.sounds == [(0, "arrived"), (20, "waiting")]


def test_an_unsure_caller_makes_no_sound() -> None:
    desk = Desk.registered()
    desk.rings("ann", at_s=0)
    desk.engine_dies(at_s=44)
    desk.wait_until(100)
    assert desk.sounds == [(0, "arrived"), (20, "waiting")]
