"""The end of a unit on the bus: its own last word, or else its will."""

import contextlib
from typing import Final

from appliance.bus.mail import Mail
from appliance.bus.message import Acknowledged, Message
from appliance.bus.trouble import Trouble
from appliance.bus.voice import Voice
from appliance.clock import Clock
from appliance.core.words import DurationMs

LEAVE_S: Final = 0.3
"""How long the end of the unit waits for the broker to take our last word. Without it the will says the same,
some seconds later."""


def take_leave(voice: Voice, mail: Mail, trouble: Trouble, clock: Clock, last_word: Message | None) -> None:
    """Say that we go, and wait until the broker has all of it; `last_word` is None without a connection.

    It stands behind everything that was said before, and a client that disconnects drops what is not yet on
    its way. A broker that has not taken it by then is asked to publish our will, which a clean end calls off.
    """
    with contextlib.suppress(Exception):
        if last_word is not None:
            voice.say([last_word])
        give_up_ms = clock.now_ms() + LEAVE_S * 1000
        while trouble.is_waiting and (left_ms := give_up_ms - clock.now_ms()) > 0:
            mail.wait(DurationMs(left_ms))
            for news in mail.take(clock.now_ms()).news:
                if isinstance(news, Acknowledged):
                    trouble.acknowledged(news.number, news.refusal, clock.now_ms())
        voice.close(LEAVE_S, with_will=trouble.is_waiting)
