"""How well visits are checked before they begin (DOMAIN 3, "Measured")."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from apps.core import clock
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.plan import FRESH
from apps.eligibility.selectors.payers import eligibility_channels
from apps.eligibility.selectors.planning import CHECKS, COVERAGES, coverage_on
from apps.intake.models import Appointment

State = EligibilityCheck.State
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts over the visits of some days whose payer had to be asked electronically; a share is the page's to make."""

    visits: int
    checked_ahead: int
    checked_before: int
    failures: int
    solved: int


def measures(first: date, last: date) -> Measures:
    """How well the visits from `first` to `last` (practice-local, both included) were checked (DOMAIN 3, "Measured").

    Ahead: an answer 24 to 48 hours before the visit. Before: any answer after booking and at most 48 hours before. A failure is
    solved when a later answer found coverage or a person settled it, before the visit began.
    """
    zone = clock.practice_zone()
    rows = (
        Appointment.objects.filter(
            starts_at__gte=datetime.combine(first, time.min, zone),
            starts_at__lt=datetime.combine(last + timedelta(days=1), time.min, zone),
        )
        .exclude(status=Appointment.Status.CANCELLED)
        .prefetch_related(COVERAGES, CHECKS)
    )
    asked = {row.pk: coverage_on(row.patient.coverages.all(), clock.practice_date(row.starts_at)) for row in rows}
    channels = eligibility_channels((each.payer for each in asked.values() if each), on=last)
    can_be = {pk for pk, coverage in asked.items() if coverage and channels[coverage.payer_id].is_open}
    facts = [_facts(row, list(row.eligibility_checks.all())) for row in rows if _had_to_be_asked(row, row.pk in can_be)]
    return Measures(
        visits=len(facts),
        checked_ahead=sum(fact.ahead for fact in facts),
        checked_before=sum(fact.before for fact in facts),
        failures=sum(fact.failed for fact in facts),
        solved=sum(fact.solved for fact in facts),
    )


def _had_to_be_asked(row: Appointment, can_be: bool) -> bool:
    checks = list(row.eligibility_checks.all())
    if any(check.settlement == EligibilityCheck.Settlement.SELF_PAY for check in checks):
        # Agreed after a failed check: the visit had to be asked about, and was.
        return any(check.state != State.BY_PHONE for check in checks)
    return can_be


@dataclass(frozen=True, slots=True)
class _Facts:
    ahead: bool
    before: bool
    failed: bool
    solved: bool


def _facts(visit: Appointment, checks: list[EligibilityCheck]) -> _Facts:
    starts, booked = visit.starts_at, visit.booked_at
    answered = [check for check in checks if check.answered_at and check.answered_at < starts]
    ages = [starts - at for at in (check.answered_at for check in answered) if at and (booked is None or at >= booked)]
    failed = [check for check in checks if check.failed and (check.answered_at or check.created_at) < starts]
    covered = [check.pk for check in answered if not check.failed]
    settled = any(check.settled_at and check.settled_at < starts for check in failed)
    return _Facts(
        ahead=any(_DAY <= age <= FRESH for age in ages),
        before=any(age <= FRESH for age in ages),
        failed=bool(failed),
        solved=bool(failed) and (settled or any(pk > failed[-1].pk for pk in covered)),
    )
