from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.audit.trail import record
from apps.automations import timetable
from apps.automations.forms import TimesForm
from apps.automations.schedule import BY_NAME, Periodic
from apps.automations.selectors import automation_rows, next_row, outcome_words, runs_of, times_of
from apps.automations.tasks import RUN_AUTOMATION
from apps.core import clock
from apps.core.htmx import render_page
from apps.core.jobs import nudge
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.roles import Permission, may

RUNS_A_PAGE = 50


def _periodic(name: str) -> Periodic:
    if name not in BY_NAME:
        raise Http404("There is no automation of that name.")
    return BY_NAME[name]


def _allowed(request: HttpRequest) -> dict[str, bool]:
    role = request_role(request)
    return {"may_run": may(role, Permission.RUN_AUTOMATIONS), "may_configure": may(role, Permission.CONFIGURE)}


@require(Permission.VIEW_AUTOMATIONS)
def automation_list(request: HttpRequest) -> HttpResponse:
    rows = automation_rows(now=clock.now())
    context = {
        **_allowed(request),
        "rows": rows,
        "on": sum(row.enabled for row in rows),
        "failed": sum(row.state == "problem" for row in rows),
        "upcoming": next_row(rows),
    }
    return render_page(request, "automations/list.html", context, fragment="table")


@require(Permission.VIEW_AUTOMATIONS)
def automation_detail(request: HttpRequest, name: str) -> HttpResponse:
    periodic = _periodic(name)
    row = next(each for each in automation_rows(now=clock.now()) if each.periodic is periodic)
    form = TimesForm(request.POST or None, initial=times_of(name))
    if request.method == "POST" and form.is_valid():
        return _move(request, periodic, form)
    page = Paginator(runs_of(name), RUNS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        **_allowed(request),
        "row": row,
        "page": page,
        "runs": [(run, outcome_words(run)) for run in page],
        "form": form,
    }
    return render_page(
        request, "automations/detail.html", context, fragment="runs", status=422 if request.POST else 200
    )


@require(Permission.CONFIGURE)
def _move(request: HttpRequest, periodic: Periodic, form: TimesForm) -> HttpResponse:
    timetable.move(
        periodic,
        minute=form.cleaned_data["minute"],
        hour=form.cleaned_data["hour"],
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    messages.success(request, f"{periodic.title}: the new times are in force.")
    return redirect("automations:detail", periodic.name)


@require_POST
@require(Permission.RUN_AUTOMATIONS)
def run_now(request: HttpRequest, name: str) -> HttpResponse:
    periodic = _periodic(name)
    user = signed_in_user(request)
    record("run now", acting_user=user, now=clock.now(), subject_kind="automation", subject_public_id=name)
    nudge(RUN_AUTOMATION, name, user.public_id)
    messages.success(request, f"{periodic.title} was started. Its run appears in the history.")
    return redirect("automations:list")


@require_POST
@require(Permission.CONFIGURE)
def switch(request: HttpRequest, name: str) -> HttpResponse:
    periodic = _periodic(name)
    enabled = request.POST.get("enabled") == "yes"
    timetable.switch(periodic, enabled=enabled, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, f"{periodic.title} is {'on' if enabled else 'off'}.")
    return redirect("automations:list")


@require(Permission.VIEW_AUTOMATIONS)
def failed_step(_request: HttpRequest, name: str) -> HttpResponse:
    """Where a failed step's worklist item leads: the automation that runs it, else the list."""
    step = name.partition(".")[0]
    found = next((periodic.name for periodic in BY_NAME.values() if periodic.step == step), None)
    return redirect("automations:detail", found) if found else redirect("automations:list")
