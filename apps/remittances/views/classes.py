"""The table of adjustment classes: what stands, what a new row would have changed, and its changes."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from apps.core import clock
from apps.core.chips import Chip
from apps.core.htmx import render_page
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.models import Payer
from apps.practice.roles import Permission, may
from apps.remittances.forms.contracts import CapitatedForm, ClassForm
from apps.remittances.models import AdjustmentClass
from apps.remittances.rules.classes import DEFAULT_SOURCE
from apps.remittances.rules.tried import Tried
from apps.remittances.selectors import classes as read
from apps.remittances.selectors import pages
from apps.remittances.services import end_capitated, end_class, set_capitated, set_class

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.VIEW_REMITTANCES)
def class_page(request: HttpRequest) -> HttpResponse:
    """With `try`, how a row would have classed what was posted lately, and nothing is kept."""
    may_change = may(request_role(request), Permission.CONFIGURE)
    if request.method != "POST" or not may_change:
        return _render(request, ClassForm(initial=_offered(request)), status=403 if request.method == "POST" else 200)
    form = ClassForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=422)
    row = form.row()
    if row.problem:
        form.add_error(None, row.problem)
        return _render(request, form, status=422)
    if "try" in request.POST:
        return _render(request, form, tried=read.try_row(row, now=clock.now()))
    _save(request, form)
    return redirect("remittances:classes")


def _offered(request: HttpRequest) -> dict[str, str]:
    """A row that the list offers for a change fills the form."""
    return {name: request.GET[name] for name in ClassForm.base_fields if name in request.GET}


def _save(request: HttpRequest, form: ClassForm) -> None:
    set_class(
        payer=form.cleaned_data["payer"],
        row=form.row(),
        source=form.cleaned_data["source"],
        acting_user=signed_in_user(request),
        now=clock.now(),
    )
    messages.success(request, "It stands, and counts for what is posted from now on.")


def _render(request: HttpRequest, form: ClassForm, tried: Tried | None = None, status: int = 200) -> HttpResponse:
    show = request.GET.get("show", "")
    rows = read.ended_rows() if show == "ended" else read.own_rows()
    context: dict[str, Any] = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "show": show,
        "defaults": [] if show == "ended" else read.default_rows(),
        "capitated": read.capitated_payers(),
        "form": form,
        "capitated_form": CapitatedForm(auto_id="capitated_%s"),
        "chips": [Chip("ended", "Ended")],
        "default_source": DEFAULT_SOURCE,
        "tried": tried,
        "may_change": may(request_role(request), Permission.CONFIGURE),
        "waiting": pages.waiting(),
    }
    return render_page(request, "remittances/classes.html", context, fragment="table", status=status)


@require_POST
@require(Permission.CONFIGURE)
def end(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(AdjustmentClass.objects.only("pk"), public_id=public_id)
    end_class(row_id=public_id, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, "The row ended. What it posted keeps its class.")
    return redirect("remittances:classes")


@require_POST
@require(Permission.CONFIGURE)
def capitated(request: HttpRequest) -> HttpResponse:
    form = CapitatedForm(request.POST)
    if form.is_valid():
        set_capitated(acting_user=signed_in_user(request), now=clock.now(), **form.cleaned_data)
        messages.success(request, f"{form.cleaned_data['payer'].name}: code 24 is contractual from now on.")
    else:
        messages.error(request, "Choose the payer, and say where it is agreed.")
    return redirect("remittances:classes")


@require_POST
@require(Permission.CONFIGURE)
def end_capitation(request: HttpRequest, public_id: str) -> HttpResponse:
    get_object_or_404(Payer.objects.only("pk"), public_id=public_id)
    end_capitated(payer_id=public_id, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, "Code 24 of this payer is a denial from now on.")
    return redirect("remittances:classes")
