"""Whose a stray payment may be: those with exactly this amount open first, then those of a claim number in its reference."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q

from apps.patient_balances.models import LIVE, Balance, StrayPayment
from apps.patient_balances.selectors.board import rows
from apps.patient_balances.selectors.given_back import left_of

FEW = 12
# A payment that fits no balance by its sum was most often asked for shortly before.
RECENT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Candidate:
    balance: Balance
    owed: Decimal
    why: str


def candidates(stray: StrayPayment) -> list[Candidate]:
    live = rows(stray.at).filter(state__in=LIVE).select_related("patient", "encounter")
    left = left_of(stray)
    same = Q(owed=left)
    named = Q(claim__control_number=stray.reference) | Q(payments__reference=stray.reference)
    told = Q(first_notice_at__gt=stray.at - RECENT, owed__gt=left)
    found: dict[int, Candidate] = {}
    for which, why in ((named, "Named in the payment"), (same, "Owes exactly this"), (told, "Owes more, told lately")):
        for row in live.filter(which).order_by("-first_notice_at", "pk").distinct()[: FEW - len(found)]:
            found.setdefault(row.pk, Candidate(row, row.owed, why))
    return list(found.values())
