"""A buzzer that knows on and off only: as many beeps as the stage."""

import pytest

from appliance.core.effects import Sound
from appliance.core.escalation import CHIRP_GAP_MS
from appliance.core.words import InstantMs
from appliance.tower.buzzer import BEEP_MS, BEEPS, Buzzer


def heard(buzzer: Buzzer, now_ms: InstantMs) -> list[tuple[float, bool]]:
    """Every change from this instant on, in beeps after it."""
    changes = []
    due_ms: InstantMs | None = now_ms
    while due_ms is not None:
        at_ms = due_ms
        sounding, due_ms = buzzer.sounds(at_ms)
        changes.append((round((at_ms - now_ms) / BEEP_MS, 6), sounding))
    return changes


def test_a_silent_buzzer_asks_for_nothing() -> None:
    assert Buzzer().sounds(InstantMs(5)) == (False, None)


def test_the_chirps_are_one_two_and_three_beeps() -> None:
    buzzer = Buzzer()
    buzzer.play(Sound.ARRIVED)
    assert heard(buzzer, InstantMs(1_000)) == [(0, True), (1, False)]
    buzzer.play(Sound.WAITING)
    assert heard(buzzer, InstantMs(2_000)) == [(0, True), (1, False), (2, True), (3, False)]
    buzzer.play(Sound.URGENT)
    assert heard(buzzer, InstantMs(3_000)) == [
        (0, True), (1, False), (2, True), (3, False), (4, True), (5, False),
    ]  # fmt: skip


def test_a_chirp_in_the_middle_of_another_replaces_it() -> None:
    buzzer = Buzzer()
    buzzer.play(Sound.URGENT)
    assert buzzer.sounds(InstantMs(0)) == (True, InstantMs(BEEP_MS))
    buzzer.play(Sound.ARRIVED)
    assert heard(buzzer, InstantMs(200)) == [(0, True), (1, False)]


@pytest.mark.parametrize("sound", Sound)
def test_every_chirp_is_over_before_the_next_may_begin(sound: Sound) -> None:
    assert 2 * BEEPS[sound] * BEEP_MS < CHIRP_GAP_MS
