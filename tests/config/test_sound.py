"""What a phone system's table says of the sound of taken calls."""

from pathlib import Path

import pytest

from appliance.sip.settings import Srtp
from tests.config.files import accepted, with_line


@pytest.mark.parametrize(
    ("line", "srtp"),
    [
        ('transport = "tls"', Srtp.OPTIONAL),
        ('transport = "tcp"', Srtp.OFF),
        ('transport = "tls"\nsrtp = "off"', Srtp.OFF),
        ('srtp = "optional"', Srtp.OPTIONAL),
    ],
)
def test_sound_is_encrypted_whenever_the_pbx_does_where_sip_is(tmp_path: Path, line: str, srtp: Srtp) -> None:
    registrars = 'registrars = ["sip:192.0.2.10"]'
    found = accepted(tmp_path, with_line(registrars, f"{registrars}\n{line}"))
    assert [pbx.srtp for pbx in found.engine.pbxs] == [srtp]
