"""What a message on the bus may hold: one frozen model for each payload, with every bound in it.

Whoever reads ignores keys that it does not know, so that a newer unit may say more; a missing key, another
type, another version or a text beyond its bound is refused as a whole. Nothing here identifies a caller but
`Happening.caller`, which stays empty unless the configuration asks for it. The JSON Schemas of the site's
contract are made from these models.
"""

from typing import Annotated, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from appliance.config.kinds import ID_LENGTH_MAX, LABEL_LENGTH_MAX
from appliance.core.words import LEGS_MAX, LINES_MAX, STAGES
from appliance.site.file import SITE_FILE_BYTES_MAX

VERSION: Final = 1
"""The version of every payload. It rises when a key goes or changes its meaning; a new key is no change."""

NAME_ON_BUS_LENGTH_MAX: Final = 80
"""Characters of a name that a unit makes up (boot, call, transaction): two ids of the configuration and a
count. A longer one is refused."""

AGE_S_MAX: Final = 86_400.0
"""Seconds that a caller can have waited: a day, twelve times the longest limit of a ring. More is refused,
for an age without a bound would put a caller's arrival before the start of every clock."""

TOWERS_TOLD_MAX: Final = 8
"""Towers and registrations that one unit tells of; twice as many as a configuration allows towers. A message
with more is refused."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=ID_LENGTH_MAX)]
"""An id of the configuration: site, unit, line, extension."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+$", max_length=NAME_ON_BUS_LENGTH_MAX)]
"""A name that its maker understands and everybody else only compares."""

MaybeName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]*$", max_length=NAME_ON_BUS_LENGTH_MAX)]
MaybeId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]*$", max_length=ID_LENGTH_MAX)]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]*$", max_length=64)]
"""A keyed hash by which two units know that they speak of one caller; empty where there is none."""

Text = Annotated[str, StringConstraints(max_length=120)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=LABEL_LENGTH_MAX)]
Seconds = Annotated[float, Field(ge=0, le=AGE_S_MAX)]
Duration = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=0, le=2**53)]
"""A whole number that every JSON reader keeps exactly (RFC 8259 section 6)."""
Stage = Annotated[int, Field(ge=0, le=STAGES)]


class Payload(BaseModel):
    """What every payload is: frozen, strict, of one version, and deaf to keys that it does not know."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    v: Literal[1]


class Part(BaseModel):
    """An object inside a payload."""

    model_config = Payload.model_config


class State(Payload):
    """Whether a unit is on the bus. `offline` is its will too, or its own last word."""

    state: Literal["online", "offline"]
    boot: Name
    """Made anew at each start: two units with one name, or one that started again, are told apart by it."""


class LineInfo(Part):
    """A line as one unit knows it."""

    id: Id
    label: Label


class TowerInfo(Part):
    """A tower of a unit."""

    driver: Text


class Info(Payload):
    """What a unit is. It changes only with its configuration or its software."""

    boot: Name
    model: Text
    serial: Name
    software: Text
    site_revision: Count
    """The revision of the site file that the unit has; 0 without one."""
    lines: Annotated[tuple[LineInfo, ...], Field(max_length=LINES_MAX)]
    towers: Annotated[tuple[TowerInfo, ...], Field(max_length=TOWERS_TOLD_MAX)]


class SiteFile(Payload):
    """The site file that a unit has. The greatest revision of a site holds, and every unit takes it over."""

    revision: Count
    text: Annotated[str, StringConstraints(max_length=SITE_FILE_BYTES_MAX)]
    """The file as it was written: TOML with its comments."""


class RegistrationHealth(Part):
    """The standing of one extension."""

    held: bool
    code: Annotated[int, Field(ge=0, le=999)]
    """The last SIP status; 0 before the first answer."""
    since_s: Duration | None
    """For how long it has stood so; null before the first answer."""


class TowerHealth(Part):
    """How a tower is."""

    driver: Text
    online: bool


class Health(Payload):
    """How a unit is, once a minute."""

    boot: Name
    uptime_s: Duration
    rss_kb: Count
    registrations: Annotated[dict[Id, RegistrationHealth], Field(max_length=TOWERS_TOLD_MAX)]
    towers: Annotated[tuple[TowerHealth, ...], Field(max_length=TOWERS_TOLD_MAX)]
    phone_lost: bool
    """True while no caller can reach the unit."""
    fault_count: Count
    clock: Literal["synchronised", "unknown"]
    """Whether the kernel takes the wall clock for right; `since` and `at` are only as good as that."""


class CallOnLine(Part):
    """A caller as the unit that hears the rings knows them."""

    call: Name
    key: Key
    state: Literal["ringing", "held", "unsure", "asked", "taken", "kept"]
    stage: Stage
    urgent: bool
    since: AwareDatetime
    """When the caller began to wait, by the unit's wall clock: for people. Units reckon with `age_s`."""
    age_s: Seconds
    """How long the caller had waited when the message was made; what the message aged since, its expiry
    tells."""
    by: MaybeId
    """The unit that takes or took the caller; empty while nobody does."""


class LineState(Payload):
    """All callers that one unit knows on one line. Each message replaces the one before."""

    boot: Name
    rev: Count
    """Grows strictly within a boot: an older one that comes late is dropped."""
    calls: Annotated[tuple[CallOnLine, ...], Field(max_length=LEGS_MAX)]


class Waiting(Payload):
    """How many wait at a unit, over all its lines: for displays that want one figure."""

    boot: Name
    count: Count
    oldest_since: AwareDatetime | None
    oldest_age_s: Seconds | None
    call: MaybeName
    """Who has waited longest; empty if nobody waits."""


EventType = Literal[
    "ring", "stage", "answered-here", "answered-elsewhere", "abandoned", "overflowed", "redirected",
    "dropped", "unknown", "taking", "taking-failed", "away", "mute", "fault", "fault-over", "button",
]  # fmt: skip
"""What can happen. An outcome of a call is one of them under its own name."""


class Happening(Payload):
    """Something happened at a unit."""

    event_type: EventType
    id: Name
    """Never that of another event: what comes twice is known by it."""
    at: AwareDatetime
    call: MaybeName
    line: MaybeId
    by: MaybeId
    """The unit that took the caller, or tried; empty where that says nothing."""
    stage: Stage
    """The caller's stage; 0 where there is none."""
    wait_s: Seconds
    detail: Text
    """What the event is about where it is no call: a button, a fault's name."""
    caller: Text
    """Nothing by default; the last four digits or the whole number if the configuration asks for it."""


class Echo(Payload):
    """A unit's word to itself: that it comes back proves that the broker lives."""

    boot: Name
    count: Count


class PickupRequest(Payload):
    """One unit asks another for a caller. There is no dial target in it: the owner looks that up itself."""

    transaction: Name
    call: Name


class PlainRequest(Payload):
    """A request that names no caller: mute, lamp-test, republish."""

    transaction: MaybeName = ""


class AwayRequest(Payload):
    """The people of a unit go elsewhere, or are back."""

    transaction: MaybeName = ""
    on: bool
    for_s: Annotated[float, Field(ge=0, le=14_400)]
    """For how long at most; the limit is that of `away_s`."""


class ResponseData(Part):
    """What an answer tells beside its status."""

    winner: MaybeId


Refusal = Literal["", "gone", "taken", "not-ringing", "sip-down", "stale", "refused"]


class Response(Payload):
    """The answer to a request."""

    status: Literal["ok", "error"]
    error: Refusal
    """Empty with `ok`."""
    transaction: MaybeName
    data: ResponseData
