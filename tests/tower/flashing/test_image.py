"""Images that may be written, and what is refused before anything is."""

from pathlib import Path

import pytest

from appliance.tower.flashing.image import (
    HEX_BYTES_MAX,
    IMAGE_BYTES_MAX,
    Image,
    ImageRefused,
    read_image,
    written,
)
from tests.tower.flashing.hexes import hex_of, image_file, program, record


def refused(folder: Path, text: str) -> str:
    """Why this file is refused, without its folder."""
    file = folder / "tower.hex"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(ImageRefused) as refusal:
        read_image(file)
    return str(refusal.value).removeprefix(f"{folder}/")


def test_an_image_says_its_version_and_its_size(tmp_path: Path) -> None:
    file = image_file(tmp_path, "10.0.255")
    assert read_image(file) == Image(file, (10, 0, 255), 4_000)
    assert written((10, 0, 255)) == "10.0.255"


def test_gaps_between_records_and_an_entry_point_are_nothing_special(tmp_path: Path) -> None:
    flash = program()
    file = tmp_path / "tower.hex"
    records = [record(at, flash[at : at + 16]) for at in range(0, 4_096, 16)]
    del records[3]
    start = record(0, bytes(4), 3)
    file.write_text("\n".join([start, *reversed(records), record(0, b"", 1)]), encoding="ascii")
    assert read_image(file).version == (1, 2, 3)


def test_every_damaged_character_of_a_record_is_found(tmp_path: Path) -> None:
    lines = hex_of(program(size=256)).splitlines()
    for place, letter in enumerate(lines[4]):
        other = "1" if letter == "0" else "0"
        for damaged in (
            lines[4][:place] + other + lines[4][place + 1 :],
            lines[4][:place] + lines[4][place + 1 :],
            lines[4][:place] + letter + lines[4][place:],
        ):
            said = refused(tmp_path, "\n".join([*lines[:4], damaged, *lines[5:]]))
            assert said == "tower.hex:5: is no record of an atmega328p's image (Intel HEX)"


def test_a_file_that_was_cut_off_at_any_line_is_refused(tmp_path: Path) -> None:
    lines = hex_of(program(size=512)).splitlines()
    for count in range(len(lines)):
        assert (
            refused(tmp_path, "\n".join(lines[:count])) == "tower.hex: is cut off: its last record is missing"
        )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "tower.hex: is cut off: its last record is missing"),
        ("\x7fELF\x02\xff", "tower.hex: is no Intel HEX file"),
        (
            hex_of(program()) + record(0, b"x"),
            "tower.hex:386: is no record of an atmega328p's image (Intel HEX)",
        ),
        (hex_of(b"blink" * 100), "tower.hex: is no firmware of a tower"),
        (
            hex_of(program(identity=b"call-light tower rp2040 ")),
            "tower.hex: is for the chip rp2040, and a tower has the atmega328p",
        ),
        (record(0, b"\0\1", 4), "tower.hex:1: is no record of an atmega328p's image (Intel HEX)"),
    ],
)
def test_what_is_no_firmware_of_a_tower_is_refused(tmp_path: Path, text: str, why: str) -> None:
    assert refused(tmp_path, text) == why


def test_an_image_as_large_as_the_flash_is_taken_and_a_larger_one_is_not(tmp_path: Path) -> None:
    assert read_image(image_file(tmp_path, size=IMAGE_BYTES_MAX)).size == IMAGE_BYTES_MAX
    too_large = hex_of(program(size=IMAGE_BYTES_MAX)[: IMAGE_BYTES_MAX + 1])
    assert refused(tmp_path, too_large) == "tower.hex: has 32257 bytes; beyond 32256 lies the bootloader"
    assert (
        refused(tmp_path, "x" * (HEX_BYTES_MAX + 1)) == "tower.hex: is larger than any image of an atmega328p"
    )


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageRefused) as refusal:
        read_image(tmp_path / "none.hex")
    assert str(refusal.value) == f"{tmp_path}/none.hex: No such file or directory"
