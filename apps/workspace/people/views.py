"""Settings, People: who has a log-in, as what; inviting, changing a role, ending access. An administrator's."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.core import clock
from apps.core.htmx import render_page
from apps.core.models import User
from apps.core.plain_codes import whole_number
from apps.practice import services
from apps.practice.access import require, signed_in_user
from apps.practice.roles import PERMISSIONS, Permission, Role
from apps.workspace.people import reading
from apps.workspace.people.forms import InvitationForm, RoleForm

PAGE_SIZE = 50
# What each role is for, in a sentence; what it may do is the table of `practice.roles`.
ABOUT_ROLES = {
    Role.ADMINISTRATOR: "Everything but coding: people, settings, automations, audit, approvals.",
    Role.BILLER: "Claims, denials, remittances, balances and reports.",
    Role.CODER: "Codes and modifiers of claims, coding denials, charges by hand.",
    Role.FRONT_DESK: "Tomorrow's coverage, charges by hand; sees balances.",
}


@require_safe
@require(Permission.CONFIGURE)
def people(request: HttpRequest) -> HttpResponse:
    found = reading.people()
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "active": sum(each.state == "good" for each in found),
        "without_factor": sum(each.state == "good" and not each.has_factor for each in found),
        "about_roles": [(role.label, about, len(PERMISSIONS[role])) for role, about in ABOUT_ROLES.items()],
        "tab": "people",
    }
    return render_page(request, "workspace/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.CONFIGURE)
def invite(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            services.invite(
                email=told["email"],
                first_name=told["first_name"],
                last_name=told["last_name"],
                role=Role(told["role"]),
                acting_user=signed_in_user(request),
                now=clock.now(),
            )
        except services.InvitationRefusedError as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"{told['first_name']} {told['last_name']} is invited by email.")
            return redirect("settings:people")
    return render_page(
        request, "workspace/invite.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


def _found(public_id: str) -> reading.Person:
    try:
        return reading.person(public_id)
    except User.DoesNotExist as missing:
        raise Http404("There is nobody of that id.") from missing


@require_safe
@require(Permission.CONFIGURE)
def person(request: HttpRequest, public_id: str) -> HttpResponse:
    found = _found(public_id)
    context = {
        "person": found,
        "form": RoleForm(initial={"role": found.role}),
        "sessions": reading.sessions(found.user),
        "is_self": found.user == signed_in_user(request),
        "here": request.session.session_key,
    }
    return render_page(request, "workspace/person.html", context)


Verb = Callable[[HttpRequest, User], str]


def _who_and_when(request: HttpRequest, user: User) -> dict[str, Any]:
    """What every verb about a person is told."""
    return {"user": user, "acting_user": signed_in_user(request), "now": clock.now()}


def _set_role(request: HttpRequest, user: User) -> str:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise ValueError("Choose one of the roles.")
    role = Role(form.cleaned_data["role"])
    services.set_role(role=role, **_who_and_when(request, user))
    return f"{user.display_name} is {role.label.lower()} from the next page on."


def _disable(request: HttpRequest, user: User) -> str:
    if user == signed_in_user(request):
        raise ValueError("Somebody else takes your access away: you would lock yourself out.")
    services.disable_user(**_who_and_when(request, user))
    return f"{user.display_name} has no access any more and is signed out everywhere."


def _enable(request: HttpRequest, user: User) -> str:
    services.enable_user(**_who_and_when(request, user))
    return f"{user.display_name} may sign in again."


def _end_sessions(request: HttpRequest, user: User) -> str:
    told = request.POST.get("session")
    one = whole_number(told or "")
    if told is not None and one is None:
        raise ValueError("There is no such session.")
    ended = services.end_sessions(session=one, **_who_and_when(request, user))
    return "That session had ended already." if not ended else f"{ended} ended: whoever works there is signed out."


def _reset_factor(request: HttpRequest, user: User) -> str:
    if user == signed_in_user(request):
        raise ValueError("Replace your own phone under your name, Second factor.")
    services.reset_second_factor(**_who_and_when(request, user))
    return f"{user.display_name} is signed out and sets up a new second factor at the next sign-in."


def _invite_again(request: HttpRequest, user: User) -> str:
    services.invite_again(**_who_and_when(request, user))
    return f"The invitation to {user.display_name} leaves once more."


def _withdraw(request: HttpRequest, user: User) -> str:
    services.withdraw_invitation(**_who_and_when(request, user))
    return f"The invitation to {user.display_name} is withdrawn; its link no longer works."


VERBS: dict[str, Verb] = {
    "role": _set_role,
    "disable": _disable,
    "enable": _enable,
    "end-sessions": _end_sessions,
    "reset-factor": _reset_factor,
    "invite-again": _invite_again,
    "withdraw": _withdraw,
}


@require_POST
@require(Permission.CONFIGURE)
def change(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """One of `VERBS`, told in a toast: what was done, or why not."""
    found = _found(public_id)
    if verb not in VERBS:
        raise Http404("There is no such change.")
    try:
        messages.success(request, VERBS[verb](request, found.user))
    except ValueError as refusal:  # LastAdministratorError and InvitationRefusedError are such
        messages.error(request, str(refusal))
    return redirect("settings:person", public_id)
