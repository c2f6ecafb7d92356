"""What the deposit pages show, read in a constant number of queries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, Q, Sum

from apps.core.clock import practice_date
from apps.core.money import ZERO
from apps.remittances.models import (
    BankAccount,
    BankFile,
    BankLine,
    DepositDifference,
    DepositMatch,
    ExpectedDeposit,
    RemittancePayment,
    SetAsideRule,
)
from apps.remittances.rules.deposit_ages import WATCHED_AFTER, bank_days
from apps.remittances.selectors.deposit_rows import PROPOSED, MissingRow, missing_rows

MATCH = DepositMatch.State


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Numbers and dollars of what waits. `rest` of lines and payments, not their whole amounts."""

    credits: int
    credit_rest: Decimal
    payments: int
    payment_rest: Decimal
    proposed: int

    @property
    def number(self) -> int:
        return self.credits + self.payments


def open_items() -> OpenItems:
    lines = BankLine.objects.filter(state=BankLine.State.OPEN)
    payments = ExpectedDeposit.objects.filter(state=ExpectedDeposit.State.OPEN)
    credited = lines.aggregate(number=Count("pk"), rest=Sum(F("amount") - F("explained") - F("differs")))
    missing = payments.aggregate(number=Count("pk"), rest=Sum(F("amount") - F("received") - F("differs")))
    return OpenItems(
        credited["number"],
        credited["rest"] or ZERO,
        missing["number"],
        missing["rest"] or ZERO,
        DepositMatch.objects.filter(state=MATCH.PROPOSED).count(),
    )


@dataclass(frozen=True, slots=True)
class LastFile:
    """The newest bank file. `is_late`: since so many bank days nothing can have been found."""

    file: BankFile
    age: int

    @property
    def is_late(self) -> bool:
        return self.age > WATCHED_AFTER


def last_file(today: date) -> LastFile | None:
    found = BankFile.objects.select_related("account", "transmission").defer("transmission__payload")
    file = found.order_by("-received_at", "-pk").first()
    return LastFile(file, bank_days(practice_date(file.received_at), today)) if file else None


def find_line(public_id: str) -> BankLine | None:
    found = BankLine.objects.filter(public_id=public_id).annotate(proposed=PROPOSED)
    return found.select_related("account", "file__transmission", "set_aside_rule", "settled_by").first()


def find_expected(public_id: str) -> ExpectedDeposit | None:
    found = ExpectedDeposit.objects.filter(public_id=public_id).annotate(proposed=PROPOSED)
    return found.select_related("payment__file", "payment__payer", "settled_by").first()


def find_match(public_id: str) -> DepositMatch | None:
    return DepositMatch.objects.filter(public_id=public_id).select_related("line").first()


def find_file(public_id: str) -> BankFile | None:
    found = BankFile.objects.select_related("account", "transmission").defer("transmission__payload")
    return found.filter(public_id=public_id).first()


def lines_by_state(file: BankFile) -> list[tuple[str, int, Decimal]]:
    """(state, number, dollars) of the credits that the file brought, as they stand now."""
    rows = file.lines.values_list("state").annotate(Count("pk"), Sum("amount")).order_by("state")
    return list(rows)


def account_names() -> list[str]:
    return list(BankAccount.objects.order_by("name").values_list("name", flat=True))


def matches_of(**of: BankLine | ExpectedDeposit) -> list[DepositMatch]:
    """Those of a line or of an expected deposit, the standing ones first, then proposals, then what was taken apart."""
    found = DepositMatch.objects.filter(**of).select_related(
        "line__account", "expected__payment__file", "made_by", "undone_by"
    )
    order = [MATCH.STANDING, MATCH.PROPOSED, MATCH.UNDONE]
    return sorted(found, key=lambda row: (order.index(MATCH(row.state)), row.pk))


CHOICES = 25


def payments_to_choose(line: BankLine, *, search: str = "") -> list[ExpectedDeposit]:
    """Payments that wait, those of the same amount first, then by nearness in time. `search`: trace number or payer."""
    waiting = ExpectedDeposit.objects.filter(state__in=ExpectedDeposit.WAITING).select_related("payment__file")
    waiting = waiting.exclude(matches__in=DepositMatch.objects.filter(line=line).exclude(state=MATCH.UNDONE))
    if search:
        waiting = waiting.filter(Q(payment__trace_number__icontains=search) | Q(payment__payer_name__icontains=search))
    found = list(waiting.order_by("-paid_on", "-pk")[:400])
    found.sort(key=lambda row: (row.rest != line.rest, abs((row.paid_on - line.booked_on).days), row.pk))
    return found[:CHOICES]


def lines_to_look_at(expected: ExpectedDeposit) -> list[BankLine]:
    """Credits that wait, those of the same amount first, then by nearness in time."""
    waiting = BankLine.objects.filter(state=BankLine.State.OPEN).select_related("account")
    found = list(waiting.order_by("-booked_on", "-pk")[:400])
    found.sort(key=lambda row: (row.rest != expected.rest, abs((row.booked_on - expected.paid_on).days), row.pk))
    return found[:CHOICES]


def standing_rules() -> list[SetAsideRule]:
    rules = SetAsideRule.objects.filter(ended_at=None).select_related("made_by").annotate(number=Count("lines"))
    return list(rules.order_by("text"))


def differences_of(**of: BankLine | ExpectedDeposit) -> list[DepositDifference]:
    """What people booked of a line or of an expected deposit, the newest first; also what was taken back."""
    rows = DepositDifference.objects.filter(**of).select_related("made_by", "undone_by")
    return list(rows.order_by("-made_at", "-pk"))


@dataclass(frozen=True, slots=True)
class BankState:
    """Where a payment is with the bank. `matches`: those that stand or are proposed. A part of a payment has its first part's."""

    row: MissingRow
    matches: tuple[DepositMatch, ...]

    @property
    def proposed(self) -> bool:
        return any(each.state == MATCH.PROPOSED for each in self.matches)


def bank_state(payment: RemittancePayment, *, today: date) -> BankState | None:
    """None where no money is expected: nothing was paid, it is a duplicate, or no bank file has come in since."""
    expected = ExpectedDeposit.objects.filter(payment=payment.continues_id or payment.pk)
    found = expected.select_related("payment__file").first()
    if found is None:
        return None
    (row,) = missing_rows([found], today=today)
    return BankState(row, tuple(each for each in matches_of(expected=found) if each.state != MATCH.UNDONE))
