"""Watching a tower: every light at every instant at which one can change, and how often each comes on."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from appliance.core.beats import HALF_STEP_MS, STEP_MS, STEPS_APART_MIN, instant_of
from appliance.core.frames import Frame, Lamps, Pixel, frame_at, lamps_at, next_change_ms
from appliance.core.lamps import LampLook, buttons_of
from appliance.core.patterns import Colour
from appliance.core.picture import Overlay, Picture
from appliance.core.words import InstantMs

LETTERS = {
    Colour.BLUE: "b",
    Colour.AMBER: "a",
    Colour.RED: "r",
    Colour.WHITE: "w",
    Colour.GREEN: "g",
    Colour.VIOLET: "v",
}


def letter(pixel: Pixel) -> str:
    """One pixel: a dot for dark, the colour's letter, a capital one at full level."""
    if pixel.level == 0:
        return "."
    return LETTERS[pixel.colour].upper() if pixel.level == 255 else LETTERS[pixel.colour]


def bars(frame: Frame) -> str:
    """All segments of a frame, each from the bottom up."""
    return " ".join("".join(map(letter, segment)) for segment in frame.segments)


def at_step(picture: Picture, step: float) -> str:
    """All segments so many steps of the grid after the epoch, in the middle of the half step."""
    return bars(frame_at(picture, InstantMs(instant_of(picture.epoch_ms, int(2 * step)) + HALF_STEP_MS / 2)))


def lamp_beat(picture: Picture, place: int, steps: int) -> str:
    """One lamp over so many steps, two letters a step: ``#`` lit, ``.`` dark."""
    halves = (instant_of(picture.epoch_ms, half) + HALF_STEP_MS / 2 for half in range(2 * steps))
    return "".join(".#"[lamps_at(picture, InstantMs(half)).lines[place]] for half in halves)


def button_beat(picture: Picture, place: int, until_ms: float, each_ms: float = 50) -> str:
    """One button's lamp from the epoch on, a letter for each so many milliseconds."""
    instants = (
        InstantMs(picture.epoch_ms + count * each_ms + 1) for count in range(round(until_ms / each_ms))
    )
    return "".join(".#"[lamps_at(picture, at_ms).buttons[place]] for at_ms in instants)


def watch(
    pictures: Sequence[tuple[InstantMs, Picture]], until_ms: InstantMs
) -> Iterator[tuple[InstantMs, Frame, Lamps]]:
    """Every frame from the first picture on, once for each instant at which it can differ."""
    ends = [*(at_ms for at_ms, _ in pictures[1:]), until_ms]
    for (at_ms, picture), end_ms in zip(pictures, ends, strict=True):
        instant_ms: InstantMs | None = at_ms
        while instant_ms is not None and instant_ms < end_ms:
            yield instant_ms, frame_at(picture, instant_ms), lamps_at(picture, instant_ms)
            instant_ms = next_change_ms(picture, instant_ms)


@dataclass
class Watcher:
    """Notes when each light came on: pixels, whole segments, lamps, status pixels."""

    came_on: dict[str, list[InstantMs]] = field(default_factory=dict)
    lit: dict[str, bool] = field(default_factory=dict)

    def see(self, frames: Iterable[tuple[InstantMs, Frame, Lamps]]) -> "Watcher":
        """Look at these frames, in order."""
        for at_ms, frame, lamps in frames:
            for name, lit in _lights(frame, lamps):
                if lit and not self.lit.get(name, False):
                    self.came_on.setdefault(name, []).append(at_ms)
                self.lit[name] = lit
        return self

    def too_often(self) -> list[str]:
        """Every light that came on twice within two steps, or four times within a second."""
        found = []
        for name, at_ms in self.came_on.items():
            for first, second in itertools.pairwise(at_ms):
                if second - first < STEPS_APART_MIN * STEP_MS - 0.01:
                    found.append(f"{name} came on at {first:.1f} and at {second:.1f}")
            for first, fourth in zip(at_ms, at_ms[3:], strict=False):
                if fourth - first <= 1_000:
                    found.append(f"{name} came on four times from {first:.1f} to {fourth:.1f}")
        return found


def _lights(frame: Frame, lamps: Lamps) -> Iterator[tuple[str, bool]]:
    for place, segment in enumerate(frame.segments):
        yield f"segment {place}", any(pixel.level for pixel in segment)
        for number, pixel in enumerate(segment):
            yield f"pixel {number} of segment {place}", pixel.level > 0
    for place, lit in enumerate(lamps.lines):
        yield f"lamp {place}", lit
    for place, lit in enumerate(lamps.buttons):
        yield f"button {place}", lit
    yield "fault", frame.fault.level > 0
    yield "more", frame.more.level > 0


def words_of(picture: Picture) -> str:
    """One picture in words, complete but for the instants."""
    words = []
    for segment in picture.segments:
        said = [segment.showing.name.lower().replace("_", " ")]
        said += [f"stage {segment.stage} fill {segment.fill}"] if segment.stage else []
        said += [f"marks {segment.marks}"] if segment.marks else []
        said += [name for name in ("more", "taken") if getattr(segment, name)]
        if said != ["nothing"]:
            words.append(f"{segment.label}: {', '.join(said)}")
    words += [f"and {picture.more_count} more"] if picture.more_count else []
    words += ["phone system lost"] if picture.overlay is Overlay.LOST else []
    words += ["fault"] if picture.fault else []
    words += [
        f"{button.value} {lamp.look.name.lower()}"
        for button, lamp in zip(buttons_of(len(picture.segments)), picture.lamps, strict=True)
        if lamp.look is not LampLook.OFF
    ]
    return "; ".join(words) or "dark"
