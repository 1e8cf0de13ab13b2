"""Descriptions of HID devices: where each says that its handset is lifted, if it does."""

import pytest

from appliance.handset.description import HookSwitch, hook_switch_of
from tests.handset.devices import (
    BEGIN,
    BITS,
    CRADLE,
    END,
    FILLING,
    HEADSET,
    HEADSET_KEYS,
    HOOK,
    INPUT,
    KEYBOARD,
    MUTE,
    PAGE_CONSUMER,
    PAGE_TELEPHONY,
    count,
    report_id,
)

TELEPHONE = PAGE_TELEPHONY + HEADSET + BEGIN


@pytest.mark.parametrize(
    ("description", "found"),
    [
        (CRADLE, HookSwitch(0, 0)),
        (HEADSET_KEYS, HookSwitch(2, 9)),
        # Named as one of a range: 0x1f to 0x2f.
        (TELEPHONE + BITS + b"\x19\x1f\x29\x2f" + count(17) + INPUT + END, HookSwitch(0, 1)),
        # Its page named with it, in four bytes, while another page holds.
        (PAGE_CONSUMER + BEGIN + BITS + b"\x0b\x20\x00\x0b\x00" + count(1) + INPUT + END, HookSwitch(0, 0)),
        # After a field of another size, and filling.
        (
            TELEPHONE + report_id(7) + b"\x75\x10" + count(1) + b"\x09\x70" + INPUT + BITS + count(3)
            + FILLING + HOOK + count(1) + INPUT + END,
            HookSwitch(7, 8 + 16 + 3),
        ),
        # Kept and taken again: the size and the number of the report.
        (
            TELEPHONE + report_id(3) + BITS + count(2) + b"\xa4" + report_id(9) + b"\x75\x08" + MUTE + INPUT
            + b"\xb4" + MUTE + HOOK + INPUT + END,
            HookSwitch(3, 9),
        ),
        # A long item says nothing.
        (b"\xfe\x03\x10abc" + CRADLE, HookSwitch(0, 0)),
    ],
)  # fmt: skip
def test_the_hook_switch_is_found_where_the_description_has_it(description: bytes, found: HookSwitch) -> None:
    assert hook_switch_of(description) == found


@pytest.mark.parametrize(
    "description",
    [
        b"",
        KEYBOARD,
        # The same usage number on another page: a key of the keyboard.
        b"\x05\x07" + BEGIN + BITS + HOOK + count(1) + INPUT + END,
        # An output, a feature, and what only fills up.
        TELEPHONE + BITS + HOOK + count(1) + b"\x91\x02" + END,
        TELEPHONE + BITS + HOOK + count(1) + b"\xb1\x02" + END,
        TELEPHONE + BITS + HOOK + count(1) + FILLING + END,
        # One key of several that are told by number.
        TELEPHONE + BITS + HOOK + MUTE + count(1) + b"\x81\x00" + END,
        # More usages than fields.
        TELEPHONE + BITS + MUTE + HOOK + count(1) + INPUT + END,
    ],
)
def test_what_has_none_has_none(description: bytes) -> None:
    assert hook_switch_of(description) is None


@pytest.mark.parametrize("whole", [CRADLE, HEADSET_KEYS, KEYBOARD])
def test_a_damaged_description_is_read_to_its_end_and_raises_nothing(whole: bytes) -> None:
    for place in range(len(whole)):
        hook_switch_of(whole[:place])
        for damaged in (0x00, 0x03, 0xB4, 0xFE, 0xFF):
            hook_switch_of(whole[:place] + bytes([damaged]) + whole[place + 1 :])


def test_a_report_says_lifted_or_not_or_nothing_of_it() -> None:
    key = HookSwitch(2, 9)
    assert [key.is_lifted(report) for report in (b"\x02\x02", b"\x02\x01", b"\x01\x02", b"\x02", b"")] == [
        True, False, None, None, None,
    ]  # fmt: skip
    assert [HookSwitch(0, 0).is_lifted(report) for report in (b"\x01", b"\x00", b"")] == [True, False, None]
