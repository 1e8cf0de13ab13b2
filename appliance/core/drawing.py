"""The picture that the board wants, composed again where something changed and settled on the beat."""

from typing import Final

from appliance.core.callers import Callers
from appliance.core.composition import segment_of
from appliance.core.lamp_test import Light
from appliance.core.lamps import ButtonLamp
from appliance.core.lines import Lines
from appliance.core.moments import Moments
from appliance.core.panel import Panel
from appliance.core.picture import SWEEP_MS, SWEEPS_APART_MIN_MS, Overlay, Picture, Segment, settle
from appliance.core.settings import BoardSettings
from appliance.core.site import Site
from appliance.core.standing import Standing
from appliance.core.taking import Taking
from appliance.core.words import InstantMs, LineId


class Drawing:
    """The picture, and what of it time alone changes."""

    def __init__(
        self,
        settings: BoardSettings,
        lines: Lines,
        callers: Callers,
        site: Site,
        standing: Standing,
        panel: Panel,
        moments: Moments,
        taking: Taking,
    ) -> None:
        """Begin dark."""
        self._unit: Final = settings.unit
        self._lines = lines
        self._callers = callers
        self._site = site
        self._standing = standing
        self._panel = panel
        self._moments = moments
        self._taking = taking
        self._swept_at_ms = InstantMs(float("-inf"))
        self._position = {line: position for position, line in enumerate(lines.settings)}
        self._lamps_wanted = panel.lamps
        self.picture = Picture(
            segments=tuple(Segment(line.label) for line in lines.settings.values()), lamps=self._lamps_wanted
        )
        """What the tower shows."""

    @property
    def due_ms(self) -> InstantMs:
        """When time alone next changes the picture."""
        if self.picture.overlay is not Overlay.SWEEP:
            return self._moments.due_ms
        return min(self._moments.due_ms, InstantMs(self._swept_at_ms + SWEEP_MS))

    def draw(self, standing_moved: bool, arrived: bool, now_ms: InstantMs) -> Picture | None:
        """Return the picture if it is another one than before."""
        sweep_over = self.picture.overlay is Overlay.SWEEP and now_ms >= self._swept_at_ms + SWEEP_MS
        moved = standing_moved or self._panel.moved or self._site.moved or sweep_over
        if not (moved or self._callers.touched):
            return None
        picture = self._compose(arrived, now_ms)
        if picture == self.picture:
            return None
        self.picture = picture
        return picture

    def _compose(self, arrived: bool, now_ms: InstantMs) -> Picture:
        """Compose again the lines that changed, and let the picture settle on the beat."""
        before, tested = self.picture, self._panel.tested
        self._callers.closed.clear()
        self._taking.note(self._callers.touched)
        segments = self._segments(before.segments, tested.line)
        self._callers.touched.clear()
        self._panel.moved = False
        overlay = self._overlay(arrived, now_ms)
        fault = self._standing.needs_a_person or tested.light is Light.FAULT
        more_count = self._callers.counted or int(tested.light is Light.MORE)
        lamps = self._wanted_lamps()
        shown = before.segments, before.overlay, before.fault, before.more_count, before.lamps
        if shown == (segments, overlay, fault, more_count, lamps):
            # What is settled stays so.
            return before
        wanted = Picture(segments, overlay, fault=fault, more_count=more_count, lamps=lamps)
        return settle(before, wanted, now_ms)

    def _segments(self, before: tuple[Segment, ...], tested: LineId | None) -> tuple[Segment, ...]:
        """Return the segments of the last picture, with those of the lines that changed in their places."""
        segments = list(before)
        for changed in self._callers.touched:
            place = self._position[changed]
            segments[place] = segment_of(
                self._lines.settings[changed],
                self._site.on_line(changed),
                self._unit,
                self._taking.showings(changed),
                lost=changed in self._standing.lost_lines,
                tested=changed == tested,
                entered_ms=before[place].entered_ms,
            )
        return tuple(segments)

    def _wanted_lamps(self) -> tuple[ButtonLamp, ...]:
        """Return the lamps of the last picture as they are settled, unless the panel wants other ones."""
        before, self._lamps_wanted = self._lamps_wanted, self._panel.lamps
        return self.picture.lamps if self._lamps_wanted is before else self._lamps_wanted

    def _overlay(self, arrived: bool, now_ms: InstantMs) -> Overlay:
        if arrived and now_ms - self._swept_at_ms >= SWEEPS_APART_MIN_MS:
            self._swept_at_ms = now_ms
        if self._standing.phone_lost_why is not None:
            return Overlay.LOST
        return Overlay.SWEEP if now_ms < self._swept_at_ms + SWEEP_MS else Overlay.NONE
