"""This unit's copy of the site file: kept up to date by what the other units have, and told to them.

Each unit keeps its own on the bus, retained. The greater revision holds everywhere: whoever hears of a
greater one checks it, keeps it, and tells it on. Two files with one revision that say different things are a
fault that both units show, for no rule can know which of them a person meant.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path

from appliance.core.events import Event, FaultCleared, FaultRaised
from appliance.errors import ConfigurationRefused
from appliance.site.file import is_far_ahead, parse, read, too_many_lines
from appliance.site.plan import SitePlan
from appliance.site.tables import REVISION_STEP_MAX
from appliance.site.whole import write

SITE_FAULT = "site-file"
"""Names the fault of units whose site files do not agree."""


class SiteCopy:
    """The file on this unit's disk. Looking at it is cheap; it is written when a person changed the site."""

    def __init__(
        self,
        file: Path,
        unit: str,
        plan: SitePlan | None,
        own_lines: tuple[str, ...],
        ask_restart: Callable[[], None],
    ) -> None:
        """Know whose it is, what the unit started with, and the lines that it shows beside the site's.

        `ask_restart` is called again and again while another file lies there than the unit started with: it
        ends the unit as soon as that harms nobody.
        """
        self._ask_restart = ask_restart
        self._file = file
        self._unit = unit
        self._in_use = plan
        self._plan = plan
        self._own_lines = own_lines
        self._seen = self._stamp()
        self._troubles: dict[str, str] = {}
        self._told = ""

    @property
    def plan(self) -> SitePlan | None:
        """What lies on the disk."""
        return self._plan

    @property
    def revision(self) -> int:
        """Return the revision of what lies on the disk; 0 without a file."""
        return 0 if self._plan is None else self._plan.revision

    def look(self) -> bool:
        """Look whether a person has changed the file; return whether others must hear of it.

        One that would be refused is left alone, and so is one that does not raise the revision.
        """
        if self._plan != self._in_use:
            self._ask_restart()
        stamp = self._stamp()
        if stamp == self._seen:
            return False
        self._seen = stamp
        with contextlib.suppress(ConfigurationRefused):
            plan = read(self._file)
            if self._is_wanted(plan.revision) and not too_many_lines(plan, self._own_lines):
                self._plan = plan
                return True
        return False

    def hear(self, unit: str, revision: int, text: str) -> bool:
        """Take what another unit has; return whether ours is a new one now, of which others must hear."""
        self._troubles.pop(unit, None)
        if self._plan is not None and revision == self._plan.revision and text != self._plan.text:
            self._troubles[unit] = f"{unit} has another site file with revision {revision}"
        if not self._is_wanted(revision):
            return False
        try:
            plan = parse(text.encode(), f"the site file of {unit}")
            if plan.revision != revision:
                raise ConfigurationRefused("it has another revision than was said")
            if self._plan is not None and is_far_ahead(revision, self._plan.revision):
                raise ConfigurationRefused(f"it is more than {REVISION_STEP_MAX} changes ahead of ours")
            why = too_many_lines(plan, self._own_lines) or self._missing(plan)
            if why:
                raise ConfigurationRefused(why)
            write(self._file, text.encode())
        except ConfigurationRefused as refused:
            self._troubles[unit] = f"site file {revision} of {unit} is refused: {refused.lines[0]}"
            return False
        except OSError as error:
            self._troubles[unit] = f"site file {revision} of {unit} cannot be kept: {error.strerror}"
            return False
        self._plan = plan
        self._seen = self._stamp()
        return True

    def faults(self) -> tuple[Event, ...]:
        """Return what a person must see or need see no more, once."""
        why = "; ".join(self._troubles[unit] for unit in sorted(self._troubles))
        if why == self._told:
            return ()
        self._told = why
        return (FaultRaised(SITE_FAULT, why),) if why else (FaultCleared(SITE_FAULT),)

    def _missing(self, plan: SitePlan) -> str:
        """Return why a plan is not for us: it would take our people's phone from us, and nobody told them.

        A unit that was removed in earnest is shut out of the bus before, and never hears of it.
        """
        known = self._plan is not None and any(one.id == self._unit for one in self._plan.units)
        is_left_out = known and all(one.id != self._unit for one in plan.units)
        return f"it has no unit {self._unit} any more" if is_left_out else ""

    def _is_wanted(self, revision: int) -> bool:
        return self._plan is None or revision > self._plan.revision

    def _stamp(self) -> tuple[int, int, int]:
        try:
            found = self._file.stat()
        except OSError:
            return (0, 0, 0)
        return (found.st_ino, found.st_mtime_ns, found.st_size)
