"""A house with a real Asterisk, the real engine at some of its extensions, desk phones, and people who call.

Every extension of the engine is another kind of customer: 601 as usual, 602 may not transfer and lets its
callers hear Europe's ringback, 603 speaks only encrypted, 604 only G.722, 605 only Opus, the settings of 606
demand an encryption that its phone system does not have, and on the way to 607 requests may be lost
or late.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from appliance.core.events import PickupMoved, RingStarted
from appliance.core.words import DurationMs, ExtensionId, OrderId, PickupStep, RingId, Way
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Ringback, Srtp, Transport
from tests.peers.asterisk import Asterisk, AsteriskPractice, running_asterisk
from tests.peers.program import PATIENT_S
from tests.peers.relay import Relay
from tests.peers.sound_card import SoundCard
from tests.peers.talker import Talker, talker
from tests.sip.engine_desk import EngineDesk, engine_with, running

CALLER_HZ: Final = 1000
DESK_HZ: Final = 1700
OTHER_HZ: Final = 2300
RINGBACK: Final = (440, 480)
DESK, OTHER, VOICEMAIL = "21", "22", "30"
SHORT_MS: Final = DurationMs(3_000)
"""How long a desk phone that never answers is called, so that a story takes no quarter of a minute; where the
machine stalls, it may take a while to ring."""

SILENT_MS: Final = DurationMs(1_000)
"""How long nothing is heard of a caller before the phone system is asked; quicker than the product does."""

OPTIONS: Final = {
    "601": "trust_id_inbound = yes",
    "602": "allow_transfer = no",
    "603": "media_encryption = sdes",
    "604": "disallow = all\nallow = g722",
    "605": "disallow = all\nallow = opus",
    "606": "",
    "607": "",
}
HANDSET: Final = "handset"
HANDED_OVER: Final = ["answered", "ringing", "joined", "handed-over"]
"""The steps of a taking that goes as it should."""


def hear_each_other(caller: Talker, phone: Talker, hertz: int = DESK_HZ) -> None:
    """A tone that the caller sends is heard at the phone, and back."""
    caller.until_hears(hertz)
    phone.until_hears(CALLER_HZ)


class House:
    """What a story speaks of. Each begins with both phones free and nobody in our hands."""

    def __init__(
        self,
        asterisk: Asterisk,
        phone: Talker,
        other: Talker,
        desk: EngineDesk,
        handset: SoundCard,
        relay: Relay,
    ) -> None:
        self.handset = handset
        """The handset of the unit."""
        self.asterisk = asterisk
        self.phone = phone
        """The desk phone beside the unit."""
        self.other = other
        """A phone in another room."""
        self.desk = desk
        self.relay = relay
        """The way between the phone system and 607."""
        self._told = 0
        self._rung = 0

    def begin(self) -> None:
        """Forget what was told in stories before."""
        self._told = len(self.desk.all(PickupMoved))
        self._rung = len(self.desk.all(RingStarted))
        for phone in (self.phone, self.other):
            phone.final, phone.answers_after_s = "200 OK", 0.0
            phone.heard.clear()

    def end(self) -> None:
        """End what still goes on, so that the next story finds both phones free."""
        self.relay.loses = self.relay.delays = ""
        self.relay.has_forgotten = False
        for phone in (self.phone, self.other):
            if phone.is_connected:
                phone.hang_up()
            phone.until_free()

    def rings(self, caller: Talker | None = None, dials: str = "9601", name: str = "") -> RingId:
        """Somebody dials, or is sent on, and the light is lit; returns the ring."""
        if caller is not None:
            caller.dial(self.asterisk.address, dials, name)
        self._rung += 1
        return self.desk.wait(RingStarted, self._rung).offer.ring

    def take(
        self, ring: RingId, target: str = DESK, *, confirm_key: bool = False, short: bool = False
    ) -> None:
        """A press takes this caller for the phone: the first order for them."""
        within_ms = SHORT_MS if short else DurationMs(15_000)
        self.desk.link.take(
            ring, Way.PHONE, target, confirm_key=confirm_key, answer_within_ms=within_ms, order=OrderId(1)
        )

    def moves(self) -> list[PickupMoved]:
        """What was told in this story so far."""
        return self.desk.all(PickupMoved)[self._told :]

    def steps(self, ring: RingId) -> list[str]:
        """How far the taking of this caller has come, with the reason where there is one."""
        moves = [moved for moved in self.moves() if moved.ring == ring]
        return [f"{moved.step}: {moved.why}" if moved.why else moved.step.value for moved in moves]

    def until_step(self, ring: RingId, step: PickupStep, within_s: float = PATIENT_S) -> None:
        """Wait until the taking of this caller has come as far as this."""
        self.desk.wait_for(
            lambda: any(moved.ring == ring and moved.step is step for moved in self.moves()) or None,
            within_s,
            f"the step {step}",
        )


@contextlib.contextmanager
def running_house(folder: Path) -> Iterator[House]:
    """A house in which everything is registered."""
    with contextlib.ExitStack() as stack:
        phone = stack.enter_context(talker(DESK_HZ, DESK))
        other = stack.enter_context(talker(OTHER_HZ, OTHER))
        passwords = {user: f"melon-{user}" for user in OPTIONS}
        practice = AsteriskPractice(passwords, {DESK: phone.port, OTHER: other.port}, OPTIONS)
        asterisk = stack.enter_context(running_asterisk(practice))
        relay = stack.enter_context(contextlib.closing(Relay(asterisk.port)))
        registrars = (f"sip:{asterisk.address}",)
        office = PbxSettings("office", registrars, Transport.UDP, srtp=Srtp.OPTIONAL)
        pbxs = {
            "602": PbxSettings("annex", registrars, Transport.UDP, ringback=Ringback.EUROPE),
            "607": PbxSettings("far", (f"sip:{relay.address}",), Transport.UDP),
            "606": PbxSettings("strict", registrars, Transport.UDP, srtp=Srtp.REQUIRED),
        }
        accounts = tuple(
            ExtensionAccount(ExtensionId(f"light-{user}"), pbxs.get(user, office).id, user, password)
            for user, password in passwords.items()
        )
        settings = EngineSettings((office, *pbxs.values()), accounts, HANDSET)
        handset = SoundCard(folder, HANDSET, OTHER_HZ)
        seen = {"ALSA_CONFIG_PATH": str(handset.configuration)}
        silent = f"from appliance.sip import silence\nsilence.SILENT_MS = {SILENT_MS}"
        program = engine_with(f"import os\nos.environ |= {seen}\n{silent}")
        desk = stack.enter_context(running(settings, folder, program))
        desk.registered(len(accounts))
        yield House(asterisk, phone, other, desk, handset, relay)
