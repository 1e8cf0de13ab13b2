"""The practice in which the demonstration plays: phone system, broker, and two places with a unit each."""

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from appliance.site.file import SITE_FILE_NAME
from tests.peers.board import is_lit
from tests.peers.callers import Callers, running_callers, running_phone
from tests.peers.controller import plugged_in
from tests.peers.kamailio import Kamailio, Practice, running_kamailio
from tests.peers.live_board import LiveBoard, running_board
from tests.peers.site import Place as Machine
from tests.peers.site import RunningSite, started_site
from tests.peers.talker import Talker, talker
from tests.peers.unit import STATE, Site, Table, Unit, knows, new_unit
from tests.practice.morning import (
    BACK,
    COLLEAGUE,
    COLLEAGUE_ANSWERS_MS,
    DESK_PHONE_ANSWERS_MS,
    FRONT,
    GROUPS,
    LINES,
    at_tempo,
    judged_lines,
    light_of,
)

LIGHTS: Final = MappingProxyType(
    {FRONT: {light_of(line): line for line in LINES}, BACK: {"620": "appointments"}}
)
"""Each unit's extensions and their lines. Nobody who calls in rings at the back's: what the back office shows
of callers, it knows from the bus."""
DESK_PHONES: Final = MappingProxyType({FRONT: "31", BACK: "32"})
VOICES_HZ: Final = MappingProxyType({FRONT: 1700, BACK: 2300})
"""What is said at each desk phone. Callers say again what they hear: who hears their own voice there is
connected to the caller, both ways."""
RING_LIMIT_S: Final = 20
"""When the units clear rings of which nothing is known any more; no caller here waits so long."""
READY_WITHIN_S: Final = 20


@dataclass(frozen=True, slots=True)
class Tower:
    """What a unit's cable leads to: lights, and buttons under people's fingers."""

    port: str
    press: Callable[[int], None]
    release: Callable[[int], None]
    board: LiveBoard | None
    """Whose pixels are decoded; None for a board without firmware."""

    def glows(self) -> bool:
        """Whether it shows that its unit lives, as far as is seen of it."""
        return self.board is None or is_lit(self.board.chain[0])


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the practice where people work: a unit with its tower, and the desk phone beside it."""

    name: str
    unit: Unit
    tower: Tower
    phone: Talker

    @property
    def voice_hz(self) -> int:
        return VOICES_HZ[self.name]


@dataclass(frozen=True, slots=True)
class RunningPractice:
    """All that runs while mornings are played."""

    site: RunningSite
    callers: Callers
    front: Place
    back: Place

    def until_ready(self) -> None:
        """Wait until every extension is registered, and the units know each other."""
        for place in self.places:
            # Two units start at once, each with an engine of its own.
            place.unit.until_registered(READY_WITHIN_S)
        self.front.unit.until_status(partial(knows, BACK), "the back is on the bus", READY_WITHIN_S)
        self.back.unit.until_status(partial(knows, FRONT), "the front is on the bus", READY_WITHIN_S)

    @property
    def places(self) -> tuple[Place, Place]:
        return self.front, self.back

    def is_agreed(self) -> bool:
        """Whether the broker answers both units, and each knows of the other."""
        return knows(BACK, self.front.unit.status()) and knows(FRONT, self.back.unit.status())


@contextlib.contextmanager
def running_practice(tempo: float, tower: str) -> Iterator[RunningPractice]:
    """A practice whose units have just been started; `tower` is "emulated" or "terminal"."""
    users = (*LIGHTS[FRONT], *LIGHTS[BACK], COLLEAGUE)
    passwords = {user: secrets.token_hex(8) for user in users}
    with contextlib.ExitStack() as running:
        phones = {
            name: running.enter_context(talker(VOICES_HZ[name], number))
            for name, number in DESK_PHONES.items()
        }
        for phone in phones.values():
            phone.answers_after_s = at_tempo(DESK_PHONE_ANSWERS_MS, tempo) / 1000
        ports = {DESK_PHONES[name]: phone.port for name, phone in phones.items()}
        towers = {name: running.enter_context(running_tower(tower)) for name in DESK_PHONES}
        # Behind a proxy the caller's own agent would be told to dial: the unit stays in between.
        practice = Practice(passwords, GROUPS, phones=ports, transfers=False)
        kamailio = running.enter_context(running_kamailio(practice))
        units = {
            name: running.enter_context(
                new_unit(
                    unit_configuration(name, kamailio, passwords, tempo),
                    towers=[{"driver": "controller", "port": towers[name].port}],
                )
            )
            for name in DESK_PHONES
        }
        machines = {name: Machine(unit.folder) for name, unit in units.items()}
        site = running.enter_context(started_site(machines[FRONT]))
        where = ("--extension", next(iter(LIGHTS[BACK])), "--target", DESK_PHONES[BACK])
        enrolment = site.let_in(BACK, *where)
        # A unit that gets another site file ends for it, and systemd, which starts it again, is not here: the
        # front starts when the back has its place, and the back gets by hand what it would get over the bus.
        shutil.copy(machines[FRONT].folder / STATE / SITE_FILE_NAME, machines[BACK].folder / STATE)
        running.callback(units[FRONT].stop)
        units[FRONT].start()
        running.enter_context(
            running_phone(
                kamailio.address, COLLEAGUE, passwords[COLLEAGUE], at_tempo(COLLEAGUE_ANSWERS_MS, tempo)
            )
        )
        callers = running.enter_context(running_callers(kamailio.address))
        site.enrolled(enrolment, machines[BACK])
        running.callback(units[BACK].stop)
        units[BACK].start()
        places = {name: Place(name, unit, towers[name], phones[name]) for name, unit in units.items()}
        yield RunningPractice(site, callers, places[FRONT], places[BACK])


@contextlib.contextmanager
def running_tower(kind: str) -> Iterator[Tower]:
    """The real firmware on an emulated board, or a board that has nothing but its buttons."""
    if kind == "emulated":
        with running_board() as board:
            yield Tower(str(board.port.resolve()), board.press, board.release, board)
    else:
        with plugged_in() as bare:
            yield Tower(bare.name, bare.press, partial(bare.press, down=False), None)


def unit_configuration(name: str, kamailio: Kamailio, passwords: Mapping[str, str], tempo: float) -> Site:
    """A unit's configuration, which knows of no site yet: one phone system, its own extensions."""
    extensions: list[Table] = [
        {
            "id": f"light-{user}",
            "pbx": "practice",
            "user": user,
            "password": passwords[user],
            "line": line,
        }
        for user, line in LIGHTS[name].items()
    ]
    lines: list[Table] = [
        {
            "id": line,
            "label": judged.label,
            "stages_s": [wait / 1000 for wait in judged.thresholds_ms],
            "ring_limit_s": RING_LIMIT_S,
        }
        for line, judged in zip(LINES, judged_lines(tempo), strict=True)
    ]
    return Site(
        pbxes=[{"id": "practice", "registrars": [f"sip:{kamailio.address}"], "transport": "udp"}],
        extensions=extensions,
        lines=lines,
        name=name,
        # The back's is in the site file: `site add-unit` says it.
        others={"pickup": {"target": DESK_PHONES[FRONT]}} if name == FRONT else {},
    )
