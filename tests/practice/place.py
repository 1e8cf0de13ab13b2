"""The practice in which the demonstration plays: phone system, broker, and two places with a unit each."""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Final

from tests.peers.board import is_lit
from tests.peers.callers import Callers, running_callers, running_phone
from tests.peers.controller import plugged_in
from tests.peers.kamailio import Kamailio, Practice, running_kamailio
from tests.peers.live_board import LiveBoard, running_board
from tests.peers.mosquitto import Mosquitto, running_mosquitto
from tests.peers.program import private_folder
from tests.peers.talker import Talker, talker
from tests.peers.unit import Site, Table, Unit, knows, running_unit
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
SITE_FILE_SETTING: Final = "CALL_LIGHT__UNIT__SITE_FILE"


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

    broker: Mosquitto
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
        broker = running.enter_context(running_mosquitto())
        folder = running.enter_context(private_folder("site"))
        (folder / "site.toml").write_text(site_file())
        places = {}
        for name in DESK_PHONES:
            unit = running.enter_context(
                running_unit(
                    unit_configuration(name, kamailio, broker, passwords, tempo),
                    towers=[{"driver": "controller", "port": towers[name].port}],
                    environment={SITE_FILE_SETTING: str(folder / "site.toml")},
                )
            )
            places[name] = Place(name, unit, towers[name], phones[name])
        running.enter_context(
            running_phone(
                kamailio.address, COLLEAGUE, passwords[COLLEAGUE], at_tempo(COLLEAGUE_ANSWERS_MS, tempo)
            )
        )
        callers = running.enter_context(running_callers(kamailio.address))
        yield RunningPractice(broker, callers, places[FRONT], places[BACK])


@contextlib.contextmanager
def running_tower(kind: str) -> Iterator[Tower]:
    """The real firmware on an emulated board, or a board that has nothing but its buttons."""
    if kind == "emulated":
        with running_board() as board:
            yield Tower(str(board.port.resolve()), board.press, board.release, board)
    else:
        with plugged_in() as bare:
            yield Tower(bare.name, bare.press, partial(bare.press, down=False), None)


def site_file() -> str:
    """What both units know of the site."""
    rows = ["revision = 1"]
    for position, (line, judged) in enumerate(zip(LINES, judged_lines(1.0), strict=True), 1):
        rows += ["[[line]]", f'id = "{line}"', f'label = "{judged.label}"', f"position = {position}"]
    for name, phone in DESK_PHONES.items():
        extension = next(iter(LIGHTS[name]))
        rows += ["[[unit]]", f'id = "{name}"', f'extension = "{extension}"', f'target = "{phone}"']
    return "\n".join(rows) + "\n"


def unit_configuration(
    name: str, kamailio: Kamailio, broker: Mosquitto, passwords: Mapping[str, str], tempo: float
) -> Site:
    """A unit's configuration: one phone system, its own extensions, the bus."""
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
        others={"bus": broker.bus_table(name)},
    )
