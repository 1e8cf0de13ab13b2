"""The buzzer: each chirp once, as loud as it is asked for, and never for long."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from appliance.tower.wire import Chirp, Set
from tests.peers.board import Tone
from tests.peers.tower import Tower
from tests.tower.golden import QUIET

CAP_MS = 5_000.0
"""The controller's own cap on continuous sound."""

LONGEST_MS = 1_000.0
"""No chirp is longer: the board asks for one a second at most."""


def chirping(chirp: Chirp, count: int, volume: int = 3) -> Set:
    return replace(QUIET, chirp=chirp, chirps=count, volume=volume)


def sounding_ms(tones: Sequence[Tone], until_ms: float) -> float:
    """For how long the buzzer sounded, all in all."""
    ends = [tone.at_ms for tone in tones[1:]] + [until_ms]
    return sum(end - tone.at_ms for tone, end in zip(tones, ends, strict=True) if tone.hz)


def heard(tower: Tower, message: Set, for_ms: float) -> list[Tone]:
    """What the buzzer gives while this is told."""
    already = len(tower.tones)
    tower.keep(message, for_ms)
    return tower.tones[already:]


@pytest.mark.parametrize("chirp", [chirp for chirp in Chirp if chirp is not Chirp.NONE])
def test_a_chirp_is_played_once_and_is_short_however_often_it_is_told(tower: Tower, chirp: Chirp) -> None:
    tower.keep(QUIET, 500)
    first = heard(tower, chirping(chirp, 1), LONGEST_MS)
    assert 100 <= sounding_ms(first, tower.now_ms) <= LONGEST_MS
    assert first[-1].hz == 0
    assert all(1_000 <= tone.hz <= 4_000 for tone in first if tone.hz)
    assert heard(tower, chirping(chirp, 1), 3_000) == []
    again = heard(tower, chirping(chirp, 2), LONGEST_MS)
    assert [tone.hz for tone in again] == [tone.hz for tone in first]


def test_chirps_differ_in_their_rhythm_for_people_who_hear_no_pitch(tower: Tower) -> None:
    rhythms = set()
    for count, chirp in enumerate(Chirp):
        tones = heard(tower, chirping(chirp, count), LONGEST_MS)
        rhythms.add(tuple(round((later.at_ms - tone.at_ms) / 8) for tone, later in pairwise(tones)))
    assert len(rhythms) == len(Chirp)


def test_volume_is_loud_middle_soft_and_silent(tower: Tower) -> None:
    tower.keep(QUIET, 500)
    duties = []
    for volume in (3, 2, 1, 0):
        tones = heard(tower, chirping(Chirp.ARRIVED, volume + 1, volume), LONGEST_MS)
        duties.append(max((tone.duty_percent for tone in tones), default=0.0))
    # A square wave is loudest at one half; its fundamental falls with the sine of the duty.
    assert duties == [pytest.approx(50, abs=1), pytest.approx(12.5, abs=1), pytest.approx(3.1, abs=1), 0]


def test_the_first_set_after_a_reset_or_a_lost_host_sounds_nothing(tower: Tower) -> None:
    assert heard(tower, chirping(Chirp.URGENT, 5), LONGEST_MS) == []
    tower.run(3_000)
    assert heard(tower, chirping(Chirp.URGENT, 6), LONGEST_MS) == []
    assert heard(tower, chirping(Chirp.URGENT, 7), LONGEST_MS) != []


def test_sound_without_end_is_cut_off_and_told_and_comes_back_after_as_much_silence(tower: Tower) -> None:
    tower.keep(QUIET, 500)
    begun_ms, hushed_ms = tower.now_ms, None
    for count in range(1, 60):
        if tower.ask(chirping(Chirp.TEST, count % 8)).hushed and hushed_ms is None:
            hushed_ms = tower.now_ms
        tower.run(150)
    assert hushed_ms is not None
    assert CAP_MS <= hushed_ms - begun_ms <= CAP_MS + 300
    first = [tone for tone in tower.tones if tone.at_ms <= hushed_ms]
    assert sounding_ms(first, hushed_ms) <= CAP_MS + 10
    tower.keep(chirping(Chirp.TEST, 59 % 8), CAP_MS)
    assert not tower.ask(QUIET).hushed
    assert heard(tower, chirping(Chirp.TEST, 7), LONGEST_MS) != []
