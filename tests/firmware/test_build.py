"""What the firmware is made of and into: its rules, its size, its tests in C, and what its hex file says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.peers.board import FIRMWARE, built_firmware
from tests.test_tidy import FILE_LINES_MAX

SOURCES = FIRMWARE.parents[1] / "src"
FLASH_BYTES_MAX = 6 * 1024
RAM_BYTES_MAX = 1024
LINE_LENGTH_MAX = 110
FUNCTION_LINES_MAX = 70

C_FILES = sorted(path for folder in ("src", "test") for path in (SOURCES.parent / folder).glob("*.[ch]"))


def ran(*command: str | Path) -> str:
    """What a command says; where it fails, that is the message."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def image(hex_file: Path) -> bytes:
    """The flash that a hex file describes."""
    binary = hex_file.with_suffix(".bin")
    ran("avr-objcopy", "-I", "ihex", "-O", "binary", hex_file, binary)
    return binary.read_bytes()


def test_the_tests_in_c_hold() -> None:
    told = ran("make", "-s", "-C", SOURCES.parent, "test")
    assert re.search(r"\n\d{7,} checks, 0 failures\n$", told), told


def test_the_same_source_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    elsewhere = tmp_path / "another/place"
    shutil.copytree(SOURCES, elsewhere / "src")
    shutil.copy(SOURCES.parent / "Makefile", elsewhere)
    ran("make", "-s", "-C", elsewhere)
    assert (elsewhere / "build/tower.hex").read_bytes() == built_firmware().read_bytes()


def test_it_fits_six_kilobytes_of_flash_and_its_variables_one_of_ram() -> None:
    built_firmware()
    text, data, bss = map(int, ran("avr-size", FIRMWARE.with_suffix(".elf")).splitlines()[1].split()[:3])
    assert text + data <= FLASH_BYTES_MAX
    assert data + bss <= RAM_BYTES_MAX


def test_the_hex_file_says_for_which_chip_it_is_and_which_version(tmp_path: Path) -> None:
    copy = Path(shutil.copy(built_firmware(), tmp_path))
    numbers = re.findall(r"#define VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", (SOURCES / "version.h").read_text())
    assert len(numbers) == 3
    assert image(copy).count(f"call-light tower atmega328p {'.'.join(numbers)}\0".encode()) == 1


def test_only_one_file_knows_the_chip_and_says_what_it_needs_each_part_for() -> None:
    for path in C_FILES:
        includes = re.findall(r"^#include <(?:avr|util)/.*$", path.read_text(), re.MULTILINE)
        if path.name == "hal_atmega328p.c":
            assert all(re.fullmatch(r"#include <avr/\w+\.h> +/\* .+ \*/", one) for one in includes)
            assert includes
        else:
            assert includes == [], path.name


@pytest.mark.parametrize("path", C_FILES, ids=lambda path: path.name)
def test_a_file_in_c_fits_one_sitting_and_a_function_one_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= FILE_LINES_MAX
    assert [line for line in lines if len(line) > LINE_LENGTH_MAX] == []
    assert [line for line in lines if "\t" in line or line != line.rstrip()] == []
    began = 0
    for number, line in enumerate(lines):
        began = number if line == "{" else began
        assert line != "}" or number - began <= FUNCTION_LINES_MAX, f"line {number}"
    assert lines[0].startswith("/* ") or path.with_suffix(".h").exists(), "it does not say what it is"
