"""The wire between the unit and a tower's controller; firmware/README.md has it byte by byte."""

from appliance.tower.wire.frames import BODY_BYTES_MAX, STUFFED_BYTES_MAX, Decoder, Frame, encode, frame_of
from appliance.tower.wire.messages import ButtonEvent, Heard, Hello, Message, Status, Who
from appliance.tower.wire.picture import set_of
from appliance.tower.wire.set import Set, SetLamp, SetLine
from appliance.tower.wire.words import (
    HOOK,
    KEYS,
    LONG_AGO,
    PROTOCOL,
    Age,
    Chirp,
    Cover,
    LampLook,
    MalformedBody,
    Shown,
    Type,
)

__all__ = [
    "BODY_BYTES_MAX",
    "HOOK",
    "KEYS",
    "LONG_AGO",
    "PROTOCOL",
    "STUFFED_BYTES_MAX",
    "Age",
    "ButtonEvent",
    "Chirp",
    "Cover",
    "Decoder",
    "Frame",
    "Heard",
    "Hello",
    "LampLook",
    "MalformedBody",
    "Message",
    "Set",
    "SetLamp",
    "SetLine",
    "Shown",
    "Status",
    "Type",
    "Who",
    "encode",
    "frame_of",
    "set_of",
]
