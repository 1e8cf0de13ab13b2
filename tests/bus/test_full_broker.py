"""A unit gone bad leaves as much on the broker as its rights allow, and hides nobody by that."""

from tests.bus.member import members
from tests.peers.listener import listening
from tests.peers.mosquitto import SITE, STRANGER, running_mosquitto
from tests.peers.program import PATIENT_S, until


def test_what_a_unit_leaves_at_lines_that_nobody_has_keeps_no_word_of_the_others_from_us() -> None:
    with running_mosquitto() as broker, listening(broker, STRANGER, f"calllight/{SITE}/none") as stranger:
        # More than the broker keeps in its queue for anybody.
        topics = [f"calllight/{SITE}/{STRANGER}/line/x{number}/state" for number in range(1_100)]
        said = [stranger.say(topic, b"{}", retain=True) for topic in topics]
        stranger.answer_to(said[-1])
        with members(broker, "front") as (front,):
            front.has_waiting(90)
            with members(broker, "back") as (back,):
                back.until_back()
                until(lambda: back.sees("front") == [90], PATIENT_S, "the back hears of the caller")
                assert back.link.status().dropped_count == back.link.status().refused_count == 0
