from apps.eligibility.models import EligibilityCheck
from apps.intake.services import next_revision


def note_told(check: EligibilityCheck) -> None:
    """In the transaction that writes an answer or a person's result: claims scrubbed without it are scrubbed again. The check is locked
    by then, always before its patient.
    """
    check.told_revision = next_revision(check.coverage.patient_id)
    EligibilityCheck.objects.filter(pk=check.pk).update(told_revision=check.told_revision)
