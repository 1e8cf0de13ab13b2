"""The far end of a serial port: a pty that tells when its port is opened, which resets an Arduino."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import termios

SPEEDS = {termios.B9600: 9_600, termios.B38400: 38_400, termios.B57600: 57_600, termios.B115200: 115_200}


class FarEnd:
    """A port that somebody may open by its name. Nothing here waits but `wait`."""

    def __init__(self) -> None:
        self._far, near = pty.openpty()
        self.name = os.ttyname(near)
        os.close(near)
        os.set_blocking(self._far, False)
        # In packet mode the kernel says when the near end throws away what it has not read, as pyserial does
        # on opening. Nothing else tells an opening that follows a closing at once.
        fcntl.ioctl(self._far, termios.TIOCPKT, struct.pack("i", 1))
        self._is_out = False

    @property
    def is_out(self) -> bool:
        """Whether the cable was pulled out."""
        return self._is_out

    @property
    def is_open(self) -> bool:
        """Whether somebody has the port open."""
        return not self._is_out and not any(what & select.POLLHUP for _, what in self._poll(0))

    def wait(self, within_s: float) -> None:
        """Wait for bytes or an opening."""
        if not self._is_out:
            self._poll(within_s)

    @property
    def baud(self) -> int | None:
        """The speed of the line, as the near end has set it."""
        return SPEEDS.get(termios.tcgetattr(self._far)[4])

    def read(self, count: int = 4096) -> tuple[bool, bytes]:
        """Whether the port was opened since, or else what came; at most so many bytes of it."""
        with contextlib.suppress(OSError):
            packet = os.read(self._far, count + 1)
            if packet[:1] == b"\0":
                return False, packet[1:]
            return bool(packet and packet[0] & termios.TIOCPKT_FLUSHREAD), b""
        return False, b""

    def write(self, said: bytes) -> None:
        """Say this; what the port does not take is lost."""
        with contextlib.suppress(OSError):
            os.write(self._far, said)

    def pull_out(self) -> None:
        """Pull the cable out."""
        if not self._is_out:
            self._is_out = True
            os.close(self._far)
            # The number will be somebody else's.
            self._far = -1

    def _poll(self, within_s: float) -> list[tuple[int, int]]:
        poller, far = select.poll(), self._far
        # Another thread may have pulled it out since anybody looked.
        if far >= 0:
            poller.register(far, select.POLLIN)
        return poller.poll(within_s * 1000)
