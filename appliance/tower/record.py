"""The record of a tower: a JSON object a line, with the monotonic instant. It can be read back.

{"at_ms": 1000.0, "picture": {"segments": [{"label": "Main", "showing": "waiting", ...}], ...}}
{"at_ms": 1000.0, "sound": "arrived"}
{"at_ms": 1000.0, "sentence": "Main: a caller rings."}
"""

import json
from dataclasses import dataclass, fields
from typing import Any

from appliance.core.effects import Sound
from appliance.core.lamps import ButtonLamp, LampLook
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import InstantMs


@dataclass(frozen=True, slots=True)
class Recorded:
    """One thing that a tower was handed, and when."""

    at_ms: InstantMs
    what: Picture | Sound | str
    """A picture, a sound, or a sentence."""


def to_line(recorded: Recorded) -> str:
    """Return the line of the record, without its end."""
    entry: dict[str, Any] = {"at_ms": recorded.at_ms}
    match recorded.what:
        case Picture() as picture:
            entry["picture"] = _plain(picture)
        case Sound() as sound:
            entry["sound"] = sound.value
        case sentence:
            entry["sentence"] = sentence
    return json.dumps(entry, ensure_ascii=False)


def from_line(line: str) -> Recorded:
    """Return what a line of the record says.

    Raises:
        ValueError: it is no line of a record, or it was cut off (a record is read while it grows).
    """
    try:
        entry = json.loads(line)
        at_ms = InstantMs(entry["at_ms"])
        if "picture" in entry:
            return Recorded(at_ms, _picture(entry["picture"]))
        return Recorded(at_ms, Sound(entry["sound"]) if "sound" in entry else str(entry["sentence"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a line of a tower's record: {error}") from error


def _plain(picture: Picture) -> dict[str, Any]:
    return {
        **_fields(picture),
        "segments": [{**_fields(one), "showing": one.showing.name.lower()} for one in picture.segments],
        "lamps": [{**_fields(one), "look": one.look.name.lower()} for one in picture.lamps],
    }


def _fields(part: Picture | Segment | ButtonLamp) -> dict[str, Any]:
    """Return the fields as they are: `asdict` would copy all that is in them first, at twice the time."""
    return {field.name: getattr(part, field.name) for field in fields(part)}


def _picture(plain: dict[str, Any]) -> Picture:
    segments = tuple(
        Segment(**{**segment, "showing": Showing[segment["showing"].upper()]})
        for segment in plain["segments"]
    )
    lamps = tuple(ButtonLamp(**{**lamp, "look": LampLook[lamp["look"].upper()]}) for lamp in plain["lamps"])
    return Picture(**{**plain, "segments": segments, "lamps": lamps, "overlay": Overlay(plain["overlay"])})
