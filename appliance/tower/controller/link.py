"""What is said to a tower's controller and heard of it: the whole link, without a port, a thread or a clock.

Bytes, pictures, sounds and instants go in; what to send, what to tell the board, and at last why the tower is
lost come out. The wire is in firmware/README.md. A link begins when its port was opened, which resets most
boards, and is used once:

    waiting for HELLO --HELLO--> up --three STATUS missed, or answers to somebody else--> lost
            |                                                                              ^
            +--nothing in time, nonsense, HELLO of another protocol-----------------------+

There is no heartbeat in here: a SET goes out for each picture that is handed over, and whoever stands behind
the picture hands it over again every 250 ms. So nobody's picture is repeated for longer than he lives.
"""

from collections import deque
from dataclasses import dataclass
from itertools import dropwhile
from typing import Final

from appliance.core.effects import Sound
from appliance.core.events import ButtonPressed, ButtonReleased, Event
from appliance.core.picture import Picture
from appliance.core.words import Button, DurationMs, InstantMs
from appliance.tower.wire import (
    PROTOCOL,
    ButtonEvent,
    Chirp,
    Decoder,
    Heard,
    Hello,
    Message,
    Status,
    Who,
    encode,
    set_of,
)

BAUD: Final = 38_400
BYTE_MS: Final = DurationMs(10_000 / BAUD)
"""One byte on the wire, with its start and stop bit."""

START_MS: Final = DurationMs(1_600)
"""How long a board may take from the reset by its port's opening to HELLO: a CH340 board with Optiboot needs
1.4 s. Nothing is sent before, for the bootloader would take it for orders."""

HELLO_MS: Final = DurationMs(1_900)
"""By when HELLO must have come, lest the writer calls us blocked. A board that opening did not reset is asked
from `START_MS` on."""

ASK_MS: Final = DurationMs(100)
"""After how long HELLO is asked for again."""

BEAT_MS: Final = DurationMs(250)
"""How often a picture is handed over (firmware/README.md: SET)."""

LOST_MS: Final = DurationMs(3 * BEAT_MS)
"""For how long a SET may be without STATUS: it and the two after it were missed."""

OTHERS_MAX: Final = 3
"""Answers to SETs that were not ours. With the next one we are sure: somebody else uses the tower too."""

SENT_MAX: Final = 8
"""SETs that are remembered until STATUS names them. At full speed two are under way at once."""

RESET_MS: Final = DurationMs(1_000)
"""By how much the controller's uptime may differ from our clock between two STATUS, which are 0.75 s apart at
most. A ceramic resonator is off by 0.5 %; a reset is off by all the time since the last one."""

SAME_EDGE_MS: Final = DurationMs(300)
"""Two events of one boot counter and sequence are the same if their edges lie no further apart, as we reckon
them. Each may be off by 250 ms, by when we look at the port at the latest."""

CHIRPS: Final = {sound: Chirp[sound.name] for sound in Sound}
BUTTONS: Final = tuple(Button)
"""By their number on the wire."""


