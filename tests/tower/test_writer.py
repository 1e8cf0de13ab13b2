"""One tower behind one thread: what it shows when the driver raises, blocks, or the board falls silent."""

import pytest

from appliance.clock import RealClock, SteppedClock
from appliance.core.beats import STEP_MS
from appliance.core.effects import Sound
from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.core.frames import frame_at
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.declared import start_picture
from appliance.tower.drivers import Towers
from appliance.tower.plain import words_of
from appliance.tower.recorder import Recorder
from appliance.tower.writer import (
    BLOCKED_MS,
    HOST_LOST_MS,
    RETRY_FIRST_MS,
    RETRY_MAX_MS,
    SENTENCES_MAX,
    SOUND_LATE_MS,
    SOUNDS_MAX,
    TowerWriter,
)
from tests.core.lights import Watcher, watch
from tests.peers.program import PATIENT_S
from tests.tower.bench import Bench, StuckDriver, until

DARK = Picture((Segment("Main"),))
WAITS = settle(DARK, Picture((Segment("Main", Showing.WAITING, 1, 1),)), InstantMs(0))
NEVER = InstantMs(float("inf"))


def test_until_the_board_speaks_the_tower_says_that_the_phone_system_is_lost() -> None:
    bench = Bench()
    bench.turn()
    assert bench.shows == ["phone system lost"]


def test_of_pictures_that_come_faster_than_the_tower_only_the_latest_is_shown() -> None:
    bench = Bench()
    bench.turn()
    for picture in (DARK, WAITS, DARK, WAITS):
        bench.writer.show(picture)
    bench.turn(400)
    assert bench.shows == ["phone system lost", "Main: waiting, stage 1, fill 1, slow flash"]


def test_once_the_tower_has_been_dark_a_picture_is_shown_exactly_as_the_board_settled_it() -> None:
    bench = Bench()
    bench.turn()
    bench.writer.show(DARK)
    bench.turn(500)
    bench.writer.show(WAITS)
    bench.turn(500)
    assert bench.recorder.pictures[-1] is WAITS


def test_a_sound_is_played_after_the_picture_that_it_belongs_to() -> None:
    bench = Bench()
    bench.turn()
    bench.writer.play(Sound.ARRIVED)
    bench.writer.tell("Main: a caller rings.")
    bench.writer.show(WAITS)
    bench.turn(5)
    assert [entry.what for entry in bench.recorder.recorded[1:]] == [
        bench.recorder.pictures[-1], Sound.ARRIVED, "Main: a caller rings.",
    ]  # fmt: skip


def test_a_sound_that_comes_late_is_dropped() -> None:
    bench = Bench()
    bench.turn()
    bench.writer.play(Sound.ARRIVED)
    bench.turn(SOUND_LATE_MS)
    bench.writer.play(Sound.URGENT)
    bench.turn(SOUND_LATE_MS - 1)
    assert bench.recorder.sounds == (Sound.URGENT,)


def test_beyond_the_limits_the_oldest_sound_and_the_oldest_sentence_make_room() -> None:
    bench = Bench()
    bench.turn()
    for _ in range(SOUNDS_MAX):
        bench.writer.play(Sound.URGENT)
    bench.writer.play(Sound.ARRIVED)
    for number in range(SENTENCES_MAX + 1):
        bench.writer.tell(str(number))
    bench.turn(1)
    assert bench.recorder.sounds == (*[Sound.URGENT] * (SOUNDS_MAX - 1), Sound.ARRIVED)
    told = [entry.what for entry in bench.recorder.recorded if type(entry.what) is str]
    assert told == [str(number) for number in range(1, SENTENCES_MAX + 1)]


