"""A claim is scrubbed beside the patient's others of its day. Those that came before it were scrubbed without it, and are scrubbed anew."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from apps.claims.models import Claim
from apps.claims.selectors.persons import same_persons
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge

_WORDS = "Another visit of the patient that day came in. Scrubbed again."
# A draft may be on its way through another worker's scrub, which read its facts before the newer claim was there.
_WAITING = Claim.objects.filter(status__in=(ClaimStatus.DRAFT, ClaimStatus.EXCEPTION, ClaimStatus.READY), payer_rank=1)


def scrub_neighbours(scrubbed: Collection[int], *, now: datetime) -> None:
    """`scrubbed`: keys of claims, before it is noted of any that it was scrubbed. What was built before those of them that never were, and
    is held or waits to be sent, is a draft again: it may have lacked what they bring (an add-on's service, a vaccine's administration), or
    no longer go as it is beside them. What another worker holds is left to `follow_neighbours`.
    """
    came = Claim.objects.filter(pk__in=scrubbed, passed_untouched=None, payer_rank=1)
    _scrub_beside(came, set(scrubbed), now)


@transaction.atomic
def follow_neighbours(*, now: datetime) -> int:
    """As above, of what another worker held when the newer claim came; how many are drafts again."""
    due = lock_claims(Claim.objects.filter(neighbours_due=True), skip_locked=True)
    return _scrub_beside(Claim.objects.filter(pk__in=list(due.values_list("pk", flat=True))), set(), now)


def _scrub_beside(came: "QuerySet[Claim]", ours: Collection[int], now: datetime) -> int:
    """`came`: locked by us, as are `ours`."""
    fields = ("service_date", "built_at", "coverage", "patient__birth_date", "neighbours_due")
    newer = list(came.select_related("patient").only(*fields))
    before = _before(newer, ours) if newer else {}
    waiting = lock_claims(_WAITING.filter(pk__in=before), skip_locked=True)
    free = dict(waiting.values_list("pk", "status")) if before else {}
    _note_due(newer, {key for earlier, later in before.items() if earlier not in free for key in later})
    moves = [Move(key, ClaimStatus.DRAFT, _WORDS) for key, status in free.items() if status != ClaimStatus.DRAFT]
    if moves:
        apply_moves(moves, now=now)
    if free:
        nudge("scrub_claims")
    return len(moves)


def _note_due(newer: Sequence[Claim], due: Collection[int]) -> None:
    for is_due in (True, False):
        keys = [claim.pk for claim in newer if (claim.pk in due) is is_due and claim.neighbours_due is not is_due]
        if keys:
            Claim.objects.filter(pk__in=keys).update(neighbours_due=is_due)


def _before(newer: Sequence[Claim], ours: Collection[int]) -> Mapping[int, Collection[int]]:
    """What was built before which of these. Who is the same person costs more to ask than whether anybody of that birth date has a claim
    of that day that waits.
    """
    days = {(claim.service_date, claim.patient.birth_date) for claim in newer}
    rows = _WAITING.filter(
        service_date__in={day for day, _ in days}, built_at__lt=max(claim.built_at for claim in newer)
    ).values_list("pk", "patient", "built_at", "service_date", "patient__birth_date")
    likely = [row[:4] for row in rows if row[3:] in days and row[0] not in ours]
    persons = same_persons(newer) if likely else {}
    after: defaultdict[tuple[int, date], list[Claim]] = defaultdict(list)
    for claim in newer:
        after[claim.patient_id, claim.service_date].append(claim)
    found = {
        key: {
            claim.pk
            for mine in persons.get(patient, ())
            for claim in after.get((mine, day), ())
            if built_at < claim.built_at
        }
        for key, patient, built_at, day in likely
    }
    return {key: later for key, later in found.items() if later}
