"""A front desk to tell stories about: a phone system, a unit with two lines, and people who call.

A story places callers and says what the tower shows. The tower's recorder keeps every picture, so a story can
also state the whole sequence of what a line showed.

Of pictures only the latest counts for a tower, and of those that it showed only the last is seen by who looks
now: what a story wants to see stays there until it has.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from appliance.core.picture import Overlay, Picture, Segment, Showing
from tests.peers.callers import Caller, Callers, Phone, Placing, Transport, running_callers, running_phone
from tests.peers.certificates import Certificate
from tests.peers.kamailio import Kamailio, Practice, running_kamailio
from tests.peers.program import PATIENT_S, PeerError
from tests.peers.unit import Site, Table, Unit, running_unit
from tests.practice.record import read_record, since_registered

MAIN: Final = "700"
"""Callers who dial this ring on the first line, at the light alone."""
MAIN_SHARED: Final = "701"
"""The first line, at the light and at the colleague's phone."""
DOCTORS: Final = "710"
"""The second line, at the light alone."""
COLLEAGUE: Final = "21"
NEVER_MS: Final = 60_000
SEEN_MS: Final = 2_500
"""By then the light has shown a caller, though it was given no turn for seconds."""

PASSWORDS: Final[Mapping[str, str]] = {
    "601": "melon-secret",
    "602": "grape-secret",
    "603": "cherry-secret",
    "21": "plum",
}
GROUPS: Final = {
    MAIN: ("601",),
    MAIN_SHARED: ("601", COLLEAGUE),
    DOCTORS: ("602",),
}
ALL_DAY_S: Final = (0, 60, 120)
"""Nobody becomes urgent in a story, unless it says so."""
SOON_S: Final = (0, 1, 60)
"""A caller reaches the second stage soon, and stays there for as long as anybody looks."""
LADDER_S: Final = (0, 2, 5)
"""Every stage in one story, and each for longer than a busy machine gives a unit no turn."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a story changes of the usual desk; a table here is laid over the usual one."""

    pbx: Table = field(default_factory=dict)
    extension: Table = field(default_factory=dict)
    line: Table = field(default_factory=dict)
    by_line: Mapping[str, Table] = field(default_factory=dict)
    """What only one line has."""
    transport: str = "udp"
    lines: Mapping[str, str] = field(default_factory=dict)
    """The value of X-Line for a number that callers dial."""
    tag: bool = False
    """True if the phone system sends X-Call-Tag."""
    extensions: Mapping[str, str] = field(default_factory=lambda: {"601": "main", "602": "doctors"})
    """The line of each extension that the unit registers."""


class Desk:
    """The desk while a story is told."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit

    def pictures(self) -> list[Picture]:
        """Every picture that the board gave since all lines could be reached.

        A tower whose unit got no turn for a second says so by itself, and no story is about that.
        """
        shown = since_registered(read_record(self.unit.record_file))
        return [one.picture for one in shown if one.picture.overlay is not Overlay.HOST_LOST]

    def looks(self, line: str = "main") -> list[str]:
        """All that a line's segment showed since the start, in words, each once as long as it stays."""
        return without_repeats([look(picture.segments[LINES.index(line)]) for picture in self.pictures()])

    def overlays(self) -> list[Overlay]:
        """All that the whole tower showed over the segments, each once as long as it stays."""
        overlays = [picture.overlay for picture in self.pictures()]
        return [one for place, one in enumerate(overlays) if place == 0 or overlays[place - 1] is not one]

    def has_shown(self, *looks: str, line: str = "main", since: int = 0) -> None:
        """Wait until a line has shown just this since the start, or since it had shown so many looks."""
        shown: list[str] = []

        def met_or_wrong() -> bool:
            shown[:] = self.looks(line)[since:]
            return len(shown) >= len(looks) or shown != list(looks[: len(shown)])

        self.unit.program.until(met_or_wrong, PATIENT_S, lambda: f"{looks}, not {shown}")
        assert shown == list(looks), shown

    def shows(self, within_s: float = PATIENT_S, /, **lines: str) -> None:
        """Wait until the segments of these lines show this, in words."""

        def met() -> bool:
            pictures = self.pictures()
            return bool(pictures) and all(
                look(pictures[-1].segments[LINES.index(line)]) == wanted for line, wanted in lines.items()
            )

        try:
            self.unit.program.until(met, within_s, f"the tower shows {lines}")
        except PeerError as late:
            last = {line: self.looks(line)[-4:] for line in lines}
            raise PeerError(f"{late}\nshown at last: {last}") from late

    def shows_overlay(self, overlay: Overlay, within_s: float = PATIENT_S) -> None:
        """Wait until the whole tower shows this."""
        self.unit.program.until(
            lambda: bool(found := self.pictures()) and found[-1].overlay is overlay,
            within_s,
            f"the tower shows {overlay}",
        )


