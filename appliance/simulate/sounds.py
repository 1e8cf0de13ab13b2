"""What must hold of sounds and of what people choose: mute, away, the lamp test. As in `invariants`."""

from typing import Final

from appliance.core.effects import PlaySound
from appliance.simulate.moment import Moment

CHIRPS_APART_MS: Final = 1_000
"""The cap on continuous sound: chirps begin at least this far apart."""

ROUNDING_MS: Final = 0.01
"""Instants are floats; far below a frame, far above their rounding."""


def nobody_hears_what_was_silenced(m: Moment) -> str | None:
    """No sound for callers who are muted, nor for anybody while the people of the unit are away."""
    if m.notebook.tested is not None or not any(isinstance(effect, PlaySound) for effect in m.step.effects):
        return None
    if m.notebook.away:
        return "it chirps, and the people are away"
    if all(entry.muted for entry in m.notebook.open.values()):
        return "it chirps, and all who wait are muted"
    return None


def a_ring_ends_the_lamp_test(m: Moment) -> str | None:
    """The lamp test runs only while nobody waits."""
    if m.notebook.tested is not None and m.notebook.open:
        return f"it shows {m.notebook.tested}, and {len(m.notebook.open)} callers wait"
    return None


def chirps_keep_apart(m: Moment) -> str | None:
    """Two chirps begin at least a second apart."""
    earlier_ms, later_ms = m.sounded_at_ms[-2:] if len(m.sounded_at_ms) > 1 else (0.0, CHIRPS_APART_MS)
    if later_ms - earlier_ms < CHIRPS_APART_MS - ROUNDING_MS:
        return f"two chirps {later_ms - earlier_ms:.0f} ms apart"
    return None
