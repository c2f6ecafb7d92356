"""A file's rows in the port's words: rows of one visit together. Pure."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal

from apps.connectors.adapters.csv_drop import columns
from apps.connectors.adapters.csv_drop.errors import RowError
from apps.connectors.adapters.csv_drop.numbers import charge_number, check_numbers
from apps.connectors.lost_lines import Row
from apps.connectors.phones import e164
from apps.connectors.ports.charge_files import ChargeFileContent, FileLayout, RowProblem
from apps.connectors.ports.ehr import (
    EhrCharge,
    EhrConsent,
    EhrCoverage,
    EhrEncounter,
    EhrPatient,
    EhrProvider,
    EhrVisitFacts,
)

logger = logging.getLogger(__name__)

# Of a name's parts and of an NPI, so many signs.
_LONGEST = {"name": 35, "npi": 10}
# A claim has one rendering provider, payer and place: what another did or pays, or was done elsewhere, is never billed under the first
# (DOMAIN 2.5; X222A1 CLM05-1).
_APART = "give its rows a visit number of their own"
WORDING = "Consent to texts, as the EHR's export states it."


@dataclass(frozen=True, slots=True)
class _Line:
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


@dataclass
class _Visit:
    lines: list[_Line] = field(default_factory=list)
    refused_at: int = 0  # the line of its first bad row


class FileReading:
    """Gathers rows into visits. A visit with a bad row, or one that may be its, waits whole: half a visit must never be billed."""

    def __init__(self, layout: FileLayout, today: date) -> None:
        self._layout = layout
        self._days = columns.Days(layout.date_format, today)
        self._payers = {name.casefold(): payer_id for name, payer_id in layout.payers.items()}
        self._visits: dict[str, _Visit] = {}
        self._problems: list[RowProblem] = []
        self._rows = 0

    def read(self, rows: Iterable[Row]) -> ChargeFileContent:
        for row in rows:
            self._rows += 1
            self._take(row)
        return self._content()

    def _take(self, row: Row) -> None:
        cells = {ours: row.cells.get(theirs, "") for ours, theirs in self._layout.columns.items()}
        visit_number = cells.get("visit", "")
        visit = self._visits.setdefault(visit_number, _Visit()) if visit_number else _Visit()
        try:
            _check_readable(row, visit_number)
            columns.check_took_place(cells.get("status", ""))
            check_numbers(cells)
            line = self._line(row.line, cells, str(len(visit.lines) + 1))
            _check_belongs(line, visit)
            visit.lines.append(line)
        except RowError as problem:
            self._refuse(row, visit_number, str(problem))
        except Exception as error:  # whatever it is, it is this row's alone; its words may repeat what a cell says
            logger.exception("A row of a charge file could not be read.")
            self._refuse(
                row, visit_number, f"reading it fails with {type(error).__name__}: look for unusual signs in its cells"
            )

    def _refuse(self, row: Row, visit_number: str, reason: str) -> None:
        """Where it cannot be told for certain whose the row is, each visit whose it may be waits."""
        self._problems.append(RowProblem(row.line, reason))
        perhaps = row.perhaps.get(self._layout.columns.get("visit", ""), frozenset())
        for number in {visit_number, visit_number.replace('"', ""), *perhaps} - {""}:
            visit = self._visits.setdefault(number, _Visit())
            visit.refused_at = visit.refused_at or row.line

    def _line(self, number: int, cells: Mapping[str, str], place: str) -> _Line:
        patient = _patient(cells, self._days)
        charge_line = cells.get("line") or place
        diagnoses = tuple(columns.diagnosis(cells.get(name, "")) for name in columns.DIAGNOSES)
        return _Line(
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
            procedure=columns.procedure(cells["procedure"]),
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
            payer_id = cells.get("payer_id") or plain.payer_id
            return replace(plain, payer_id=payer_id, group_number=cells.get("group_number", ""))
        return EhrCoverage(
            rank=1,
            payer_id=cells.get("payer_id") or self._payers.get(cells.get("payer", "").casefold(), ""),
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

    def _content(self) -> ChargeFileContent:
        good = {number: visit for number, visit in self._visits.items() if not visit.refused_at}
        waiting = [
            RowProblem(line.line, f"it waits for line {visit.refused_at}, which belongs to the same visit")
            for visit in self._visits.values()
            if visit.refused_at
            for line in visit.lines
        ]
        lines = [line for visit in good.values() for line in visit.lines]
        return ChargeFileContent(
            rows=self._rows,
            encounters=tuple(_encounter(number, visit) for number, visit in good.items()),
            patients=tuple({line.patient.source_id: line.patient for line in lines}.values()),
            providers=tuple({line.provider.source_id: line.provider for line in lines}.values()),
            problems=tuple(sorted(self._problems + waiting, key=lambda problem: problem.line)),
        )


def _check_readable(row: Row, visit_number: str) -> None:
    if row.problem:
        raise RowError(row.problem)
    columns.required(visit_number, "the visit number")


def _check_belongs(line: _Line, visit: _Visit) -> None:
    if any(line.number == other.number for other in visit.lines):
        raise RowError("its line number appears twice in the visit")
    first = visit.lines[0] if visit.lines else line
    if (_person(line.patient), line.service_date) != (_person(first.patient), first.service_date):
        raise RowError("its patient or date differs from the visit's first row")
    if line.provider.source_id != first.provider.source_id:
        raise RowError(f"its rendering provider differs from the visit's first row: {_APART}")
    if _billed_to(line.coverages) != _billed_to(first.coverages):
        raise RowError(f"its payer or member id differs from the visit's first row: {_APART}")
    for what, name in (("place of service", "place_of_service"), ("location", "location")):
        told = _first_told([*visit.lines, line], name)
        if getattr(line, name) and getattr(line, name).casefold() != told.casefold():
            raise RowError(f"its {what} differs from that of the visit's other rows: {_APART}")


def _place(cell: str) -> str:
    return cell.zfill(2) if cell else ""


def _first_told(lines: Iterable[_Line], name: str) -> str:
    return next((str(value) for line in lines if (value := getattr(line, name))), "")


def _person(patient: EhrPatient) -> tuple[object, ...]:
    return patient.source_id, patient.last_name.casefold(), patient.first_name.casefold(), patient.birth_date


def _billed_to(plans: Iterable[EhrCoverage]) -> list[tuple[object, ...]]:
    return [(plan.rank, plan.payer_id or plan.payer_name.casefold(), plan.member_id.casefold()) for plan in plans]


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
        postcode=columns.postcode(cells.get("zip", "")),
        phone=phone,
        email=cells.get("email", ""),
        language="es" if cells.get("language", "").lower().startswith(("es", "spa")) else "en",
        consents=_consents(cells, phone),
    )


def _provider(cells: Mapping[str, str]) -> EhrProvider:
    """Where the export has no column for the first name, the last name's column holds both, and perhaps a title after a comma."""
    last_name = columns.required(cells["provider_last_name"].partition(",")[0], "the rendering provider")
    first_name = cells.get("provider_first_name", "")
    if not first_name and " " in last_name:
        first_name, _, last_name = last_name.partition(" ")
    npi = cells.get("provider_npi", "")
    taxonomy = columns.TAXONOMIES.get(cells.get("specialty", "").lower(), "")
    return EhrProvider(f"{npi} {last_name} {first_name}"[:40], first_name, last_name, npi, taxonomy)


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


