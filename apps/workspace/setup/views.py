"""Settings, Set-up and Agreements: how far the practice is on its way to sending claims by itself. An administrator's."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.practice import services
from apps.practice.access import require, signed_in_user
from apps.practice.models import VendorAgreement
from apps.practice.roles import Permission
from apps.workspace.setup.agreements import name_of, register, vendors
from apps.workspace.setup.forms import AgreementForm, VendorForm
from apps.workspace.setup.steps import Way


@require_safe
@require(Permission.CONFIGURE)
def setup(request: HttpRequest) -> HttpResponse:
    return render_page(request, "workspace/setup.html", {"way": Way.of(clock.today()), "tab": "setup"})


@require_safe
@require(Permission.CONFIGURE)
def agreements(request: HttpRequest) -> HttpResponse:
    chosen = VendorForm(request.GET or None)
    if chosen.is_bound and chosen.is_valid():
        return redirect("settings:agreement", chosen.cleaned_data["vendor"])
    rows = register(clock.today())
    context = {
        "rows": rows,
        "lacking": sum(row.state == "problem" for row in rows),
        "form": VendorForm(),
        "tab": "agreements",
    }
    return render_page(request, "workspace/agreements.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def agreement(request: HttpRequest, vendor: str) -> HttpResponse:
    found = VendorAgreement.objects.filter(vendor=vendor).first()
    if found is None and vendor not in vendors():
        raise Http404("There is no such vendor.")
    form = AgreementForm(request.POST or None, instance=found or VendorAgreement(vendor=vendor))
    if request.method == "POST" and form.is_valid():
        services.keep_agreement(
            agreement=form.instance, fields=form.changed_data, acting_user=signed_in_user(request), now=clock.now()
        )
        messages.success(request, f"The agreement with {name_of(vendor)} is on record.")
        return redirect("settings:agreements")
    context = {"form": form, "name": name_of(vendor), "is_new": found is None}
    return render_page(request, "workspace/agreement.html", context, status=422 if request.method == "POST" else 200)
