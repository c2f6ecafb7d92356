"""The step that puts bank lines and payments together, and says what stays open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from apps.core.clock import practice_date
from apps.practice.models import Payer
from apps.practice.selectors.payer_channels import remittance_ids
from apps.remittances.models import BankLine, DepositMatch, ExpectedDeposit
from apps.remittances.rules.deposit_matching import Credit, Link, Matching, Payment, match_deposits
from apps.remittances.services.deposit_matches import NewMatch, lock_deposits, write_matches
from apps.remittances.services.deposit_work import keep_deposit_work
from apps.remittances.services.expected_deposits import expect_deposits, first_statement_day
from apps.remittances.services.set_aside import apply_rules


@dataclass(frozen=True, slots=True)
class ReconciledDeposits:
    """`opened` and `withdrawn` count work items."""

    matched: int = 0
    proposed: int = 0
    set_aside: int = 0
    opened: int = 0
    withdrawn: int = 0


@transaction.atomic
def reconcile_deposits(*, now: datetime) -> ReconciledDeposits:
    """Match what the trace numbers tell, propose what is like it, open and close the work. Again, it changes nothing.

    Before the first bank file there is nothing to compare with, and nothing is missed.
    """
    lock_deposits()
    first = first_statement_day()
    if first is None:
        return ReconciledDeposits()
    expect_deposits(first)
    set_aside = apply_rules(now=now)
    matching = _plan()
    write_matches([_row(link) for link in matching.links], made_by=None, now=now)
    _keep_proposals(matching, now)
    opened, withdrawn = keep_deposit_work(today=practice_date(now), now=now)
    return ReconciledDeposits(len(matching.links), len(matching.proposals), set_aside, opened, withdrawn)


def _plan() -> Matching:
    rows = BankLine.objects.filter(state=BankLine.State.OPEN)
    lines = [Credit(row.pk, row.rest, row.booked_on, row.words) for row in rows]
    if not lines:
        return Matching((), ())
    waiting = ExpectedDeposit.objects.filter(state__in=ExpectedDeposit.WAITING)
    expected = list(waiting.select_related("payment"))
    ids = remittance_ids(list(Payer.objects.filter(pk__in={row.payment.payer_id for row in expected})))
    undone = DepositMatch.objects.filter(state=DepositMatch.State.UNDONE)
    refused = set(undone.filter(line__state=BankLine.State.OPEN).values_list("line", "expected"))
    return match_deposits(lines, [_payment(row, ids) for row in expected], refused)


def _payment(row: ExpectedDeposit, of_payers: Mapping[int, tuple[str, ...]]) -> Payment:
    told = row.payment
    ids = (told.payer_identifier, *(of_payers[told.payer_id] if told.payer_id else ()))
    return Payment(row.pk, row.rest, row.paid_on, told.trace_number, told.payer_name, ids)


def _row(link: Link) -> NewMatch:
    return NewMatch(link.credit, link.payment, link.amount, link.how)


def _keep_proposals(matching: Matching, now: datetime) -> None:
    """Those that stand stay as they are; those whose cause is gone go."""
    wanted = {(link.credit, link.payment): link for link in matching.proposals}
    known = list(DepositMatch.objects.filter(state=DepositMatch.State.PROPOSED))
    gone = [row.pk for row in known if not _is_as(row, wanted.get((row.line_id, row.expected_id)))]
    DepositMatch.objects.filter(pk__in=gone).delete()
    kept = {(row.line_id, row.expected_id) for row in known if row.pk not in set(gone)}
    _propose((link for pair, link in wanted.items() if pair not in kept), now)


def _is_as(row: DepositMatch, link: Link | None) -> bool:
    return link is not None and (row.amount, row.how) == (link.amount, link.how)


def _propose(links: Iterable[Link], now: datetime) -> None:
    DepositMatch.objects.bulk_create(
        (
            DepositMatch(
                line_id=link.credit,
                expected_id=link.payment,
                amount=link.amount,
                how=link.how,
                state=DepositMatch.State.PROPOSED,
                made_at=now,
            )
            for link in links
        ),
        batch_size=500,
    )
