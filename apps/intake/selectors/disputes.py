"""Where the EHR tells another plan than the one that a person entered."""

from apps.intake.models import CoverageDispute
from apps.worklist.models import WorkItem

KIND = "coverage_disputed"


def latest_dispute(patient_id: int) -> tuple[CoverageDispute | None, bool]:
    """Of the patient (primary key): what the EHR tells otherwise, and whether a person has yet to decide about it."""
    found = CoverageDispute.objects.filter(patient=patient_id).select_related("patient", "settled_by").first()
    if found is None:
        return None, False
    waits = WorkItem.objects.filter(
        kind=KIND, state=WorkItem.State.OPEN, subject_public_id=found.patient.public_id
    ).exists()
    return found, waits
