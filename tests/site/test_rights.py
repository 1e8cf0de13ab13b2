"""What the broker lets each kind of user do, and what it refuses: asked of a real one."""

from dataclasses import replace

import pytest

from appliance.bus.message import Message
from appliance.bus.talk import BrokerRefused, BrokerUnavailable, Talk
from appliance.site.safe import BROKER_PACKET_BYTES_MAX
from tests.peers.site import SITE, RunningSite, command


def test_a_unit_writes_below_its_own_name_only(site: RunningSite) -> None:
    back = site.added("back")
    tree = f"calllight/{SITE}"
    allowed = (f"{tree}/back/line/main/state", f"{tree}/front/request/pickup/back")
    refused = (
        f"{tree}/front/state",
        f"{tree}/front/request/pickup/front",
        "homeassistant/device/calllight_elm-street_front/config",
        f"calllight-enrol/{SITE}/back",
        "$CONTROL/dynamic-security/v1",
        "elsewhere",
    )
    with Talk(back.settings(site, "back")) as talk:
        for topic in allowed:
            talk.publish(Message(topic, b"{}"))
        for topic in refused:
            with pytest.raises(BrokerRefused, match="does not allow back to write there: Not authorized"):
                talk.publish(Message(topic, b"{}"))
        with pytest.raises(BrokerRefused, match="to listen there"):
            talk.subscribe(f"calllight-enrol/{SITE}/#")
        talk.subscribe(f"{tree}/#")


def test_a_packet_beyond_every_honest_one_costs_its_sender_the_connection(site: RunningSite) -> None:
    with Talk(site.front.settings(site, "front")) as talk:
        topic = f"calllight/{SITE}/front/event"
        talk.publish(Message(topic, b"x" * (BROKER_PACKET_BYTES_MAX - 100)))
        with pytest.raises(BrokerUnavailable):
            talk.publish(Message(topic, b"x" * BROKER_PACKET_BYTES_MAX))
    with Talk(site.front.settings(site, "front")):
        pass


def test_a_watcher_sees_all_and_says_nothing(site: RunningSite) -> None:
    laptop = site.folder / "laptop"
    laptop.mkdir()
    file = laptop / "kim.enrolment"
    assert site.command("add-watcher", "kim", "--out", file).code == 0
    said = command("enrol", file, "--config", laptop / "call-light.toml")
    assert said.out.startswith("kim is a watcher of site elm-street, with its broker at localhost:")
    kim = replace(
        site.front.settings(site, "front"),
        unit="kim",
        ca_file=str(laptop / "site-ca.pem"),
        password=(laptop / "credentials" / "bus.password").read_text(),
    )
    # With the site's key, every number could be tried until its hash is the one that a line shows.
    assert [one.name for one in (laptop / "credentials").iterdir()] == ["bus.password"]
    with Talk(kim) as talk:
        talk.subscribe(f"calllight/{SITE}/#")
        talk.publish(Message(f"calllight/{SITE}/front/request/republish/kim", b"{}"))
        for topic in (f"calllight/{SITE}/kim/state", f"calllight/{SITE}/front/request/pickup/kim"):
            with pytest.raises(BrokerRefused):
                talk.publish(Message(topic, b"{}"))


def test_home_assistant_is_a_watcher_that_may_mute_and_finds_the_units(site: RunningSite) -> None:
    server = site.folder / "server"
    server.mkdir()
    file = server / "homeassistant.enrolment"
    assert site.command("add-watcher", "homeassistant", "--out", file).code == 0
    assert command("enrol", file, "--config", server / "call-light.toml").code == 0
    password = (server / "credentials" / "bus.password").read_text()
    settings = replace(site.front.settings(site, "front"), unit="homeassistant", password=password)
    with Talk(settings) as talk:
        talk.subscribe("homeassistant/#", f"calllight/{SITE}/#")
        talk.publish(Message("homeassistant/status", b"online"))
        talk.publish(Message(f"calllight/{SITE}/front/request/mute/homeassistant", b"{}"))
        with pytest.raises(BrokerRefused):
            talk.publish(Message(f"calllight/{SITE}/front/request/pickup/homeassistant", b"{}"))
