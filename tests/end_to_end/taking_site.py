"""A front desk and a back office that take callers: two whole units, a broker, a real Asterisk."""

import contextlib
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from appliance.tower.wire import HOOK
from tests.end_to_end.desk import Desk, Setting, usual_site
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.controller import FakeController
from tests.peers.mosquitto import Mosquitto, running_mosquitto
from tests.peers.program import PATIENT_S, private_folder, until
from tests.peers.sound_card import SoundCard
from tests.peers.talker import Talker, talker
from tests.peers.unit import Table, knows, running_unit
from tests.sip.engine_desk import engine_with

EXTENSIONS: Final[Mapping[str, tuple[str, ...]]] = {"front": ("601", "603"), "back": ("602",)}
PHONES: Final[Mapping[str, str]] = {"front": "21", "back": "22"}
CALLER_HZ, VOICES = 1000, {"front": 1700, "back": 2300}
RINGBACK: Final = (440, 480)
FRONT_RINGS: Final = "9601"
"""Callers who dial this ring at the front unit alone."""
NO_TRANSFER: Final = "9603"
"""The same, at an extension that may not transfer."""
HANDSET: Final = "handset"

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
    handset: SoundCard | None = None
    """The sound device of a unit that takes callers on a handset of its own."""

    def press(self) -> None:
        """A finger on the first line's button."""
        self.button.until_up()
        self.button.push(0)

    def hangs_up(self) -> None:
        """The handset was lifted, and is put back."""
        self.button.until_up()
        self.button.push(HOOK)

    def outcomes(self) -> list[str]:
        """How callers ended, as this unit's log has it."""
        words = self.desk.unit.program.log_file.read_text().split()
        return [word.removeprefix("outcome=") for word in words if word.startswith("outcome=")]

    def until_outcomes(self, count: int) -> list[str]:
        """Wait until the log has so many: it is written beside the tower."""
        until(lambda: len(self.outcomes()) >= count, PATIENT_S, f"{count} callers ended")
        return self.outcomes()

    def until_showed(self, look: str, since: int) -> None:
        """Wait until the first line has shown this, however briefly, since so many looks."""
        until(
            lambda: look in self.desk.looks()[since:],
            PATIENT_S,
            lambda: f"{look}, not {self.desk.looks()[since:]}",
        )


@dataclass(frozen=True, slots=True)
class Site:
    """Both places while a story is told."""

    asterisk: Asterisk
    broker: Mosquitto
    front: Place
    back: Place

    def begin(self) -> None:
        """Begin a story: nobody is there, both phones are free and answer, and both towers are dark."""
        self.clear()
        for place in (self.front, self.back):
            place.desk.shows(main="dark")

    def clear(self) -> None:
        """The same, though a tower may still show what was taken last."""
        for place in (self.front, self.back):
            place.phone.is_unplugged = False
            place.phone.until_free()
            place.phone.final, place.phone.answers_after_s = "200 OK", 0.0
            place.desk.unit.until_status(
                lambda report: report.calls == () == report.elsewhere, "nobody is there any more"
            )


def _card(folder: Path, hertz: int) -> SoundCard:
    folder.mkdir()
    return SoundCard(folder, HANDSET, hertz)


def unit_with(card: SoundCard) -> tuple[str, ...]:
    """The unit's program, with an engine that sees this sound card and no other."""
    seen = {"ALSA_CONFIG_PATH": str(card.configuration)}
    engine = engine_with(f"import os\nos.environ |= {seen}")
    statements = (
        "import sys\nfrom appliance.sip.link import EngineLink\n"
        f"EngineLink.__init__.__kwdefaults__['program'] = {engine!r}\n"
        "from appliance.cli import main\nsys.exit(main())"
    )
    return sys.executable, "-c", statements


@contextlib.contextmanager
def running_site(*, handsets: bool = False) -> Iterator[Site]:
    """Both places, registered, and each known to the other; with handsets in place of the desk phones."""
    with contextlib.ExitStack() as running:
        folder = running.enter_context(private_folder("site"))
        site_file = folder / "site.toml"
        site_file.write_text(re.sub("target = .*", "", SITE_FILE) if handsets else SITE_FILE)
        phones = {name: running.enter_context(talker(VOICES[name], PHONES[name])) for name in PHONES}
        passwords = {user: f"melon-{user}" for users in EXTENSIONS.values() for user in users}
        ports = {PHONES[name]: phone.port for name, phone in phones.items()}
        practice = AsteriskPractice(passwords, ports, {"603": "allow_transfer = no"})
        asterisk = running.enter_context(running_asterisk(practice))
        broker = running.enter_context(running_mosquitto())
        places = {}
        for name, users in EXTENSIONS.items():
            button = FakeController()
            running.callback(button.unplug)
            setting = Setting(extensions={})
            usual = usual_site([f"sip:{asterisk.address}"], setting)
            extensions: list[Table] = [
                {
                    "id": f"light-{user}", "pbx": "office", "line": "main",
                    "user": user, "password": passwords[user],
                }
                for user in users
            ]  # fmt: skip
            card = _card(folder / name, VOICES[name]) if handsets else None
            pickup: Table = {"way": "handset", "handset_device": HANDSET} if card else {"answer_within_s": 8}
            others = {"bus": broker.bus_table(name), "pickup": pickup}
            unit = running.enter_context(
                running_unit(
                    replace(usual, name=name, extensions=extensions, others=others),
                    program=None if card is None else unit_with(card),
                    towers=[{"driver": "controller", "port": button.name}],
                    environment={"CALL_LIGHT__UNIT__SITE_FILE": str(site_file)},
                )
            )
            places[name] = Place(Desk(unit), button, phones[name], card)
        for name, other in (("front", "back"), ("back", "front")):
            unit = places[name].desk.unit
            unit.until_registered()
            unit.until_status(partial(knows, other), f"{other} is on the bus")
        yield Site(asterisk, broker, **places)
