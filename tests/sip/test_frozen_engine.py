"""The real engine stands still while it has a caller in its hands: shown, and nobody is lost by it."""

import os
import signal

from appliance.core.events import EngineLost, EngineSilent, EngineSpoke
from appliance.core.words import OrderId, PickupStep, Way
from tests.peers.talker import Talker
from tests.sip.house import DESK, House, hear_each_other


def test_an_engine_that_stands_still_for_some_seconds_keeps_the_caller_in_its_hands(
    house: House, caller: Talker
) -> None:
    house.phone.final = "486 Busy Here"
    ring = house.rings(caller)
    house.take(ring)
    house.until_step(ring, PickupStep.FAILED)
    pid = house.desk.link.engine_pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        house.desk.wait(EngineSilent)
    finally:
        os.kill(pid, signal.SIGCONT)
    house.desk.wait(EngineSpoke)
    house.phone.final = "200 OK"
    house.desk.link.take(ring, Way.PHONE, DESK, order=OrderId(2))
    hear_each_other(caller, house.phone)
    house.until_step(ring, PickupStep.HANDED_OVER)
    assert house.desk.all(EngineLost) == []
    caller.hang_up()
