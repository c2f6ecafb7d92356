"""Settings, Practice: the practice's own name, numbers and address, its places and its providers. An administrator's."""

from typing import Any

from django.contrib import messages
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.htmx import render_page
from apps.practice import services
from apps.practice.access import require
from apps.practice.models import Location, Practice, Provider
from apps.practice.roles import Permission
from apps.workspace.kept_form_views import is_kept
from apps.workspace.own.forms import LocationForm, PracticeForm, ProviderForm

_FORMS: "dict[str, tuple[Any, type[ModelForm[Any]]]]" = {
    "place": (Location, LocationForm),
    "provider": (Provider, ProviderForm),
}


@require_safe
@require(Permission.CONFIGURE)
def practice(request: HttpRequest) -> HttpResponse:
    providers = list(Provider.objects.order_by("-active", "last_name", "first_name", "pk"))
    context = {
        "practice": Practice.objects.first(),
        "places": Location.objects.order_by("name", "pk"),
        "providers": providers,
        "unconfirmed": sum(not each.confirmed for each in providers),
        "tab": "practice",
    }
    return render_page(request, "workspace/practice.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def edit_practice(request: HttpRequest) -> HttpResponse:
    row = Practice.objects.first()
    title = "Change the practice" if row else "Enter the practice"
    return _edit(request, PracticeForm(request.POST or None, instance=row), title)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def edit_own(request: HttpRequest, kind: str, public_id: str = "") -> HttpResponse:
    """A place or a provider; without `public_id` a new one."""
    if kind not in _FORMS:
        raise Http404
    model, form = _FORMS[kind]
    row = get_object_or_404(model, public_id=public_id) if public_id else None
    return _edit(request, form(request.POST or None, instance=row), f"Change the {kind}" if row else f"Add a {kind}")


def _edit(request: HttpRequest, form: "ModelForm[Any]", title: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid() and is_kept(request, form, services.keep_own_data):
        messages.success(request, f"{form.instance} is saved.")
        return redirect("settings:practice")
    context = {"form": form, "title": title}
    return render_page(request, "workspace/own_form.html", context, status=422 if form.errors else 200)
