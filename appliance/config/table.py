"""What every table of the settings tree is, and the kinds of text that several of them hold."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, SecretStr

from appliance.config import kinds

FilePath = Annotated[str, AfterValidator(kinds.FILE)]
Password = Annotated[
    SecretStr, AfterValidator(lambda text: SecretStr(kinds.password(text.get_secret_value())))
]
"""Never shown by `str`, `repr`, an error or `show`."""


class Table(BaseModel):
    """A table of the file: unknown keys are refused, nothing can be changed after it was read."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)
