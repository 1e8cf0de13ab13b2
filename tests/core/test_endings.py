"""What a CANCEL says, case by case as it was measured."""

from itertools import permutations

import pytest

from appliance.core.endings import Verdict, verdict_of
from appliance.core.events import Reason
from appliance.core.settings import CancelMeaning

NORMAL, FREEPBX, ALWAYS = CancelMeaning.NORMAL, CancelMeaning.FREEPBX_DEFAULT, CancelMeaning.ALWAYS
ANSWERED, GAVE_UP, NOT_KNOWN = Verdict.ANSWERED, Verdict.GAVE_UP, Verdict.NOT_KNOWN
ELSEWHERE = Reason("SIP", 200, "Call completed elsewhere")


def q850(cause: int) -> Reason:
    return Reason("Q.850", cause)


@pytest.mark.parametrize(
    ("what_happened", "reasons", "normal", "freepbx", "always"),
    [
        ("Asterisk, a colleague answers", (ELSEWHERE, q850(26)), ANSWERED, ANSWERED, NOT_KNOWN),
        ("FreePBX's default, a colleague answers", (q850(19),), NOT_KNOWN, ANSWERED, NOT_KNOWN),
        ("Asterisk, ring time over", (q850(0),), NOT_KNOWN, NOT_KNOWN, NOT_KNOWN),
        ("Asterisk, the caller gave up", (q850(127),), GAVE_UP, GAVE_UP, GAVE_UP),
        ("the trunk says the caller gave up", (q850(16),), GAVE_UP, GAVE_UP, GAVE_UP),
        ("gave up after another phone was busy", (q850(17),), GAVE_UP, GAVE_UP, GAVE_UP),
        ("gave up after another phone declined", (q850(21),), GAVE_UP, GAVE_UP, GAVE_UP),
        ("FreeSWITCH, answered", (Reason("SIP", 200, "x"),), ANSWERED, ANSWERED, NOT_KNOWN),
        ("FreeSWITCH, gave up", (Reason("SIP", 487, "ORIGINATOR_CANCEL"),), GAVE_UP, GAVE_UP, GAVE_UP),
        ("Kamailio, gave up", (), GAVE_UP, GAVE_UP, GAVE_UP),
        (
            "protocol in small letters",
            (Reason("sip", 200), Reason("q.850", 26)),
            ANSWERED,
            ANSWERED,
            NOT_KNOWN,
        ),
        ("an unknown protocol", (Reason("X.25", 200),), NOT_KNOWN, NOT_KNOWN, NOT_KNOWN),
        ("19 beside another cause is no lone 19", (q850(19), q850(0)), NOT_KNOWN, NOT_KNOWN, NOT_KNOWN),
    ],
)
def test_a_cancel_is_read_as_this_pbx_means_it(
    what_happened: str, reasons: tuple[Reason, ...], normal: Verdict, freepbx: Verdict, always: Verdict
) -> None:
    for order in permutations(reasons):
        said = tuple(verdict_of(True, order, meaning) for meaning in (NORMAL, FREEPBX, ALWAYS))
        assert said == (normal, freepbx, always), what_happened


def test_a_ring_that_was_lost_proves_nothing() -> None:
    assert verdict_of(False, (ELSEWHERE,), NORMAL) is NOT_KNOWN
