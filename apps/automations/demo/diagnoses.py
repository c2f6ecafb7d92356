"""ICD-10-CM for the demo's scrubber: the installed library's release, once; it takes some seconds and is no part of `load_demo`."""

from datetime import datetime

from apps.claims.management import icd10_library
from apps.claims.management.table_files import NotTakenError
from apps.claims.models import DiagnosisRelease


def take_in(*, now: datetime) -> bool:
    """Whether codes are there; without the library the demo's scrubber compares diagnoses with none."""
    if DiagnosisRelease.objects.exists():
        return True
    try:
        icd10_library.take_in(now=now)
    except NotTakenError:
        return False
    return True
