"""The wire, in Python: golden frames, every small damage to them, and pictures told as SETs."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.core import lamps
from appliance.core.beats import HALF_STEP_MS
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import InstantMs
from appliance.tower.wire import (
    BODY_BYTES_MAX,
    LONG_AGO,
    STUFFED_BYTES_MAX,
    Cover,
    Decoder,
    Frame,
    Heard,
    Hello,
    LampLook,
    MalformedBody,
    Set,
    SetLamp,
    SetLine,
    Shown,
    encode,
    frame_of,
    set_of,
)
from appliance.tower.wire.frames import HEAD, checked, stuffed, unstuffed
from appliance.tower.wire.words import ENTERED_MAX
from tests.tower.golden import FRAMES, FULL, QUIET, Vector, vectors

GOOD = vectors("good")
NEXT = Frame(77, Heard(78))


def received(wire: bytes) -> list[Frame]:
    """The frames of these bytes followed by one good frame."""
    return Decoder().receive(wire + encode(NEXT.message, NEXT.sequence))


def flipped(wire: bytes) -> Iterator[bytes]:
    for bit in range(8 * len(wire)):
        damaged = bytearray(wire)
        damaged[bit // 8] ^= 1 << bit % 8
        yield bytes(damaged)


def test_the_file_holds_the_golden_frames_and_both_ways_lead_to_the_same_bytes() -> None:
    assert {vector.name: vector.packed.hex() for vector in GOOD} == {
        name: encode(frame.message, frame.sequence)[1:-1].hex() for name, frame in FRAMES.items()
    }
    assert {vector.name: frame_of(vector.packed) for vector in GOOD} == FRAMES


@pytest.mark.parametrize("vector", vectors("damaged"), ids=lambda vector: vector.name)
def test_a_damaged_frame_is_refused_and_counted_and_the_next_one_read(vector: Vector) -> None:
    decoder = Decoder()
    wire = b"\0" + vector.packed + b"\0" + encode(NEXT.message, NEXT.sequence)
    assert decoder.receive(wire) == [NEXT]
    assert decoder.damaged_count == 1


@pytest.mark.parametrize("name", FRAMES)
def test_no_single_bit_error_passes_or_costs_the_next_frame(name: str) -> None:
    wire = encode(FRAMES[name].message, FRAMES[name].sequence)
    for damaged in flipped(wire[1:]):
        assert received(b"\0" + damaged) == [NEXT]
    # A first zero byte that became another one is a byte too many, unless something ended before it.
    for damaged in flipped(wire[:1]):
        assert received(damaged + wire[1:]) == [NEXT]


@pytest.mark.parametrize("name", FRAMES)
def test_no_truncation_passes_or_costs_the_next_frame(name: str) -> None:
    wire = encode(FRAMES[name].message, FRAMES[name].sequence)
    for length in range(1, len(wire) - 1):
        assert received(wire[:length]) == [NEXT]
        assert received(wire[-length:]) == [NEXT]


@pytest.mark.parametrize("name", FRAMES)
def test_no_doubled_byte_passes_or_costs_the_next_frame(name: str) -> None:
    wire = encode(FRAMES[name].message, FRAMES[name].sequence)
    for at in range(1, len(wire) - 1):
        assert received(wire[: at + 1] + wire[at:]) == [NEXT]
    for at in (0, len(wire) - 1):
        assert received(wire[: at + 1] + wire[at:]) == [FRAMES[name], NEXT], "nothing between two zero bytes"


@given(st.binary(max_size=400), st.lists(st.integers(0, 400)))
def test_noise_in_any_portions_costs_at_most_the_frame_it_runs_into(noise: bytes, cuts: list[int]) -> None:
    wire = noise + encode(NEXT.message, NEXT.sequence)
    decoder = Decoder()
    edges = [0, *sorted(min(cut, len(wire)) for cut in cuts), len(wire)]
    frames = [
        frame for first, last in itertools.pairwise(edges) for frame in decoder.receive(wire[first:last])
    ]
    assert frames[-1] == NEXT
    assert decoder.receive(encode(NEXT.message, NEXT.sequence)) == [NEXT]


@given(st.binary(max_size=253))
def test_stuffing_leaves_no_zero_byte_and_can_be_undone(plain: bytes) -> None:
    assert 0 not in stuffed(plain)
    assert unstuffed(stuffed(plain)) == plain


def test_a_body_of_64_bytes_fits_and_one_of_65_is_too_long() -> None:
    longest = stuffed(checked(HEAD.pack(BODY_BYTES_MAX, 2, 0) + bytes(BODY_BYTES_MAX)))
    assert len(longest) == STUFFED_BYTES_MAX == 72
    with pytest.raises(ValueError, match="64 is not within 1 to 1"):
        frame_of(longest)
    with pytest.raises(ValueError, match="longer than any frame"):
        frame_of(stuffed(checked(HEAD.pack(BODY_BYTES_MAX + 1, 2, 0) + bytes(BODY_BYTES_MAX + 1))))


def test_a_frame_that_never_ends_is_held_no_further_than_the_longest_one() -> None:
    decoder = Decoder()
    for _ in range(1_000):
        assert decoder.receive(b"\x55" * 1_000) == []
    assert len(decoder._held) == STUFFED_BYTES_MAX + 1
    assert decoder.receive(b"\0" + encode(NEXT.message, NEXT.sequence)) == [NEXT]
    assert decoder.damaged_count == 1


@pytest.mark.parametrize(
    "beyond",
    [
        replace(QUIET, phase_ms=10_000),
        replace(QUIET, brightness=0),
        replace(QUIET, volume=4),
        replace(QUIET, chirps=8),
        replace(QUIET, lines=(), lamps=QUIET.lamps[:3]),
        replace(QUIET, lines=(SetLine(),) * 9, lamps=QUIET.lamps[:1] * 12),
        replace(QUIET, lamps=QUIET.lamps[:3]),
        replace(QUIET, lines=(SetLine(marks=3),)),
        replace(QUIET, lines=(SetLine(stage=4),)),
    ],
)
def test_what_is_beyond_its_range_is_not_sent(beyond: Set) -> None:
    with pytest.raises(MalformedBody):
        encode(beyond, 0)


def test_who_a_controller_of_any_other_protocol_is_can_be_read() -> None:
    for protocol, rest in ((0, b""), (2, bytes(60)), (255, b"soon")):
        body = bytes((protocol, 3, 1, 4)) + rest
        frame = frame_of(stuffed(checked(HEAD.pack(len(body), 0x83, 5) + body)))
        assert frame == Frame(5, Hello(protocol, (3, 1, 4), 0, 0, 0))
    with pytest.raises(MalformedBody):
        Hello.unpack(b"\2\3\1")


def test_a_picture_is_told_with_its_phase_and_its_entries_in_half_steps_from_now() -> None:
    epoch_ms = 1e9 + 0.123
    picture = Picture(
        (
            Segment("Main", Showing.WAITING, 2, 1, 1, True, True, InstantMs(epoch_ms + 4 * HALF_STEP_MS)),
            Segment("Back", entered_ms=InstantMs(epoch_ms)),
        ),
        overlay=Overlay.SWEEP,
        overlay_entered_ms=InstantMs(epoch_ms + 120 * HALF_STEP_MS),
        fault=True,
        fault_entered_ms=InstantMs(epoch_ms - 5_000_000),
        more_count=3,
        more_entered_ms=InstantMs(epoch_ms + 1_000_000),
        epoch_ms=InstantMs(epoch_ms),
    )
    told = set_of(picture, InstantMs(epoch_ms + 10_000 + 4 * HALF_STEP_MS + 1))
    assert told == replace(
        QUIET,
        phase_ms=358,
        lines=(SetLine(Shown.WAITING, 2, 1, 1, True, True, -112), SetLine(entered=-116)),
        lamps=QUIET.lamps[:1] * 5,
        cover=Cover.SWEEP,
        fault=True,
        more=True,
        cover_entered=4,
        fault_entered=LONG_AGO,
        more_entered=ENTERED_MAX,
    )


def test_the_lamps_of_the_buttons_are_told_by_look_entry_and_count_of_answers() -> None:
    looks = [*lamps.LampLook][:4]
    picture = Picture(
        (Segment("Main"),),
        lamps=tuple(
            lamps.ButtonLamp(look, InstantMs(2 * look * HALF_STEP_MS), blinks=3 + look) for look in looks
        ),
    )
    assert set_of(picture, InstantMs(9.5 * HALF_STEP_MS)).lamps == (
        SetLamp(LampLook.FAILED, 0, -7), SetLamp(LampLook.ASKED, 1, -5), SetLamp(LampLook.TAKEABLE, 2, -3),
        SetLamp(LampLook.STEADY, 3, -1),
    )  # fmt: skip
    assert set_of(Picture((Segment("Main"),)), InstantMs(0)).lamps == (SetLamp(),) * 4


@given(st.integers(0, 200), st.floats(0, 1e12), st.integers(0, 10**6))
def test_the_phase_lies_in_the_half_step_of_the_instant_or_a_millisecond_before(
    half: int, epoch_ms: float, periods: int
) -> None:
    picture = Picture((Segment("Main"),), epoch_ms=InstantMs(epoch_ms))
    at_ms = epoch_ms + 10_000 * periods + half * HALF_STEP_MS
    phase_ms = set_of(picture, InstantMs(at_ms)).phase_ms
    assert phase_ms == math.floor(half * 625 / 7 + 1e-3) % 10_000


def test_the_longest_set_fits_a_frame_twice_at_least_between_two_beats() -> None:
    assert len(FULL.pack()) == 56
    assert 2 * 10 * len(encode(FULL, 0)) / 38_400 < 0.250
