"""A role's open work by deadline and money, with what each item is about."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.urls import reverse

from apps.claims.models import Batch, Claim
from apps.core.money import ZERO
from apps.core.readable_names import readable_name
from apps.denials.models import Denial
from apps.eligibility.models import EligibilityCheck
from apps.intake.models import EmergencyAccess, Patient, VisitConflict
from apps.patient_balances.models import Balance, InboundMessage, Message, MoneyReview
from apps.practice.roles import Role
from apps.remittances.models import RemittanceException, Underpayment
from apps.worklist.models import WorkItem
from apps.workspace.selectors.destinations import page_words
from apps.workspace.selectors.frame import waiting_for

WEEK = timedelta(days=7)
HEADINGS = ("Without a date", "Over or due today", "Next 7 days", "Later")


@dataclass(frozen=True, slots=True)
class Subject:
    """What an item is about: a short mark, and who and what in a line. `claim_id` and `patient_id` are public ids."""

    mark: str = ""
    patient: str = ""
    claim_number: str = ""
    claim_id: str = ""
    detail: str = ""
    patient_id: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """`may_wait`: there is a day left on which it could come back in time."""

    item: WorkItem
    subject: Subject
    may_wait: bool

    @property
    def href(self) -> str:
        return reverse(self.item.url_name, args=[self.item.subject_public_id])

    @property
    def opens(self) -> str:
        """What `href` leads to, in words."""
        return page_words(self.item.url_name)


@dataclass(frozen=True, slots=True)
class Group:
    """Items that are equally near. `number` and `amount` count the whole group, also beyond this page."""

    heading: str
    number: int
    amount: Decimal
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class WorkTotals:
    number: int
    amount: Decimal
    due_today: int
    by_group: dict[int, tuple[int, Decimal]]


def _nearness(today: date) -> Case:
    """A place in HEADINGS."""
    return Case(
        When(due_on=None, then=Value(0)),
        When(due_on__lte=today, then=Value(1)),
        When(due_on__lte=today + WEEK, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )


def open_work(role: Role, today: date) -> QuerySet[WorkItem]:
    """Undated first, then by nearness; within a day the most money first."""
    return (
        waiting_for(role, today)
        .select_related("assignee")
        .annotate(nearness=_nearness(today))
        .order_by("nearness", "due_on", F("amount_at_stake").desc(nulls_last=True), "pk")
    )


def work_totals(role: Role, today: date) -> WorkTotals:
    near = waiting_for(role, today).annotate(nearness=_nearness(today))
    rows = near.values_list("nearness").annotate(Count("pk"), Sum("amount_at_stake"))
    by_group = {nearness: (number, amount or ZERO) for nearness, number, amount in rows}
    return WorkTotals(
        number=sum(number for number, _ in by_group.values()),
        amount=sum((amount for _, amount in by_group.values()), ZERO),
        due_today=by_group.get(1, (0, ZERO))[0],
        by_group=by_group,
    )


def grouped(items: Iterable[WorkItem], totals: WorkTotals, today: date) -> list[Group]:
    """A page of `open_work` with headings and subjects, in a constant number of queries."""
    groups = []
    tasks = as_tasks(items, today)
    for nearness, members in groupby(tasks, key=lambda task: task.item.nearness):  # type: ignore[attr-defined]  # annotated
        number, amount = totals.by_group[nearness]
        groups.append(Group(HEADINGS[nearness], number, amount, tuple(members)))
    return groups


def as_tasks(items: Iterable[WorkItem], today: date) -> list[Task]:
    """Items with what they are about, in their order, in a constant number of queries."""
    page = list(items)
    subjects = _subjects([item.pk for item in page])
    return [Task(item, subjects.get(item.pk, Subject()), item.due_on is None or item.due_on > today) for item in page]


def workload() -> list[tuple[str, int, Decimal]]:
    """Who does what: each role's open items and the money at stake."""
    rows = (
        WorkItem.objects.filter(state=WorkItem.State.OPEN)
        .values_list("owner_role")
        .annotate(Count("pk"), Sum("amount_at_stake"))
    )
    found = {role: (number, amount or ZERO) for role, number, amount in rows}
    return [(role.label, *found.get(role.value, (0, ZERO))) for role in Role]


