"""The emulated board in virtual time: a firmware that runs, is spoken to, pressed and hurt, and what it did.

Nothing moves but by `run`, so the same calls give the same instants every time. firmware/sim/README.md lists
the commands and what the emulator tells.
"""

import contextlib
import os
import select
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from tests.peers.program import PeerError, Program, private_folder

PROJECT: Final = Path(__file__).parents[2]
EMULATOR: Final = PROJECT / "build/emulator"
FIRMWARE: Final = PROJECT / "firmware/build/tower.hex"

ANSWERS_WITHIN_S: Final = 60.0
"""A stretch of virtual time that takes longer than this is none that a test should ask for."""

RAM_START: Final = 0x100
RAM_BYTES: Final = 2_048


class BadFirmwareError(AssertionError):
    """The firmware did what no firmware may: wrong pixel timing, a jump to nowhere, a wrong baud rate."""


@dataclass(frozen=True, slots=True)
class Byte:
    """A byte from the controller, at the end of its stop bit."""

    at_ms: float
    value: int


@dataclass(frozen=True, slots=True)
class Pixels:
    """What the chain took over: red, green and blue of each pixel from its beginning."""

    at_ms: float
    colours: tuple[tuple[int, int, int], ...]


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


class Emulator:
    """A board with a firmware. Everything that it did is kept, in order, and never forgotten by itself."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.now_ms = 0.0
        self.sent: list[Byte] = []
        self.pixels: list[Pixels] = []
        self.tones: list[Tone] = []
        self.resets: list[Reset] = []
        self.hangs: list[Hang] = []
        self.lost_count = 0
        """Bytes that the USART lost, by its own account."""
        self._memory = b""

    def run(self, for_ms: float) -> None:
        """Let so much time pass.

        Raises:
            BadFirmwareError: the firmware did what no firmware may.
        """
        self._do(f"run {for_ms:.4f}")
        for line in self._until("ran"):
            self._take(line)

    def send(self, wire: bytes) -> None:
        """Put bytes on the line at its own speed, behind those that are under way."""
        self._do(f"send {wire.hex()}")

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

    def peek(self, address: int, count: int) -> bytes:
        """What is in RAM or in registers, by data address."""
        self._do(f"peek {address} {count}")
        for line in self._until("memory"):
            self._take(line)
        return self._memory

    def poke(self, address: int, value: bytes) -> None:
        """Write it."""
        self._do(f"poke {address} {value.hex()}")

    def _do(self, command: str) -> None:
        assert self._program.process.stdin is not None
        try:
            self._program.process.stdin.write(command.encode() + b"\n")
            self._program.process.stdin.flush()
        except BrokenPipeError as gone:
            raise PeerError(f"the emulator has ended\n{self._program.log()}") from gone

    def _until(self, word: str) -> list[str]:
        """Every line up to the one that says this, which is the last one of what was asked for."""
        assert self._program.process.stdout is not None
        told = b""
        while not (told.endswith(b"\n") and told[told.rfind(b"\n", 0, -1) + 1 :].split()[1] == word.encode()):
            ready, _, _ = select.select([self._program.process.stdout], [], [], ANSWERS_WITHIN_S)
            part = os.read(self._program.process.stdout.fileno(), 1 << 20) if ready else b""
            if not part:
                raise PeerError(f"the emulator says nothing more\n{self._program.log()}")
            told += part
        return told.decode().splitlines()

    def _take(self, line: str) -> None:
        instant, word, *rest = line.split(" ", 2)
        self.now_ms = at_ms = float(instant)
        match word:
            case "byte":
                self.sent.append(Byte(at_ms, int(rest[0], 16)))
            case "pixels":
                raw = bytes.fromhex(rest[0])
                colours = zip(raw[::3], raw[1::3], raw[2::3], strict=True)
                self.pixels.append(Pixels(at_ms, tuple(colours)))
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


Board = TypeVar("Board", bound=Emulator)


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


@contextlib.contextmanager
def running_emulator(hex_file: Path, board: Callable[[Program], Board]) -> Iterator[Board]:
    """The board with this firmware, just switched on; nothing has run yet."""
    with (
        private_folder("emulator") as folder,
        Program("emulator", [str(built_emulator()), str(hex_file)], folder, by_pipes=True) as program,
    ):
        yield board(program)
