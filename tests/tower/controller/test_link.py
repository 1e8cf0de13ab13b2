"""The link to a controller, told in instants: HELLO, the heartbeat, silence, resets, buttons, strangers."""

import random
from dataclasses import replace

import pytest

from appliance.core.effects import Sound
from appliance.core.picture import Picture
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.controller.link import (
    ASK_MS,
    BEAT_MS,
    BYTE_MS,
    HELLO_MS,
    LOST_MS,
    OTHERS_MAX,
    SENT_MAX,
    START_MS,
)
from appliance.tower.wire import PROTOCOL, ButtonEvent, Chirp, Heard, Set, Status, Who, encode
from tests.tower.controller.ends import DARK, HELLO, WAITS, Ends, linked, status

SILENT = "says nothing: if it is the tower, `call-light flash-tower` writes its firmware"
STRANGE = "says what no tower says: if it is the tower, `call-light flash-tower` writes its firmware"
GONE = "does not answer any more: three STATUS missed; the board or the cable hangs"


def test_nothing_is_said_before_hello_and_the_picture_follows_it_at_once() -> None:
    ends = Ends()
    ends.show(WAITS, 100)
    ends.until(1_399)
    assert ends.sent == []
    ends.say(HELLO, 1_400)
    assert [(at_ms, sent.lines[0].shown.name) for at_ms, sent in ends.sets] == [(1_400, "WAITING")]
    assert ends.link.hello == HELLO


def test_a_board_that_opening_did_not_reset_is_asked_who_it_is_again_and_again() -> None:
    ends = Ends()
    ends.until(START_MS + 2 * ASK_MS)
    assert [(at_ms, message) for at_ms, _, message in ends.sent] == [
        (START_MS, Who()), (START_MS + ASK_MS, Who()), (START_MS + 2 * ASK_MS, Who()),
    ]  # fmt: skip
    ends.say(HELLO, START_MS + 2 * ASK_MS + 10)
    assert ends.link.hello == HELLO


def test_a_port_that_nobody_named_is_only_listened_to() -> None:
    ends = Ends(may_ask=False)
    ends.until(HELLO_MS)
    assert ends.sent == []
    assert ends.lost == SILENT


def test_a_port_that_is_silent_or_talks_nonsense_is_given_up_in_time() -> None:
    silent, strange = Ends(), Ends()
    strange.say_bytes(b"Marlin 2.1\nready\n", 900)
    for ends in (silent, strange):
        ends.until(HELLO_MS - 1)
        assert ends.lost is None
        ends.until(HELLO_MS)
    assert (silent.lost, strange.lost) == (SILENT, STRANGE)


def test_a_cable_that_is_a_loop_is_no_tower() -> None:
    ends = Ends()
    for at_ms in range(int(START_MS), int(HELLO_MS), int(ASK_MS)):
        ends.say(Who(), at_ms)
    ends.until(HELLO_MS)
    assert ends.lost == STRANGE


@pytest.mark.parametrize(
    ("protocol", "what_to_do"),
    [
        (PROTOCOL - 1, "`call-light flash-tower` writes the firmware that fits"),
        (PROTOCOL + 1, "update the unit, or let `call-light flash-tower` write the firmware that fits"),
    ],
)
def test_firmware_of_another_protocol_is_named_with_what_to_do(protocol: int, what_to_do: str) -> None:
    ends = Ends()
    ends.say(replace(HELLO, protocol=protocol, version=(3, 0, 1)), 1_400)
    said = f"has firmware 3.0.1 of protocol {protocol}, and this unit speaks {PROTOCOL}: {what_to_do}"
    assert ends.lost == said
    ends.show(WAITS, 1_500)
    ends.until(10_000)
    assert ends.sent == []


