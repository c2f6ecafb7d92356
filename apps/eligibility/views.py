"""The front desk's two pages: a day's visits with the mark of each coverage, and one check with what to do about it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from apps.core import clock
from apps.core.chips import Chip
from apps.core.htmx import render_page
from apps.core.shown import counted, time_of_day
from apps.core.templatetags.ui import day as day_words
from apps.eligibility import selectors, services
from apps.eligibility.forms import PhoneForm
from apps.eligibility.models import EligibilityCheck
from apps.eligibility.rules.marks import Group, mark_of
from apps.eligibility.rules.script import Call, call_script
from apps.eligibility.selectors.facts import benefit_facts, other_member_id, raw_answer, suggested_coverage
from apps.eligibility.selectors.schedule import day as day_of
from apps.eligibility.selectors.schedule import days_with_visits
from apps.eligibility.selectors.waiting import waiting_tasks
from apps.intake.forms import CardForm
from apps.practice.access import request_role, require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.models import Practice
from apps.practice.roles import Permission, may

Settlement = EligibilityCheck.Settlement
AHEAD = timedelta(days=6)
# No visit is further away than this; beyond the calendar's end there is not even a day after.
REACH = timedelta(days=3653)
TABS = 4
_GROUPS = (
    (Group.COVERED, "Covered", "good"),
    (Group.NOT_COVERED, "Not covered", "problem"),
    (Group.ASK, "Ask the patient or payer", "watch"),
    (Group.WAITING, "Not checked yet", "waiting"),
    (Group.SELF_PAY, "Self-pay", "off"),
)


@require_safe
@require(Permission.VIEW_ELIGIBILITY)
def tomorrow(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    tabs = days_with_visits(today, today + AHEAD)
    chosen = _chosen_day(request, tabs, today)
    found, group = day_of(chosen), request.GET.get("state", "")
    shown = found.shown(group)
    _audit_list(request, [visit.appointment.patient.public_id for visit in shown])
    counts, role = found.counts(), request_role(request)
    context = {
        "day": chosen,
        "is_tomorrow": chosen == today + timedelta(days=1),
        "tabs": [(tab, _tab_word(tab, today)) for tab in tabs[:TABS]],
        "found": found,
        "needing": found.needing,
        "shown": shown,
        "slots": found.slots(group),
        "providers": found.providers(group),
        "chips": [Chip(value, label, counts[value], shape) for value, label, shape in _GROUPS if counts[value]],
        "may_work": may(role, Permission.WORK_ELIGIBILITY),
        "waiting": waiting_tasks(role, today) if role else None,
    }
    return render_page(request, "eligibility/tomorrow.html", context)


def _chosen_day(request: HttpRequest, tabs: list[date], today: date) -> date:
    """The day of the address; without one, the next day with visits, which is tomorrow on a working day."""
    named = _named_day(request.GET.get("day", ""), today)
    return named or next((tab for tab in tabs if tab > today), today + timedelta(days=1))


def _named_day(text: str, today: date) -> date | None:
    try:
        return min(max(date.fromisoformat(text), today - REACH), today + REACH)
    except ValueError:
        return None


def _tab_word(tab: date, today: date) -> str:
    near = {0: "Today", 1: "Tomorrow"}.get((tab - today).days)
    return near or f"{tab:%A}"


@require_safe
@require(Permission.VIEW_ELIGIBILITY)
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _check(public_id)
    _audit_one(request, row, "view")
    return _show(request, row)


def _check(public_id: str) -> EligibilityCheck:
    rows = selectors.with_people(EligibilityCheck.objects.all()).select_related("settled_by", "work_item__assignee")
    return get_object_or_404(rows, public_id=public_id)


def _show(
    request: HttpRequest,
    row: EligibilityCheck,
    coverage_form: CardForm | None = None,
    phone_form: PhoneForm | None = None,
    status: int = 200,
) -> HttpResponse:
    may_work = may(request_role(request), Permission.WORK_ELIGIBILITY)
    is_open, suggested = _is_open(row) and may_work, suggested_coverage(row)
    if is_open and suggested.get("member_id"):
        # The form holds it whole, so that it need not be typed.
        _audit_one(request, row, "reveal")
    call = _call(request, row)
    context = {
        "row": row,
        "mark": mark_of(row.state, row.verdict, row.settlement),
        "facts": benefit_facts(row),
        "other_member_id": other_member_id(row),
        "history": _history(row),
        "segments": raw_answer(row),
        "script": call_script(call, verdict=row.verdict, by_phone=row.state == row.State.BY_PHONE),
        "open": is_open,
        "is_past": call.is_past,
        "may_work": may_work and row.appointment is not None,
        "coverage_form": coverage_form or CardForm(initial=suggested, today=clock.practice_date(clock.now())),
        "phone_form": phone_form or PhoneForm(),
    }
    return render_page(request, "eligibility/check.html", context, status=status)


def _is_open(row: EligibilityCheck) -> bool:
    needs = row.failed or row.state == row.State.BY_PHONE
    return row.appointment is not None and needs and not row.settlement


def _history(row: EligibilityCheck) -> list[EligibilityCheck]:
    if row.appointment is None:
        return [row]
    return list(row.appointment.eligibility_checks.select_related("coverage__payer").order_by("-created_at", "-pk"))


def _call(request: HttpRequest, row: EligibilityCheck) -> Call:
    when = f"of {day_words(row.service_date)}"
    if row.appointment is not None:
        near = {0: "today", 1: "tomorrow"}.get(
            (row.service_date - clock.today()).days, f"on {day_words(row.service_date)}"
        )
        when = f"{near} at {time_of_day(row.appointment.starts_at)}"
    return Call(
        caller=signed_in_user(request).first_name or "the front desk",
        practice=Practice.objects.values_list("name", flat=True).first() or "the practice",
        patient=row.coverage.patient.full_name,
        payer=row.coverage.payer.name,
        when=when,
        is_past=row.appointment is not None and row.appointment.starts_at < clock.now(),
    )


def _audit_one(request: HttpRequest, row: EligibilityCheck, action: str) -> None:
    audit_read(request, "eligibility_check", row.public_id, patients=[row.coverage.patient.public_id], action=action)


def _audit_list(request: HttpRequest, patients: list[str]) -> None:
    if patients:
        audit_read(request, "eligibility_schedule", patients=patients, action="list")


# ------------------------------------------------------------------------------------------------ what the front desk does


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def recheck(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _check(public_id)
    if row.appointment is None:
        messages.error(request, "This inquiry belongs to a denial; it is asked again from there.")
        return redirect("eligibility:check", public_id)
    try:
        fresh = services.recheck(appointment=row.appointment, acting_user=signed_in_user(request), now=clock.now())
    except services.SelfPayAgreedError as refusal:
        messages.error(request, str(refusal))
        return redirect("eligibility:check", public_id)
    if fresh is None:
        messages.error(request, "This patient has no insurance on file for that day.")
        return redirect("eligibility:check", public_id)
    messages.success(request, _by_phone(fresh) or "Asked again. The answer takes a few seconds.")
    return redirect("eligibility:check", fresh.public_id)


def _by_phone(row: EligibilityCheck) -> str:
    """Empty for a payer that is being asked."""
    payer = row.coverage.payer.name
    return f"{payer} cannot be asked electronically: call it." if row.state == row.State.BY_PHONE else ""


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def recheck_day(request: HttpRequest) -> HttpResponse:
    """Ask again about every visit of the day that needs someone."""
    today = clock.today()
    chosen = _named_day(request.POST.get("day", ""), today) or today + timedelta(days=1)
    visits = day_of(chosen).needing
    user, now = signed_in_user(request), clock.now()
    paid = 0
    for visit in visits:
        try:
            services.recheck(appointment=visit.appointment, acting_user=user, now=now)
        except services.SelfPayAgreedError:
            paid += 1
    told = f"Asked again about {counted(len(visits) - paid, 'visit')}."
    if paid:
        told += f" {counted(paid, 'visit')} that the patient pays {'was' if paid == 1 else 'were'} left out."
    messages.success(request, told)
    return redirect(f"{request.path.removesuffix('recheck/')}?day={chosen}")


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def new_coverage(request: HttpRequest, public_id: str) -> HttpResponse:
    form = CardForm(request.POST, today=clock.practice_date(clock.now()))
    if not form.is_valid():
        return _show(request, _check(public_id), coverage_form=form, status=422)
    return _settle(request, public_id, Settlement.NEW_COVERAGE, coverage=form.card())


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def verified(request: HttpRequest, public_id: str) -> HttpResponse:
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _show(request, _check(public_id), phone_form=form, status=422)
    return _settle(request, public_id, Settlement.VERIFIED, **form.cleaned_data)


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def self_pay(request: HttpRequest, public_id: str) -> HttpResponse:
    return _settle(request, public_id, Settlement.SELF_PAY)


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def self_pay_taken_back(request: HttpRequest, public_id: str) -> HttpResponse:
    row = _check(public_id)
    try:
        services.take_back_self_pay(check=row, acting_user=signed_in_user(request), now=clock.now())
    except services.SettlementError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Taken back: the plan may be billed for this visit again.")
    return redirect("eligibility:check", public_id)


@require_POST
@require(Permission.WORK_ELIGIBILITY)
def rescheduled(request: HttpRequest, public_id: str) -> HttpResponse:
    return _settle(request, public_id, Settlement.RESCHEDULED)


_TOLD: dict[EligibilityCheck.Settlement, Callable[[EligibilityCheck], str]] = {
    Settlement.NEW_COVERAGE: lambda row: (
        f"Saved. {_by_phone(row) or f'{row.coverage.payer.name} is being asked about it.'} Enter it in the EHR too."
    ),
    Settlement.SELF_PAY: lambda row: f"{row.coverage.patient.full_name} pays this visit. Mark it in the EHR too.",
    Settlement.RESCHEDULED: lambda _row: "Noted. Move the visit in the EHR; it is asked about again for its new day.",
    Settlement.VERIFIED: lambda _row: "Verified, with its reference number.",
}


def _settle(
    request: HttpRequest, public_id: str, settlement: EligibilityCheck.Settlement, **facts: Any
) -> HttpResponse:
    row = _check(public_id)
    try:
        fresh = services.settle_check(
            check=row, settlement=settlement, acting_user=signed_in_user(request), now=clock.now(), **facts
        )
    except services.SettlementError as refusal:
        messages.error(request, str(refusal))
        return redirect("eligibility:check", public_id)
    messages.success(request, _TOLD[settlement](fresh or row))
    if fresh:
        return redirect("eligibility:check", fresh.public_id)
    return redirect("eligibility:tomorrow")
