"""When this unit sounds, as part of the settings tree (`tables`)."""

from typing import Annotated, Final

from pydantic import AfterValidator, Field

from appliance.config.table import Table

DELAY_S_MAX: Final = 600
"""Seconds by which a stage may sound later: ten minutes, after which nobody who waits is still there. More is
refused: a unit that is never to sound needs no buzzer."""

DELAYS_ALLOWED: Final = f"three numbers from 0 to {DELAY_S_MAX}"


def _delays(delays_s: tuple[float, ...]) -> tuple[float, ...]:
    """Allow three delays."""
    if len(delays_s) != 3 or not all(0 <= delay_s <= DELAY_S_MAX for delay_s in delays_s):
        raise ValueError(f"must be {DELAYS_ALLOWED}, e.g. [0, 0, 0]")
    return delays_s


class SoundTable(Table):
    """When this unit sounds. Light is never delayed."""

    delays_s: Annotated[tuple[float, ...], Field(strict=False), AfterValidator(_delays)] = Field(
        default=(0, 0, 0),
        description="How long after the beginning of stages 1, 2 and 3 this unit sounds, for callers of any"
        " unit: [30, 10, 0] in the back office leaves a caller to the desk at first. While the people of a"
        " unit that this one covers are away, it sounds at once.",
        json_schema_extra={"measure": "seconds", "allowed": DELAYS_ALLOWED},
    )
