"""One row of a charge file in the port's words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from apps.connectors.adapters.csv_drop import columns
from apps.connectors.adapters.csv_drop.numbers import (
    LONGEST_NPI,
    NAMES,
    charge_number,
    check_length,
    check_npi,
    without_decimals,
)
from apps.connectors.phones import e164
from apps.connectors.ports.charge_files import FileLayout
from apps.connectors.ports.ehr import (
    EhrConsent,
    EhrCoverage,
    EhrPatient,
    EhrProvider,
    EhrVisitFacts,
)

# Of a name's parts and of an NPI, so many signs.
_LONGEST = {"name": 35, "npi": LONGEST_NPI}
_LONGEST_LAST_NAME = 60  # of who renders (NM103)
WORDING = "Consent to texts, as the EHR's export states it."


@dataclass(frozen=True, slots=True)
class Line:
    """One good row, read."""

    line: int
    number: str
    source_id: str
    patient: EhrPatient
    provider: EhrProvider
    coverages: tuple[EhrCoverage, ...]
    service_date: date
    location: str  # empty where the row says none: that of the visit's others
    place_of_service: str  # the same
    diagnoses: tuple[str, ...]
    pointed_at: tuple[str, ...]  # the diagnoses that this line points at
    procedure: str
    modifiers: tuple[str, ...]
    units: Decimal
    amount: Decimal
    abn_signed_on: date | None
    ndc: str
    ndc_units: Decimal | None
    ndc_unit_measure: str
    facts: EhrVisitFacts


class LineReader:
    """Reads the cells of good rows, by our names of the columns."""

    def __init__(self, layout: FileLayout, today: date) -> None:
        self._days = columns.Days(layout.date_format, today)
        self._payers = {name.casefold(): payer_id for name, payer_id in layout.payers.items()}

    def read(self, number: int, cells: Mapping[str, str], place: str) -> Line:
        """`number` is the line in the file, `place` what it is called in its visit where the file has no name for it. Raises RowError."""
        patient = _patient(cells, self._days)
        charge_line = cells.get("line") or place
        diagnoses = tuple(columns.diagnosis(cells.get(name, "")) for name in columns.DIAGNOSES)
        return Line(
            line=number,
            number=charge_line,
            source_id=charge_number(cells["visit"], charge_line),
            patient=patient,
            provider=_provider(cells),
            coverages=self._coverages(cells, patient),
            service_date=self._days.day(cells["service_date"], "the date of service"),
            location=cells.get("location", ""),
            place_of_service=_place(cells.get("place_of_service", "")),
            diagnoses=tuple(code for code in diagnoses if code),
            pointed_at=_pointed_at(cells.get("diagnosis_pointers", ""), diagnoses),
            procedure=columns.procedure(without_decimals(cells["procedure"])),
            modifiers=columns.codes(cells.get("modifiers", "")),
            units=columns.units(cells.get("units", "")),
            amount=columns.dollars(cells["charge"]),
            abn_signed_on=self._days.optional(cells.get("abn_signed_on", ""), "the day on which the notice was signed"),
            ndc=cells.get("ndc", ""),
            ndc_units=columns.drug_quantity(cells.get("ndc_units", "")),
            ndc_unit_measure=cells.get("ndc_unit", "").upper(),
            facts=_facts(cells, self._days),
        )

    def _coverages(self, cells: Mapping[str, str], patient: EhrPatient) -> tuple[EhrCoverage, ...]:
        """An empty payer is self-pay. A payer that the mapping does not know keeps its name, for the administrator to confirm."""
        found = []
        if cells.get("payer") or cells.get("payer_id"):
            found.append(self._primary(cells, patient))
        if cells.get("secondary_payer"):
            found.append(self._coverage(2, cells["secondary_payer"], cells.get("secondary_member_id", ""), patient))
        return tuple(found)

    def _primary(self, cells: Mapping[str, str], patient: EhrPatient) -> EhrCoverage:
        relationship = columns.RELATIONSHIPS.get(cells.get("relationship", "").lower(), "G8")
        if relationship == "18":
            plain = self._coverage(1, cells.get("payer", ""), cells.get("member_id", ""), patient)
            payer_id = _payer_id(cells) or plain.payer_id
            return replace(plain, payer_id=payer_id, group_number=cells.get("group_number", ""))
        return EhrCoverage(
            rank=1,
            payer_id=_payer_id(cells) or self._payers.get(cells.get("payer", "").casefold(), ""),
            payer_name=cells.get("payer", ""),
            member_id=cells.get("member_id", ""),
            relationship=relationship,
            subscriber_first_name=cells.get("subscriber_first_name", ""),
            subscriber_last_name=cells.get("subscriber_last_name", ""),
            subscriber_birth_date=self._days.birth_date(
                cells.get("subscriber_birth_date", ""), "the subscriber's birth date"
            ),
            subscriber_sex=columns.SEXES.get(cells.get("subscriber_sex", "").lower(), ""),
            group_number=cells.get("group_number", ""),
        )

    def _coverage(self, rank: int, payer: str, member_id: str, patient: EhrPatient) -> EhrCoverage:
        return EhrCoverage(
            rank=rank,
            payer_id=self._payers.get(payer.casefold(), ""),
            payer_name=payer,
            member_id=member_id,
            relationship="18",
            subscriber_first_name=patient.first_name,
            subscriber_last_name=patient.last_name,
            subscriber_birth_date=patient.birth_date,
            subscriber_sex=patient.sex,
        )


def _payer_id(cells: Mapping[str, str]) -> str:
    return without_decimals(cells.get("payer_id", ""))


def _place(cell: str) -> str:
    return without_decimals(cell).zfill(2) if cell else ""


def _pointed_at(cell: str, diagnoses: tuple[str, ...]) -> tuple[str, ...]:
    """A service line points at no more than four diagnoses (X222A1 SV107)."""
    places = columns.pointers(cell, len(diagnoses))
    codes = [diagnoses[place - 1] for place in places] if places else diagnoses
    return tuple(dict.fromkeys(code for code in codes if code))[:4]


def _consents(cells: Mapping[str, str], phone: str) -> tuple[EhrConsent, ...]:
    """Exports say yes or no, and not when."""
    answer = cells.get("text_consent", "").lower()
    if answer not in columns.ANSWERS or not phone:
        return ()
    return (EhrConsent("sms", phone, None, WORDING, source="charge file", given=columns.ANSWERS[answer]),)


def _patient(cells: Mapping[str, str], days: columns.Days) -> EhrPatient:
    phone = e164(cells.get("phone", ""))
    return EhrPatient(
        source_id=columns.required(cells["patient"], "the patient number"),
        first_name=cells["first_name"],
        last_name=cells["last_name"],
        birth_date=days.birth_date(cells["birth_date"], "the birth date"),
        sex=columns.SEXES.get(cells.get("sex", "").lower(), "U"),
        line1=cells.get("address", ""),
        line2=cells.get("address_2", ""),
        city=cells.get("city", ""),
        state=columns.state(cells.get("state", "")),
        postcode=columns.postcode(without_decimals(cells.get("zip", ""))),
        phone=phone,
        email=cells.get("email", ""),
        language="es" if cells.get("language", "").lower().startswith(("es", "spa")) else "en",
        consents=_consents(cells, phone),
    )


def _provider(cells: Mapping[str, str]) -> EhrProvider:
    """Where the export has no column for the first name, the last name's column holds both, and perhaps a title after a comma.

    Known by the NPI's cell and whole name: cut, two would become one, and without the decimals of a spreadsheet the provider of
    earlier files would be another. Raises RowError where one is longer than a claim can carry.
    """
    last_name = columns.required(cells["provider_last_name"].partition(",")[0], "the rendering provider")
    first_name = cells.get("provider_first_name", "")
    if not first_name and " " in last_name:
        first_name, _, last_name = last_name.partition(" ")
    written = "".join(cells.get("provider_npi", "").split())
    npi = without_decimals(written)
    check_npi(npi, NAMES["provider_npi"])
    check_length(last_name, "the rendering provider's last name", longest=_LONGEST_LAST_NAME)
    check_length(first_name, "the rendering provider's first name", longest=_LONGEST["name"])
    taxonomy = columns.TAXONOMIES.get(cells.get("specialty", "").lower(), "")
    return EhrProvider(f"{written} {last_name} {first_name}", first_name, last_name, npi, taxonomy)


def _facts(cells: Mapping[str, str], days: columns.Days) -> EhrVisitFacts:
    """Longer than a claim can carry is cut; the scrubber names what is not a number of its kind."""
    return EhrVisitFacts(
        accident_causes=columns.accident(cells.get("accident_cause", "")),
        accident_date=days.optional(cells.get("accident_date", ""), "the accident's date"),
        accident_state=columns.state(cells.get("accident_state", "")),
        prior_authorization=cells.get("prior_authorization", "")[:50],
        referral_number=cells.get("referral_number", "")[:50],
        **{name: cells.get(name, "")[: _LONGEST[name.rpartition("_")[2]]] for name in columns.PEOPLE},
    )
