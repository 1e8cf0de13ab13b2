"""Sites whose legends are tried: three lines, and the towers that a test names."""

from pathlib import Path

from appliance.config import Configuration
from tests.config.files import accepted

SITE = """\
[[pbx]]
id = "office"
registrars = ["sip:192.0.2.10"]

[[extension]]
id = "ext-main"
pbx = "office"
user = "601"
password = "open-sesame"
line = "main"

[[line]]
id = "main"
label = "Main"
queue = true

[[line]]
id = "lab"
label = "Lab <&> \\"pharmacy\\""

[[line]]
id = "doctors"
label = "Doctors' line"
priority = true

[pickup]
target = "201"
"""

CONTROLLER = 'driver = "controller"'
ADAFRUIT = 'driver = "adafruit-usb"\nport = "/dev/ttyUSB0"'
BEACON = 'driver = "patlite-net"\naddress = "192.0.2.20"\nlamps = ["white"]'


def site(folder: Path, *towers: str) -> Configuration:
    """The site with these towers."""
    return accepted(folder, SITE + "".join(f"\n[[tower]]\n{tower}\n" for tower in towers))
