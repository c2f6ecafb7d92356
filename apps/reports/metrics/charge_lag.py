"""Charge lag: days from the visit to the claim's first submission, practice-local, over claims first sent in the last 90 days."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.functions import TruncDate

from apps.claims.models import Claim
from apps.core import clock
from apps.reports.metrics.claim_rows import claim_row, first_claims
from apps.reports.metrics.figure import Figure, Kind, Metric, Part, Row, Slice, Unit
from apps.reports.metrics.windows import last_days

LONGEST_SHOWN = 4


def _submitted(on: date) -> "QuerySet[Claim]":
    window = last_days(on)
    return first_claims().filter(first_submitted_at__gte=window.start, first_submitted_at__lt=window.end)


def lags(on: date) -> Counter[int]:
    """Days -> how many claims took so long."""
    moments = _submitted(on).values_list("first_submitted_at", "service_date")
    return Counter((clock.practice_date(sent) - served).days for sent, served in moments.iterator() if sent)


def measure(on: date) -> Figure:
    found = lags(on)
    claims = found.total()
    shown = [(f"After {days} {'day' if days == 1 else 'days'}", found[days]) for days in range(1, LONGEST_SHOWN)]
    longer = sum(number for days, number in found.items() if days >= LONGEST_SHOWN)
    return Figure(
        on=on,
        numerator=Decimal(sum(days * number for days, number in found.items())),
        denominator=Decimal(claims),
        note=last_days(on).note,
        parts=(
            Part("Sent the same day", Decimal(found[0]) / claims if claims else None, Kind.SHARE),
            *(Part(words, Decimal(number), Kind.COUNT) for words, number in shown),
            Part(f"After {LONGEST_SHOWN} days or more", Decimal(longer), Kind.COUNT),
        ),
    )


def rows(on: date) -> "QuerySet[Claim]":
    return _submitted(on).select_related("patient").order_by("-first_submitted_at", "pk")


def row(claim: Claim) -> Row:
    sent = claim.first_submitted_at
    days = (clock.practice_date(sent) - claim.service_date).days if sent else 0
    return claim_row(claim, detail=_words(days), counts=days == 0)


def _words(days: int) -> str:
    return "Same day" if days == 0 else "1 day" if days == 1 else f"{days} days"


def _sent_after(claims: "QuerySet[Claim]", least: int, most: int | None) -> "QuerySet[Claim]":
    sent_on = TruncDate("first_submitted_at", tzinfo=clock.practice_zone())
    took = ExpressionWrapper(sent_on - F("service_date"), output_field=DurationField())
    found = claims.alias(took=took).filter(took__gte=timedelta(days=least))
    return found if most is None else found.filter(took__lte=timedelta(days=most))


# What the dashboard draws: the distribution behind the mean.
SLICES = (
    *(Slice(str(days), _words(days), partial(_sent_after, least=days, most=days)) for days in range(LONGEST_SHOWN)),
    Slice(str(LONGEST_SHOWN), f"{LONGEST_SHOWN} days or more", partial(_sent_after, least=LONGEST_SHOWN, most=None)),
)
METRIC = Metric(
    key="charge_lag",
    title="Visit to submission",
    unit=Unit.DAYS,
    definition="Mean days from the visit to the claim's first submission, for claims first sent in the last 90 days.",
    counted="Claims first sent in these days",
    measure=measure,
    rows=rows,
    row=row,
    slices=SLICES,
    less_is_better=True,
)
