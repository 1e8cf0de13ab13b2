"""The real firmware on the emulated board: its own time, to the microsecond, on whatever machine."""

import random
import subprocess
from dataclasses import replace
from itertools import groupby
from statistics import median

from appliance.core.words import LINES_MAX
from appliance.tower.wire import (
    KEYS,
    Age,
    ButtonEvent,
    Chirp,
    Heard,
    Set,
    SetLamp,
    SetLine,
    Shown,
    encode,
)
from appliance.tower.wire.words import GRID_MS
from tests.bench.figures import Figure, p99
from tests.peers.board import CHAIN_PIXELS, Rgb, built_firmware, is_lit
from tests.peers.emulator import RAM_BYTES, RAM_START, running_emulator
from tests.peers.tower import BYTE_MS, Tower, running_tower

ROUNDS = 300
HANGS = 100

PIXEL_MS = 0.033

EIGHT_LINES = Set(0, (SetLine(),) * LINES_MAX, (SetLamp(),) * (LINES_MAX + len(KEYS)))


def is_owed(colours: tuple[Rgb, ...]) -> bool:
    """Whether the first pixel for callers owed is lit; a reset may have cut the frame before it."""
    return any(map(is_lit, colours[3:4]))


def beat(tower: Tower, what: Set = EIGHT_LINES) -> None:
    """Tell this, and let its answer come."""
    tower.say(replace(what, phase_ms=int(tower.now_ms) % GRID_MS))
    tower.run(50)


def apart(tower: Tower, chance: random.Random) -> None:
    """Let a while pass, so that what is next comes anywhere between two ticks, and with the line free."""
    beat(tower)
    tower.run(chance.uniform(150, 200))
    beat(tower)
    tower.run(chance.uniform(50, 200))


def set_to_pixels() -> Figure:
    """From the first byte of a SET to the pixels that it changed, latched, over the longest chain."""
    chance, late_ms = random.Random(1), []
    wire_ms = len(encode(EIGHT_LINES, 1)) * BYTE_MS
    allowed_ms = wire_ms + CHAIN_PIXELS * PIXEL_MS
    with running_tower() as tower:
        for _ in range(ROUNDS):
            apart(tower, chance)
            since, told_ms = len(tower.pixels), tower.now_ms
            beat(tower, replace(EIGHT_LINES, owed=Age.OVERDUE))
            changed = next(shown for shown in tower.pixels[since:] if is_owed(shown.colours))
            late_ms.append(changed.at_ms - told_ms)
    return Figure(
        f"SET of {LINES_MAX} lines written to {CHAIN_PIXELS} pixels latched, 38400 baud (median, p99)",
        f"{allowed_ms + 0.5:.1f} and {allowed_ms + 3:.1f} ms",
        f"{median(late_ms):.1f} and {p99(late_ms):.1f} ms, of which {wire_ms:.1f} on the wire",
        median(late_ms) <= allowed_ms + 0.5 and p99(late_ms) <= allowed_ms + 3,
    )


def button_to_event() -> list[Figure]:
    """From the edge at the pin to the EVENT, its first byte and its last, while a unit speaks."""
    chance, first_ms, last_ms = random.Random(2), [], []
    with running_tower() as tower:
        for count in range(ROUNDS):
            tower.say(EIGHT_LINES)
            tower.run(chance.uniform(0, 250))
            edge_ms = tower.now_ms
            (tower.release if count % 2 else tower.press)(3)
            tower.run(100)
            event = tower.heard(ButtonEvent, edge_ms)[0]
            first_ms.append(event.began_ms - edge_ms)
            last_ms.append(event.at_ms - edge_ms)
            tower.say(Heard(event.message.event))
            tower.run(50)
    return [
        Figure(
            "button edge to EVENT on the wire (median, p99)",
            "reported",
            f"{median(first_ms):.1f} and {p99(first_ms):.1f} ms",
            met=True,
        ),
        Figure(
            "button edge to EVENT at the host's port (median, p99)",
            "21 and 25 ms",
            f"{median(last_ms):.1f} and {p99(last_ms):.1f} ms",
            median(last_ms) <= 21 and p99(last_ms) <= 25,
        ),
    ]


