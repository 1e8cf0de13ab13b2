"""The firmware's pure files beside their twins in Python: codec, drawing, and the written tables."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.core.beats import HALF_STEP_MS, instant_of
from appliance.core.lamps import ButtonLamp, LampLook, is_lamp_lit
from appliance.core.picture import Overlay, Picture, Segment
from appliance.core.words import LINES_MAX, InstantMs
from appliance.tower.wire import BODY_BYTES_MAX, Decoder, Set, set_of
from appliance.tower.wire.frames import HEAD, checked, frame_of, stuffed, unstuffed
from tests.core.test_picture_limits import EVERY_SEGMENT
from tests.firmware import tables
from tests.firmware.drawn import expected
from tests.peers.pure_firmware import HALVES, drawn, frame_in_python, framed, is_set, received
from tests.tower.golden import FRAMES, vectors

BYTES = st.integers(0, 255)

BODIES = st.one_of(
    st.binary(max_size=BODY_BYTES_MAX),
    st.sampled_from([frame.message.pack() for frame in FRAMES.values() if isinstance(frame.message, Set)]),
)


def frames_in_python(wire: bytes) -> list[tuple[int, int, bytes]]:
    """What the Python decoder makes of these bytes, its bodies not looked at."""
    found = []
    for part in wire.split(b"\0")[:-1]:
        try:
            plain = unstuffed(part)
        except ValueError:
            continue
        length, kind, sequence = (*plain[:3], 0, 0, 0)[:3]
        body = plain[HEAD.size : -4]
        if len(plain) >= 7 and len(body) == length <= BODY_BYTES_MAX and checked(plain[:-4]) == plain:
            found.append((kind, sequence, body))
    return found


@pytest.mark.parametrize("name", tables.HEADERS)
def test_the_tables_are_those_of_the_core(name: str) -> None:
    assert (tables.SOURCES / name).read_text(encoding="utf-8") == tables.HEADERS[name](), (
        "python -m tests.firmware.tables writes them anew"
    )


@given(BYTES, BYTES, st.binary(max_size=12))
def test_the_firmware_writes_a_frame_as_the_unit_does(kind: int, sequence: int, body: bytes) -> None:
    assert framed(kind, sequence, body) == frame_in_python(kind, sequence, body)


@given(BYTES, BYTES, st.binary(max_size=BODY_BYTES_MAX + 3))
def test_a_frame_of_the_unit_is_read_unless_it_is_too_long(kind: int, sequence: int, body: bytes) -> None:
    found, damaged = received(frame_in_python(kind, sequence, body))
    fits = len(body) <= BODY_BYTES_MAX
    assert (found, damaged) == (([(kind, sequence, body)], 0) if fits else ([], 1))


@settings(max_examples=500)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=100),
            st.builds(frame_in_python, BYTES, BYTES, st.binary(max_size=8)),
            st.binary(max_size=80).map(lambda plain: b"\0" + stuffed(plain) + b"\0"),
        ),
        max_size=8,
    )
)
def test_of_any_bytes_both_sides_read_the_same_frames(parts: list[bytes]) -> None:
    wire = b"".join(parts) + b"\0"
    found, damaged = received(wire)
    assert found == frames_in_python(wire)
    assert damaged + len(found) == sum(map(bool, wire.split(b"\0")))


@settings(max_examples=1_000)
@given(BODIES, st.lists(st.tuples(st.integers(0, BODY_BYTES_MAX - 1), BYTES), max_size=3), st.integers(-2, 2))
def test_both_sides_keep_the_same_rules_of_a_set(
    body: bytes, changes: list[tuple[int, int]], longer: int
) -> None:
    changed = bytearray(body + bytes(max(longer, 0)))[: len(body) + longer]
    for at, value in changes:
        changed[at : at + 1] = bytes((value,)) if at < len(changed) else b""
    try:
        Set.unpack(bytes(changed))
        good = True
    except ValueError:
        good = False
    assert is_set(bytes(changed)) == good


def test_of_the_golden_and_damaged_frames_both_sides_take_the_same_ones() -> None:
    for vector in (*vectors("good"), *vectors("damaged")):
        wire = b"\0" + vector.packed + b"\0"
        found, damaged = received(wire)
        assert found == frames_in_python(wire)
        good_sets = [body for kind, _, body in found if kind == Set.TYPE and is_set(body)]
        decoded = [frame.message for frame in Decoder().receive(wire)]
        assert good_sets == [message.pack() for message in decoded if isinstance(message, Set)], vector.name
        assert damaged == 0 or not decoded
    assert isinstance(frame_of(vectors("good")[0].packed).message, Set)


def as_the_core_draws(picture: Picture, half: int) -> list[list[tuple[int, int, int]]]:
    """Every pixel but the lamps in the middle of each of 112 half steps, of which the first is this one."""
    return [
        expected(picture, instant_of(picture.epoch_ms, half + at) + HALF_STEP_MS / 2) for at in range(HALVES)
    ]


def entered(picture: Picture, half: int, ages: list[int]) -> Picture:
    """The same, with segments and overlay that entered so many half steps before this one."""

    def at(age: int) -> InstantMs:
        return instant_of(picture.epoch_ms, half - age)

    return replace(
        picture,
        segments=tuple(
            replace(segment, entered_ms=at(ages[place % len(ages)]))
            for place, segment in enumerate(picture.segments)
        ),
        overlay_entered_ms=at(ages[0]),
        fault_entered_ms=at(ages[-1]),
        more_entered_ms=at(ages[1]),
    )


@pytest.mark.parametrize("overlay", Overlay)
def test_every_look_is_drawn_as_the_core_draws_it_over_all_ten_seconds(overlay: Overlay) -> None:
    for first in range(0, len(EVERY_SEGMENT), LINES_MAX):
        segments = tuple(EVERY_SEGMENT[first : first + LINES_MAX])
        half = 37 * first % HALVES
        ages = [(first + 5 * place) % 30 - 4 for place in range(7)] + [first % 200 + 20]
        picture = entered(Picture(segments, overlay, fault=True, more_count=first % 3), half, ages)
        told = set_of(picture, InstantMs(instant_of(picture.epoch_ms, half) + 1))
        seen = [pixels[: -3 - len(segments)] for pixels in drawn(told, half)]
        assert seen == as_the_core_draws(picture, half), (first, ages)


@pytest.mark.parametrize("look", LampLook)
def test_the_lamp_of_a_button_is_lit_as_the_core_lights_it(look: LampLook) -> None:
    epoch_ms = InstantMs(0)
    for half in range(HALVES):
        entries = [instant_of(epoch_ms, half - age) for age in (-6, -3, -1, 0, 1, 2, 5, 9, 13, 20, 127)]
        lamps = tuple(ButtonLamp(look, InstantMs(entered_ms)) for entered_ms in entries)
        picture = Picture((Segment("Main"),) * LINES_MAX, lamps=lamps)
        told = set_of(picture, InstantMs(instant_of(epoch_ms, half) + 1))
        for at, pixels in enumerate(drawn(told, half)):
            middle_ms = InstantMs(instant_of(epoch_ms, half + at) + HALF_STEP_MS / 2)
            lit = [is_lamp_lit(lamp, epoch_ms, middle_ms) for lamp in lamps]
            assert [any(pixel) for pixel in pixels[-len(lamps) :]] == lit, (half, at)
