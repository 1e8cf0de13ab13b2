"""Reads the key of a handset or headset on USB, and posts what the switch under a handset would.

Lifting, and a headset's key that begins, do nothing by themselves: who is taken says a line's button. Putting
back, and the key that ends, end the conversation at the handset.

A device that is pulled out is a fault until it is there again, and no word that the handset was put back: the
sound is gone with it, and the caller must not be.
"""

import contextlib
import os
import select
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from appliance.core.events import ButtonPressed, ButtonReleased, Event, FaultCleared, FaultRaised
from appliance.core.words import Button, DurationMs
from appliance.errors import CallLightError
from appliance.handset.description import HookSwitch, hook_switch_of

HIDRAW: Final = Path("/sys/class/hidraw")
"""Where the kernel shows, for each such device, the description that it gave of itself."""

KEY_FAULT: Final = "handset key"

RETRY_MS: Final = DurationMs(1_000)
"""How often a device that is not there is looked for: who plugs it in again stands before it and waits."""

_READ_BYTES: Final = 4_096
"""Read at once: the reports of keys have two bytes, or three."""


class NoKey(CallLightError):
    """The device cannot be read, or has no such key; the text says which."""


class HandsetKey:
    """The key of one device, from `start` until `close`; a thread of its own reads it."""

    def __init__(self, path: str, post: Callable[[Event], None], sysfs: Path = HIDRAW) -> None:
        """Prepare; nothing is opened before `start`.

        Args:
            path: of its hidraw device; empty for none.
            post: where lifting, putting back and faults are told, from any thread.
            sysfs: where devices describe themselves.
        """
        self._path = path
        self._post = post
        self._sysfs = sysfs
        self._fault = ""
        self._closing = threading.Event()
        self._closed, self._close = os.pipe()
        self._thread = threading.Thread(target=self._run, name="handset key", daemon=True)

    def start(self) -> None:
        """Begin to read, if there is a device to be read."""
        if self._path:
            self._thread.start()

    def unsupervised(self) -> tuple[str, ...]:
        """Return this adapter's name if nobody tries again any more."""
        return (KEY_FAULT,) if self._path and not self._thread.is_alive() else ()

    def close(self) -> None:
        """Stop reading."""
        self._closing.set()
        os.write(self._close, b"\0")
        if self._thread.is_alive():
            self._thread.join()
        os.close(self._closed)
        os.close(self._close)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._listen()
            except (OSError, NoKey) as error:
                self._fail(str(error) if isinstance(error, NoKey) else f"{self._path}: {error.strerror}")
                self._closing.wait(RETRY_MS / 1000)

    def _listen(self) -> None:
        """Read until the unit ends.

        Raises:
            OSError: the device cannot be opened.
            NoKey: it is not there, or not any more, or has no such key.
        """
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            raise NoKey(f"{self._path} is not there") from None
        try:
            switch = self._find()
            if self._fault:
                self._fault = ""
                self._post(FaultCleared(KEY_FAULT))
            self._read(descriptor, switch)
        finally:
            os.close(descriptor)

    def _find(self) -> HookSwitch:
        # The name given may be a link of udev's.
        kernel_name = Path(self._path).resolve().name
        try:
            description = (self._sysfs / kernel_name / "device/report_descriptor").read_bytes()
        except FileNotFoundError:
            raise NoKey(f"{self._path} is no hidraw device") from None
        switch = hook_switch_of(description)
        if switch is None:
            raise NoKey(f"{self._path} has no hook switch (telephony usage 0x20)")
        return switch

    def _read(self, descriptor: int, switch: HookSwitch) -> None:
        """Post each change. Until it says otherwise, the handset lies where it belongs.

        A device tells a change of any key in a report that has them all: one that says again that the handset
        is not lifted, as its mute key is pressed, must end nothing.
        """
        lifted = False
        reports = select.poll()
        reports.register(descriptor, select.POLLIN)
        reports.register(self._closed, select.POLLIN)
        while True:
            ready = dict(reports.poll())
            if self._closed in ready:
                return
            # The kernel gives one whole report at a time, and an error once the device was pulled out.
            report = b""
            with contextlib.suppress(OSError):
                report = os.read(descriptor, _READ_BYTES)
            if not report:
                raise NoKey(f"{self._path} is not there")
            said = switch.is_lifted(report)
            if said is not None and said is not lifted:
                lifted = said
                # No report has an instant in it; it is read as soon as it is there.
                self._post(ButtonPressed(Button.HOOK) if lifted else ButtonReleased(Button.HOOK))

    def _fail(self, why: str) -> None:
        if why != self._fault:
            self._fault = why
            self._post(FaultRaised(KEY_FAULT, why))
