"""What the board must know of its site, already validated. Defaults and ranges are declared in config.py."""

from dataclasses import dataclass, field
from enum import StrEnum

from appliance.core.words import DurationMs, ExtensionId, LineId, UnitId, Way


class CancelMeaning(StrEnum):
    """What a CANCEL says at this PBX (measured on Asterisk 22, FreePBX's defaults among them)."""

    NORMAL = "normal"
    """A Reason of SIP 200 or Q.850 26 means that a colleague answered."""
    FREEPBX_DEFAULT = "freepbx-default"
    """Ring groups with "Mark Answered Elsewhere: No": a lone Q.850 19 means that a colleague answered."""
    ALWAYS = "always"
    """Every cancel is marked as answered elsewhere, even a caller's own hang-up: the mark proves nothing."""


class LineSource(StrEnum):
    """Where a ring's line is read from."""

    EXTENSION = "extension"
    HEADER = "header"
    DIALLED = "dialled"


@dataclass(frozen=True, slots=True)
class LineSettings:
    """One line of the site."""

    id: LineId
    label: str
    thresholds_ms: tuple[DurationMs, DurationMs, DurationMs]
    """The waits at which stages 1, 2 and 3 begin; the first is 0, and they rise."""
    queue: bool
    """True if the PBX queues this line's callers and rings us again and again."""
    hold_ms: DurationMs
    """How long a queue's caller is kept between two rings."""
    ring_limit_ms: DurationMs
    """A ring, or an unsure caller, older than this is cleared."""
    priority: bool
    """True if every caller of this line is urgent from the start."""
    header_values: tuple[str, ...] = ()
    """Values of the PBX's line header that mean this line, compared without case."""
    dialled: tuple[str, ...] = ()
    """User parts of To that mean this line."""


@dataclass(frozen=True, slots=True)
class ExtensionSettings:
    """One extension at a PBX, as far as the board cares."""

    id: ExtensionId
    line: LineId
    """The line of a ring that no other source places: no ring is ever without a line."""
    line_from: tuple[LineSource, ...]
    """Sources in the order in which they are asked; the first that knows a line decides."""
    cancel_meaning: CancelMeaning


@dataclass(frozen=True, slots=True)
class SiteUnit:
    """One unit of the site, as all units know it."""

    id: UnitId
    extension: str = ""
    """What the PBX dials to reach the unit itself; empty if nothing does."""
    target: str = ""
    """What is dialled to reach the people at the unit: the desk phone. Empty: nothing is."""
    covers: tuple[UnitId, ...] = ()
    """For whom it sounds at once while they are away. A unit that nobody covers is covered by all."""


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """The units that share a bus."""

    units: tuple[SiteUnit, ...] = ()
    key: bytes = field(default=b"", repr=False)
    """The site's secret, by which units know the same caller without a number that travels. Empty: callers
    are known by nothing, and a line shows as many as the unit that sees most."""


@dataclass(frozen=True, slots=True)
class PickupSettings:
    """How this unit takes callers, for its own people and for those of other units."""

    way: Way | None = None
    """None: no button takes anybody."""
    target: str = ""
    """What is dialled to reach our own people; nothing for `Way.HANDSET`."""
    headers: tuple[str, ...] = ()
    """Whole header lines for the desk phone, such as ``Call-Info: <sip:light>;answer-after=0``."""
    confirm_key: bool = False
    """True if who answers must press a key."""
    answer_within_ms: DurationMs = DurationMs(15_000)
    """How long the desk phone may ring."""
    return_target: str = ""
    """Where a caller goes whom nobody took; empty: nowhere, they stay."""
    return_after_ms: DurationMs = DurationMs(60_000)
    """After which time."""


@dataclass(frozen=True, slots=True)
class BoardSettings:
    """The whole site as one unit sees it."""

    lines: tuple[LineSettings, ...]
    extensions: tuple[ExtensionSettings, ...]
    away_ms: DurationMs
    """After which time *away* ends by itself."""
    sound_delays_ms: tuple[DurationMs, DurationMs, DurationMs] = (DurationMs(0), DurationMs(0), DurationMs(0))
    """How long after the beginning of stages 1, 2 and 3 this unit sounds for a caller."""
    unit: UnitId = UnitId("")
    """Which unit this is."""
    boot: str = ""
    """Names this start of the unit among all of its starts: chance, so it comes from outside."""
    site: SiteSettings | None = None
    """The units that share a bus; None for a unit that works alone, which says nothing to nobody."""
    pickup: PickupSettings = PickupSettings()
