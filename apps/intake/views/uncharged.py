"""The next morning's list: visits without charges, by provider, each with a way to end it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.intake.forms import NotChargedForm
from apps.intake.models import Appointment, NotCharged
from apps.intake.selectors.uncharged import uncharged_by_provider, uncharged_views, uncharged_visits
from apps.intake.services.note_uncharged import NotUnchargedError, say_not_charged
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.models import Provider
from apps.practice.roles import Permission

PAGE_SIZE = 50


@require_safe
@require(Permission.ENTER_CHARGES)
def uncharged(request: HttpRequest, provider_id: str = "") -> HttpResponse:
    chosen = get_object_or_404(Provider, public_id=provider_id) if provider_id else None
    today = clock.today()
    page = Paginator(uncharged_visits(today, provider=provider_id), PAGE_SIZE).get_page(request.GET.get("page"))
    visits = uncharged_views(page.object_list, today)
    audit_read(
        request,
        "uncharged_visits",
        provider_id,
        patients=(each.appointment.patient.public_id for each in visits),
        action="list",
    )
    by_provider = uncharged_by_provider(today)
    context = {
        "chosen": chosen,
        "page": page,
        "visits": visits,
        "by_provider": by_provider,
        "number": sum(number for _, number in by_provider),
        "outcomes": NotCharged.Outcome.choices,
    }
    return render_page(request, "intake/uncharged.html", context, fragment="table")


@require_POST
@require(Permission.ENTER_CHARGES)
def not_charged(request: HttpRequest, public_id: str) -> HttpResponse:
    appointment = get_object_or_404(Appointment.objects.select_related("provider"), public_id=public_id)
    form = NotChargedForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose why the visit has no charges; a reason has at most 200 signs.")
    else:
        try:
            say_not_charged(
                appointment_id=public_id,
                outcome=NotCharged.Outcome(form.cleaned_data["outcome"]),
                reason=form.cleaned_data["reason"],
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
            messages.success(request, "Noted. The visit is off the list.")
        except NotUnchargedError as refusal:
            messages.error(request, str(refusal))
    if request.POST.get("of"):
        return redirect("intake:uncharged_of", appointment.provider.public_id)
    return redirect("intake:uncharged")
