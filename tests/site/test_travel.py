"""A site file is changed on one unit and travels to the others, over a real broker."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from appliance.bus.opening import Bus, Reply, open_bus
from appliance.clock import RealClock
from appliance.config import read
from appliance.core.board import Board
from appliance.core.events import Event, FaultCleared, FaultRaised, Offer, RingStarted
from appliance.core.words import ExtensionId, InstantMs, RingId
from appliance.log import Log
from appliance.site.copy import SITE_FAULT
from appliance.site.whole import write
from tests.peers.program import PATIENT_S, until
from tests.peers.site import Place, RunningSite, running_site, with_credentials


@dataclass
class Linked:
    """A unit's bus without the rest of the unit: what it told the board, and whether it ended the unit."""

    place: Place
    bus: Bus = field(init=False)
    board: Board = field(init=False)
    events: list[Event] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Who looks at the board, or changes it, does one thing at a time, as the unit's own thread does."""

    def start(self, log: Log) -> None:
        with with_credentials(self.place):
            configuration = read(self.place.configuration)
        self.board = Board(configuration.board)
        self.bus = open_bus(
            configuration, f"{configuration.name}-1", "0.1.0", RealClock(), log, self.events.append, self.ask,
            self.stopped.append, lambda: (True,),
        )  # fmt: skip
        self.bus.start()

    def ask(self, reply: Reply) -> None:
        with self.turn:
            reply(self.board.view(InstantMs(1.0)), InstantMs(1.0))

    def is_rung(self) -> None:
        """A caller waits from now on; what ended the unit before is forgotten."""
        with self.turn:
            offer = Offer(RingId("r1"), ExtensionId("ext-main"), "c1")
            self.board.receive(RingStarted(offer), InstantMs(0.0))
            self.stopped.clear()

    @property
    def text(self) -> str:
        file = self.place.folder / "site.toml"
        return file.read_text() if file.exists() else ""

    def faults(self) -> list[Event]:
        return [
            event
            for event in self.events
            if isinstance(event, FaultRaised | FaultCleared) and event.fault == SITE_FAULT
        ]


@pytest.fixture(scope="module")
def site() -> Iterator[RunningSite]:
    with running_site() as site:
        yield site


def test_a_change_on_one_unit_travels_and_each_unit_starts_again_when_nobody_waits(site: RunningSite) -> None:
    log = Log()
    front, back = Linked(site.front), Linked(site.added("back", "--target", "202"))
    front.start(log)
    back.start(log)
    try:
        until(lambda: back.text == front.text != "", PATIENT_S, "the new unit has the site's file")
        until(lambda: bool(back.stopped), PATIENT_S, "it starts again, to show the site's lines")

        changed = site.folder / "changed.toml"
        changed.write_text(front.text.replace('label = "Main"', 'label = "Reception"'))
        back.is_rung()
        said = site.command("change", changed)
        assert said.out.endswith("revision 3; it travels to the other units by itself\n")
        until(lambda: 'label = "Reception"' in back.text, PATIENT_S, "the other unit has the change")
        until(lambda: bool(front.stopped), PATIENT_S, "the unit where it was changed starts again")
        assert back.stopped == [], "a caller waits at this one"

        write(back.place.folder / "site.toml", back.text.replace("Reception", "Desk").encode())
        other = back.text.replace("revision = 3", "revision = 4")
        write(back.place.folder / "site.toml", other.encode())
        until(lambda: front.text == other, PATIENT_S, "a change on the other unit comes back")
        assert front.faults() == back.faults() == []
    finally:
        for one in (front, back):
            one.bus.leave()
            one.bus.join()
        log.close()
