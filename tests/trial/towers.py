"""The towers of the trial, each as a configuration, so that their legends are the product's own."""

from dataclasses import dataclass
from pathlib import Path

from appliance.config import Configuration
from appliance.legend.content import Legend, TowerLegend, legend_of
from tests.config.files import accepted

LABELS = ("Main", "Lab", "Doctors", "Recipes", "Nurse", "Billing", "Surgery", "Home visits")


@dataclass(frozen=True)
class TrialTower:
    """One tower of the trial."""

    name: str
    line_count: int
    settings: str

    @property
    def labels(self) -> tuple[str, ...]:
        return LABELS[: self.line_count]

    def configuration(self, folder: Path) -> Configuration:
        """What a unit with this tower alone is configured as."""
        lines = "".join(
            f'\n[[line]]\nid = "l{place}"\nlabel = "{label}"\nqueue = true\n'
            for place, label in enumerate(self.labels)
        )
        return accepted(
            folder,
            '[[pbx]]\nid = "office"\nregistrars = ["sip:192.0.2.10"]\n'
            '\n[[extension]]\nid = "e"\npbx = "office"\nuser = "601"\npassword = "x"\nline = "l0"\n'
            f"{lines}\n[[tower]]\n{self.settings}\n",
        )

    def legend(self, folder: Path) -> Legend:
        """The legend that a reader gets."""
        return legend_of(self.configuration(folder))

    def only(self, folder: Path) -> TowerLegend:
        """The part of it that is about the tower."""
        (tower,) = self.legend(folder).towers
        return tower


_RELAYS = 'driver = "relay-usb"\nport = "/dev/ttyUSB0"\n'

TOWERS = (
    TrialTower("pixels-2", 2, 'driver = "controller"'),
    TrialTower("pixels-8", 8, 'driver = "controller"'),
    TrialTower("lamps-1", 2, f'{_RELAYS}lamps = ["white"]\nalive_lamp = "none"'),
    TrialTower("lamps-3", 2, 'driver = "adafruit-usb"\nport = "/dev/ttyUSB0"'),
    TrialTower("lamps-4", 4, f'{_RELAYS}lamps = ["yellow", "blue", "white", "green"]'),
)
