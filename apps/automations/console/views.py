"""The sandbox console: the demo's outside world in a box. It exists in demo mode only and reaches nothing but the sandbox."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from apps.audit.trail import record
from apps.automations.console.forms import (
    ACTS,
    ClearinghouseForm,
    DenyForm,
    KnobsForm,
    LinksForm,
    MixForm,
    PatientsForm,
    PayersForm,
)
from apps.automations.outside import Outside, OutsideAwayError, OutsideRefusedError
from apps.automations.tasks import RUN_AUTOMATION
from apps.core import clock
from apps.core.htmx import render_page
from apps.core.jobs import nudge
from apps.practice.access import require, signed_in_user
from apps.practice.roles import Permission

TEMPLATE = "automations/sandbox.html"
FILES = {"999": "acknowledgment (999)", "277": "claim report (277CA)", "835": "remittance (835)"}
# A page that looked for ever would hold its session open, which is to end where nobody works. Two seconds apart, a minute in all.
LOOKS = 30


@dataclass(frozen=True, slots=True)
class Dials:
    """A group of knobs on the page, under one button."""

    key: str
    title: str
    about: str
    form: type[KnobsForm]


DIALS = (
    Dials("payers", "Payers", "How long they take, and how often they refuse, pay short or take back.", PayersForm),
    Dials("clearinghouse", "Clearinghouse", "How it answers files and questions.", ClearinghouseForm),
    Dials("links", "Lines to the outside", "An EHR, a card processor and a phone company on a bad day.", LinksForm),
)


def _outside() -> Outside:
    if not settings.SANDBOX_URL:
        raise OutsideAwayError("No sandbox was started with this server: make run starts both.")
    return Outside(settings.SANDBOX_URL)


@require_safe
@require(Permission.CONFIGURE)
def console(request: HttpRequest) -> HttpResponse:
    """The console, or for htmx how the outside stands now: what an act brings about comes by and by."""
    return _page(request, {})


def _page(request: HttpRequest, told: dict[str, forms.Form]) -> HttpResponse:
    """`told`: forms that came back with a mistake, by what they turn."""
    try:
        outside = _outside()
        health, knobs = outside.health(), outside.knobs()
    except OutsideAwayError as away:
        return render_page(request, TEMPLATE, {"away": str(away), "tab": "sandbox"}, status=503)
    context = {
        "tab": "sandbox",
        "now": datetime.fromisoformat(health["now"]),
        "due": health["due"],
        "next_look": _next_look(request.GET.get("look", "0")),
        "files": [(kind, words, health["losing"].get(kind, 0)) for kind, words in FILES.items()],
        "deny": told.get("deny") or DenyForm(codes=knobs["denials"]),
        "mix": told.get("mix") or MixForm(denials=knobs["denials"]),
        "patients": told.get("patients") or PatientsForm(),
        "dials": [(each, told.get(each.key) or each.form.of(knobs)) for each in DIALS],
    }
    return render_page(request, TEMPLATE, context, fragment=None if told else "stands", status=422 if told else 200)


def _next_look(look: str) -> int:
    """The number of the next look at how the outside stands; 0 after LOOKS of them."""
    return int(look) + 1 if look in map(str, range(LOOKS)) else 0


@require_POST
@require(Permission.CONFIGURE)
def turn(request: HttpRequest, what: str) -> HttpResponse:
    """One of `TURNS`, told in a toast; a form with a mistake comes back as it was typed."""
    if what not in TURNS:
        raise Http404("The sandbox has no such knob.")
    try:
        said = TURNS[what](_outside(), request)
    except OutsideRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("sandbox:console")
    except OutsideAwayError:
        return _page(request, {})
    if isinstance(said, forms.Form):
        return _page(request, {what: said})
    record("turn", acting_user=signed_in_user(request), now=clock.now(), subject_kind="sandbox", subject_public_id=what)
    messages.success(request, said)
    return redirect("sandbox:console")


Said = str | forms.Form
Turn = Callable[[Outside, HttpRequest], Said]


def _hurry(outside: Outside, _request: HttpRequest) -> Said:
    hurried = outside.hurry()
    nudge(RUN_AUTOMATION, "responses")
    if not hurried:
        return "Nothing was owed to us. The next batch of claims brings something."
    return f"{hurried:,} answers and payments are due now; they are fetched in a moment."


def _lose(outside: Outside, request: HttpRequest) -> Said:
    kind = request.POST.get("kind", "")
    outside.lose(kind)
    return f"The next {FILES[kind]} will never arrive."


def _deny(outside: Outside, request: HttpRequest) -> Said:
    form = DenyForm(request.POST, codes=outside.knobs()["denials"])
    if not form.is_valid():
        return form
    claim, code = form.cleaned_data["claim"].strip().upper(), form.cleaned_data["code"]
    try:
        outside.decide(claim, code)
    except OutsideRefusedError as refusal:
        form.add_error("claim", str(refusal))
        return form
    return f"Claim {claim} will be denied under {code}." if code else f"Claim {claim} is decided as its policy says."


def _mix(outside: Outside, request: HttpRequest) -> Said:
    return _turned(
        outside, MixForm(request.POST, denials=outside.knobs()["denials"]), "Claims are denied so from now on."
    )


def _patients(outside: Outside, request: HttpRequest) -> Said:
    form = PatientsForm(request.POST)
    if not form.is_valid():
        return form
    outside.behave(form.cleaned_data["act"])
    return f"Patients from now on: {dict(ACTS)[form.cleaned_data['act']].lower()}."


def _dials(each: Dials) -> Turn:
    return lambda outside, request: _turned(
        outside, each.form(request.POST), f"Saved for {each.title.lower()}: it holds from now on."
    )


def _turned(outside: Outside, form: Any, said: str) -> Said:
    if not form.is_valid():
        failed: forms.Form = form
        return failed
    outside.turn(form.changes())
    return said


TURNS: dict[str, Turn] = {
    "hurry": _hurry,
    "lose": _lose,
    "deny": _deny,
    "mix": _mix,
    "patients": _patients,
    **{each.key: _dials(each) for each in DIALS},
}
