"""The last words of the demonstration: what people did is held against the script, and ears against SIP."""

from dataclasses import replace

from appliance.core.words import InstantMs
from tests.peers.trace import Ending, Placed
from tests.practice.expected import Excuse, Taking
from tests.practice.judge import Verdict
from tests.practice.morning import BACK, FRONT, waiting_on
from tests.practice.outcome import Judged, Played, summary, unjudged_s

PATIENT = Placed(
    "a", "0300010", waiting_on("appointments"), InstantMs(500), Ending.ANSWERED, InstantMs(9_900), "light"
)
HOSPITAL = Placed(
    "b", "0300013", waiting_on("hospital"), InstantMs(6_300), Ending.ANSWERED, InstantMs(7_500), "light"
)
TOWER = Judged(Verdict((), 2, (3.0, 4.0)), None)
PLAYED = Played(
    (PATIENT, HOSPITAL),
    TOWER,
    TOWER,
    {"a": Taking(BACK, 9_900, 10_600), "b": Taking(FRONT, 7_500, 8_200)},
    unheard=(),
    by_script=True,
)


def test_a_morning_in_which_all_went_as_placed_has_no_trouble() -> None:
    assert PLAYED.troubles == []
    assert summary(PLAYED).splitlines() == [
        "callers placed    2",
        "lit               2 at the front, 2 in the back",
        "how ended         1 taken in the back, 1 taken at the front",
        "units took        1 at the front, 1 in the back",
        "INVITE to front picture median 3.5 ms, worst 4.0 ms",
        "INVITE to back picture median 3.5 ms, worst 4.0 ms",
        "Every picture of both towers was true: right line, right stage, right time, dark after the end.",
    ]


def test_a_caller_who_ends_otherwise_than_the_script_has_it_is_a_trouble_and_at_the_keys_it_is_none() -> None:
    by_the_other = replace(PLAYED, takings={**PLAYED.takings, "a": Taking(FRONT, 9_900, 10_600)})
    assert by_the_other.troubles == [
        "the caller 0300010 was to end so: taken in the back, and ended so: taken at the front"
    ]
    gone = replace(PLAYED, placed=(replace(PATIENT, ending=Ending.GAVE_UP),), takings={})
    assert gone.troubles == ["the caller 0300010 was to end so: taken in the back, and ended so: gave up"]
    assert replace(gone, by_script=False).troubles == []


def test_a_caller_who_was_connected_and_not_heard_is_a_trouble() -> None:
    deaf = replace(PLAYED, unheard=("0300013",))
    assert deaf.troubles == ["the caller 0300013 was not heard at the desk phone"]
    assert summary(deaf).splitlines()[-1] == "NOT TRUE: the caller 0300013 was not heard at the desk phone"


def test_what_was_not_judged_is_said_and_two_excuses_at_once_count_once() -> None:
    excuses = [Excuse(1_000, 3_000), Excuse(2_000, 4_000), Excuse(9_000)]
    assert unjudged_s(excuses, 10_000) == 4.0
    assert unjudged_s([], 10_000) == 0.0
    spoiled = replace(PLAYED, back=replace(TOWER, unjudged_s=4.0))
    assert "not judged        0 s of the front, 4 s of the back" in summary(spoiled).splitlines()
