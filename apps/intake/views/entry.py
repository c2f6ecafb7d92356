"""Charges entered by hand: find the patient, then one form for the visit and its lines, with or without script."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from apps.core import clock
from apps.core.htmx import render_page
from apps.core.plain_codes import whole_number
from apps.intake.forms import SELF_PAY, LineForm, VisitForm
from apps.intake.models import Appointment, Patient
from apps.intake.selectors.patients import patients_named
from apps.intake.selectors.prices import last_prices
from apps.intake.services.enter_charges import EnteredVisit, EntryRefusedError, SameDayError, enter_charges
from apps.practice.access import require, signed_in_user
from apps.practice.audited_views import audit_read
from apps.practice.roles import Permission

SHOWN = 20
FIRST_LINES = 3
MOST_LINES = 50
PARTS = ("procedure", "modifiers", "units", "amount", "pointers")


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENTER_CHARGES)
def find_patient(request: HttpRequest) -> HttpResponse:
    """By POST, as every search: a name has no place in an address."""
    words = request.POST.get("words", "")[:80].strip()
    found = patients_named(words, most=SHOWN)
    if found:
        audit_read(request, "patient", patients=[row.public_id for row in found], action="list")
    return render_page(request, "intake/find_patient.html", {"words": words, "found": found})


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENTER_CHARGES)
def enter_for_patient(request: HttpRequest, public_id: str) -> HttpResponse:
    return _enter(request, get_object_or_404(Patient, public_id=public_id), None)


@require_http_methods(["GET", "HEAD", "POST"])
@require(Permission.ENTER_CHARGES)
def enter_for_visit(request: HttpRequest, public_id: str) -> HttpResponse:
    rows = Appointment.objects.select_related("patient", "provider", "location")
    visit = get_object_or_404(rows, public_id=public_id)
    return _enter(request, visit.patient, visit)


def _enter(request: HttpRequest, patient: Patient, visit: Appointment | None) -> HttpResponse:
    audit_read(request, "charge_entry", visit.public_id if visit else "", patients=[patient.public_id])
    if request.method != "POST":
        return _show(
            request, patient, visit, VisitForm(initial=_known(patient, visit), patient=patient), _blank_lines()
        )
    if "add" in request.POST or "drop" in request.POST:
        typed = {name: request.POST.get(name, "") for name in VisitForm.base_fields}
        lines = _priced(_changed(request.POST))
        return _show(
            request, patient, visit, VisitForm(initial=typed, patient=patient), lines, fresh="add" in request.POST
        )
    return _posted(request, patient, visit)


def _posted(request: HttpRequest, patient: Patient, visit: Appointment | None) -> HttpResponse:
    form = VisitForm(request.POST, patient=patient)
    rows = [row for row in _rows(request.POST) if any(row[name] for name in ("procedure", "modifiers", "amount"))]
    priced = _priced(rows)
    if priced != rows:
        typed = {name: request.POST.get(name, "") for name in VisitForm.base_fields}
        note = "Empty amounts were filled in with what the code was charged last. Look at them, then save again."
        shown = VisitForm(initial=typed, patient=patient)
        return _show(request, patient, visit, shown, priced, note=note, status=422)
    lines = _forms(rows or [dict.fromkeys(PARTS, "")], bound=True)
    if _are_sound(form, lines):
        try:
            entered = enter_charges(
                visit=_entered(form, lines, patient, visit), acting_user=signed_in_user(request), now=clock.now()
            )
        except SameDayError as refusal:
            form.add_error("second_visit", str(refusal))
        except EntryRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            kind = "claim" if entered.coverage_id else "bill"
            number = "1 line" if len(lines) == 1 else f"{len(lines)} lines"
            messages.success(request, f"Entered: {number}. The {kind} is made at once.")
            return redirect("intake:uncharged" if visit else "intake:find_patient")
    return _show(request, patient, visit, form, forms=lines, status=422)


def _are_sound(form: VisitForm, lines: Sequence[LineForm]) -> bool:
    """Each is asked, so that all that is wrong is said at once."""
    form.is_valid()
    diagnoses = len(form.cleaned_data.get("diagnoses", ()))
    for line in lines:
        if line.is_valid() and diagnoses:
            line.check(diagnoses=diagnoses)
    return form.is_valid() and all(line.is_valid() for line in lines)


def _entered(form: VisitForm, lines: Sequence[LineForm], patient: Patient, visit: Appointment | None) -> EnteredVisit:
    told = form.cleaned_data
    return EnteredVisit(
        token=told["token"],
        patient=patient,
        appointment=visit,
        coverage=told["coverage"],
        provider=told["provider"],
        location=told["location"],
        service_date=told["service_date"],
        place_of_service=told["place_of_service"],
        diagnoses=told["diagnoses"],
        charges=tuple(line.charge(number, diagnoses=told["diagnoses"]) for number, line in enumerate(lines, start=1)),
        second_visit=told["second_visit"],
    )


def _known(patient: Patient, visit: Appointment | None) -> dict[str, Any]:
    primary = patient.coverages.filter(ends_on=None).order_by("rank", "pk").first()
    known: dict[str, Any] = {
        "token": uuid4().hex,
        "place_of_service": "11",
        "coverage": primary.public_id if primary else SELF_PAY,
    }
    if visit:
        known |= {
            "provider": visit.provider.public_id,
            "location": visit.location.public_id if visit.location else "",
            "service_date": clock.practice_date(visit.starts_at),
        }
    return known


def _blank_lines() -> list[dict[str, str]]:
    return [dict.fromkeys(PARTS, "") for _ in range(FIRST_LINES)]


def _rows(typed: QueryDict) -> list[dict[str, str]]:
    """Lines as typed, one for each value of `procedure`."""
    columns = {name: typed.getlist(name) for name in PARTS}
    number = min(MOST_LINES, max((len(values) for values in columns.values()), default=0))
    return [
        {name: (values[place] if place < len(values) else "")[:40].strip() for name, values in columns.items()}
        for place in range(number)
    ]


def _changed(typed: QueryDict) -> list[dict[str, str]]:
    rows = _rows(typed)
    drop = whole_number(typed.get("drop", ""))
    if drop is not None and drop < len(rows):
        del rows[drop]
    if ("add" in typed or not rows) and len(rows) < MOST_LINES:
        rows.append(dict.fromkeys(PARTS, ""))
    return rows


def _priced(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """An amount that is left empty is what the code was charged last, for as many units; where that is known."""
    forms = _forms(rows, bound=True)
    open_ = {}
    for place, line in enumerate(forms):
        line.is_valid()
        told = line.cleaned_data
        if told.get("procedure") and not rows[place]["amount"] and "units" in told and "modifiers" in told:
            open_[place] = (told["procedure"], told["modifiers"], told["units"])
    prices = last_prices({(code, modifiers) for code, modifiers, _ in open_.values()}) if open_ else {}
    priced = [dict(row) for row in rows]
    for place, (code, modifiers, units) in open_.items():
        if (code, modifiers) in prices:
            priced[place]["amount"] = f"{prices[code, modifiers] * units:.2f}"
    return priced


def _forms(rows: Sequence[dict[str, str]], *, bound: bool) -> list[LineForm]:
    ids = [f"line_{place}_%s" for place in range(len(rows))]
    if bound:
        return [LineForm(row, auto_id=each) for row, each in zip(rows, ids, strict=True)]
    return [LineForm(initial=row, auto_id=each) for row, each in zip(rows, ids, strict=True)]


def _show(
    request: HttpRequest,
    patient: Patient,
    visit: Appointment | None,
    form: VisitForm,
    rows: Sequence[dict[str, str]] = (),
    *,
    forms: Sequence[LineForm] = (),
    fresh: bool = False,
    note: str = "",
    status: int = 200,
) -> HttpResponse:
    lines = list(forms) or _forms(rows, bound=False)
    if fresh:
        lines[-1].fields["procedure"].widget.attrs["autofocus"] = True
    context = {
        "form": form,
        "lines": lines,
        "patient": patient,
        "visit": visit,
        "note": note,
        "may_add": len(lines) < MOST_LINES,
        "asks_second": bool(form.errors.get("second_visit")) or bool(form["second_visit"].value()),
    }
    return render_page(request, "intake/enter_charges.html", context, fragment="entry", status=status)
