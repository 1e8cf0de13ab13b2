"""The adapter: has the desk phone told, on a thread of its own, and says if it was not."""

import threading
from collections.abc import Callable
from typing import Final

from appliance.core.effects import DialPickup
from appliance.core.events import PickupMoved
from appliance.core.words import PickupStep
from appliance.phone.settings import PhoneSettings

BUSY_WHY: Final = "the desk phone is still being told of another caller"


class DeskPhone:
    """At most one request at a time: the phone has one handset."""

    def __init__(self, settings: PhoneSettings | None, post: Callable[[PickupMoved], None]) -> None:
        """Prepare; `post` is told, on any thread, that the phone will not dial."""
        self._settings = settings
        self._post = post
        self._thread: threading.Thread | None = None

    @property
    def is_telling(self) -> bool:
        """True while the phone is asked and has not answered."""
        return self._thread is not None and self._thread.is_alive()

    def dial(self, order: DialPickup) -> None:
        """Have the phone dial for this ring; returns at once. The ring's end says if it got the caller."""
        assert self._settings is not None, "a unit without a phone to be told asks for none"
        if self.is_telling:
            self._failed(order, BUSY_WHY)
            return
        code = self._settings.codes[order.extension]
        self._thread = threading.Thread(
            target=self._tell, args=(self._settings, order, code), name="desk phone", daemon=True
        )
        self._thread.start()

    def _tell(self, settings: PhoneSettings, order: DialPickup, code: str) -> None:
        # Units without such a phone, nearly all of them, start without what speaks HTTP.
        from appliance.phone.telling import PhoneRefused, tell

        try:
            tell(settings, code)
        except PhoneRefused as error:
            self._failed(order, str(error))

    def _failed(self, order: DialPickup, why: str) -> None:
        self._post(PickupMoved(order.ring, PickupStep.FAILED, why, order.order))
