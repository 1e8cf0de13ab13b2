"""A desk with a desk phone beside it, for stories of callers who are taken."""

from appliance.core.calls import CallState
from appliance.core.notices import CallEnded, Outcome
from appliance.core.settings import LineSettings, PickupSettings
from appliance.core.words import Button, DurationMs, InstantMs, PickupStep, Way
from tests.core.desk import Desk

BY_PHONE = PickupSettings(Way.PHONE, "201", return_target="600", return_after_ms=DurationMs(60_000))
"""The desk phone is 201, and whom nobody takes goes to 600 after a minute."""

ANSWERED, RINGING, JOINED = PickupStep.ANSWERED, PickupStep.RINGING, PickupStep.JOINED
FAILED, HANDED_OVER, LEFT = PickupStep.FAILED, PickupStep.HANDED_OVER, PickupStep.LEFT


def desk_with_a_phone(*lines: LineSettings, pickup: PickupSettings = BY_PHONE) -> Desk:
    """A desk with a desk phone, and one caller who has waited for 10 s on the first line."""
    desk = Desk.registered(*lines, pickup=pickup)
    desk.rings("a", at_s=1)
    desk.forget()
    desk.wait_until(11)
    return desk


def nobody_comes(desk: Desk) -> None:
    """A press takes caller a, and the desk phone does not answer: kept since second 26."""
    desk.taps(Button.LINE_1, at_s=11)
    desk.engine_says("a", ANSWERED)
    desk.engine_says("a", FAILED, at_s=26)


def endings(desk: Desk) -> list[tuple[Outcome, float]]:
    """How calls ended, each with the wait in seconds."""
    return [(one.outcome, round(one.wait_ms / 1000, 3)) for one in desk.notices if isinstance(one, CallEnded)]


def states(desk: Desk) -> list[CallState]:
    """Where the calls stand."""
    return [call.state for call in desk.board.view(InstantMs(desk.now_s * 1000)).calls]
