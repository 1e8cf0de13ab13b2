"""How a button takes a caller, as part of the settings tree (`tables`)."""

from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr

from appliance.config import kinds
from appliance.config.table import FilePath, Password, Table

PHONE_HEADERS_MAX: Final = 4
"""Header lines for the desk phone: to answer by itself, a phone asks for one or two. A fifth is refused."""

Dialled = Annotated[str, AfterValidator(kinds.DIAL)]
HeaderLine = Annotated[str, AfterValidator(kinds.HEADER_LINE)]


class PickupTable(Table):
    """What happens when somebody presses a line's button while a caller waits there."""

    way: Literal["phone", "handset", "redirect", "dial", "none"] = Field(
        default="phone",
        description="phone: the unit answers, the caller hears ringback, the desk phone is called, and who"
        " lifts it has the caller. handset: the caller is put on the unit's own sound device. redirect: the"
        " PBX is told to ring the desk phone instead of the unit (302), which many queues forbid. dial: the"
        " desk phone is told over the network to dial the PBX's pickup code. none: no button takes anybody.",
    )
    target: Dialled = Field(
        default="",
        description="What the PBX dials to reach the desk phone beside this unit. Best an intercom number,"
        " behind which no voicemail answers. Empty: the target of this unit in the site file; without one, no"
        " button takes anybody.",
    )
    headers: Annotated[tuple[HeaderLine, ...], Field(strict=False)] = Field(
        default=(),
        description="Headers of the desk phone's call, with which it answers by itself, e.g."
        ' ["Call-Info: <sip:light>;answer-after=0"], where the PBX passes them on.',
        max_length=PHONE_HEADERS_MAX,
        json_schema_extra={"allowed": f"a list of at most {PHONE_HEADERS_MAX} header lines"},
    )
    answer_within_s: float = Field(
        default=15,
        ge=3,
        le=120,
        allow_inf_nan=False,
        description="How long the desk phone may ring. Then the caller is shown again, and anyone may take"
        " them.",
        json_schema_extra={"measure": "seconds"},
    )
    confirm: Literal["none", "key"] = Field(
        default="none",
        description="key: who answers must press 1, so that no voicemail gets the caller.",
    )
    return_target: Dialled = Field(
        default="",
        description="What the PBX dials for a caller whom the unit answered and nobody took: the ring group"
        " or queue again, or whoever is there always. Empty: they stay with the unit, and hear ringback.",
    )
    return_after_s: float = Field(
        default=60,
        ge=5,
        le=600,
        allow_inf_nan=False,
        description="After which time. If nobody answers there either, it is tried again after as long.",
        json_schema_extra={"measure": "seconds"},
    )
    phone_make: Literal["", "cisco", "grandstream", "poly", "snom", "yealink"] = Field(
        default="",
        description='With way = "dial": the make of the desk phone. Remote control must be allowed on it for'
        " this unit's address.",
    )
    phone_url: Annotated[str, AfterValidator(kinds.PHONE_URL)] = Field(
        default="", description='With way = "dial": where the desk phone is. Nothing else is contacted.'
    )
    phone_certificate: FilePath = Field(
        default="",
        description="With https: the PEM file of the phone's own certificate, which nobody else can show, as"
        " from `openssl s_client -connect 192.0.2.21:443 </dev/null | openssl x509`.",
    )
    phone_user: Annotated[str, AfterValidator(kinds.PHONE_USER)] = Field(
        default="", description="The user of the phone's pages, if it asks for one."
    )
    phone_password: Password = Field(
        default=SecretStr(""),
        description="The password of that user. Better kept out of this file: in the systemd credential"
        " `phone.password`, or in the environment as CALL_LIGHT_PHONE_PASSWORD; the first wins over the"
        " second, and that over this file.",
        json_schema_extra={"allowed": kinds.PASSWORD_ALLOWED},
    )
    pickup_code: Annotated[str, AfterValidator(kinds.PICKUP_CODE)] = Field(
        default="",
        description='With way = "dial": what the desk phone dials to get a caller who rings at one of this'
        " unit's extensions; {user} stands for the extension's user.",
    )
    handset_device: Annotated[str, AfterValidator(kinds.ALSA)] = Field(
        default="",
        description='With way = "handset": its sound device, letter by letter as `aplay -L` names it, for'
        ' instance "plughw:CARD=Handset,DEV=0". Empty: the machine\'s default.',
    )
    handset_key: Annotated[str, AfterValidator(kinds.HIDRAW)] = Field(
        default="",
        description='With way = "handset": the device by which a handset or headset on USB tells of its own'
        " key, or of the switch in its cradle, as the udev rules name it (`ls /dev/call-light-handset-*`)."
        " Putting it back ends the conversation, as `hook_switch` does. Empty: none.",
    )
