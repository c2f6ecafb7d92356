"""Which credit of the bank is which payment. Pure: open credits and payments in, matches and proposals out.

By itself only what the trace number says, and only where it says one thing: TRN02 with the whole amount; a credit that names
several payments whose sum it is, or several credits that name one payment whose sum they are; TRN02 without what stands before its
number. Everything else is a proposal for a person.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from apps.remittances.rules.bank_text import cores, names_payer, squeezed, tokens, trace_core

SHORTEST_CORE = 4
# Shorter numbers may stand by chance within another number.
SHORTEST_INSIDE = 8
LIKE_DAYS = 5
EARLY_DAYS = 5
# A check may be cashed for 180 days (UCC 4-404).
LATE_DAYS = 180
# A number without its prefix is another payment's sooner or later.
LIKE_NUMBER_DAYS = 30
MOST_PROPOSALS = 5


class How(StrEnum):
    """As `DepositMatch.How`."""

    TRACE = "trace"
    TRACE_LIKE = "trace_like"
    TOGETHER = "together"
    TRACE_ONLY = "trace_only"
    LIKENESS = "likeness"


@dataclass(frozen=True, slots=True)
class Credit:
    """`amount`: what of it no payment explains yet, dollars."""

    key: int
    amount: Decimal
    booked_on: date
    text: str


@dataclass(frozen=True, slots=True)
class Payment:
    """`amount`: what of it no credit shows yet, dollars."""

    key: int
    amount: Decimal
    paid_on: date
    trace: str
    payer_name: str = ""
    payer_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    credit: int
    payment: int
    amount: Decimal
    how: How


@dataclass(frozen=True, slots=True)
class Matching:
    links: tuple[Link, ...]
    proposals: tuple[Link, ...]


Edge = tuple[Credit, Payment]


@dataclass(slots=True)
class _Work:
    """What is still open, by what it is looked up. A pair that a person took apart is never an edge."""

    credits: dict[int, Credit]
    payments: dict[int, Payment]
    refused: Collection[tuple[int, int]]
    links: list[Link] = field(default_factory=list)
    proposals: list[Link] = field(default_factory=list)
    named: list[Edge] = field(default_factory=list)  # the credit's text holds the payment's trace number whole

    def may_be(self, credit: Credit, payment: Payment) -> bool:
        days = (credit.booked_on - payment.paid_on).days
        return -EARLY_DAYS <= days <= LATE_DAYS and (credit.key, payment.key) not in self.refused

    def open_edges(self, edges: Iterable[Edge]) -> list[Edge]:
        return [edge for edge in edges if edge[0].key in self.credits and edge[1].key in self.payments]

    def take(self, edges: Iterable[Edge], how: How) -> None:
        for credit, payment in edges:
            self.links.append(Link(credit.key, payment.key, min(credit.amount, payment.amount), how))
            self.credits.pop(credit.key, None)
            self.payments.pop(payment.key, None)

    def propose(self, edges: Iterable[Edge], how: How) -> None:
        known = {(each.credit, each.payment) for each in self.proposals}
        self.proposals += [
            Link(credit.key, payment.key, min(credit.amount, payment.amount), how)
            for credit, payment in edges
            if (credit.key, payment.key) not in known
        ]


def match_deposits(
    lines: Sequence[Credit], payments: Sequence[Payment], refused: Collection[tuple[int, int]] = ()
) -> Matching:
    """`refused`: pairs (credit, payment) that a person took apart. Whatever the order of the rows, the result is the same."""
    work = _Work(
        {each.key: each for each in sorted(lines, key=lambda each: (each.booked_on, each.key))},
        {each.key: each for each in sorted(payments, key=lambda each: (each.paid_on, each.key))},
        refused,
    )
    work.named = list(_named(work))
    _settle(work, [edge for edge in work.named if edge[0].amount == edge[1].amount], How.TRACE)
    _settle_together(work)
    by_amount = list(_of_equal_amount(work))
    # Where the whole number leaves a choice, less of it decides nothing.
    unclear = {each.credit for each in work.proposals}
    _settle(work, [edge for edge in by_amount if edge[0].key not in unclear and _is_like(*edge)], How.TRACE_LIKE)
    work.propose(work.open_edges(work.named), How.TRACE_ONLY)
    work.propose(work.open_edges(edge for edge in by_amount if _is_near(*edge)), How.LIKENESS)
    return Matching(tuple(work.links), tuple(_nearest(work.proposals, work)))


def _named(work: _Work) -> Iterator[Edge]:
    by_trace: defaultdict[str, list[Payment]] = defaultdict(list)
    for payment in work.payments.values():
        by_trace[squeezed(payment.trace)].append(payment)
    by_trace.pop("", None)
    whole = [trace for trace in by_trace if _is_cut(by_trace[trace])]
    for credit in work.credits.values():
        said = tokens(credit.text)
        close = squeezed(credit.text)
        found = [trace for trace in said if trace in by_trace] + [trace for trace in whole if trace in close]
        for trace in dict.fromkeys(sorted(found)):
            yield from ((credit, each) for each in by_trace[trace] if work.may_be(credit, each))


def _is_cut(payments: Sequence[Payment]) -> bool:
    """Whether a trace number holds signs at which the bank's text is cut, and is looked for without them."""
    return any(squeezed(each.trace) != each.trace.upper() for each in payments)


