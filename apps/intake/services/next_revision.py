"""Something is told of a patient that claims rest on."""

from django.db import connection

from apps.intake.models import Patient


def note_changed(patient_id: int) -> None:
    """A person changed the patient's record or a plan of theirs: what was scrubbed before is scrubbed again before it leaves."""
    Patient.objects.filter(pk=patient_id).update(changed_revision=next_revision(patient_id))


def next_revision(patient_id: int) -> int:
    """The patient's revision, counted up; what was told is written with it in the caller's transaction.

    The patient's row stays locked until that ends, so that of one patient a higher number is never to be seen before a lower one.
    """
    statement = "UPDATE intake_patient SET revision = revision + 1 WHERE id = %s RETURNING revision"
    with connection.cursor() as cursor:
        cursor.execute(statement, [patient_id])
        (revision,) = cursor.fetchone()
    return int(revision)
