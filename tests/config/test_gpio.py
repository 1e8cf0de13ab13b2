"""The pins of the Pi in the configuration: what they become, and what is refused or worth a look."""

from pathlib import Path

import pytest

from appliance.core.words import Button
from appliance.tower.lamps import LampColour, Use
from appliance.tower.pins import PIN_LINES_MAX, PINS, PinSettings, pin_lamps
from tests.config.files import GOOD, accepted, refusals

GPIO = 'driver = "gpio"\n\n[gpio]\n'


def with_pins(settings: str) -> str:
    """The good configuration with a tower on pins; [gpio] is on line 28."""
    return GOOD.replace('driver = "terminal"\n', GPIO) + settings


def pins_of(folder: Path, settings: str) -> PinSettings:
    (tower,) = accepted(folder, with_pins(settings)).towers
    assert tower.pins is not None
    return tower.pins


def lamps_in_words(settings: PinSettings) -> str:
    """``17 line 1, 27 22 beacon 2 3, 4 alive``."""
    return ", ".join(
        " ".join([*map(str, one.pins), one.lamp.use, *(str(line + 1) for line in one.lamp.lines)])
        for one in settings.lamps
    )


def test_everything_that_can_hang_on_pins(tmp_path: Path) -> None:
    settings = pins_of(
        tmp_path,
        "line_lamps = [[17], [27, 22]]\nbeacon_lamp = 10\nalive_lamp = 9\nbuzzer = 11\n"
        "line_buttons = [5, 6]\nline_button_lamps = [12, 13]\n"
        "mute_button = 19\nmute_lamp = 16\naway_button = 26\naway_lamp = 20\n"
        'owed_button = 21\nowed_lamp = 7\nhook_switch = 8\nlamps_on = "low"\nbuttons_pressed = "high"\n',
    )
    assert lamps_in_words(settings) == "17 line 1, 27 22 line 2, 10 beacon 1 2, 9 alive"
    assert settings.buzzer == 11
    assert settings.buttons == (
        (Button.LINE_1, 5), (Button.LINE_2, 6), (Button.MUTE, 19), (Button.AWAY, 26), (Button.OWED, 21),
        (Button.HOOK, 8),
    )  # fmt: skip
    assert settings.button_lamps == (
        (Button.LINE_1, 12), (Button.LINE_2, 13), (Button.MUTE, 16), (Button.AWAY, 20), (Button.OWED, 7),
    )  # fmt: skip
    assert (settings.lamps_active_high, settings.buttons_active_high) == (False, True)
    assert settings.work_directory == "/run/call-light"


@pytest.mark.parametrize(
    ("settings", "lamps"),
    [
        ("line_lamps = [[17]]", "17 beacon 1 2"),
        ("line_lamps = [[17]]\nbeacon_lamp = 4", "17 line 1, 4 beacon 2"),
        ("beacon_lamp = 4\nalive_lamp = 5", "4 beacon 1 2, 5 alive"),
        ("line_buttons = [17]", ""),
    ],
)
def test_where_there_are_fewer_lamps_than_lines_a_beacon_shows_the_others(
    tmp_path: Path, settings: str, lamps: str
) -> None:
    assert lamps_in_words(pins_of(tmp_path, settings)) == lamps


def test_a_lamp_on_a_pin_is_never_taken_for_a_red_one() -> None:
    lamps = pin_lamps(((17,),), 4, 5, 3)
    assert [one.lamp.use for one in lamps] == [Use.LINE, Use.BEACON, Use.ALIVE]
    assert {one.lamp.colour for one in lamps} == {LampColour.WHITE}


PIN = "must be a GPIO of the header, 2 to 27"
LISTS = "must be a list of at most 6 lists of GPIOs of the header, 2 to 27"
PULL_UP = 'has a pull-up on the Pi itself: of no use with buttons_pressed = "high"'

REFUSED = {
    "mute_button = 1": [f"29: [gpio] mute_button: {PIN}, or 0, e.g. 17"],
    'mute_button = "17"': [f"29: [gpio] mute_button: {PIN}, or 0"],
    "mute = 17": ['29: [gpio] mute: is no setting of [gpio]; did you mean "mute_lamp"?'],
    "line_buttons = [5, 28]": [f"29: [gpio] line_buttons entry 2: {PIN}, e.g. 17"],
    "line_buttons = [5, 5]": ["29: [gpio] line_buttons entry 2: is the pin of line_buttons already"],
    "line_buttons = [5, 6, 7]": ["29: [gpio] line_buttons entry 3: is one too many: there are 2 [[line]]"],
    "line_lamps = [[17], [0]]": [f"29: [gpio] line_lamps entry 2 entry 1: {PIN}, e.g. 17"],
    "line_lamps = [17, 27]": [
        f"29: [gpio] line_lamps entry 1: {LISTS}",
        f"29: [gpio] line_lamps entry 2: {LISTS}",
    ],
    "line_lamps = [[], [17]]": [f"29: [gpio] line_lamps entry 1: {LISTS}"],
    "buzzer = 17\nline_lamps = [[5], [17]]": [
        "30: [gpio] line_lamps entry 2 entry 1: is the pin of buzzer already"
    ],
    'mute_button = 3\nbuttons_pressed = "high"': [f"29: [gpio] mute_button: {PULL_UP}"],
    'lamps_on = "low"': ['26: [[tower]] 1 driver: is "gpio", so [gpio] must say what hangs on which pin'],
}


@pytest.mark.parametrize(("settings", "lines"), REFUSED.items(), ids=REFUSED)
def test_what_cannot_hang_on_pins_is_refused(tmp_path: Path, settings: str, lines: list[str]) -> None:
    assert refusals(tmp_path, with_pins(f"{settings}\n")) == [f"unit.toml:{line}" for line in lines]


def test_a_seventh_line_on_pins_is_refused(tmp_path: Path) -> None:
    lines = "".join(f'[[line]]\nid = "line-{n}"\nlabel = "Line {n}"\n\n' for n in range(3, 8))
    text = GOOD.replace('[[tower]]\ndriver = "terminal"\n', f"{lines}[[tower]]\n{GPIO}")
    pins = list(PINS)[: PIN_LINES_MAX + 1]
    allowed = f"a list of at most {PIN_LINES_MAX} GPIOs of the header, 2 to 27"
    assert refusals(tmp_path, f"{text}line_buttons = {pins}\n") == [
        f"unit.toml:49: [gpio] line_buttons: must be {allowed}"
    ]
    assert refusals(tmp_path, f"{text}line_buttons = {pins[:-1]}\n") == []


def test_one_pi_is_one_tower_on_pins(tmp_path: Path) -> None:
    text = with_pins("mute_button = 5\n").replace("[gpio]", '[[tower]]\ndriver = "gpio"\n\n[gpio]')
    assert refusals(tmp_path, text) == ["unit.toml:29: [[tower]] 2 driver: is the driver of [[tower]] 1 too"]


def test_a_tower_without_an_alive_lamp_proves_nothing_when_it_is_dark(tmp_path: Path) -> None:
    def warned(text: str) -> list[str]:
        return [line for line in accepted(tmp_path, text).warnings if "gpio" in line]

    (line,) = warned(with_pins("mute_button = 5\n"))
    assert line.endswith(
        "unit.toml:28: [gpio] alive_lamp: names no lamp, so a dark tower proves nothing to anybody"
    )
    assert warned(with_pins("mute_button = 5\nalive_lamp = 4\n")) == []
    (line,) = warned(f"{GOOD}\n[gpio]\nalive_lamp = 4\n")
    assert line.endswith('[gpio]: has no effect: no [[tower]] has driver = "gpio"')
