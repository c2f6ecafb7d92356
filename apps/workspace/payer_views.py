"""Settings, Payers: the directory, one payer, the forms of what it says. Everyone reads; an administrator writes."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Model
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice import services
from apps.practice.access import request_role, require, require_role, signed_in_user
from apps.practice.models import Payer, PayerChannel, PayerDeadline, ProviderEnrollment, TelehealthPolicy
from apps.practice.roles import Permission, may
from apps.practice.rules.deadlines import GOOD_FOR
from apps.workspace import payer_forms as forms
from apps.workspace.kept_form_views import is_kept
from apps.workspace.selectors import payers as read

PAGE = 50


@dataclass(frozen=True, slots=True)
class Part:
    """A kind of row of a payer: its table, its form, what people call it, and where on the page it stands."""

    model: type[Model]
    form: "type[ModelForm[Any]]"
    noun: str
    anchor: str
    about: str

    @property
    def article(self) -> str:
        return "an" if self.noun[0] in "aeiouAEIOU" else "a"


PARTS = {
    "id": Part(
        PayerChannel,
        forms.ChannelForm,
        "ID and enrollment",
        "ids",
        "What one clearinghouse calls this payer for one transaction, and how far enrollment for it is.",
    ),
    "deadline": Part(
        PayerDeadline,
        forms.DeadlineForm,
        "deadline",
        "deadlines",
        "Where two guides of the payer disagree, enter both: the earlier one counts.",
    ),
    "provider": Part(
        ProviderEnrollment,
        forms.EnrollmentForm,
        "provider's enrollment",
        "providers",
        "Where one is kept for this payer, claims of providers who have enrollments on file, but no active one with it, are held.",
    ),
    "telehealth": Part(
        TelehealthPolicy,
        forms.TelehealthForm,
        "telehealth policy",
        "telehealth",
        "A later policy takes this one's place from its first day. What is not stated is not judged.",
    ),
}


@require_safe
@require_role
def payer_list(request: HttpRequest) -> HttpResponse:
    rows = read.searched(read.directory(clock.today()), request.GET.get("q", "").strip()[:60])
    show = request.GET.get("show", "")
    chosen = rows.filter(read.SHOWN[show]) if show in read.SHOWN else rows
    context = {
        "page": Paginator(read.with_numbers(chosen), PAGE).get_page(request.GET.get("page")),
        "chips": read.chips(rows),
        "words": request.GET.get("q", "").strip()[:60],
        "filtered": bool(request.GET.get("q") or show),
        "may_write": _may_write(request),
    }
    return render_page(request, "workspace/payers.html", context, fragment="table")


@require_safe
@require_role
def payer_page(request: HttpRequest, public_id: str) -> HttpResponse:
    payer = _payer(public_id)
    role, today = request_role(request), clock.today()
    context = {
        "payer": payer,
        "ids": read.ids_of(payer),
        "clocks": read.clocks_of(payer),
        "providers": payer.provider_enrollments.select_related("provider").order_by("provider__last_name", "starts_on"),
        "telehealth": payer.telehealth_policies.order_by("-starts_on"),
        "history": read.history(payer),
        "waiting": read.waiting_claims(payer),
        "stale_before": today - GOOD_FOR,
        "today": today,
        "may_write": _may_write(request),
        "may_open_claims": may(role, Permission.VIEW_CLAIMS),
    }
    return render_page(request, "workspace/payer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def new_payer(request: HttpRequest) -> HttpResponse:
    return _edit_payer(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def edit_payer(request: HttpRequest, public_id: str) -> HttpResponse:
    return _edit_payer(request, _payer(public_id))


def _edit_payer(request: HttpRequest, payer: Payer | None) -> HttpResponse:
    form = forms.PayerForm(request.POST or None, instance=payer)
    if request.method == "POST" and form.is_valid():
        kept = form.save(commit=False)
        services.keep_payer(payer=kept, fields=form.changed_data, acting_user=signed_in_user(request), now=clock.now())
        messages.success(request, f"{kept.name} is saved.")
        return redirect("settings:payer", kept.public_id)
    known = _payer(payer.public_id) if payer else None  # the form has written into its own copy
    context = {"form": form, "payer": known}
    return render_page(request, "workspace/payer_form.html", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.CONFIGURE)
def confirm(request: HttpRequest, public_id: str) -> HttpResponse:
    payer = _payer(public_id)
    services.confirm_payer(payer=payer, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, f"{payer.name} is confirmed.")
    return redirect("settings:payer", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def edit_part(request: HttpRequest, public_id: str, part: str, pk: int | None = None) -> HttpResponse:
    payer, kind = _payer(public_id), _part(part)
    row = _row(payer, kind, pk) if pk else None
    form = _form(part)(request.POST or None, instance=row, payer=payer)
    if request.method == "POST" and form.is_valid() and is_kept(request, form, services.keep_payer_row):
        messages.success(request, f"The {kind.noun} is saved.")
        return _back(public_id, kind)
    places = [bound for bound in form if bound.name.startswith(forms.PLACE)]
    fields = [bound for bound in form if not bound.name.startswith(forms.PLACE)]
    context = {"form": form, "fields": fields, "places": places, "payer": payer, "part": kind, "slug": part, "row": row}
    return render_page(request, "workspace/payer_part.html", context, status=422 if form.errors else 200)


@require_POST
@require(Permission.CONFIGURE)
def remove_part(request: HttpRequest, public_id: str, part: str, pk: int) -> HttpResponse:
    kind = _part(part)
    row: Any = _row(_payer(public_id), kind, pk)
    services.drop_payer_row(row=row, acting_user=signed_in_user(request), now=clock.now())
    messages.success(request, f"The {kind.noun} is removed.")
    return _back(public_id, kind)


def _form(part: str) -> Any:
    more: dict[str, Any] = {}
    if part == "id":
        more["clearinghouses"] = read.clearinghouses()
    if part == "deadline":
        more["today"] = clock.today()
    return partial(PARTS[part].form, **more)


def _part(part: str) -> Part:
    if part not in PARTS:
        raise Http404
    return PARTS[part]


def _payer(public_id: str) -> Payer:
    return get_object_or_404(Payer, public_id=public_id)


def _row(payer: Payer, part: Part, pk: int) -> Model:
    return get_object_or_404(part.model._default_manager.select_related("payer"), payer=payer, pk=pk)  # noqa: SLF001  a documented name of Django


def _back(public_id: str, part: Part) -> HttpResponse:
    answer = redirect("settings:payer", public_id)
    answer["Location"] += f"#{part.anchor}"
    return answer


def _may_write(request: HttpRequest) -> bool:
    return may(request_role(request), Permission.CONFIGURE)
