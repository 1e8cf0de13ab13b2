"""One caller at the unit's own handset, step by step."""

from appliance.sip.pickup import HANDSET_GONE
from tests.sip.pickup_story import HANDSET, PHONE, Story, at, calling


def test_a_handset_is_joined_at_once_and_its_hook_ends_the_conversation() -> None:
    story = Story(HANDSET)
    story.pickup.caller_connected(at(0))
    assert story.did() == ["answered", "ringback", "join", "joined"]
    story.pickup.hang_up()
    assert story.did() == ["let go", "hang up", "left"]


def test_a_handset_that_is_pulled_out_leaves_the_caller_with_us_who_is_taken_again() -> None:
    story = Story(HANDSET)
    story.pickup.caller_connected(at(0))
    story.did()
    story.pickup.handset_gone()
    assert story.did() == ["let go", "ringback", f"failed: {HANDSET_GONE}"]
    assert not story.pickup.on_handset
    story.pickup.handset_gone()
    assert story.did() == []
    story.pickup.take(PHONE, at(5_000))
    assert story.did() == ["let go", "ringback", "call 21"]


def test_a_handset_that_is_pulled_out_before_the_leg_stands_is_not_spoken_on() -> None:
    story = Story(HANDSET)
    story.pickup.handset_gone()
    assert (story.did(), story.pickup.on_handset) == ([], False)
    story.pickup.caller_connected(at(0))
    assert story.did() == ["answered", "ringback", "let go", "ringback", f"failed: {HANDSET_GONE}"]


def test_a_handset_that_is_pulled_out_is_nothing_to_who_speaks_at_a_desk_phone() -> None:
    story = calling()
    story.pickup.second_answered(at(100))
    story.did()
    story.pickup.handset_gone()
    assert story.did() == []
