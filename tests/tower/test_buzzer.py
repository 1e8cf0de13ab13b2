"""A buzzer that knows on and off only: the rhythms of the controller's chirps."""

from itertools import groupby

import pytest

from appliance.core.effects import Sound
from appliance.core.escalation import CHIRP_GAP_MS
from appliance.core.words import InstantMs
from appliance.tower.buzzer import CHIRPS, Buzzer
from appliance.tower.wire import Chirp
from tests.peers.pure_firmware import chirp


def heard(buzzer: Buzzer, now_ms: InstantMs) -> list[tuple[float, bool]]:
    """Every change from this instant on, in milliseconds after it."""
    changes = []
    due_ms: InstantMs | None = now_ms
    while due_ms is not None:
        at_ms = due_ms
        sounding, due_ms = buzzer.sounds(at_ms)
        changes.append((at_ms - now_ms, sounding))
    return changes


def test_a_silent_buzzer_asks_for_nothing() -> None:
    assert Buzzer().sounds(InstantMs(5)) == (False, None)


def test_the_chirps_are_one_long_beep_three_even_ones_and_five_quick_ones() -> None:
    buzzer = Buzzer()
    buzzer.play(Sound.ARRIVED)
    assert heard(buzzer, InstantMs(1_000)) == [(0, True), (280, False)]
    buzzer.play(Sound.WAITING)
    assert heard(buzzer, InstantMs(2_000)) == [
        (0, True), (120, False), (240, True), (360, False), (480, True), (600, False),
    ]  # fmt: skip
    buzzer.play(Sound.URGENT)
    assert heard(buzzer, InstantMs(3_000)) == [
        (0, True), (80, False), (120, True), (200, False), (240, True), (320, False),
        (360, True), (440, False), (480, True), (560, False),
    ]  # fmt: skip


def test_a_chirp_in_the_middle_of_another_replaces_it() -> None:
    buzzer = Buzzer()
    buzzer.play(Sound.URGENT)
    assert buzzer.sounds(InstantMs(0)) == (True, InstantMs(80))
    buzzer.play(Sound.ARRIVED)
    assert heard(buzzer, InstantMs(200)) == [(0, True), (280, False)]


@pytest.mark.parametrize("sound", Sound)
def test_every_chirp_is_over_before_the_next_may_begin(sound: Sound) -> None:
    assert sum(CHIRPS[sound]) < CHIRP_GAP_MS


@pytest.mark.parametrize("sound", Sound)
def test_the_controller_chirps_in_the_same_rhythm(sound: Sound) -> None:
    # A buzzer of one pitch joins notes that follow each other without a pause.
    notes = groupby(chirp(Chirp[sound.name]), lambda note: note[0] > 0)
    rhythm = [float(sum(ms for _, ms in joined)) for _, joined in notes]
    assert rhythm == [*CHIRPS[sound]]
