"""Claims to next payers, in whose names the patient's share stands, read for many visits at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from apps.claims.models import Claim
from apps.claims.states import ClaimStatus
from apps.ledger.selectors import Transferred, transfers
from apps.remittances.rules.replay import Handover


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A claim to a next payer and how it stands in the books: `moved` dollars by charge, by the entry `entry_id`."""

    handover: Handover
    claim: str
    patient_id: int
    entry_id: int | None = None
    moved: Mapping[int, Decimal] = field(default_factory=dict)


def handed_over(encounters: Collection[int]) -> dict[int, list[HandedOver]]:
    """By visit, the claims that no one has given up. Asked anew under the claims' locks: one may be built while others wait for them."""
    claims = list(
        Claim.objects.filter(encounter__any_of=encounters, payer_rank__gt=1)
        .exclude(status=ClaimStatus.VOIDED)
        .order_by("payer_rank")
        .values_list("encounter_id", "pk", "public_id", "payer_id", "payer_rank", "patient_id")
    )
    if not claims:
        return {}
    moved = transfers({encounter for encounter, *_ in claims})
    found: dict[int, list[HandedOver]] = defaultdict(list)
    for encounter, pk, public_id, payer_id, rank, patient_id in claims:
        stands = moved.get(public_id)
        handover = Handover(pk, payer_id, rank, stands.first_entry if stands else None)
        found[encounter].append(_handed_over(handover, public_id, patient_id, stands))
    return found


def _handed_over(handover: Handover, claim: str, patient_id: int, stands: Transferred | None) -> HandedOver:
    if stands is None:
        return HandedOver(handover, claim, patient_id)
    return HandedOver(handover, claim, patient_id, stands.entry_id, stands.moved)