def test_a_board_that_falls_silent_is_shown_within_a_second_and_until_it_speaks_again() -> None:
    bench = Bench()
    bench.writer.show(WAITS)
    due_ms = bench.turn()
    assert due_ms == InstantMs(HOST_LOST_MS)
    bench.turn(HOST_LOST_MS - 1, beat=False)
    assert bench.shows[-1] == "Main: waiting, stage 1, fill 1, slow flash"
    assert bench.turn(1, beat=False) == NEVER
    assert bench.shows[-1] == "nobody stands behind this tower; fault"
    # A picture without a beat is no sign of life, however much later it comes.
    bench.writer.show(DARK)
    for after_ms in (1, 65_536, 2**32):
        bench.turn(after_ms, beat=False)
    assert bench.shows[-1] == "nobody stands behind this tower; fault"
    bench.turn(1)
    assert bench.shows[-1] == "dark"


def test_sounds_of_a_silent_board_are_not_played() -> None:
    bench = Bench()
    bench.turn()
    bench.clock.step(HOST_LOST_MS)
    bench.writer.play(Sound.URGENT)
    bench.turn(0, beat=False)
    bench.turn(1)
    assert bench.recorder.sounds == ()


def test_a_board_that_comes_and_goes_never_makes_the_tower_flash_too_often() -> None:
    bench = Bench()
    urgent = settle(DARK, Picture((Segment("Main", Showing.URGENT, 3, 3),)), InstantMs(0))
    for number in range(40):
        bench.writer.show(urgent if number % 3 else settle(urgent, DARK, bench.clock.now_ms()))
        bench.turn(90)
        bench.turn(HOST_LOST_MS, beat=False)
        bench.turn(30)
    shown = [
        (entry.at_ms, entry.what) for entry in bench.recorder.recorded if isinstance(entry.what, Picture)
    ]
    assert len(shown) > 80
    assert Watcher().see(watch(shown, InstantMs(bench.clock.now_ms() + 2_000))).too_often() == []


def test_a_picture_that_a_busy_driver_shows_much_too_late_does_not_flash_too_often() -> None:
    bench = Bench()
    bench.turn()
    bench.writer.show(DARK)
    bench.turn(1)
    epoch_ms = InstantMs(bench.clock.now_ms() + 900)
    bench.turn(900)
    urgent = settle(DARK, Picture((Segment("Main", Showing.URGENT, 3, 3),)), epoch_ms)
    bench.writer.show(urgent)
    bench.turn()
    # The board settles the next picture in the sixth step; the tower gets round to it in the tenth, between
    # two flashes of the old one.
    bench.clock.step(DurationMs(5.9 * STEP_MS))
    waits = Picture((Segment("Main", Showing.WAITING, 1, 1),))
    bench.writer.show(settle(urgent, waits, bench.clock.now_ms()))
    bench.turn(3.6 * STEP_MS)
    shown = [
        (entry.at_ms, entry.what) for entry in bench.recorder.recorded if isinstance(entry.what, Picture)
    ]
    assert len(shown) == 4
    assert Watcher().see(watch(shown, InstantMs(bench.clock.now_ms() + 2_000))).too_often() == []


@pytest.mark.parametrize("broken", ["open", "draw", "play"])
def test_what_a_driver_raises_is_a_fault_and_the_driver_is_opened_again(broken: str) -> None:
    bench = Bench()
    if broken != "open":
        bench.turn()
    bench.broken = broken
    bench.writer.show(WAITS)
    bench.writer.play(Sound.ARRIVED)
    bench.turn(1)
    assert [type(event) for event in bench.told] == [FaultRaised] * len(bench.told)
    assert isinstance(bench.told[0], FaultRaised)
    assert bench.told[0].fault == "tower test"
    assert bench.writer.fault is not None
    bench.broken = ""
    bench.turn(RETRY_FIRST_MS - 1)
    assert bench.shows[-1:] != ["Main: waiting, stage 1, fill 1, slow flash"] or broken == "play"
    bench.turn(1)
    assert bench.shows[-1] == "Main: waiting, stage 1, fill 1, slow flash"
    assert bench.told[-1] == FaultCleared("tower test")
    assert bench.writer.fault is None
    assert bench.recorder.sounds == ()


