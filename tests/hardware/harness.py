"""The wiring diagrams of `hardware/wiring/`, read as a person with a meter would: what is joined to what."""

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from wireviz.wireviz import parse

ROOT = Path(__file__).parents[2]
WIRING = ROOT / "hardware" / "wiring"

Pin = tuple[str, str]
"""A part's designator and its pin's name: `("NANO", "D2")`. Two pins of one name are one to a meter."""


@dataclass(frozen=True)
class Part:
    """A box of the diagram."""

    kind: str
    value: str
    pins: tuple[str, ...]
    numbers: tuple[str, ...]
    """The pins' numbers, in the same order."""


class Harness:
    """One diagram: its parts, its cables, and the nets that they make."""

    def __init__(self, way: str) -> None:
        # WireViz opens a path and leaves it open, so it gets the text.
        harness = parse((WIRING / f"{way}.yml").read_text(encoding="utf-8"), return_types="harness")
        self.parts = {name: _part(one) for name, one in harness.connectors.items()}
        self.cables = {name: cable.wirecount for name, cable in harness.cables.items()}
        self.notes = {name: cable.notes or "" for name, cable in harness.cables.items()}
        self.wires_used: dict[str, list[int]] = defaultdict(list)
        self._nets: dict[Pin, set[Pin]] = {}
        for name, cable in harness.cables.items():
            for wire in cable.connections:
                self.wires_used[name].append(wire.via_port)
                self._join(self._pin(wire.from_name, wire.from_pin), self._pin(wire.to_name, wire.to_pin))

    def _pin(self, part: str, number: object) -> Pin:
        one = self.parts[part]
        return part, one.pins[one.numbers.index(str(number))]

    def _join(self, one: Pin, other: Pin) -> None:
        both = self._nets.get(one, {one}) | self._nets.get(other, {other})
        for pin in both:
            self._nets[pin] = both

    def joined(self, part: str, pin: str) -> set[Pin]:
        """Return all that a meter would find joined to this pin, itself left out."""
        return self._nets.get((part, pin), set()) - {(part, pin)}

    def beyond(self, part: str, pin: str) -> set[Pin]:
        """Return the same, resistors and fuses taken for wires."""
        found, new = set[Pin](), self.joined(part, pin)
        while new - found:
            found |= new
            for name, label in list(new):
                if re.match(r"[RF]\d", name):
                    new = new | self.joined(name, "out" if label == "in" else "in")
        return found - {(part, pin)}

    def wired_pins(self, part: str) -> set[str]:
        """Return the names of a part's pins that have a wire."""
        return {pin for pin in self.parts[part].pins if (part, pin) in self._nets}


def _part(connector: object) -> Part:
    labels = [str(label) for label in connector.pinlabels]  # type: ignore[attr-defined]
    return Part(
        kind=str(connector.type),  # type: ignore[attr-defined]
        value=str(connector.subtype or ""),  # type: ignore[attr-defined]
        pins=tuple(labels),
        numbers=tuple(str(number) for number in connector.pins),  # type: ignore[attr-defined]
    )
