"""The satellite office has no seat in the EHR: its day's charges are a CSV file, one row per charge line.

Columns: `Visit ID` and `Line` name the row for good. Dates are MM/DD/YYYY, amounts dollars with units included, codes
ICD-10-CM with the dot. `Dx1`-`Dx4` are the diagnoses that this line points at, the first the main one. `Modifiers` stand
in one cell, separated by blanks. `Relationship` is X12's code, 18 the patient's own plan. Patients without insurance have
no payer columns filled. `Text consent` is yes, no or empty (never asked).
"""

import csv
import io
from datetime import date

from apps.sandbox.world.encounters import Line
from apps.sandbox.world.people import Patient
from apps.sandbox.world.practice import PROVIDERS, SATELLITE
from apps.sandbox.world.schedule import Visit
from apps.sandbox.world.world import World

COLUMNS = (
    "Visit ID", "Line", "Patient ID", "Last name", "First name", "Birth date", "Sex", "Address", "City", "State", "ZIP",
    "Phone", "Email", "Language", "Text consent", "Payer ID", "Payer", "Member ID", "Group", "Relationship",
    "Subscriber last name", "Subscriber first name", "Subscriber birth date", "Subscriber sex", "Rendering last name",
    "Rendering first name", "Rendering NPI", "Specialty", "Location", "Service date",
    "Place of service", "Procedure", "Modifiers", "Units", "Charge", "Dx1", "Dx2", "Dx3", "Dx4",
)  # fmt: skip
BY_ID = {each.id: each for each in PROVIDERS}


def satellite_charges(world: World, day: date) -> str:
    """The file of this day; the header alone where nobody was seen or the office has not closed yet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for visit in world.schedule.satellite_on(day):
        if visit.fate == "Complete" and visit.checkout <= world.now:
            patient = world.people.patient(visit.patient)
            writer.writerows(_row(visit, patient, number, line) for number, line in enumerate(visit.lines, start=1))
    return text.getvalue()


def _row(visit: Visit, patient: Patient, number: int, line: Line) -> list[str]:
    provider, home = BY_ID[visit.provider], patient.address
    diagnoses = [*(visit.diagnoses[pointer - 1] for pointer in line.pointers), "", "", "", ""][:4]
    return [
        str(visit.id), str(number), str(patient.id), patient.last_name, patient.first_name, _us(patient.birth_date),
        patient.gender[0], home.line1, home.city, home.state, "" if patient.mess == "missing_address" else home.zip,
        patient.phone, patient.email, patient.language, patient.text_consent, *_insurance(patient),
        provider.last_name, provider.first_name, provider.npi, provider.specialty, SATELLITE.name, _us(visit.day),
        SATELLITE.pos, line.code, " ".join(line.modifiers), str(line.units), f"{line.price * line.units:.2f}",
        *diagnoses,
    ]  # fmt: skip


def _insurance(patient: Patient) -> list[str]:
    cover = patient.coverage
    if cover is None:
        return [""] * 9
    return [
        cover.payer.payer_id, cover.payer.name, patient.shown_member_id, cover.group_number, cover.relationship,
        cover.subscriber_last, cover.subscriber_first, _us(cover.subscriber_birth), cover.subscriber_gender[0],
    ]  # fmt: skip


def _us(day: date) -> str:
    return f"{day:%m/%d/%Y}"
