"""Where the EHR tells another plan than the one that a person entered."""

from apps.intake.models import CoverageDispute
from apps.worklist.queue import is_open

KIND = "coverage_disputed"


def latest_dispute(patient_id: int) -> tuple[CoverageDispute | None, bool]:
    """Of the patient (primary key): what the EHR tells otherwise, and whether a person has yet to decide about it."""
    found = CoverageDispute.objects.filter(patient=patient_id).select_related("patient", "settled_by").first()
    if found is None:
        return None, False
    return found, is_open(KIND, found.patient.public_id)
