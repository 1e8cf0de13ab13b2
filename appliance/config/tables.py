"""The settings tree: every setting declared once, with its default, range, unit of measure and reason.

The example file, the messages of refusals and the documentation are made from these declarations. Values
come from a TOML file, from the environment (`CALL_LIGHT__UNIT__NAME`) and from systemd; `load` joins them.
The types are strict: text in quotes is no number, and a number is no text ("0601" keeps its zero).
"""

import os
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, SecretStr
from pydantic.fields import FieldInfo as FieldInfo
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from appliance.config import kinds
from appliance.config.bus_table import BusTable
from appliance.config.gpio_table import GpioTable
from appliance.config.pickup_table import PickupTable
from appliance.config.sound_table import SoundTable
from appliance.config.table import FilePath, Password, Table
from appliance.config.tower_table import TowerTable
from appliance.core.settings import CancelMeaning, LineSource
from appliance.core.words import LINES_MAX

PBX_MAX: Final = 4
"""PBXes of a unit: a practice has one, one that moves has two. A fifth is refused."""

EXTENSIONS_MAX: Final = 8
"""Extensions of a unit: one a line; pjsua has room for eight accounts (PJSUA_MAX_ACC). A ninth is refused."""

REGISTRARS_MAX: Final = 4
"""Registrars of a PBX, tried in order; each costs seconds before the next is tried. A fifth is refused."""

TOWERS_MAX: Final = 4
"""Towers of a unit. A fifth is refused."""

VALUES_MAX: Final = 32
"""Entries of a list of numbers, header values or addresses. The next one is refused."""

ENVIRONMENT_PREFIX: Final = "CALL_LIGHT__"
"""`CALL_LIGHT__UNIT__NAME` in the environment sets `name` in `[unit]`."""

Id = Annotated[str, AfterValidator(kinds.ID)]
Uri = Annotated[str, AfterValidator(kinds.SIP_ADDRESS)]
HeaderName = Annotated[str, AfterValidator(kinds.HEADER)]
Matched = Annotated[str, AfterValidator(kinds.MATCHED)]
Directory = Annotated[str, AfterValidator(kinds.DIRECTORY)]
Network = Annotated[str, AfterValidator(kinds.NETWORK)]
Meaning = Annotated[CancelMeaning, Field(strict=False)]
Source = Annotated[LineSource, Field(strict=False)]


class UnitTable(Table):
    """This appliance."""

    name: Id = Field(
        default="front",
        description="Names this unit among the site's units, in `status` and in logs.",
    )
    state_directory: Directory = Field(
        default="/var/lib/call-light",
        description="What must outlive a restart lies here (mode 0700): the mark in the registered Contact,"
        " which our PBX repeats and a stranger cannot guess. systemd's STATE_DIRECTORY wins.",
    )
    runtime_directory: Directory = Field(
        default="/run/call-light",
        description="The socket of `call-light status` lies here. systemd's RUNTIME_DIRECTORY wins.",
    )
    site_file: FilePath = Field(
        default="",
        description="The file with the site's lines and units, the same on all units. The unit writes it when"
        " a newer one comes over the bus. Empty: `site.toml` in the state directory, if there is one.",
    )
    away_s: float = Field(
        default=1800,
        ge=60,
        le=14400,
        allow_inf_nan=False,
        description="After how long `away` ends by itself: half an hour is a long errand, and a desk whose"
        " people forgot to press the button again must not stay silent all day.",
        json_schema_extra={"measure": "seconds"},
    )


class PbxTable(Table):
    """A phone system at which this unit registers."""

    id: Id = Field(description="Names this PBX for [[extension]].", examples=["office"])
    registrars: Annotated[tuple[Uri, ...], Field(strict=False)] = Field(
        description="Where to register, tried in order. The scheme does not choose the transport.",
        examples=[("sip:192.0.2.10",)],
        min_length=1,
        max_length=REGISTRARS_MAX,
    )
    transport: Literal["udp", "tcp", "tls"] = Field(
        default="udp",
        description="How SIP travels. With tls, the PBX's certificate and its name are verified.",
    )
    srtp: Literal["auto", "off", "optional", "required"] = Field(
        default="auto",
        description="Whether the sound of taken calls is encrypted. optional: whenever the PBX does."
        " required: a caller whose sound is not cannot be taken. auto: optional with tls, else off.",
    )
    ringback: Literal["north-america", "europe"] = Field(
        default="north-america",
        description="What a caller hears while the desk phone rings.",
    )
    outbound_proxy: Annotated[str, AfterValidator(kinds.PROXY)] = Field(
        default="", description="A proxy that everything goes through, as a SIP address. Empty: none."
    )
    ca_file: FilePath = Field(
        default="",
        description="With tls: the PEM file of the authority that signed the PBX's certificate."
        " Empty: the system's authorities.",
    )
    addresses: Annotated[tuple[Network, ...], Field(strict=False), AfterValidator(kinds.once_each)] = Field(
        default=(),
        description="Addresses or networks, beside the registrars' own, from which this PBX sends calls."
        " Over udp, calls from anywhere else light nothing.",
        max_length=VALUES_MAX,
    )
    cancel_meaning: Meaning = Field(
        default=CancelMeaning.NORMAL,
        description="What a CANCEL says at this PBX. normal: the PBX marks calls that a colleague answered."
        ' freepbx-default: ring groups with "Mark Answered Elsewhere: No". always: the PBX marks every'
        " CANCEL, so the mark proves nothing.",
    )
    line_header: HeaderName = Field(
        default="",
        description='A header that the PBX sets and that names the line, e.g. "X-Line". Only one that the PBX'
        " removes from callers' own calls: some PBXes pass them through. Empty: none.",
    )
    tag_header: HeaderName = Field(
        default="",
        description="A header that the PBX sets to the same value on every ring of one caller, e.g."
        ' "X-Call-Tag". Empty: none.',
    )
    line_from: Annotated[tuple[Source, ...], Field(strict=False), AfterValidator(kinds.once_each)] = Field(
        default=(LineSource.EXTENSION,),
        description="What tells the line of a ring; the first that knows a line decides, and if none does,"
        " the extension's line is taken. extension: `line` in [[extension]]. header: `line_header` against"
        " `header_values` in [[line]]. dialled: the number in To against `dialled` in [[line]].",
        min_length=1,
    )


