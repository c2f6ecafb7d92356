"""Once a day each person who wants that is told by mail how much work is due: figures and a link, of no patient and no task."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count, Q
from django.template.loader import render_to_string
from django.urls import reverse

from apps.audit.trail import record
from apps.core.clock import practice_date
from apps.core.jobs import nudge
from apps.core.mails import hand_over
from apps.core.models import User
from apps.practice.access import role_of
from apps.practice.models import Practice
from apps.practice.roles import Role
from apps.worklist.models import DueAlert, WorkItem
from apps.worklist.open_pages import on_open_pages
from apps.worklist.snoozing import awake

STEP = "send_due_alert"


@dataclass(frozen=True, slots=True)
class DueWork:
    """How many open items that are not put off are due: given to the person, and of the person's role with nobody in person.
    As in the worklist, only those whose page the role may open: who changed roles may have kept others.
    """

    own_past: int
    own_today: int
    free_past: int
    free_today: int

    @property
    def own(self) -> int:
        return self.own_past + self.own_today

    @property
    def free(self) -> int:
        return self.free_past + self.free_today


def due_work(user: User, role: Role | None, *, today: date) -> DueWork:
    own = Q(assignee=user)
    free = Q(assignee=None, owner_role=role.value if role else "")
    due = WorkItem.objects.filter(
        on_open_pages(role), awake(today), own | free, state=WorkItem.State.OPEN, due_on__lte=today
    )
    past, now = Q(due_on__lt=today), Q(due_on=today)
    found = due.aggregate(
        own_past=Count("pk", filter=own & past),
        own_today=Count("pk", filter=own & now),
        free_past=Count("pk", filter=free & past),
        free_today=Count("pk", filter=free & now),
    )
    return DueWork(**found)


@transaction.atomic
def switch_due_alert(*, is_on: bool, acting_user: User, now: datetime) -> None:
    """Of the person who asks, and nobody else's. What is on its way leaves."""
    DueAlert.objects.update_or_create(user=acting_user, defaults={"is_on": is_on})
    record("switch_due_alert", acting_user=acting_user, now=now, subject_kind="user", is_on=is_on)


@transaction.atomic
def plan_due_alerts(*, now: datetime) -> int:
    """Put today's mail in line for each who wants one, has a role and has work due; how many. A second call of a day plans none."""
    today = practice_date(now)
    wanted = DueAlert.objects.filter(is_on=True, user__is_active=True).exclude(day=today)
    planned = 0
    for alert in wanted.select_for_update(of=["self"]).select_related("user"):
        role = role_of(alert.user)
        due = due_work(alert.user, role, today=today)
        if role is None or not due.own + due.free:
            continue
        alert.day, alert.state = today, DueAlert.State.WAITING
        alert.save(update_fields=["day", "state"])
        nudge(STEP, alert.public_id)
        planned += 1
    return planned


def send_due_alert(*, alert_id: str, now: datetime) -> bool:
    """Whether a mail left. The row says that it is being sent before it is: whoever is killed in between leaves a mail that may have
    left, and no second one is sent that day; so does a connection that breaks meanwhile, by LostInSendingError. A mail server that is
    away leaves it waiting, for the sweep, and its exception is raised.
    """
    today = practice_date(now)
    with transaction.atomic():
        alert = DueAlert.objects.select_for_update(of=["self"]).select_related("user").get(public_id=alert_id)
        if alert.state != DueAlert.State.WAITING:
            return False
        due = due_work(alert.user, role_of(alert.user), today=today)
        is_late = alert.day != today or not alert.is_on or not alert.user.is_active or not due.own + due.free
        _move(alert, DueAlert.State.NOT_NEEDED if is_late else DueAlert.State.SENDING)
    if is_late:
        return False
    try:
        is_taken = hand_over(_mail(alert.user, due))
    except OSError:
        _move(alert, DueAlert.State.WAITING)
        raise
    _move(alert, DueAlert.State.SENT if is_taken else DueAlert.State.REFUSED)
    return is_taken


def _move(alert: DueAlert, state: DueAlert.State) -> None:
    DueAlert.objects.filter(pk=alert.pk).update(state=state)


def _mail(user: User, due: DueWork) -> EmailMessage:
    practice = Practice.objects.values_list("name", flat=True).first() or "the practice"
    view = "mine" if due.own else "unassigned"
    words = {"due": due, "link": f"{settings.PUBLIC_URL}{reverse('workspace:worklist')}?view={view}"}
    return EmailMessage(
        subject=f"Work is due at {practice}",
        body=render_to_string("worklist/due_mail.txt", words),
        to=[user.email],
    )
