"""What the legend says: everything that the board can show, as it looks on each tower, and what it cannot."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.core.beats import is_lit
from appliance.core.picture import Overlay, Showing
from appliance.core.settings import SiteSettings
from appliance.core.words import DurationMs
from appliance.legend.content import Entry, TowerLegend, lamp_names, lamp_words, legend_of
from appliance.legend.faces import faces_of
from appliance.legend.looks import HALVES, RHYTHMS, SEEN_HALVES, rhythm_words
from appliance.legend.situations import NOBODY, situations_of, span
from appliance.legend.text import text_of
from tests.legend.sites import ADAFRUIT, BEACON, CONTROLLER, site

GOLDEN = Path(__file__).parents[1] / "vectors" / "legend.txt"

PATLITE = 'driver = "patlite-net"\naddress = "192.0.2.21"'

GPIO = """\
driver = "gpio"

[gpio]
line_lamps = [[17]]
beacon_lamp = 27
alive_lamp = 22
buzzer = 23
line_buttons = [5]
mute_button = 6
"""

RELAYS = 'driver = "relay-usb"\nport = "/dev/ttyUSB1"'


def tower(folder: Path, settings: str) -> TowerLegend:
    (found,) = legend_of(site(folder, settings)).towers
    return found


def meanings(entry: Entry) -> list[str]:
    return [situation.meaning for situation in entry.situations]


def entry_of(legend: TowerLegend, meaning: str) -> Entry:
    (found,) = [entry for entry in legend.entries if meaning in meanings(entry)]
    return found


def told(entry: Entry) -> list[str]:
    return [f"{lamp.name}: {rhythm_words(lamp.lit)}" for lamp in entry.lamps]


def test_the_whole_legend_of_three_towers(tmp_path: Path) -> None:
    assert text_of(legend_of(site(tmp_path, CONTROLLER, ADAFRUIT, BEACON))) == GOLDEN.read_text()


def test_everything_that_the_board_can_show_is_explained(tmp_path: Path) -> None:
    core = Path(__file__).parents[2] / "appliance" / "core"
    composed = {
        Showing[name] for name in re.findall(r"Showing\.([A-Z]\w+)", (core / "composition.py").read_text())
    }
    situations = situations_of(site(tmp_path, CONTROLLER).board)
    explained = {situation.segment.showing for situation in situations if situation.segment}
    assert explained >= composed
    assert {situation.overlay for situation in situations} == set(Overlay)


def test_what_looks_the_same_is_told_together(tmp_path: Path) -> None:
    pixels, lamps = legend_of(site(tmp_path, CONTROLLER, ADAFRUIT)).towers
    assert all(len(entry.situations) == 1 for entry in pixels.entries)
    assert pixels.hidden == ()
    assert meanings(entry_of(lamps, "A caller has just rung.")) == [
        "A caller has just rung.",
        "A caller has waited for more than 20 seconds.",
        "The caller is still in the queue, and rings again in a moment.",
        "You speak with one caller, and another one waits.",
    ]
    assert lamps.hidden == ("that a colleague has answered", "that a new caller has come")


def test_the_dark_of_a_tower_without_an_alive_lamp_may_mean_that_it_is_off(tmp_path: Path) -> None:
    (quiet, *_) = tower(tmp_path, BEACON).entries
    assert quiet.is_quiet
    assert meanings(quiet) == [
        NOBODY.meaning, "Something needs a look. Callers are shown as always.", "The light is switched off.",
    ]  # fmt: skip
    assert tower(tmp_path, BEACON).notes[0] == "Dark proves nothing here: no lamp is lit while all is well."
    assert meanings(tower(tmp_path, ADAFRUIT).entries[0]) == [NOBODY.meaning]


def test_a_tower_that_has_only_red_for_the_lines_says_whom_it_does_not_show(tmp_path: Path) -> None:
    found = tower(tmp_path, f'{RELAYS}\nlamps = ["red", "green"]')
    assert "a caller who has just rung" in found.hidden
    assert "a caller who has waited for more than 20 seconds" in found.hidden
    assert told(entry_of(found, "Urgent: answer this caller first.")) == ["red: fast flash"]


def test_of_several_lamps_for_lines_any_is_called_its_lines_lamp(tmp_path: Path) -> None:
    found = tower(tmp_path, PATLITE)
    assert told(entry_of(found, "A caller has just rung.")) == ["its lamp: slow flash"]
    assert told(entry_of(found, "Urgent: answer this caller first.")) == [
        "red: fast flash", "its lamp: fast flash",
    ]  # fmt: skip
    assert told(entry_of(found, "No connection to the phone system: no caller is shown.")) == [
        "red: in turn", "yellow: in turn", "blue: in turn", "white: in turn",
    ]  # fmt: skip
    lines = legend_of(site(tmp_path, PATLITE)).lines
    assert lamp_words(found.face, lines) == (
        "urgent callers only, on any line",
        "Main",
        "lit while all is well",
        'Lab <&> "pharmacy"',
        "Doctors' line",
    )


def test_lamps_on_pins_are_called_after_what_they_are_for_and_only_wired_buttons_are_explained(
    tmp_path: Path,
) -> None:
    legend = legend_of(site(tmp_path, GPIO))
    (found,) = legend.towers
    assert lamp_names(found.face, legend.lines) == ("Main", "beacon lamp", "alive lamp")
    assert lamp_words(found.face, legend.lines)[0] == "a lamp of its own"
    assert told(found.entries[0]) == ["Main: dark", "beacon lamp: dark", "alive lamp: steady"]
    assert [how for how, _ in found.sounds] == ["one long beep", "three even beeps", "five quick beeps"]
    assert [(button.name, button.lit) for button in found.buttons] == [("mute", ""), ("line buttons", "")]
    assert found.button_notes == ("No button ever darkens the tower.",)


def test_sounds_are_explained_where_they_are_heard(tmp_path: Path) -> None:
    assert [how for how, _ in tower(tmp_path, CONTROLLER).sounds] == [
        "two rising notes", "three even notes", "five quick notes",
    ]  # fmt: skip
    assert [how for how, _ in tower(tmp_path, ADAFRUIT).sounds] == [
        "one long beep", "three even beeps", "five quick beeps",
    ]  # fmt: skip
    assert tower(tmp_path, BEACON).sounds == ()
    assert "This tower makes no sound." in tower(tmp_path, BEACON).notes
    assert "Every sound is the same bell." in tower(tmp_path, 'driver = "terminal"\nbell = true').notes
    assert "This tower makes no sound." in tower(tmp_path, 'driver = "terminal"').notes


def test_buttons_are_explained_only_where_there_are_any(tmp_path: Path) -> None:
    lamps, pixels = legend_of(site(tmp_path, ADAFRUIT, CONTROLLER)).towers
    assert lamps.buttons == ()
    assert [button.name for button in pixels.buttons] == ["mute", "away", "line buttons", "owed"]


def test_the_lamp_of_away_speaks_of_other_units_where_there_are_any(tmp_path: Path) -> None:
    alone = site(tmp_path, CONTROLLER)
    together = replace(alone, board=replace(alone.board, site=SiteSettings()))
    said = [legend_of(one).towers[0].buttons[1].lit for one in (alone, together)]
    assert said == ["No sound here.", "No sound here. Slow flash: the people of another unit are away."]


def test_what_shows_nothing_to_people_has_no_legend_and_towers_of_one_kind_have_numbers(
    tmp_path: Path,
) -> None:
    second = RELAYS.replace("USB1", "USB2")
    towers = site(tmp_path, RELAYS, 'driver = "none"', second).towers
    assert [face.name for face in faces_of(towers, 3)] == ["The lamps on relays", "The lamps on relays 2"]


@pytest.mark.parametrize("shift", range(HALVES))
def test_every_rhythm_has_its_words_wherever_one_begins_to_look(shift: int) -> None:
    for beat, words in RHYTHMS:
        assert rhythm_words([is_lit(beat, half + shift, 0, 0) for half in range(SEEN_HALVES)]) == words


def test_no_two_rhythms_have_the_same_words() -> None:
    assert len({words for _, words in RHYTHMS}) == len(RHYTHMS)
    assert rhythm_words([False] * SEEN_HALVES) == "dark"
    assert rhythm_words([half == 5 for half in range(SEEN_HALVES)]) == "in turn"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (3, "3 seconds"),
        (20, "20 seconds"),
        (60, "1 minute"),
        (90, "90 seconds"),
        (150, "2.5 minutes"),
        (1_800, "30 minutes"),
    ],
)
def test_times_are_said_as_people_say_them(seconds: float, words: str) -> None:
    assert span(DurationMs(seconds * 1_000)) == words
