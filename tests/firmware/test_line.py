"""What comes over the line into the real firmware: every good frame is answered, and no other."""

import random
from dataclasses import replace

import pytest

from appliance.tower.wire import Heard, Hello, Set, SetLamp, Status, Who, encode
from appliance.tower.wire.frames import HEAD, checked, stuffed
from tests.peers.tower import BYTE_MS, Tower
from tests.tower.golden import FRAMES, QUIET, Vector, vectors

TO_CONTROLLER = [
    vector for vector in vectors("good") if isinstance(FRAMES[vector.name].message, Set | Heard | Who)
]
TO_UNIT = [vector for vector in vectors("good") if vector not in TO_CONTROLLER]


def framed(packed: bytes) -> bytes:
    return b"\0" + packed + b"\0"


def test_every_golden_frame_for_the_controller_is_answered(tower: Tower) -> None:
    for vector in TO_CONTROLLER:
        frame, since_ms = FRAMES[vector.name], tower.now_ms
        tower.send(framed(vector.packed))
        tower.run(100)
        answers = [type(one.message) for one in tower.received if one.at_ms > since_ms]
        assert answers == {Set: [Status], Who: [Hello], Heard: []}[type(frame.message)], vector.name
        if isinstance(frame.message, Set):
            assert tower.messages(Status)[-1].answers == frame.sequence
    assert tower.ask(QUIET).damaged_count == 0


@pytest.mark.parametrize("vector", [*vectors("damaged"), *TO_UNIT], ids=lambda vector: vector.name)
def test_a_damaged_frame_is_counted_and_never_costs_the_next_one(tower: Tower, vector: Vector) -> None:
    for count in range(1, 4):
        tower.send(framed(vector.packed))
        status = tower.ask(QUIET)
        assert (status.damaged_count, status.overrun_count) == (count, 0)
    assert len(tower.messages(Status)) == 3


def test_a_cable_pulled_at_any_byte_of_a_frame_costs_that_frame_only(tower: Tower) -> None:
    wire = encode(FRAMES["full"].message, 9)
    # Without its last byte alone it is whole: the zero byte before the next frame ends it.
    for length in range(len(wire) - 1):
        tower.send(wire[:length])
        tower.run(length * BYTE_MS + 20)
        already = len(tower.messages(Status))
        tower.ask(QUIET)
        assert len(tower.messages(Status)) == already + 1, length


def test_a_frame_longer_than_the_buffer_is_dropped_and_the_next_one_answered(tower: Tower) -> None:
    for length in (65, 100, 246):
        too_long = stuffed(checked(HEAD.pack(length, Set.TYPE, 1) + bytes(range(1, length + 1))))
        tower.send(framed(too_long) + b"\x55" * 1_000 + b"\0")
        assert tower.ask(QUIET).overrun_count == 0
    assert len(tower.messages(Status)) == 3


def test_a_set_of_nine_lines_or_of_none_is_refused(tower: Tower) -> None:
    body = QUIET.pack()
    nine = bytearray(replace(QUIET, lines=QUIET.lines * 8, lamps=(SetLamp(),) * 11).pack())
    nine[9] = 9
    nine[-11:-11] = body[10:13]
    nine += b"\0"
    none = bytearray(body[:10] + body[13:])
    none[9] = 0
    for wrong in (bytes(nine), bytes(none)):
        plain = HEAD.pack(len(wrong), Set.TYPE, 77) + wrong
        tower.send(framed(stuffed(checked(plain))))
    status = tower.ask(QUIET)
    assert (status.damaged_count, [one.answers for one in tower.messages(Status)]) == (
        2,
        [status.answers],
    )


def test_ten_seconds_of_noise_at_full_rate_are_no_picture_and_end_as_if_nothing_had_been(
    tower: Tower,
) -> None:
    tower.ask(QUIET)
    noise = random.Random(1).randbytes(int(10_000 / BYTE_MS))
    tower.send(noise)
    tower.run(10_000)
    assert len(tower.messages(Status)) == 1
    tower.send(b"\0")
    status = tower.ask(QUIET)
    assert status.was_lost
    assert status.overrun_count == tower.lost_count == 0
    assert [reset.cause for reset in tower.resets] == ["power"]


def test_of_two_hosts_that_speak_into_each_other_none_is_misheard(tower: Tower) -> None:
    chance = random.Random(2)
    for sequence in range(100):
        one, other = (encode(FRAMES[name].message, sequence) for name in ("full", "first-caller"))
        cuts = sorted(chance.sample(range(1, len(one)), 3))
        parts = [one[: cuts[0]], other, one[cuts[0] : cuts[1]], other[:9], one[cuts[1] :]]
        since_ms = tower.now_ms
        tower.send(b"".join(parts))
        tower.run(60)
        # The frame that came whole between two zero bytes is good, whoever sent it; no piece of one is.
        assert [status.answers for status in tower.messages(Status, since_ms)] == [sequence]
    assert tower.lost_count == 0
