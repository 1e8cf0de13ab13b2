"""Bought towers as their makers document them, byte by byte; each remembers all that it ever showed.

A tower shows a letter for each of its outputs, or a dot for one that is off: ``RYG!`` is everything on, red,
yellow, green and buzzer. Like the real ones they keep what they show, and nothing of it goes off by itself.
"""

import os
import select
import socket
import threading
import tty
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from appliance.tower.patlite import PORT
from tests.peers.program import PATIENT_S

MARK: Final = b"\xff"
"""A byte that none of these towers is ever sent: `hear` writes it to know that it has heard everything."""


class SerialTower:
    """What all towers at a serial port are: a pty, behind a name that stays when it is plugged in anew."""

    letters = ""

    def __init__(self, name: Path) -> None:
        self.name = name
        self.on = [True] * len(self.letters)  # Whoever used it last left everything on.
        self.seen: list[str] = []
        self.unknown = b""
        self.heard = b""
        self._pending = b""
        self.plug_in()

    def plug_in(self) -> None:
        """Appear at the name, as another device of the machine than before."""
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.name.unlink(missing_ok=True)
        self.name.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """Disappear; the lights stay as they are, for these towers have a supply of their own."""
        self.name.unlink()
        os.close(self._slave)
        os.close(self._master)

    def hear(self) -> Self:
        """Take in everything that was written so far."""
        os.write(self._slave, MARK)
        while MARK not in self._pending:
            assert select.select([self._master], [], [], PATIENT_S)[0], "what was written never arrived"
            self._pending += os.read(self._master, 4096)
        heard, _, self._pending = self._pending.partition(MARK)
        self.heard += heard
        self.take(heard)
        return self

    def take(self, heard: bytes) -> None:
        raise NotImplementedError

    def switch(self, output: int, on: bool) -> None:
        self.on[output] = on

    @property
    def shows(self) -> str:
        return "".join(letter if on else "." for letter, on in zip(self.letters, self.on, strict=True))


class Adafruit(SerialTower):
    """Product 5125: 0x11 red on, 0x12 yellow, 0x14 green, 0x18 buzzer; 0x2n off; 0x4n blink."""

    letters = "RYG!"
    bits = (0x01, 0x02, 0x04, 0x08)

    def take(self, heard: bytes) -> None:
        for byte in heard:
            if byte & 0xF0 in (0x10, 0x20) and byte & 0x0F in self.bits:
                self.switch(self.bits.index(byte & 0x0F), byte & 0xF0 == 0x10)
            else:
                self.unknown += bytes([byte])


class Relays(SerialTower):
    """LCUS-4: A0, relay 1 to 4, 1 or 0, and the sum of the three. What is no command is passed over."""

    letters = "1234"

    def take(self, heard: bytes) -> None:
        rest = heard
        while rest:
            start, relay, on, check = (*rest[:4], 0, 0, 0)[:4]
            fits = start == 0xA0 and 1 <= relay <= 4 and on in (0, 1) and check == (start + relay + on) % 256
            if fits:
                self.switch(relay - 1, bool(on))
            else:
                self.unknown += rest[:1]
            rest = rest[4:] if fits else rest[1:]


class Patlite:
    """A PNS tower: header AB, letter, 0, length of two bytes; S switches five tiers, C clears; 06 or 15."""

    def __init__(self, tiers: str = "RYGBW") -> None:
        self.tiers = tiers
        # Port 10000 of a loopback address of our own: the port is the tower's, and other tests run beside us.
        self.address = f"127.10.{os.getpid() >> 8 & 0xFF}.{os.getpid() & 0xFF}"
        self.on = [1] * 6
        self.heard: list[bytes] = []
        self.answers: Callable[[bytes], bytes | None] = lambda answer: answer
        """Makes the answer that is sent of the one that is due; None is silence."""
        self._clients: list[socket.socket] = []
        self.plug_in()

    def plug_in(self) -> None:
        self._listener = socket.create_server((self.address, PORT))
        threading.Thread(target=self._listen, args=(self._listener,), daemon=True).start()

    def unplug(self) -> None:
        """The network is gone: connections break, and no new ones are taken."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()

    def hang_up(self) -> None:
        """End the connections that there are."""
        for client in self._clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    @property
    def shows(self) -> str:
        lit = zip((*self.tiers, "!"), (*self.on[: len(self.tiers)], self.on[5]), strict=True)
        return "".join(letter if on else "." for letter, on in lit)

    def take(self, command: bytes) -> bytes:
        self.heard.append(command)
        header, data = command[:6], command[6:]
        if header == b"ABC\0\0\0" and not data:
            self.on = [0] * 6
        elif header == b"ABS\0\0\6" and len(data) == 6 and set(data) <= {0, 1, 2, 9}:
            self.on = [before if told == 9 else told for before, told in zip(self.on, data, strict=True)]
        else:
            return b"\x15"
        return b"\x06"

    def _listen(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self._clients.append(client)
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            while header := client.recv(6, socket.MSG_WAITALL):
                length = int.from_bytes(header[4:6], "big")
                data = client.recv(length, socket.MSG_WAITALL) if length else b""
                answer = self.answers(self.take(header + data))
                if answer is not None:
                    client.sendall(answer)
