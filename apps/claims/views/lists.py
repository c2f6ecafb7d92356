"""The list of all claims."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.claims.forms import ClaimFilterForm
from apps.claims.selectors import claim_list
from apps.claims.views.frame import PAGE_SIZE, tabs
from apps.core.chips import Chip
from apps.core.counted_pages import KeyedPaginator
from apps.core.htmx import render_page
from apps.core.status_words import status_of
from apps.practice.access import require
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission


@require_safe
@require(Permission.VIEW_CLAIMS)
def claims(request: HttpRequest) -> HttpResponse:
    form = ClaimFilterForm(request.GET)
    chosen = form.chosen()
    counts = claim_list.status_counts(chosen)
    number, amount = claim_list.totals(counts, chosen.get("status", ""))
    rows = claim_list.in_order(claim_list.filtered(chosen), request.GET.get("sort", ""))
    page = KeyedPaginator(rows, PAGE_SIZE, count=number).get_page(request.GET.get("page"))
    audit_read(request, "claim", patients=[claim.patient.public_id for claim in page], action="list")
    context = {
        "form": form,
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
