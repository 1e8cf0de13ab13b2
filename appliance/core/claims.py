"""Asking another unit for a caller of theirs: one claim a line, which names one call and expires soon.

A claim can never take another caller than the one it names, and says nothing of where that caller shall go:
the owner looks that up. If the answer is lost, the same claim is asked once more, and the owner answers the
same. Whether the caller came is seen in what the owner says of them.
"""

from dataclasses import dataclass
from typing import Final

from appliance.core.bus_events import NeighbourState, PickupAnswered, Verdict
from appliance.core.calls import Call
from appliance.core.effects import AskPickup
from appliance.core.moments import Moments
from appliance.core.neighbour import NeighbourCaller
from appliance.core.notices import Notice
from appliance.core.pickup_notices import PickupRefused
from appliance.core.picture import Showing
from appliance.core.settings import BoardSettings
from appliance.core.site import Site
from appliance.core.words import (
    NEVER_MS,
    CallName,
    DurationMs,
    InstantMs,
    LineId,
    TransactionId,
    UnitId,
    Way,
)

CLAIM_MS: Final = DurationMs(4_000)
"""How long a claim holds, as long as a press does (product): what it was meant for may be over."""

ASK_AGAIN_MS: Final = DurationMs(2_000)
"""When a claim is asked once more: late enough for a slow answer, and the second one has as long."""

AWARD_MS: Final = DurationMs(10_000)
"""How long an award may take to be seen: the owner's word, or the ring that belongs to it. A later ring is a
caller like any other, and nothing answers it by itself."""

REFUSED_WHYS: Final[dict[Verdict, str]] = {
    Verdict.GONE: "the caller is gone",
    Verdict.TAKEN: "somebody else was quicker",
    Verdict.NOT_RINGING: "the caller does not ring there now",
    Verdict.SIP_DOWN: "it has lost the phone system",
    Verdict.STALE: "the request came too late",
    Verdict.REFUSED: "it knows no phone of ours",
}

_GONE: Final = (Verdict.GONE, Verdict.TAKEN)
"""Answers after which the caller is no longer there to be taken; after the others they still wait."""


@dataclass(slots=True)
class Claim:
    """What we asked of an owner."""

    transaction: TransactionId
    owner: UnitId
    call: CallName
    key: str
    asked_ms: InstantMs
    until_ms: InstantMs
    """By when it must be answered, or its award be seen."""
    again_at_ms: InstantMs | None
    """When it is asked once more; None once that was done, or an answer came."""
    is_awarded: bool = False
    rings_until_ms: InstantMs | None = None
    """Until when the ring that belongs to the award is answered by itself; None once it was, or before."""
    is_seen: bool = False
    """True once the owner's own word shows that the caller is being taken for us."""

    def award(self, now_ms: InstantMs) -> None:
        """The owner takes the caller for us, as it answered, or as its own word on the line shows."""
        if not self.is_awarded:
            self.is_awarded, self.again_at_ms = True, None
            self.until_ms = self.rings_until_ms = InstantMs(now_ms + AWARD_MS)


