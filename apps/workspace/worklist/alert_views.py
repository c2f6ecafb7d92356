"""Each person's own switch of the daily email about work that is due."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from apps.core import clock
from apps.practice.access import require_role, signed_in_user
from apps.worklist import services


@require_POST
@require_role
def switch_due_alert(request: HttpRequest) -> HttpResponse:
    is_on = request.POST.get("on") == "yes"
    services.switch_due_alert(is_on=is_on, acting_user=signed_in_user(request), now=clock.now())
    told = (
        "You get an email on each weekday on which work is due." if is_on else "No email comes about work that is due."
    )
    messages.success(request, told)
    return redirect("workspace:worklist")
