"""The emulated board in real time: its line is a pseudo terminal, which a unit opens as a serial port."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.peers.board import BadFirmwareError, Board, built_emulator, built_firmware
from tests.peers.program import PATIENT_S, Program, private_folder


class LiveBoard(Board):
    """A board whose time is the machine's monotonic clock. A thread listens to what it tells."""

    def __init__(self, program: Program, port: Path) -> None:
        super().__init__(program)
        self.port = port
        """What a unit's configuration names as the tower's port."""
        self.fault: BadFirmwareError | None = None
        self._thread = threading.Thread(target=self._listen, name="emulated board")
        self._thread.start()

    def unplug(self) -> None:
        """Pull the cable out, which takes the board's power too."""
        self._do("unplug")

    def plug(self) -> None:
        """Put it back; the terminal behind `port` is another one then."""
        self._do("plug")

    def end(self) -> None:
        """End the emulator and the thread."""
        assert self._program.process.stdin is not None
        self._program.process.stdin.close()
        self._thread.join()
        self._program.end()

    def _listen(self) -> None:
        assert self._program.process.stdout is not None
        for line in self._program.process.stdout:
            try:
                self._take(line.decode().rstrip("\n"))
            except BadFirmwareError as fault:
                self.fault = self.fault or fault


@contextlib.contextmanager
def running_board() -> Iterator[LiveBoard]:
    """The board with the real firmware, switched on.

    Raises:
        BadFirmwareError: at the end, if the firmware did what no firmware may.
    """
    with private_folder("board") as folder:
        port = folder / "tower"
        argv = [str(built_emulator()), "--real-time", "--link", str(port), str(built_firmware())]
        program = Program("emulator", argv, folder, by_pipes=True)
        program.until(port.is_symlink, PATIENT_S, "the board is switched on")
        board = LiveBoard(program, port)
        try:
            yield board
        finally:
            board.end()
        if board.fault is not None:
            raise board.fault