@dataclass(frozen=True, slots=True)
class Send:
    """Write this to the port."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Post:
    """Tell the board."""

    event: Event


@dataclass(frozen=True, slots=True)
class Lose:
    """Give the tower up and say so."""

    why: str
    """Follows the name of the port."""
    advice: str = ""
    """What to do about it, where there is more to do than to look at the cable."""


Deed = Send | Post | Lose


class Link:
    """One link, from the opening of its port until the tower is lost or let go."""

    def __init__(self, now_ms: InstantMs, *, may_ask: bool) -> None:
        """Begin at the instant at which the port was opened.

        Args:
            now_ms: the instant.
            may_ask: whether HELLO may be asked for. Nothing is ever written to a port that nobody has named
                as a tower's: it may be a receipt printer.
        """
        self.hello: Hello | None = None
        """Who is there; None until it said so."""
        self._opened_ms = now_ms
        self._ask_at_ms = InstantMs(now_ms + START_MS) if may_ask else InstantMs(float("inf"))
        self._lost = False
        self._heard_anything = False
        self._decoder = Decoder()
        self._sequence = 0
        self._picture: Picture | None = None
        self._picture_waits = False
        self.free_ms = now_ms
        """When the SET before has left the wire, so that there is room for the next."""
        self._chirp, self._chirps = Chirp.NONE, 0
        self._sent: deque[tuple[int, InstantMs]] = deque(maxlen=SENT_MAX)
        self._unanswered_ms: InstantMs | None = None
        self._others_count = 0
        self._uptime: tuple[int, InstantMs] | None = None
        self._last_event: tuple[int, int, InstantMs] | None = None
        self._pressed: set[Button] = set()

    @property
    def due_ms(self) -> InstantMs | None:
        """When `pass_time` has something to do; None if nothing is due."""
        if self._lost:
            return None
        if self.hello is None:
            return min(self._ask_at_ms, InstantMs(self._opened_ms + HELLO_MS))
        dues = [self.free_ms] if self._picture_waits else []
        dues += [InstantMs(self._unanswered_ms + LOST_MS)] if self._unanswered_ms is not None else []
        return min(dues, default=None)

    def is_settled(self, now_ms: InstantMs) -> bool:
        """Return whether everything that was handed over has left the wire."""
        return not self._picture_waits and now_ms >= self.free_ms

    def show(self, picture: Picture, now_ms: InstantMs) -> tuple[Deed, ...]:
        """Take the picture; send it as soon as the one before has left the wire. Only the latest counts."""
        self._picture, self._picture_waits = picture, True
        return self.pass_time(now_ms)

    def play(self, sound: Sound) -> None:
        """Let the next SET ask for this sound."""
        self._chirp, self._chirps = CHIRPS[sound], (self._chirps + 1) % 8

    def pass_time(self, now_ms: InstantMs) -> tuple[Deed, ...]:
        """Do what is due at this instant, after everything that had come by then was heard."""
        if self._lost:
            return ()
        if self.hello is None:
            return self._await_hello(now_ms)
        if self._unanswered_ms is not None and now_ms - self._unanswered_ms >= LOST_MS:
            return self._lose("does not answer any more: three STATUS missed; the board or the cable hangs")
        if self._picture_waits and now_ms >= self.free_ms:
            return (self._set(now_ms),)
        return ()

    def hear(
        self, received: bytes, now_ms: InstantMs, late_ms: DurationMs = DurationMs(0)
    ) -> tuple[Deed, ...]:
        """Take what came.

        Args:
            received: bytes, in any portions.
            now_ms: the instant.
            late_ms: how long they may have waited for us before: so much older is a press.
        """
        self._heard_anything |= bool(received)
        deeds: list[Deed] = []
        for frame in self._decoder.receive(received):
            if self._lost:
                break
            match frame.message:
                case Hello() as hello:
                    deeds += self._greet(hello, now_ms)
                case Status() as status if self.hello is not None:
                    deeds += self._settle(status, now_ms, late_ms)
                case ButtonEvent() as event if self.hello is not None:
                    deeds += self._press(event, self.hello.boot_count, now_ms, late_ms)
                case _:
                    # Before HELLO nobody knows of which life an event is; and what we say ourselves comes
                    # back from a cable that is a loop.
                    continue
        return tuple(deeds)

    def let_go(self) -> tuple[Deed, ...]:
        """End the link: what is still pressed is released, for nobody will hear of it any more."""
        self._lost = True
        return self._release()

    def _await_hello(self, now_ms: InstantMs) -> tuple[Deed, ...]:
        if now_ms >= self._opened_ms + HELLO_MS:
            what = "says what no tower says" if self._heard_anything else "says nothing"
            return self._lose(what, "if it is the tower, `call-light flash-tower` writes its firmware")
        if now_ms >= self._ask_at_ms:
            self._ask_at_ms = InstantMs(now_ms + ASK_MS)
            return (self._send(Who()),)
        return ()

    def _greet(self, hello: Hello, now_ms: InstantMs) -> tuple[Deed, ...]:
        """A new life of the controller: it knows nothing of the one before."""
        if hello.protocol != PROTOCOL:
            return self._lose(*_other_protocol(hello))
        released = self._release()
        self.hello = hello
        self._unanswered_ms = self._uptime = None
        return released if self._picture is None else (*released, self._set(now_ms))

    def _settle(self, status: Status, now_ms: InstantMs, late_ms: DurationMs) -> tuple[Deed, ...]:
        """An answer: everything up to the SET that it names is settled."""
        rest = list(dropwhile(lambda sent: sent[0] != status.answers, self._sent))
        if not rest:
            self._others_count += 1
            if self._others_count <= OTHERS_MAX:
                return ()
            return self._lose("answers somebody else too: another program uses this port")
        self._unanswered_ms = rest[1][1] if len(rest) > 1 else None
        before, self._uptime = self._uptime, (status.uptime_ms, InstantMs(now_ms - late_ms))
        if before is None:
            return ()
        elapsed_ms = (status.uptime_ms - before[0]) % 2**32
        if abs(elapsed_ms - (now_ms - before[1])) <= RESET_MS + late_ms:
            return ()
        # It was reset, and the HELLO that said so was damaged.
        return (self._send(Who()),)

    def _press(
        self, event: ButtonEvent, boot: int, now_ms: InstantMs, late_ms: DurationMs
    ) -> tuple[Deed, ...]:
        """An event: acknowledged each time, and told to the board once."""
        heard = self._send(Heard(event.event))
        age_ms = DurationMs(event.age_ms + len(encode(event, 0)) * BYTE_MS + late_ms)
        edge_ms = InstantMs(now_ms - age_ms)
        if not self._is_new(boot, event.event, edge_ms):
            return (heard,)
        button = BUTTONS[event.button]
        if event.pressed == (button in self._pressed):
            return (heard,)
        if event.pressed:
            self._pressed.add(button)
            return Post(ButtonPressed(button, age_ms)), heard
        self._pressed.remove(button)
        return Post(ButtonReleased(button, age_ms)), heard

    def _is_new(self, boot: int, event: int, edge_ms: InstantMs) -> bool:
        """Return whether this event was not told before, and remember it."""
        before, self._last_event = self._last_event, (boot, event, edge_ms)
        if edge_ms < self._opened_ms:
            # It may have been told on the link before; and whoever pressed saw a lost tower.
            return False
        # The boot counter begins anew with the power, and the sequence after 256 events: the edge decides.
        return before is None or before[:2] != (boot, event) or abs(edge_ms - before[2]) > SAME_EDGE_MS

    def _release(self) -> tuple[Deed, ...]:
        released = tuple(Post(ButtonReleased(button)) for button in BUTTONS if button in self._pressed)
        self._pressed.clear()
        return released

    def _set(self, now_ms: InstantMs) -> Send:
        assert self._picture is not None
        self._picture_waits = False
        self._sent.append((self._sequence, now_ms))
        if self._unanswered_ms is None:
            self._unanswered_ms = now_ms
        said = self._send(set_of(self._picture, now_ms, chirp=self._chirp, chirps=self._chirps))
        self.free_ms = InstantMs(now_ms + len(said.frame) * BYTE_MS)
        return said

    def _send(self, message: Message) -> Send:
        frame = encode(message, self._sequence)
        self._sequence = (self._sequence + 1) % 256
        return Send(frame)

    def _lose(self, why: str, advice: str = "") -> tuple[Deed, ...]:
        return (*self.let_go(), Lose(why, advice))


def _other_protocol(hello: Hello) -> tuple[str, str]:
    """Return what is wrong with a controller of another protocol, and what to do."""
    version = ".".join(map(str, hello.version))
    why = f"has firmware {version} of protocol {hello.protocol}, and this unit speaks {PROTOCOL}"
    if hello.protocol < PROTOCOL:
        return why, "`call-light flash-tower` writes the firmware that fits"
    return why, "update the unit, or let `call-light flash-tower` write the firmware that fits"
