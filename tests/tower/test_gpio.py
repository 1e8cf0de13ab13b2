"""Lamps, buzzer and buttons on the pins of a mock header: every write in its order, every pin that fails."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from gpiozero import DigitalOutputDevice

from appliance.clock import RealClock, SteppedClock
from appliance.core.beats import HALF_STEP_MS, STEP_MS
from appliance.core.effects import Sound
from appliance.core.events import ButtonPressed, ButtonReleased, Event, FaultCleared, FaultRaised
from appliance.core.frames import lamps_at
from appliance.core.lamps import ButtonLamp, LampLook
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.words import Button, InstantMs
from appliance.tower import gpio
from appliance.tower.buzzer import CHIRPS
from appliance.tower.declared import shutdown_picture
from appliance.tower.gpio import RESEND_MS, GpioTower, NoPins, open_gpio
from appliance.tower.pins import PinSettings, pin_lamps
from tests.core.test_picture_limits import ONE_OF_EACH
from tests.tower.bench import until
from tests.tower.pins import Header

MAIN, LAB, BEACON, ALIVE, BUZZER, BUTTON, BUTTON_LAMP, MUTE, MUTE_LAMP = 17, 27, 22, 4, 11, 5, 12, 19, 16

SETTINGS = PinSettings(
    "/tmp",
    lamps=pin_lamps(((MAIN,), (LAB, 10)), BEACON, ALIVE, 2),
    buzzer=BUZZER,
    buttons=((Button.LINE_1, BUTTON), (Button.MUTE, MUTE)),
    button_lamps=((Button.LINE_1, BUTTON_LAMP), (Button.MUTE, MUTE_LAMP)),
)
QUIET = (Segment("Main"), Segment("Lab"))
WAITS = (Segment("Main", Showing.WAITING, 1, 1), Segment("Lab"))


def shown(*segments: Segment, overlay: Overlay = Overlay.NONE, lamps: tuple[ButtonLamp, ...] = ()) -> Picture:
    return settle(Picture(()), Picture(segments, overlay=overlay, lamps=lamps), InstantMs(0))


class Desk:
    """A tower on a mock header, drawn by the test."""

    def __init__(self, settings: PinSettings = SETTINGS) -> None:
        self.header = Header()
        self.clock = SteppedClock()
        self.told: list[Event] = []
        self.tower = GpioTower(settings, self.header.factory, self.clock, self.told.append)
        self.header.forget()

    def draw(self, picture: Picture, at_ms: float = 0) -> InstantMs | None:
        return self.tower.draw(picture, InstantMs(at_ms))

    def lit(self, *pins: int) -> str:
        return "".join(".#"[self.header.is_high(pin)] for pin in pins)


@pytest.fixture
def desk() -> Iterator[Desk]:
    one = Desk()
    yield one
    one.tower.close()


def test_all_lamps_of_a_picture_change_in_one_pass_and_no_other_pin_is_written(desk: Desk) -> None:
    desk.draw(shown(*QUIET))
    desk.header.forget()
    off = ButtonLamp()
    lamps = (ButtonLamp(LampLook.TAKEABLE), off, ButtonLamp(LampLook.STEADY), off, off)
    desk.draw(shown(*WAITS, lamps=lamps), at_ms=1)
    assert desk.header.written == [(MAIN, True), (BEACON, True), (BUTTON_LAMP, True), (MUTE_LAMP, True)]


def test_a_tower_is_dark_until_its_first_picture_and_lets_go_of_its_pins_at_the_end() -> None:
    desk = Desk()
    assert desk.lit(MAIN, LAB, 10, BEACON, ALIVE, BUZZER, BUTTON_LAMP, MUTE_LAMP) == "." * 8
    desk.draw(shown(*QUIET))
    assert desk.lit(MAIN, LAB, 10, BEACON, ALIVE, BUZZER, BUTTON_LAMP, MUTE_LAMP) == "....#..."
    desk.draw(shutdown_picture(["Main", "Lab"]), 1)
    assert desk.lit(ALIVE) == "."
    desk.tower.close()
    assert [desk.header.pin(pin).function for pin in (MAIN, ALIVE, BUZZER)] == ["input"] * 3


def test_every_lamp_of_a_line_lights_with_it_and_the_beacon_with_the_most_urgent_of_all(desk: Desk) -> None:
    picture = shown(Segment("Main", Showing.WAITING, 1, 1), Segment("Lab", Showing.URGENT, 3, 3))
    beats = []
    for half in range(14):
        desk.draw(picture, half * HALF_STEP_MS + 1)
        beats.append(desk.lit(MAIN, LAB, 10, BEACON))
    main, lab, second, beacon = ("".join(beat) for beat in zip(*beats, strict=True))
    assert (main, lab) == ("#######.......", "##..##..##..##")
    assert second == lab
    assert beacon == lab


@pytest.mark.parametrize("segment", ONE_OF_EACH, ids=lambda one: one.showing.name.lower())
@pytest.mark.parametrize("overlay", Overlay)
def test_each_edge_is_the_cores_own_when_it_is_drawn_whenever_it_asks_to_be(
    segment: Segment, overlay: Overlay
) -> None:
    desk = Desk(PinSettings("/tmp", pin_lamps(((MAIN,), (LAB,)), None, ALIVE, 2)))
    picture = shown(segment, Segment("Lab"), overlay=overlay)
    at_ms: float = 0.0
    while at_ms < 28 * STEP_MS:
        due_ms = desk.draw(picture, at_ms)
        lines = lamps_at(picture, InstantMs(at_ms)).lines
        assert (desk.header.is_high(MAIN), desk.header.is_high(LAB)) == lines
        assert due_ms is not None
        assert at_ms < due_ms <= at_ms + RESEND_MS
        between_ms = InstantMs((at_ms + due_ms) / 2)
        assert lamps_at(picture, between_ms).lines == lines
        at_ms = due_ms
    desk.tower.close()


def test_the_buzzer_is_switched_at_each_edge_of_the_chirps_rhythm(desk: Desk) -> None:
    desk.draw(shown(*QUIET))
    desk.header.forget()
    desk.tower.play(Sound.WAITING)
    at_ms: float | None = 100.0
    switched: list[tuple[float, bool]] = []
    while at_ms is not None and at_ms < 1_500:
        due_ms = desk.draw(shown(*QUIET), at_ms)
        switched += [(at_ms, is_on) for pin, is_on in desk.header.written if pin == BUZZER]
        desk.header.forget()
        at_ms = due_ms
    edges = [100, *(100 + end_ms for end_ms in accumulate(CHIRPS[Sound.WAITING]))]
    assert switched == [(edge_ms, place % 2 == 0) for place, edge_ms in enumerate(edges)]


def test_lamps_that_are_on_while_their_pin_is_low_begin_high_and_end_as_inputs() -> None:
    desk = Desk(replace(SETTINGS, lamps_active_high=False))
    assert desk.lit(MAIN, ALIVE, BUZZER) == "###"
    desk.draw(shown(*WAITS))
    assert desk.lit(MAIN, ALIVE, BUZZER) == "..#"
    desk.tower.close()


def test_a_pin_that_breaks_is_a_fault_of_its_own_and_all_others_go_on_until_it_is_mended(desk: Desk) -> None:
    desk.draw(shown(*QUIET))
    desk.header.broken = {MAIN}
    desk.draw(shown(*WAITS), 1)
    desk.draw(shown(*WAITS), 2)
    assert desk.told == [FaultRaised("gpio 17", "OSError: [Errno 5] Input/output error")]
    assert desk.lit(MAIN, BEACON, ALIVE) == ".##"
    desk.header.broken = set()
    desk.draw(shown(*WAITS), 3)
    assert desk.told[1:] == [FaultCleared("gpio 17")]
    assert desk.lit(MAIN) == "#"


def test_a_pin_that_somebody_else_has_is_a_fault_and_is_taken_when_it_is_free() -> None:
    header, told = Header(), list[Event]()
    other = DigitalOutputDevice(MAIN, pin_factory=header.factory)
    tower = GpioTower(SETTINGS, header.factory, SteppedClock(), told.append)
    tower.draw(shown(*WAITS), InstantMs(0))
    (fault,) = told
    assert isinstance(fault, FaultRaised)
    assert (fault.fault, fault.why[:13]) == ("gpio 17", "GPIOPinInUse:")
    assert header.is_high(BEACON)
    other.close()
    tower.draw(shown(*WAITS), InstantMs(RESEND_MS - 1))
    assert len(told) == 1
    tower.draw(shown(*WAITS), InstantMs(7 * STEP_MS * 2 + 1))
    assert told[1:] == [FaultCleared("gpio 17")]
    assert header.is_high(MAIN)
    tower.close()


def test_where_not_one_pin_can_be_had_the_tower_is_lost_and_says_why() -> None:
    header, told = Header(), list[Event]()
    header.broken = {MAIN, BUTTON}
    settings = PinSettings(
        "/tmp", lamps=pin_lamps(((MAIN,),), None, None, 1), buttons=((Button.LINE_1, BUTTON),)
    )
    with pytest.raises(NoPins, match="not one pin can be had: OSError"):
        GpioTower(settings, header.factory, SteppedClock(), told.append)
    raised = {event.fault for event in told if isinstance(event, FaultRaised)}
    cleared = {event.fault for event in told if isinstance(event, FaultCleared)}
    assert raised == cleared == {"gpio 17", "gpio 5"}, "the tower's own fault stands for them"


class Buttons:
    """A tower whose contacts are read by its own thread, in real time."""

    def __init__(self, **changed: Any) -> None:
        self.header = Header()
        self.told: list[Event] = []
        self.read_count = 0
        settings = replace(SETTINGS, **changed)
        self.tower = GpioTower(settings, self.header.factory, RealClock(), self.told.append)
        # Only then is a level known, and a change one.
        until(lambda: self.tower._contacts._debounce.due_ms is None)

    def presses(self) -> list[Button]:
        return [event.button for event in self.told if isinstance(event, ButtonPressed)]

    def releases(self) -> list[Button]:
        return [event.button for event in self.told if isinstance(event, ButtonReleased)]


@pytest.fixture
def buttons() -> Iterator[Buttons]:
    one = Buttons()
    yield one
    one.tower.close()


def test_a_button_to_ground_is_pressed_while_its_pin_is_low(buttons: Buttons) -> None:
    pressed_ms = RealClock().now_ms()
    buttons.header.pin(BUTTON).drive_low()
    until(lambda: buttons.presses() == [Button.LINE_1])
    assert buttons.releases() == []
    buttons.header.pin(BUTTON).drive_high()
    until(lambda: buttons.releases() == [Button.LINE_1])
    ages = [event.age_ms for event in buttons.told if isinstance(event, ButtonPressed | ButtonReleased)]
    assert all(16 <= age_ms <= RealClock().now_ms() - pressed_ms for age_ms in ages)


def test_a_button_to_plus_is_pressed_while_its_pin_is_high() -> None:
    buttons = Buttons(buttons_active_high=True)
    buttons.header.pin(MUTE).drive_high()
    until(lambda: buttons.presses() == [Button.MUTE])
    buttons.tower.close()
    assert buttons.releases() == [Button.MUTE], "nobody would see it come up"


def test_what_a_callback_raises_does_not_reach_lgpios_thread_and_the_press_is_found_all_the_same(
    buttons: Buttons, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(buttons.tower._contacts, "wake", broken)
    # The mock calls back on this thread, as lgpio does on its own: what is raised would come out here.
    buttons.header.pin(BUTTON).drive_low()
    until(lambda: buttons.presses() == [Button.LINE_1])


def test_a_contact_that_cannot_be_read_stays_as_it_was_and_is_a_fault(buttons: Buttons) -> None:
    buttons.header.broken = {BUTTON}
    until(lambda: FaultRaised("gpio 5", "OSError: [Errno 5] Input/output error") in buttons.told)
    buttons.header.pin(MUTE).drive_low()
    until(lambda: buttons.presses() == [Button.MUTE])
    buttons.header.broken = set()
    until(lambda: FaultCleared("gpio 5") in buttons.told)
    assert buttons.presses() == [Button.MUTE]


def test_a_tower_without_buttons_has_no_thread_for_them() -> None:
    before = set(threading.enumerate())
    desk = Desk(replace(SETTINGS, buttons=()))
    assert set(threading.enumerate()) <= before
    desk.tower.close()


def no_pins(folder: Path, work_directory: str = "/tmp") -> str:
    with pytest.raises(NoPins) as error:
        open_gpio(replace(SETTINGS, work_directory=work_directory), SteppedClock(), print)
    return str(error.value).replace(str(folder), "FOLDER")


def test_where_there_is_no_gpio_the_line_says_so_and_where_it_may_not_be_opened_who_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpio, "CHIPS", tmp_path)
    assert no_pins(tmp_path) == "there is no gpiochip: this is no Raspberry Pi, or its kernel has no GPIO"
    (tmp_path / "gpiochip0").touch()
    may: Callable[..., bool] = lambda path, _mode: "gpiochip" not in str(path)  # noqa: E731
    monkeypatch.setattr(os, "access", may)
    assert no_pins(tmp_path) == (
        "this user may not open FOLDER/gpiochip0: put it into the group of that file (gpio)"
    )
    monkeypatch.setattr(os, "access", lambda path, _mode: "gpiochip" in str(path))
    assert no_pins(tmp_path, str(tmp_path / "run")) == (
        "FOLDER/run: lgpio keeps its pipe there, and this user may not write"
    )
