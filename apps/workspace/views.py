"""Today, the claim page, the patient page, search: pages that compose several rooms."""

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.claims.selectors.corrections import corrections_view
from apps.claims.states import ClaimStatus
from apps.connectors.payloads import opened
from apps.core import clock
from apps.core.htmx import render_page
from apps.denials.models import Denial
from apps.intake import services as intake
from apps.intake.models import Patient, RefusedCharges
from apps.intake.selectors.alike import patients_alike
from apps.intake.selectors.disputes import latest_dispute
from apps.intake.views.records import require_record
from apps.practice.access import emergency_of, may_read, request_role, require, require_role, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, Role, closed_of_records, may
from apps.remittances.selectors.by_hand import answers_of
from apps.worklist import services as worklist
from apps.worklist.models import WorkItem
from apps.workspace.claim_records import claim_or_404, of_claim
from apps.workspace.context import THEMES
from apps.workspace.documents.reading import documents_of, removed_of
from apps.workspace.forms import HospiceForm
from apps.workspace.rules.excerpt import excerpt
from apps.workspace.rules.next_step import NextStep, next_step
from apps.workspace.selectors import claim_page, nights, patient_page, pipeline, reveals, timeline, work
from apps.workspace.selectors.frame import waiting_for
from apps.workspace.selectors.search import search as find
from apps.x12.explain import explain

YEAR = 365 * 24 * 60 * 60
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


@require_safe
@require_record(Permission.VIEW_CLAIMS, of_claim)
def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    found = claim_or_404(public_id)
    view = claim_page.claim_view(found)
    step = next_step(ClaimStatus(found.status))
    audit_read(request, "claim", found.public_id, patients=[found.patient.public_id])
    context = {
        "view": view,
        "claim": found,
        "step": step,
        # The next step is somebody's work, and an emergency opens none.
        "step_href": "" if emergency_of(request) else _step_href(step, view),
        "beads": timeline.beads(found),
        "corrections": corrections_view(found),
        "may_decide": may(request_role(request), Permission.SUBMIT_CLAIMS),
        "may_open_denials": may_read(request, Permission.VIEW_DENIALS),
        "may_open_balances": may_read(request, Permission.VIEW_BALANCES),
        "answers": answers_of(found) if may(request_role(request), Permission.VIEW_REMITTANCES) else (),
        "may_reverse": may(request_role(request), Permission.WORK_REMITTANCES),
        "documents": documents_of(
            found,
            with_letters=may_read(request, Permission.VIEW_DENIALS),
            may_print=may(request_role(request), Permission.VIEW_DENIALS),
        ),
        "removed_documents": removed_of(found),
        "may_keep_documents": may(request_role(request), Permission.EDIT_CLAIMS),
    }
    return render_page(request, "workspace/claim.html", context)


def _step_href(step: NextStep | None, view: claim_page.ClaimView) -> str:
    """Where the next step is done; empty when nothing is to be done or its row is not there yet."""
    if step is None or not step.page:
        return ""
    if step.page == "exception":
        return reverse("claims:exception", args=[view.claim.public_id])
    if step.page == "balance":
        return reverse("balances:detail", args=[view.balance.public_id]) if view.balance else ""
    open_denials = [denial for denial in view.denials if denial.state in {Denial.State.OPEN, Denial.State.APPEALED}]
    return reverse("denials:card", args=[open_denials[0].public_id]) if open_denials else ""


@require_safe
@require_record(Permission.VIEW_CLAIMS, of_claim)
def claim_file(request: HttpRequest, public_id: str, file_id: str) -> HttpResponse:
    """The segments of one of the claim's files that speak of this claim, with names. Folded in the page, or a page of its own."""
    found = claim_or_404(public_id)
    file = timeline.file_of(found, file_id)
    if file is None:
        raise Http404
    meant = request.GET.get("segment", "")
    segments = excerpt(
        explain(opened(file)),
        kind=file.kind,
        control_number=found.control_number,
        meant=int(meant) if meant.isdecimal() else None,
    )
    audit_read(request, "claim_file", file.public_id, patients=[found.patient.public_id])
    context = {"claim": found, "file": file, "segments": segments, "meant": meant}
    return render_page(request, "workspace/claim_file.html", context, fragment="segments")


def _itself(public_id: str) -> QuerySet[Patient]:
    return Patient.objects.filter(public_id=public_id)


