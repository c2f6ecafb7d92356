"""Visits of the days before that have no charges: a task a provider, until each has its charges or is explained."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from apps.audit.trail import record
from apps.core.advisory_locks import lock_until_commit
from apps.core.clock import practice_date
from apps.core.models import User
from apps.intake.models import Appointment, NotCharged
from apps.intake.selectors.uncharged import amounts_at_stake, uncharged_by_provider, uncharged_visits
from apps.practice.models import Provider
from apps.worklist.models import WorkItem
from apps.worklist.queue import NewItem, open_items, restate_amount, withdraw_items

KIND = "visits_uncharged"


class NotUnchargedError(Exception):
    """The visit is not, or no longer, one without charges. The message says so."""


@dataclass(frozen=True, slots=True)
class NotedVisits:
    visits: int
    opened: int
    withdrawn: int


@transaction.atomic
def note_uncharged(*, now: datetime) -> NotedVisits:
    """Work for the front desk by provider; what is open is brought up to date, what has no visit left is withdrawn."""
    lock_until_commit("intake", KIND)
    today = practice_date(now)
    found = uncharged_by_provider(today)
    amounts = amounts_at_stake(found, today)
    known = {item.subject_public_id: item for item in _open()}
    withdrawn = _withdraw(known, {provider.public_id for provider, _ in found}, now)
    for provider, _ in found:
        item = known.get(provider.public_id)
        if item is not None and provider.pk in amounts:
            restate_amount(item.pk, amounts[provider.pk])
    fresh = [_item(provider, amounts.get(provider.pk), now) for provider, _ in found if provider.public_id not in known]
    open_items(fresh, now=now)
    return NotedVisits(sum(number for _, number in found), len(fresh), withdrawn)


@transaction.atomic
def settle_charged(*, now: datetime) -> int:
    """After charges came in: work of a provider who has no such visit left ends by itself; how many items that were."""
    known = {item.subject_public_id: item for item in _open()}
    if not known:
        return 0
    return _withdraw(known, {provider.public_id for provider, _ in uncharged_by_provider(practice_date(now))}, now)


@transaction.atomic
def say_not_charged(
    *, appointment_id: str, outcome: NotCharged.Outcome, reason: str, acting_user: User, now: datetime
) -> None:
    """A person explains why the visit (public id) has no charges. "Nothing to charge" needs a reason.

    Raises NotUnchargedError, Appointment.DoesNotExist.
    """
    appointment = Appointment.objects.select_for_update(of=("self",)).get(public_id=appointment_id)
    if outcome == NotCharged.Outcome.NO_CHARGE and not reason.strip():
        raise NotUnchargedError("Say why there is nothing to charge.")
    if not uncharged_visits(practice_date(now)).filter(pk=appointment.pk).exists():
        raise NotUnchargedError("This visit has its charges, or was explained meanwhile.")
    NotCharged.objects.create(
        appointment=appointment, outcome=outcome, reason=reason.strip()[:200], at=now, said_by=acting_user
    )
    record(
        "say_not_charged",
        acting_user=acting_user,
        now=now,
        subject_kind="appointment",
        subject_public_id=appointment.public_id,
        patients=[appointment.patient.public_id],
        outcome=outcome.value,
    )
    settle_charged(now=now)


def _open() -> Sequence[WorkItem]:
    return list(WorkItem.objects.filter(kind=KIND, state=WorkItem.State.OPEN))


def _withdraw(known: dict[str, WorkItem], still: set[str], now: datetime) -> int:
    ended = [item.pk for subject, item in known.items() if subject not in still]
    return withdraw_items(ended, now=now, outcome="Each visit has its charges or is explained.") if ended else 0


def _item(provider: Provider, amount: Decimal | None, now: datetime) -> NewItem:
    return NewItem(
        kind=KIND,
        title=f"Enter the charges of {provider}'s visits that have none, or say why there are none",
        owner_role=WorkItem.OwnerRole.FRONT_DESK,
        url_name="intake:uncharged_of",
        subject_public_id=provider.public_id,
        due_on=practice_date(now),
        amount_at_stake=amount,
    )
