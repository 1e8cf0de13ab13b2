"""A site to tell stories about: a front desk and a back office at one broker, at one phone system."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tests.end_to_end.desk import GROUPS, PASSWORDS, Desk, Practiced, Setting, usual_site
from tests.peers.callers import running_callers
from tests.peers.kamailio import Practice, running_kamailio
from tests.peers.listener import Listener, listening
from tests.peers.mosquitto import Mosquitto, running_mosquitto
from tests.peers.unit import knows, running_unit

BACK_EXTENSION: Final = "603"
"""Nobody who calls in rings there: what the back office shows of callers, it knows from the bus."""


@dataclass(frozen=True, slots=True)
class TwoUnits:
    """Both units while a story is told."""

    front: Practiced
    back: Desk
    broker: Mosquitto
    ears: Listener
    """Hears everything on the bus, and checks it against the contract."""


@contextlib.contextmanager
def site_at_kamailio(setting: Setting) -> Iterator[TwoUnits]:
    """Two units that are registered, and know each other."""
    practice = Practice({**PASSWORDS, BACK_EXTENSION: "olive"}, GROUPS, setting.lines, tag=setting.tag)
    with running_kamailio(practice) as kamailio, running_mosquitto() as broker, listening(broker) as ears:
        registrars = [f"sip:{kamailio.address}"]
        usual = usual_site(registrars, setting)
        front_site = replace(usual, others={"bus": broker.bus_table("front")})
        back_site = replace(
            usual,
            name="back",
            extensions=[
                {
                    "id": "light-603",
                    "pbx": "office",
                    "user": BACK_EXTENSION,
                    "password": "olive",
                    "line": "main",
                }
            ],
            others={"bus": broker.bus_table("back")},
        )
        with (
            running_unit(front_site) as front,
            running_unit(back_site) as back,
            running_callers(kamailio.address) as callers,
        ):
            for unit, other in ((front, "back"), (back, "front")):
                unit.until_registered()
                unit.until_status(partial(knows, other), f"{other} is on the bus")
            yield TwoUnits(Practiced(front, kamailio, callers), Desk(back), broker, ears)
