"""How colours look to people whose eyes have two kinds of cones, and to those with three.

The matrices are those of Machado, Oliveira and Fernandes (IEEE Transactions on Visualization and Computer
Graphics 15(6), 2009) for a missing kind of cone, on linear light.
"""

from collections.abc import Callable
from typing import Final

Matrix = tuple[tuple[float, float, float], ...]

SIGHTS: Final[dict[str, Matrix]] = {
    "full colour": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}

Paint = Callable[[tuple[int, int, int]], str]
"""Makes the colour of a drawing of one on a screen."""


def paint_of(sight: str) -> Paint:
    """Return what makes colours look as they do to this sight."""
    matrix = SIGHTS[sight]

    def paint(colour: tuple[int, int, int]) -> str:
        linear = [_linear(part / 255) for part in colour]
        seen = [sum(weight * part for weight, part in zip(row, linear, strict=True)) for row in matrix]
        return "#" + "".join(f"{round(255 * _encoded(min(1.0, max(0.0, part)))):02x}" for part in seen)

    return paint


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _encoded(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)
