"""The image of a firmware: Intel HEX, read whole before anything is written, with chip and version inside."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appliance.errors import CallLightError

CHIP: Final = "atmega328p"
"""The chip of a tower's controller (firmware/README.md)."""

SIGNATURE: Final = "1e950f"
"""How that chip names itself (its data sheet, table 27-4)."""

IMAGE_BYTES_MAX: Final = 32_768 - 512
"""Flash of the chip without the part in which Optiboot lies. A larger image would overwrite it: refused."""

HEX_BYTES_MAX: Final = 128 * 1024
"""A file of the largest image has less than 100,000 bytes. A larger one is refused unread."""

IDENTITY: Final = re.compile(rb"call-light tower ([a-z0-9]+) (\d{1,3})\.(\d{1,3})\.(\d{1,3})\0")
"""What every firmware of a tower carries: its chip and its version."""

Version = tuple[int, int, int]


class ImageRefused(CallLightError):
    """A file is no image that may be written to a tower. The text says why."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image that may be written."""

    file: Path
    version: Version
    size: int
    """Bytes of flash that it fills."""


def read_image(file: Path) -> Image:
    """Read an image and make sure of it.

    Raises:
        ImageRefused: it is not there, damaged, too large, of another chip, or no firmware of a tower.
    """
    try:
        if file.stat().st_size > HEX_BYTES_MAX:
            raise ImageRefused(f"{file}: is larger than any image of an {CHIP}")
        text = file.read_text(encoding="ascii")
    except OSError as error:
        raise ImageRefused(f"{file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ImageRefused(f"{file}: is no Intel HEX file") from error
    flash = _flash_of(text, file)
    if len(flash) > IMAGE_BYTES_MAX:
        raise ImageRefused(f"{file}: has {len(flash)} bytes; beyond {IMAGE_BYTES_MAX} lies the bootloader")
    found = IDENTITY.search(flash)
    if found is None:
        raise ImageRefused(f"{file}: is no firmware of a tower")
    chip, *version = found.groups()
    if chip.decode() != CHIP:
        raise ImageRefused(f"{file}: is for the chip {chip.decode()}, and a tower has the {CHIP}")
    major, minor, patch = map(int, version)
    return Image(file, (major, minor, patch), len(flash))


def written(version: Version) -> str:
    """Return a version as people write it."""
    return ".".join(map(str, version))


def _flash_of(text: str, file: Path) -> bytes:
    """Return the flash that these records fill, from address 0; what lies between them is empty (0xff)."""
    flash = bytearray()
    ended = False
    for number, line in enumerate(text.splitlines(), 1):
        try:
            record = bytes.fromhex(line.removeprefix(":"))
            count, address, kind = record[0], int.from_bytes(record[1:3], "big"), record[3]
            whole = line.startswith(":") and len(record) == count + 5 and sum(record) % 256 == 0
        except (ValueError, IndexError):
            whole, count, address, kind, record = False, 0, 0, 0, b""
        if not whole or ended or kind not in (DATA, END, START):
            raise ImageRefused(f"{file}:{number}: is no record of an {CHIP}'s image (Intel HEX)")
        if kind == DATA:
            flash.extend(b"\xff" * (address + count - len(flash)))
            flash[address : address + count] = record[4:-1]
        ended = kind == END
    if not ended:
        raise ImageRefused(f"{file}: is cut off: its last record is missing")
    return bytes(flash)


DATA, END, START = 0x00, 0x01, 0x03
"""Kinds of records: bytes, the end, and where a program begins, which on this chip is always at 0. Those that
reach beyond 64 KB are for other chips."""
