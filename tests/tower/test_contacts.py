"""The contacts of buttons, on a clock that the test steps: what is posted, when, and how old it is."""

import pytest

from appliance.clock import RealClock, SteppedClock
from appliance.core.events import ButtonPressed, ButtonReleased, Event, FaultCleared, FaultRaised
from appliance.core.words import Button, DurationMs, InstantMs
from appliance.tower.contacts import LOOK_MS, UNTOLD_MAX, Contacts
from appliance.tower.debounce import SAMPLES
from tests.tower.bench import until

BUTTONS = (Button.LINE_1, Button.MUTE)


class Finger:
    """Presses and releases contacts, and is the thread that reads them."""

    def __init__(self) -> None:
        self.clock = SteppedClock()
        self.closed = [False, False]
        self.told: list[tuple[float, Event]] = []
        self.contacts = Contacts(BUTTONS, lambda: list(self.closed), self.clock, self._told)
        self._due_ms = InstantMs(0)
        self.rest(100)

    def _told(self, event: Event) -> None:
        self.told.append((self.clock.now_ms(), event))

    def rest(self, for_ms: float) -> None:
        """Let so much time pass, and have the contacts read when they want to be."""
        until_ms = InstantMs(self.clock.now_ms() + for_ms)
        while self._due_ms <= until_ms:
            self.clock.step(DurationMs(max(0.0, self._due_ms - self.clock.now_ms())))
            self._due_ms = self.contacts.turn(self.clock.now_ms())
        self.clock.step(DurationMs(until_ms - self.clock.now_ms()))

    def move(self, place: int, closed: bool, told: bool = True) -> None:
        """Close or open a contact; the edge is told, and wakes the reader at once."""
        self.closed[place] = closed
        if told:
            self.contacts.wake()
            self._due_ms = self.contacts.turn(self.clock.now_ms())

    def tap(self, place: int, for_ms: float, told: bool = True) -> None:
        """Close it, and open it so much later."""
        self.move(place, True, told)
        self.rest(for_ms)
        self.move(place, False, told)

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.told]


def test_a_press_is_posted_once_it_has_been_at_rest_for_sixteen_milliseconds_with_that_age() -> None:
    finger = Finger()
    finger.tap(0, 80)
    finger.rest(200)
    assert finger.told == [
        (116, ButtonPressed(Button.LINE_1, DurationMs(16))),
        (196, ButtonReleased(Button.LINE_1, DurationMs(16))),
    ]


def test_a_button_that_bounces_for_thirty_milliseconds_is_pressed_once() -> None:
    finger = Finger()
    for closed in (True, False, True, False, False, True, False, True, False, True) * 3:
        finger.move(1, closed)
        finger.rest(1)
    finger.rest(500)
    assert finger.events == [ButtonPressed(Button.MUTE, DurationMs(16))]
    assert finger.told[0][0] - 100 <= 30 + 20


def test_a_hundred_presses_in_ten_seconds_are_each_counted_once() -> None:
    finger = Finger()
    for _ in range(100):
        finger.tap(0, 40)
        finger.rest(60)
    assert [type(event) for event in finger.events] == [ButtonPressed, ButtonReleased] * 100


def test_two_buttons_at_once_are_two_presses() -> None:
    finger = Finger()
    finger.move(0, True)
    finger.rest(2)
    finger.move(1, True)
    finger.rest(100)
    assert [event.button for event in finger.events if isinstance(event, ButtonPressed)] == [*BUTTONS]


def test_what_is_pressed_when_the_tower_is_opened_is_no_press() -> None:
    finger = Finger()
    held = Contacts(BUTTONS, lambda: [True, False], finger.clock, finger._told)
    for at_ms in range(0, 400, 4):
        held.turn(InstantMs(at_ms))
    assert finger.events == []


def test_where_no_edge_is_told_a_press_is_found_by_looking_and_at_the_second_it_is_a_fault() -> None:
    finger = Finger()
    finger.tap(0, 300, told=False)
    finger.rest(300)
    kinds = [type(event) for event in finger.events]
    assert kinds == [ButtonPressed, ButtonReleased, FaultRaised]
    assert UNTOLD_MAX == 2
    assert finger.told[0][0] <= 100 + LOOK_MS + 20
    finger.tap(0, 300)
    finger.rest(300)
    kinds = [type(event) for event in finger.events[3:]]
    assert kinds == [ButtonPressed, FaultCleared, ButtonReleased]


def test_a_press_shorter_than_a_look_is_lost_where_no_edge_is_told_and_never_doubled() -> None:
    finger = Finger()
    finger.tap(0, 30, told=False)
    finger.rest(300)
    assert finger.events == []


def test_closing_releases_what_is_pressed() -> None:
    finger = Finger()
    finger.move(1, True)
    finger.rest(100)
    finger.contacts.close()
    assert finger.events[1:] == [ButtonReleased(Button.MUTE)]


@pytest.mark.parametrize("told", [True, False])
def test_the_thread_finds_a_press_by_its_edge_or_without_and_ends_when_it_is_closed(told: bool) -> None:
    closed, looks = [False], 0
    events: list[Event] = []

    def read() -> list[bool]:
        nonlocal looks
        looks += 1
        return list(closed)

    contacts = Contacts([Button.AWAY], read, RealClock(), events.append)
    contacts.start()
    # A change is one only from a level that is known.
    until(lambda: looks > SAMPLES)
    closed[0] = True
    if told:
        contacts.wake()
    until(lambda: [type(event) for event in events] == [ButtonPressed])
    contacts.close()
    assert isinstance(events[-1], ButtonReleased)
