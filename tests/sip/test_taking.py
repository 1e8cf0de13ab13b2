"""The real engine takes callers at a real Asterisk: who hears whom, and what the unit is told."""

import contextlib
from collections.abc import Iterator

import pytest

from appliance.core.events import PickupMoved, RingStarted
from appliance.core.words import ExtensionId, PickupStep, RingId, Way
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Transport
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.talker import Talker, talker
from tests.sip.engine_desk import EngineDesk, running

LIGHT = ExtensionId("light")
PASSWORD = "melon-secret"
CALLER_HZ, DESK_HZ = 1000, 1700
DESK = "21"
UNIT = "710"


class House:
    """An Asterisk, the engine at extension 601, a desk phone, and somebody who calls."""

    def __init__(self, asterisk: Asterisk, phone: Talker, desk: EngineDesk) -> None:
        self.asterisk = asterisk
        self.phone = phone
        self.desk = desk

    def takes(self, ring: RingId) -> None:
        self.desk.link.take(ring, Way.PHONE, DESK)

    def steps(self) -> list[PickupStep]:
        return [moved.step for moved in self.desk.all(PickupMoved)]

    def until_step(self, step: PickupStep) -> None:
        self.desk.wait_for(lambda: self.steps()[-1:] == [step] or None, 5, f"the step {step}")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with contextlib.ExitStack() as stack:
        phone = stack.enter_context(talker(DESK_HZ, DESK))
        practice = AsteriskPractice({"601": PASSWORD}, {DESK: phone.port})
        asterisk = stack.enter_context(running_asterisk(practice))
        office = PbxSettings("office", (f"sip:{asterisk.address}",), Transport.UDP)
        settings = EngineSettings((office,), (ExtensionAccount(LIGHT, "office", "601", PASSWORD),))
        desk = stack.enter_context(running(settings, tmp_path_factory.mktemp("engine")))
        desk.registered()
        yield House(asterisk, phone, desk)


@pytest.fixture
def caller() -> Iterator[Talker]:
    with talker(CALLER_HZ, "0301555") as one:
        yield one


def test_a_caller_hears_ringback_then_the_person_at_the_desk_who_is_handed_over(
    house: House, caller: Talker
) -> None:
    house.phone.answers_after_s = 1
    caller.dial(house.asterisk.address, UNIT, "Berta")
    ring = house.desk.wait(RingStarted).offer.ring
    house.takes(ring)
    caller.until_connected()
    caller.until_hears(440, 480)
    house.phone.until_connected()
    caller.until_hears(DESK_HZ)
    house.phone.until_hears(CALLER_HZ)
    house.until_step(PickupStep.HANDED_OVER)
    assert house.steps() == [
        PickupStep.ANSWERED,
        PickupStep.RINGING,
        PickupStep.JOINED,
        PickupStep.HANDED_OVER,
    ]
    caller.until_hears(DESK_HZ)
    house.phone.until_hears(CALLER_HZ)
    house.phone.hang_up()
    caller.until_over()