def _together(lines: Iterable[_Line]) -> EhrVisitFacts:
    """Of each fact what the visit's first row that has it says."""
    found = [line.facts for line in lines]
    told = {
        each.name: next((value for one in found if (value := getattr(one, each.name))), None)
        for each in fields(EhrVisitFacts)
    }
    return EhrVisitFacts(**{name: value for name, value in told.items() if value})


def _encounter(number: str, visit: _Visit) -> EhrEncounter:
    first = visit.lines[0]
    diagnoses = tuple(dict.fromkeys(code for line in visit.lines for code in line.diagnoses))
    return EhrEncounter(
        source_id=number,
        patient_source_id=first.patient.source_id,
        provider_source_id=first.provider.source_id,
        location_source_id=_first_told(visit.lines, "location"),
        service_date=first.service_date,
        place_of_service=_first_told(visit.lines, "place_of_service") or "11",
        diagnoses=diagnoses,
        charges=tuple(_charge(line, diagnoses) for line in visit.lines),
        coverages=first.coverages,
        abn_signed_on=min((line.abn_signed_on for line in visit.lines if line.abn_signed_on), default=None),
        facts=_together(visit.lines),
    )


def _charge(line: _Line, diagnoses: tuple[str, ...]) -> EhrCharge:
    return EhrCharge(
        source_id=line.source_id,
        procedure=line.procedure,
        modifiers=line.modifiers,
        units=line.units,
        amount=line.amount,
        diagnosis_pointers=tuple(diagnoses.index(code) + 1 for code in line.pointed_at),
        ndc=line.ndc,
        ndc_units=line.ndc_units,
        ndc_unit_measure=line.ndc_unit_measure,
    )
