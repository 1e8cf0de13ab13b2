"""The clock of the sound: a frame every 20 ms, none while nobody is in our hands."""

from appliance.core.words import InstantMs
from appliance.sip.frames import FRAME_MS, LATE_MS_MAX, LINGER_MS, FrameClock


def at(ms: float) -> InstantMs:
    return InstantMs(ms)


def test_an_idle_light_has_no_clock() -> None:
    clock = FrameClock()
    assert (clock.due_ms, clock.take_due(at(10**9))) == (None, 0)


def test_a_frame_is_due_every_20_ms_whenever_the_loop_comes_round() -> None:
    clock = FrameClock()
    clock.begin(at(1_000))
    assert [clock.take_due(at(ms)) for ms in (1_000, 1_010, 1_020, 1_059, 1_060)] == [1, 0, 1, 1, 1]
    assert clock.due_ms == at(1_080)


def test_a_stall_is_caught_up_and_what_lies_beyond_is_left_out() -> None:
    clock = FrameClock()
    clock.begin(at(0))
    most = int(LATE_MS_MAX // FRAME_MS) + 1
    assert clock.take_due(at(LATE_MS_MAX)) == most
    assert clock.take_due(at(60_000)) == most
    assert clock.due_ms == at(60_000 + FRAME_MS)


def test_sound_moves_on_a_little_after_the_last_caller_and_begins_anew_with_the_next() -> None:
    clock = FrameClock()
    clock.begin(at(0))
    clock.begin(at(0))
    clock.take_due(at(0))
    clock.end(at(20))
    assert clock.take_due(at(500)) > 0
    clock.end(at(1_000))
    assert clock.take_due(at(1_000 + LINGER_MS - 1)) > 0
    assert clock.due_ms is not None
    clock.take_due(at(1_000 + LINGER_MS))
    assert clock.due_ms is None
    clock.begin(at(5_000))
    assert clock.take_due(at(5_000)) == 1


def test_a_caller_who_comes_while_the_sound_fades_keeps_it() -> None:
    clock = FrameClock()
    clock.begin(at(0))
    clock.end(at(100))
    clock.begin(at(150))
    clock.take_due(at(10_000))
    assert clock.due_ms is not None
