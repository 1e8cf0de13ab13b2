"""A sound card that no machine here has, for the real ALSA library: what is played on it is kept, and what it
hears is a tone, both as fast as the clock goes."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Final

from tests.peers.tones import AUDIBLE, KNOWN, RATE_HZ, WINDOW, amplitude

SOURCE: Final = Path(__file__).with_name("sound_card.c")
PROJECT: Final = SOURCE.parents[2]
PLUGIN: Final = PROJECT / "build/sound_card.so"

CARD_HZ: Final = 16_000
"""The rate that the engine's bridge asks of it."""


@cache
def built_plugin() -> Path:
    """The plug-in, built if it is not there or older than its source."""
    if not PLUGIN.exists() or PLUGIN.stat().st_mtime < SOURCE.stat().st_mtime:
        PLUGIN.parent.mkdir(exist_ok=True)
        argv = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-DPIC", "-o", str(PLUGIN)]
        subprocess.run([*argv, str(SOURCE), "-lasound", "-lm"], check=True)
    return PLUGIN


class SoundCard:
    """One card with one device."""

    def __init__(self, folder: Path, device: str, hertz: int) -> None:
        """Describe it in a configuration of ALSA, which says a tone of so many hertz."""
        self._heard = folder / "heard"
        self._plug = folder / "plug"
        self._plug.touch()
        self.configuration: Final = folder / "asound.conf"
        """What ALSA_CONFIG_PATH names for whoever shall see this card, and no other."""
        self.configuration.write_text(
            f'pcm_type.desk_card {{ lib "{built_plugin()}" }}\n'
            f"pcm.{device} {{\n"
            "    type plug\n"
            f'    slave.pcm {{ type desk_card file "{self._heard}" plug "{self._plug}" hertz {hertz} }}\n'
            '    hint { show on description "a handset" }\n'
            "}\n"
        )

    def pull_out(self) -> None:
        """From now on the card is gone."""
        self._plug.unlink()

    def plug_in(self) -> None:
        """It is there again."""
        self._plug.touch()

    def hears(self) -> set[int]:
        """The known tones in what was played on it last."""
        data = self._heard.read_bytes() if self._heard.exists() else b""
        last = data[len(data) % 2 :][-2 * WINDOW * CARD_HZ // RATE_HZ :]
        samples = list(memoryview(last).cast("h"))[:: CARD_HZ // RATE_HZ]
        return {hertz for hertz in KNOWN if samples and amplitude(samples, hertz) >= AUDIBLE}
