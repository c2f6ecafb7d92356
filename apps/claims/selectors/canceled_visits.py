"""Visits that have charges, and of which the EHR says by now that they were canceled or missed."""

from collections.abc import Collection

from apps.claims.models import Claim
from apps.intake.models import Appointment

TOOK_NO_PLACE = (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)


def canceled_visits(claims: Collection[Claim]) -> frozenset[int]:
    """Keys of the claims' visits whose own appointment, under the number that its source gave both, took no place."""
    visits = {(claim.encounter.source, claim.encounter.source_id): claim.encounter_id for claim in claims}
    gone = Appointment.objects.filter(
        source__in={source for source, _ in visits},
        source_id__in={source_id for _, source_id in visits},
        status__in=TOOK_NO_PLACE,
    )
    return frozenset(visits[own] for own in gone.values_list("source", "source_id") if own in visits)
