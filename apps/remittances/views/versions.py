"""Which version of a corrected claim an answer is for, where a person has to say it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission
from apps.remittances.forms.by_hand import VersionForm
from apps.remittances.services import HandEntryError, say_version
from apps.remittances.services.say_version import versions_view
from apps.remittances.views.answers import answer_on_a_claim


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.WORK_REMITTANCES)
def version(request: HttpRequest, public_id: str, payment: int, number: int) -> HttpResponse:
    """The versions that were sent, for which of them the answer counts, and what the payer told of it."""
    file, row, claim = answer_on_a_claim(public_id, payment, number)
    view = versions_view(row)
    form = VersionForm(request.POST or None, versions=[(each.sent.correction, each.number) for each in view.versions])
    if request.method == "POST" and form.is_valid() and not view.refusal:
        try:
            chosen = say_version(
                remitted_claim=row,
                correction=form.cleaned_data["version"],
                note=form.cleaned_data["note"],
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
        except HandEntryError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"Kept: this answers version {chosen.number}.")
            return redirect("remittances:claim_part", file.public_id, payment, number)
    audit_read(request, "remitted_claim", file.public_id, patients=[claim.patient.public_id])
    context = {"file": file, "row": row, "form": form, "view": view}
    return render_page(request, "remittances/version.html", context, status=422 if request.method == "POST" else 200)
