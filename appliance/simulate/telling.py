"""Turns what a unit says into sentences for the story. The callers are made up: nothing is secret."""

import re
from dataclasses import fields
from enum import Enum

from appliance.core.effects import (
    BusEffect,
    DialPickup,
    Effect,
    EndRing,
    HangUp,
    NoteCallers,
    PickupEffect,
    PlaySound,
    ReturnCaller,
    ShowPicture,
    TakeRing,
    Tell,
)
from appliance.core.events import (
    EngineLost,
    EngineSilent,
    EngineStarted,
    Event,
    RingEnded,
    RingsListed,
    RingStarted,
    TimePassed,
)
from appliance.core.lamps import LampLook, buttons_of
from appliance.core.notices import Notice
from appliance.core.picture import Overlay, Picture, Segment, Showing


def event_words(event: Event) -> str | None:
    """Return what the board was told; None if it is not worth a sentence."""
    match event:
        case RingStarted(offer):
            return f"the board hears that {offer.ring} started"
        case RingEnded(ring):
            return f"the board hears that {ring} ended"
        case RingsListed(rings):
            return f"the board hears the list: {', '.join(ring.offer.ring for ring in rings) or 'no ring'}"
        case EngineStarted():
            return "the board hears of a new engine"
        case EngineSilent():
            return "the board hears that the engine says nothing"
        case EngineLost():
            return "the board hears that the engine is lost"
        case TimePassed():
            return None
        case _:
            return f"the board hears: {_words(event)}"


def effect_words(effect: Effect) -> str:
    """Return what the board wants done."""
    match effect:
        case ShowPicture(picture):
            return f"  tower: {picture_words(picture)}"
        case PlaySound(sound):
            return f"  chirp: {sound.value}"
        case EndRing(ring):
            return f"  the board wants {ring} ended"
        case Tell(notice):
            return f"  {_words(notice)}"
        case NoteCallers(in_hand, lost):
            return f"  in our hands: {len(in_hand)}, lost: {len(lost)}"
        case TakeRing() | DialPickup() | ReturnCaller() | HangUp():
            return f"  the board wants this done: {_words(effect)}"
        case _:
            return f"  bus: {_words(effect)}"


def picture_words(picture: Picture) -> str:
    """Return a picture in words: every line that is not dark, and what the whole tower does."""
    words = [
        _segment_words(one) for one in picture.segments if one.showing is not Showing.NOTHING or one.more
    ]
    words += [f"and {picture.more_count} more"] if picture.more_count else []
    words += ["phone system lost"] if picture.overlay is Overlay.LOST else []
    words += ["fault"] if picture.fault else []
    words += [
        f"{button.value} {lamp.look.name.lower()}"
        for button, lamp in zip(buttons_of(len(picture.segments)), picture.lamps, strict=False)
        if lamp.look is not LampLook.OFF
    ]
    return "; ".join(words) or "dark"


def _segment_words(segment: Segment) -> str:
    words = f"{segment.label} {segment.showing.name.lower().replace('_', ' ')}"
    words += f", stage {segment.stage}, fill {segment.fill}" if segment.stage else ""
    words += f", marks {segment.marks}" if segment.marks else ""
    return words + (", and more" if segment.more else "")


def _words(fact: Event | Notice | PickupEffect | BusEffect) -> str:
    """Return a fact in words: its name, and what it says."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(fact).__name__).lower()
    said = []
    for one in fields(fact):
        value = getattr(fact, one.name)
        if one.name.endswith("_ms"):
            said.append(f"{one.name.removesuffix('_ms')} {value / 1000:.3f} s")
        elif value not in (None, ""):
            said.append(f"{one.name} {value.value if isinstance(value, Enum) else value}")
    return f"{name}: {', '.join(said)}" if said else name
