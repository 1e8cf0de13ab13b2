"""What comes out of a configuration that is accepted: the whole of it, by either way of reading."""

import os
import pickle
import re
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.bus.settings import BusSettings
from appliance.config import Configuration, TowerSettings, read, read_apart
from appliance.config import load as load_module
from appliance.core.settings import (
    BoardSettings,
    CancelMeaning,
    ExtensionSettings,
    LineSettings,
    LineSource,
    PickupSettings,
    SiteSettings,
)
from appliance.core.words import DurationMs, ExtensionId, LineId, UnitId, Way
from appliance.errors import CallLightError, ConfigurationRefused
from appliance.sip.settings import EngineSettings, ExtensionAccount, PbxSettings, Ringback, Srtp, Transport
from tests.config.files import GOOD, accepted, refusals, with_line, written

FULL = """\
[unit]
name = "back-2"
state_directory = "/var/lib/light"
runtime_directory = "/run/light"
away_s = 900


[[pbx]]
id = "office"
registrars = ["sip:pbx.example:5061", "sips:[2001:db8::1]"]
transport = "tls"
outbound_proxy = "sip:proxy.example"
ca_file = "/etc/call-light/ca.pem"
addresses = ["192.0.2.0/24", "2001:db8::7"]
cancel_meaning = "freepbx-default"
line_header = "X-Line"
tag_header = "X-Call-Tag"
srtp = "required"
ringback = "europe"
line_from = ["header", "dialled", "extension"]

[[pbx]]
id = "old"
registrars = ["sip:192.0.2.10"]

[[extension]]
id = "ext-main"
pbx = "office"
user = "0601"
auth_user = "auth 601"
password = "open-sesame"
line = "doctors"
expiry_s = 300

[[line]]
id = "doctors"
label = "Ärzte ☎"
stages_s = [0, 5.5, 30]
queue = true
hold_s = 12.5
ring_limit_s = 900
priority = true
header_values = ["Doctors", "docs"]
dialled = ["0301234567", "004930"]

[[tower]]
bell = true

[[tower]]
driver = "recorder"
file = "/var/lib/light/pictures.jsonl"

[[tower]]
driver = "none"

[pickup]
way = "redirect"
target = "*80201"
headers = ["Call-Info: <sip:light>;answer-after=0"]
answer_within_s = 12.5
confirm = "key"
return_target = "600"
return_after_s = 45
handset_device = "plughw:CARD=Handset"
"""

READ = Configuration(
    name="back-2",
    state_directory=Path("/var/lib/light"),
    runtime_directory=Path("/run/light"),
    board=BoardSettings(
        (
            LineSettings(
                LineId("doctors"),
                "Ärzte ☎",
                (DurationMs(0), DurationMs(5_500), DurationMs(30_000)),
                queue=True,
                hold_ms=DurationMs(12_500),
                ring_limit_ms=DurationMs(900_000),
                priority=True,
                header_values=("Doctors", "docs"),
                dialled=("0301234567", "004930"),
            ),
        ),
        (
            ExtensionSettings(
                ExtensionId("ext-main"),
                LineId("doctors"),
                (LineSource.HEADER, LineSource.DIALLED, LineSource.EXTENSION),
                CancelMeaning.FREEPBX_DEFAULT,
            ),
        ),
        away_ms=DurationMs(900_000),
        unit=UnitId("back-2"),
        pickup=PickupSettings(
            Way.REDIRECT,
            "*80201",
            ("Call-Info: <sip:light>;answer-after=0",),
            confirm_key=True,
            answer_within_ms=DurationMs(12_500),
            return_target="600",
            return_after_ms=DurationMs(45_000),
        ),
    ),
    engine=EngineSettings(
        (
            PbxSettings(
                "office",
                ("sip:pbx.example:5061", "sips:[2001:db8::1]"),
                Transport.TLS,
                outbound_proxy="sip:proxy.example",
                ca_file="/etc/call-light/ca.pem",
                addresses=("192.0.2.0/24", "2001:db8::7"),
                line_header="X-Line",
                tag_header="X-Call-Tag",
                srtp=Srtp.REQUIRED,
                ringback=Ringback.EUROPE,
            ),
            PbxSettings("old", ("sip:192.0.2.10",), Transport.UDP),
        ),
        (
            ExtensionAccount(
                ExtensionId("ext-main"), "office", "0601", "open-sesame", auth_user="auth 601", expiry_s=300
            ),
        ),
        handset="plughw:CARD=Handset",
    ),
    towers=(
        TowerSettings("terminal", bell=True),
        TowerSettings("recorder", file="/var/lib/light/pictures.jsonl"),
        TowerSettings("none"),
    ),
    own_lines=("doctors",),
    site_file=Path("/var/lib/light/site.toml"),
)
"""All that the file says, and nothing else: what no test names here would not be compared."""


def test_every_setting_that_is_given_arrives(tmp_path: Path) -> None:
    assert replace(accepted(tmp_path, FULL), warnings=()) == READ


