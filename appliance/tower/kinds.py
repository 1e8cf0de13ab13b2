"""The kinds of towers, by the name of their driver: what each is, in words, said once for everybody."""

from collections.abc import Mapping
from typing import Final

KINDS: Final[Mapping[str, str]] = {
    "terminal": "drawn in the terminal that `call-light run` was started in",
    "controller": "an LED tower with a controller of its own, at a USB port",
    "gpio": "lamps and buttons on the Pi's own pins, as [gpio] says",
    "adafruit-usb": "the USB tower with three lamps and buzzer (product 5125)",
    "relay-usb": "lamps on an LCUS board with four relays",
    "patlite-net": "a PATLITE tower on the network (PNS over TCP, port 10000)",
    "recorder": "every picture goes to a file",
    "none": "no light",
}
