"""The tower drawn live: golden screens, and when it draws."""

import io

import pytest
from rich.console import Console

from appliance.clock import SteppedClock
from appliance.core.beats import STEP_MS
from appliance.core.effects import Sound
from appliance.core.frames import Frame, frame_at
from appliance.core.lamps import ButtonLamp, LampLook
from appliance.core.picture import Overlay, Picture, Segment, Showing, settle
from appliance.core.words import DurationMs, InstantMs
from appliance.tower.declared import host_lost_picture
from appliance.tower.live import LOOK_MS, REDRAW_MS, SENTENCES_SHOWN, SOUND_SHOWN_MS, LiveTower
from appliance.tower.screen import COLUMN_MAX, ROW_LABEL_MAX, Caption, Screen, render

SINCE = InstantMs(-21_000)
NOBODY, LAB = Segment("Main"), Segment("Lab")


def shown(*segments: Segment, overlay: Overlay = Overlay.NONE, more_count: int = 0) -> Picture:
    return settle(Picture(()), Picture(segments, overlay=overlay, more_count=more_count), InstantMs(0))


def text(picture: Picture, caption: Caption, width: int, height: int, step: float = 0) -> list[str]:
    """The screen as text, without the blanks at the ends of its rows."""
    console = Console(file=io.StringIO(), width=width, height=height, color_system=None)
    with console.capture() as capture:
        now_ms = InstantMs(step * STEP_MS + 1)
        console.print(render(picture, frame_at(picture, now_ms), now_ms, caption, width, height))
    return [row.rstrip() for row in capture.get().splitlines()]


def test_a_morning_in_full_view() -> None:
    main = Segment("Main", Showing.WAITING, 2, 2, waiting_since_ms=SINCE)
    doctors = Segment(
        "Doctors", Showing.URGENT, 3, 3, marks=2, more=True, waiting_since_ms=InstantMs(-70_000)
    )
    caption = Caption("urgent", True, ("0:03 The phone system is back.", "1:10 Main: a caller rings."))
    assert text(shown(main, LAB, doctors, more_count=18), caption, 80, 24) == [
        " ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▆▆▆▆▆▆▆▆▆▆▆▆▆",
        " ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▆▆▆▆▆▆▆▆▆▆▆▆▆",
        " ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▆▆▆▆▆▆▆▆▆▆▆▆▆",
        " ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▆▆▆▆▆▆▆▆▆▆▆▆▆",
        " ▆▆▆▆▆▆▆▆▆▆▆▆▆   ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▆▆▆▆▆▆▆▆▆▆▆▆▆",
        " ▆▆▆▆▆▆▆▆▆▆▆▆▆   ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▆▆▆▆▆▆▆▆▆▆▆▆▆",
        " ▆▆▆▆▆▆▆▆▆▆▆▆▆   ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▆▆▆▆▆▆▆▆▆▆▆▆▆",
        " ▆▆▆▆▆▆▆▆▆▆▆▆▆   ▁▁▁▁▁▁▁▁▁▁▁▁▁   ▆▆▆▆▆▆▆▆▆▆▆▆▆",
        " Main            Lab             Doctors",
        " 0:21                            1:10 +2 more",
        " stage 2                         urgent",
        "",
        " ● alive  ● and 18 more  ♪ urgent",
        "",
        "0:03 The phone system is back.",
        "1:10 Main: a caller rings.",
    ]


def test_the_lamps_of_line_buttons_stand_under_their_lines_and_the_others_among_the_lights() -> None:
    off = ButtonLamp()
    lamps = (ButtonLamp(LampLook.TAKEABLE), off, ButtonLamp(LampLook.STEADY), off, off)
    picture = settle(Picture(()), Picture((NOBODY, LAB), lamps=lamps), InstantMs(0))
    assert text(picture, Caption(), 80, 24)[8:] == [
        " Main            Lab",
        "",
        "",
        " ●               ○",
        "",
        " ● alive   ● mute",
    ]
    assert text(picture, Caption(), 40, 10, step=4) == [
        "Main       ▁▁▁▁▁▁▁▁ ○",
        "Lab        ▁▁▁▁▁▁▁▁ ○",
        "",
        " ● alive   ● mute",
    ]