def test_a_tower_that_stays_away_is_tried_for_ever_ever_more_slowly_and_told_once() -> None:
    bench = Bench()
    bench.broken = "open"
    tries: list[float] = []
    bench.turn()
    for _ in range(20):
        opened = bench.opened
        bench.turn(500)
        if bench.opened > opened:
            tries.append(float(bench.clock.now_ms()))
    # After 0.5 s, then 1, and from there on 2 s more each time.
    assert tries == [500, 1_500, 3_500, 5_500, 7_500, 9_500]
    assert tries[-1] - tries[-2] == float(RETRY_MAX_MS)
    assert bench.told == [FaultRaised("tower test", "Broken: no such tower")]


def test_a_driver_that_does_not_return_is_told_by_the_boards_own_beat() -> None:
    bench = Bench()
    bench.turn()
    stuck = StuckDriver()
    told: list[Event] = []
    clock = SteppedClock()
    writer = TowerWriter("stuck", lambda: stuck, ["Main"], clock, told.append)
    writer.start()
    assert stuck.entered.wait(PATIENT_S)
    for _ in range(int(BLOCKED_MS / 250) - 1):
        writer.beat(clock.step(DurationMs(250)))
        writer.show(WAITS)
    assert told == []
    for _ in range(3):
        writer.beat(clock.step(DurationMs(250)))
    assert told == [FaultRaised("tower stuck", "the driver has not answered for 2 s")]
    assert Towers([writer], clock).unsupervised() == ()
    stuck.release.set()
    until(lambda: told[-1] == FaultCleared("tower stuck"))
    writer.close()
    assert writer.join(DurationMs(PATIENT_S * 1000))
    assert Towers([writer], clock).unsupervised() == ("tower stuck",)


def test_closing_puts_the_lights_out_and_lets_go_of_the_driver() -> None:
    bench = Bench()
    bench.writer.show(WAITS)
    bench.turn()
    bench.writer.close()
    assert bench.turn(1) is None
    assert bench.shows[-1] == "lights out"
    frame = frame_at(bench.recorder.pictures[-1], bench.clock.now_ms())
    assert all(pixel.level == 0 for pixel in (*frame.segments[0], frame.alive, frame.fault, frame.more))
    assert bench.closed == 1


def test_closing_does_not_wait_for_a_driver_that_hangs() -> None:
    stuck = StuckDriver()
    writer = TowerWriter("stuck", lambda: stuck, ["Main"], RealClock(), lambda _event: None)
    writer.start()
    assert stuck.entered.wait(PATIENT_S)
    writer.close()
    assert not writer.join(DurationMs(50))
    stuck.release.set()
    assert writer.join(DurationMs(PATIENT_S * 1000))
    assert stuck.closed


def test_the_thread_shows_a_picture_as_soon_as_it_is_handed_over_and_sleeps_in_between() -> None:
    clock = RealClock()
    recorder = Recorder(clock)
    turns = 0

    def count_open() -> Recorder:
        nonlocal turns
        turns += 1
        return recorder

    writer = TowerWriter("recorder", count_open, ["Main"], clock, lambda _event: None)
    writer.start()
    writer.show(WAITS)
    until(lambda: recorder.pictures[-1:] != () and "waiting" in words_of(recorder.pictures[-1]))
    writer.tell("Main: a caller rings.")
    until(lambda: recorder.recorded[-1].what == "Main: a caller rings.")
    writer.close()
    assert writer.join(DurationMs(PATIENT_S * 1000))
    assert words_of(recorder.pictures[-1]) == "lights out"
    assert turns == 1


def test_the_picture_of_the_start_covers_every_line() -> None:
    assert start_picture(["Main", "Lab"]) == Picture((Segment("Main"), Segment("Lab")), overlay=Overlay.LOST)


def test_whatever_a_driver_raises_is_one_line_that_drives_no_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def break_down(_picture: Picture, _now_ms: InstantMs) -> InstantMs | None:
        raise OSError("two\nlines\x1b[2J")

    bench = Bench()
    monkeypatch.setattr(bench.recorder, "draw", break_down)
    bench.turn()
    assert bench.told == [FaultRaised("tower test", "OSError: two\\nlines\\x1b[2J")]
