"""avrdude as a child: it speaks to the bootloader, writes, and verifies; we watch its words and its time.

Left alone it tries a bootloader that does not answer for 53 s. What it prints is what Debian 12's version 7.1
prints; only the words below are looked at.
"""

import contextlib
import os
import re
import select
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from appliance.clock import Clock
from appliance.core.words import DurationMs, InstantMs
from appliance.errors import CallLightError

PROGRAM: Final = ("avrdude", "-p", "m328p", "-c", "arduino")

PATIENCE_MS: Final = DurationMs(8_000)
"""How long it may make no progress. The bootloader answers within half a second (avrdude asks every 5 s), and
a hundredth of the flash is written within 50 ms."""

OUTPUT_BYTES_MAX: Final = 64 * 1024
"""Kept of what avrdude prints; it prints some 2 KB. The oldest makes room."""


class Step(StrEnum):
    """What avrdude is at."""

    GREETING = "waiting for the bootloader"
    WRITING = "writing"
    VERIFYING = "reading it back"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went."""

    answered: bool
    """Whether a bootloader answered at all."""
    signature: str
    """What the chip says it is, e.g. `1e950f`; empty if it did not say."""
    done: bool
    """Whether everything was done, and what was written was read back."""
    last_words: str
    """What avrdude complained of at last; empty if of nothing."""


class AvrdudeMissing(CallLightError):
    """avrdude is not installed."""


def ask_bootloader(port: str, baud: int, clock: Clock) -> Outcome:
    """Ask a bootloader at this speed for the chip's signature, and write nothing."""
    return _run(("-P", port, "-b", str(baud)), clock, lambda _step, _percent: None)


def write_image(port: str, baud: int, file: Path, clock: Clock, tell: Callable[[Step, int], None]) -> Outcome:
    """Write an image and have it read back.

    Args:
        port: the serial port; opening it resets the board into its bootloader.
        baud: the speed of the bootloader.
        file: the image, in Intel HEX.
        clock: measures how long it may take.
        tell: told whenever there is progress: the step, and how many hundredths of it are done.
    """
    return _run(("-P", port, "-b", str(baud), "-D", "-U", f"flash:w:{file}:i"), clock, tell)


def _run(arguments: Sequence[str], clock: Clock, tell: Callable[[Step, int], None]) -> Outcome:
    """Run it until it ends or its time is over.

    Raises:
        AvrdudeMissing: it is not installed.
    """
    try:
        process = subprocess.Popen(
            [*PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C"},
        )
    except FileNotFoundError as error:
        raise AvrdudeMissing("avrdude is not installed: `sudo apt install avrdude`") from error
    said = ""
    told = Step.GREETING, 0
    by_ms = InstantMs(clock.now_ms() + PATIENCE_MS)
    try:
        tell(*told)
        while part := _next_words(process, by_ms, clock):
            said = (said + part)[-OUTPUT_BYTES_MAX:]
            step, percent = _progress(said)
            if (step, percent) != told:
                if step is not told[0]:
                    tell(told[0], 100)
                tell(step, percent)
                told = step, percent
                by_ms = InstantMs(clock.now_ms() + PATIENCE_MS)
        # If it said its last words in time, it is ending, and has what is left of it to do so.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, (by_ms - clock.now_ms()) / 1000))
    finally:
        # It holds the port; and Ctrl-C must not leave it behind.
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()
    return _outcome(said, process.returncode)


def _next_words(process: "subprocess.Popen[bytes]", by_ms: InstantMs, clock: Clock) -> str:
    """Return what it prints next; nothing if it has ended or its time is over."""
    assert process.stderr is not None
    patience_ms = max(0.0, by_ms - clock.now_ms())
    if not select.select([process.stderr], [], [], patience_ms / 1000)[0]:
        return ""
    return os.read(process.stderr.fileno(), 4096).decode("ascii", "replace")


_ANSWERED: Final = "AVR device initialized"
_SIGNATURE: Final = re.compile(r"device signature = 0x([0-9a-f]{6})", re.IGNORECASE)
_COMPLAINT: Final = re.compile(r"^\s*avrdude error: (.*)$", re.MULTILINE)
_BAR: Final = re.compile(r"(Writing|Reading) \| (#*)")
_MARKS: Final = 50
"""Marks in a whole bar of avrdude's."""


def _progress(said: str) -> tuple[Step, int]:
    verifying = said.rpartition("bytes of flash written")[1] != ""
    bars = {name: len(marks) * 100 // _MARKS for name, marks in _BAR.findall(said)}
    if verifying:
        return Step.VERIFYING, bars.get("Reading", 0)
    if _ANSWERED in said:
        return Step.WRITING, bars.get("Writing", 0)
    return Step.GREETING, 0


def _outcome(said: str, status: int) -> Outcome:
    signature = _SIGNATURE.search(said)
    complaints = _COMPLAINT.findall(said)
    return Outcome(
        answered=_ANSWERED in said,
        signature=signature[1].lower() if signature else "",
        done=status == 0 and _ANSWERED in said,
        last_words=complaints[-1] if complaints else "",
    )
