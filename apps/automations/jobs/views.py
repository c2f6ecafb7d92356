"""The job list: long work that people started, watched while it runs and found again after."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.automations.jobs.reading import State, job_rows, jobs_for
from apps.core.chips import Chip
from apps.core.htmx import render_page, wants_fragment
from apps.core.shown import counted
from apps.practice.access import request_role, require_role, signed_in_user
from apps.practice.roles import Permission, may

PAGE = 50
# How many jobs ran when the page asked last.
RAN = "X-Jobs-Running"
_CHIPS = [
    Chip(State.RUNNING, "At work", shape="active"),
    Chip(State.FAILED, "Failed", shape="problem"),
    Chip(State.DONE, "Done", shape="good"),
]


@require_safe
@require_role
def job_list(request: HttpRequest) -> HttpResponse:
    """`?state=`, `?who=mine`. While something runs the list asks again and says how many ran, so that only a change is told aloud."""
    role = request_role(request)
    sees_all = may(role, Permission.VIEW_AUTOMATIONS)
    mine = not sees_all or request.GET.get("who") == "mine"
    runs = jobs_for(signed_in_user(request), role, mine=mine)
    running = runs.filter(state=State.RUNNING).count()
    state = request.GET.get("state", "")
    shown = runs.filter(state=state) if state in State.values else runs
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": job_rows(page, role),
        "running": running,
        "told": _told(running) if wants_fragment(request) and request.headers.get(RAN) != str(running) else "",
        "chips": _CHIPS,
        "who_chips": [Chip("mine", "Started by me")],
        "filtered": state in State.values or (sees_all and mine),
        "sees_all": sees_all,
    }
    return render_page(request, "automations/jobs.html", context, fragment="jobs")


def _told(running: int) -> str:
    return f"{counted(running, 'job')} at work." if running else "Every job has ended."
