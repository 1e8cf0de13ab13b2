"""A validated configuration as plain frozen data: what the unit works with after the file was read.

It imports nothing of the settings tree, so that a process which is handed one never loads pydantic.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from appliance.bus.settings import BusSettings
from appliance.core.settings import BoardSettings
from appliance.core.words import ExtensionId
from appliance.phone.settings import PhoneSettings
from appliance.sip.settings import EngineSettings
from appliance.site.plan import SitePlan
from appliance.tower.lamps import Lamp
from appliance.tower.pins import PinSettings


@dataclass(frozen=True, slots=True)
class TowerSettings:
    """One tower: the driver's name and what that driver takes."""

    driver: str
    bell: bool = False
    """Terminal only: sounds ring the terminal's bell."""
    port: str = ""
    """Towers at a serial port: its path; empty to look for the tower, where the driver can."""
    file: str = ""
    """Recorder only: the file that pictures are appended to."""
    address: str = ""
    """Bought towers on the network: the address."""
    outputs: tuple[str, ...] = ()
    """Bought towers: what hangs on each output, a colour or another word of `tower.bought`."""
    lamps: tuple[Lamp, ...] = ()
    """Lamp towers: what each lamp is for, in the order of the outputs."""
    pins: PinSettings | None = None
    """Pins of the Pi only: what hangs on them."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The whole configuration of a unit."""

    name: str
    state_directory: Path
    runtime_directory: Path
    board: BoardSettings
    engine: EngineSettings
    """Without the Contact marks, which are no settings; see `engine_settings`."""
    towers: tuple[TowerSettings, ...]
    own_lines: tuple[str, ...] = ()
    """The lines that the unit shows whatever the site file says."""
    site_file: Path = Path()
    """Where the site file lies, or would."""
    site: SitePlan | None = None
    """What it says; None for a unit that has none."""
    bus: BusSettings | None = None
    """The broker; None for a unit that works alone."""
    phone: PhoneSettings | None = None
    """The desk phone that is told to dial; None where none is."""
    handset_key: str = ""
    """The device by which a handset tells that it was put back; empty where none is read."""
    warnings: tuple[str, ...] = ()
    """What is allowed and yet worth a person's look, one line each."""

    def engine_settings(self, marks: Mapping[ExtensionId, str]) -> EngineSettings:
        """Return what the engine must know, each extension with its Contact mark."""
        accounts = tuple(replace(one, mark=marks[one.id]) for one in self.engine.extensions)
        return replace(self.engine, extensions=accounts)
