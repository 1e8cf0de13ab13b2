"""A site is made anew, with another authority and another key: its units stay those that they were."""

import pytest

from appliance.bus.message import Message
from appliance.bus.talk import BrokerUnavailable, Talk
from tests.peers.site import SITE, command, running_site


def test_a_site_that_is_made_anew_takes_its_units_in_again_by_a_new_enrolment() -> None:
    with running_site() as site:
        back = site.added("back", "--target", "202")
        before, old_key = site.front.site_file, site.safe.site_key
        site.end()
        site.safe_folder.rename(site.folder / "broker.old")
        site.make()
        site.until_attended()
        assert site.front.site_file == before
        assert site.safe.site_key != old_key
        with Talk(site.front.settings(site, "front")) as talk:
            talk.publish(Message(f"calllight/{SITE}/front/state", b"{}"))
        with pytest.raises(BrokerUnavailable, match="the broker's certificate is not trusted"):
            Talk(back.settings(site, "back")).__enter__()
        file = site.folder / "back.again"
        assert site.command("rotate", "back", "--out", file).code == 0
        assert command("enrol", file, "--config", back.configuration).code == 0
        with Talk(back.settings(site, "back")) as talk:
            talk.publish(Message(f"calllight/{SITE}/back/state", b"{}"))
        assert (back.folder / "credentials" / "site.key").read_text() == site.safe.site_key