def _settle(work: _Work, edges: Sequence[Edge], how: How) -> None:
    """Where each is the other's only one; what is not stays for a person."""
    edges = work.open_edges(edges)
    per_credit = Counter(credit.key for credit, _ in edges)
    per_payment = Counter(payment.key for _, payment in edges)
    sure = [edge for edge in edges if per_credit[edge[0].key] == 1 and per_payment[edge[1].key] == 1]
    work.take(sure, how)
    work.propose(work.open_edges(edges), how)


def _settle_together(work: _Work) -> None:
    """One credit for several payments, then one payment in several credits: by trace number, and only to the cent."""
    for key, edges in _grouped(work.open_edges(work.named), lambda edge: edge[0].key).items():
        mine = work.open_edges(edges)
        total = sum((payment.amount for _, payment in mine), Decimal())
        if len(mine) > 1 and key in work.credits and total == work.credits[key].amount:
            work.take(mine, How.TOGETHER)
    for key, edges in _grouped(work.open_edges(work.named), lambda edge: edge[1].key).items():
        mine = work.open_edges(edges)
        total = sum((credit.amount for credit, _ in mine), Decimal())
        if len(mine) > 1 and key in work.payments and total == work.payments[key].amount:
            work.take(mine, How.TOGETHER)


def _grouped(edges: Iterable[Edge], key: Callable[[Edge], int]) -> dict[int, list[Edge]]:
    found: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[key(edge)].append(edge)
    return found


def _of_equal_amount(work: _Work) -> Iterator[Edge]:
    by_amount: defaultdict[Decimal, list[Payment]] = defaultdict(list)
    for payment in work.payments.values():
        by_amount[payment.amount].append(payment)
    for credit in work.credits.values():
        yield from ((credit, each) for each in by_amount[credit.amount] if work.may_be(credit, each))


def _is_like(credit: Credit, payment: Payment) -> bool:
    """The number alone, or a long trace number that the bank joined to what stands beside it."""
    if abs((credit.booked_on - payment.paid_on).days) > LIKE_NUMBER_DAYS:
        return False
    core, trace = trace_core(payment.trace), squeezed(payment.trace)
    if len(trace) >= SHORTEST_INSIDE and trace in squeezed(credit.text):
        return True
    return len(core) >= SHORTEST_CORE and core in cores(credit.text)


def _is_near(credit: Credit, payment: Payment) -> bool:
    days = abs((credit.booked_on - payment.paid_on).days)
    return days <= LIKE_DAYS and names_payer(credit.text, payment.payer_name, payment.payer_ids)


def _nearest(proposals: Iterable[Link], work: _Work) -> Iterator[Link]:
    """Of what is still open, for each credit the few that are nearest in time."""
    mine: defaultdict[int, list[Link]] = defaultdict(list)
    for each in proposals:
        if each.credit in work.credits and each.payment in work.payments:
            mine[each.credit].append(each)
    for key, links in mine.items():
        booked_on = work.credits[key].booked_on
        links.sort(key=lambda each: abs((booked_on - work.payments[each.payment].paid_on).days))
        yield from links[:MOST_PROPOSALS]
