"""Settings, Audit: who read and changed what. An administrator's; looking and exporting are in the trail themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from apps.audit.trail import record
from apps.core import clock
from apps.core.csv_answers import csv_answer
from apps.core.htmx import render_page
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.workspace.trail import reading
from apps.workspace.trail.forms import TrailForm
from apps.workspace.trail.reading import Asked, Place, Row
from apps.workspace.trail.wording import sentence

PAGE = 50
KIND = "audit_trail"
HEADING = ("When", "Who", "Email", "Action", "Kind", "ID", "Patients", "Address", "Details")


@require_safe
@require(Permission.VIEW_AUDIT)
def trail(request: HttpRequest) -> HttpResponse:
    form = TrailForm(request.GET)
    asked = form.asked() if form.is_valid() else None
    found = (
        reading.page(asked, Place.parse(request.GET.get("after", "")), size=PAGE) if asked else reading.Page([], None)
    )
    patients = reading.patients_of(found.rows, asked or Asked())
    audit_read(request, KIND, patients=patients, action="list")
    names = patients | reading.users_of(found.rows)
    query = _query(asked) if asked else {}
    context = {
        "form": form,
        "rows": [_row(row, names) for row in found.rows],
        "filtered": bool(query),
        "about": [names.get(each, each) for each in (asked.patient, asked.subject) if each] if asked else [],
        "older": f"?{urlencode(query | {'after': str(found.older)})}" if found.older else "",
        "newest": f"?{urlencode(query)}" if "after" in request.GET else "",
        "export": f"{reverse('settings:export_trail')}?{urlencode(query)}",
        "tab": "audit",
    }
    return render_page(request, "workspace/trail.html", context, fragment="table", status=200 if asked else 422)


def _query(asked: Asked) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(asked).items() if value}


def _row(row: Row, names: dict[str, str]) -> dict[str, object]:
    event = row.event
    return {
        "event": event,
        "sentence": sentence(event.action, event.subject_kind),
        "subject": names.get(event.subject_public_id) or event.subject_public_id.replace("_", " "),
        "patient": row.patient,
        "patient_name": names.get(row.patient, ""),
        "patients": row.patients,
        "details": [(name.replace("_", " "), value) for name, value in event.detail.items() if value not in ("", None)],
    }


@require_safe
@require(Permission.VIEW_AUDIT)
def export(request: HttpRequest) -> HttpResponseBase:
    """Of what the page shows, all; a filter that is not understood exports nothing."""
    form = TrailForm(request.GET)
    if not form.is_valid():
        return HttpResponse(
            "This filter is not understood. Go back and choose again.", status=422, content_type="text/plain"
        )
    asked, now = form.asked(), clock.now()
    record(
        "export",
        acting_user=signed_in_user(request),
        now=now,
        subject_kind=KIND,
        address=request.META.get("REMOTE_ADDR"),
        patients=[asked.patient] if asked.patient else [],
        filter=urlencode(_query(asked)),
    )
    return csv_answer(f"audit-{clock.practice_date(now)}", HEADING, _lines(asked))


def _lines(asked: Asked) -> Iterator[Sequence[object]]:
    zone = clock.practice_zone()
    for event in reading.exported(asked):
        yield (
            event.at.astimezone(zone).isoformat(timespec="seconds"),
            event.actor.display_name if event.actor else "",
            event.actor.email if event.actor else "",
            event.action,
            event.subject_kind,
            event.subject_public_id,
            " ".join(event.patients),
            event.address or "",
            "; ".join(f"{name}={value}" for name, value in event.detail.items()),
        )
