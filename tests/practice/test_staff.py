"""The keys are buttons: one for each of eight lines at either place, *away* and *mute* at the front."""

from typing import cast

import pytest

from tests.peers.callers import Callers
from tests.peers.site import RunningSite
from tests.peers.talker import Talker
from tests.peers.unit import Unit
from tests.practice import staff
from tests.practice.morning import BACK, FRONT, LINES
from tests.practice.place import Place, RunningPractice, Tower


def test_each_key_presses_one_button_and_lets_it_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "FINGER_MS", 0.0)
    felt: list[str] = []

    def place(name: str) -> Place:
        def press(button: int) -> None:
            felt.append(f"{name} {button} down")

        def release(button: int) -> None:
            felt.append(f"{name} {button} up")

        return Place(name, cast(Unit, None), Tower("", press, release, None), cast(Talker, None))

    practice = RunningPractice(cast(RunningSite, None), cast(Callers, None), place(FRONT), place(BACK))
    people = staff.Staff(practice, lambda _sentence: None)
    for key in "12345678qwertyuiamzQ9":
        people.press_key(key)
    assert [one for one in felt if one.endswith(" down")] == [
        *(f"front {line} down" for line in range(len(LINES))),
        *(f"back {line} down" for line in range(len(LINES))),
        "front 9 down",
        "front 8 down",
    ]
    assert felt[1::2] == [one.replace("down", "up") for one in felt[::2]]
