"""Configurations for tests: a good one, made wrong one line at a time."""

import os
from pathlib import Path

from appliance.config import Configuration, read
from appliance.errors import ConfigurationRefused

GOOD = """\
[unit]
name = "front"

[[pbx]]
id = "office"
registrars = ["sip:192.0.2.10"]

[[extension]]
id = "ext-main"
pbx = "office"
user = "601"
password = "open-sesame"
line = "main"

[[line]]
id = "main"
label = "Main"
stages_s = [0, 20, 45]

[[line]]
id = "doctors"
label = "Doctors"
dialled = ["0301234567"]

[[tower]]
driver = "terminal"
"""
"""Accepted, with one warning: no ring is placed by the number that was dialled."""


def written(folder: Path, text: str | bytes, mode: int = 0o600) -> Path:
    """A configuration file with this text."""
    file = folder / "unit.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    file.chmod(mode)
    return file


def accepted(folder: Path, text: str, mode: int = 0o600) -> Configuration:
    """What is read of this text."""
    return read(written(folder, text, mode))


def refusals(folder: Path, text: str | bytes) -> list[str]:
    """Each line that refuses this text, the file's name without its folder."""
    file = written(folder, text)
    try:
        read(file)
    except ConfigurationRefused as refused:
        return [line.replace(f"{folder}{os.sep}", "") for line in refused.lines]
    return []


def with_line(old: str, new: str) -> str:
    """The good configuration with one piece of it replaced."""
    assert GOOD.count(old) == 1, f"{old!r} must stand in the good configuration once"
    return GOOD.replace(old, new)
