"""The label sheet: each label at its place's size, whatever a practice calls its lines."""

import re
from pathlib import Path

import pytest

from hardware import labels
from hardware.measures import measures

LONGEST = "W" * 24


def strips(page: str) -> list[tuple[float, float, list[str]]]:
    """Return width and height of each strip in millimetres, and what stands on it."""
    found = re.findall(r'<svg width="([\d.]+)mm" height="([\d.]+)mm" viewBox="0 0 \1 \2">(.*?)</svg>', page)
    return [(float(w), float(h), re.findall(r">([^<>]*)</text>", inside)) for w, h, inside in found]


def test_each_line_has_a_label_for_its_segment_and_one_for_its_button() -> None:
    page = labels.sheet(["Main", "Doctors", "Labs", "Hospital", "X-ray"])
    (ruler, *segments), (status, *box) = strips(page)[:6], strips(page)[6:]
    assert ruler[0] == labels.RULER_MM
    assert [text for _, _, text in segments] == [["Main"], ["Doctors"], ["Labs"], ["Hospital"], ["X-ray"]]
    assert [text for _, _, text in box] == [
        ["Main", "Doctors", "Labs", "Hospital"],
        ["X-ray"],
        ["Mute", "Away", "Owed"],
    ]
    assert status[2] == ["alive", "fault", "more", "owed", "voicemail"]


def test_labels_have_the_pitch_of_what_they_are_glued_to() -> None:
    size = measures()
    _, segment, status, row, _ = strips(labels.sheet(["Main"]))
    assert segment[0] == pytest.approx(8 * 1000 / 60 - 2 * size["label_end"], abs=0.01)
    assert status[0] == pytest.approx(9 * 1000 / 60, abs=0.01)
    assert row[0] == size["button_pitch"]
    # The status labels begin where their first pixel's cell begins.
    page = labels.sheet(["Main"])
    begins = [float(x) for x in re.findall(r'<rect x="([\d.]+)"[^>]*height="10.00"', page)]
    assert begins == pytest.approx([place * 1000 / 60 for place in (0, 1, 2, 3, 6)], abs=0.01)


def test_the_status_labels_share_the_pixels_of_the_status_row() -> None:
    assert sum(pixels for _, pixels in labels.STATUS) == measures()["status_pixels"]


@pytest.mark.parametrize("text", ["A", "Main", LONGEST, "診療所の電話" * 4])
def test_a_text_is_never_wider_or_higher_than_its_place(text: str) -> None:
    size = labels.text_size(text, 32, 8)
    assert 0 < size <= 8
    assert size * len(text) * (labels.EM_OF_LETTER if text.isascii() else 1.0) <= 32


def test_a_label_is_text_and_never_markup() -> None:
    page = labels.sheet(['<script>alert("x")</script>', "Labs & X-ray"])
    assert "<script" not in page
    assert "Labs &amp; X-ray" in page


CONFIGURATION = """\
[[pbx]]
id = "office"
registrars = ["sip:192.0.2.10"]
[[extension]]
id = "main"
pbx = "office"
user = "601"
password = "x"
line = "main"
[[line]]
id = "main"
label = "Front desk"
[[tower]]
driver = "none"
"""


def test_the_command_prints_the_sheet_of_a_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "call-light.toml"
    file.write_text(CONFIGURATION)
    monkeypatch.setattr("sys.argv", ["labels", str(file)])
    assert labels.main() == 0
    assert "Front desk" in capsys.readouterr().out


def test_a_refused_configuration_is_said_in_lines_and_prints_no_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "call-light.toml"
    file.write_text(CONFIGURATION.replace('label = "Front desk"', 'labell = "Front desk"'))
    monkeypatch.setattr("sys.argv", ["labels", str(file)])
    assert labels.main() == 78
    said = capsys.readouterr()
    assert said.out == ""
    assert all(line.startswith("labels: error: ") for line in said.err.splitlines())
    assert "labell" in said.err
