"""The list of all claims, and that list as a file."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.views.decorators.http import require_safe

from apps.claims.forms.claims import ClaimFilterForm
from apps.claims.selectors import claim_list
from apps.claims.selectors.exception_queue import patients_of
from apps.claims.states import ClaimStatus
from apps.claims.views.frame import PAGE_SIZE, tabs
from apps.core.chips import Chip
from apps.core.counted_pages import KeyedPaginator
from apps.core.htmx import render_page
from apps.core.status_words import status_of
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.worklist.file_views import Column, ListFile, list_file
from apps.worklist.list_views import first_view, list_tools
from apps.worklist.lists import ListOfWork


def _form(query: QueryDict) -> ClaimFilterForm:
    """Without the claim's number, which is searched for."""
    form = ClaimFilterForm(query)
    del form.fields["number"]
    return form


CLAIMS = ListOfWork(
    key="claims",
    url_name="claims:list",
    permission=Permission.VIEW_CLAIMS,
    home=("sort", claim_list.NEWEST_FIRST),
    form=_form,
    sorts=claim_list.SORTS,
    columns={"patient": "Patient", "payer": "Payer", "provider": "Provider", "visit": "Visit", "state": "State"},
    choices={"status": list(ClaimStatus)},
)
FILE = ListFile(
    CLAIMS,
    "claims",
    "claim",
    (
        Column("Claim", lambda claim: claim.control_number),
        Column("Patient", lambda claim: claim.patient.full_name, "patient"),
        Column("Payer", lambda claim: claim.payer.name, "payer"),
        Column("Provider", lambda claim: str(claim.provider), "provider"),
        Column("Visit", lambda claim: claim.service_date, "visit"),
        Column("State", lambda claim: status_of(claim.status).word, "state"),
        Column("Charged", lambda claim: claim.total),
    ),
)


@require_safe
@require(Permission.VIEW_CLAIMS)
def claims(request: HttpRequest) -> HttpResponse:
    if first := first_view(request, CLAIMS):
        return first
    tools = list_tools(request, CLAIMS)
    form = ClaimFilterForm(request.GET)
    chosen = form.chosen()
    counts = claim_list.status_counts(chosen)
    number, amount = claim_list.totals(counts, chosen.get("status", ""))
    rows = claim_list.in_order(claim_list.filtered(chosen), request.GET.get("sort", ""))
    page = KeyedPaginator(rows, PAGE_SIZE, count=number).get_page(request.GET.get("page"))
    audit_read(request, "claim", patients=[claim.patient.public_id for claim in page], action="list")
    context = {
        "form": form,
        "tools": tools,
        "shown": tools.shown,
        "page": page,
        "number": number,
        "amount": amount,
        "filtered": bool(chosen),
        "chips": [
            Chip(count.status, status_of(count.status).word, count.number, status_of(count.status).shape)
            for count in counts
        ],
        **tabs("list"),
    }
    return render_page(request, "claims/list.html", context, fragment="table")


@require_safe
@require(Permission.VIEW_CLAIMS)
def export(request: HttpRequest) -> HttpResponseBase:
    """All that the filter shows, in the order in which it shows it."""
    found = claim_list.filtered(ClaimFilterForm(request.GET).chosen())
    rows = claim_list.in_order(found, request.GET.get("sort", ""))
    return list_file(
        request,
        FILE,
        rows.iterator(chunk_size=1000),
        number=found.count,
        patients=lambda: patients_of(found),
    )
