"""The settings of a site file, declared once: what each means and what it may hold."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from appliance.config import kinds
from appliance.config.kinds import Kind
from appliance.config.table import Table
from appliance.core.words import LINES_MAX

SITE_UNITS_MAX: Final = 8
"""Units of a site: a practice has two or three, one on each floor of a large one. A ninth is refused."""

REVISION_MAX: Final = 2**31 - 1
"""The greatest revision: a change each second for 68 years. A greater one is refused, so that no slip of the
pen ends all counting."""

REVISION_STEP_MAX: Final = 1_000
"""By how much a unit's revision may rise at once: more changes than a site sees in all its years. A file that
is further ahead is refused and shown, so that neither a slip nor a unit gone bad reaches the greatest one,
after which no change would travel."""

DIALLED: Final = Kind(kinds.USER.allowed, "201", kinds.USER.fits, may_be_empty=True)

Id = Annotated[str, AfterValidator(kinds.ID)]
Dialled = Annotated[str, AfterValidator(DIALLED)]
COLOURS: Final = ("", "white", "yellow", "green", "cyan", "blue", "magenta")
"""Red is not among them: it means that somebody has waited too long."""


class LineTable(Table):
    """A line of the site."""

    id: Id = Field(json_schema_extra={"allowed": kinds.ID.allowed})
    label: Annotated[str, AfterValidator(kinds.LABEL)] = Field(
        json_schema_extra={"allowed": kinds.LABEL.allowed}
    )
    position: int = Field(
        ge=1, le=LINES_MAX, json_schema_extra={"allowed": f"a whole number from 1 to {LINES_MAX}"}
    )
    colour: Literal["", "white", "yellow", "green", "cyan", "blue", "magenta"] = Field(
        default="", json_schema_extra={"allowed": f"one of {', '.join(COLOURS[1:])}, or empty"}
    )


class UnitTable(Table):
    """A unit of the site."""

    id: Id = Field(json_schema_extra={"allowed": kinds.ID.allowed})
    extension: Dialled = Field(default="", json_schema_extra={"allowed": DIALLED.allowed})
    target: Dialled = Field(default="", json_schema_extra={"allowed": DIALLED.allowed})
    covers: Annotated[tuple[Id, ...], Field(strict=False), AfterValidator(kinds.once_each)] = Field(
        default=(), json_schema_extra={"allowed": "a list of units' ids"}
    )


class SiteTables(Table):
    """The whole file."""

    revision: int = Field(
        ge=0, le=REVISION_MAX, json_schema_extra={"allowed": f"a whole number from 0 to {REVISION_MAX}"}
    )
    line: Annotated[tuple[LineTable, ...], Field(strict=False)] = Field(
        default=(), json_schema_extra={"allowed": "written as [[line]]"}
    )
    unit: Annotated[tuple[UnitTable, ...], Field(strict=False)] = Field(
        default=(), json_schema_extra={"allowed": "written as [[unit]]"}
    )


ENTRIES: Final[dict[str, tuple[type[Table], int]]] = {
    "line": (LineTable, LINES_MAX),
    "unit": (UnitTable, SITE_UNITS_MAX),
}
"""What stands in the file several times, and how often it may."""
