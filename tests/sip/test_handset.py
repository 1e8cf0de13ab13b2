"""A handset whose sound device is not there, or does not open. test_speaking.py has one that works."""

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.core.events import PickupMoved, RingStarted
from appliance.core.words import PickupStep, Way
from tests.sip.engine_desk import engine_with, raw_pbx, running, settings_for

PULLED_OUT = """
pcm.handset {
    type hw
    card 7
    hint { show on description "the card that it was on" }
}
"""


@pytest.mark.parametrize(
    ("device", "why"),
    [
        ("plughw:CARD=Handset,DEV=0", "handset_device is none of those that `aplay -L` names"),
        ("handset", "the handset's sound device cannot be opened"),
        ("", "the handset's sound device cannot be opened"),
    ],
)
def test_a_press_without_a_handset_leaves_the_caller_ringing(tmp_path: Path, device: str, why: str) -> None:
    configuration = tmp_path / "asound.conf"
    configuration.write_text(PULLED_OUT)
    program = engine_with(f"import os\nos.environ['ALSA_CONFIG_PATH'] = {str(configuration)!r}")
    with raw_pbx() as pbx, running(replace(settings_for(pbx), handset=device), tmp_path, program) as desk:
        desk.registered()
        pbx.send(pbx.invite("patient"))
        ring = desk.wait(RingStarted).offer.ring
        desk.link.take(ring, Way.HANDSET)
        failed = desk.wait(PickupMoved)
        assert (failed.ring, failed.step, failed.why) == (ring, PickupStep.FAILED, why)
        desk.lists(1)
        pbx.send(pbx.cancel("patient"))
        desk.lists(0)
