"""The emulated board: what it is told, and an account of all that it did (firmware/sim/README.md)."""

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.peers.program import PeerError, Program

PROJECT: Final = Path(__file__).parents[2]
EMULATOR: Final = PROJECT / "build/emulator"
FIRMWARE: Final = PROJECT / "firmware/build/tower.hex"

CHAIN_PIXELS: Final = 84
"""Nine status pixels, eight for each of eight lines, and the lamps of eleven buttons."""

Rgb = tuple[int, int, int]


class BadFirmwareError(AssertionError):
    """The firmware did what no firmware may: wrong pixel timing, a jump to nowhere, a wrong baud rate."""


def is_lit(colour: Rgb | None) -> bool:
    """Whether a pixel gives any light."""
    return colour is not None and any(colour)


@dataclass(frozen=True, slots=True)
class Byte:
    """A byte from the controller, at the end of its stop bit."""

    at_ms: float
    value: int


@dataclass(frozen=True, slots=True)
class Pixels:
    """What the chain took over: red, green and blue of each pixel from its beginning."""

    at_ms: float
    colours: tuple[Rgb, ...]


@dataclass(frozen=True, slots=True)
class Tone:
    """What the buzzer gives from now on; 0 Hz is silence."""

    at_ms: float
    hz: int
    duty_percent: float


@dataclass(frozen=True, slots=True)
class Reset:
    """The chip begins anew: ``power``, ``pin`` or ``watchdog``."""

    at_ms: float
    cause: str


@dataclass(frozen=True, slots=True)
class Hang:
    """The program stays where it was made to, at this address in flash."""

    at_ms: float
    address: int


class Board:
    """A running board. Everything that it did is kept, in order, and never forgotten by itself."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.now_ms = 0.0
        """The instant of the last thing that it told."""
        self.sent: list[Byte] = []
        self.pixels: list[Pixels] = []
        self.chain: list[Rgb | None] = [None] * CHAIN_PIXELS
        """What each pixel shows now; None where nothing was ever sent to it."""
        self.tones: list[Tone] = []
        self.resets: list[Reset] = []
        self.hangs: list[Hang] = []
        self.lost_count = 0
        """Bytes that the USART lost, by its own account."""
        self._memory = b""

    def press(self, button: int) -> None:
        """Close a button's contact."""
        self._do(f"press {button}")

    def release(self, button: int) -> None:
        """Open it."""
        self._do(f"release {button}")

    def reset(self) -> None:
        """Pull the reset pin."""
        self._do("reset")

    def cut_power(self) -> None:
        """Take the power away for a moment; RAM is forgotten."""
        self._do("power")

    def hang_after(self, instructions: int) -> None:
        """Make the program stay where it will be after so many instructions more, until the next reset."""
        self._do(f"hang {instructions}")

    def _do(self, command: str) -> None:
        assert self._program.process.stdin is not None
        try:
            self._program.process.stdin.write(command.encode() + b"\n")
            self._program.process.stdin.flush()
        except BrokenPipeError as gone:
            raise PeerError(f"the emulator has ended\n{self._program.log()}") from gone

    def _take(self, line: str) -> None:
        instant, word, *rest = line.split(" ", 2)
        self.now_ms = at_ms = float(instant)
        match word:
            case "byte":
                self.sent.append(Byte(at_ms, int(rest[0], 16)))
            case "pixels":
                raw = bytes.fromhex(rest[0])
                colours = zip(raw[::3], raw[1::3], raw[2::3], strict=True)
                shown = Pixels(at_ms, tuple(colours))
                self.pixels.append(shown)
                self.chain[: len(shown.colours)] = shown.colours
            case "unpowered":
                self.chain = [None] * CHAIN_PIXELS
            case "tone":
                hz, duty = rest[0].split()
                self.tones.append(Tone(at_ms, int(hz), float(duty)))
            case "silence":
                self.tones.append(Tone(at_ms, 0, 0.0))
            case "reset":
                self.resets.append(Reset(at_ms, rest[0]))
            case "hangs":
                self.hangs.append(Hang(at_ms, int(rest[0], 16)))
            case "lost":
                self.lost_count += 1
            case "memory":
                self._memory = bytes.fromhex(rest[0])
            case "violation":
                raise BadFirmwareError(f"at {at_ms} ms: {rest[0]}")


@cache
def built_emulator() -> Path:
    """The emulator, built if it is not there or older than its source."""
    subprocess.run(["make", "-s", "-C", str(PROJECT / "firmware/sim")], check=True)
    return EMULATOR


@cache
def built_firmware() -> Path:
    """The real firmware's .hex, built likewise."""
    subprocess.run(["make", "-s", "-C", str(PROJECT / "firmware")], check=True)
    return FIRMWARE
