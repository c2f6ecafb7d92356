"""What is known of the codes of any number of claims on their days, in three queries."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from apps.claims.models import Claim, CodeFact, DrugNumberPolicy
from apps.claims.rules.code_facts import KINDS, Kind, Known

_Span = tuple[date, date | None]


def _holds(day: date, span: _Span) -> bool:
    begins, ends = span
    return begins <= day and (ends is None or day <= ends)


@dataclass(frozen=True, slots=True)
class CodeBook:
    """Rows that some claim of a chunk may ask for, read once."""

    facts: Mapping[str, list[tuple[Kind, str, _Span]]]
    price_list: tuple[_Span, ...]
    drug_number_policies: tuple[tuple[int | None, str, _Span, str], ...]

    def known(self, codes: Collection[str], day: date) -> Known:
        values: dict[tuple[Kind, str], tuple[str, ...]] = {}
        for code in codes:
            for kind, value, span in self.facts.get(code, ()):
                if _holds(day, span):
                    before = values.get((kind, code), ()) if KINDS[kind].several else ()
                    values[kind, code] = (*before, value)
        return Known(values, any(_holds(day, span) for span in self.price_list))

    def wants_drug_number(self, claim: Claim) -> str:
        """Where it is written that the claim's payer wants the National Drug Code of drugs; empty: nowhere."""
        for payer, indicator, span, source in self.drug_number_policies:
            theirs = payer == claim.payer_id if payer else indicator == claim.payer.filing_indicator
            if theirs and _holds(claim.service_date, span):
                return source
        return ""


def code_book(codes: Collection[str], days: Collection[date]) -> CodeBook:
    """For claims of these codes on these days."""
    facts: dict[str, list[tuple[Kind, str, _Span]]] = {}
    first, last = min(days), max(days)
    reaching = Q(effective_on__lte=last) & (Q(ends_on=None) | Q(ends_on__gte=first))
    rows = CodeFact.objects.filter(reaching, code__in=codes).order_by("effective_on", "pk")
    for kind, code, value, begins, ends in rows.values_list("kind", "code", "value", "effective_on", "ends_on"):
        facts.setdefault(code, []).append((Kind(kind), value, (begins, ends)))
    prices = CodeFact.objects.filter(reaching, kind=Kind.PRICE).values_list("effective_on", "ends_on").distinct()
    policies = DrugNumberPolicy.objects.filter(reaching).order_by("pk")
    return CodeBook(
        facts,
        tuple(prices),
        tuple((row.payer_id, row.filing_indicator, (row.effective_on, row.ends_on), row.source) for row in policies),
    )