class Claims:
    """The claims of this unit. Lines in `touched` must be drawn again."""

    def __init__(self, settings: BoardSettings, site: Site, moments: Moments, touched: set[LineId]) -> None:
        """Begin with none."""
        self._unit: Final = settings.unit
        self._boot: Final = settings.boot
        self._answers_by_itself: Final = settings.pickup.way is Way.HANDSET
        units = () if settings.site is None else settings.site.units
        self._extensions: Final = {unit.id: unit.extension for unit in units}
        self._site = site
        self._moments = moments
        self._touched = touched
        self._claims: dict[LineId, Claim] = {}
        self._count = 0
        self.asked: list[AskPickup] = []
        self.gone: list[LineId] = []
        """As `Pickups.gone`."""
        self.told: list[Notice] = []

    @property
    def due_ms(self) -> InstantMs:
        """When time alone next changes something here."""
        return min(map(_due_ms, self._claims.values()), default=NEVER_MS)

    @property
    def expects_ring(self) -> bool:
        """True while an award may bring a ring to our handset."""
        return self._answers_by_itself and any(claim.rings_until_ms for claim in self._claims.values())

    @property
    def is_any(self) -> bool:
        """True while a caller of any line is asked for."""
        return bool(self._claims)

    def is_on(self, line: LineId) -> bool:
        """Return whether a caller of this line is asked for."""
        return line in self._claims

    def ask(self, caller: NeighbourCaller, now_ms: InstantMs) -> None:
        """Ask the owner for this caller."""
        self._count += 1
        transaction = TransactionId(f"{self._unit}-{self._boot}-{self._count}")
        self._claims[caller.line.id] = Claim(
            transaction,
            caller.unit,
            caller.call,
            caller.key,
            now_ms,
            InstantMs(now_ms + CLAIM_MS),
            InstantMs(now_ms + ASK_AGAIN_MS),
        )
        self.asked.append(AskPickup(caller.unit, transaction, caller.call))
        self._touched.add(caller.line.id)

    def answered(self, event: PickupAnswered, now_ms: InstantMs) -> None:
        """An owner answered; what comes after the claim, or twice, changes nothing."""
        for line, claim in list(self._claims.items()):
            if (claim.transaction, claim.owner) != (event.transaction, event.owner) or claim.is_awarded:
                continue
            if event.verdict is Verdict.TAKEN_BY_YOU:
                claim.award(now_ms)
            elif event.verdict in _GONE:
                self._gone(line, REFUSED_WHYS[event.verdict])
            else:
                self._fail(line, REFUSED_WHYS[event.verdict], now_ms)

    def belongs_to(self, call: Call, now_ms: InstantMs) -> bool:
        """Return whether the ring of this call is the one that an award brings to our handset.

        It says so by the extension from which the owner calls us, or by the caller whom we asked for; it may
        be here before the answer is. Only one ring does: the next is a caller like any other.
        """
        for claim in self._claims.values():
            if claim.rings_until_ms is None or now_ms > claim.rings_until_ms:
                continue
            extension = self._extensions.get(claim.owner, "")
            is_known = (extension and call.number == extension) or (claim.key and call.key == claim.key)
            if is_known and call.last_ring_started_ms >= claim.asked_ms:
                claim.rings_until_ms = None
                return True
        return False

    def pass_time(self, now_ms: InstantMs) -> None:
        """Ask once more, and give up what nobody answered."""
        for line, claim in list(self._claims.items()):
            if claim.again_at_ms is not None and claim.again_at_ms <= now_ms:
                claim.again_at_ms = None
                self.asked.append(AskPickup(claim.owner, claim.transaction, claim.call))
            if _due_ms(claim) <= now_ms:
                self._fail(line, "it did not answer", now_ms)

    def settle(self, now_ms: InstantMs) -> None:
        """See in the owners' own words what became of the claims."""
        for line, claim in list(self._claims.items()):
            callers = (one for one in self._site.neighbours.on_line(line) if one.call == claim.call)
            caller = next(callers, None)
            if caller is None:
                self._gone(line, REFUSED_WHYS[Verdict.GONE])
            elif caller.is_unsure:
                self._fail(line, "it is gone", now_ms)
            elif caller.state is NeighbourState.TAKEN and caller.by == self._unit:
                self._end(line)
            elif caller.state is NeighbourState.TAKEN or caller.by not in ("", self._unit):
                self._gone(line, REFUSED_WHYS[Verdict.TAKEN])
            elif caller.by == self._unit:
                claim.award(now_ms)
                claim.is_seen = True
            elif claim.is_seen:
                self._fail(line, "nobody took the caller", now_ms)

    def _end(self, line: LineId) -> Claim:
        self._touched.add(line)
        return self._claims.pop(line)

    def _gone(self, line: LineId, why: str) -> None:
        claim = self._end(line)
        self.gone.append(line)
        self.told.append(PickupRefused(line, claim.owner, why))

    def _fail(self, line: LineId, why: str, now_ms: InstantMs) -> None:
        claim = self._end(line)
        self._moments.begin(line, Showing.FAILED, now_ms)
        self.told.append(PickupRefused(line, claim.owner, why))


def _due_ms(claim: Claim) -> InstantMs:
    if claim.is_seen:
        return NEVER_MS
    return claim.until_ms if claim.again_at_ms is None else claim.again_at_ms
