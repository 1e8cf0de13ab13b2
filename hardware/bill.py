"""Bills of materials: one CSV file a way in `hardware/bill/`, and what they come to.

`python -m hardware.bill` prints each way's sum. Columns: the designators of `hardware/wiring/` that the row
is; item, quantity and unit; maker and part number; the price of one unit in USD; whether part number and
price are an `estimate` or were checked (then the date, as `2025-03-01`); and what the row is needed for:
`always`, or only with a choice (a handset, a beacon, one of the bought towers).
"""

import csv
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "bill"

ALWAYS: Final = "always"

REFERENCE: Final[dict[str, tuple[str, ...]]] = {"controller": (), "gpio": (), "bought": ("adafruit-usb",)}
"""The ways, each with the choices of its reference unit (four lines, wired Ethernet, power over it)."""

USD_MAX: Final = 100.0
"""What a reference unit may cost: what a practice spends without asking anyone. A dearer one fails a test."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a bill."""

    designators: tuple[str, ...]
    item: str
    quantity: float
    unit: str
    maker: str
    part_number: str
    part_number_is: str
    price_usd: float
    price_is: str
    needed: str
    note: str

    @property
    def sum_usd(self) -> float:
        """What the row comes to."""
        return self.quantity * self.price_usd

    @property
    def is_checked(self) -> bool:
        """True if the price was looked up on a day that the row names, and is no estimate."""
        return re.fullmatch(r"\d{4}-\d\d-\d\d", self.price_is) is not None


def read(way: str) -> tuple[Row, ...]:
    """Return the rows of a way's bill.

    Raises:
        ValueError: a quantity or a price is no number.
        TypeError: a row has more or fewer columns than `Row`.
    """
    with (FOLDER / f"{way}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_row(**cells) for cells in csv.DictReader(file))


def _row(designators: str, quantity: str, price_usd: str, **others: str) -> Row:
    names = tuple(designators.split())
    return Row(designators=names, quantity=float(quantity), price_usd=float(price_usd), **others)


def total_usd(rows: tuple[Row, ...], *choices: str) -> float:
    """Return what a unit with these choices comes to."""
    return sum(row.sum_usd for row in rows if row.needed in (ALWAYS, *choices))


def choices(rows: tuple[Row, ...]) -> tuple[str, ...]:
    """Return what may be chosen, in the order of the rows."""
    return tuple(dict.fromkeys(row.needed for row in rows if row.needed != ALWAYS))


def main() -> None:
    """Print the sum of each way, of each of its choices, and how much of it is an estimate."""
    for way, reference in REFERENCE.items():
        rows = read(way)
        print(f"{way:<12} reference unit{total_usd(rows, *reference):>10.2f} USD")
        for choice in choices(rows):
            more_usd = total_usd(rows, choice) - total_usd(rows)
            print(f"{'':<12} {choice:<14}{more_usd:>10.2f} USD")
        checked = sum(row.is_checked for row in rows)
        print(f"{'':<12} {len(rows)} rows, the prices of {checked} checked, the others estimated")


if __name__ == "__main__":
    main()
