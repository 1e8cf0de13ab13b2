"""`call-light flash-tower`: finds the board, says what it will write, writes it, and asks it what it runs."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from appliance.clock import Clock, RealClock
from appliance.errors import CallLightError, ExitCode
from appliance.tower.controller.finding import Candidate, candidates, find
from appliance.tower.controller.link import BAUD
from appliance.tower.controller.talk import TowerLost
from appliance.tower.flashing.avrdude import Step, ask_bootloader, write_image
from appliance.tower.flashing.image import CHIP, SIGNATURE, Version, read_image, written
from appliance.tower.serial_port import PortTrouble, SerialPort

SHIPPED: Final = Path(__file__).with_name("tower.hex")
"""The firmware that came with this unit, which has no compiler for it; `make firmware` makes it anew."""

OPTIBOOT_BAUD: Final = 115_200
OLD_BAUD: Final = 57_600
"""The speed of the bootloader that Nanos had before Optiboot. It is refused: it does not end the watchdog, so
that one reset by it becomes an endless chain of them."""


class FlashFailed(CallLightError):
    """The firmware was not written, or does not run. The text says why and what to try."""


def run(parsed: argparse.Namespace) -> int:
    """Write the image that was named, or that ships, to the tower that was named, or the one that there is.

    Raises:
        CallLightError: it was not done; each text says what to do.
    """
    clock = RealClock()
    image = read_image(parsed.image or SHIPPED)
    name = _port_to_write(parsed.port or "", clock)
    print(f"found:  {_who(name, clock)[1]}")
    print(f"writes: {image.file}: firmware {written(image.version)} for the {CHIP}, {image.size} bytes")
    # Held for ourselves alone: a unit that is started meanwhile must not talk to the bootloader.
    held = SerialPort(name, BAUD)
    try:
        _write(name, image.file, clock)
    finally:
        held.close()
    version, said = _who(name, clock)
    if version != image.version:
        raise FlashFailed(f"all was written and read back, and yet {said}: pull the cable out and try again")
    print(f"runs:   {said}")
    return ExitCode.OK


def _port_to_write(configured: str, clock: Clock) -> str:
    """Return the name of the port, after making sure that it can be opened.

    Raises:
        FlashFailed: it cannot; or nobody said which of several ports, or whether a silent board is a tower.
    """
    if not configured:
        found = candidates("")
        if not found:
            raise FlashFailed("no tower is plugged in; where a board is plugged in, name its port: --port")
        # Nobody has named these: only a board that says by itself that it is a tower is written to.
        return _the_only_tower(found, clock)
    try:
        SerialPort(configured, BAUD).close()
    except PortTrouble as trouble:
        stop = "if a unit runs here, stop it: `sudo systemctl stop call-light`"
        raise FlashFailed(f"{trouble}; {stop}") from trouble
    return configured


def _the_only_tower(found: Sequence[Candidate], clock: Clock) -> str:
    """Return the name of the one port at which a tower says HELLO.

    Raises:
        FlashFailed: there is none, or more than one.
    """
    towers: list[str] = []
    reasons: list[str] = []
    for one in found:
        try:
            find([one], clock, lambda _event: None).end()
            towers.append(one.name)
        except CallLightError as lost:
            reasons.append(str(lost))
    if not towers:
        names = ", ".join(one.name for one in found)
        raise FlashFailed(f"{'; '.join(reasons)}; a board without firmware must be named: --port, {names}")
    if len(towers) > 1:
        raise FlashFailed(f"there are several towers; name one: --port, {', '.join(towers)}")
    return towers[0]


def _who(name: str, clock: Clock) -> tuple[Version | None, str]:
    """Return the version of the firmware that a board runs, and the same in words."""
    try:
        talk = find([Candidate(name, may_ask=True)], clock, lambda _event: None)
    except TowerLost as lost:
        return None, lost.why
    talk.end()
    hello = talk.link.hello
    assert hello is not None, "whoever is found has said HELLO"
    return hello.version, f"{name} runs firmware {written(hello.version)}, protocol {hello.protocol}"


def _write(name: str, image: Path, clock: Clock) -> None:
    """Write it and have it read back; every way in which that fails has its own advice.

    Raises:
        FlashFailed, AvrdudeMissing: it failed.
    """
    progress = _Progress()
    outcome = write_image(name, OPTIBOOT_BAUD, image, clock, progress.tell)
    progress.end()
    why = ""
    if not outcome.answered and ask_bootloader(name, OLD_BAUD, clock).answered:
        why = (
            f"the bootloader is the old one ({OLD_BAUD} baud), which a watchdog reset leaves in an endless"
            " loop; nothing was written; hardware/README.md says how to replace it by Optiboot"
        )
    elif not outcome.answered:
        why = (
            f"no bootloader answers, at {OPTIBOOT_BAUD} baud or at {OLD_BAUD}; press the board's reset as"
            " this begins, try another cable (some only charge), or burn Optiboot (hardware/README.md)"
        )
    elif outcome.signature not in ("", SIGNATURE):
        why = (
            f"the chip says that it is {outcome.signature}, and an {CHIP} is {SIGNATURE}; nothing was written"
        )
    elif not outcome.done:
        said = outcome.last_words or "it took too long"
        why = f"not all was written ({said}); the bootloader is unharmed: see to the cable, and try again"
    if why:
        raise FlashFailed(f"{name}: {why}")


class _Progress:
    """Shows how far it is: in one line that changes at a terminal, else a line for each step."""

    def __init__(self) -> None:
        self._step: Step | None = None
        self._at_terminal = sys.stdout.isatty()

    def tell(self, step: Step, percent: int) -> None:
        """Show this."""
        if self._at_terminal:
            print(f"\r\033[K{step.value}: {percent} %", end="", flush=True)
        elif step is not self._step:
            print(step.value, flush=True)
        self._step = step

    def end(self) -> None:
        """Leave the line."""
        if self._at_terminal and self._step is not None:
            print()