def hang_to_picture() -> list[Figure]:
    """From a hang to the watchdog's reset, and to the picture, with a unit that tells it every 250 ms."""
    chance, reset_ms, picture_ms = random.Random(3), [], []
    told = replace(EIGHT_LINES, owed=Age.OVERDUE)
    with running_tower() as tower:
        for _ in range(HANGS):
            tower.keep(told, chance.uniform(400, 700))
            hangs, shown = len(tower.hangs), len(tower.pixels)
            tower.hang_after(chance.randrange(1, 30_000))
            tower.keep(told, 1_500)
            (hang,) = tower.hangs[hangs:]
            reset_ms.append(tower.resets[-1].at_ms - hang.at_ms)
            again = (one.at_ms for one in tower.pixels[shown:] if one.at_ms > tower.resets[-1].at_ms)
            lit = {one.at_ms for one in tower.pixels[shown:] if is_owed(one.colours)}
            picture_ms.append(next(at_ms for at_ms in again if at_ms in lit) - hang.at_ms)
    return [
        Figure(
            f"hang to watchdog reset (worst of {HANGS})",
            "0.3 s",
            f"{max(reset_ms) / 1000:.3f} s",
            max(reset_ms) <= 300,
        ),
        Figure(
            f"hang to the picture back from the host (worst of {HANGS})",
            "1.0 s",
            f"{max(picture_ms) / 1000:.2f} s",
            max(picture_ms) <= 1_000,
        ),
    ]


def host_lost() -> Figure:
    """From the last byte of the last SET to the controller's own picture."""
    chance, lost_ms = random.Random(4), []
    with running_tower() as tower:
        for _ in range(HANGS):
            tower.keep(EIGHT_LINES, chance.uniform(400, 700))
            tower.run(100)
            last_ms, shown = tower.spoken_ms, len(tower.pixels)
            tower.run(2_200)
            lost_ms.append(next(one.at_ms for one in tower.pixels[shown:] if any(one.colours[1])) - last_ms)
    return Figure(
        f"host lost to the controller's own picture (least and most of {HANGS})",
        "2.0 to 2.1 s",
        f"{min(lost_ms) / 1000:.3f} to {max(lost_ms) / 1000:.3f} s",
        min(lost_ms) >= 2_000 and max(lost_ms) <= 2_100,
    )


def memory() -> Figure:
    """Flash by the size of the image; RAM by what was ever written, the depth of the stack included."""
    sizes = subprocess.run(
        ["avr-size", "--target=ihex", str(built_firmware())], check=True, capture_output=True, text=True
    )
    flash_bytes = int(sizes.stdout.splitlines()[1].split()[1])
    chance = random.Random(5)
    with running_emulator(built_firmware(), Tower) as tower:
        noise = tower.peek(RAM_START, RAM_BYTES)
        for count in range(200):
            line = SetLine(chance.choice(list(Shown)), 3, 3, 2, more=True, taken=True, entered=-9)
            lines = (line,) * LINES_MAX
            tower.say(replace(EIGHT_LINES, lines=lines, chirp=Chirp.URGENT, chirps=count % 8))
            (tower.press if count % 2 else tower.release)(count % 12)
            tower.run(40)
        after = tower.peek(RAM_START, RAM_BYTES)
        untouched = (one == other for one, other in zip(noise, after, strict=True))
        ram_bytes = RAM_BYTES - max(len(list(run)) for is_noise, run in groupby(untouched) if is_noise)
    return Figure(
        "flash and RAM of the firmware, stack included",
        "6 and 1 KB",
        f"{flash_bytes / 1024:.1f} and {ram_bytes / 1024:.2f} KB",
        flash_bytes <= 6 * 1024 and ram_bytes <= 1024,
    )


def measure() -> list[Figure]:
    """All of it."""
    return [set_to_pixels(), *button_to_event(), *hang_to_picture(), host_lost(), memory()]
