"""One port and the link over it: carries bytes, instants and deeds between the two. Whoever owns it waits."""

from collections.abc import Callable, Iterable
from typing import Final

from appliance.clock import Clock
from appliance.core.effects import Sound
from appliance.core.events import Event
from appliance.core.picture import Picture
from appliance.core.words import DurationMs, InstantMs
from appliance.errors import CallLightError
from appliance.tower.controller.link import Deed, Link, Lose, Post, Send
from appliance.tower.serial_port import SerialPort

LOOK_MS: Final = DurationMs(250)
"""The longest between two looks at the port. By so much at most a press may be older than it seems."""


class TowerLost(CallLightError):
    """There is no tower, or not any more. The text says where, why, and what to do."""

    def __init__(self, why: str, advice: str = "") -> None:
        """Take what is so, and what to do about it where that is not plain."""
        super().__init__(f"{why}: {advice}" if advice else why)
        self.why: Final = why


class Talk:
    """A conversation with one controller. One thread has it."""

    def __init__(self, port: SerialPort, link: Link, clock: Clock, post: Callable[[Event], None]) -> None:
        """Begin; the port was just opened."""
        self.port: Final = port
        self.link: Final = link
        self._clock = clock
        self._post = post
        self.look_by_ms = clock.now_ms()
        """By when `turn` wants to be called again, or as soon as the port has bytes."""

    def turn(self, picture: Picture | None = None, sounds: Iterable[Sound] = ()) -> None:
        """Hear what came, take what is new, and do what is due.

        Raises:
            PortTrouble: the port is gone, or it hangs.
            TowerLost: the link gave the tower up.
        """
        now_ms = self._clock.now_ms()
        # Had we looked in time, nothing could have waited: by so much what is read now may be older.
        late_ms = DurationMs(max(0.0, now_ms - self.look_by_ms))
        self._do(self.link.hear(self.port.read(), now_ms, late_ms))
        for sound in sounds:
            self.link.play(sound)
        self._do(self.link.pass_time(now_ms) if picture is None else self.link.show(picture, now_ms))
        due_ms = self.link.due_ms
        now_ms = self._clock.now_ms()
        look_by_ms = InstantMs(now_ms + LOOK_MS)
        self.look_by_ms = look_by_ms if due_ms is None else max(now_ms, min(due_ms, look_by_ms))

    def end(self) -> None:
        """Let go of the tower: what is pressed is released, and the port is closed."""
        for deed in self.link.let_go():
            assert isinstance(deed, Post), "there is nobody left to say anything to"
            self._post(deed.event)
        self.port.close()

    def _do(self, deeds: tuple[Deed, ...]) -> None:
        for deed in deeds:
            match deed:
                case Send(frame):
                    self.port.write(frame)
                case Post(event):
                    self._post(event)
                case Lose(why, advice):
                    raise TowerLost(f"{self.port.name} {why}", advice)
