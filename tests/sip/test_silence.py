"""When the phone system is asked about a caller of whom nothing is heard."""

from collections.abc import Callable

from appliance.core.words import InstantMs
from appliance.sip.silence import ASK_AGAIN_MS, LOOK_MS, SILENT_MS, Silence


def asked(heard: Callable[[int], int], until_ms: int) -> list[int]:
    """When it is asked, at turns of 20 ms, where so many packets have come by each instant."""
    silence, at_ms = Silence(), 1_000
    found = []
    while at_ms <= until_ms:
        if silence.must_ask(lambda: heard(at_ms), InstantMs(at_ms)):  # noqa: B023 - called at once
            found.append(at_ms)
        at_ms += 20
    return found


def test_who_is_heard_is_never_asked_about() -> None:
    assert asked(lambda at_ms: at_ms // 20, 200_000) == []
    # One packet in ten seconds is somebody, too.
    assert asked(lambda at_ms: at_ms // 10_000, 200_000) == []


def test_who_is_silent_is_asked_about_in_time_and_again_when_an_answer_cannot_come_any_more() -> None:
    first = 1_000 + int(SILENT_MS)
    assert asked(lambda _at_ms: 7, 100_000) == [
        first,
        first + int(ASK_AGAIN_MS),
        first + 2 * int(ASK_AGAIN_MS),
    ]


def test_who_falls_silent_has_the_whole_time_from_the_last_packet_on() -> None:
    (only,) = asked(lambda at_ms: min(at_ms, 30_000), 60_000)
    assert 30_000 + SILENT_MS <= only <= 30_000 + SILENT_MS + LOOK_MS


def test_packets_are_counted_once_a_second_at_most() -> None:
    looks: list[int] = []

    def look(at_ms: int) -> int:
        looks.append(at_ms)
        return len(looks)

    asked(look, 10_000)
    assert looks == list(range(1_000, 10_001, int(LOOK_MS)))
