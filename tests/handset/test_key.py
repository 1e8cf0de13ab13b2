"""The key of a handset on USB, lifted and put back.

No machine of ours has such a device, nor a kernel that can pretend one (uhid). A FIFO in which each write
stays a report stands for the hidraw device, and a folder for what the kernel shows of it. hardware/README.md
has the step for a real one.
"""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.core.events import ButtonPressed, ButtonReleased, Event, FaultCleared, FaultRaised
from appliance.core.words import Button
from appliance.handset.key import KEY_FAULT, HandsetKey
from tests.handset.devices import HEADSET_KEYS, KEYBOARD
from tests.peers.program import until

LIFTED, LIFTED_AND_MUTED, PUT_BACK, MUTED, LOUDER = (
    b"\x02\x02",
    b"\x02\x03",
    b"\x02\x00",
    b"\x02\x01",
    b"\x01\x01",
)
PRESSED, RELEASED = ButtonPressed(Button.HOOK), ButtonReleased(Button.HOOK)


class Headset:
    """A headset at a socket of the machine, and what is read of its key."""

    def __init__(self, folder: Path, description: bytes = HEADSET_KEYS) -> None:
        self.link = folder / "call-light-handset-front-left"
        self.told: list[Event] = []
        self._device = folder / "hidraw3"
        self.link.symlink_to(self._device)
        described = folder / "sys/hidraw3/device"
        described.mkdir(parents=True)
        (described / "report_descriptor").write_bytes(description)
        self.key = HandsetKey(str(self.link), self.told.append, folder / "sys")
        self._end: int | None = None

    def plug_in(self) -> None:
        os.mkfifo(self._device)
        # Both directions: nobody need have opened it yet.
        self._end = os.open(self._device, os.O_RDWR)
        # From here on each write is a packet, as a report is (pipe(2), O_DIRECT).
        fcntl.fcntl(self._end, fcntl.F_SETFL, os.O_DIRECT)

    def pull_out(self) -> None:
        self._device.unlink()
        self.close()

    def says(self, *reports: bytes) -> None:
        assert self._end is not None
        for report in reports:
            os.write(self._end, report)

    def until_told(self, *events: Event) -> None:
        until(lambda: self.told == list(events), 10, f"{events}, not {self.told}")

    def close(self) -> None:
        if self._end is not None:
            os.close(self._end)
            self._end = None


@pytest.fixture
def headset(tmp_path: Path) -> Iterator[Headset]:
    one = Headset(tmp_path)
    yield one
    one.key.close()
    one.close()


def test_lifting_and_putting_back_are_the_hook_switchs_and_no_other_key_is_one_of_them(
    headset: Headset,
) -> None:
    headset.plug_in()
    headset.key.start()
    headset.says(MUTED, PUT_BACK, LIFTED, LOUDER, LIFTED_AND_MUTED, LIFTED, PUT_BACK, MUTED, LIFTED)
    headset.until_told(PRESSED, RELEASED, PRESSED)


def test_one_that_is_pulled_out_is_a_fault_and_no_hanging_up_and_works_again_once_it_is_back(
    headset: Headset,
) -> None:
    gone = FaultRaised(KEY_FAULT, f"{headset.link} is not there")
    headset.key.start()
    headset.until_told(gone)
    headset.plug_in()
    headset.until_told(gone, FaultCleared(KEY_FAULT))
    headset.says(LIFTED)
    headset.until_told(gone, FaultCleared(KEY_FAULT), PRESSED)
    headset.told.clear()
    headset.pull_out()
    headset.until_told(gone)
    headset.plug_in()
    headset.says(LIFTED, PUT_BACK)
    headset.until_told(gone, FaultCleared(KEY_FAULT), PRESSED, RELEASED)
    assert headset.key.unsupervised() == ()


def test_a_device_without_a_hook_switch_and_a_file_that_is_no_device_are_faults(tmp_path: Path) -> None:
    keyboard = Headset(tmp_path, KEYBOARD)
    keyboard.plug_in()
    keyboard.key.start()
    keyboard.until_told(FaultRaised(KEY_FAULT, f"{keyboard.link} has no hook switch (telephony usage 0x20)"))
    keyboard.key.close()
    keyboard.close()
    told: list[Event] = []
    other = HandsetKey("/dev/null", told.append, tmp_path)
    other.start()
    until(lambda: told == [FaultRaised(KEY_FAULT, "/dev/null is no hidraw device")], 10, "it is told")
    other.close()


def test_a_unit_without_one_reads_nothing_and_needs_nobody_to_watch_it() -> None:
    key = HandsetKey("", lambda event: pytest.fail(f"{event}"))
    key.start()
    assert key.unsupervised() == ()
    key.close()


def test_a_thread_that_is_gone_is_named(headset: Headset) -> None:
    assert headset.key.unsupervised() == (KEY_FAULT,)
