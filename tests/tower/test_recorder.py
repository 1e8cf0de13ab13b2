"""The tower that only remembers, and its file."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import SteppedClock
from appliance.core.effects import Sound
from appliance.core.lamps import ButtonLamp, LampLook
from appliance.core.picture import Overlay, Picture, Segment, Showing
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.record import Recorded, from_line, to_line
from appliance.tower.recorder import RECORDER_MAX, Recorder

DARK = Picture((Segment("Main"),))
WAITS = Picture((Segment("Main", Showing.WAITING, 1, 1, waiting_since_ms=InstantMs(1.5)),), more_count=2)


def test_everything_is_remembered_with_its_instant_and_the_same_picture_again_is_not_news() -> None:
    clock = SteppedClock()
    recorder = Recorder(clock)
    recorder.draw(DARK, clock.now_ms())
    clock.step(DurationMs(10))
    recorder.draw(WAITS, clock.now_ms())
    recorder.play(Sound.ARRIVED)
    recorder.tell("Main: a caller rings.")
    clock.step(DurationMs(10))
    recorder.draw(WAITS, clock.now_ms())
    assert recorder.recorded == (
        Recorded(InstantMs(0), DARK),
        Recorded(InstantMs(10), WAITS),
        Recorded(InstantMs(10), Sound.ARRIVED),
        Recorded(InstantMs(10), "Main: a caller rings."),
    )
    assert recorder.pictures == (DARK, WAITS)
    assert recorder.sounds == (Sound.ARRIVED,)


def test_beyond_its_limit_the_oldest_entry_makes_room() -> None:
    recorder = Recorder(SteppedClock())
    for number in range(RECORDER_MAX + 3):
        recorder.tell(str(number))
    assert len(recorder.recorded) == RECORDER_MAX
    assert recorder.recorded[0].what == "3"


def test_the_file_holds_one_json_object_a_line_as_it_comes(tmp_path: Path) -> None:
    file = tmp_path / "pictures.jsonl"
    clock = SteppedClock(InstantMs(250))
    recorder = Recorder(clock, file)
    recorder.draw(WAITS, clock.now_ms())
    recorder.play(Sound.URGENT)
    recorder.tell("Müller rief an.")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [from_line(line) for line in lines] == list(recorder.recorded)
    assert json.loads(lines[0])["picture"]["segments"][0]["showing"] == "waiting"
    recorder.close()


def test_a_second_opening_appends_to_the_file(tmp_path: Path) -> None:
    file = tmp_path / "pictures.jsonl"
    for sentence in ("first", "second"):
        recorder = Recorder(SteppedClock(), file)
        recorder.tell(sentence)
        recorder.close()
    assert [from_line(line).what for line in file.read_text().splitlines()] == ["first", "second"]


SEGMENTS = st.builds(
    Segment,
    label=st.text(max_size=20),
    showing=st.sampled_from(Showing),
    stage=st.integers(0, 3),
    fill=st.integers(0, 3),
    marks=st.integers(0, 2),
    more=st.booleans(),
    taken=st.booleans(),
    entered_ms=st.floats(0, 1e12).map(InstantMs),
    waiting_since_ms=st.none() | st.floats(0, 1e12).map(InstantMs),
)
LAMPS = st.builds(
    ButtonLamp,
    look=st.sampled_from(LampLook),
    entered_ms=st.floats(0, 1e12).map(InstantMs),
    blinks=st.integers(0, 1_000),
    blinked_ms=st.none() | st.floats(0, 1e12).map(InstantMs),
)
PICTURES = st.builds(
    Picture,
    segments=st.lists(SEGMENTS, max_size=8).map(tuple),
    overlay=st.sampled_from(Overlay),
    overlay_entered_ms=st.floats(0, 1e12).map(InstantMs),
    fault=st.booleans(),
    more_count=st.integers(0, 200),
    alive=st.booleans(),
    epoch_ms=st.floats(0, 1e12).map(InstantMs),
    lamps=st.lists(LAMPS, max_size=11).map(tuple),
)


@given(st.floats(0, 1e12).map(InstantMs), PICTURES | st.sampled_from(Sound) | st.text())
def test_whatever_is_written_is_read_back_whole(at_ms: InstantMs, what: Picture | Sound | str) -> None:
    line = to_line(Recorded(at_ms, what))
    assert "\n" not in line
    assert from_line(line) == Recorded(at_ms, what)


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "1", '{"at_ms": 1}', '{"at_ms": 1, "sound": "moo"}', '{"sound": "arrived"}',
             '{"at_ms": 1, "picture": {"segments": [{"showing": "dancing"}]}}',
             '{"at_ms": 1, "picture": {"segments": [], "colour": "red", "overlay": "none"}}'],
)  # fmt: skip
def test_a_line_that_is_no_record_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_line(line)
