"""Today: what waits, the pipeline and the night, and what is put off or taken from there."""

from datetime import date, datetime, time, timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import request_role, require_role, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, Role, may
from apps.worklist import services as worklist
from apps.worklist.models import WorkItem
from apps.workspace.selectors import nights, pipeline, work
from apps.workspace.selectors.frame import waiting_for
from apps.workspace.setup.steps import Way, has_begun

PAGE_SIZE = 50


def _yesterday_at(now: datetime, hour: int) -> datetime:
    day = clock.practice_date(now) - timedelta(days=1)
    return datetime.combine(day, time(hour), clock.practice_zone())


@require_safe
@require_role
def today(request: HttpRequest) -> HttpResponse:
    now = clock.now()
    role, day = request_role(request), clock.practice_date(now)
    assert role is not None  # noqa: S101  the guard let a role through
    totals = work.work_totals(role, day)
    page = Paginator(work.open_work(role, day), PAGE_SIZE).get_page(request.GET.get("page"))
    groups = work.grouped(page.object_list, totals, day)
    tasks = [task for group in groups for task in group.tasks]
    audit_read(
        request, "today", patients=(task.subject.patient_id for task in tasks if task.subject.patient_id), action="list"
    )
    since, evening = _yesterday_at(now, 7), _yesterday_at(now, 18)
    context = {
        "day": day,
        "since": since,
        "totals": totals,
        "page": page,
        "groups": groups,
        "first": tasks[0] if tasks else None,
        "way": Way.of(day) if may(role, Permission.CONFIGURE) and not has_begun() else None,
        "due": worklist.due_work(signed_in_user(request), role, today=day),
        "stages": [_linked(stage, role) for stage in pipeline.stages(since=since, today=day)],
        "evening": evening,
        "night": [_linked_line(line, role) for line in nights.last_night(evening, now)],
        "runs_href": reverse("automations:list") if may(role, Permission.VIEW_AUTOMATIONS) else "",
        "workload": work.workload() if role in {Role.ADMINISTRATOR, Role.BILLER} else [],
        "may_open_claims": may(role, Permission.VIEW_CLAIMS),
    }
    return render_page(request, "workspace/today.html", context)


def _linked(stage: pipeline.Stage, role: Role) -> dict[str, object]:
    """A stage as the page shows it: with a link where the role may follow it."""
    return {
        "title": stage.title,
        "shape": stage.shape,
        "stuck": stage.stuck,
        "stuck_words": stage.stuck_words,
        "flow": stage.flow,
        "measure": stage.measure,
        "measure_value": stage.measure_value,
        "href": f"{reverse(stage.url_name)}{stage.query and f'?{stage.query}'}" if may(role, stage.permission) else "",
    }


def _linked_line(line: nights.Line, role: Role) -> dict[str, object]:
    return {
        "title": line.title,
        "at": line.at,
        "detail": line.detail,
        "state": line.state,
        "href": reverse(line.url_name) if may(role, line.permission) else "",
    }


def _my_item(request: HttpRequest, public_id: str, day: date) -> WorkItem:
    role = request_role(request)
    assert role is not None  # noqa: S101  the guard let a role through
    return get_object_or_404(waiting_for(role, day), public_id=public_id)


@require_POST
@require_role
def snooze(request: HttpRequest, public_id: str) -> HttpResponse:
    """Out of sight until tomorrow; what is due before then cannot wait."""
    now = clock.now()
    day = clock.practice_date(now)
    item = _my_item(request, public_id, day)
    try:
        worklist.snooze(
            item=item, until=day + timedelta(days=1), today=day, acting_user=signed_in_user(request), now=now
        )
    except worklist.SnoozeError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It comes back tomorrow.")
    return redirect("workspace:today")


@require_POST
@require_role
def take(request: HttpRequest, public_id: str) -> HttpResponse:
    now, person = clock.now(), signed_in_user(request)
    item = _my_item(request, public_id, clock.practice_date(now))
    worklist.assign(items=[item], assignee=person, acting_user=person, now=now)
    messages.success(request, "It is yours.")
    return redirect("workspace:today")
