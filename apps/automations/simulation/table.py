"""What a simulation came to: one table of counts and sums, read from the rows. Two runs are equal when their tables are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from apps.automations.simulation.comparison import SECTION
from apps.claims.models import Adjudication, Batch, Claim, Finding
from apps.claims.states import ClaimStatus
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import Charge, Encounter
from apps.ledger.models import Account, Leg
from apps.patient_balances.models import Balance, Message, PatientPayment
from apps.remittances.models import (
    BankLine,
    RemittanceException,
    RemittancePayment,
    RemittedClaim,
    Underpayment,
)
from apps.reports.metrics import METRICS, first_pass
from apps.reports.metrics.claim_rows import first_claims
from apps.worklist.models import WorkItem

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Line:
    """`amount` in dollars where the line is about money."""

    section: str
    name: str
    count: int
    amount: Decimal | None = None
    is_rate: bool = False


def _by(rows: "QuerySet[Any]", field: str, money: str = "") -> Iterator[tuple[str, int, Decimal | None]]:
    sums = {"amount_": Sum(money)} if money else {}
    for row in rows.values(field).annotate(count_=Count("pk"), **sums).order_by(field):
        yield str(row[field]), row["count_"], (row["amount_"] or ZERO) if money else None


def table(today: date) -> list[Line]:
    """Every section, top to bottom in the order of a charge's life."""
    return [
        *_charges(),
        *_claims(),
        *_first_submissions(today),
        *_remittances(),
        *_denials(),
        *_patients(),
        *_before_the_visit(),
        *_ledger(),
        *_work(),
        *_metrics(today),
    ]


def _charges() -> Iterator[Line]:
    for path, number, _ in _by(Encounter.objects.all(), "arrived_by"):
        yield Line("visits", f"by {path}", number)
    charges = Charge.objects.aggregate(count=Count("pk"), amount=Sum("amount"))
    yield Line("charges", "lines", charges["count"], charges["amount"] or ZERO)


def _claims() -> Iterator[Line]:
    total = Claim.objects.aggregate(count=Count("pk"), amount=Sum("total"))
    yield Line("claims", "built", total["count"], total["amount"] or ZERO)
    passed = Claim.objects.filter(passed_untouched=True).count()
    yield Line("claims", "passed all edits untouched", passed)
    for rule, count, _ in _by(Finding.objects.exclude(state="superseded"), "rule"):
        yield Line("findings", rule, count)
    for name, condition in {
        "submitted": Q(first_submitted_at__isnull=False),
        "accepted": Q(accepted_at__isnull=False),
        "rejected once": Q(first_rejected_at__isnull=False),
        "adjudicated": Q(first_adjudicated_at__isnull=False),
    }.items():
        yield Line("claims", name, Claim.objects.filter(condition).count())
    for status, count, amount in _by(Claim.objects.all(), "status", "total"):
        yield Line("claims now", status, count, amount)
    for state, count, amount in _by(Batch.objects.all(), "state", "total"):
        yield Line("batches", state, count, amount)


def _first_submissions(today: date) -> Iterator[Line]:
    """What two runs are compared by; accepted and rejected as the metric counts them."""
    accepted, rejected, _ = (int(part.value or 0) for part in first_pass.measure(today).parts)
    firsts = first_claims()
    decided = firsts.exclude(denied_on_first_remittance=None)
    for name, number in {
        "sent": firsts.exclude(first_submitted_at=None).count(),
        "accepted": accepted,
        "rejected": rejected,
        "held": firsts.filter(status=ClaimStatus.EXCEPTION, first_submitted_at=None).count(),
        "decided": decided.count(),
        "denied": decided.filter(denied_on_first_remittance=True).count(),
    }.items():
        yield Line(SECTION, name, number)


def _remittances() -> Iterator[Line]:
    payments = RemittancePayment.objects.filter(duplicate_of=None, continues=None).aggregate(
        count=Count("pk"), amount=Sum("amount")
    )
    yield Line("remittances", "payments", payments["count"], payments["amount"] or ZERO)
    for outcome, count, amount in _by(RemittedClaim.objects.all(), "outcome", "paid"):
        yield Line("remitted claims", outcome, count, amount)
    for kind, count, amount in _by(RemittanceException.objects.filter(state="open"), "kind", "amount"):
        yield Line("posting exceptions", kind, count, amount)
    for state, count, amount in _by(BankLine.objects.all(), "state", "amount"):
        yield Line("bank lines", state, count, amount)
    paid = Adjudication.objects.filter(reversed=False).aggregate(count=Count("pk"), amount=Sum("paid"))
    yield Line("adjudicated lines", "standing", paid["count"], paid["amount"] or ZERO)
    for verdict, count, amount in _by(Adjudication.objects.filter(reversed=False), "contract_verdict", "allowed"):
        yield Line("against the contract", verdict or "not looked at", count, amount)
    for state, count, amount in _by(Underpayment.objects.all(), "state", "short"):
        yield Line("underpayments", state, count, amount)


def _denials() -> Iterator[Line]:
    rows = (
        Denial.objects.values("carc", "lane")
        .annotate(count_=Count("pk"), amount_=Sum("amount"))
        .order_by("carc", "lane")
    )
    for row in rows:
        yield Line("denials", f"{row['carc']} to {row['lane']}", row["count_"], row["amount_"])


def _patients() -> Iterator[Line]:
    for state, count, amount in _by(Balance.objects.all(), "state", "opened_amount"):
        yield Line("balances", state, count, amount)
    rows = (
        Message.objects.values("touch", "channel", "state")
        .annotate(count_=Count("pk"))
        .order_by("touch", "channel", "state")
    )
    for row in rows:
        yield Line("messages", f"{row['touch']} {row['channel']} {row['state']}", row["count_"])
    for state, count, amount in _by(PatientPayment.objects.all(), "state", "amount"):
        yield Line("patient payments", state, count, amount)


def _before_the_visit() -> Iterator[Line]:
    rows = EligibilityCheck.objects.values("state", "verdict").annotate(count_=Count("pk")).order_by("state", "verdict")
    for row in rows:
        yield Line("eligibility checks", f"{row['state']} {row['verdict']}".strip(), row["count_"])


def _ledger() -> Iterator[Line]:
    sums = dict(Leg.objects.values_list("account").annotate(Sum("amount")).order_by("account"))
    for account in Account:
        if account.value in sums:
            yield Line("ledger", account.value, Leg.objects.filter(account=account).count(), sums[account.value])


def _work() -> Iterator[Line]:
    for kind, count, _ in _by(WorkItem.objects.filter(state="open"), "kind"):
        yield Line("open work", kind, count)


def _metrics(today: date) -> Iterator[Line]:
    for metric in METRICS:
        figure = metric.measure(today)
        yield Line("metrics", metric.key, 0, figure.value, is_rate=True)


def as_text(lines: list[Line]) -> str:
    width = max(len(line.name) for line in lines) + 2
    rows, section = [], ""
    for line in lines:
        if line.section != section:
            section = line.section
            rows.append(section)
        rows.append(f"  {line.name:<{width}}{_figures(line)}")
    return "\n".join(rows)


def _figures(line: Line) -> str:
    if line.is_rate:
        return f"{'no data' if line.amount is None else f'{line.amount:.4f}':>24}"
    return f"{line.count:>8,}" + ("" if line.amount is None else f"{line.amount:>16,.2f}")
