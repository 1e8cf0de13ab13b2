"""Where a HID device says that its handset is lifted, found in the description that it gives of itself. Pure.

Telephony devices have a usage for it, Hook Switch (HID Usage Tables, page 0x0B, usage 0x20): one bit, set
while the handset is lifted, or while a headset takes itself to be in a conversation. Linux makes no key of
it: of that page its `hid-input` knows the mute key and the digits, and leaves all else out of `/dev/input`.
So the reports are read as the device sends them (`hidraw`): python-evdev would see nothing, and the bindings
of HIDAPI bring a library for what is one `read`.

A description is a row of items (HID 1.11, section 6.2.2): a prefix with tag, type and size, and up to four
bytes. Of all that, only what leads to this one bit is understood.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

HOOK_SWITCH: Final = 0x000B_0020
"""Its page and its usage, in one number."""

_LONG: Final = 0xFE
"""Begins an item with up to 255 bytes, which say nothing of fields."""

_SIZES: Final = (0, 1, 2, 4)
"""How many bytes follow a prefix, by its lowest two bits."""

_CONSTANT: Final = 0x01
_VARIABLE: Final = 0x02
"""Flags of an Input. What is constant only fills up; what is no variable names keys by number."""


class _Item(IntEnum):
    """Prefixes without their size."""

    USAGE_PAGE = 0x04
    USAGE = 0x08
    USAGE_MINIMUM = 0x18
    USAGE_MAXIMUM = 0x28
    REPORT_SIZE = 0x74
    INPUT = 0x80
    REPORT_ID = 0x84
    OUTPUT = 0x90
    REPORT_COUNT = 0x94
    COLLECTION = 0xA0
    PUSH = 0xA4
    FEATURE = 0xB0
    POP = 0xB4
    END_COLLECTION = 0xC0


@dataclass(frozen=True, slots=True)
class HookSwitch:
    """Which bit of which report says it."""

    report_id: int
    """The first byte of such a report; 0 for a device whose reports have no such byte."""
    bit: int
    """Counted from the lowest bit of the first byte, whatever that is."""

    def is_lifted(self, report: bytes) -> bool | None:
        """Return what a report says; None for one that says nothing of it."""
        if self.bit // 8 >= len(report) or (self.report_id and report[0] != self.report_id):
            return None
        return bool(report[self.bit // 8] >> self.bit % 8 & 1)


def hook_switch_of(description: bytes) -> HookSwitch | None:
    """Return where the device says it; None for one that does not, or whose description is damaged."""
    walk = _Walk()
    found = (walk.take(*item) for item in _items(description))
    return next((one for one in found if one is not None), None)


def _items(description: bytes) -> Iterator[tuple[int, int, int]]:
    """Walk over the short items: the prefix without its size, the value, and the size in bytes."""
    place = 0
    while place < len(description):
        prefix = description[place]
        size = _SIZES[prefix & 0x03]
        if prefix == _LONG:
            place += 3 + int.from_bytes(description[place + 1 : place + 2])
            continue
        yield prefix & 0xFC, int.from_bytes(description[place + 1 : place + 1 + size], "little"), size
        place += 1 + size


@dataclass(slots=True)
class _Fields:
    """What holds for the fields that follow."""

    page: int = 0
    size: int = 0
    count: int = 0
    report_id: int = 0


class _Walk:
    """How far a description was read."""

    def __init__(self) -> None:
        self._fields = _Fields()
        self._kept: list[_Fields] = []
        self._usages: list[tuple[int, int, int]] = []
        """Of the next fields, in their order: the first and the last usage, and in how many bytes named."""
        self._bits: dict[int, int] = {}
        """How many bits each report has so far."""

    def take(self, prefix: int, value: int, size: int) -> HookSwitch | None:
        """Take the next item; return where the hook switch is, if this was its field."""
        match prefix:
            case _Item.USAGE_PAGE:
                self._fields.page = value
            case _Item.REPORT_SIZE:
                self._fields.size = value
            case _Item.REPORT_COUNT:
                self._fields.count = value
            case _Item.REPORT_ID:
                self._fields.report_id = value
            case _Item.PUSH:
                self._kept.append(replace(self._fields))
            case _Item.POP if self._kept:
                self._fields = self._kept.pop()
            case _Item.USAGE | _Item.USAGE_MINIMUM:
                self._usages.append((value, value, size))
            case _Item.USAGE_MAXIMUM if self._usages:
                first, _, _ = self._usages.pop()
                self._usages.append((first, value, size))
            case _Item.INPUT:
                return self._input(value)
            case _Item.OUTPUT | _Item.FEATURE | _Item.COLLECTION | _Item.END_COLLECTION:
                self._usages.clear()
        return None

    def _input(self, flags: int) -> HookSwitch | None:
        """Fields of the report follow each other bit by bit."""
        fields, usages = self._fields, self._usages.copy()
        self._usages.clear()
        # A report that has an id begins with it.
        begin = self._bits.setdefault(fields.report_id, 8 if fields.report_id else 0)
        self._bits[fields.report_id] += fields.size * fields.count
        if flags & _CONSTANT or not flags & _VARIABLE:
            return None
        place = 0
        for first, last, size in usages:
            # What is named in four bytes has its page in them.
            page = 0 if size == 4 else fields.page << 16
            if page + first <= HOOK_SWITCH <= page + last:
                place += HOOK_SWITCH - page - first
                is_there = place < fields.count
                return HookSwitch(fields.report_id, begin + place * fields.size) if is_there else None
            place += max(0, last - first) + 1
        return None