NARROW = {
    Showing.FAILED: ("Main       ▆▆▆▆▁▁▁▁  0:21 failed", 1),
    Showing.ASKED: ("Main       ▆▁▁▁▁▁▁▁  0:21 asked", 1),
    Showing.URGENT: ("Main       ▆▆▆▆▆▆▁▁  0:21 urgent", 3),
    Showing.WAITING: ("Main       ▆▆▁▁▁▁▁▁  0:21 stage 1", 1),
    Showing.HELD: ("Main       ▆▆▆▆▁▁▁▁  0:21 held", 2),
    Showing.TAKEN: ("Main       ▆▆▁▁▁▁▆▆       taken", 0),
    Showing.UNSURE: ("Main       ▆▆▆▆▁▁▁▁  0:21 unsure", 2),
    Showing.TESTED: ("Main       ▆▆▆▆▆▆▆▆       tested", 0),
    Showing.CLOSING: ("Main       ▆▆▆▆▆▆▆▆       closing", 0),
    Showing.LINE_LOST: ("Main       ▁▁▆▆▆▆▆▆       line lost", 0),
    Showing.NOTHING: ("Main       ▁▁▁▁▁▁▁▁", 0),
}


@pytest.mark.parametrize("showing", Showing, ids=lambda showing: showing.name.lower())
def test_on_a_narrow_screen_every_showing_is_a_row(showing: Showing) -> None:
    row, stage = NARROW[showing]
    segment = Segment("Main", showing, stage, stage, waiting_since_ms=SINCE if stage else None)
    many = [Segment(name) for name in ("Lab", "Doctors", "Billing", "Pharmacy")]
    assert text(shown(segment, *many), Caption(), 40, 20) == [
        row,
        "Lab        ▁▁▁▁▁▁▁▁",
        "Doctors    ▁▁▁▁▁▁▁▁",
        "Billing    ▁▁▁▁▁▁▁▁",
        "Pharmacy   ▁▁▁▁▁▁▁▁",
        "",
        " ● alive",
    ]


def test_whatever_the_size_of_the_screen_nothing_runs_over_its_edges() -> None:
    lines = [
        Segment(f"A very long label {place}", Showing.WAITING, 1, 1, 2, waiting_since_ms=SINCE)
        for place in range(8)
    ]
    caption = Caption("arrived", True, tuple(f"0:0{number} " + "word " * 30 for number in range(8)))
    for width in (30, 40, 79, 80, 200):
        for height in (11, 16, 24, 60):
            rows = text(shown(*lines, more_count=5), caption, width, height)
            assert len(rows) <= height
            assert max(map(len, rows)) <= width
            assert sum("0:21" in row for row in rows) in (1, 8)


def test_a_label_that_is_longer_than_its_place_is_cut() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    picture = shown(Segment(letters), LAB)
    upright = next(row for row in text(picture, Caption(), 80, 24) if "abc" in row)
    assert upright == f" {letters[: COLUMN_MAX - 2]}  Lab"
    assert text(picture, Caption(), 40, 10)[0] == f"{letters[:ROW_LABEL_MAX]} ▁▁▁▁▁▁▁▁"


def test_letters_that_are_two_columns_wide_push_nothing_aside() -> None:
    wide = [Segment("予約" * 5, Showing.WAITING, 1, 1, waiting_since_ms=SINCE), LAB]
    assert " 予約予約予約予  Lab" in text(shown(*wide), Caption(), 80, 24)
    assert text(shown(*wide), Caption(), 40, 10)[0] == "予約予約予 ▆▆▁▁▁▁▁▁  0:21 stage 1"


def test_a_lost_phone_system_and_a_silent_unit_are_written_out() -> None:
    lost = text(shown(NOBODY, LAB, overlay=Overlay.LOST), Caption(), 60, 20)
    silent = text(host_lost_picture(["Main", "Lab"]), Caption(), 60, 20)
    assert " ● alive   phone system lost" in lost
    assert " ● -----  ● fault  the unit has fallen silent" in silent


