from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe
from django_celery_beat.models import PeriodicTask

from apps.audit.trail import record
from apps.automations import timetable
from apps.automations.forms import LiveSinceForm, TimesForm
from apps.automations.outcomes import outcome_words
from apps.automations.schedule import BY_NAME, Periodic
from apps.automations.selectors import (
    automation_rows,
    next_row,
    record_of,
    runs_of,
    times_of,
    upcoming_of,
)
from apps.automations.tasks import RUN_AUTOMATION
from apps.automations.timetable import crontab_of
from apps.automations.wording import in_words
from apps.core import clock
from apps.core.due_times import next_moments
from apps.core.htmx import render_page, wants_fragment
from apps.core.jobs import nudge
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.roles import Permission, may
from apps.practice.services import invitations

RUNS_A_PAGE = 50
UPCOMING = 3


def _periodic(name: str) -> Periodic:
    if name not in BY_NAME:
        raise Http404("There is no automation of that name.")
    return BY_NAME[name]


def _allowed(request: HttpRequest) -> dict[str, bool]:
    role = request_role(request)
    return {"may_run": may(role, Permission.RUN_AUTOMATIONS), "may_configure": may(role, Permission.CONFIGURE)}


@require_safe
@require(Permission.VIEW_AUTOMATIONS)
def automation_list(request: HttpRequest) -> HttpResponse:
    rows = automation_rows(now=clock.now())
    context = {
        **_allowed(request),
        "rows": rows,
        "on": sum(row.enabled for row in rows),
        "failed": sum(row.condition == "failed" for row in rows),
        "late": sum(row.condition == "late" for row in rows),
        "upcoming": next_row(rows),
    }
    return render_page(request, "automations/list.html", context, fragment="table")


@require_safe
@require(Permission.VIEW_AUTOMATIONS)
def automation_detail(request: HttpRequest, name: str) -> HttpResponse:
    """Its page; htmx asks for the runs of another page, or with `when` for what these words would mean."""
    _periodic(name)
    if "when" in request.GET and wants_fragment(request):
        return _preview(request, name)
    return _detail(request, name)


def _detail(
    request: HttpRequest, name: str, *, times: TimesForm | None = None, live_since: LiveSinceForm | None = None
) -> HttpResponse:
    now = clock.now()
    row = next(each for each in automation_rows(now=now) if each.periodic.name == name)
    page = Paginator(runs_of(name), RUNS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **_allowed(request),
        "row": row,
        "record": record_of(name, now=now),
        "upcoming": upcoming_of(name, UPCOMING, now=now) if row.enabled else [],
        "page": page,
        "runs": [(run, outcome_words(run)) for run in page],
        "form": times or TimesForm(initial={"when": times_of(name)}),
        "live_form": live_since
        or LiveSinceForm(initial={"live_since": row.live_since}, today=clock.practice_date(now)),
    }
    return render_page(request, "automations/detail.html", context, "runs", status=422 if times or live_since else 200)


def _preview(request: HttpRequest, name: str) -> HttpResponse:
    form = TimesForm(request.GET)
    if not form.is_valid():
        return render_page(request, "automations/detail.html", {"form": form}, fragment="preview")
    upcoming = next_moments(PeriodicTask(name=name, crontab=crontab_of(form.times)), UPCOMING, now=clock.now())
    context = {"form": form, "words": in_words(crontab_of(form.times)), "upcoming": upcoming}
    return render_page(request, "automations/detail.html", context, fragment="preview")


@require_POST
@require(Permission.CONFIGURE)
def move(request: HttpRequest, name: str) -> HttpResponse:
    periodic, form = _periodic(name), TimesForm(request.POST)
    if not form.is_valid():
        return _detail(request, name, times=form)
    timetable.move(periodic, form.times, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, f"{periodic.title} now runs {times_of(name)}.")
    return redirect("automations:detail", name)


@require_POST
@require(Permission.CONFIGURE)
def set_live_since(request: HttpRequest, name: str) -> HttpResponse:
    periodic, now = _periodic(name), clock.now()
    form = LiveSinceForm(request.POST, today=clock.practice_date(now))
    if not form.is_valid():
        return _detail(request, name, live_since=form)
    timetable.set_live_since(periodic, form.cleaned_data["live_since"], acting_user=signed_in_user(request), now=now)
    messages.success(request, f"{periodic.title}: the go-live date is saved.")
    return redirect("automations:detail", name)


@require_POST
@require(Permission.RUN_AUTOMATIONS)
def run_now(request: HttpRequest, name: str) -> HttpResponse:
    periodic = _periodic(name)
    user = signed_in_user(request)
    record("run now", acting_user=user, now=clock.now(), subject_kind="automation", subject_public_id=name)
    nudge(RUN_AUTOMATION, name, user.public_id)
    messages.success(request, f"{periodic.title} was started. Its run appears in the history and under Jobs.")
    return redirect("automations:list")


@require_POST
@require(Permission.CONFIGURE)
def switch(request: HttpRequest, name: str) -> HttpResponse:
    periodic = _periodic(name)
    enabled = request.POST.get("enabled") == "yes"
    timetable.switch(periodic, enabled=enabled, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, f"{periodic.title} is {'on' if enabled else 'off'}.")
    return redirect("automations:list")


@require_safe
@require(Permission.VIEW_AUTOMATIONS)
def failed_step(request: HttpRequest, name: str) -> HttpResponse:
    """Where a failed step's worklist item leads: where a person can do something about it, the automation that runs it, else the list."""
    step = name.partition(".")[0]
    if step == "check_eligibility" and may(request_role(request), Permission.CONFIGURE):
        return redirect("settings:connections")
    if step == invitations.STEP:
        return redirect("settings:people")
    found = next((periodic.name for periodic in BY_NAME.values() if periodic.step == step), None)
    return redirect("automations:detail", found) if found else redirect("automations:list")
