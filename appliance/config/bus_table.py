"""The settings of the bus, as part of the settings tree (`tables`)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from appliance.config import kinds
from appliance.config.table import FilePath, Password, Table

MaybeId = Annotated[str, AfterValidator(kinds.MAYBE_ID)]


class BusTable(Table):
    """How this unit meets the others: an MQTT 5 broker over TLS. Without a broker the unit works alone."""

    broker: Annotated[str, AfterValidator(kinds.ADDRESS)] = Field(
        default="",
        description="Where the broker is. A name is looked up at each attempt, so that a new address does not"
        " matter; the broker's certificate must bear it. This unit's name is its user there. Empty: no bus.",
    )
    port: int = Field(default=8883, ge=1, le=65535, description="The broker's port for MQTT over TLS.")
    ca_file: FilePath = Field(
        default="",
        description="The PEM file of the authority that signed the broker's certificate. Empty: the system's"
        " authorities.",
    )
    site: MaybeId = Field(default="", description="Names the site on the bus, the same for all of its units.")
    caller: Literal["none", "last4", "all"] = Field(
        default="none",
        description="How much of a caller's number goes into the events of the bus, for whoever may read them"
        " there: nothing, the last four digits, or all. It is never kept on the broker.",
    )
    password: Password = Field(
        default=SecretStr(""),
        description="This unit's password at the broker. Better kept out of this file: in the systemd"
        " credential `bus.password`, or in the environment as CALL_LIGHT_BUS_PASSWORD; the first wins over"
        " the second, and that over this file.",
        json_schema_extra={"allowed": kinds.PASSWORD_ALLOWED},
    )
    site_key: Password = Field(
        default=SecretStr(""),
        description="The site's key, by which two units know that they speak of one caller though no number"
        " travels; the same for all units, in the credential `site.key` or the environment's"
        " CALL_LIGHT_SITE_KEY. Empty: only the PBX's tag tells.",
        json_schema_extra={"allowed": kinds.PASSWORD_ALLOWED},
    )
