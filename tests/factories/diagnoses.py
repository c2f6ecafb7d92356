"""A release of ICD-10-CM in small."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from apps.claims.models import DiagnosisCode, DiagnosisExclusion, DiagnosisRelease


class DiagnosisReleaseFactory(DjangoModelFactory):
    class Meta:
        model = DiagnosisRelease
        django_get_or_create = ("starts_on",)

    starts_on = date(2026, 4, 1)
    ends_on = date(2026, 9, 30)
    source = "Made up"


class DiagnosisCodeFactory(DjangoModelFactory):
    class Meta:
        model = DiagnosisCode

    release = factory.SubFactory(DiagnosisReleaseFactory)
    code = "J0190"
    billable = True
    manifestation = False
    finer = 0


class DiagnosisExclusionFactory(DjangoModelFactory):
    class Meta:
        model = DiagnosisExclusion

    release = factory.SubFactory(DiagnosisReleaseFactory)
    code = "J01"
    first = "J32"
    last = "J32"
