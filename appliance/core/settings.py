"""What the board must know of its site, already validated. Defaults and ranges are declared in config.py."""

from dataclasses import dataclass
from enum import StrEnum

from appliance.core.words import DurationMs, ExtensionId, LineId


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
class BoardSettings:
    """The whole site as one unit sees it."""

    lines: tuple[LineSettings, ...]
    extensions: tuple[ExtensionSettings, ...]
    away_ms: DurationMs
    """After which time *away* ends by itself."""
