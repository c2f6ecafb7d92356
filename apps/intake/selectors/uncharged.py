"""Visits that took place, or were never taken off the schedule, and have no charges."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import median

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum
from django.db.models.functions import TruncDate

from apps.core import clock
from apps.core.money import CENT
from apps.intake.models import Appointment, Charge
from apps.practice.models import Provider

# What is older was given up, or billed in another system.
LOOK_BACK = timedelta(days=60)
USUAL_DAYS = timedelta(days=30)
# Of fewer visits no charge is the usual one.
FEWEST_VISITS = 10
Status = Appointment.Status


@dataclass(frozen=True, slots=True)
class UnchargedVisit:
    """`days_open`: practice-local days since the visit. `usual`: what the provider's visits charge, None where too few are known."""

    appointment: Appointment
    days_open: int
    usual: Decimal | None

    @property
    def was_checked_out(self) -> bool:
        return self.appointment.status == Status.COMPLETED


def uncharged_visits(today: date, *, provider: str = "") -> QuerySet[Appointment]:
    """Of the days before today, the oldest first; `provider` is a public id.

    A visit has charges where its own came in, or those of the same patient, provider and day, by whatever path: a file's patient is the
    EHR's by name and birth date, since each source has a row of its own. One that is still "scheduled" after its day is among them:
    nobody said whether the patient came.
    """
    zone = clock.practice_zone()
    first, end = (datetime.combine(day, time(), zone) for day in (today - LOOK_BACK, today))
    its_own = Charge.objects.filter(encounter__source=OuterRef("source"), encounter__source_id=OuterRef("source_id"))
    of_the_day = Charge.objects.filter(
        encounter__provider=OuterRef("provider"), encounter__service_date=OuterRef("local_day")
    )
    of_the_patient = of_the_day.filter(encounter__patient=OuterRef("patient"))
    of_the_same_name = of_the_day.filter(
        encounter__patient__birth_date=OuterRef("patient__birth_date"),
        encounter__patient__last_name__iexact=OuterRef("patient__last_name"),
        encounter__patient__first_name__iexact=OuterRef("patient__first_name"),
    )
    rows = Appointment.objects.annotate(local_day=TruncDate("starts_at", tzinfo=zone)).filter(
        ~Exists(its_own),
        ~Exists(of_the_patient),
        ~Exists(of_the_same_name),
        starts_at__gte=first,
        starts_at__lt=end,
        status__in=(Status.COMPLETED, Status.SCHEDULED),
        not_charged=None,
    )
    if provider:
        rows = rows.filter(provider__public_id=provider)
    return rows.select_related("patient", "provider", "location").order_by("starts_at", "pk")


def uncharged_by_provider(today: date) -> list[tuple[Provider, int]]:
    """Each provider who has such visits, and how many."""
    counts = dict(uncharged_visits(today).order_by().values_list("provider").annotate(Count("pk")))
    providers = Provider.objects.filter(pk__in=counts).order_by("last_name", "first_name", "pk")
    return [(provider, counts[provider.pk]) for provider in providers]


def usual_charges(providers: Collection[int], today: date) -> dict[int, Decimal]:
    """The median charge of the visits of the last 30 days, dollars, by provider (primary key)."""
    recent = Charge.objects.filter(
        encounter__provider__in=providers, encounter__service_date__range=(today - USUAL_DAYS, today)
    )
    visits = recent.order_by().values("encounter", "encounter__provider").annotate(total=Sum("amount"))
    totals: dict[int, list[Decimal]] = defaultdict(list)
    for row in visits:
        totals[row["encounter__provider"]].append(row["total"])
    return {key: median(found).quantize(CENT) for key, found in totals.items() if len(found) >= FEWEST_VISITS}


def uncharged_views(rows: Iterable[Appointment], today: date) -> list[UnchargedVisit]:
    found = list(rows)
    usual = usual_charges({row.provider_id for row in found}, today)
    return [
        UnchargedVisit(row, (today - clock.practice_date(row.starts_at)).days, usual.get(row.provider_id))
        for row in found
    ]


def amounts_at_stake(counts: Iterable[tuple[Provider, int]], today: date) -> dict[int, Decimal]:
    """By provider (primary key), dollars; a provider whose usual charge is not known is left out."""
    known = list(counts)
    usual = usual_charges({provider.pk for provider, _ in known}, today)
    return {provider.pk: usual[provider.pk] * number for provider, number in known if provider.pk in usual}
