"""A tower: the real firmware on the emulated board, and a host that speaks frames with it.

The host's clock is the board's own, so `now_ms` is the instant of both.
"""

import contextlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar, cast

from appliance.core.picture import Picture
from appliance.core.words import InstantMs
from appliance.tower.wire import Decoder, Hello, Message, Set, Status, encode, set_of
from appliance.tower.wire.words import GRID_MS
from tests.peers.board import Byte, built_firmware
from tests.peers.emulator import RAM_BYTES, RAM_START, Emulator, running_emulator
from tests.peers.program import Program

BYTE_MS: Final = 10 / 38.4
"""What a byte takes on the line."""

SILENT_MS: Final = 1_000.0
"""A controller that has said nothing so long after a frame will not answer it."""

Said = TypeVar("Said", bound=Message, covariant=True)


@dataclass(frozen=True)
class Received(Generic[Said]):
    """A message from the controller."""

    began_ms: float
    """When its first byte, which is zero, began."""
    at_ms: float
    """When its last one was."""
    message: Said


class Tower(Emulator):
    """The board with the real firmware."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.received: list[Received[Message]] = []
        self.spoken_ms = 0.0
        """When the last byte that was put on the line has come to its end."""
        self._sequence = 0
        self._decoder = Decoder()
        self._unfinished: list[Byte] = []
        self._uptime_address: int | None = None

    def run(self, for_ms: float) -> None:
        """Let time pass, and take what the controller says meanwhile."""
        sent_before = len(self.sent)
        super().run(for_ms)
        for byte in self.sent[sent_before:]:
            self._take_byte(byte)
        # A reset cuts what is being said.
        assert self._decoder.damaged_count <= len(self.resets), "the controller sent a damaged frame"

    def _take_byte(self, byte: Byte) -> None:
        """Keep a byte until a zero byte ends the frame: decoding them one by one would take much longer."""
        if byte.value:
            self._unfinished.append(byte)
            return
        packed = bytes(one.value for one in self._unfinished)
        for frame in self._decoder.receive(packed + b"\0"):
            began_ms = self._unfinished[0].at_ms - 2 * BYTE_MS
            self.received.append(Received(began_ms, byte.at_ms, frame.message))
        self._unfinished.clear()

    def send(self, wire: bytes) -> None:
        """Put bytes on the line, behind those that are under way."""
        super().send(wire)
        self.spoken_ms = max(self.spoken_ms, self.now_ms) + len(wire) * BYTE_MS

    def forget(self) -> None:
        """Forget what was said and shown; a long run would need more memory than there is."""
        self.received.clear()
        self.sent.clear()
        self.pixels.clear()

    def say(self, message: Message) -> int:
        """Put a frame on the line; its sequence."""
        self._sequence = (self._sequence + 1) % 256
        self.send(encode(message, self._sequence))
        return self._sequence

    def heard(self, kind: type[Said], since_ms: float = 0.0) -> list[Received[Said]]:
        """What it has said of one kind after an instant."""
        of_kind = (one for one in self.received if isinstance(one.message, kind))
        return [cast(Received[Said], one) for one in of_kind if one.at_ms > since_ms]

    def messages(self, kind: type[Said], since_ms: float = 0.0) -> list[Said]:
        """The same without its instants."""
        return [one.message for one in self.heard(kind, since_ms)]

    def ask(self, message: Message) -> Status:
        """Say SET and let time pass until the answer is there."""
        sequence, since_ms = self.say(message), self.now_ms
        while self.now_ms < since_ms + SILENT_MS:
            self.run(4)
            for status in self.messages(Status, since_ms):
                if status.answers == sequence:
                    return status
        raise AssertionError(f"no answer to {message}")

    def show(self, picture: Picture) -> Status:
        """Tell a picture as of now, and wait for the answer."""
        return self.ask(set_of(picture, InstantMs(self.now_ms)))

    def keep(self, what: Set | Picture, for_ms: float) -> None:
        """Let time pass as with a unit that goes on telling this every 250 ms."""
        until_ms = self.now_ms + for_ms
        # What is left at the end may be less than a cycle.
        while until_ms - self.now_ms > 0.001:
            if isinstance(what, Set):
                self.say(replace(what, phase_ms=int(self.now_ms) % GRID_MS))
            else:
                self.say(set_of(what, InstantMs(self.now_ms)))
            self.run(min(250.0, until_ms - self.now_ms))

    def set_uptime(self, uptime_ms: int) -> None:
        """Set the firmware's clock, wherever it keeps it: the one number in RAM that counts milliseconds."""
        if self._uptime_address is None:
            (self._uptime_address,) = self._clocks_in_memory() & self._clocks_in_memory()
        self.poke(self._uptime_address, struct.pack("<I", uptime_ms))

    def _clocks_in_memory(self) -> set[int]:
        """Where in RAM a number may be the milliseconds since the reset; then a tenth of a second passes."""
        memory, since_reset_ms = self.peek(RAM_START, RAM_BYTES), self.now_ms - self.resets[-1].at_ms
        self.run(100)
        return {
            RAM_START + at
            for at in range(len(memory) - 3)
            if abs(struct.unpack_from("<I", memory, at)[0] - since_reset_ms) < 20
        }


@contextlib.contextmanager
def running_tower() -> Iterator[Tower]:
    """The controller just after power came: it has said HELLO."""
    with running_emulator(built_firmware(), Tower) as tower:
        tower.run(50)
        assert tower.messages(Hello)
        yield tower
