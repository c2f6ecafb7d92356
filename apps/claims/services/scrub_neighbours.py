"""A claim is scrubbed beside the patient's others of its day. Those that came before it were scrubbed without it, and are scrubbed anew."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from apps.claims.models import Claim
from apps.claims.selectors.persons import same_persons
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.states import ClaimStatus
from apps.core.jobs import nudge

_WORDS = "Another visit of the patient that day came in. Scrubbed again."
_WAITING = Claim.objects.filter(status__in=(ClaimStatus.EXCEPTION, ClaimStatus.READY), payer_rank=1)


def scrub_neighbours(scrubbed: Collection[int], *, now: datetime) -> None:
    """`scrubbed`: keys of claims, before it is noted of any that it was scrubbed. What was built before those of them that never were, and
    is held or waits to be sent, is a draft again: it may have lacked what they bring (an add-on's service, a vaccine's administration), or
    no longer go as it is beside them. What another worker holds is left alone.
    """
    came = Claim.objects.filter(pk__in=scrubbed, passed_untouched=None, payer_rank=1).select_related("patient")
    fresh = list(came.only("service_date", "built_at", "coverage", "patient__birth_date"))
    before = _before(fresh) if fresh else []
    if not before:
        return
    moves = [Move(key, ClaimStatus.DRAFT, _WORDS) for key in _neighbours(fresh, before)]
    if moves:
        apply_moves(moves, now=now)
        nudge("scrub_claims")


def _before(fresh: Sequence[Claim]) -> list[int]:
    """Who is the same person costs more to ask than this: persons of that birth date, of whom a claim of that day waits."""
    days = {(claim.service_date, claim.patient.birth_date) for claim in fresh}
    rows = _WAITING.filter(
        service_date__in={day for day, _ in days}, built_at__lt=max(claim.built_at for claim in fresh)
    )
    return [
        key for key, *about in rows.values_list("pk", "service_date", "patient__birth_date") if tuple(about) in days
    ]


def _neighbours(fresh: Sequence[Claim], before: Collection[int]) -> list[int]:
    persons = same_persons(fresh)
    newest: dict[tuple[int, date], datetime] = {}
    for claim in sorted(fresh, key=lambda each: each.built_at):
        newest[claim.patient_id, claim.service_date] = claim.built_at
    return [
        claim.pk
        for claim in lock_claims(_WAITING.filter(pk__in=before), skip_locked=True)
        if any(
            claim.built_at < newest[mine, claim.service_date]
            for mine in persons.get(claim.patient_id, ())
            if (mine, claim.service_date) in newest
        )
    ]
