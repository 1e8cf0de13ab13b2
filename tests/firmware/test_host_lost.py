"""A host that falls silent, and clocks that wrap: the tower says so by itself, and goes on saying so."""

import pytest

from appliance.core.picture import Picture, Segment, Showing
from appliance.tower.declared import host_lost_picture
from appliance.tower.wire import Status
from tests.firmware.drawn import expected, unlike
from tests.peers.tower import Tower

LABELS = ("Main", "Lab")
CALLING = Picture((Segment("Main", Showing.WAITING, 1, 1), Segment("Lab")))
LOST = host_lost_picture(LABELS)

WRAP_16_MS = 1 << 16


def shows_lost(tower: Tower) -> bool:
    """Whether the tower shows its own picture of a lost host, and nothing else."""
    wanted = expected(LOST, tower.now_ms)
    return not unlike(tower.chain[: len(wanted)], wanted)


def silence_until_lost(tower: Tower) -> float:
    """Say nothing more; how long after the host's last word the tower shows it as lost."""
    last_word_ms = tower.spoken_ms
    return noise_until_lost(tower) - last_word_ms


def noise_until_lost(tower: Tower) -> float:
    """Say nothing good any more; when the tower shows the host as lost."""
    since_ms = tower.now_ms
    while not shows_lost(tower):
        assert tower.now_ms < since_ms + 3_000, "the loss was never shown"
        tower.run(10)
    return tower.pixels[-1].at_ms


def test_a_silent_host_is_shown_after_2_0_to_2_1_seconds(tower: Tower) -> None:
    for said_for_ms in range(1_000, 1_016, 3):
        tower.keep(CALLING, said_for_ms)
        tower.run(100)
        assert not shows_lost(tower)
        assert 2_000 <= silence_until_lost(tower) <= 2_100


def test_noise_is_no_host(tower: Tower) -> None:
    tower.keep(CALLING, 1_000)
    last_word_ms = tower.spoken_ms
    tower.send(b"\x05noise\0" * 1_500)
    assert 2_000 <= noise_until_lost(tower) - last_word_ms <= 2_100


def test_a_lost_host_stays_lost_however_long_and_wherever_a_clock_wraps(tower: Tower) -> None:
    tower.keep(CALLING, 1_000)
    silence_until_lost(tower)
    shown_count = len(tower.pixels)
    tower.run(WRAP_16_MS + 5_000)
    assert shows_lost(tower)
    later = {shown.colours for shown in tower.pixels[shown_count - 1 :]}
    assert len(later) == 1
    assert not any(tone.hz for tone in tower.tones)


def test_the_next_good_set_brings_the_picture_back_and_is_told_that_the_host_was_lost(tower: Tower) -> None:
    tower.keep(CALLING, 1_000)
    silence_until_lost(tower)
    status = tower.show(CALLING)
    assert status.was_lost
    tower.keep(CALLING, 1_000)
    assert not tower.messages(Status)[-1].was_lost
    assert not shows_lost(tower)
    assert [reset.cause for reset in tower.resets] == ["power"]


@pytest.mark.parametrize("bits", [16, 32])
def test_while_a_clock_wraps_the_host_is_heard_and_its_silence_too(tower: Tower, bits: int) -> None:
    tower.set_uptime((1 << bits) - 2_000)
    tower.keep(CALLING, 1_500)
    assert tower.messages(Status)[-1].uptime_ms > (1 << bits) - 1_000
    tower.keep(CALLING, 1_500)
    wrapped_ms = tower.messages(Status)[-1].uptime_ms % (1 << bits)
    assert wrapped_ms == pytest.approx(1_000, abs=300)
    assert not any(status.was_lost for status in tower.messages(Status)[1:])
    tower.set_uptime((1 << bits) - 500)
    assert 2_000 <= silence_until_lost(tower) <= 2_100
