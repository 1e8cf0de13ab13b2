"""`call-light check`: whether a configuration would be accepted, and what in it needs a look."""

import os
from pathlib import Path

from appliance.config import read
from appliance.errors import ExitCode, printable
from appliance.site.enrol import credentials_of
from appliance.status.client import site_differences
from appliance.streams import complain


def check(file: Path) -> int:
    """Say whether this configuration would be accepted, with the secrets that lie beside it for the service.

    Raises:
        ConfigurationRefused: with every reason, one line each.
    """
    secrets = credentials_of(file)
    if os.access(secrets, os.R_OK | os.X_OK):
        # As systemd hands them to the service: what is there must not be said to be missing.
        os.environ.setdefault("CREDENTIALS_DIRECTORY", str(secrets))
    configuration = read(file)
    for warning in (*configuration.warnings, *site_differences(configuration.runtime_directory)):
        complain(f"warning: {warning}")
    lines = ", ".join(line.id for line in configuration.board.lines)
    extensions = ", ".join(f"{one.id} at {one.pbx}" for one in configuration.engine.extensions)
    towers = ", ".join(tower.driver for tower in configuration.towers)
    said = f"unit {configuration.name}; lines {lines}; extensions {extensions}; towers {towers}"
    print(f"{printable(str(file))}: ok: {said}")
    return ExitCode.OK
