"""Visits that have charges, and of which the EHR says by now that they were canceled or missed."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from apps.claims.models import Claim
from apps.intake.models import Appointment, Encounter

TOOK_NO_PLACE = (Appointment.Status.CANCELLED, Appointment.Status.NO_SHOW)


def canceled_visits(claims: Collection[Claim]) -> frozenset[int]:
    """Keys of the claims' visits whose own appointment, under the number that its source gave both, took no place."""
    own = Appointment.objects.filter(
        source=OuterRef("source"), source_id=OuterRef("source_id"), status__in=TOOK_NO_PLACE
    )
    visits = Encounter.objects.filter(Exists(own), pk__in={claim.encounter_id for claim in claims})
    return frozenset(visits.values_list("pk", flat=True))
