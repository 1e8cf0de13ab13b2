"""The enclosure's measures in millimetres, read from where they stand: `hardware/enclosure/measures.scad`."""

import re
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).parent / "enclosure" / "measures.scad"

_ASSIGNED: Final = re.compile(r"^(\w+) = ([\d.]+)(?: / ([\d.]+))?;", re.MULTILINE)
"""A plain number, or one divided by another; what is computed from others is OpenSCAD's own business."""


def measures() -> dict[str, float]:
    """Return each measure that is a plain number, by its name."""
    found = _ASSIGNED.findall(SOURCE.read_text(encoding="utf-8"))
    return {name: float(number) / float(divisor or 1) for name, number, divisor in found}
