"""`call-light towers`: the kinds of towers, what is plugged in, and what each configured tower can show."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from appliance.clock import Clock, RealClock
from appliance.config import read
from appliance.config.configuration import Configuration, TowerSettings
from appliance.errors import CallLightError, ConfigurationRefused, ExitCode
from appliance.tower.abilities import abilities_of
from appliance.tower.controller import finding
from appliance.tower.controller.finding import Candidate, candidates, find
from appliance.tower.controller.talk import TowerLost
from appliance.tower.flashing.command import SHIPPED
from appliance.tower.flashing.image import ImageRefused, read_image, written
from appliance.tower.kinds import KINDS
from appliance.tower.serial_port import usb_ports

WIDTH: Final = max(map(len, KINDS)) + 2


def run(file: Path) -> int:
    """List all three, each as soon as it is known: a port that is silent takes 1.9 s.

    Raises:
        ConfigurationRefused: after all the rest was listed.
    """
    print("Kinds of towers, as `driver` in [[tower]] names them:")
    for name, what in KINDS.items():
        print(f"  {name:{WIDTH}}{what}")
    refused = None
    configuration = None
    try:
        configuration = read(file)
    except ConfigurationRefused as error:
        refused = error
    towers = configuration.towers if configuration else ()
    print("\nPlugged in:")
    for line in _plugged_in(towers, RealClock()):
        print(f"  {line}", flush=True)
    if refused is not None:
        raise refused
    assert configuration is not None
    print(f"\nConfigured in {file}:")
    for line in _configured(configuration):
        print(f"  {line}")
    return ExitCode.OK


def _plugged_in(towers: tuple[TowerSettings, ...], clock: Clock) -> Iterator[str]:
    """Yield a line for each serial port. Only where a controller may be is anything opened."""
    others = {Path(one.port).resolve() for one in towers if one.port and one.driver != "controller"}
    wanted = [one for tower in towers if tower.driver == "controller" for one in candidates(tower.port)]
    ask: dict[Path, Candidate] = {}
    for candidate in wanted or candidates(""):
        real = Path(candidate.name).resolve()
        if real not in others:
            ask.setdefault(real, candidate)
    names = {name.resolve(): name for name in finding.FOLDER.glob(finding.NAMES)}
    ports = {Path(port.name): f"{port.usb_id} {port.product}".strip() for port in usb_ports()}
    for real in sorted({*ports, *ask}):
        known = [ports[real]] if real in ports else []
        known += [str(names[real])] if real in names else []
        head = f"{real} ({', '.join(known)})" if known else str(real)
        if real in ask:
            yield f"{head}: {_who(Candidate(str(real), ask[real].may_ask), clock)}"
        else:
            yield f"{head}: {'configured as another kind' if real in others else 'not looked at'}"
    if not ports and not ask:
        yield "nothing at any USB port"


def _who(candidate: Candidate, clock: Clock) -> str:
    try:
        talk = find([candidate], clock, lambda _event: None)
    except TowerLost as lost:
        return lost.why.removeprefix(f"{candidate.name} ")
    except CallLightError as trouble:
        return str(trouble).removeprefix(f"{candidate.name} ")
    talk.end()
    hello = talk.link.hello
    assert hello is not None, "whoever is found has said HELLO"
    said = f"a tower with firmware {written(hello.version)}"
    try:
        shipped = read_image(SHIPPED).version
    except ImageRefused:
        return said
    if hello.version < shipped:
        return f"{said}; `call-light flash-tower` writes {written(shipped)}"
    return said


def _configured(configuration: Configuration) -> Iterator[str]:
    labels = [line.label for line in configuration.board.lines]
    for number, tower in enumerate(configuration.towers, 1):
        place = tower.port or tower.address or tower.file
        if tower.driver == "controller" and not tower.port:
            place = "wherever it is found"
        yield f"{number}. {tower.driver}" + (f", {place}" if place else "")
        for line in abilities_of(tower, labels) or (KINDS[tower.driver],):
            yield f"   - {line}"
