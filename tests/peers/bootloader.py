"""A board with a bootloader at the far end of a pty: the part of STK500 version 1 that Optiboot speaks.

Optiboot (version 4.4 and later): every command ends with a blank, and whatever does not is answered by a
reset into the program. It keeps the program's flash, so that a cut cable leaves half of it. A pty has no DTR
line: the speed that avrdude sets stands for the reset that the line would bring.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Final

from appliance.tower.controller.link import BAUD
from appliance.tower.wire import Decoder, Hello, Who, encode
from tests.peers.far_end import FarEnd

IN_SYNC, OK, END = 0x14, 0x10, 0x20
GET_SYNC, GET_PARAMETER, SET_PARTS, SET_MORE_PARTS = 0x30, 0x41, 0x42, 0x45
ENTER, LEAVE, LOAD_ADDRESS, UNIVERSAL = 0x50, 0x51, 0x55, 0x56
WRITE_PAGE, READ_PAGE, READ_SIGNATURE = 0x64, 0x74, 0x75
ATMEGA328P: Final = bytes((0x1E, 0x95, 0x0F))
ATMEGA168: Final = bytes((0x1E, 0x94, 0x06))
FLASH_BYTES: Final = 32_768
IDENTITY: Final = b"call-light tower atmega328p "
LOOK_S: Final = 0.002


class BootBoard:
    """One board. Its flash outlives its cable."""

    def __init__(self, *, baud: int = 115_200, signature: bytes = ATMEGA328P) -> None:
        self.baud: Final = baud
        """At which the bootloader listens."""
        self.signature: Final = signature
        self.flash = bytearray(b"\xff" * FLASH_BYTES)
        self.pages_count = 0
        """Pages that were written."""
        self.cut_at_page: int | None = None
        """The page before which the cable is pulled out."""
        self.spoils = False
        """Whether its flash is worn out: what is read is not what was written."""
        self.starts = True
        """Whether the program starts when the bootloader is done with it."""
        self.mute_from: int | None = None
        """The command, by its first byte, from which on it says nothing more."""
        self.is_mute = False

    @property
    def version(self) -> tuple[int, int, int] | None:
        """The version of the program in its flash, if it is one of ours and whole."""
        start = self.flash.find(IDENTITY)
        end = self.flash.find(b"\0", start)
        if start < 0:
            return None
        major, minor, patch = self.flash[start + len(IDENTITY) : end].decode().split(".")
        return int(major), int(minor), int(patch)


class Plugged:
    """The board at a port. A thread is its processor."""

    def __init__(self, board: BootBoard) -> None:
        self._board = board
        self._port = FarEnd()
        self.name = self._port.name
        self._ends = False
        self._address = 0
        self._decoder = Decoder()
        self._thread = threading.Thread(target=self._run, name="bootloader", daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        self._ends = True
        self._thread.join()

    def _run(self) -> None:
        while not self._ends:
            with contextlib.suppress(_ResetError):
                self._hear()
            if self._port.is_open:
                self._port.wait(LOOK_S)
            else:
                time.sleep(LOOK_S)
        self._port.pull_out()

    def _hear(self) -> None:
        if self._port.baud == self._board.baud:
            opened, received = self._port.read(1)
            if received:
                self._obey(received[0])
            return
        opened, received = self._port.read()
        if self._port.baud != BAUD:
            # At a wrong speed nothing is understood.
            return
        asked = any(isinstance(frame.message, Who) for frame in self._decoder.receive(received))
        if opened or asked:
            self._start_program()

    def _start_program(self) -> None:
        version = self._board.version
        if version is not None and self._board.starts:
            self._port.write(encode(Hello(1, version, 1, 2, 8), 0))

    def _take(self, count: int) -> bytes:
        """So many bytes, within the second that the bootloader's watchdog gives."""
        taken = b""
        for _ in range(1000):
            taken += self._port.read(count - len(taken))[1]
            if len(taken) == count:
                return taken
            self._port.wait(1 / 1000)
        raise _ResetError

    def _obey(self, command: int) -> None:
        length = {GET_PARAMETER: 1, SET_PARTS: 20, SET_MORE_PARTS: 5, LOAD_ADDRESS: 2, UNIVERSAL: 4}
        parts = self._take(3 if command in (WRITE_PAGE, READ_PAGE) else length.get(command, 0))
        data = self._take(int.from_bytes(parts[:2], "big")) if command == WRITE_PAGE else b""
        if self._take(1)[0] != END:
            raise _ResetError
        if command == self._board.mute_from:
            self._board.is_mute = True
        if self._board.is_mute:
            return
        answer = b""
        match command:
            case 0x41:
                answer = {0x81: b"\x04", 0x82: b"\x04"}.get(parts[0], b"\x03")
            case 0x55:
                self._address = int.from_bytes(parts, "little") * 2
            case 0x56:
                answer = b"\0"
            case 0x64:
                self._write(data)
            case 0x74:
                page = self._board.flash[self._address :][: int.from_bytes(parts[:2], "big")]
                answer = bytes(byte ^ self._board.spoils for byte in page)
            case 0x75:
                answer = self._board.signature
        self._port.write(bytes((IN_SYNC,)) + answer + bytes((OK,)))

    def _write(self, data: bytes) -> None:
        if self._board.pages_count == self._board.cut_at_page:
            self._ends = True
            raise _ResetError
        self._board.flash[self._address : self._address + len(data)] = data
        self._board.pages_count += 1


class _ResetError(Exception):
    """The bootloader gives up and starts the program."""


@contextlib.contextmanager
def plugged(board: BootBoard) -> Iterator[str]:
    """The board at a port, whose name this is, until it is pulled out."""
    at_port = Plugged(board)
    try:
        yield at_port.name
    finally:
        at_port.unplug()
