"""Buttons over the link to a controller: told once, with their age, let go when nobody would hear more."""

from dataclasses import replace

import pytest

from appliance.core.events import ButtonPressed, ButtonReleased
from appliance.core.words import Button, DurationMs
from appliance.tower.controller.link import BYTE_MS, LOST_MS
from appliance.tower.wire import ButtonEvent, Heard, encode
from tests.tower.controller.ends import DARK, HELLO, Ends, linked

EVENT_MS = len(encode(ButtonEvent(0, 0, True, 0), 0)) * BYTE_MS
"""An EVENT on the wire."""


def test_a_press_is_posted_once_however_often_it_is_told_and_acknowledged_each_time() -> None:
    ends = linked(1_400)
    for repeat in range(4):
        ends.press(5, 3_000 + repeat * 50, button=8, age_ms=20 + repeat * 50)
    ends.press(6, 3_300, button=8, down=False, age_ms=16)
    assert ends.posted == [
        ButtonPressed(Button.MUTE, DurationMs(20 + EVENT_MS)),
        ButtonReleased(Button.MUTE, DurationMs(16 + EVENT_MS)),
    ]
    heard = [message for _, _, message in ends.sent if isinstance(message, Heard)]
    assert heard == [Heard(5)] * 4 + [Heard(6)]


def test_every_button_of_the_wire_is_the_button_of_that_name() -> None:
    ends = linked(1_400)
    for number, _ in enumerate(Button):
        ends.press(number, 3_000 + number, button=number)
    assert [event.button for event in ends.posted if isinstance(event, ButtonPressed)] == list(Button)


def test_event_sequences_go_round_after_256() -> None:
    ends = linked(1_400)
    for number in range(600):
        ends.press(number % 256, 3_000 + number * 10, down=number % 2 == 0)
    assert len(ends.posted) == 600


def test_a_press_is_as_old_as_its_way_to_us_makes_it() -> None:
    ends = linked(1_400)
    ends.say(ButtonEvent(1, 0, True, 30), 9_000, late_ms=4_500)
    assert ends.posted == [ButtonPressed(Button.LINE_1, DurationMs(30 + EVENT_MS + 4_500))]


def test_a_press_from_before_the_port_was_opened_is_acknowledged_and_never_acted_on() -> None:
    ends = Ends()
    ends.press(3, 100)
    assert ends.sent == []
    ends.say(HELLO, 1_700)
    # It was pressed while the tower was lost, or it was told on the link before: nobody can know.
    ends.press(3, 1_710, age_ms=1_850)
    ends.press(4, 1_720, age_ms=1_800, down=False)
    ends.press(5, 1_800, age_ms=1_500)
    assert ends.posted == [ButtonPressed(Button.LINE_1, DurationMs(1_500 + EVENT_MS))]
    assert [message for _, _, message in ends.sent if isinstance(message, Heard)] == [
        Heard(3), Heard(4), Heard(5),
    ]  # fmt: skip


def test_the_same_sequence_after_a_reset_is_another_press_and_after_a_mere_hello_the_same() -> None:
    ends = linked(1_400)
    ends.press(0, 3_000)
    ends.say(HELLO, 3_020)
    ends.answer(3_040, uptime_ms=20)
    ends.press(0, 3_050, age_ms=70)
    assert [type(event) for event in ends.posted] == [ButtonPressed, ButtonReleased]
    # After a power cut the boot counter begins anew too: the edge alone tells the two lives apart.
    ends.say(HELLO, 5_000)
    ends.press(0, 5_100)
    ends.say(replace(HELLO, boot_count=8), 5_150)
    ends.press(0, 5_200)
    assert [type(event) for event in ends.posted[2:]] == [ButtonPressed, ButtonReleased, ButtonPressed]


@pytest.mark.parametrize("end", ["silence", "let go", "reset"])
def test_whatever_ends_a_life_releases_what_was_pressed(end: str) -> None:
    ends = linked(1_400)
    ends.press(0, 3_000, button=8)
    ends.press(1, 3_010, button=2)
    ends.posted.clear()
    if end == "silence":
        ends.show(DARK, 3_020)
        ends.until(3_020 + LOST_MS)
    elif end == "reset":
        ends.say(HELLO, 3_100)
    else:
        ends._do(ends.link.let_go(), 3_100)
    assert ends.posted == [ButtonReleased(Button.LINE_3), ButtonReleased(Button.MUTE)]
    ends.say(ButtonEvent(2, 8, False, 20), 5_000)
    assert len(ends.posted) == 2
