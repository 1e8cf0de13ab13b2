"""The controller as a driver on its writer, in real time, on a pty: cables, resets, strangers, buttons."""

import threading
from itertools import pairwise
from statistics import median

import pytest

from appliance.clock import RealClock
from appliance.core.effects import Sound
from appliance.core.events import ButtonPressed, ButtonReleased
from appliance.core.picture import Picture, Segment
from appliance.core.words import Button
from appliance.tower.controller.driver import HANGS_MS, open_controller
from appliance.tower.controller.talk import TowerLost
from appliance.tower.serial_port import SerialPort
from appliance.tower.wire import Chirp, Cover, Hello, Shown
from appliance.tower.writer import SOUNDS_MAX
from tests.peers.controller import plugged_in
from tests.peers.program import PATIENT_S, until
from tests.tower.controller.stand import WAITS, standing, waits, with_patience
from tests.tower.controller.test_presses import EVENT_MS


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    with_patience(monkeypatch)


def test_a_picture_reaches_the_tower_and_is_repeated_as_its_heartbeat() -> None:
    with plugged_in() as board, standing(board.name, WAITS) as stand:
        board.until_shown(waits, "the caller is shown")
        until(lambda: len(board.sets) >= 12, PATIENT_S, "a dozen beats")
        stand.show(Picture((Segment("Main"), Segment("Lab"))))
        board.until_shown(lambda told: told.lines[0].shown is Shown.NOTHING, "the caller is gone")
        # Of one gap or another a machine that gives a thread no turn makes anything.
        assert 0.2 < median(after - before for (before, _), (after, _) in pairwise(board.sets)) < 0.45
    assert stand.told == []


def test_lights_go_out_on_the_tower_before_its_port_is_closed() -> None:
    with plugged_in() as board:
        with standing(board.name, WAITS):
            board.until_shown(waits, "the caller is shown")
        last = board.sets[-1][1]
        assert (last.alive, last.cover, {line.shown for line in last.lines}) == (
            False, Cover.NONE, {Shown.NOTHING},
        )  # fmt: skip
        SerialPort(board.name, 38_400).close()


def test_a_unit_that_hangs_shows_as_lost_and_no_stale_picture_is_repeated() -> None:
    with plugged_in() as board, standing(board.name, WAITS) as stand:
        board.until_shown(waits, "the caller is shown")
        stand.hangs = True
        board.until_shown(lambda told: told.cover is Cover.HOST_LOST, "the tower says so")
        first = next(place for place, (_, told) in enumerate(board.sets) if told.cover is Cover.HOST_LOST)
        until(lambda: len(board.sets) > first + 3, PATIENT_S, "the tower goes on to say so")
        assert not any(waits(told) for _, told in board.sets[first:])
        stand.hangs = False
        board.until_shown(waits, "the unit is back")
    assert stand.told == []


def test_a_tower_that_nobody_draws_on_is_told_nothing() -> None:
    with plugged_in() as board:
        tower = open_controller(board.name, RealClock(), print)
        tower.draw(WAITS, RealClock().now_ms())
        board.until_shown(waits, "the caller is shown")
        count = len(board.sets)
        ends = threading.Event()
        assert not ends.wait(0.6)
        assert len(board.sets) == count
        tower.close()


def test_a_sound_is_played_with_the_picture_and_too_many_push_out_the_oldest() -> None:
    with plugged_in() as board:
        clock = RealClock()
        tower = open_controller(board.name, clock, print)
        tower.draw(WAITS, clock.now_ms())
        board.until_shown(waits, "the caller is shown")
        tower.play(Sound.ARRIVED)
        tower.draw(WAITS, clock.now_ms())
        board.until_shown(lambda told: (told.chirp, told.chirps) == (Chirp.ARRIVED, 1), "the chirp")
        board.hangs = True
        for _ in range(SOUNDS_MAX + 2):
            tower.play(Sound.URGENT)
        board.hangs = False
        tower.draw(WAITS, clock.now_ms())
        board.until_shown(lambda told: told.chirps == (1 + SOUNDS_MAX) % 8, "four chirps more")
        tower.close()


