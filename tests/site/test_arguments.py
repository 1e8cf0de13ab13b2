"""The command line of `call-light site`: what each command is for, and what it takes."""

import re
import subprocess
import sys

import pytest

from tests.peers.site import command

COMMON = {"--config", "--folder"}
OPTIONS = {
    "init": {*COMMON, "--site", "--broker", "--port", "--address"},
    "add-unit": {*COMMON, "--out", "--extension", "--target", "--covers"},
    "add-watcher": {*COMMON, "--out"},
    "rotate": {*COMMON, "--out"},
    "remove": COMMON,
    "change": COMMON,
    "attend": COMMON,
}


def test_the_help_names_every_command() -> None:
    said = command("site", "--help")
    assert re.findall(r"^    ([a-z-]+)", said.out, re.MULTILINE) == list(OPTIONS)


@pytest.mark.parametrize("verb", OPTIONS)
def test_the_help_of_a_command_says_all_that_it_takes(verb: str) -> None:
    said = command("site", verb, "--help")
    assert (said.code, said.err) == (0, "")
    assert set(re.findall(r"^  (--[a-z-]+)", said.out, re.MULTILINE)) == OPTIONS[verb]


def test_who_enrols_and_who_attends_to_it_load_neither_the_settings_nor_the_payloads() -> None:
    program = (
        "import sys, appliance.site.attend, appliance.site.enrol\n"
        "print('paho' in sys.modules, 'pydantic' in sys.modules)\n"
    )
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert said == "True False\n"
