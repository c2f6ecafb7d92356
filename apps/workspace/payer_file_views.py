"""Payers from a CSV file: the template, what a file would change, and taking it in."""

import csv
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice.access import require, require_role, signed_in_user
from apps.practice.roles import Permission
from apps.practice.rules.payer_file import COLUMNS
from apps.practice.services import PayersRefusedError, import_payers, preview_payers
from apps.workspace.payer_forms import PayerFileForm, PayerTextForm
from apps.workspace.selectors.payers import clearinghouses

SHOWN = 100


@require_safe
@require_role
def template(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  a view
    """Its header alone: every column there is."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="payers.csv"'
    csv.writer(answer).writerow(COLUMNS)
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def import_file(request: HttpRequest) -> HttpResponse:
    """First the file, which shows what it would change; then the same words again, which change it."""
    if request.method != "POST":
        return _page(request, {"form": PayerFileForm()})
    if "text" in request.POST:
        return _take(request, PayerTextForm(request.POST))
    form = PayerFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, {"form": form}, status=422)
    text = form.cleaned_data["file"]
    try:
        found = preview_payers(text=text, clearinghouses=clearinghouses())
    except PayersRefusedError as refusal:
        return _refused(request, refusal)
    more = {"changes": found.changes[:SHOWN], "unshown": len(found.changes[SHOWN:])}
    sure = PayerTextForm(initial={"text": text})
    return _page(request, {"form": form, "sure": sure, "difference": found, **more})


def _take(request: HttpRequest, form: PayerTextForm) -> HttpResponse:
    if not form.is_valid():
        messages.error(request, "Choose the file again.")
        return redirect("settings:import_payers")
    try:
        found = import_payers(
            text=form.cleaned_data["text"],
            clearinghouses=clearinghouses(),
            source="a file",
            acting_user=signed_in_user(request),
            now=clock.now(),
        )
    except PayersRefusedError as refusal:
        return _refused(request, refusal)
    messages.success(request, f"Payers added {len(found.added)}, changed {found.changed_payers}.")
    return redirect("settings:payers")


def _refused(request: HttpRequest, refusal: PayersRefusedError) -> HttpResponse:
    context = {"form": PayerFileForm(), "problems": refusal.problems[:SHOWN], "refusal": str(refusal)}
    return _page(request, context, status=422)


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render_page(request, "workspace/import_payers.html", context, status=status)
