"""Proof of life: an echo that comes back, and nothing else."""

from typing import Final

from appliance.bus.life import ECHO_EVERY_MS, ECHO_PATIENCE_MS, GRACE_MS, REBUILD_MS, Life, Rebuild, SendEcho
from appliance.core.bus_events import BusBack, BusLost
from appliance.core.words import InstantMs


class Bus:
    """A bus that lives on a stepped clock; what it does is kept with its second."""

    def __init__(self) -> None:
        self.life: Final = Life(InstantMs(0))
        self.now_ms = InstantMs(0)
        self.did: list[tuple[float, object]] = []

    def pass_to(self, until_s: float, *, echoes: bool = False) -> None:
        """Let time pass to this second, turn by turn as the life itself wants; `echoes` come back at once."""
        until_ms = InstantMs(until_s * 1000)
        while True:
            for due in self.life.turn(self.now_ms):
                self.did.append((self.now_ms / 1000, due))
                if echoes and isinstance(due, SendEcho):
                    self.did += [(self.now_ms / 1000, one) for one in self.life.echoed(due.count)]
            if self.now_ms >= until_ms:
                return
            self.now_ms = min(until_ms, max(self.life.due_ms, InstantMs(self.now_ms + 1)))

    def told(self) -> list[tuple[float, object]]:
        """What the board was told, with its second."""
        return [(at_s, one) for at_s, one in self.did if isinstance(one, BusBack | BusLost)]

    def rebuilt(self) -> list[float]:
        return [at_s for at_s, one in self.did if isinstance(one, Rebuild)]


def living() -> Bus:
    bus = Bus()
    bus.life.connected(InstantMs(0))
    bus.pass_to(25, echoes=True)
    assert bus.told() == [(0, BusBack())]
    assert not bus.life.is_lost
    return bus


def test_a_broker_that_answers_is_told_once_and_asked_again_and_again() -> None:
    bus = living()
    every_s = ECHO_EVERY_MS / 1000
    assert [at_s for at_s, one in bus.did if isinstance(one, SendEcho)] == [0, every_s, 2 * every_s]


def test_a_broker_that_was_never_there_is_lost_after_the_grace_and_built_anew_once_a_minute() -> None:
    bus = Bus()
    bus.life.disconnected("refused", InstantMs(0))
    bus.pass_to(130)
    assert bus.told() == [(GRACE_MS / 1000, BusLost("refused"))]
    assert bus.rebuilt() == [REBUILD_MS / 1000, 2 * REBUILD_MS / 1000]


def test_a_connection_that_comes_back_within_the_grace_makes_nobody_unsure() -> None:
    bus = living()
    bus.life.disconnected("reset", bus.now_ms)
    bus.pass_to(27)
    bus.life.connected(bus.now_ms)
    bus.pass_to(40, echoes=True)
    assert bus.told() == [(0, BusBack())]


def test_a_broker_that_is_restarted_later_is_lost_and_back() -> None:
    bus = living()
    bus.life.disconnected("reset", bus.now_ms)
    bus.pass_to(32)
    assert bus.life.is_lost
    bus.life.connected(bus.now_ms)
    bus.pass_to(40, echoes=True)
    assert bus.told()[1:] == [(28, BusLost("reset")), (32, BusBack())]


def test_a_broker_that_freezes_with_its_connection_open_is_found_by_its_silence() -> None:
    bus = living()
    bus.pass_to(60)
    silent_s = 30 + ECHO_PATIENCE_MS / 1000
    assert bus.told()[1:] == [(silent_s, BusLost("the broker does not answer"))]
    assert bus.rebuilt() == [silent_s]


def test_a_connection_without_an_echo_is_no_life() -> None:
    bus = Bus()
    bus.life.connected(InstantMs(0))
    bus.pass_to(4)
    assert bus.told() == [(GRACE_MS / 1000, BusLost("no connection yet"))]


def test_an_echo_of_before_proves_nothing() -> None:
    bus = living()
    bus.pass_to(30)
    assert bus.life.echoed(1) == ()
    bus.pass_to(35.001)
    assert bus.life.is_lost
    assert bus.life.echoed(4) == ()
