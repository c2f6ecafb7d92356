"""A payer's fee schedule comes in; what had no price until now is compared again."""

from datetime import datetime

from django.db import transaction

from apps.claims.services import compare_again
from apps.core.jobs import nudge
from apps.core.models import User
from apps.practice.models import Payer
from apps.practice.rules.fee_file import Difference
from apps.practice.services import import_fees


@transaction.atomic
def load_fees(*, payer: Payer, text: str, source: str, acting_user: User | None, now: datetime) -> Difference:
    """As `practice.services.import_fees`. Lines that were compared keep their verdict. Raises FeesRefusedError."""
    found = import_fees(payer=payer, text=text, source=source, acting_user=acting_user, now=now)
    if not found.is_empty and compare_again(payer.pk):
        nudge("check_contracts")
    return found
