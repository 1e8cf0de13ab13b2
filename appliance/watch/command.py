"""`call-light watch` and `call-light status --site`: the whole site, live or once, over the bus."""

import json
import secrets
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final, Protocol

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from appliance.bus.settings import BusSettings
from appliance.bus.talk import BrokerUnavailable, Talk
from appliance.bus.topics import ECHO, HEALTH, INFO, LINE_STATE, STATE
from appliance.clock import now_utc
from appliance.errors import ExitCode
from appliance.watch.access import listening_settings
from appliance.watch.text import caller_row, changes, site_text, unit_row
from appliance.watch.view import SiteListener, SiteView

FRAME_S: Final = 0.25
"""How often the live view is drawn anew: waits are shown in whole seconds."""

AGAIN_S: Final = 2.0
"""How long to wait before a broker that went away is tried again."""


class Screen(Protocol):
    """Where a view is shown."""

    def show(self, view: SiteView, lost: str) -> None:
        """Show the site as it is; `lost` says why the broker does not answer, or is empty."""


def site_status(file: Path, *, as_json: bool) -> int:
    """Print the site as it is now."""
    settings = listening_settings(file)
    listener = SiteListener(settings.site)
    with _talk(settings) as talk:
        _catch_up(talk, settings, listener)
    view = listener.view(time.monotonic())
    print(json.dumps(asdict(view)) + "\n" if as_json else site_text(view), end="")
    return ExitCode.OK


def watch(file: Path) -> int:
    """Show the site until Ctrl-C: drawn anew on a terminal, a line for each change elsewhere."""
    settings = listening_settings(file)
    console = Console(highlight=False)
    if not console.is_terminal:
        _follow(settings, PlainScreen())
        return ExitCode.OK
    with Live(console=console, auto_refresh=False, screen=True) as live:
        _follow(settings, LiveScreen(live))
    return ExitCode.OK


def _follow(settings: BusSettings, screen: Screen) -> None:
    while True:
        # Everything anew: what was missed meanwhile, nobody knows.
        listener = SiteListener(settings.site)
        try:
            with _talk(settings) as talk:
                _catch_up(talk, settings, listener)
                while True:
                    screen.show(listener.view(time.monotonic()), "")
                    _listen(talk, listener, time.monotonic() + FRAME_S)
        except BrokerUnavailable as error:
            screen.show(listener.view(time.monotonic()), str(error))
            time.sleep(AGAIN_S)


def _listen(talk: Talk, listener: SiteListener, until_s: float) -> None:
    while (left_s := until_s - time.monotonic()) > 0:
        message = talk.next(left_s)
        if message is not None:
            listener.hear(message, time.monotonic())


def _talk(settings: BusSettings) -> Talk:
    # Beside the unit of this machine, and beside others who watch as the same user.
    return Talk(settings, f"watch-{secrets.token_hex(4)}")


def _catch_up(talk: Talk, settings: BusSettings, listener: SiteListener) -> None:
    topics = [topic.at(site=settings.site) for topic in (STATE, INFO, HEALTH, LINE_STATE)]
    for message in talk.kept(*topics, echo=ECHO.at(site=settings.site, unit=settings.unit)):
        listener.hear(message, time.monotonic())


class PlainScreen:
    """Prints a line for each change, for a file or a pipe."""

    def __init__(self) -> None:
        """Have said nothing."""
        self._shown = SiteView("", (), (), ())
        self._lost = ""

    def show(self, view: SiteView, lost: str) -> None:
        """Say what is new."""
        at = now_utc().astimezone().strftime("%H:%M:%S")
        if lost != self._lost:
            print(f"{at} broker {'LOST: ' + lost if lost else 'answers'}", flush=True)
            self._lost = lost
        if not lost:
            for line in changes(self._shown, view):
                print(f"{at} {line}", flush=True)
            self._shown = view


class LiveScreen:
    """Draws the whole site on a terminal."""

    def __init__(self, live: Live) -> None:
        """Draw here."""
        self._live = live

    def show(self, view: SiteView, lost: str) -> None:
        """Draw it."""
        self._live.update(drawing(view, lost), refresh=True)


def drawing(view: SiteView, lost: str) -> Group:
    """Return the site as tables for a terminal."""
    callers = Table("line", "wait", "", "", "", title=f"site {view.site}", expand=True)
    for caller in view.callers:
        style = "dim" if caller.state in ("taken", "unsure") else "bold red" if caller.stage >= 3 else "bold"
        callers.add_row(*map(Text, caller_row(view, caller)), style=style)
    units = Table("unit", "", "phone system", "towers", "faults", "site file", expand=True)
    for unit in view.units:
        is_well = unit.online and not unit.phone_lost and not unit.fault_count
        units.add_row(*map(Text, unit_row(unit)), style="" if is_well else "bold yellow")
    said = [Text(f"broker LOST: {lost}", style="bold red")] if lost else []
    nobody = [] if view.callers else [Text("nobody waits", style="dim")]
    return Group(*said, callers, *nobody, units, Text("Ctrl-C ends", style="dim"))
