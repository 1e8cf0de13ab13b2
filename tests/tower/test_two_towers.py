"""Two towers of one unit, both bought: one at the desk and a beacon in the corridor, through a whole call.

The board is real and so are the writers and the drivers; the test is the thread of all of them, on a clock of
its own. The towers are those of `bought`.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.clock import SteppedClock
from appliance.config.configuration import TowerSettings
from appliance.core.effects import Sound
from appliance.core.events import Event
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.bought import colours_of
from appliance.tower.drivers import open_towers
from appliance.tower.lamps import Lamp, LampColour, assign
from appliance.unit import BEAT_MS
from tests.core.desk import COLLEAGUE_ANSWERED, Desk
from tests.tower.bought import Adafruit, Patlite, SerialTower

DESK = ("red", "yellow", "green", "buzzer")
CORRIDOR = ("white", "green")


class Practice:
    """A board, its two towers, and what each of them showed, by the second."""

    def __init__(self, at_desk: Adafruit, in_corridor: Patlite) -> None:
        self.desk = Desk.registered()
        self.clock = SteppedClock()
        self.lamps: dict[SerialTower | Patlite, list[tuple[float, str]]] = {at_desk: [], in_corridor: []}
        settings = [
            TowerSettings("adafruit-usb", port=str(at_desk.name), lamps=_lamps(DESK)),
            TowerSettings(
                "patlite-net", address=in_corridor.address, outputs=CORRIDOR, lamps=_lamps(CORRIDOR)
            ),
        ]
        self._posted: list[Event] = []
        self.towers = open_towers(settings, ["Main", "Lab"], self.clock, self._posted.append)
        self.towers.show(self.desk.board.picture)
        self._sounded = 0

    def until(self, at_s: float) -> None:
        """Let the day go on until this second; whatever is due happens at its own instant."""
        while True:
            now_ms = self.clock.now_ms()
            self.desk.wait_until(now_ms / 1000)
            while self._posted:
                self.desk.tell(self._posted.pop(0))
            self.towers.beat(now_ms)
            self.towers.show(self.desk.board.picture)
            self._play()
            dues = [writer.turn(now_ms) for writer in self.towers.writers]
            self._look(now_ms)
            waits = [due for due in (*dues, self.desk.board.deadline_ms) if due is not None and due > now_ms]
            due_ms = now_ms if self._posted else min(*waits, InstantMs(now_ms + BEAT_MS))
            if due_ms > at_s * 1000:
                break
            self.clock.step(DurationMs(due_ms - now_ms))
        self.clock.step(DurationMs(at_s * 1000 - self.clock.now_ms()))

    def saw(self, tower: SerialTower | Patlite) -> list[tuple[float, str]]:
        """What this tower showed since it was last asked, and from which second on."""
        seen, self.lamps[tower] = self.lamps[tower], self.lamps[tower][-1:]
        return seen

    def end(self) -> None:
        """Stop the unit: the lights go out."""
        for writer in self.towers.writers:
            writer.close()
            assert writer.turn(self.clock.now_ms()) is None
        self._look(self.clock.now_ms())

    def _play(self) -> None:
        for _, sound in self.desk.sounds[self._sounded :]:
            self.towers.play(Sound(sound))
        self._sounded = len(self.desk.sounds)

    def _look(self, now_ms: InstantMs) -> None:
        for tower, seen in self.lamps.items():
            if isinstance(tower, SerialTower) and tower.name.exists():
                tower.hear()
            if not seen or seen[-1][1] != tower.shows:
                seen.append((round(now_ms / 1000, 2), tower.shows))


def _lamps(outputs: tuple[str, ...]) -> tuple[Lamp, ...]:
    return assign(colours_of(outputs), 2, LampColour.GREEN)


@pytest.fixture
def at_desk(tmp_path: Path) -> Iterator[Adafruit]:
    tower = Adafruit(tmp_path / "desk")
    yield tower
    tower.unplug()


@pytest.fixture
def in_corridor() -> Iterator[Patlite]:
    tower = Patlite("WG")
    yield tower
    tower.unplug()


def test_a_beacon_in_the_corridor_shows_the_same_call_and_tells_of_the_tower_at_the_desk(
    at_desk: Adafruit, in_corridor: Patlite
) -> None:
    practice = Practice(at_desk, in_corridor)
    practice.until(5)
    assert practice.saw(at_desk) == [(0, "..G.")]
    assert practice.saw(in_corridor) == [(0, ".G.")]
    # A caller rings: both towers flash on one beat; only the desk has a buzzer.
    practice.desk.rings("anna", on="lab", at_s=5)
    practice.until(8)
    assert practice.saw(at_desk) == [
        (0, "..G."), (5, ".YG!"), (5.28, ".YG."), (5.62, "..G."), (6.25, ".YG."), (6.88, "..G."),
        (7.5, ".YG."),
    ]  # fmt: skip
    assert practice.saw(in_corridor) == [
        (0, ".G."), (5, "WG."), (5.62, ".G."), (6.25, "WG."), (6.88, ".G."), (7.5, "WG."),
    ]  # fmt: skip
    # The cable at the desk comes out: that tower is stuck, and the alive lamp in the corridor dips for it.
    at_desk.unplug()
    practice.until(13.5)
    assert practice.saw(at_desk) == [(7.5, ".YG.")]
    assert practice.saw(in_corridor) == [
        (7.5, "WG."), (8.12, ".G."), (8.75, "WG."), (9.38, ".G."), (10, "WG."), (10.36, "W.."),
        (10.62, "..."), (10.71, ".G."), (11.25, "WG."), (11.88, ".G."), (12.5, "WG."), (12.86, "W.."),
        (13.12, "..."), (13.21, ".G."),
    ]  # fmt: skip
    # It is back: the writer tries again at its next turn, and both towers flash on one beat as before.
    at_desk.plug_in()
    practice.until(17)
    assert practice.saw(at_desk)[-3:] == [(15.62, "..G."), (16.25, ".YG."), (16.88, "..G.")]
    assert practice.saw(in_corridor)[-3:] == [(15.62, ".G."), (16.25, "WG."), (16.88, ".G.")]
    practice.desk.cancelled("anna", COLLEAGUE_ANSWERED, at_s=17)
    practice.until(21)
    assert (practice.saw(at_desk), practice.saw(in_corridor)) == ([(16.88, "..G.")], [(16.88, ".G.")])
    practice.end()
    assert (at_desk.shows, in_corridor.shows) == ("....", "...")
