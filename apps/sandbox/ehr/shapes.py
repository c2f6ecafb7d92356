"""The world's patients, visits and charges in DrChrono v4's shapes. Times are practice-local without an offset."""

import json
from datetime import datetime
from typing import Any

from apps.sandbox.world.encounters import Line
from apps.sandbox.world.people import Coverage, Patient
from apps.sandbox.world.practice import LOCATIONS, PRICES, PROVIDERS, SATELLITE, ZONE, Location, Provider
from apps.sandbox.world.schedule import Visit
from apps.sandbox.world.world import World

CONSENT_FIELDS = {
    "sms": (101, "consent_sms"),
    "email": (102, "consent_email"),
    "consent_at": (103, "consent_at"),
    "consent_source": (104, "consent_source"),
    "consent_wording": (105, "consent_wording"),
}
WORDING = "I agree to receive texts and emails about my bills from the practice. Reply STOP to end."
EMPTY_INSURANCE = {
    "insurance_company": "", "insurance_payer_id": "", "insurance_id_number": "", "insurance_group_number": "",
    "insurance_group_name": "", "insurance_plan_name": "", "insurance_plan_type": "",
    "is_subscriber_the_patient": True, "patient_relationship_to_subscriber": "", "subscriber_first_name": "",
    "subscriber_last_name": "", "subscriber_middle_name": "", "subscriber_date_of_birth": None,
    "subscriber_gender": "", "subscriber_address": "", "subscriber_city": "", "subscriber_state": "",
    "subscriber_zip_code": "",
}  # fmt: skip


def local_text(moment: datetime) -> str:
    return moment.astimezone(ZONE).replace(tzinfo=None).isoformat(timespec="seconds")


def phone_text(number: str) -> str:
    return f"({number[2:5]}) {number[5:8]}-{number[8:]}"


def doctor(provider: Provider) -> dict[str, Any]:
    return {
        "id": provider.id,
        "first_name": provider.first_name,
        "last_name": provider.last_name,
        "suffix": provider.suffix,
        "specialty": provider.specialty,
        "npi_number": provider.npi,
        "timezone": "US/Central",
        "is_account_suspended": False,
        "email": f"{provider.last_name}@pecanrow.example.com".lower(),
    }


def office(location: Location) -> dict[str, Any]:
    return {
        "id": location.id,
        "name": location.name,
        "address": location.address.line1,
        "city": location.address.city,
        "state": location.address.state,
        "zip_code": location.address.zip,
        "phone_number": phone_text(location.phone),
        "country": "US",
        "archived": False,
    }


def doctors() -> list[dict[str, Any]]:
    return [doctor(provider) for provider in PROVIDERS]


def offices() -> list[dict[str, Any]]:
    return [office(location) for location in (*LOCATIONS, SATELLITE)]


def consent(found: Patient, since: str) -> list[dict[str, Any]]:
    answers = [("sms", found.text_consent), ("email", found.email_consent)]
    rows = [(name, value) for name, value in answers if value]
    if rows:
        rows += [("consent_at", since), ("consent_source", "intake form"), ("consent_wording", WORDING)]
    return [{"field_type": CONSENT_FIELDS[name][0], "value": value, "updated_at": since} for name, value in rows]


def patient(world: World, found: Patient) -> dict[str, Any]:
    changes = world.state.patient_changes.get(str(found.id))
    since = "2026-01-05T09:00:00"
    changed = world.state.patient_changed_at.get(str(found.id))
    missing = found.mess == "missing_address"
    shape = {
        "id": found.id,
        "chart_id": f"{found.last_name[:4].upper()}{found.id}",
        "first_name": found.first_name,
        "middle_name": "",
        "last_name": found.last_name,
        "date_of_birth": found.birth_date.isoformat(),
        "gender": found.gender,
        "address": found.address.line1,
        "city": found.address.city,
        "state": found.address.state,
        "zip_code": "" if missing else found.address.zip,
        "cell_phone": phone_text(found.phone),
        "home_phone": "",
        "office_phone": "",
        "email": found.email,
        "patient_status": "A",
        "preferred_language": found.language,
        "patient_payment_profile": "Insurance" if found.coverage else "Cash",
        "disable_sms_messages": found.text_consent == "no",
        "responsible_party_name": " ".join(found.guarantor) if found.guarantor else "",
        "responsible_party_relation": "Parent" if found.guarantor else "",
        "responsible_party_phone": phone_text(found.phone) if found.guarantor else "",
        "responsible_party_email": found.email if found.guarantor else "",
        "doctor": found.doctor,
        "offices": [LOCATIONS[0].id],
        "primary_insurance": insurance(found, found.coverage, missing) if found.coverage else dict(EMPTY_INSURANCE),
        "secondary_insurance": _second(found, missing),
        "custom_demographics": consent(found, since),
        "created_at": since,
        "updated_at": local_text(changed) if changed else since,
    }
    return _changed(shape, json.loads(changes)) if changes else shape


