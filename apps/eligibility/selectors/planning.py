"""Visits to plan for and checks that are due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from operator import attrgetter

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import TruncDate

from apps.core import clock
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.plan import LOOK_AHEAD, PastCheck, Visit
from apps.eligibility.selectors.payers import eligibility_channels
from apps.eligibility.selectors.self_pay import askable_checks
from apps.intake.models import Appointment, Coverage
from apps.practice.selectors.payer_channels import Channel

State = EligibilityCheck.State
# Longer than between two sweeps, and within the visit's own day, on which any round may be asked (rules/plan.py).
SHORT_NOTICE = timedelta(hours=3)
CHECKS = Prefetch("eligibility_checks", queryset=EligibilityCheck.objects.order_by("created_at", "pk"))
COVERAGES = Prefetch("patient__coverages", queryset=Coverage.objects.select_related("payer").order_by("rank", "-pk"))


def coverage_on(coverages: Iterable[Coverage], day: date) -> Coverage | None:
    """The coverage that pays first on `day`: the lowest rank among those in force; None is self-pay. Expects them by rank."""
    for coverage in coverages:
        if (coverage.starts_on is None or coverage.starts_on <= day) and (
            coverage.ends_on is None or coverage.ends_on >= day
        ):
            return coverage
    return None


def visits_to_plan(now: datetime) -> list[Visit]:
    """Every visit of the next days, with its coverage on that day and its checks, oldest first. Six queries."""
    zone = clock.practice_zone()
    rows = Appointment.objects.filter(
        starts_at__gt=now, starts_at__lte=now + LOOK_AHEAD, status=Appointment.Status.SCHEDULED
    ).prefetch_related(COVERAGES, CHECKS)
    visits = list(rows.order_by("starts_at", "pk"))
    covered = {
        row.pk: coverage_on(row.patient.coverages.all(), row.starts_at.astimezone(zone).date()) for row in visits
    }
    channels = eligibility_channels((each.payer for each in covered.values() if each), on=clock.practice_date(now))
    return [_visit(row, coverage, channels) for row, coverage in zip(visits, covered.values(), strict=True)]


def unasked_visits(now: datetime) -> "QuerySet[Appointment]":
    """Covered visits of the next hours of which nobody was ever asked: they were booked at short notice, and what should have followed
    was lost.
    """
    day = OuterRef("day")
    in_force = Coverage.objects.filter(
        Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day), patient=OuterRef("patient")
    )
    asked = EligibilityCheck.objects.filter(appointment=OuterRef("pk"))
    visits = Appointment.objects.alias(day=TruncDate("starts_at", tzinfo=clock.practice_zone()))
    return visits.filter(
        Exists(in_force),
        ~Exists(asked),
        status=Appointment.Status.SCHEDULED,
        starts_at__gt=now,
        starts_at__lte=now + SHORT_NOTICE,
    )


def _visit(row: Appointment, coverage: Coverage | None, channels: Mapping[int, Channel]) -> Visit:
    return Visit(
        appointment=row.pk,
        starts_at=row.starts_at,
        coverage=coverage.pk if coverage else None,
        electronic=coverage is not None and channels[coverage.payer_id].is_open,
        checks=_past_checks(list(row.eligibility_checks.all())),
    )


def _past_checks(checks: Sequence[EligibilityCheck]) -> tuple[PastCheck, ...]:
    """Of one visit. That the patient pays a day's visit stands until something else is settled about that day."""
    last = {check.service_date: check for check in sorted(filter(_is_settled, checks), key=attrgetter("settled_at"))}
    return tuple(_past_check(check, last.get(check.service_date)) for check in checks)


def _is_settled(check: EligibilityCheck) -> bool:
    return bool(check.settlement and check.settled_at)


def _past_check(check: EligibilityCheck, settled_last: EligibilityCheck | None) -> PastCheck:
    return PastCheck(
        coverage=check.coverage_id,
        round=check.round.partition(":")[0],
        visit_day=check.service_date,
        in_progress=check.state in {State.WAITING, State.ASKING},
        answered_at=check.answered_at,
        about=check.asked_about or check.service_date,
        failed=check.failed,
        settled=bool(check.settlement),
        self_pay=settled_last is not None and settled_last.settlement == EligibilityCheck.Settlement.SELF_PAY,
    )


def due_checks(now: datetime) -> list[str]:
    """Public ids of the checks that may be asked now, those of the next visits first."""
    return list(askable_checks(now).order_by("service_date", "pk").values_list("public_id", flat=True))


def with_people(rows: "QuerySet[EligibilityCheck]") -> "QuerySet[EligibilityCheck]":
    return rows.select_related(
        "coverage__payer", "coverage__patient", "appointment__provider", "appointment__location", "work_item"
    )
