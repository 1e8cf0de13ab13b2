"""How this machine may listen to its site: what `call-light enrol` left here, and nothing else of a unit."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from appliance.bus.settings import BusSettings
from appliance.config.bus_table import BusTable
from appliance.config.passwords import given_secrets
from appliance.errors import CallLightError, ConfigurationRefused
from appliance.site.enrol import credentials_of


def listening_settings(file: Path) -> BusSettings:
    """Return how to reach the broker. A machine that only watches has but [unit] and [bus] in its file.

    Raises:
        CallLightError: this machine is in no site, or this user may not speak for it.
    """
    try:
        raw: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationRefused(
            f"{file}: there is no such file; `call-light enrol FILE` makes it"
        ) from None
    except PermissionError:
        raise ConfigurationRefused(f"{file}: this user may not read it; run as root") from None
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationRefused(f"{file}: cannot be read: {error}") from None
    folder = os.environ.get("CREDENTIALS_DIRECTORY") or str(credentials_of(file))
    secrets, problems = given_secrets({**os.environ, "CREDENTIALS_DIRECTORY": folder}, ["bus"])
    if problems:
        raise CallLightError(f"{folder}: {problems[0].text}; run as root")
    try:
        bus = BusTable(**{**raw.get("bus", {}), **{name: text for (_, name), (text, _) in secrets.items()}})
        unit = str(raw.get("unit", {}).get("name", "front"))
    except (ValidationError, AttributeError, TypeError):
        raise ConfigurationRefused(f"{file}: [bus] is refused; `call-light check` says why") from None
    if not (bus.broker and bus.site):
        raise ConfigurationRefused(f"{file}: [bus] names no broker, so this machine is in no site; enrol it")
    return BusSettings(
        broker=bus.broker,
        port=bus.port,
        ca_file=bus.ca_file,
        site=bus.site,
        unit=unit,
        password=bus.password.get_secret_value(),
    )