def test_after_a_reset_the_picture_is_back_at_once_and_nothing_is_a_fault() -> None:
    with plugged_in() as board, standing(board.name, WAITS) as stand:
        board.until_shown(waits, "the caller is shown")
        for _ in range(3):
            count, boots = len(board.sets), board.hello.boot_count
            board.reset()
            until(lambda now=boots: board.hello.boot_count > now, PATIENT_S, "a reset")  # type: ignore[misc]
            until(lambda now=count: len(board.sets) > now, PATIENT_S, "a picture")  # type: ignore[misc]
        board.until_shown(waits, "the caller is shown")
    assert stand.told == []


def test_a_board_that_talks_nonsense_is_a_fault_that_is_told_once() -> None:
    with plugged_in() as board:
        board.says = b"T:21.3 /0.0 ok\n"
        with standing(board.name, WAITS) as stand:
            strange = (
                "says what no tower says: if it is the tower, `call-light flash-tower` writes its firmware"
            )
            stand.until_fault(f"{board.name} {strange}")
            told = len(stand.told)
            boots = board.hello.boot_count
            until(lambda: board.hello.boot_count >= boots + 2, PATIENT_S, "it was tried twice more")
            assert len(stand.told) == told


def test_old_firmware_is_named_with_its_version_and_what_to_do() -> None:
    old = Hello(protocol=0, version=(0, 4, 1), boot_count=3, reset_cause=2, lines=8)
    with plugged_in(hello=old) as board, standing(board.name, WAITS) as stand:
        stand.until_fault(
            f"{board.name} has firmware 0.4.1 of protocol 0, and this unit speaks 1:"
            " `call-light flash-tower` writes the firmware that fits"
        )
        assert board.sets == []


def test_a_port_that_another_program_has_is_a_fault_until_it_lets_go() -> None:
    with plugged_in() as board:
        other = SerialPort(board.name, 38_400)
        with standing(board.name, WAITS) as stand:
            stand.until_fault(f"{board.name} is used by another program (`fuser -v {board.name}` names it)")
            other.close()
            stand.until_fault("")
            board.until_shown(waits, "the caller is shown")


def test_a_second_unit_cannot_take_the_tower_of_the_first() -> None:
    with plugged_in() as board, standing(board.name, WAITS) as first:
        board.until_shown(waits, "the caller is shown")
        with standing(board.name, WAITS) as second:
            second.until_fault(f"{board.name} is used by another program (`fuser -v {board.name}` names it)")
        assert first.told == []


def test_a_press_is_told_once_though_its_acknowledgement_is_lost() -> None:
    with plugged_in() as board, standing(board.name, WAITS) as stand:
        board.until_shown(waits, "the caller is shown")
        board.loses_heard = True
        pressed_ms = stand.clock.now_ms()
        board.press(8)
        until(lambda: len(stand.buttons) == 1, PATIENT_S, "the press")
        begun = len(board.sets)
        until(lambda: len(board.sets) > begun + 2, PATIENT_S, "it was repeated for a while")
        board.loses_heard = False
        until(lambda: board.heard == [0], PATIENT_S, "it is acknowledged")
        board.press(8, down=False)
        until(lambda: board.heard == [0, 1], PATIENT_S, "the release")
        assert [type(event) for event in stand.buttons] == [ButtonPressed, ButtonReleased]
        pressed = stand.buttons[0]
        assert isinstance(pressed, ButtonPressed)
        assert pressed.button is Button.MUTE
        # It is told with the time that it takes on the wire, which a pty does not have.
        assert pressed.age_ms <= stand.told_at_ms[0] - pressed_ms + EVENT_MS


def test_a_port_thread_that_hangs_in_the_kernel_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with plugged_in() as board:
        clock = RealClock()
        tower = open_controller(board.name, clock, print)
        entered, release = threading.Event(), threading.Event()

        def hang(_port: SerialPort) -> bytes:
            entered.set()
            assert release.wait(3 * PATIENT_S)
            return b""

        monkeypatch.setattr(SerialPort, "read", hang)
        now_ms = clock.now_ms()
        tower.draw(WAITS, now_ms)
        assert entered.wait(PATIENT_S)
        tower.draw(WAITS, now_ms)
        with pytest.raises(TowerLost) as lost:
            tower.draw(WAITS, type(now_ms)(now_ms + HANGS_MS))
        assert str(lost.value) == (
            f"{board.name} hangs in its kernel driver: pull the cable out, and put it back"
        )
        release.set()
        tower.close()