@require_safe
@require_record(Permission.VIEW_ELIGIBILITY, _itself)
def patient(request: HttpRequest, public_id: str) -> HttpResponse:
    now = clock.now()
    found = patient_page.find_patient(public_id)
    if found is None:
        raise Http404
    audit_read(request, "patient", found.public_id, patients=[found.public_id])
    role = request_role(request)
    dispute, dispute_waits = latest_dispute(found.pk)
    context = {
        "view": patient_page.patient_view(
            found,
            now,
            with_claims=may_read(request, Permission.VIEW_CLAIMS),
            with_account=may_read(request, Permission.VIEW_BALANCES),
        ),
        "patient": found,
        "alike": patients_alike(found),
        "may_settle_alike": may(role, Permission.ENTER_CHARGES),
        "dispute": dispute,
        "dispute_waits": dispute_waits,
        "may_keep_entered": may(role, Permission.WORK_ELIGIBILITY),
        "hospice_form": HospiceForm() if may(role, Permission.WORK_ELIGIBILITY) else None,
        "may_audit": may(role, Permission.VIEW_AUDIT),
        "may_break_glass": bool(closed_of_records(role)) and emergency_of(request) is None,
    }
    return render_page(request, "workspace/patient.html", context)


@require_POST
@require(Permission.ENTER_CHARGES)
def settle_alike(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(_itself(public_id).only("pk"))
    try:
        intake.settle_alike(
            patient_id=public_id,
            outcome=request.POST.get("outcome", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except intake.AlikeError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "Noted. This patient stays as it is here.")
    return redirect("workspace:patient", public_id)


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def record_hospice(request: HttpRequest, public_id: str) -> HttpResponse:
    """What cannot be taken is said on the patient's page, which is shown again either way."""
    get_object_or_404(_itself(public_id).only("pk"))
    form = HospiceForm(request.POST)
    if not form.is_valid():
        problems = [f"{form.fields[name].label}: {said[0]}" for name, said in form.errors.items()]
        messages.error(request, " ".join(problems))
        return redirect("workspace:patient", public_id)
    try:
        intake.record_hospice_election(
            patient_id=public_id, acting_user=signed_in_user(request), now=clock.now(), **form.cleaned_data
        )
    except intake.HospiceDatesError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, "The hospice election is kept. Claims that are scrubbed from now on know it.")
    return redirect("workspace:patient", public_id)


@require_safe
@require(Permission.VIEW_CLAIMS)
def refused_charges(request: HttpRequest, public_id: str) -> HttpResponse:
    """A charge file with its refused lines, or a visit that could not come in: neither shows a patient."""
    rows = RefusedCharges.objects.select_related("connection", "transmission__charge_file", "work_item")
    found = get_object_or_404(rows.defer("transmission__payload"), public_id=public_id)
    audit_read(request, "refused_charges", found.public_id, patients=[])
    file = getattr(found.transmission, "charge_file", None)
    context = {
        "found": found,
        "file": file,
        "page": Paginator(file.problems if file else [], PAGE_SIZE).get_page(request.GET.get("page")),
        "may_decide": may(request_role(request), Permission.SUBMIT_CLAIMS)
        and found.work_item.state == WorkItem.State.OPEN,
    }
    return render_page(request, "workspace/refused_charges.html", context)


@require_POST
@require(Permission.SUBMIT_CLAIMS)
def set_refused_aside(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(RefusedCharges, public_id=public_id)
    try:
        intake.set_refused_aside(
            refused_id=public_id,
            outcome=request.POST.get("outcome", ""),
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
        messages.success(request, "Noted.")
    except intake.RefusedNotOpenError as refusal:
        messages.error(request, str(refusal))
    return redirect("workspace:refused_charges", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@require_role
def search(request: HttpRequest) -> HttpResponse:
    """Searches come by POST: a patient's name has no place in an address or a server's log."""
    role = request_role(request)
    assert role is not None  # noqa: S101  the guard let a role through
    words = request.POST.get("q", "")[:80].strip()
    found = find(words, role)
    seen = [*(row.public_id for row in found.patients), *(row.patient.public_id for row in found.claims)]
    audit_read(request, "search", patients=seen, action="list")
    if found.number == 1 and found.claims:
        return redirect("workspace:claim", found.claims[0].public_id)
    return render_page(request, "workspace/search.html", {"words": words, "found": found})


@require_POST
@require(Permission.REVEAL_IDENTITY)
def reveal(request: HttpRequest, kind: str, of: str) -> HttpResponse:
    """A number, or segments, that pages mask, seen whole; by POST, so that no link, robot or prefetch ever looks."""
    if kind not in reveals.KINDS:
        raise Http404
    if not may(request_role(request), reveals.KINDS[kind][0]):
        raise PermissionDenied
    found = reveals.find(kind, of)
    if found is None:
        raise Http404
    audit_read(request, kind, of[:40], patients=found.patients, action="reveal")
    return render_page(request, "workspace/reveal.html", {"found": found}, fragment="whole")


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


@require_POST
@require_role
def stay(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  Django passes it
    """Whoever reads a long page is at work too: any request keeps the session, and this one does nothing else."""
    return HttpResponse(status=204)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Remember light or dark without script, then go back to where the person was."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=False
        )
    return response
