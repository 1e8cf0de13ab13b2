"""The engine dies, and the tower says so; nothing else is lost."""

import os
import signal

import pytest

from appliance.core.picture import Overlay
from tests.end_to_end.desk import MAIN, SOON_S, Practiced, Setting
from tests.peers.leftovers import alive
from tests.peers.program import PATIENT_S, until


def kill_engine(desk: Practiced) -> None:
    """End the engine as a crash would."""
    os.kill(desk.unit.engine_pid(), signal.SIGKILL)


def until_lost_and_back(desk: Practiced, why: str = "it was killed by SIGKILL") -> None:
    """Wait until the tower said once that the phone system was lost, and says so no more; the log has why."""

    def met() -> bool:
        overlays = desk.overlays()
        return overlays.count(Overlay.LOST) == 1 and overlays[-1] is not Overlay.LOST

    desk.unit.program.until(met, PATIENT_S, lambda: f"lost once, not {desk.overlays()}")
    told = f'event=phone-system-lost why="{why}"'
    until(lambda: told in desk.unit.program.log(), PATIENT_S, told)


def test_the_engine_dies_and_a_new_one_is_registered_before_anyone_notices_twice(desk: Practiced) -> None:
    kill_engine(desk)
    # That it was killed is seen at once; that it is silent, only after some seconds.
    until_lost_and_back(desk)
    desk.unit.until_registered()
    desk.someone_gives_up()
    desk.has_shown("dark", "stage 1", "dark")


@pytest.mark.parametrize("desk", [Setting(line={"ring_limit_s": 8})], indirect=True)
def test_callers_of_the_dead_engine_stay_shown_as_unsure_until_the_ring_limit(desk: Practiced) -> None:
    desk.someone_calls(MAIN)
    desk.shows(main="stage 1")
    kill_engine(desk)
    # The phone system believes that the first engine still rings, so this caller never rings again.
    desk.has_shown("dark", "stage 1", "unsure", "dark")
    until_lost_and_back(desk)


@pytest.mark.parametrize("desk", [Setting(line={"stages_s": SOON_S})], indirect=True)
def test_a_caller_of_the_dead_engine_who_rings_again_goes_on_with_the_whole_wait(desk: Practiced) -> None:
    desk.someone_calls(MAIN, number="0308888")
    desk.shows(main="stage 2")
    kill_engine(desk)
    desk.shows(main="unsure")
    until_lost_and_back(desk)
    again = desk.someone_calls(MAIN, number="0308888")
    desk.shows(main="stage 2")
    again.hang_up()
    desk.has_shown("dark", "stage 1", "stage 2", "unsure", "stage 2", "dark")


def test_an_engine_that_hangs_is_taken_for_dead(desk: Practiced) -> None:
    hung = desk.unit.engine_pid()
    os.kill(hung, signal.SIGSTOP)
    until_lost_and_back(desk, "it fell silent")
    assert desk.unit.engine_pid() != hung


def test_a_unit_that_is_killed_leaves_no_engine_behind(desk: Practiced) -> None:
    engine = desk.unit.engine_pid()
    os.kill(desk.unit.program.pid, signal.SIGKILL)
    until(lambda: not alive({engine}), PATIENT_S, "the engine ended with its unit")
    desk.unit.program.kill()