class PaperScreen(Screen):
    """Notes what is drawn on it, and when."""

    def __init__(self) -> None:
        self.drawn: list[tuple[float, Caption]] = []
        self.bells = 0
        self.is_resized = False
        self.closed = False

    @property
    def is_stale(self) -> bool:
        return self.is_resized

    def draw(self, picture: Picture, frame: Frame, now_ms: InstantMs, caption: Caption) -> None:
        del picture, frame
        self.drawn.append((round(now_ms, 3), caption))
        self.is_resized = False

    def ring(self) -> None:
        self.bells += 1

    def close(self) -> None:
        self.closed = True


def drawn_until(tower: LiveTower, clock: SteppedClock, picture: Picture, until_ms: float) -> int:
    """Call the tower as its writer does, when it asks to be; return how often that was."""
    calls = 0
    while clock.now_ms() < until_ms:
        calls += 1
        due_ms = tower.draw(picture, clock.now_ms())
        assert due_ms is not None
        assert due_ms > clock.now_ms()
        clock.step(DurationMs(due_ms - clock.now_ms()))
    return calls


def test_a_dark_tower_is_drawn_once_and_its_size_looked_at_now_and_then() -> None:
    clock, screen = SteppedClock(), PaperScreen()
    tower = LiveTower(screen, clock, bell=False)
    calls = drawn_until(tower, clock, shown(NOBODY), 60_000)
    assert [at_ms for at_ms, _ in screen.drawn] == [0]
    assert calls == 60_000 / LOOK_MS
    screen.is_resized = True
    tower.draw(shown(NOBODY), clock.now_ms())
    assert len(screen.drawn) == 2


def test_a_waiting_caller_is_drawn_at_each_edge_of_the_beat_and_at_each_second() -> None:
    clock, screen = SteppedClock(), PaperScreen()
    waits = shown(Segment("Main", Showing.WAITING, 1, 1, waiting_since_ms=InstantMs(0)))
    drawn_until(LiveTower(screen, clock, bell=False), clock, waits, 2_600)
    assert [at_ms for at_ms, _ in screen.drawn] == [0, 625, 1_000, 1_250, 1_875, 2_000, 2_500]


def test_pictures_in_a_rush_are_drawn_at_most_sixteen_times_a_second() -> None:
    clock, screen = SteppedClock(), PaperScreen()
    tower = LiveTower(screen, clock, bell=False)
    for number in range(1_000):
        tower.draw(shown(Segment("Main", Showing.URGENT, 3, 3, marks=number % 3)), clock.now_ms())
        clock.step(DurationMs(1))
    gaps = [after - before for (before, _), (after, _) in zip(screen.drawn, screen.drawn[1:], strict=False)]
    assert min(gaps) >= REDRAW_MS
    assert len(screen.drawn) == 17


def test_a_sentence_and_a_sound_are_drawn_at_once_and_the_sound_fades() -> None:
    clock, screen = SteppedClock(), PaperScreen()
    tower = LiveTower(screen, clock, bell=True)
    dark = shown(NOBODY)
    drawn_until(tower, clock, dark, 65_000)
    tower.play(Sound.ARRIVED)
    tower.tell("Main: a caller rings.")
    drawn_until(tower, clock, dark, 70_000)
    first, played, faded = screen.drawn
    assert first == (0, Caption())
    assert played == (65_000, Caption("arrived", True, ("1:05 Main: a caller rings.",)))
    assert faded == (65_000 + SOUND_SHOWN_MS, Caption("arrived", False, ("1:05 Main: a caller rings.",)))
    assert screen.bells == 1


def test_only_the_last_sentences_are_kept() -> None:
    screen = PaperScreen()
    tower = LiveTower(screen, SteppedClock(), bell=False)
    for number in range(SENTENCES_SHOWN + 2):
        tower.tell(str(number))
    tower.draw(shown(NOBODY), InstantMs(0))
    assert screen.drawn[0][1].sentences == tuple(f"0:00 {number}" for number in range(2, SENTENCES_SHOWN + 2))
