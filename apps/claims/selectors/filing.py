"""Payers' filing clocks, and by when a claim has to go out."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from operator import attrgetter

from django.db.models import Max

from apps.claims.models import Adjudication, Claim
from apps.claims.rules.correction_routes import MEDICARE_PART_B
from apps.claims.rules.filing import FilingClock, earliest, filing_due
from apps.practice.models import PayerDeadline
from apps.practice.rules.deadlines import last_day

Kind = PayerDeadline.Kind
SERVICE = PayerDeadline.CountedFrom.SERVICE
CORRECTIONS = ("7", "8")
# Clerical errors are reopened within a year of the decision (42 CFR 405.980(b)); other payers are not bound by it.
MEDICARE_REOPENS = 365  # days


@dataclass(frozen=True, slots=True)
class FilingClocks:
    """By payer; those that nobody has configured are missing. Where several stand of a kind, all do: the earliest counts."""

    first: Mapping[int, int]
    further: Mapping[int, tuple[FilingClock, ...]]
    corrected: Mapping[int, tuple[FilingClock, ...]]
    reopening: Mapping[int, tuple[FilingClock, ...]]

    def renewed(self, payer: int) -> tuple[FilingClock, ...]:
        """Of corrections that go as new claims: a payer that says nothing of corrected claims may say how long it reopens."""
        return self.corrected.get(payer) or self.reopening.get(payer, ())


@dataclass(frozen=True, slots=True)
class ReopeningLimit:
    """The last day on which a payer reopens its decision, and where that is written."""

    last: date
    source: str

    def __str__(self) -> str:
        return f"until {self.last:%b} {self.last.day}, {self.last.year} ({self.source})"


def filing_clocks(payers: Collection[int]) -> FilingClocks:
    """One query. A receipt is never before the remittance's own date, which so is the safe day to count from."""
    first: dict[int, int] = {}
    found: dict[str, dict[int, list[FilingClock]]] = {
        Kind.FURTHER_FILING: defaultdict(list),
        Kind.CORRECTED_FILING: defaultdict(list),
        Kind.REOPENING: defaultdict(list),
    }
    rows = PayerDeadline.objects.filter(payer__in=payers, kind__in=(Kind.FILING, *found)).order_by("pk")
    for payer, kind, days, counted_from in rows.values_list("payer_id", "kind", "days", "counted_from"):
        if kind == Kind.FILING:
            first[payer] = min(days, first.get(payer, days))
        else:
            found[kind][payer].append(FilingClock(days, counted_from == SERVICE))
    further, corrected, reopening = (
        {payer: tuple(clocks) for payer, clocks in each.items()} for each in found.values()
    )
    return FilingClocks(first, further, corrected, reopening)


def was_answered(claim: Claim) -> bool:
    """Whether what goes out next corrects an answer, as a new claim (1) too."""
    return claim.frequency in CORRECTIONS or claim.first_adjudicated_at is not None


def answered_on(claims: Collection[Claim]) -> dict[int, date]:
    """By claim that goes out as a correction: the day of its payer's newest standing answer. Other claims cost no query."""
    again = [claim.pk for claim in claims if was_answered(claim)]
    if not again:
        return {}
    rows = Adjudication.objects.filter(claim__in=again, reversed=False).order_by()
    return dict(rows.values_list("claim_id").annotate(day=Max("remitted_on")))


def file_by(claims: Collection[Claim]) -> dict[int, date | None]:
    """By claim: the last day on which its payer takes it. None: not configured, or after another payer's answer (TF-LIMIT tells)."""
    clocks, answers = filing_clocks({claim.payer_id for claim in claims}), answered_on(claims)
    return {claim.pk: _file_by(claim, clocks, answers.get(claim.pk)) for claim in claims}


def _file_by(claim: Claim, clocks: FilingClocks, answered: date | None) -> date | None:
    indicator = claim.payer.filing_indicator
    ends = partial(earliest, served=claim.service_date, answered=answered, filing_indicator=indicator)
    if claim.frequency in CORRECTIONS:
        return ends(clocks.corrected.get(claim.payer_id, ()))
    if last := ends(clocks.renewed(claim.payer_id) if was_answered(claim) else ()):
        return last
    if claim.payer_rank > 1:
        return None
    return filing_due(claim.service_date, clocks.first.get(claim.payer_id), filing_indicator=indicator)


def reopening_limit(claim: Claim) -> ReopeningLimit | None:
    """By the payer's directory; where it says nothing of Original Medicare, by the law. None: not configured, never guessed."""
    answers = claim.adjudications.filter(reversed=False, payer=claim.payer_id).order_by("-remitted_on")
    decided = answers.values_list("remitted_on", flat=True).first()
    indicator, limits = claim.payer.filing_indicator, []
    for row in PayerDeadline.objects.filter(payer=claim.payer_id, kind=Kind.REOPENING).order_by("pk"):
        start = claim.service_date if row.counted_from == SERVICE else decided
        if start:
            limits.append(ReopeningLimit(last_day(start, row.days, filing_indicator=indicator), row.source))
    if not limits and decided and indicator == MEDICARE_PART_B:
        last = last_day(decided, MEDICARE_REOPENS, filing_indicator=indicator)
        limits.append(ReopeningLimit(last, "42 CFR 405.980(b)"))
    return min(limits, key=attrgetter("last"), default=None)
