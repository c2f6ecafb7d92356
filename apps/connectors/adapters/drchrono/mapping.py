"""DrChrono's rows in the port's words. Pure: no network, no clock."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from apps.connectors.phones import e164
from apps.connectors.ports.ehr import (
    EhrAppointment,
    EhrCharge,
    EhrConsent,
    EhrCoverage,
    EhrEncounter,
    EhrPatient,
    EhrProvider,
    EhrVisitFacts,
)
from apps.core.plain_codes import whole_number

Row = Mapping[str, Any]
STATUSES = {"Complete": "completed", "Cancelled": "cancelled", "Rescheduled": "cancelled", "No Show": "no_show"}
SEXES = {"Male": "M", "Female": "F"}
LANGUAGES = {"spa": "es", "es": "es"}
# DrChrono's words, and the X12 codes that some practices enter instead.
RELATIONSHIPS = {"": "G8", "self": "18", "spouse": "01", "child": "19", "18": "18", "01": "01", "19": "19"}
# A visit's payment profile; the day and the state of the accident stand with the patient's plan and may be another accident's.
ACCIDENTS = {"Auto Accident": ("AA",), "Worker's Comp": ("EM",)}
# What names a plan. One without a member ID is a plan all the same: as self-pay its patient would be billed for what it owes.
NAMES_A_PLAN = ("insurance_payer_id", "insurance_company", "insurance_id_number")
CONSENT_FIELDS = ("consent_sms", "consent_email", "consent_at", "consent_source", "consent_wording")


def text(row: Row, name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def day(value: object) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None


def moment(value: object, zone: ZoneInfo) -> datetime | None:
    """DrChrono writes local times without an offset."""
    if not value:
        return None
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=zone)


CHARGED_ALL_THE_SAME = (
    "its appointment is cancelled or missed in the EHR, yet it has charges: mark the visit complete there, or take its charges out;"
    " if it was billed before, void its claim"
)
GONE = (
    "its appointment is no longer in the EHR, or its charges name none: enter the visit there again, or take its charges out;"
    " if it was billed before, void its claim"
)
# DOMAIN 2.5: never bill under a colleague.
APART = "give each its own appointment there and move its lines; a claim that went out before is corrected by hand"
UNREADABLE = (
    "a number, date or list of its record is not of the form that the EHR documents: correct its charge lines there"
)
UNREADABLE_APPOINTMENT = (
    "its time, its patient or a further field is not of the form that the EHR documents: correct the appointment there"
)
NO_TIME = datetime.min.replace(tzinfo=UTC)


def provider(row: Row) -> EhrProvider:
    npi = text(row, "npi_number")
    return EhrProvider(text(row, "id"), text(row, "first_name"), text(row, "last_name"), npi)


def appointment(row: Row, zone: ZoneInfo) -> EhrAppointment | None:
    """None for a break, which has no patient."""
    if not row.get("patient") or row.get("appt_is_break"):
        return None
    starts_at = moment(row.get("scheduled_time"), zone)
    if starts_at is None or not (text(row, "id") and text(row, "patient").isdecimal()):
        raise ValueError("An appointment without a time or a number.")
    status = "cancelled" if row.get("deleted_flag") else STATUSES.get(text(row, "status"), "scheduled")
    return EhrAppointment(
        source_id=text(row, "id"),
        patient_source_id=text(row, "patient"),
        provider_source_id=text(row, "doctor"),
        location_source_id=text(row, "office"),
        starts_at=starts_at,
        status=status,
        booked_at=moment(row.get("created_at"), zone),
    )


def unreadable_appointment(row: Row) -> EhrAppointment | None:
    """None for what takes no place: nobody has to look into it."""
    if took_no_place(row):
        return None
    return EhrAppointment(text(row, "id"), "", "", "", NO_TIME, "scheduled", problem=UNREADABLE_APPOINTMENT)


def encounter(
    row: Row, lines: Sequence[Row], zone: ZoneInfo, *, place_of_service: str, received_as: str
) -> EhrEncounter:
    """A completed appointment and its line items. One of several doctors, days or patients is not billed under the first."""
    if problem := _mixed(row, lines):
        return not_billable(row, problem)
    scheduled = moment(row["scheduled_time"], zone)
    service_date = day(lines[0].get("service_date")) or (scheduled.date() if scheduled else None)
    if service_date is None:
        raise ValueError("A visit without a date.")
    return EhrEncounter(
        source_id=text(row, "id"),
        patient_source_id=text(row, "patient"),
        provider_source_id=text(lines[0], "doctor") or text(row, "doctor"),
        location_source_id=text(row, "office"),
        service_date=service_date,
        place_of_service=place_of_service,
        diagnoses=tuple(str(code).replace(".", "") for code in row.get("icd10_codes") or ()),
        charges=tuple(charge(line) for line in sorted(lines, key=lambda line: int(line["id"]))),
        checked_out_at=_completed_at(row, zone),
        received_as=received_as,
        facts=EhrVisitFacts(accident_causes=ACCIDENTS.get(text(row, "payment_profile"), ())),
    )


def _mixed(row: Row, lines: Sequence[Row]) -> str:
    """A line that names none is the appointment's own."""
    days = {day(line.get("service_date")) for line in lines} - {None}
    doctors = {text(line, "doctor") or text(row, "doctor") for line in lines}
    patients = {text(line, "patient") for line in lines} - {""} | {text(row, "patient")}
    mixed = [
        what
        for what, found in (("doctors", doctors), ("dates of service", days), ("patients", patients))
        if len(found) > 1
    ]
    return f"its charge lines name several {' and '.join(mixed)}: {APART}" if mixed else ""


