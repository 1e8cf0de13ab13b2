"""How handsets and headsets describe themselves: items of HID 1.11, and usages of its tables."""

PAGE_TELEPHONY, PAGE_LED, PAGE_CONSUMER = b"\x05\x0b", b"\x05\x08", b"\x05\x0c"
HEADSET, BEGIN, END = b"\x09\x05", b"\xa1\x01", b"\xc0"
HOOK, MUTE, FLASH, BUSY = b"\x09\x20", b"\x09\x2f", b"\x09\x21", b"\x09\x97"
BITS = b"\x15\x00\x25\x01\x75\x01"
"""Logical 0 to 1, one bit each."""
INPUT, FILLING, OUTPUT = b"\x81\x02", b"\x81\x03", b"\x91\x02"


def count(number: int) -> bytes:
    """So many fields follow."""
    return bytes([0x95, number])


def report_id(number: int) -> bytes:
    """What follows is in reports that begin with this byte."""
    return bytes([0x85, number])


CRADLE = PAGE_TELEPHONY + b"\x09\x01" + BEGIN + BITS + HOOK + count(1) + INPUT + count(7) + FILLING + END
"""A handset with a switch in its cradle and nothing else: reports of one byte, its lowest bit."""

HEADSET_KEYS = (
    # The volume keys of a headset come first, in a report of their own.
    PAGE_CONSUMER + b"\x09\x01" + BEGIN + report_id(1) + BITS + b"\x09\xe9\x09\xea" + count(2) + INPUT
    + count(6) + FILLING + END
    + PAGE_TELEPHONY + HEADSET + BEGIN + report_id(2) + BITS + MUTE + HOOK + FLASH + BUSY + count(4) + INPUT
    + count(4) + FILLING + PAGE_LED + b"\x09\x17\x09\x09" + count(2) + OUTPUT + count(6) + b"\x91\x03" + END
)  # fmt: skip
"""A headset with volume, mute and a key: in reports that begin with 2, the second bit after that byte."""

KEYBOARD = b"\x05\x01\x09\x06" + BEGIN + BITS + b"\x05\x07\x19\xe0\x29\xe7" + count(8) + INPUT + END
"""The eight keys Ctrl to GUI of any keyboard."""
