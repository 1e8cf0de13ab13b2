"""One device in Home Assistant for each unit, by its MQTT discovery: a single retained message names all of
it.

What the message replaces is read back from the broker, so that the entities of a line that was removed go
with it. When Home Assistant starts it wants everything again, and all units of a site must not answer in one
instant.
"""

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, Final, get_args

from appliance.bus.message import Message
from appliance.bus.payloads import VERSION, EventType
from appliance.bus.speech import MODEL, About
from appliance.bus.topics import EVENT, HEALTH, LINE_STATE, REQUEST_MUTE, STATE, WAITING, Topic
from appliance.core.bus_events import NeighbourState
from appliance.core.words import LINE_BUTTONS, DurationMs, InstantMs
from appliance.site.rights import ASKER, STATUS_TOPIC

ANSWER_WITHIN_MS: Final = DurationMs(5_000)
"""Within which time, by chance, a unit answers a Home Assistant that started."""

_NEVER_MS: Final = InstantMs(float("inf"))

_FIRST: Final = "(value_json.calls | sort(attribute='age_s', reverse=true) | first)"
_WAITING: Final = "value_json.calls | rejectattr('state', 'eq', 'taken') | list"


def discovery_topic(site: str, unit: str) -> str:
    """Return where a unit tells Home Assistant of itself."""
    return f"homeassistant/device/calllight_{site}_{unit}/config"


class Discovery:
    """Tells Home Assistant of one unit."""

    def __init__(self, about: About, chance: Callable[[], float] = random.random) -> None:
        """Have told nothing yet; `chance` draws from 0 to 1."""
        self._about = about
        self._chance = chance
        self._parts = parts(about)
        self.topic: Final = discovery_topic(about.site, about.unit)
        self.due_ms = _NEVER_MS
        """When everything is to be said again."""

    def message(self, removed: Mapping[str, Any] | None = None) -> Message:
        """Return the whole device. Parts that are `removed` are named by their platform alone."""
        about = self._about
        serial = f"calllight_{about.site}_{about.unit}"
        payload = {
            "dev": {
                "ids": [serial],
                "name": f"Call light {about.unit}",
                "mf": MODEL,
                "mdl": MODEL,
                "sn": about.serial,
                "sw": about.software,
            },
            "o": {"name": MODEL, "sw": about.software},
            "avty": [{"t": self._at(STATE), "val_tpl": "{{ value_json.state }}"}],
            "qos": 1,
            "cmps": {**(removed or {}), **self._parts},
        }
        return Message(self.topic, json.dumps(payload).encode(), retain=True)

    def hear(self, message: Message, now_ms: InstantMs) -> list[Message] | None:
        """Return what is to be said to a message about discovery, or None if it is about something else."""
        if message.topic == STATUS_TOPIC:
            if message.payload == b"online" and not message.retain:
                self.due_ms = InstantMs(now_ms + self._chance() * ANSWER_WITHIN_MS)
            return []
        if message.topic != self.topic:
            return None
        removed = self._removed(message.payload) if message.retain else {}
        return [self.message(removed), self.message()] if removed else []

    def is_due(self, now_ms: InstantMs) -> bool:
        """Return whether everything is to be said again now; it is returned once."""
        if now_ms < self.due_ms:
            return False
        self.due_ms = _NEVER_MS
        return True

    def _removed(self, content: bytes) -> dict[str, Any]:
        """Return the parts of what the broker kept that are no more, each with its platform alone."""
        try:
            kept = json.loads(content)["cmps"]
            return {name: {"p": str(part["p"])} for name, part in kept.items() if name not in self._parts}
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            # It is ours to write, and replaced anyway.
            return {}

    def _at(self, topic: Topic) -> str:
        return topic.at(site=self._about.site, unit=self._about.unit)


def parts(about: About) -> dict[str, dict[str, Any]]:
    """Return every entity of a unit, and the triggers of its buttons, by names that never change their
    meaning."""
    here = {"site": about.site, "unit": about.unit}
    found: dict[str, dict[str, Any]] = {}
    for line in about.lines:
        state = LINE_STATE.at(**here, line=line.id)
        found[f"{line.id}_ringing"] = {
            "p": "binary_sensor",
            "name": f"{line.label} waits",
            "stat_t": state,
            "val_tpl": f"{{{{ 'ON' if {_WAITING} else 'OFF' }}}}",
        }
        found[f"{line.id}_state"] = {
            "p": "sensor",
            "name": f"{line.label} state",
            "dev_cla": "enum",
            "ops": ["idle", *(state.value for state in NeighbourState)],
            "stat_t": state,
            "val_tpl": f"{{{{ {_FIRST}.state if value_json.calls else 'idle' }}}}",
        }
    found["oldest_wait"] = {
        "p": "sensor",
        "name": "Oldest wait since",
        "dev_cla": "timestamp",
        "stat_t": WAITING.at(**here),
        "val_tpl": "{{ value_json.oldest_since }}",
    }
    found["event"] = {
        "p": "event",
        "name": "Calls",
        "evt_typ": list(get_args(EventType)),
        "stat_t": EVENT.at(**here),
    }
    found["mute"] = {
        "p": "button",
        "name": "Mute",
        "cmd_t": REQUEST_MUTE.at(**here, asker=ASKER),
        "pl_prs": json.dumps({"v": VERSION}),
    }
    found["phone_system"] = {
        "p": "binary_sensor",
        "name": "Phone system",
        "dev_cla": "connectivity",
        "ent_cat": "diagnostic",
        "stat_t": HEALTH.at(**here),
        "val_tpl": "{{ 'OFF' if value_json.phone_lost else 'ON' }}",
    }
    for name, part in found.items():
        part["uniq_id"] = f"calllight_{about.site}_{about.unit}_{name}"
    for button in LINE_BUTTONS[: len(about.lines)]:
        found[f"button_{button.value}"] = {
            "p": "device_automation",
            "atype": "trigger",
            "t": EVENT.at(**here),
            "type": "button_short_press",
            "stype": button.value,
            "pl": button.value,
            "val_tpl": "{{ value_json.detail if value_json.event_type == 'button' else '' }}",
        }
    return found
