"""A payment that a person entered from its paper, and the payer's own 835 of it: one payment, whichever comes first."""

import re
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q

from apps.core.advisory_locks import lock_until_commit
from apps.remittances.models import HandRemittance, RemittancePayment
from apps.remittances.services.read_file import PaymentSummary
from apps.remittances.services.replan import claims_of

_FROM_PAPER = Q(file__transmission__by_hand__purpose=HandRemittance.Purpose.EOB)


def entered_from_paper(payment: RemittancePayment) -> list[RemittancePayment]:
    """Payments that were entered with this payer, number and amount. A person may leave zeros out, and mistake the day."""
    same = same_number(payment.trace_number, payment.amount) & same_payer(payment)
    return list(
        RemittancePayment.objects.filter(_FROM_PAPER & same, duplicate_of=None, undone_by_hand=None).order_by("pk")
    )


def lock_number(trace_number: str, amount: Decimal) -> None:
    """Whoever brings a payment of this number and amount comes one after the other, however the number and the amount are written and
    whichever day they name: the second must see the first, or each posts the whole check. Held until the transaction ends.
    """
    lock_until_commit("payment", trace_number.lstrip("0"), f"{amount:.2f}")


def same_number(trace_number: str, amount: Decimal) -> Q:
    return Q(trace_number__iregex=rf"^0*{re.escape(trace_number.lstrip('0'))}$", amount=amount)


def same_payer(payment: RemittancePayment) -> Q:
    """One payer bears several ids, another one with each clearinghouse: where the payer directory knows it, its row counts."""
    same = Q(payer_identifier=payment.payer_identifier)
    return same if payment.payer is None else Q(payer=payment.payer) | (same & Q(payer=None))


def copy_of(same: Sequence[RemittancePayment], summary: PaymentSummary) -> RemittancePayment | None:
    """Which of these earlier payments says what this one says. What was entered from paper says less: its claims, what was charged
    and what was paid have to be the same.
    """
    exact = next((old for old in same if old.content_checksum == summary.content_checksum), None)
    if exact or not same:
        return exact
    papers = RemittancePayment.objects.filter(_FROM_PAPER, pk__in=[old.pk for old in same])
    papers = papers.select_related("file__transmission").defer("file__transmission__payload")
    return next((paper for paper in papers if claims_of(paper).payment.outline == summary.outline), None)
