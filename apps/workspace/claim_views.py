"""The claim's page, which composes several rooms, and what its files say of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.claims.selectors.corrections import corrections_view
from apps.connectors.payloads import opened
from apps.core.htmx import render_page
from apps.core.plain_codes import whole_number
from apps.denials.models import Denial
from apps.intake.views.records import require_record
from apps.practice.access import emergency_of, may_read, request_role
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission, may
from apps.remittances.selectors.by_hand import answers_of
from apps.worklist.forms import NoteForm
from apps.workspace.claim_records import claim_or_404, of_claim
from apps.workspace.documents.reading import documents_of, removed_of
from apps.workspace.rules.excerpt import excerpt
from apps.workspace.rules.next_step import NextStep
from apps.workspace.selectors import claim_page, timeline
from apps.workspace.selectors.notes import notes_of_claim
from apps.x12.explain import explain


@require_safe
@require_record(Permission.VIEW_CLAIMS, of_claim)
def claim(request: HttpRequest, public_id: str) -> HttpResponse:
    found = claim_or_404(public_id)
    view = claim_page.claim_view(found)
    audit_read(request, "claim", found.public_id, patients=[found.patient.public_id])
    context = {
        "view": view,
        "claim": found,
        "step": view.step,
        # The next step is somebody's work, and an emergency opens none.
        "step_href": "" if emergency_of(request) else _step_href(view.step, view),
        "beads": timeline.beads(found, view.step),
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
        "notes": notes_of_claim(
            found,
            with_denials=may_read(request, Permission.VIEW_DENIALS),
            with_balances=may_read(request, Permission.VIEW_BALANCES),
            with_remittances=may(request_role(request), Permission.VIEW_REMITTANCES),
            is_all=request.GET.get("notes") == "all",
        ),
        "note_form": NoteForm(auto_id="note_%s") if may(request_role(request), Permission.EDIT_CLAIMS) else None,
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
        meant=whole_number(meant),
    )
    audit_read(request, "claim_file", file.public_id, patients=[found.patient.public_id])
    context = {"claim": found, "file": file, "segments": segments, "meant": meant}
    return render_page(request, "workspace/claim_file.html", context, fragment="segments")
