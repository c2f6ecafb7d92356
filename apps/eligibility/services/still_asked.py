from django.db.models import QuerySet

from apps.eligibility.models import EligibilityCheck


def still_asked(check: EligibilityCheck) -> "QuerySet[EligibilityCheck]":
    """The check's row as long as it is in the hands of whoever read `check`; none once another worker has asked again, and may have the
    payer's answer.
    """
    return EligibilityCheck.objects.filter(pk=check.pk, state=EligibilityCheck.State.ASKING, asked_at=check.asked_at)
