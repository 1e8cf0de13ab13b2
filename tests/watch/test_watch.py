"""`call-light watch` and `status --site` on a real broker: what other machines say is seen here at once."""

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from appliance.bus.message import Message
from appliance.bus.payloads import Echo
from appliance.bus.talk import TALK_NEWS_MAX, TALK_WAIT_S, Talk
from appliance.bus.topics import ECHO
from appliance.watch.command import drawing
from appliance.watch.view import SiteListener
from tests.peers.program import PATIENT_S, Program
from tests.peers.site import RunningSite, command, new_place, running_site
from tests.watch.words import SITE, call, health, info, line, state

SEEN_S = 2 * PATIENT_S
"""By when a program that has just been started, or a broker that is back, has been seen."""


@pytest.fixture(scope="module")
def site() -> Iterator[RunningSite]:
    with running_site() as site:
        yield site


@pytest.fixture(scope="module")
def kim(site: RunningSite) -> Path:
    """A laptop that only watches."""
    file = site.folder / "kim.enrolment"
    assert site.command("add-watcher", "kim", "--out", file).code == 0
    laptop = site.folder / "laptop"
    laptop.mkdir()
    assert command("enrol", file, "--config", laptop / "call-light.toml").code == 0
    return laptop / "call-light.toml"


def say(site: RunningSite, *messages: Message) -> None:
    """Have the front unit say this."""
    with Talk(site.front.settings(site, "front"), "say") as talk:
        for message in messages:
            talk.publish(message)


def test_changes_come_as_lines_where_there_is_no_terminal(site: RunningSite, kim: Path) -> None:
    say(site, state("front"), info("front", "main"), health("front"))
    watching = Program(
        "watch",
        [sys.executable, "-m", "appliance.cli", "watch", "--config", str(kim)],
        kim.parent,
        environment={"PYTHONPATH": str(Path.cwd()), "TZ": "UTC"},
    )
    try:
        watching.until(lambda: "front  online  1/1 registered" in watching.log(), SEEN_S, "the unit is seen")
        say(site, line("front", "main", call("front-1", 3.0, key="ab")))
        rings = re.compile(r"Main: 0:\d\d  ringing  stage 1  at front")
        watching.until(lambda: bool(rings.search(watching.log())), SEEN_S, "the caller is seen")
        say(site, line("front", "main", call("front-1", 9.0, key="ab", state="taken", by="back"), rev=2))
        watching.until(lambda: "taken back" in watching.log(), SEEN_S, "who takes the caller is seen")
        site.broker.kill()
        watching.until(lambda: "broker LOST: localhost:" in watching.log(), SEEN_S, "the loss is told")
        site.start_broker()
        watching.until(lambda: "broker answers" in watching.log(), SEEN_S, "the broker is back")
    finally:
        watching.end()


def test_the_whole_site_once_as_text_and_for_scripts(site: RunningSite, kim: Path) -> None:
    say(site, state("front"), info("front", "main"), health("front"))
    say(site, line("front", "main", call("front-1", 3.0, key="ab")))
    asked_s = time.monotonic()
    said = command("status", "--site", "--config", kim)
    assert re.match(
        r"site elm-street: 1 caller waits, 1 of 1 units online\ncallers:\n  Main  0:[0-5]\d  ringing",
        said.out,
    )
    found = json.loads(command("status", "--site", "--json", "--config", site.front.configuration).out)
    # It waited for no answer that never came.
    assert time.monotonic() - asked_s < TALK_WAIT_S
    assert found["site"] == SITE
    assert [(one["line"], one["state"], one["seen_by"]) for one in found["callers"]] == [
        ("main", "ringing", ["front"])
    ]
    assert [(one["unit"], one["online"], one["site_revision"]) for one in found["units"]] == [
        ("front", True, 3)
    ]


def test_all_that_a_command_says_is_as_the_contract_says(site: RunningSite, kim: Path) -> None:
    with Talk(site.front.settings(site, "front"), "ear") as talk:
        talk.subscribe(ECHO.at(site=SITE, unit="kim"))
        assert command("status", "--site", "--config", kim).code == 0
        echo = talk.next()
    assert echo is not None
    # The unit of this machine, if there is one, hears it too, and it must be nothing to complain of.
    decoded = ECHO.decode(echo.payload)
    assert isinstance(decoded, Echo)
    assert decoded.boot.startswith("talk-")


def test_who_is_in_no_site_is_told_what_to_do(tmp_path: Path) -> None:
    alone = new_place(tmp_path / "alone", "alone")
    said = command("watch", "--config", alone.configuration)
    assert said.code == 78
    assert said.err.endswith("[bus] names no broker, so this machine is in no site; enrol it\n")
    said = command("status", "--site", "--config", tmp_path / "none.toml")
    assert said.err.endswith("none.toml: there is no such file; `call-light enrol FILE` makes it\n")


def test_a_terminal_shows_callers_units_and_a_lost_broker() -> None:
    listener = SiteListener(SITE)
    said = (state("front"), info("front", "main"), health("front", fault_count=1), state("back", "offline"))
    for message in (*said, line("front", "main", call("front-1", 50.0, key="ab"))):
        listener.hear(message, 0)
    console = Console(width=100)
    with console.capture() as captured:
        console.print(drawing(listener.view(0), "the cable is out"))
    drawn = captured.get()
    for words in (
        "broker LOST: the cable is out",
        "Main",
        "0:50",
        "ringing",
        "at front",
        "SILENT",
        "1 faults",
    ):
        assert words in drawn


def test_what_comes_faster_than_it_is_looked_at_is_lost_and_nothing_hangs(site: RunningSite) -> None:
    with Talk(site.front.settings(site, "front"), "flood") as talk:
        for _ in range(TALK_NEWS_MAX + 10):
            talk._hear(state("front"))
        assert len(list(iter(lambda: talk.next(0), None))) == TALK_NEWS_MAX
