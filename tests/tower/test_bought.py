"""Bought towers, driven through their documented bytes: what is switched, when, and what when they fail."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.clock import RealClock, SteppedClock
from appliance.config.configuration import TowerSettings
from appliance.core.beats import STEP_MS
from appliance.core.effects import Sound
from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.core.picture import Picture, Segment, Showing, settle
from appliance.core.words import InstantMs
from appliance.tower.bought import BOUGHT, colours_of
from appliance.tower.buzzer import CHIRPS
from appliance.tower.driver import Driver
from appliance.tower.drivers import DRIVERS, open_towers
from appliance.tower.lamp_tower import RESEND_MS
from appliance.tower.lamps import LampColour, assign
from appliance.tower.patlite import ANSWER_MS_MAX, PatliteRefused
from appliance.tower.serial_port import PortTrouble
from tests.tower.bench import until, while_the_board_lives
from tests.tower.bought import Adafruit, Patlite, Relays, SerialTower

QUIET = Picture((Segment("Main"), Segment("Lab")))
WAITS = Segment("Main", Showing.WAITING, 1, 1)
URGENT = Segment("Main", Showing.URGENT, 3, 3)

OUTPUTS = {
    "relay-usb": ("yellow", "none", "buzzer", "green"),
    "patlite-net": ("red", "none", "green", "blue", "buzzer"),
}


def tower_settings(driver: str, where: str, outputs: tuple[str, ...] = ()) -> TowerSettings:
    """What the configuration makes of a tower beside two lines."""
    outputs = outputs or BOUGHT[driver].outputs
    lamps = assign(colours_of(outputs), 2, LampColour.GREEN)
    return TowerSettings(driver, port=where, address=where, outputs=outputs, lamps=lamps)


def opened(settings: TowerSettings) -> Driver:
    return DRIVERS[settings.driver](settings, SteppedClock(), lambda _event: None)


@pytest.fixture
def adafruit(tmp_path: Path) -> Iterator[Adafruit]:
    tower = Adafruit(tmp_path / "adafruit")
    yield tower
    if tower.name.exists():
        tower.unplug()


@pytest.fixture
def relays(tmp_path: Path) -> Iterator[Relays]:
    tower = Relays(tmp_path / "relays")
    yield tower
    tower.unplug()


@pytest.fixture
def patlite() -> Iterator[Patlite]:
    tower = Patlite()
    yield tower
    tower.unplug()


def day(driver: Driver, tower: SerialTower | Patlite) -> list[tuple[float, str]]:
    """All that a tower shows while a caller rings and becomes urgent, each with its step of the grid."""
    picture = QUIET
    seen: list[tuple[float, str]] = []
    wanted = {0: (QUIET.segments[0],), 7: (WAITS,), 14: (URGENT,), 20: (QUIET.segments[0],)}
    for begins, segments in wanted.items():
        now_ms = InstantMs(begins * STEP_MS)
        picture = settle(picture, Picture((*segments, QUIET.segments[1])), now_ms)
        if begins == 7:
            driver.play(Sound.ARRIVED)
        due_ms: InstantMs | None = now_ms
        ends_ms = {0: 7, 7: 14, 14: 20, 20: 22}[begins] * STEP_MS
        while due_ms is not None and due_ms < ends_ms:
            now_ms = due_ms
            due_ms = driver.draw(picture, now_ms)
            shows = (tower.hear() if isinstance(tower, SerialTower) else tower).shows
            if not seen or seen[-1][1] != shows:
                seen.append((round(now_ms / STEP_MS, 2), shows))
    return seen


BEEP = round(7 + CHIRPS[Sound.ARRIVED][0] / STEP_MS, 2)


def test_the_adafruit_tower_shows_a_caller_from_the_first_flash_to_the_last(adafruit: Adafruit) -> None:
    driver = opened(tower_settings("adafruit-usb", str(adafruit.name)))
    assert adafruit.hear().shows == "...."
    assert day(driver, adafruit) == [
        (0, "..G."), (7, ".YG!"), (BEEP, ".YG."), (10.5, "..G."),
        (16, "RYG."), (18, "..G."), (19, "RYG."), (20, "..G."),
    ]  # fmt: skip
    assert adafruit.unknown == b""
    driver.close()


def test_the_relays_switch_what_hangs_on_them(relays: Relays) -> None:
    driver = opened(tower_settings("relay-usb", str(relays.name), OUTPUTS["relay-usb"]))
    assert relays.hear().heard == bytes.fromhex("a00100a1 a00200a2 a00300a3 a00400a4")
    assert day(driver, relays) == [
        (0, "...4"), (7, "1.34"), (BEEP, "1..4"), (10.5, "...4"),
        (16, "1..4"), (18, "...4"), (19, "1..4"), (20, "...4"),
    ]  # fmt: skip
    assert relays.unknown == b""
    driver.close()


def test_the_patlite_tower_switches_its_tiers_with_one_acknowledged_command_each(patlite: Patlite) -> None:
    driver = opened(tower_settings("patlite-net", patlite.address, OUTPUTS["patlite-net"]))
    assert patlite.heard == [b"ABC\0\0\0", b"ABS\0\0\6\0\0\0\0\0\0"]
    assert day(driver, patlite) == [
        (0, "..G..."), (7, "..GB.!"), (BEEP, "..GB.."), (10.5, "..G..."),
        (16, "R.GB.."), (18, "..G..."), (19, "R.GB.."), (20, "..G..."),
    ]  # fmt: skip
    assert {command[6:] for command in patlite.heard[1:]} <= {bytes(lit) for lit in _states()}
    driver.close()


def _states() -> list[list[int]]:
    """All that may be commanded: each output on or off; none blinks by itself, and none is left as it is."""
    return [[number >> place & 1 for place in range(6)] for number in range(64)]


def test_a_chirp_goes_on_while_the_lamps_flash(adafruit: Adafruit) -> None:
    driver = opened(tower_settings("adafruit-usb", str(adafruit.name)))
    picture = settle(QUIET, Picture((WAITS, QUIET.segments[1])), InstantMs(0))
    driver.play(Sound.WAITING)
    seen = []
    due_ms: InstantMs | None = InstantMs(0)
    while due_ms is not None and due_ms < RESEND_MS:
        now_ms = due_ms
        due_ms = driver.draw(picture, now_ms)
        seen.append((round(now_ms), adafruit.hear().shows))
    assert seen == [
        (0, ".YG!"), (120, ".YG."), (240, ".YG!"), (360, ".YG."), (480, ".YG!"), (600, ".YG."),
        (625, "..G."), (1_250, ".YG."), (1_875, "..G."),
    ]  # fmt: skip
    driver.close()


def test_a_tower_that_somebody_else_switched_is_put_right_within_two_seconds(adafruit: Adafruit) -> None:
    driver = opened(tower_settings("adafruit-usb", str(adafruit.name)))
    assert driver.draw(QUIET, InstantMs(0)) == InstantMs(RESEND_MS)
    adafruit.hear()
    adafruit.take(bytes.fromhex("11 24"))
    assert adafruit.shows == "R..."
    driver.draw(QUIET, InstantMs(RESEND_MS - 1))
    assert adafruit.hear().shows == "R..."
    driver.draw(QUIET, InstantMs(RESEND_MS))
    assert adafruit.hear().shows == "..G."
    driver.close()


def test_an_unplugged_tower_is_a_fault_and_when_it_is_back_shows_everything_again(adafruit: Adafruit) -> None:
    told: list[Event] = []
    clock = RealClock()
    settings = tower_settings("adafruit-usb", str(adafruit.name))
    towers = open_towers([settings], ["Main", "Lab"], clock, told.append)
    towers.start()
    taken = Picture((Segment("Main", Showing.TAKEN), QUIET.segments[1]))

    def soon(met: Callable[[], bool]) -> None:
        while_the_board_lives(towers, clock, met)

    soon(lambda: adafruit.hear().shows == "R.G.")
    towers.show(settle(QUIET, taken, clock.now_ms()))
    soon(lambda: adafruit.hear().shows == ".YG.")
    adafruit.unplug()
    soon(lambda: towers.writers[0].fault is not None)
    assert adafruit.shows == ".YG."
    adafruit.on = [True, False, True, True]
    adafruit.plug_in()
    soon(lambda: adafruit.hear().shows == ".YG.")
    soon(lambda: towers.writers[0].fault is None)
    assert [type(event) for event in told] == [*[FaultRaised] * (len(told) - 1), FaultCleared]
    towers.close()
    until(lambda: adafruit.hear().shows == "....")


def test_a_port_that_another_program_has_is_refused(adafruit: Adafruit) -> None:
    driver = opened(tower_settings("adafruit-usb", str(adafruit.name)))
    with pytest.raises(PortTrouble, match="is used by another program"):
        opened(tower_settings("adafruit-usb", str(adafruit.name)))
    driver.close()
    opened(tower_settings("adafruit-usb", str(adafruit.name))).close()


def test_a_port_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PortTrouble, match="nothing-here is not there"):
        opened(tower_settings("relay-usb", str(tmp_path / "nothing-here")))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"\x15", "refuses the command"),
        (b"NAK", "answered 0x4e, which is no PNS"),
        (b"", "ended the connection"),
    ],
)
def test_a_tower_that_does_not_acknowledge_is_let_go(patlite: Patlite, answer: bytes, says: str) -> None:
    driver = opened(tower_settings("patlite-net", patlite.address))
    patlite.answers = lambda _due: answer or None
    if not answer:
        patlite.hang_up()
    with pytest.raises(PatliteRefused, match=says):
        driver.draw(QUIET, InstantMs(0))
    driver.close()


def test_a_tower_that_falls_silent_is_given_up_within_a_second(patlite: Patlite) -> None:
    driver = opened(tower_settings("patlite-net", patlite.address))
    patlite.answers = lambda _due: None
    clock = RealClock()
    began_ms = clock.now_ms()
    with pytest.raises(TimeoutError):
        driver.draw(QUIET, InstantMs(0))
    # A busy machine may add a second or two.
    assert ANSWER_MS_MAX * 0.9 < clock.now_ms() - began_ms < ANSWER_MS_MAX + 5_000
    driver.close()


def test_a_tower_of_an_older_kind_refuses_at_once_and_keeps_no_connection(patlite: Patlite) -> None:
    patlite.answers = lambda _due: b"\x15"
    with pytest.raises(PatliteRefused, match="begin with AB"):
        opened(tower_settings("patlite-net", patlite.address))
    patlite.answers = lambda due: due
    opened(tower_settings("patlite-net", patlite.address)).close()


def test_an_address_where_no_tower_is_refuses(patlite: Patlite) -> None:
    patlite.unplug()
    with pytest.raises(ConnectionRefusedError):
        opened(tower_settings("patlite-net", patlite.address))
    patlite.plug_in()
