"""`call-light retire`: takes a unit off the bus for good, so that nothing of it stays on the broker.

A unit that is merely switched off stays known, and is missed; one that is retired is forgotten by the others
and by Home Assistant.
"""

import contextlib

from appliance.bus.discovery import discovery_topic
from appliance.bus.message import Message
from appliance.bus.settings import BusSettings
from appliance.bus.talk import Talk
from appliance.bus.topics import ECHO, PREFIX
from appliance.config.configuration import Configuration
from appliance.errors import CallLightError, UnitUnavailable
from appliance.status.client import fetch
from appliance.status.server import SOCKET_NAME


def retire_unit(configuration: Configuration) -> int:
    """Clear every message of this unit that the broker keeps; return how many there were.

    Raises:
        CallLightError: the unit runs, or has no bus; the broker cannot be reached, or does not let us.
    """
    if configuration.bus is None:
        raise CallLightError("this unit has no bus: [bus] names no broker")
    with contextlib.suppress(UnitUnavailable):
        fetch(configuration.runtime_directory / SOCKET_NAME)
        raise CallLightError("the unit runs, and would say everything again: stop it first")
    return retire(configuration.bus)


def retire(settings: BusSettings) -> int:
    """Clear what the broker keeps of this unit, which does not run; return how many messages that were."""
    site, unit = settings.site, settings.unit
    # As the unit itself, without a purpose of its own: a will that is still to come is called off by that.
    with Talk(settings) as talk:
        trees = (f"{PREFIX}/{site}/{unit}/#", discovery_topic(site, unit))
        kept = talk.kept(*trees, echo=ECHO.at(site=site, unit=unit))
        for message in kept:
            talk.publish(Message(message.topic, b"", retain=True))
    return len(kept)
