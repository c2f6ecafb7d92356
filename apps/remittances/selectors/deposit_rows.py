"""Credits of the bank, payments that wait for their money, and what was matched, as lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from apps.core.shown import counted
from apps.core.sort_order import order_of
from apps.remittances.models import BankLine, DepositMatch, ExpectedDeposit
from apps.remittances.rules.bank_text import is_check, names_payer, says_payer
from apps.remittances.rules.deposit_ages import Standing, bank_days, credit_standing, payment_standing
from apps.remittances.selectors.known_payers import KnownPayer

PROPOSED = Count("matches", filter=Q(matches__state=DepositMatch.State.PROPOSED))
# Each list's own order: what waits oldest first, the rest newest first.
IN_TURN = "turn"
Sorts = Mapping[str, Sequence[str]]
LINE_SORTS: Sorts = {"name": ("text",), "where": ("account__name",), "day": ("booked_on",), "amount": ("open_amount",)}
PAYMENT_SORTS: Sorts = {
    "name": ("payment__payer_name",),
    "where": ("payment__trace_number",),
    "day": ("paid_on",),
    "amount": ("open_amount",),
}
MATCH_SORTS: Sorts = {
    "name": ("expected__payment__payer_name",),
    "line": ("line__text",),
    "day": ("made_at",),
    "amount": ("amount",),
}
SORTS = ("name", "where", "line", "age", "amount")
# The older, the more days.
_BY_DAY = {"age": "-day", "-age": "day"}


def is_of_a_payer(line: BankLine, payers: Iterable[KnownPayer]) -> bool:
    """Whether the bank's text says that a payer paid: by the name of the entry, or by a payer's name or id."""
    return says_payer(line.words) or any(names_payer(line.words, each.name, each.ids) for each in payers)


def _order(sort: str, sorts: Sorts, *, in_turn: str) -> list[str]:
    return order_of(_BY_DAY.get(sort, sort), sorts) or order_of(in_turn, sorts)


def bank_lines(*, state: str, sort: str = "") -> "QuerySet[BankLine]":
    """By one of LINE_SORTS or by age, turned by a minus before it; else open ones oldest first, the others newest first.

    By amount: what is left of an open one, the whole of the others.
    """
    is_open = state == BankLine.State.OPEN
    found = BankLine.objects.filter(state=state).select_related("account", "set_aside_rule", "settled_by", "work_item")
    left = F("amount") - F("explained") - F("differs")
    found = found.annotate(proposed=PROPOSED, open_amount=left if is_open else F("amount"))
    return found.order_by(*_order(sort, LINE_SORTS, in_turn="day" if is_open else "-day"))


def expected_deposits(*, state: str, sort: str = "") -> "QuerySet[ExpectedDeposit]":
    """As `bank_lines`, by PAYMENT_SORTS."""
    is_open = state == ExpectedDeposit.State.OPEN
    found = ExpectedDeposit.objects.filter(state=state).select_related("payment__file", "settled_by", "work_item")
    left = F("amount") - F("received") - F("differs")
    found = found.annotate(proposed=PROPOSED, open_amount=left if is_open else F("amount"))
    return found.order_by(*_order(sort, PAYMENT_SORTS, in_turn="day" if is_open else "-day"))


def deposit_matches(*, state: str, sort: str = "") -> "QuerySet[DepositMatch]":
    """By one of MATCH_SORTS, turned by a minus before it; else newest first."""
    found = DepositMatch.objects.filter(state=state)
    found = found.select_related("line__account", "expected__payment__file", "made_by")
    return found.order_by(*_order(sort, MATCH_SORTS, in_turn="-day"))


@dataclass(frozen=True, slots=True)
class CreditRow:
    """`age` in bank days."""

    line: BankLine
    age: int
    standing: Standing
    is_check: bool
    is_of_a_payer: bool

    @property
    def state(self) -> str:
        """Of an open credit, a key of the table of states."""
        if self.line.proposed:  # type: ignore[attr-defined]  # annotated
            return "to_confirm"
        if self.standing != Standing.LATE:
            return "on_its_way"
        return "no_835" if self.is_of_a_payer else "unexplained"

    @property
    def looks_like(self) -> str:
        if number := self.line.proposed:  # type: ignore[attr-defined]  # annotated
            return f"{counted(number, 'payment')} to confirm"
        if self.is_of_a_payer:
            return "A payer's"
        return "Paper paid in" if self.is_check else "Not told"


@dataclass(frozen=True, slots=True)
class MissingRow:
    """`age` in bank days."""

    expected: ExpectedDeposit
    age: int
    standing: Standing

    @property
    def state(self) -> str:
        """Of a payment that waits, a key of the table of states."""
        if self.expected.proposed:  # type: ignore[attr-defined]  # annotated
            return "to_confirm"
        return {Standing.LATE: "missing", Standing.WATCH: "late"}.get(self.standing, "on_its_way")


def credit_rows(lines: Iterable[BankLine], payers: Sequence[KnownPayer], *, today: date) -> list[CreditRow]:
    return [_credit_row(line, payers, today) for line in lines]


def _credit_row(line: BankLine, payers: Sequence[KnownPayer], today: date) -> CreditRow:
    paper = is_check(line.words)
    return CreditRow(
        line,
        bank_days(line.booked_on, today),
        credit_standing(line.booked_on, today, is_check=paper),
        paper,
        is_of_a_payer(line, payers),
    )


def missing_rows(expected: Iterable[ExpectedDeposit], *, today: date) -> list[MissingRow]:
    return [MissingRow(row, bank_days(row.paid_on, today), payment_standing(row.paid_on, today)) for row in expected]