def test_what_is_not_given_has_its_default(tmp_path: Path) -> None:
    found = accepted(tmp_path, GOOD)
    assert (found.state_directory, found.runtime_directory) == (
        Path("/var/lib/call-light"),
        Path("/run/call-light"),
    )
    assert found.board == BoardSettings(
        (_line("main", "Main"), _line("doctors", "Doctors", dialled=("0301234567",))),
        (
            ExtensionSettings(
                ExtensionId("ext-main"), LineId("main"), (LineSource.EXTENSION,), CancelMeaning.NORMAL
            ),
        ),
        away_ms=DurationMs(1_800_000),
        unit=UnitId("front"),
    )
    assert found.engine == EngineSettings(
        (PbxSettings("office", ("sip:192.0.2.10",), Transport.UDP),),
        (ExtensionAccount(ExtensionId("ext-main"), "office", "601", "open-sesame", expiry_s=120),),
    )
    assert found.towers == (TowerSettings("terminal"),)


def _line(name: str, label: str, dialled: tuple[str, ...] = ()) -> LineSettings:
    return LineSettings(
        LineId(name),
        label,
        (DurationMs(0), DurationMs(20_000), DurationMs(45_000)),
        queue=False,
        hold_ms=DurationMs(8_000),
        ring_limit_ms=DurationMs(600_000),
        priority=False,
        dialled=dialled,
    )


def test_the_engine_is_told_the_marks_that_are_no_settings(tmp_path: Path) -> None:
    found = accepted(tmp_path, GOOD)
    told = found.engine_settings({ExtensionId("ext-main"): "cafe"})
    assert [one.mark for one in found.engine.extensions] == [""]
    assert told == replace(found.engine, extensions=(replace(found.engine.extensions[0], mark="cafe"),))


def test_reading_apart_gives_the_same_with_the_same_warnings(tmp_path: Path) -> None:
    file = written(tmp_path, FULL)
    assert read_apart(file) == read(file)
    assert read_apart(file).warnings != ()


def test_reading_apart_refuses_with_the_same_lines(tmp_path: Path) -> None:
    text = with_line('user = "601"', "user = 601\npasword = 5")
    with pytest.raises(ConfigurationRefused) as apart:
        read_apart(written(tmp_path, text))
    assert [line.replace(f"{tmp_path}/", "") for line in apart.value.lines] == refusals(tmp_path, text)
    assert len(apart.value.lines) == 2


def test_reading_apart_leaves_no_process_and_does_not_load_the_settings_tree(tmp_path: Path) -> None:
    program = (
        "import sys, os\nfrom pathlib import Path\nfrom appliance.config.apart import read_apart\n"
        "print(read_apart(Path(sys.argv[1])).name, 'pydantic' in sys.modules)\n"
        "try:\n    os.waitpid(-1, 0)\nexcept ChildProcessError:\n    print('no child')\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(written(tmp_path, GOOD))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (found.stdout.split("\n")[:2], found.stderr) == (["front False", "no child"], "")


def test_a_reading_process_that_dies_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_module, "locate", lambda _text: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(CallLightError, match=r"the process that read it died; `call-light check` says more"):
        read_apart(written(tmp_path, GOOD))


def test_no_form_in_which_a_configuration_can_be_looked_at_shows_a_password(tmp_path: Path) -> None:
    found = accepted(tmp_path, GOOD)
    assert found.engine.extensions[0].password == "open-sesame"
    loaded = load_module.load(written(tmp_path, GOOD))
    for shown in (repr(found), str(found), repr(loaded), str(loaded.tables), str(loaded.tables.model_dump())):
        assert "open-sesame" not in shown
    # What the reading process hands over does hold it, or nobody could register: that pipe is private.
    assert b"open-sesame" in pickle.dumps(found)


@pytest.mark.parametrize(
    "mistake",
    [
        with_line('password = "open-sesame"', 'password = ["open-sesame"]'),
        with_line('password = "open-sesame"', 'password = "open-sesame\\u0007"'),
        with_line('password = "open-sesame"', 'pasword = "open-sesame"'),
        with_line('user = "601"', 'user = "open-sesame@office"'),
        with_line('id = "ext-main"', 'id = "open-sesame!"'),
        with_line('pbx = "office"', 'pbx = "open-sesame"'),
        with_line('driver = "terminal"', 'driver = "open-sesame"'),
        with_line("stages_s = [0, 20, 45]", 'stages_s = "open-sesame"'),
        with_line('dialled = ["0301234567"]', 'dialled = "open-sesame"'),
        with_line('registrars = ["sip:192.0.2.10"]', 'registrars = ["sip:601:open-sesame@pbx"]'),
        with_line('password = "open-sesame"', "password = open-sesame"),
        with_line('password = "open-sesame"', 'password = "open-sesame'),
        f"{GOOD}open-sesame\n",
    ],
)
def test_a_password_in_the_wrong_place_is_in_no_refusal(tmp_path: Path, mistake: str) -> None:
    file = written(tmp_path, mistake)
    with pytest.raises(ConfigurationRefused) as refused:
        read(file)
    assert "sesame" not in repr(refused.value) + "\n".join(refused.value.lines)
    # Nor in what a traceback would print of the errors behind it.
    cause: BaseException | None = refused.value
    while cause is not None:
        assert "sesame" not in str(cause)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def test_a_unit_with_a_broker_is_one_of_a_site_and_keeps_its_secrets_to_itself(tmp_path: Path) -> None:
    bus = '[bus]\nbroker = "broker.example"\nsite = "elm-street"\npassword = "walnut"\nsite_key = "plum"\n'
    found = accepted(tmp_path, f"{GOOD}\n{bus}")
    assert found.bus == BusSettings("broker.example", 8883, "", "elm-street", "front", "walnut")
    assert found.board.site == SiteSettings(key=b"plum")
    assert not {"walnut", "plum"} & set(re.findall(r"\w+", repr(found)))