def _subjects(keys: list[int]) -> dict[int, Subject]:
    return {key: subject for find in _FINDERS for key, subject in find(keys)}


def _of_claim(mark: str, claim: Claim, detail: str) -> Subject:
    return Subject(
        mark, claim.patient.full_name, claim.control_number, claim.public_id, detail, claim.patient.public_id
    )


def _of_patient(mark: str, patient: Patient, detail: str) -> Subject:
    return Subject(mark=mark, patient=patient.full_name, detail=detail, patient_id=patient.public_id)


def _claims(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for claim in Claim.objects.filter(work_item__in=keys).select_related("patient", "payer"):
        mark = "Rejected" if claim.status == "rejected" else "Scrub" if claim.status == "exception" else "Claim"
        yield claim.work_item_id or 0, _of_claim(mark, claim, claim.payer.name)


def _denials(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for denial in Denial.objects.filter(work_item__in=keys).select_related("claim__patient", "payer"):
        yield denial.work_item_id or 0, _of_claim(f"{denial.group}-{denial.carc}", denial.claim, denial.payer.name)


def _checks(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    checks = EligibilityCheck.objects.filter(work_item__in=keys)
    for check in checks.select_related("coverage__patient", "coverage__payer"):
        yield check.work_item_id or 0, _of_patient("Visit", check.coverage.patient, check.coverage.payer.name)


def _balances(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for balance in Balance.objects.filter(work_item__in=keys).select_related("claim__patient", "patient"):
        subject = (
            _of_claim("Balance", balance.claim, "") if balance.claim else _of_patient("Balance", balance.patient, "")
        )
        yield balance.work_item_id or 0, subject


def _messages(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for message in Message.objects.filter(work_item__in=keys).select_related("balance__patient"):
        mark = "Letter" if message.channel == Message.Channel.PAPER else "Message"
        yield message.work_item_id or 0, _of_patient(mark, message.balance.patient, "")


def _inbound(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for message in InboundMessage.objects.filter(work_item__in=keys, patient__isnull=False).select_related("patient"):
        if message.patient:
            yield message.work_item_id or 0, _of_patient("Message", message.patient, message.get_meaning_display())


def _money_reviews(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    found = MoneyReview.objects.filter(Q(work_item__in=keys) | Q(alert_item__in=keys))
    for review in found.select_related("claim__patient", "claim__payer"):
        subject = _of_claim("Claim", review.claim, review.claim.payer.name)
        yield from ((key, subject) for key in (review.work_item_id, review.alert_item_id) if key)


def _visits(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for conflict in VisitConflict.objects.filter(work_item__in=keys).select_related("encounter__patient"):
        yield conflict.work_item_id, _of_patient("Visit", conflict.encounter.patient, "")


def _emergencies(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for access in EmergencyAccess.objects.filter(work_item__in=keys).select_related("patient", "user"):
        yield access.work_item_id, _of_patient("Access", access.patient, access.user.display_name)


def _remittances(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for row in RemittanceException.objects.filter(work_item__in=keys).select_related("payment"):
        payment = row.payment
        yield (
            row.work_item_id or 0,
            Subject("ERA", detail=f"{readable_name(payment.payer_name)}, {payment.trace_number}" if payment else ""),
        )


def _underpayments(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for row in Underpayment.objects.filter(work_item__in=keys).select_related("claim__patient", "claim__payer"):
        yield row.work_item_id or 0, _of_claim("Contract", row.claim, row.claim.payer.name)


def _batches(keys: list[int]) -> Iterator[tuple[int, Subject]]:
    for batch in Batch.objects.filter(work_item__in=keys):
        yield batch.work_item_id or 0, Subject("Batch", detail=f"Batch {batch.reference}, {batch.claim_count} claims")


_FINDERS = (
    _claims,
    _denials,
    _checks,
    _balances,
    _messages,
    _inbound,
    _money_reviews,
    _visits,
    _emergencies,
    _remittances,
    _underpayments,
    _batches,
)
