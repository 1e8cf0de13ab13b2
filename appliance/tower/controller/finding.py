"""Which port the tower is at: the configured one, one that udev named, or one that says HELLO by itself."""

import select
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.clock import Clock
from appliance.core.events import Event
from appliance.errors import CallLightError
from appliance.tower.controller.link import BAUD, Link
from appliance.tower.controller.talk import Talk, TowerLost
from appliance.tower.serial_port import PortTrouble, SerialPort, usb_ports

FOLDER: Final = Path("/dev")
NAMES: Final = "call-light-tower*"
"""What the udev rules in systemd/ call a port that may be a tower's, by its chip: relay boards and label
printers have the same ones, so a name is no leave to write."""

USB_IDS: Final = frozenset(
    {
        "1a86:7523",  # CH340, on most clones of the Arduino Nano
        "1a86:55d4",  # CH9102, its successor
        "0403:6001",  # FT232R, on the Nano itself
        "10c4:ea60",  # CP2102
        "2341:0043",  # ATmega16U2, on the Arduino Uno
        "2341:0001",
    }
)
"""Serial chips of the boards that the firmware runs on, the same as in systemd/70-call-light.rules."""

PORTS_MAX: Final = 8
"""Ports that are asked at once. A Pi has four sockets; what is beyond the eighth is not looked at."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A port at which the tower may be."""

    name: str
    may_ask: bool
    """Whether a person said that it is a tower's, so that it may be written to before it has said HELLO."""


def candidates(configured: str) -> tuple[Candidate, ...]:
    """Return the ports to look at.

    Args:
        configured: the port that the configuration names; empty if it names none.
    """
    if configured:
        return (Candidate(configured, may_ask=True),)
    # Two names of one port would lock each other out.
    named = {name.resolve(): str(name) for name in sorted(FOLDER.glob(NAMES), reverse=True)}
    if named:
        return tuple(Candidate(name, may_ask=False) for name in sorted(named.values()))[:PORTS_MAX]
    plausible = (port.name for port in usb_ports() if port.usb_id in USB_IDS)
    return tuple(Candidate(name, may_ask=False) for name in plausible)[:PORTS_MAX]


def find(ports: Sequence[Candidate], clock: Clock, post: Callable[[Event], None]) -> Talk:
    """Open these ports, all at once, and return the first at which a tower says HELLO; the others are closed.

    It takes 1.4 s with an Arduino, which opening resets, and `HELLO_MS` if there is no tower.

    Raises:
        TowerLost, PortTrouble: there is none; the text has a reason for each port.
    """
    if not ports:
        raise TowerLost(f"no tower is plugged in: no {FOLDER / NAMES}, and no USB port that could be one")
    reasons: dict[str, CallLightError] = {}
    talks: list[Talk] = []
    try:
        for candidate in ports:
            try:
                port = SerialPort(candidate.name, BAUD)
            except PortTrouble as trouble:
                reasons[candidate.name] = trouble
                continue
            link = Link(clock.now_ms(), may_ask=candidate.may_ask)
            talks.append(Talk(port, link, clock, post))
        return _first_to_greet(talks, reasons, clock)
    finally:
        for talk in talks:
            talk.end()


def _first_to_greet(talks: list[Talk], reasons: dict[str, CallLightError], clock: Clock) -> Talk:
    """Take the first that says HELLO out of the list and return it."""
    while talks:
        for talk in tuple(talks):
            try:
                talk.turn()
            except (PortTrouble, TowerLost) as lost:
                reasons[talk.port.name] = lost
                talks.remove(talk)
                talk.end()
                continue
            if talk.link.hello is not None:
                talks.remove(talk)
                return talk
        if talks:
            patience_ms = min(talk.look_by_ms for talk in talks) - clock.now_ms()
            select.select([talk.port for talk in talks], [], [], max(0.0, patience_ms / 1000))
    if len(reasons) == 1:
        raise reasons.popitem()[1]
    raise TowerLost("; ".join(str(reasons[name]) for name in sorted(reasons)))
