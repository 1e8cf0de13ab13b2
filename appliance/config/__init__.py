"""The unit's settings: declared in `tables`, read by `load`, handed on as a plain `Configuration`.

`read` does it in this process and loads pydantic for it; `read_apart` does it in a process of its own.
"""

from pathlib import Path

from appliance.config.apart import read_apart
from appliance.config.configuration import Configuration, TowerSettings

__all__ = ["Configuration", "TowerSettings", "read", "read_apart"]


def read(file: Path) -> Configuration:
    """Read and check a configuration.

    Raises:
        ConfigurationRefused: with every reason, one line each.
    """
    from appliance.config.convert import configuration_of
    from appliance.config.load import load

    return configuration_of(load(file))
