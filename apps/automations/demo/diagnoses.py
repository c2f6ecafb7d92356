"""ICD-10-CM for the demo's scrubber: the installed library's release, once; it takes some seconds and is no part of `load_demo`."""

from datetime import datetime, timedelta

from apps.claims.management import icd10_library
from apps.claims.management.table_files import NotTakenError
from apps.claims.models import DiagnosisRelease
from apps.claims.rules.diagnosis_file import ReleaseDays
from apps.core.clock import practice_date

# The demo may be started on a day for which the library does not have the codes yet. Its world knows one release for all of its days.
DEMO_YEARS = timedelta(days=5 * 365)


def take_in(*, now: datetime) -> bool:
    """Whether codes are there; without the library the demo's scrubber compares diagnoses with none."""
    if DiagnosisRelease.objects.exists():
        return True
    try:
        today = practice_date(now)
        icd10_library.take_in(now=now, days=ReleaseDays(today - DEMO_YEARS, today + DEMO_YEARS))
    except NotTakenError:
        return False
    return True
