"""Both ends of a link in the hands of a test: it is the controller, and it says what time it is."""

from appliance.core.events import Event
from appliance.core.picture import Picture, Segment, Showing, settle
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.controller.link import Deed, Link, Lose, Post, Send
from appliance.tower.wire import ButtonEvent, Decoder, Hello, Message, Set, Status, encode

HELLO = Hello(protocol=1, version=(1, 2, 3), boot_count=7, reset_cause=2, lines=8)
DARK = Picture((Segment("Main"),))
WAITS = settle(DARK, Picture((Segment("Main", Showing.WAITING, 1, 1),)), InstantMs(0))


def status(answers: int, uptime_ms: int) -> Status:
    """An answer of a controller that has no complaints."""
    return Status(answers, False, False, False, 0, 0, 0, uptime_ms)


class Ends:
    """A link whose port was opened at instant 0."""

    def __init__(self, *, may_ask: bool = True) -> None:
        self.link = Link(InstantMs(0), may_ask=may_ask)
        self.sent: list[tuple[float, int, Message]] = []
        """Instant, sequence and message of everything that the unit said."""
        self.posted: list[Event] = []
        self.lost: str | None = None
        self._decoder = Decoder()
        self._said = 0

    @property
    def sets(self) -> list[tuple[float, Set]]:
        """The pictures that were sent, with their instants."""
        return [(at_ms, message) for at_ms, _, message in self.sent if isinstance(message, Set)]

    def until(self, at_ms: float) -> None:
        """Let time pass: whatever is due on the way happens at its own instant."""
        while (due_ms := self.link.due_ms) is not None and due_ms <= at_ms:
            self._do(self.link.pass_time(due_ms), due_ms)

    def say(self, message: Message, at_ms: float, late_ms: float = 0) -> None:
        """Let the controller say this, heard at this instant."""
        self._said = (self._said + 1) % 256
        self.say_bytes(encode(message, self._said), at_ms, late_ms)

    def say_bytes(self, said: bytes, at_ms: float, late_ms: float = 0) -> None:
        """Let it say anything."""
        self.until(at_ms)
        self._do(self.link.hear(said, InstantMs(at_ms), DurationMs(late_ms)), at_ms)

    def press(
        self, event: int, at_ms: float, *, button: int = 0, down: bool = True, age_ms: int = 20
    ) -> None:
        """Let it tell of a button."""
        self.say(ButtonEvent(event, button, down, age_ms), at_ms)

    def show(self, picture: Picture, at_ms: float) -> None:
        """Hand a picture over, as the writer does."""
        self.until(at_ms)
        self._do(self.link.show(picture, InstantMs(at_ms)), at_ms)

    def answer(self, at_ms: float, uptime_ms: int | None = None) -> None:
        """Let it answer the last SET; it was reset when the port was opened."""
        answers = next(sequence for _, sequence, message in reversed(self.sent) if isinstance(message, Set))
        self.say(status(answers, int(at_ms) if uptime_ms is None else uptime_ms), at_ms)

    def _do(self, deeds: tuple[Deed, ...], at_ms: float) -> None:
        for deed in deeds:
            match deed:
                case Send(frame):
                    for one in self._decoder.receive(frame):
                        self.sent.append((at_ms, one.sequence, one.message))
                case Post(event):
                    self.posted.append(event)
                case Lose(why, advice):
                    assert self.lost is None, "a tower is lost once"
                    self.lost = f"{why}: {advice}" if advice else why


def linked(at_ms: float = 1_400) -> Ends:
    """A link that is up, with a dark picture shown and answered."""
    ends = Ends()
    ends.say(HELLO, at_ms)
    ends.show(DARK, at_ms)
    ends.answer(at_ms + 20)
    return ends
