"""The enrolment file: what a person carries to a new unit, and what the new unit does with it.

The file holds how to find the broker, whom to trust, and a password that is good for one enrolment until a
set day; nothing in it is of use afterwards. The unit makes its own password, and the broker's side gives it
the site's key: neither is ever in the file. The broker's side enforces that the file works once and not too
late (`attend`); what is checked here only says so more clearly.
"""

import json
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from appliance.errors import CallLightError
from appliance.site.whole import write

ENROLMENT_DAYS: Final = 7
"""How long an enrolment is good for: somebody carries the file to the next room, or brings it next week."""

ENROLMENT_BYTES_MAX: Final = 16_384
"""The longest file that is read; a real one has 1.5 kB. A longer one is refused."""

FORMAT: Final = "call-light enrolment 1"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the file says."""

    site: str
    unit: str
    watches_only: bool
    """True for a machine that is no unit and only looks at the site."""
    broker: str
    port: int
    ends_utc: str
    """ISO 8601."""
    password: str
    authority: str
    """The certificate of the site's authority, in PEM."""

    def ended(self, now_utc: datetime) -> bool:
        """Return whether it is over by this clock."""
        return now_utc >= datetime.fromisoformat(self.ends_utc)


def end_of_enrolment(now_utc: datetime) -> str:
    """Return until when one that is made now is good."""
    return (now_utc + timedelta(days=ENROLMENT_DAYS)).astimezone(UTC).isoformat(timespec="seconds")


def write_enrolment(file: Path, enrolment: Enrolment) -> None:
    """Write the file, for its owner alone.

    Raises:
        OSError: it cannot be written.
    """
    text = json.dumps({"format": FORMAT, **asdict(enrolment)}, indent=1)
    write(file, text.encode() + b"\n", 0o600)


def read_enrolment(file: Path) -> Enrolment:
    """Read such a file.

    Raises:
        CallLightError: it is none.
    """
    try:
        with file.open("rb") as opened:
            content = opened.read(ENROLMENT_BYTES_MAX + 1)
    except OSError as error:
        raise CallLightError(f"{file}: cannot be read: {error.strerror}") from None
    try:
        if len(content) > ENROLMENT_BYTES_MAX:
            raise ValueError("too long")
        found: dict[str, Any] = json.loads(content)
        if found.pop("format") != FORMAT:
            raise ValueError("another format")
        for one in fields(Enrolment):
            if type(found[one.name]) is not one.type:
                raise ValueError("another type")
        enrolment = Enrolment(**found)
        enrolment.ended(datetime.now(UTC))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise CallLightError(
            f"{file}: is no enrolment file of this version; `call-light site add-unit` makes one"
        ) from None
    return enrolment
