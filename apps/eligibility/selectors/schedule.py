"""A day's visits by time and provider, each with the mark of its coverage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models.functions import TruncDate

from apps.core import clock
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.marks import NOT_CHECKED, SELF_PAY, Group, Mark, mark_of
from apps.eligibility.selectors.planning import CHECKS, COVERAGES, coverage_on
from apps.intake.models import Appointment, Coverage
from apps.practice.models import Provider

SHOWN = (Appointment.Status.SCHEDULED, Appointment.Status.COMPLETED, Appointment.Status.NO_SHOW)


@dataclass(frozen=True, slots=True)
class MarkedVisit:
    appointment: Appointment
    coverage: Coverage | None
    check: EligibilityCheck | None
    mark: Mark


@dataclass(frozen=True, slots=True)
class Slot:
    """One time of the day: each provider's visits then, in the order of `Day.providers`."""

    starts_at: datetime
    cells: tuple[tuple[MarkedVisit, ...], ...]


@dataclass(frozen=True, slots=True)
class Day:
    visits: tuple[MarkedVisit, ...]

    @property
    def needing(self) -> list[MarkedVisit]:
        return [visit for visit in self.visits if visit.mark.needs_someone]

    @property
    def checked_at(self) -> datetime | None:
        answers = [visit.check.answered_at for visit in self.visits if visit.check and visit.check.answered_at]
        return max(answers, default=None)

    def counts(self) -> dict[Group, int]:
        return {group: sum(visit.mark.group is group for visit in self.visits) for group in Group}

    def providers(self, group: str = "") -> list[tuple[Provider, int]]:
        """Those who see somebody that day, with how many of the shown visits."""
        found = {visit.appointment.provider_id: visit.appointment.provider for visit in self.visits}
        shown = [visit.appointment.provider_id for visit in self.shown(group)]
        return [(found[key], shown.count(key)) for key in sorted(found, key=lambda key: str(found[key].last_name))]

    def shown(self, group: str = "") -> list[MarkedVisit]:
        return [visit for visit in self.visits if not group or visit.mark.group == group]

    def slots(self, group: str = "") -> list[Slot]:
        order = [provider.pk for provider, _ in self.providers()]
        times = sorted({visit.appointment.starts_at for visit in self.shown(group)})
        return [
            Slot(at, tuple(tuple(v for v in self.shown(group) if _is(v, at, key)) for key in order)) for at in times
        ]


def _is(visit: MarkedVisit, at: datetime, provider: int) -> bool:
    return visit.appointment.starts_at == at and visit.appointment.provider_id == provider


def day(on: date) -> Day:
    """A constant number of queries."""
    zone = clock.practice_zone()
    start = datetime.combine(on, time.min, zone)
    rows = (
        Appointment.objects.filter(starts_at__gte=start, starts_at__lt=start + timedelta(days=1), status__in=SHOWN)
        .select_related("patient", "provider", "location")
        .prefetch_related(COVERAGES, CHECKS)
        .order_by("starts_at", "provider__last_name", "pk")
    )
    return Day(tuple(marked(row, on) for row in rows))


def marked(visit: Appointment, on: date) -> MarkedVisit:
    """Expects the visit with its patient's coverages and its checks, prefetched in order."""
    coverage = coverage_on(visit.patient.coverages.all(), on)
    checks = [check for check in visit.eligibility_checks.all() if check.service_date == on]
    if coverage is None:
        return MarkedVisit(visit, None, checks[-1] if checks else None, SELF_PAY)
    ours = [check for check in checks if check.coverage_id == coverage.pk]
    if not ours:
        return MarkedVisit(visit, coverage, None, NOT_CHECKED)
    latest = _deciding(ours)
    return MarkedVisit(visit, coverage, latest, mark_of(latest.state, latest.verdict, latest.settlement))


def _deciding(checks: Sequence[EligibilityCheck]) -> EligibilityCheck:
    """The newest check; while it waits for its answer, an older one that was answered or settled still tells more."""
    waiting = {EligibilityCheck.State.WAITING, EligibilityCheck.State.ASKING}
    return next((check for check in reversed(checks) if check.state not in waiting), checks[-1])


def days_with_visits(first: date, last: date) -> list[date]:
    zone = clock.practice_zone()
    rows = Appointment.objects.filter(
        starts_at__gte=datetime.combine(first, time.min, zone),
        starts_at__lt=datetime.combine(last + timedelta(days=1), time.min, zone),
        status__in=SHOWN,
    )
    days = rows.annotate(visit_day=TruncDate("starts_at", tzinfo=zone)).order_by("visit_day")
    return list(days.values_list("visit_day", flat=True).distinct())
