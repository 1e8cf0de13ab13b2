"""A serial port inside a booted machine, whose far end is ours."""

import contextlib
import fcntl
import os
import struct
from typing import Final, Self

from tests.service.booted import Booted

TIOCGPTN: Final = 0x80045430
TIOCSPTLCK: Final = 0x40045431
"""Ask a pty for its number, and let it be opened (ioctl_tty(2)); these numbers are those of x86 and ARM."""


class SerialPort:
    """A pty of the machine, root's and dialout's; it keeps what is written to it."""

    def __init__(self, machine: Booted) -> None:
        self._far = os.open(f"/proc/{machine.systemd_pid}/root/dev/pts/ptmx", os.O_RDWR | os.O_NOCTTY)
        fcntl.ioctl(self._far, TIOCSPTLCK, struct.pack("i", 0))
        (number,) = struct.unpack("i", fcntl.ioctl(self._far, TIOCGPTN, bytes(4)))
        self.name = f"/dev/pts/{number}"
        machine.run("chown", "root:dialout", self.name)
        machine.run("chmod", "660", self.name)
        os.set_blocking(self._far, False)
        self._heard = b""

    def heard(self) -> bytes:
        """All that was written so far."""
        # An error says that nothing is new, or that nobody has the port open now.
        with contextlib.suppress(OSError):
            self._heard += os.read(self._far, 4096)
        return self._heard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._far)
