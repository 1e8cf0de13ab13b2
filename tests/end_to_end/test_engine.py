"""The engine dies, and the tower says so; nothing else is lost."""

import os
import signal
import time

import pytest

from appliance.core.picture import Overlay
from tests.end_to_end.desk import MAIN, Practiced, Setting
from tests.peers.leftovers import alive
from tests.peers.program import until


def kill_engine(desk: Practiced) -> float:
    """End the engine as a crash would; the instant at which it happened."""
    os.kill(desk.unit.engine_pid(), signal.SIGKILL)
    return time.monotonic()


def test_the_engine_dies_and_a_new_one_is_registered_before_anyone_notices_twice(desk: Practiced) -> None:
    killed_at = kill_engine(desk)
    desk.shows_overlay(Overlay.LOST, within_s=1)
    desk.unit.until_registered(within_s=killed_at + 3 - time.monotonic())
    desk.shows_overlay(Overlay.NONE)
    desk.someone_calls(gives_up_after_ms=500).wait()
    desk.shows(main="dark")
    assert desk.looks()[-2:] == ["stage 1", "dark"]


@pytest.mark.parametrize("desk", [Setting(line={"ring_limit_s": 6})], indirect=True)
def test_callers_of_the_dead_engine_stay_shown_as_unsure_until_the_ring_limit(desk: Practiced) -> None:
    desk.someone_calls(MAIN)
    desk.shows(main="urgent")
    kill_engine(desk)
    desk.shows(1, main="unsure")
    desk.unit.until_registered(within_s=3)
    # The phone system believes that the first engine still rings, so this caller never rings again.
    desk.shows(10, main="dark")
    assert desk.looks() == ["dark", "stage 1", "stage 2", "urgent", "unsure", "dark"]


def test_a_caller_of_the_dead_engine_who_rings_again_goes_on_with_the_whole_wait(desk: Practiced) -> None:
    desk.someone_calls(MAIN, number="0308888")
    desk.shows(main="urgent")
    kill_engine(desk)
    desk.shows(1, main="unsure")
    desk.unit.until_registered(within_s=3)
    again = desk.someone_calls(MAIN, number="0308888")
    desk.shows(main="urgent")
    again.hang_up()
    desk.shows(main="dark")
    assert desk.looks()[-4:] == ["urgent", "unsure", "urgent", "dark"]


def test_an_engine_that_hangs_is_taken_for_dead(desk: Practiced) -> None:
    hung = desk.unit.engine_pid()
    os.kill(hung, signal.SIGSTOP)
    desk.shows_overlay(Overlay.LOST, within_s=5)
    desk.unit.until_registered()
    assert desk.unit.engine_pid() != hung
    desk.shows_overlay(Overlay.NONE)


def test_a_unit_that_is_killed_leaves_no_engine_behind(desk: Practiced) -> None:
    engine = desk.unit.engine_pid()
    os.kill(desk.unit.program.pid, signal.SIGKILL)
    until(lambda: not alive({engine}), 5, "the engine ended with its unit")
    desk.unit.program.kill()
