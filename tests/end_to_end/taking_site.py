"""A front desk and a back office that take callers: two whole units, a broker, a real Asterisk."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tests.end_to_end.desk import Desk, Setting, usual_site
from tests.end_to_end.site import knows
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.controller import FakeController
from tests.peers.mosquitto import Mosquitto, running_mosquitto
from tests.peers.program import private_folder, until
from tests.peers.talker import Talker, talker
from tests.peers.unit import Table, running_unit

EXTENSIONS: Final[Mapping[str, str]] = {"front": "601", "back": "602"}
PHONES: Final[Mapping[str, str]] = {"front": "21", "back": "22"}
CALLER_HZ, VOICES = 1000, {"front": 1700, "back": 2300}
RINGBACK: Final = (440, 480)
FRONT_RINGS: Final = "9601"
"""Callers who dial this ring at the front unit alone."""

SITE_FILE: Final = """\
revision = 1
[[line]]
id = "main"
label = "Main"
position = 1
[[line]]
id = "doctors"
label = "Doctors"
position = 2
[[unit]]
id = "front"
extension = "601"
target = "21"
[[unit]]
id = "back"
extension = "602"
target = "22"
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit with a button, and the phone beside it."""

    desk: Desk
    button: FakeController
    phone: Talker

    def press(self) -> None:
        """A finger on the first line's button."""
        self.button.press(0)
        self.button.press(0, down=False)
        until(lambda: self.button.has_told_all, 5, "the press arrived")

    def outcomes(self) -> list[str]:
        """How callers ended, as this unit's log has it."""
        words = self.desk.unit.program.log_file.read_text().split()
        return [word.removeprefix("outcome=") for word in words if word.startswith("outcome=")]

    def until_outcomes(self, count: int) -> list[str]:
        """Wait until the log has so many: it is written beside the tower."""
        until(lambda: len(self.outcomes()) >= count, 5, f"{count} callers ended")
        return self.outcomes()

    def until_showed(self, look: str, since: int) -> None:
        """Wait until the first line has shown this, however briefly, since so many looks."""
        until(lambda: look in self.desk.looks()[since:], 5, f"{look}, not {self.desk.looks()[since:]}")


@dataclass(frozen=True, slots=True)
class Site:
    """Both places while a story is told."""

    asterisk: Asterisk
    broker: Mosquitto
    front: Place
    back: Place

    def begin(self) -> None:
        """Begin a story: both phones are free and answer, and both towers are dark."""
        for place in (self.front, self.back):
            place.phone.until_free()
            place.phone.final, place.phone.answers_after_s = "200 OK", 0.0
            place.desk.shows(main="dark")


@contextlib.contextmanager
def running_site() -> Iterator[Site]:
    """Both places, registered, and each known to the other."""
    with contextlib.ExitStack() as running:
        site_file = running.enter_context(private_folder("site")) / "site.toml"
        site_file.write_text(SITE_FILE)
        phones = {name: running.enter_context(talker(VOICES[name], PHONES[name])) for name in PHONES}
        passwords = {user: f"melon-{user}" for user in EXTENSIONS.values()}
        ports = {PHONES[name]: phone.port for name, phone in phones.items()}
        asterisk = running.enter_context(running_asterisk(AsteriskPractice(passwords, ports)))
        broker = running.enter_context(running_mosquitto())
        places = {}
        for name, user in EXTENSIONS.items():
            button = FakeController()
            running.callback(button.unplug)
            setting = Setting(line={"stages_s": (0, 60, 120)}, extensions={})
            usual = usual_site([f"sip:{asterisk.address}"], setting)
            extension: Table = {
                "id": f"light-{user}", "pbx": "office", "line": "main",
                "user": user, "password": passwords[user],
            }  # fmt: skip
            unit = running.enter_context(
                running_unit(
                    replace(usual, name=name, extensions=[extension], others={"bus": broker.bus_table(name)}),
                    towers=[{"driver": "controller", "port": button.name}],
                    environment={"CALL_LIGHT__UNIT__SITE_FILE": str(site_file)},
                )
            )
            places[name] = Place(Desk(unit), button, phones[name])
        for name, other in (("front", "back"), ("back", "front")):
            unit = places[name].desk.unit
            unit.until_registered()
            unit.until_status(partial(knows, other), f"{other} is on the bus")
        yield Site(asterisk, broker, **places)
