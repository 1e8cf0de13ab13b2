"""What the end of a ring says: the Reason headers of a CANCEL, read as this PBX means them.

The cases were measured on Asterisk 22, FreeSWITCH and Kamailio. A CANCEL may carry several Reason headers in
any order (RFC 3326 section 2), so all of them are looked at before anything is concluded.
"""

from enum import Enum
from typing import Final

from appliance.core.events import Reason
from appliance.core.settings import CancelMeaning


class Verdict(Enum):
    """What is known of the caller after a ring ended."""

    ANSWERED = "answered elsewhere"
    GAVE_UP = "gave up"
    NOT_KNOWN = "not yet known"


SIP_COMPLETED_ELSEWHERE: Final = 200
"""RFC 3326 section 3.1: a forking proxy cancels the other branches with SIP cause 200."""

SIP_TERMINATED: Final = 487
"""FreeSWITCH's ORIGINATOR_CANCEL: RFC 3261 section 21.4.25, the request was terminated by the caller."""

Q850_ANSWERED_ELSEWHERE: Final = 26
"""ITU-T Q.850: non-selected user clearing, that is, somebody else took the call."""

Q850_NO_ANSWER: Final = 19
"""ITU-T Q.850: user alerted, no answer. FreePBX's ring groups say so when a colleague answers."""

Q850_GAVE_UP: Final = frozenset({16, 17, 21, 127})
"""ITU-T Q.850 causes of a caller who hung up: normal clearing (a trunk said so), user busy and call rejected
(another phone had said so before the caller hung up), interworking (no trunk said anything)."""


def verdict_of(cancelled: bool, reasons: tuple[Reason, ...], meaning: CancelMeaning) -> Verdict:
    """Return what the end of a ring proves.

    A ring that ended without a CANCEL (lost, failed) proves nothing. A CANCEL without any Reason is a caller
    who gave up: Kamailio sends none then, and every measured PBX names a reason when a colleague answers.
    """
    if not cancelled:
        return Verdict.NOT_KNOWN
    sip = {reason.cause for reason in reasons if reason.protocol.upper() == "SIP"}
    q850 = {reason.cause for reason in reasons if reason.protocol.upper() == "Q.850"}
    if SIP_COMPLETED_ELSEWHERE in sip or Q850_ANSWERED_ELSEWHERE in q850:
        return Verdict.NOT_KNOWN if meaning is CancelMeaning.ALWAYS else Verdict.ANSWERED
    if meaning is CancelMeaning.FREEPBX_DEFAULT and q850 == {Q850_NO_ANSWER} and not sip:
        return Verdict.ANSWERED
    if SIP_TERMINATED in sip or q850 & Q850_GAVE_UP or not reasons:
        return Verdict.GAVE_UP
    return Verdict.NOT_KNOWN
