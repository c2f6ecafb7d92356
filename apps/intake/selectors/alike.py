from django.db.models import QuerySet

from apps.intake.models import Patient
from apps.worklist.models import WorkItem

KIND = "patient_alike"


def alike_work(patient_id: str) -> QuerySet[WorkItem]:
    """What is open of a patient (public id) who was entered by hand and is like more than one that a source tells."""
    return WorkItem.objects.filter(kind=KIND, state=WorkItem.State.OPEN, subject_public_id=patient_id)


def patients_alike(patient: Patient) -> list[Patient]:
    """The others of that name and birth date, in any spelling of case, while a person has to tell them apart."""
    if not alike_work(patient.public_id).exists():
        return []
    others = Patient.objects.filter(
        birth_date=patient.birth_date,
        last_name__iexact=patient.last_name.strip(),
        first_name__iexact=patient.first_name.strip(),
    )
    return list(others.exclude(pk=patient.pk).order_by("pk"))
