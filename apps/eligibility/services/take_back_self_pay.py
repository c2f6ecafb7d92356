from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.jobs import nudge
from apps.core.models import User
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.services.settle_check import SettlementError

_SELF_PAY = EligibilityCheck.Settlement.SELF_PAY


@transaction.atomic
def take_back_self_pay(*, check: EligibilityCheck, acting_user: User, now: datetime) -> None:
    """The patient no longer pays the visit: the plan may be billed again, and the check is open as before.

    The patient alone may undo what keeps a visit from the plan (45 CFR 164.522(a)(1)(vi)); the trail names who noted it.
    Raises SettlementError where nothing of the kind stands.
    """
    taken = EligibilityCheck.objects.filter(pk=check.pk, settlement=_SELF_PAY).update(
        settlement="", settled_at=None, settled_by=None
    )
    if not taken:
        raise SettlementError("This visit is not agreed as self-pay.")
    record(
        "take_back_self_pay",
        acting_user=acting_user,
        now=now,
        subject_kind="eligibility_check",
        subject_public_id=check.public_id,
        patients=[check.coverage.patient.public_id],
    )
    nudge("build_claims")
