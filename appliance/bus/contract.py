"""The contract of the bus, made from its table: a JSON Schema for each payload, and an AsyncAPI document.

Both ship with the package, for whoever writes a display or a rule for a site. `python -m
appliance.bus.contract --write` makes them anew; a test keeps them fresh.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from appliance.bus.message import QOS
from appliance.bus.payloads import VERSION, Payload
from appliance.bus.topics import FOR_READERS, TOPICS, Topic

FOLDER: Final = Path(__file__).with_name("published")
"""Where both lie."""

_LEVELS: Final = {
    "site": "One place of business.",
    "unit": "The unit that the topic belongs to.",
    "line": "A line of the site.",
    "asker": "Who asks; the broker lets nobody else write there.",
    "verb": "What was asked.",
}


def schemas() -> dict[str, Any]:
    """Return the schema of each payload, and of the objects in it, by their names."""
    payloads = dict.fromkeys(topic.payload for topic in TOPICS)
    _, whole = models_json_schema(
        [(payload, "validation") for payload in payloads], ref_template="#/components/schemas/{model}"
    )
    found: dict[str, Any] = whole["$defs"]
    return found


def schema_of(payload: type[Payload]) -> dict[str, Any]:
    """Return the JSON Schema of one payload by itself."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **payload.model_json_schema()}


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI document of a unit: what it sends, and what it receives."""
    payloads = {topic.payload.__name__: topic.payload for topic in TOPICS}
    return {
        "asyncapi": "3.1.0",
        "id": "urn:calllight:bus",
        "info": {
            "title": "The call light's bus",
            "version": f"{VERSION}.0.0",
            "description": "What the units of a site tell each other over MQTT 5, as one unit sends and"
            " receives it. Every message is sent with QoS 1. A reader ignores keys that it does not know.",
            "license": {"name": "GPL-3.0-or-later"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": dict(operation for topic in TOPICS for operation in _operations(topic)),
        "components": {
            "messages": {name: _message(payload) for name, payload in payloads.items()},
            "schemas": schemas(),
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    name = topic.payload.__name__
    return {
        "address": topic.template,
        "description": topic.meaning,
        "parameters": {level: {"description": _LEVELS[level]} for level in topic.levels},
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
    }


def _operations(topic: Topic) -> Iterator[tuple[str, dict[str, Any]]]:
    """Iterate over what a unit does at a topic: it says its own word, and listens to most of the others'."""
    common = {
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": topic.meaning,
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{topic.payload.__name__}"}],
    }
    said = {"qos": QOS, "retain": topic.retain, "bindingVersion": "0.2.0"}
    if topic.expiry_s is not None:
        said["messageExpiryInterval"] = topic.expiry_s
    yield f"send-{topic.name}", {"action": "send", **common, "bindings": {"mqtt": said}}
    if topic not in FOR_READERS:
        heard = {"qos": QOS, "bindingVersion": "0.2.0"}
        yield f"receive-{topic.name}", {"action": "receive", **common, "bindings": {"mqtt": heard}}


def _message(payload: type[Payload]) -> dict[str, Any]:
    return {
        "name": payload.__name__,
        "summary": " ".join(str(payload.__doc__).split()),
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{payload.__name__}"},
    }


def files() -> dict[str, str]:
    """Return the text of each file that is published, by its name."""
    payloads = dict.fromkeys(topic.payload for topic in TOPICS)
    documents = {f"{payload.__name__}.schema.json": schema_of(payload) for payload in payloads}
    return {
        name: json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in {"asyncapi.json": asyncapi(), **documents}.items()
    }


def main() -> int:
    """Print the AsyncAPI document, or write all files to where they ship."""
    texts = files()
    if sys.argv[1:] != ["--write"]:
        print(texts["asyncapi.json"], end="")
        return 0
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name, text in texts.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
