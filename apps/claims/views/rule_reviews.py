"""The quarterly look at one rule: its figures since the last one, the denials that it let pass, and a person's word on it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from apps.claims import services
from apps.claims.forms.rules import NoteForm
from apps.claims.models import PayerRule
from apps.claims.selectors.payer_rules import all_rules
from apps.claims.selectors.rule_reviews import review_of
from apps.claims.views.frame import PAGE_SIZE, allowed, tabs
from apps.core import clock
from apps.core.chips import Chip
from apps.core.htmx import render_page
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission

LISTS = {"missed": "Denials it let pass", "alike": "Denials like it"}


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.EDIT_CLAIMS)
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    row = get_object_or_404(all_rules(), public_id=public_id)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.keep_review(
            rule_id=public_id, note=form.cleaned_data["note"], acting_user=signed_in_user(request), now=clock.now()
        )
        messages.success(request, "Noted. The next review is in a quarter.")
        return redirect("claims:payer_rule", public_id)
    return _show(request, row, form)


def _show(request: HttpRequest, row: PayerRule, form: NoteForm) -> HttpResponse:
    found = review_of(row, now=clock.now())
    numbers = {"missed": found.missed.count(), "alike": found.alike.count()}
    chosen = "alike" if request.GET.get("list") == "alike" else "missed"
    page = Paginator(getattr(found, chosen), PAGE_SIZE).get_page(request.GET.get("page"))
    if page.object_list:
        audit_read(
            request, "payer_rule", row.public_id, patients=[claim.patient.public_id for claim in page.object_list]
        )
    context = {
        "row": row,
        "found": found,
        "lists": [Chip(name, label, numbers[name]) for name, label in LISTS.items()],
        "label": LISTS[chosen],
        "page": page,
        "missed_number": numbers["missed"],
        "form": form,
        "may_write": allowed(request, Permission.CONFIGURE),
        **tabs("rules"),
    }
    return render_page(request, "claims/rule_review.html", context, status=422 if form.errors else 200)
