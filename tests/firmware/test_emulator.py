"""The emulator itself, on a firmware that does on request what a bad one would (trial.c): it is not kind."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.board import BadFirmwareError, Pixels
from tests.peers.emulator import Emulator, running_emulator

SOURCE = Path(__file__).with_name("trial.c")

PIXEL = (0x00, 0x0F, 0xFF)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firmware on trial, compiled."""
    elf, hex_file = (tmp_path_factory.mktemp("trial") / name for name in ("trial.elf", "trial.hex"))
    chip = ("-mmcu=atmega328p", "-DF_CPU=16000000UL")
    subprocess.run(
        ["avr-gcc", *chip, "-Os", "-Wall", "-Wextra", "-Werror", str(SOURCE), "-o", str(elf)], check=True
    )
    subprocess.run(["avr-objcopy", "-O", "ihex", str(elf), str(hex_file)], check=True)
    return hex_file


@pytest.fixture
def board(trial: Path) -> Iterator[Emulator]:
    with running_emulator(trial, Emulator) as emulator:
        emulator.run(1)
        yield emulator


def answers(board: Emulator, request: bytes, within_ms: float = 10) -> bytes:
    """What it sends after a request."""
    already = len(board.sent)
    board.send(request)
    board.run(within_ms)
    return bytes(byte.value for byte in board.sent[already:])


def test_a_byte_takes_its_time_on_the_line_and_back(board: Emulator) -> None:
    assert answers(board, b"n") == b"\1"
    # Nine and a half bits of 26.04 us until the receiver has it, ten of 26 us back, and the code between.
    assert board.sent[0].at_ms == pytest.approx(1 + 0.2474 + 0.26, abs=0.01)


def test_a_receiver_that_is_deaf_for_two_milliseconds_loses_all_but_three_bytes(board: Emulator) -> None:
    board.send(b"d" + b"." * 20)
    board.run(20)
    # Nine bytes begin in that time. Two are kept in the buffer, and a third one in the shift register.
    assert board.lost_count == 6
    assert answers(board, b"n") == bytes([22 - 6])


def test_a_receiver_that_is_deaf_for_less_than_three_bytes_loses_none(board: Emulator) -> None:
    board.send(b"l" + b"." * 20)
    board.run(20)
    assert board.lost_count == 0
    assert answers(board, b"n") == bytes([22])


def test_a_byte_written_before_the_one_ahead_of_it_left_is_a_fault(board: Emulator) -> None:
    board.send(b"u")
    with pytest.raises(BadFirmwareError, match="before it was ready"):
        board.run(10)


def test_another_baud_rate_is_a_fault(board: Emulator) -> None:
    board.send(b"b")
    with pytest.raises(BadFirmwareError, match="117647 baud"):
        board.run(10)


def test_pixels_are_decoded_from_the_pin_and_latched_after_280_microseconds(board: Emulator) -> None:
    board.send(b"g")
    board.run(10)
    (shown,) = board.pixels
    assert shown == Pixels(shown.at_ms, (PIXEL, PIXEL))
    # The request, two pixels of 29 us with 4 us between them, and the pause that ends the frame.
    assert shown.at_ms == pytest.approx(1 + 0.2474 + 0.062 + 0.28, abs=0.01)


@pytest.mark.parametrize(
    ("request_byte", "complaint"),
    [
        (b"z", "bit 0: high for 500 ns"),
        (b"p", "bit 24: low for 6"),
        (b"h", "bit 32: the frame ends within a pixel"),
    ],
    ids=["a zero that is neither", "a pause that some parts latch at", "half a pixel"],
)
def test_pixel_timing_that_only_some_parts_understand_is_a_fault(
    board: Emulator, request_byte: bytes, complaint: str
) -> None:
    board.send(request_byte)
    with pytest.raises(BadFirmwareError, match=complaint):
        board.run(10)


def test_the_buzzer_is_heard_as_a_frequency_a_duty_and_silence(board: Emulator) -> None:
    board.send(b"s")
    board.run(10)
    board.send(b"q")
    board.run(10)
    assert [(tone.hz, tone.duty_percent) for tone in board.tones] == [(2000, 25.0), (0, 0.0)]


def test_a_button_is_a_level_at_its_pin_and_stays_pressed_over_a_reset(board: Emulator) -> None:
    assert answers(board, b"i") == b"\xfc"
    board.press(0)
    board.press(5)
    assert answers(board, b"i") == b"\x78"
    board.reset()
    board.run(1)
    assert answers(board, b"i") == b"\x78"
    board.release(0)
    assert answers(board, b"i") == b"\x7c"


def test_a_reset_keeps_what_is_in_ram_and_a_power_cut_does_not(board: Emulator) -> None:
    power_on, external, watchdog = 1, 2, 8
    cause, noise = answers(board, b"c")
    assert (cause, noise) == (power_on, noise)
    assert noise != ord("k")
    board.reset()
    board.run(1)
    assert answers(board, b"c") == bytes([external]) + b"k"
    board.hang_after(500)
    board.run(300)
    assert answers(board, b"c") == bytes([watchdog]) + b"k"
    board.cut_power()
    board.run(1)
    assert answers(board, b"c") == bytes([power_on, noise])
    assert [reset.cause for reset in board.resets] == ["power", "pin", "watchdog", "power"]


def test_a_hang_ends_by_the_watchdog_and_leaves_the_program_as_it_was(board: Emulator) -> None:
    board.hang_after(12_345)
    board.run(600)
    # The watchdog's own clock: 32,768 cycles of 128 kHz.
    assert [reset.at_ms for reset in board.resets] == [0.0, pytest.approx(257.5, abs=1.5)]
    assert len(board.hangs) == 1
    assert answers(board, b"n") == b"\1"


def test_a_jump_into_empty_flash_is_a_fault(board: Emulator) -> None:
    board.send(b"j")
    with pytest.raises(BadFirmwareError):
        board.run(10)


def test_the_same_story_gives_the_same_instants_every_time(trial: Path) -> None:
    def told() -> list[object]:
        with running_emulator(trial, Emulator) as emulator:
            emulator.run(3.3)
            emulator.send(b"gsnq")
            emulator.press(3)
            emulator.hang_after(4_321)
            emulator.run(400)
            return [*emulator.sent, *emulator.pixels, *emulator.tones, *emulator.resets, *emulator.hangs]

    assert told() == told()