def test_a_picture_is_sent_when_it_is_handed_over_and_never_by_itself() -> None:
    ends = linked(1_400)
    for beat in (1, 2, 3):
        ends.show(DARK, 1_400 + beat * BEAT_MS)
        ends.answer(1_420 + beat * BEAT_MS)
    ends.until(60_000)
    assert [at_ms for at_ms, _ in ends.sets] == [1_400, 1_650, 1_900, 2_150]
    # A unit that hangs says nothing: the controller finds out by itself, and the link waits for the unit.
    assert ends.lost is None
    ends.show(WAITS, 60_000)
    assert ends.sets[-1][0] == 60_000


def test_each_set_says_its_own_phase() -> None:
    ends = linked(1_400)
    ends.show(WAITS, 3_456)
    ends.answer(3_476)
    ends.show(WAITS, 13_700)
    assert [sent.phase_ms for _, sent in ends.sets] == [1_400, 3_456, 3_700]


def test_of_pictures_that_come_faster_than_the_wire_only_the_latest_is_sent() -> None:
    ends = linked(1_400)
    pictures = [WAITS, DARK] * 20
    for number, picture in enumerate([*pictures, WAITS]):
        ends.show(picture, 2_000 + number / 10)
    ends.until(2_100)
    wire_ms = len(encode(ends.sets[0][1], 0)) * BYTE_MS
    instants = [at_ms for at_ms, _ in ends.sets[1:]]
    assert instants == [2_000, pytest.approx(2_000 + wire_ms)]
    assert ends.sets[-1][1].lines[0].shown.name == "WAITING"
    assert ends.link.is_settled(ends.link.free_ms)
    assert not ends.link.is_settled(InstantMs(2_000))


def test_a_sound_goes_with_the_next_picture_and_counts() -> None:
    ends = linked(1_400)
    ends.link.play(Sound.ARRIVED)
    ends.show(WAITS, 2_000)
    ends.show(WAITS, 2_250)
    for _ in range(8):
        ends.link.play(Sound.URGENT)
    ends.show(WAITS, 2_500)
    said = [(sent.chirp, sent.chirps) for _, sent in ends.sets]
    assert said == [(Chirp.NONE, 0), (Chirp.ARRIVED, 1), (Chirp.ARRIVED, 1), (Chirp.URGENT, 1)]


def test_three_missed_status_are_a_lost_tower_and_two_are_not() -> None:
    ends = linked(1_400)
    for beat in range(3):
        ends.show(DARK, 2_000 + beat * BEAT_MS)
    ends.answer(2_000 + LOST_MS - 1)
    ends.until(2_000 + LOST_MS)
    assert ends.lost is None
    for beat in range(3):
        ends.show(DARK, 3_000 + beat * BEAT_MS)
    ends.until(3_000 + LOST_MS - 1)
    assert ends.lost is None
    ends.until(3_000 + LOST_MS)
    assert ends.lost == GONE
    assert ends.link.due_ms is None
    assert LOST_MS == 750


def test_an_answer_to_an_older_set_leaves_the_newer_ones_unanswered() -> None:
    ends = linked(1_400)
    ends.show(DARK, 2_000)
    ends.show(WAITS, 2_100)
    first = ends.sent[-2][1]
    ends.say(status(first, 2_110), 2_110)
    ends.until(2_100 + LOST_MS - 1)
    assert ends.lost is None
    ends.until(2_100 + LOST_MS)
    assert ends.lost == GONE


def test_what_waited_while_we_were_held_up_is_heard_before_time_is_judged() -> None:
    ends = linked(1_400)
    ends.show(DARK, 2_000)
    # The process was stopped for ten seconds; the answer lay in the kernel's buffer.
    said = encode(status(ends.sent[-1][1], 2_020), 9)
    assert ends.link.hear(said, InstantMs(12_000), DurationMs(9_750)) == ()
    ends.show(DARK, 12_001)
    ends.answer(12_020)
    ends.until(60_000)
    assert ends.lost is None
    assert Who() not in [message for _, _, message in ends.sent]


