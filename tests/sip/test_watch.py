"""When an engine counts as lost, and when the next one starts."""

from appliance.core.words import InstantMs
from appliance.sip.watch import Watch


def at(ms: float) -> InstantMs:
    return InstantMs(ms)


def lived(watch: Watch, started_ms: float, ready_ms: float, lost_ms: float) -> InstantMs | None:
    """Let one engine live; return when the next one is due."""
    watch.started(at(started_ms))
    watch.heard(at(ready_ms))
    watch.lost(at(lost_ms))
    return watch.start_due_ms


def test_the_first_engine_is_due_at_once() -> None:
    assert Watch().due_ms == at(0)


def test_an_engine_has_15_s_to_its_first_word_and_2_5_s_to_each_further_one() -> None:
    watch = Watch()
    watch.started(at(100))
    assert watch.start_due_ms is None
    assert watch.due_ms == at(15_100)
    assert not watch.silent(at(15_099))
    assert watch.silent(at(15_100))
    watch.heard(at(300))
    assert watch.due_ms == at(2_800)
    watch.heard(at(1_300))
    assert not watch.silent(at(3_799))
    assert watch.silent(at(3_800))


def test_an_engine_with_callers_in_its_hands_has_8_s_for_they_are_lost_with_it() -> None:
    watch = Watch()
    watch.started(at(0))
    watch.heard(at(1_000), has_callers=True)
    assert not watch.silent(at(8_999))
    assert watch.silent(at(9_000))
    watch.heard(at(2_000))
    assert watch.silent(at(4_500)), "they have left"


def test_the_silence_of_an_engine_with_callers_in_its_hands_is_told_once_after_2_5_s() -> None:
    watch = Watch()
    watch.started(at(0))
    watch.heard(at(1_000), has_callers=True)
    assert (watch.due_ms, watch.doubt(at(3_499)), watch.is_in_doubt) == (at(3_500), False, False)
    assert (watch.doubt(at(3_500)), watch.is_in_doubt, watch.due_ms) == (True, True, at(9_000))
    assert not watch.doubt(at(3_600))
    watch.heard(at(4_000), has_callers=True)
    assert (watch.is_in_doubt, watch.due_ms) == (False, at(6_500))
    watch.turned(at(4_000))
    watch.turned(at(6_500))
    assert not watch.doubt(at(6_500)), "who listens has slept, and the engine perhaps too"
    assert watch.doubt(at(9_000))
    watch.lost(at(12_000))
    assert (watch.is_in_doubt, watch.doubt(at(20_000))) == (False, False)


def test_after_a_nap_of_who_listens_the_engine_has_its_time_anew_and_after_a_turn_it_has_not() -> None:
    watch = Watch()
    watch.started(at(0))
    watch.heard(at(1_000))
    for turned_ms in (1_000, 2_499, 3_499):
        watch.turned(at(turned_ms))
    assert watch.silent(at(3_500)), "awake all the time, and the engine said nothing"
    watch.turned(at(4_999))
    assert not watch.silent(at(7_498))
    assert watch.silent(at(7_499))


def test_the_next_engine_starts_at_once_and_then_later_and_later_up_to_10_s() -> None:
    watch = Watch()
    pauses = []
    for number in range(10):
        now = at(number * 100_000)
        watch.started(now)
        watch.lost(now)
        assert watch.start_due_ms is not None
        pauses.append(watch.start_due_ms - now)
    assert pauses == [0, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]


def test_an_engine_that_lived_10_s_makes_the_next_loss_the_first_again() -> None:
    watch = Watch()
    assert lived(watch, 0, 100, 200) == at(200)
    assert lived(watch, 200, 300, 10_299) == at(10_499)
    assert lived(watch, 10_499, 10_600, 20_600) == at(20_600)


def test_while_no_engine_runs_nothing_is_silent() -> None:
    watch = Watch()
    lived(watch, 0, 100, 200)
    assert watch.silence_due_ms is None
    assert not watch.silent(at(1_000_000))