def _changed(shape: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    for name, value in changes.items():
        shape[name] = {**shape[name], **value} if isinstance(value, dict) else value
    return shape


def _second(found: Patient, missing: bool) -> dict[str, Any]:
    cover = found.coverage
    if cover is None or cover.next_payer is None:
        return dict(EMPTY_INSURANCE)
    payer = cover.next_payer
    return insurance(found, cover, missing) | {
        "insurance_company": payer.name,
        "insurance_payer_id": payer.payer_id,
        "insurance_id_number": cover.next_member_id,
        "insurance_plan_name": f"{payer.name} Supplement",
        "insurance_plan_type": payer.kind,
    }


def insurance(found: Patient, cover: Coverage, missing: bool) -> dict[str, Any]:
    return {
        "insurance_company": cover.payer.name,
        "insurance_payer_id": cover.payer.payer_id,
        "insurance_id_number": found.shown_member_id,
        "insurance_group_number": cover.group_number,
        "insurance_group_name": "",
        "insurance_plan_name": f"{cover.payer.name} Standard",
        "insurance_plan_type": cover.payer.kind,
        "is_subscriber_the_patient": cover.relationship == "18",
        "patient_relationship_to_subscriber": "" if cover.relationship == "18" else cover.relationship,
        "subscriber_first_name": "" if missing else cover.subscriber_first,
        "subscriber_last_name": "" if missing else cover.subscriber_last,
        "subscriber_middle_name": "",
        "subscriber_date_of_birth": cover.subscriber_birth.isoformat(),
        "subscriber_gender": cover.subscriber_gender,
        "subscriber_address": found.address.line1,
        "subscriber_city": found.address.city,
        "subscriber_state": found.address.state,
        "subscriber_zip_code": "" if missing else found.address.zip,
    }


def appointment(world: World, visit: Visit) -> dict[str, Any]:
    now = world.now
    seen = world.people.patient(visit.patient)
    status = visit.status(now)
    created = local_text(visit.booked_at)
    moves = [
        {"appointment": str(visit.id), "from_status": "", "to_status": status, "datetime": local_text(visit.settled_at)}
    ]
    return {
        "id": str(visit.id),
        "patient": visit.patient,
        "doctor": visit.provider,
        "office": visit.office,
        "exam_room": 1,
        "scheduled_time": local_text(visit.start),
        "duration": 30,
        "status": status,
        "billing_status": "",
        "icd10_codes": list(visit.diagnoses) if visit.charges_visible(now) else [],
        "icd9_codes": [],
        "primary_insurer_payer_id": seen.coverage.payer.payer_id if seen.coverage else "",
        "primary_insurance_id_number": seen.shown_member_id,
        "reason": "Follow-up" if visit.id % 3 else "Visit",
        "notes": "",
        "is_walk_in": False,
        "deleted_flag": False,
        "created_at": created,
        "updated_at": local_text(visit.updated_at(now)),
        "status_transitions": moves if status else [],
    }


def line_items(visit: Visit) -> list[dict[str, Any]]:
    posted = local_text(visit.charges_at)
    return [_line_item(visit, place, each, posted) for place, each in enumerate(visit.lines, start=1)]


def _line_item(visit: Visit, place: int, each: Line, posted: str) -> dict[str, Any]:
    billed = float(each.price * each.units)
    return {
        "id": visit.id * 10 + place,
        "appointment": visit.id,
        "patient": str(visit.patient),
        "doctor": str(visit.provider),
        "code": each.code,
        "procedure_type": "C" if each.code[0].isdigit() else "H",
        "modifiers": list(each.modifiers),
        "diagnosis_pointers": [str(pointer) for pointer in each.pointers],
        "quantity": float(each.units),
        "units": "UN",
        "price": float(PRICES[each.code]),
        "billed": billed,
        "allowed": 0.0,
        "adjustment": 0.0,
        "balance_ins": billed,
        "balance_pt": 0.0,
        "balance_total": f"{billed:.2f}",
        "paid_total": "0.00",
        "billing_status": "",
        "description": "",
        "denied_flag": False,
        "service_date": visit.day.isoformat(),
        "posted_date": posted,
        "updated_at": posted,
    }
