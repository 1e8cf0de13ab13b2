"""Debouncing: vectors as people draw them, and the firmware's own code beside ours."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.core.words import DurationMs, InstantMs
from appliance.tower.debounce import SAMPLE_MS, SAMPLES, Change, Debounce
from tests.peers.pure_firmware import debounced


def changes(levels: str, each_ms: float = SAMPLE_MS) -> str:
    """What one contact is found to do: a letter for each sample, ``#`` closed, ``.`` open.

    The answer has ``v`` at the sample by which it was found to close, ``^`` where it opened.
    """
    debounce, told = Debounce(1), ""
    for place, letter in enumerate(levels):
        found = debounce.sample([letter == "#"], InstantMs(place * each_ms))
        told += "v^"[not found[0].closed] if found else "-"
    return told


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        (".....########.........", "---------v-------^----"),
        (".....####.............", "----------------------"),
        (".....#.#.#..#.########", "------------------v---"),
        (".....#####.#.####.....", "---------v-----------^"),
        ("#####.....#####.....##", "---------^----v----^--"),
        ("##########............", "--------------^-------"),
        ("#.#.#.#.#.#.#.#.#.#.#.", "----------------------"),
    ],
    ids=["a press", "too short", "bounces", "bounces open", "pressed at first", "held at first", "chatter"],
)
def test_five_samples_that_agree_make_a_change(levels: str, told: str) -> None:
    assert changes(levels) == told


def test_a_change_is_as_old_as_the_first_of_the_samples_that_agree() -> None:
    debounce = Debounce(2)
    for place in range(SAMPLES):
        debounce.sample([False, False], InstantMs(4 * place))
    for place in range(SAMPLES - 1):
        assert debounce.sample([False, True], InstantMs(100 + 5 * place)) == []
    assert debounce.sample([False, True], InstantMs(131)) == [Change(1, True, DurationMs(31))]
    assert debounce.closed == (False, True)


def test_samples_that_come_too_soon_are_none() -> None:
    assert changes("....." * 8 + "#" * 40, each_ms=1) == "-" * 56 + "v" + "-" * 23
    debounce = Debounce(1)
    for at_ms in range(20):
        debounce.sample([False], InstantMs(at_ms))
    assert debounce.sample([True], InstantMs(20)) == []
    assert debounce.due_ms == InstantMs(24)


def test_it_asks_to_be_looked_at_only_while_something_bounces() -> None:
    debounce = Debounce(1)
    assert debounce.due_ms is not None
    dues = []
    for place, level in enumerate([False] * 5 + [True] * 5):
        debounce.sample([level], InstantMs(4 * place))
        dues.append(debounce.due_ms is not None)
    assert dues == [True] * 4 + [False] + [True] * 4 + [False]


def test_a_contact_that_chatters_holds_up_no_other() -> None:
    debounce, told = Debounce(2), []
    for place in range(30):
        told += debounce.sample([place % 2 == 0, place >= 10], InstantMs(4 * place))
    assert [(change.place, change.closed) for change in told] == [(1, True)]


@settings(max_examples=300)
@given(data=st.data())
def test_the_firmware_finds_the_same_changes_at_the_same_samples(data: st.DataObject) -> None:
    stretches = st.tuples(st.integers(0, 0xFFF), st.integers(1, 9))
    samples = [sample for sample, count in data.draw(st.lists(stretches, max_size=40)) for _ in range(count)]
    debounce, ours = Debounce(12), []
    for place, sample in enumerate(samples):
        levels = [bool(sample >> button & 1) for button in range(12)]
        found = debounce.sample(levels, InstantMs(SAMPLE_MS * place))
        ours.append(sum(1 << change.place for change in found))
    assert ours == debounced(samples)