def took_no_place(row: Row) -> bool:
    return bool(row.get("deleted_flag")) or STATUSES.get(text(row, "status")) in {"cancelled", "no_show"}


def not_billable(row: Row, problem: str) -> EhrEncounter:
    return EhrEncounter(
        source_id=text(row, "id"),
        patient_source_id=text(row, "patient"),
        provider_source_id="",
        location_source_id="",
        service_date=date.min,
        place_of_service="",
        diagnoses=(),
        charges=(),
        problem=problem,
    )


def _completed_at(row: Row, zone: ZoneInfo) -> datetime | None:
    moves = [move for move in row.get("status_transitions") or () if move.get("to_status") == "Complete"]
    return moment(moves[-1].get("datetime"), zone) if moves else None


def charge(row: Row) -> EhrCharge:
    """`billed` is the line's whole charge; `price` is one unit's."""
    units = Decimal(row.get("quantity") or 1)
    billed = row.get("billed")
    amount = Decimal(row.get("price") or 0) * units if billed is None else Decimal(billed)
    # Of a compound of several products the first stands on the line.
    drug: Row = next(iter(row.get("ndc_code") or ()), {})
    return EhrCharge(
        source_id=text(row, "id"),
        procedure=text(row, "code"),
        modifiers=tuple(str(modifier) for modifier in row.get("modifiers") or () if modifier),
        units=units,
        amount=amount.quantize(Decimal("0.01")),
        diagnosis_pointers=tuple(place for p in row.get("diagnosis_pointers") or () if (place := whole_number(str(p)))),
        ndc=text(drug, "ndc_package_code"),
        ndc_units=Decimal(drug["quantity"]) if drug.get("quantity") else None,
        ndc_unit_measure=text(drug, "units"),
    )


def patient(row: Row, field_names: Mapping[int, str]) -> EhrPatient:
    """`field_names`: the practice's custom demographic fields, number -> name."""
    insurances = [(1, row.get("primary_insurance")), (2, row.get("secondary_insurance"))]
    cell = e164(text(row, "cell_phone")) or e164(text(row, "home_phone"))
    return EhrPatient(
        source_id=text(row, "id"),
        first_name=text(row, "first_name"),
        last_name=text(row, "last_name"),
        birth_date=day(row.get("date_of_birth")),
        sex=SEXES.get(text(row, "gender"), "U"),
        line1=text(row, "address"),
        city=text(row, "city"),
        state=text(row, "state"),
        postcode=text(row, "zip_code").replace("-", ""),
        phone=cell,
        email=text(row, "email"),
        language=LANGUAGES.get(text(row, "preferred_language"), "en"),
        coverages=tuple(
            coverage(rank, cover, row)
            for rank, cover in insurances
            if cover and any(text(cover, name) for name in NAMES_A_PLAN)
        ),
        consents=consents(row, field_names, cell),
    )


def coverage(rank: int, row: Row, owner: Row) -> EhrCoverage:
    is_self = bool(row.get("is_subscriber_the_patient"))
    relationship = text(row, "patient_relationship_to_subscriber").lower()
    subscriber_sex = text(row, "subscriber_gender")

    def subscriber(name: str, of_patient: str) -> str:
        return text(row, f"subscriber_{name}") or (text(owner, of_patient) if is_self else "")

    return EhrCoverage(
        rank=rank,
        payer_id=text(row, "insurance_payer_id"),
        payer_name=text(row, "insurance_company"),
        member_id=text(row, "insurance_id_number"),
        relationship="18" if is_self else RELATIONSHIPS.get(relationship, "G8"),
        subscriber_first_name=subscriber("first_name", "first_name"),
        subscriber_last_name=subscriber("last_name", "last_name"),
        subscriber_birth_date=day(subscriber("date_of_birth", "date_of_birth")),
        subscriber_sex=SEXES.get(subscriber_sex, subscriber_sex[:1])
        or (SEXES.get(text(owner, "gender"), "") if is_self else ""),
        group_number=text(row, "insurance_group_number"),
    )


def consents(row: Row, field_names: Mapping[int, str], cell: str) -> tuple[EhrConsent, ...]:
    """Consent is kept in custom demographic fields: per channel yes or no, and who gave it when, how and in which words."""
    given = {field_names.get(int(field["field_type"]), ""): field for field in row.get("custom_demographics") or ()}
    answers = {name: text(given.get(name, {}), "value") for name in CONSENT_FIELDS}
    if row.get("disable_sms_messages"):
        answers["consent_sms"] = "no"
    return tuple(
        EhrConsent(
            channel=channel,
            address=address,
            given_on=day(answers["consent_at"]),
            wording=answers["consent_wording"],
            source=answers["consent_source"],
            given=answers[f"consent_{channel}"].lower() == "yes",
        )
        for channel, address in (("sms", cell), ("email", text(row, "email")))
        if answers[f"consent_{channel}"] and address
    )
