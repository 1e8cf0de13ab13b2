"""A desk in virtual time: plain verbs over a real board, for stories that read as the day went."""

from dataclasses import dataclass, field, replace

from appliance.core.board import Board
from appliance.core.effects import (
    AnswerPickup,
    AskAway,
    AskMute,
    AskPickup,
    DialPickup,
    Effect,
    EndRing,
    HangUp,
    NoteCallers,
    PlaySound,
    PublishLine,
    ReturnCaller,
    ShowPicture,
    TakeRing,
    Tell,
)
from appliance.core.events import (
    ButtonPressed,
    ButtonReleased,
    EngineLost,
    EngineStarted,
    Event,
    Offer,
    PickupMoved,
    Reason,
    RegistrationChanged,
    RingEnded,
    RingsListed,
    RingStarted,
    TimePassed,
)
from appliance.core.notices import Notice
from appliance.core.picture import Picture
from appliance.core.settings import (
    BoardSettings,
    CancelMeaning,
    ExtensionSettings,
    LineSettings,
    LineSource,
    PickupSettings,
    SiteSettings,
)
from appliance.core.words import (
    NO_ORDER,
    Button,
    DurationMs,
    ExtensionId,
    InstantMs,
    LineId,
    OrderId,
    PickupStep,
    RingId,
    UnitId,
)
from tests.core.lights import words_of

COLLEAGUE_ANSWERED = (Reason("SIP", 200, "Call completed elsewhere"), Reason("Q.850", 26))
CALLER_GAVE_UP = (Reason("Q.850", 127),)
NOBODY_SAYS = (Reason("Q.850", 0),)

AWAY_MS = DurationMs(1_800_000)
NO_PICKUP = PickupSettings()


def line(
    name: str,
    *,
    queue: bool = False,
    priority: bool = False,
    stages_s: tuple[float, float, float] = (0, 20, 45),
    hold_s: float = 8,
    ring_limit_s: float = 600,
    header_values: tuple[str, ...] = (),
    dialled: tuple[str, ...] = (),
) -> LineSettings:
    """A line at the product's defaults, labelled with its own name in capitals."""
    first, second, third = (DurationMs(stage_s * 1000) for stage_s in stages_s)
    return LineSettings(
        LineId(name),
        name.capitalize(),
        (first, second, third),
        queue,
        DurationMs(hold_s * 1000),
        DurationMs(ring_limit_s * 1000),
        priority,
        header_values,
        dialled,
    )


def extension(
    name: str,
    of_line: str,
    line_from: tuple[LineSource, ...] = (LineSource.EXTENSION,),
    cancel_meaning: CancelMeaning = CancelMeaning.NORMAL,
) -> ExtensionSettings:
    """One extension that rings for a line."""
    return ExtensionSettings(ExtensionId(name), LineId(of_line), line_from, cancel_meaning)