class ExtensionTable(Table):
    """An extension of a PBX that this unit is."""

    id: Id = Field(
        description="Names this extension in `status`, in logs and for its password.", examples=["main"]
    )
    pbx: Id = Field(description="The id of its [[pbx]].", examples=["office"])
    user: Annotated[str, AfterValidator(kinds.USER)] = Field(
        description="The extension's number at the PBX, as text: zeros in front are kept.", examples=["601"]
    )
    auth_user: Annotated[str, AfterValidator(kinds.AUTH_USER)] = Field(
        default="",
        description="The user name for the password, where it is another one. Empty: the same as `user`.",
    )
    password: Password = Field(
        default=SecretStr(""),
        description="Better kept out of this file: in the systemd credential `<extension id>.password`, or in"
        " the environment as CALL_LIGHT_PASSWORD_<EXTENSION ID> (capitals, _ for -). The credential wins over"
        " the environment, the environment over this file. A file with a password must be private (0600).",
        json_schema_extra={"allowed": kinds.PASSWORD_ALLOWED},
    )
    line: Id = Field(description="The id of the [[line]] that it rings for.", examples=["main"])
    expiry_s: int = Field(
        default=120,
        ge=30,
        le=3600,
        description="How long a registration holds; 1.5 times this without a refresh counts as lost. Short,"
        " so that a PBX that restarted knows us again soon; below 60, many PBXes answer 423 (too brief).",
        json_schema_extra={"measure": "seconds"},
    )


class LineTable(Table):
    """A number that callers dial: one segment of the tower, in this order."""

    id: Id = Field(
        description="Names this line for [[extension]], in `status` and in logs.", examples=["main"]
    )
    label: Annotated[str, AfterValidator(kinds.LABEL)] = Field(
        description="What people read beside the segment.", examples=["Main"]
    )
    stages_s: Annotated[tuple[float, ...], Field(strict=False), AfterValidator(kinds.rising)] = Field(
        default=(0, 20, 45),
        description="The waits at which stages 1, 2 and 3 begin: just rang, waiting, past the line's limit."
        " Five rings are about 20 s.",
        json_schema_extra={
            "measure": "seconds",
            "allowed": kinds.STAGES_ALLOWED,
        },
    )
    queue: bool = Field(
        default=False,
        description="True if the PBX queues this line's callers and rings us again and again: the wait then"
        " goes on over the gaps.",
    )
    hold_s: float = Field(
        default=8,
        ge=1,
        le=120,
        allow_inf_nan=False,
        description="How long a queue's caller is kept between two rings: the queue's retry time and a margin"
        " (queues retry after 5 s by default).",
        json_schema_extra={"measure": "seconds"},
    )
    ring_limit_s: float = Field(
        default=600,
        ge=5,
        le=7200,
        allow_inf_nan=False,
        description="A ring older than this is cleared and said so: a PBX that died never ends its rings."
        " More than anyone lets a caller ring.",
        json_schema_extra={"measure": "seconds"},
    )
    priority: bool = Field(
        default=False,
        description="True if every caller of this line is urgent from the start (the doctors' line).",
    )
    header_values: Annotated[tuple[Matched, ...], Field(strict=False)] = Field(
        default=(),
        description="Values of `line_header` that mean this line, in any case.",
        max_length=VALUES_MAX,
    )
    dialled: Annotated[tuple[Matched, ...], Field(strict=False)] = Field(
        default=(), description="Numbers in To that mean this line, as text.", max_length=VALUES_MAX
    )


class Tables(BaseSettings):
    """The whole file. The order of the sources is: systemd's directories, the environment, the file."""

    model_config = SettingsConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        env_prefix=ENVIRONMENT_PREFIX,
        env_nested_delimiter="__",
    )

    unit: UnitTable = UnitTable()
    pbx: Annotated[tuple[PbxTable, ...], Field(strict=False)] = Field(
        default=(), json_schema_extra={"entries_max": PBX_MAX}
    )
    extension: Annotated[tuple[ExtensionTable, ...], Field(strict=False)] = Field(
        default=(), json_schema_extra={"entries_max": EXTENSIONS_MAX}
    )
    line: Annotated[tuple[LineTable, ...], Field(strict=False)] = Field(
        default=(), json_schema_extra={"entries_max": LINES_MAX}
    )
    pickup: PickupTable = PickupTable()
    sound: SoundTable = SoundTable()
    tower: Annotated[tuple[TowerTable, ...], Field(strict=False)] = Field(
        default=(), json_schema_extra={"entries_max": TOWERS_MAX}
    )
    gpio: GpioTable = GpioTable()
    bus: BusTable = BusTable()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put systemd's directories before the environment, and that before the file; there are no others."""
        del dotenv_settings, file_secret_settings
        given = InitSettingsSource(settings_cls, {"unit": systemd_directories(os.environ)})
        return given, env_settings, init_settings


def systemd_directories(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the directories that systemd made for this service, by setting (systemd.exec(5))."""
    found = {
        setting: environment.get(setting.upper(), "").split(":")[0]
        for setting in ("state_directory", "runtime_directory")
    }
    return {setting: path for setting, path in found.items() if path}