class Practiced(Desk):
    """A desk at a Kamailio, with callers and perhaps a colleague."""

    def __init__(self, unit: Unit, kamailio: Kamailio, callers: Callers) -> None:
        super().__init__(unit)
        self.kamailio = kamailio
        self.callers = callers
        self._people = 0

    def someone_calls(
        self,
        dials: str = MAIN,
        *,
        number: str | None = None,
        gives_up_after_ms: int = NEVER_MS,
        transport: Transport = "udp",
        count: int = 1,
        **more: object,
    ) -> Placing:
        """Somebody dials; each person has a number of their own unless the story gives one."""
        self._people += 1
        number = number or f"0301{self._people:03}" + ("[call_number]" if count > 1 else "")
        caller = Caller(dials, number, gives_up_after_ms=gives_up_after_ms, **more)  # type: ignore[arg-type]
        return self.callers.place(caller, transport=transport, count=count)

    def someone_gives_up(
        self, dials: str = MAIN, *, line: str = "main", look: str = "stage 1", number: str | None = None
    ) -> None:
        """Somebody calls, hangs up once the line shows it, and the line is dark again."""
        caller = self.someone_calls(dials, number=number)
        self.shows(**{line: look})
        caller.hang_up()
        self.shows(**{line: "dark"})

    def colleague(self, answers_after_ms: int = NEVER_MS) -> contextlib.AbstractContextManager[Phone]:
        """A colleague whose phone picks up after a while."""
        return running_phone(self.kamailio.address, COLLEAGUE, PASSWORDS[COLLEAGUE], answers_after_ms)


LINES: Final = ("main", "doctors")


def look(segment: Segment) -> str:
    """A segment in words: "dark", "stage 2", "urgent", "held at stage 1", "unsure", ..., and its marks."""
    match segment.showing:
        case Showing.NOTHING:
            words = "dark"
        case Showing.WAITING:
            words = f"stage {segment.stage}"
        case Showing.HELD:
            words = f"held at stage {segment.stage}"
        case other:
            words = other.name.lower().replace("_", " ")
    return words + "".join([f" +{segment.marks}" * (segment.marks > 0), " and more" * segment.more])


def without_repeats(words: list[str]) -> list[str]:
    """The words, each once as long as it stays."""
    return [word for place, word in enumerate(words) if place == 0 or words[place - 1] != word]


def usual_site(registrars: list[str], setting: Setting) -> Site:
    """The unit's configuration for a desk with the two usual lines."""
    return Site(
        pbxes=[{"id": "office", "registrars": registrars, "transport": setting.transport, **setting.pbx}],
        extensions=[
            {
                "id": f"light-{user}", "pbx": "office", "user": user, "password": PASSWORDS[user],
                "line": line, **setting.extension,
            }
            for user, line in setting.extensions.items()
        ],
        lines=[
            {
                "id": line, "label": line.title(), "stages_s": ALL_DAY_S,
                **setting.line, **setting.by_line.get(line, {}),
            }
            for line in LINES
        ],
    )  # fmt: skip


@contextlib.contextmanager
def desk_at_kamailio(
    setting: Setting, certificate: Certificate | None = None, towers: Sequence[Table] = ()
) -> Iterator[Practiced]:
    """A desk whose unit is registered at a Kamailio of its own."""
    practice = Practice(PASSWORDS, GROUPS, setting.lines, tag=setting.tag)
    with running_kamailio(practice, certificate) as kamailio:
        address = kamailio.tls_address if setting.transport == "tls" else kamailio.address
        with (
            running_unit(usual_site([f"sip:{address}"], setting), towers=towers) as unit,
            running_callers(kamailio.address) as callers,
        ):
            unit.until_registered()
            yield Practiced(unit, kamailio, callers)
