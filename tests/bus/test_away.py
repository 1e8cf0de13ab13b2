"""*Away*, pressed again and again: the others hear the last word, and none too soon for them."""

from appliance.bus.away import AWAY_EVERY_MS, AwayWord
from appliance.bus.limits import REQUESTS_A_SECOND_MAX, REQUESTS_BURST_MAX, Buckets
from appliance.core.effects import AskAway, AskMute, SaidOnce
from appliance.core.words import DurationMs, InstantMs

GONE = AskAway(True, DurationMs(1_800_000))
BACK = AskAway(False, DurationMs(0))


def said(word: AwayWord, at_s: float, *effects: SaidOnce) -> list[SaidOnce]:
    """What is said at this second, when the board wants these said."""
    now_ms = InstantMs(at_s * 1000)
    return [*word.keep(effects, now_ms), *word.say(now_ms)]


def test_a_button_that_is_drummed_on_is_told_by_its_first_and_its_last_press() -> None:
    word = AwayWord()
    assert said(word, 10, GONE) == [GONE]
    for press in range(1, 10):
        assert said(word, 10 + press / 10, BACK if press % 2 else GONE) == []
    assert word.due_ms == 10_000 + AWAY_EVERY_MS
    assert said(word, 11.999) == []
    assert said(word, 12) == [BACK]
    assert word.due_ms == float("inf")
    assert said(word, 13) == []


def test_a_word_that_waited_is_of_the_time_that_is_left() -> None:
    word = AwayWord()
    said(word, 10, BACK)
    assert said(word, 11, GONE) == []
    assert said(word, 12) == [AskAway(True, 1_799_000)]


def test_other_words_do_not_wait_for_it() -> None:
    word = AwayWord()
    assert said(word, 10, GONE, AskMute(), BACK) == [AskMute(), BACK]
    assert said(word, 11, GONE, AskMute()) == [AskMute()]


def test_the_last_word_is_said_again_after_a_loss_and_nothing_where_there_was_none() -> None:
    word = AwayWord()
    word.repeat()
    assert said(word, 0) == []
    said(word, 10, GONE)
    word.repeat()
    assert said(word, 70) == [AskAway(True, 1_740_000)]


def test_no_receiver_ever_drops_one_though_some_are_held_up_on_the_way() -> None:
    word, bucket = AwayWord(), Buckets(REQUESTS_BURST_MAX, REQUESTS_A_SECOND_MAX)
    heard: list[SaidOnce] = []
    for tenth in range(1_000):
        for effect in said(word, tenth / 10, GONE if tenth % 2 else BACK):
            held_up_ms = 1_500 if len(heard) % 2 else 0
            assert bucket.admit("front", InstantMs(tenth * 100 + held_up_ms))
            heard.append(effect)
    assert len(heard) == 50
