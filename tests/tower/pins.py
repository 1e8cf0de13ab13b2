"""A Raspberry Pi's header for tests: gpiozero's mock pins, with one log of every write to any of them."""

from typing import Any

from gpiozero.pins.mock import MockFactory, MockPin

Written = list[tuple[int, bool]]


class Header:
    """The pins, and the log. A pin may break, and be mended."""

    def __init__(self) -> None:
        self.written: Written = []
        self.broken: set[int] = set()
        header = self

        class LoggedPin(MockPin):  # type: ignore[misc]
            def _get_state(self) -> bool:
                self._fail_if_broken()
                return bool(super()._get_state())

            def _set_state(self, value: Any) -> None:
                self._fail_if_broken()
                super()._set_state(value)
                header.written.append((header.number_of(self), bool(value)))

            def _fail_if_broken(self) -> None:
                if header.number_of(self) in header.broken:
                    raise OSError(5, "Input/output error")

        self.factory = MockFactory(pin_class=LoggedPin)

    def number_of(self, pin: Any) -> int:
        """The number of a pin's GPIO."""
        return int(str(pin.info.name).removeprefix("GPIO"))

    def pin(self, number: int) -> Any:
        """One pin."""
        return self.factory.pin(number)

    def is_high(self, number: int) -> bool:
        """What a voltmeter says."""
        return bool(self.pin(number)._state)

    def forget(self) -> None:
        """Forget what was written so far."""
        self.written.clear()
