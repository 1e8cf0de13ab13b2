"""A press in the back office takes a caller who rings at the front desk: two units, a broker, an Asterisk."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import pytest

from tests.end_to_end.desk import Desk, Setting, usual_site
from tests.end_to_end.site import knows
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.controller import FakeController
from tests.peers.mosquitto import running_mosquitto
from tests.peers.program import until
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
    front: Place
    back: Place


@pytest.fixture(scope="module")
def whole_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site_file = tmp_path_factory.mktemp("site") / "site.toml"
    site_file.write_text(SITE_FILE)
    with contextlib.ExitStack() as running:
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
            others = {"bus": broker.bus_table(name)}
            unit = running.enter_context(
                running_unit(
                    replace(usual, name=name, extensions=[extension], others=others),
                    towers=[{"driver": "controller", "port": button.name}],
                    environment={"CALL_LIGHT__UNIT__SITE_FILE": str(site_file)},
                )
            )
            places[name] = Place(Desk(unit), button, phones[name])
        for name, other in (("front", "back"), ("back", "front")):
            unit = places[name].desk.unit
            unit.until_registered()
            unit.until_status(partial(knows, other), f"{other} is on the bus")
        yield Site(asterisk, **places)


@pytest.fixture
def site(whole_site: Site) -> Site:
    for place in (whole_site.front, whole_site.back):
        place.phone.until_free()
        place.phone.final, place.phone.answers_after_s = "200 OK", 0.0
        place.desk.shows(main="dark")
    return whole_site


@pytest.fixture
def caller() -> Iterator[Talker]:
    with talker(CALLER_HZ, "0301555") as one:
        yield one
        if one.is_connected:
            one.hang_up()


def test_a_press_in_the_back_office_puts_the_front_desks_caller_on_the_back_offices_phone(
    site: Site, caller: Talker
) -> None:
    ended = len(site.front.outcomes())
    before = len(site.front.desk.looks()), len(site.back.desk.looks())
    site.back.phone.answers_after_s = 0.5
    caller.dial(site.asterisk.address, FRONT_RINGS)
    site.front.desk.shows(main="stage 1")
    site.back.desk.shows(main="stage 1")
    site.back.press()
    caller.until_hears(*RINGBACK)
    caller.until_hears(VOICES["back"])
    site.back.phone.until_hears(CALLER_HZ)
    assert site.front.phone.got("INVITE") == []
    site.front.desk.shows(main="dark")
    site.back.desk.shows(main="dark")
    assert site.front.desk.looks()[before[0] :] == ["stage 1", "asked", "closing", "dark"]
    assert site.back.desk.looks()[before[1] :] == ["stage 1", "asked", "taken", "dark"]
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]
    assert site.back.outcomes() == []


def test_a_busy_phone_in_the_back_leaves_the_caller_shown_to_both_and_the_front_takes_them(
    site: Site, caller: Talker
) -> None:
    ended, looked = len(site.front.outcomes()), len(site.back.desk.looks())
    site.back.phone.final = "486 Busy Here"
    caller.dial(site.asterisk.address, FRONT_RINGS)
    site.back.desk.shows(main="stage 1")
    site.back.press()
    caller.until_hears(*RINGBACK)
    site.back.until_showed("failed", since=looked)
    site.back.desk.shows(main="stage 1")
    site.front.desk.shows(main="stage 1")
    site.front.press()
    caller.until_hears(VOICES["front"])
    site.front.desk.shows(main="dark")
    site.back.desk.shows(main="dark")
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]


def test_of_two_presses_at_the_same_instant_one_has_the_caller(site: Site, caller: Talker) -> None:
    ended = len(site.front.outcomes())
    rung = [len(place.phone.got("INVITE")) for place in (site.front, site.back)]
    caller.dial(site.asterisk.address, FRONT_RINGS)
    site.back.desk.shows(main="stage 1")
    for place in (site.front, site.back):
        place.press()
    caller.until_connected()
    until(lambda: site.front.phone.is_connected or site.back.phone.is_connected, 5, "somebody has the caller")
    winner = site.front if site.front.phone.is_connected else site.back
    winner.phone.until_hears(CALLER_HZ)
    site.front.desk.shows(main="dark")
    site.back.desk.shows(main="dark")
    rings = [len(place.phone.got("INVITE")) for place in (site.front, site.back)]
    assert sum(rings) == sum(rung) + 1
    assert site.front.until_outcomes(ended + 1)[ended:] == ["answered-here"]
