"""The emulated board in virtual time: nothing moves but by `run`; the same calls give the same instants."""

import contextlib
import os
import select
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, TypeVar

from tests.peers.board import Board, built_emulator
from tests.peers.program import PeerError, Program, private_folder

ANSWERS_WITHIN_S: Final = 60.0
"""A stretch of virtual time that takes longer than this is none that a test should ask for."""

RAM_START: Final = 0x100
RAM_BYTES: Final = 2_048


class Emulator(Board):
    """A board whose time is ours."""

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

    def peek(self, address: int, count: int) -> bytes:
        """What is in RAM or in registers, by data address."""
        self._do(f"peek {address} {count}")
        for line in self._until("memory"):
            self._take(line)
        return self._memory

    def poke(self, address: int, value: bytes) -> None:
        """Write it."""
        self._do(f"poke {address} {value.hex()}")

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


Emulated = TypeVar("Emulated", bound=Emulator)


@contextlib.contextmanager
def running_emulator(hex_file: Path, board: Callable[[Program], Emulated]) -> Iterator[Emulated]:
    """The board with this firmware, just switched on; nothing has run yet."""
    with (
        private_folder("emulator") as folder,
        Program("emulator", [str(built_emulator()), str(hex_file)], folder, by_pipes=True) as program,
    ):
        yield board(program)
