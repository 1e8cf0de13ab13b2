"""Serial ports: opened for ourselves alone, read and written without waiting. The only import of pyserial.

pyserial opens and sets up the port; the bytes go past it, by the port's descriptor. Its `write` spins at full
speed while a cable hangs (it asks again at once when the kernel says EAGAIN), and its reading thread ends
unseen when a cable is pulled out.
"""

import contextlib
import errno
import grp
import os
import select
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import serial
import serial.tools.list_ports

from appliance.core.words import DurationMs
from appliance.errors import CallLightError

READ_BYTES_MAX: Final = 4096
"""Taken in one read: what the kernel keeps for a terminal (N_TTY_BUF_SIZE). The rest waits for the next."""


LOOK_MS: Final = DurationMs(2)
"""How often `close` looks whether all has left: after two bytes at 9600 baud."""


class PortTrouble(CallLightError):
    """A serial port cannot be used, or not any more. The text says which, why, and what to do."""


class SerialPort:
    """A port that is open and ours. One thread uses it; `select` and `poll` take it as it is.

    Opening it resets a board with a CH340, as every Arduino is reset by the DTR line: until it has started
    again, whatever is sent goes to its bootloader.
    """

    def __init__(self, name: str, baud: int) -> None:
        """Open it, 8N1, and forget what came before.

        Opening may block for as long as its kernel driver likes: do it where nothing else waits.

        Raises:
            PortTrouble: it is not there, not ours to open, in use, or no serial port.
        """
        self.name: Final = name
        try:
            self._serial = serial.Serial(name, baud, exclusive=True, timeout=0)
            self._descriptor: int = self._serial.fileno()
        except (OSError, TypeError, ValueError) as error:
            raise PortTrouble(_why_not(name, error)) from error
        # An FTDI chip keeps bytes for 16 ms unless it is told not to. Other chips keep none and may refuse.
        with contextlib.suppress(OSError, ValueError):
            self._serial.set_low_latency_mode(True)

    def fileno(self) -> int:
        """Return the descriptor, for `select` and `poll`."""
        return self._descriptor

    def read(self) -> bytes:
        """Return what has come, at most `READ_BYTES_MAX`; nothing if there is nothing.

        Raises:
            PortTrouble: the port is gone.
        """
        if not select.select([self._descriptor], [], [], 0)[0]:
            return b""
        try:
            data = os.read(self._descriptor, READ_BYTES_MAX)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise PortTrouble(f"{self.name} is gone: the cable is out") from error
        if not data:
            raise PortTrouble(f"{self.name} is gone: the cable is out")
        return data

    def write(self, data: bytes) -> None:
        """Hand these bytes to the kernel, all of them, now.

        Raises:
            PortTrouble: the port is gone, or it hangs: the kernel has kept some 4,000 bytes for it already.
        """
        try:
            taken_count = os.write(self._descriptor, data)
        except BlockingIOError:
            taken_count = 0
        except OSError as error:
            raise PortTrouble(f"{self.name} is gone: the cable is out") from error
        if taken_count < len(data):
            raise PortTrouble(f"{self.name} takes no more bytes: the cable or the board hangs")

    def close(self, within_ms: DurationMs = DurationMs(0)) -> None:
        """Let go of it, as soon as all that was written has left, or after so long.

        What has not left by then is lost: the kernel would wait 30 s for a cable that hangs.
        """
        until_s = time.monotonic() + within_ms / 1000
        # Where a cable is out, pyserial lets the terminal's own error through, which is no OSError.
        with contextlib.suppress(OSError, termios.error):
            while self._serial.is_open and self._serial.out_waiting:
                if time.monotonic() >= until_s:
                    self._serial.reset_output_buffer()
                    break
                time.sleep(LOOK_MS / 1000)
        with contextlib.suppress(OSError):
            self._serial.close()


@dataclass(frozen=True, slots=True)
class UsbPort:
    """A serial port on USB that is plugged in."""

    name: str
    usb_id: str
    """Vendor and product, as `lsusb` prints them: `1a86:7523`."""
    product: str
    """What it calls itself; empty if it does not."""


def usb_ports() -> tuple[UsbPort, ...]:
    """Return the serial ports on USB, by name. Nothing is opened."""
    found = serial.tools.list_ports.comports()
    return tuple(
        UsbPort(str(one.device), f"{one.vid:04x}:{one.pid:04x}", str(one.product or ""))
        for one in sorted(found, key=lambda one: str(one.device))
        if one.vid is not None and one.pid is not None
    )


def _why_not(name: str, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return f"{name} is not there: is the tower plugged in?"
    if number in (errno.EACCES, errno.EPERM):
        return f"{name} may not be opened: {_who_may(name)}"
    if number in (errno.EAGAIN, errno.EBUSY):
        return f"{name} is used by another program (`fuser -v {name}` names it)"
    if number is not None:
        return f"{name} cannot be opened: {os.strerror(number)}"
    return f"{name} is no serial port"


def _who_may(name: str) -> str:
    """Return in words who may open this file."""
    try:
        found = Path(name).stat()
        group = grp.getgrgid(found.st_gid).gr_name
    except (OSError, KeyError):
        return "run as another user"
    if found.st_mode & 0o060 == 0o060:
        return f'it is for the group "{group}"; add the user: `sudo adduser USER {group}`'
    return "its owner alone may; a udev rule gives it to a group"