def test_every_set_of_the_fastest_change_is_remembered_until_it_is_answered() -> None:
    ends = linked(1_400)
    for number in range(SENT_MAX):
        ends.show((WAITS, DARK)[number % 2], 2_000 + number * 20)
    sequences = [sequence for _, sequence, message in ends.sent if isinstance(message, Set)][1:]
    assert len(sequences) == SENT_MAX
    for sequence in sequences:
        ends.say(status(sequence, 2_180), 2_180)
    # One more that nobody remembers: it counts among the answers to others.
    ends.say(status((sequences[0] - 1) % 256, 2_190), 2_190)
    assert ends.lost is None


def test_a_tower_that_answers_others_too_is_given_up() -> None:
    ends = linked(1_400)
    for number in range(OTHERS_MAX):
        ends.say(status(200 + number, 2_000), 2_000)
        ends.show(DARK, 2_000 + number * 30)
        ends.answer(2_020 + number * 30)
    assert ends.lost is None
    ends.say(status(220, 2_300), 2_300)
    assert ends.lost == "answers somebody else too: another program uses this port"


def test_after_a_reset_the_whole_picture_is_sent_again_at_once() -> None:
    ends = linked(1_400)
    ends.show(WAITS, 2_000)
    ends.say(replace(HELLO, boot_count=8, reset_cause=8), 2_300)
    assert [(at_ms, sent.lines[0].shown.name) for at_ms, sent in ends.sets[-2:]] == [
        (2_000, "WAITING"), (2_300, "WAITING"),
    ]  # fmt: skip
    ends.answer(2_330, uptime_ms=40)
    ends.until(10_000)
    assert ends.lost is None


def test_a_reset_whose_hello_was_damaged_is_found_by_the_uptime() -> None:
    ends = linked(1_400)
    ends.show(DARK, 5_000)
    ends.answer(5_020, uptime_ms=30)
    assert ends.sent[-1][2] == Who()
    ends.say(HELLO, 5_030)
    assert ends.sets[-1][0] == 5_030


def test_an_uptime_that_wraps_is_no_reset() -> None:
    ends = linked(1_400)
    for at_ms, uptime_ms in ((2_000, 2**32 - 400), (2_250, 2**32 - 150), (2_500, 100), (2_750, 350)):
        ends.show(DARK, at_ms)
        ends.answer(at_ms, uptime_ms)
    # The first of them contradicts the uptime of `linked`; none after it does.
    assert [at_ms for at_ms, _, message in ends.sent if message == Who()] == [2_000]


def test_noise_between_the_frames_costs_nothing() -> None:
    dice = random.Random(4)
    ends = linked(1_400)
    for number in range(200):
        at_ms = 2_000 + number * 250
        ends.show((WAITS, DARK)[number % 2], at_ms)
        ends.say_bytes(dice.randbytes(dice.randrange(300)), at_ms + 5)
        ends.answer(at_ms + 20)
        ends.press(number, at_ms + 30, down=number % 2 == 0)
    ends.until(60_000)
    assert ends.lost is None
    assert len(ends.posted) == 200


def test_a_damaged_set_is_only_one_missed_status() -> None:
    ends = linked(1_400)
    for number in range(30):
        ends.show(DARK, 2_000 + number * BEAT_MS)
        if number % 3 == 2:
            ends.answer(2_020 + number * BEAT_MS)
    assert ends.lost is None


def test_a_picture_of_eight_lines_fits() -> None:
    ends = linked(1_400)
    ends.show(Picture(WAITS.segments * 8), 2_000)
    assert len(ends.sets[-1][1].lines) == 8


def test_a_status_before_hello_and_our_own_words_mean_nothing() -> None:
    ends = Ends()
    for said in (Status(0, False, False, False, 0, 0, 0, 5), Heard(1), ButtonEvent(0, 0, True, 0)):
        ends.say(said, 100)
    assert (ends.sent, ends.posted, ends.lost) == ([], [], None)