@dataclass
class Desk:
    """Two ordinary lines, Main and Lab, each with its extension, unless told otherwise."""

    lines: tuple[LineSettings, ...] = (line("main"), line("lab"))
    extensions: tuple[ExtensionSettings, ...] = ()
    now_s: float = 0.0
    pictures: list[Picture] = field(default_factory=list)
    sounds: list[tuple[float, str]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    ended_rings: list[str] = field(default_factory=list)
    said: list[Effect] = field(default_factory=list)
    """What it said on the bus."""
    orders: list[Effect] = field(default_factory=list)
    """What the engine, or the desk phone, is to do with callers who are taken, but for the numbers."""
    numbers: dict[RingId, list[OrderId]] = field(default_factory=dict)
    """Those numbers."""
    notes: list[NoteCallers] = field(default_factory=list)
    unit: str = ""
    boot: str = ""
    site: SiteSettings | None = None
    sound_delays_s: tuple[float, float, float] = (0, 0, 0)
    pickup: PickupSettings = NO_PICKUP

    def __post_init__(self) -> None:
        self.extensions = self.extensions or tuple(extension(f"ext-{one.id}", one.id) for one in self.lines)
        first, second, third = (DurationMs(delay_s * 1000) for delay_s in self.sound_delays_s)
        settings = BoardSettings(self.lines, self.extensions, AWAY_MS, sound_delays_ms=(first, second, third))
        whose = replace(settings, unit=UnitId(self.unit), boot=self.boot, site=self.site)
        self.board = Board(replace(whose, pickup=self.pickup))

    @classmethod
    def registered(
        cls,
        *lines: LineSettings,
        extensions: tuple[ExtensionSettings, ...] = (),
        pickup: PickupSettings = NO_PICKUP,
    ) -> "Desk":
        """A desk whose extensions all hold; what was shown and told until then is forgotten."""
        desk = cls(lines or (line("main"), line("lab")), extensions, pickup=pickup)
        desk.engine_starts()
        for one in desk.extensions:
            desk.registration(one.id, held=True)
        desk.forget()
        return desk

    def forget(self) -> None:
        """Forget what was shown, played and told so far."""
        told = self.notices, self.ended_rings, self.said, self.orders, self.notes
        for kept in (self.pictures, self.sounds, *told):
            kept.clear()

    def tell(self, event: Event, at_s: float | None = None) -> tuple[Effect, ...]:
        """Tell the board this event at this second, after everything that time alone brought until then."""
        if at_s is not None:
            self.wait_until(at_s)
        return self._receive(event, InstantMs(self.now_s * 1000))

    def wait_until(self, at_s: float) -> None:
        """Let time pass as the unit does: the board is told at each of its deadlines."""
        while (due_ms := self.board.deadline_ms) is not None and due_ms <= at_s * 1000:
            assert due_ms / 1000 > self.now_s, "a deadline must lie after the instant the board was told"
            self._receive(TimePassed(), due_ms)
        self.now_s = at_s

    def _receive(self, event: Event, at_ms: InstantMs) -> tuple[Effect, ...]:
        self.now_s = at_ms / 1000
        effects = self.board.receive(event, at_ms)
        for effect in effects:
            match effect:
                case ShowPicture(picture):
                    self.pictures.append(picture)
                case PlaySound(sound):
                    self.sounds.append((self.now_s, sound.value))
                case Tell(notice):
                    self.notices.append(notice)
                case EndRing(ring):
                    self.ended_rings.append(ring)
                case TakeRing(ring) | DialPickup(ring) | ReturnCaller(ring):
                    self.numbers.setdefault(ring, [NO_ORDER]).append(effect.order)
                    self.orders.append(replace(effect, order=NO_ORDER))
                case HangUp():
                    self.orders.append(effect)
                case NoteCallers():
                    self.notes.append(effect)
                case PublishLine() | AskAway() | AskMute() | AskPickup() | AnswerPickup():
                    self.said.append(effect)
        return effects

    def rings(
        self,
        ring: str,
        on: str | None = None,
        at_s: float | None = None,
        *,
        caller: str | None = None,
        tag: str = "",
        call_id: str | None = None,
        header: str = "",
        dialled: str = "",
        age_s: float = 0,
    ) -> None:
        """A ring begins. Its caller's number is the ring's own name unless given."""
        self.tell(
            RingStarted(
                self.offer(ring, on, caller, tag, call_id, header, dialled), DurationMs(age_s * 1000)
            ),
            at_s,
        )

    def offer(
        self,
        ring: str,
        on: str | None = None,
        caller: str | None = None,
        tag: str = "",
        call_id: str | None = None,
        header: str = "",
        dialled: str = "",
    ) -> Offer:
        """What the INVITE of such a ring says."""
        name = on or self.extensions[0].id
        known = {one.id for one in self.extensions}
        return Offer(
            RingId(ring),
            ExtensionId(name if name in known else f"ext-{name}"),
            call_id or f"call-id-{ring}",
            ring if caller is None else caller,
            "",
            tag,
            dialled,
            header,
        )

    def cancelled(self, ring: str, reasons: tuple[Reason, ...] = (), at_s: float | None = None) -> None:
        """The PBX cancels a ring with these reasons."""
        self.tell(RingEnded(RingId(ring), True, reasons), at_s)

    def lists(self, *offers: tuple[Offer, float], at_s: float | None = None) -> None:
        """The engine repeats its whole list of live rings, each with its age in seconds."""
        self.tell(
            RingsListed(tuple(RingStarted(offer, DurationMs(age_s * 1000)) for offer, age_s in offers)), at_s
        )

    def engine_says(
        self, ring: str, step: PickupStep, at_s: float | None = None, why: str = "", *, crossed: int = 0
    ) -> None:
        """The engine came so far with a caller; so many orders were on their way when it said so."""
        if at_s is not None:
            self.wait_until(at_s)
        numbers = self.numbers.get(RingId(ring), [NO_ORDER])
        self.tell(PickupMoved(RingId(ring), step, why, numbers[-1 - crossed]))

    def engine_starts(self, at_s: float | None = None) -> None:
        """A new engine answers."""
        self.tell(EngineStarted(), at_s)

    def engine_dies(self, at_s: float | None = None) -> None:
        """The engine is gone."""
        self.tell(EngineLost("killed by signal 9"), at_s)

    def registration(
        self,
        extension: str,
        held: bool,
        at_s: float | None = None,
        code: int = 200,
        why: str = "OK",
        expires_s: float = 0,
    ) -> None:
        """The PBX answers a REGISTER; with no expiry, silence never loses it."""
        event = RegistrationChanged(ExtensionId(extension), held, code, why, DurationMs(expires_s * 1000))
        self.tell(event, at_s)

    def presses(self, button: Button, at_s: float | None = None, *, age_s: float = 0) -> None:
        """A button goes down, or went down so long ago."""
        self.tell(ButtonPressed(button, DurationMs(age_s * 1000)), at_s)

    def taps(self, button: Button, at_s: float | None = None) -> None:
        """A button is pressed and let go a tenth of a second later."""
        self.presses(button, at_s)
        self.releases(button, self.now_s + 0.1)

    def releases(self, button: Button, at_s: float | None = None) -> None:
        """A button comes up."""
        self.tell(ButtonReleased(button), at_s)

    def shows(self, at_s: float | None = None) -> str:
        """What the tower shows now, in words: every line that is not dark, and what the whole tower does."""
        if at_s is not None:
            self.wait_until(at_s)
        return words_of(self.board.picture)
