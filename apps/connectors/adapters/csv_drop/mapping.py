"""A file's rows in the port's words: those of one visit together. Pure."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date

from apps.connectors.adapters.csv_drop import columns
from apps.connectors.adapters.csv_drop.errors import RowError
from apps.connectors.adapters.csv_drop.lines import Line, LineReader
from apps.connectors.adapters.csv_drop.numbers import check_numbers
from apps.connectors.lost_lines import Row
from apps.connectors.ports.charge_files import ChargeFileContent, FileLayout, RowProblem
from apps.connectors.ports.ehr import (
    EhrCharge,
    EhrCoverage,
    EhrEncounter,
    EhrPatient,
    EhrVisitFacts,
)

logger = logging.getLogger(__name__)

# A claim has one rendering provider, payer and place: what another did or pays, or was done elsewhere, is never billed under the first
# (DOMAIN 2.5; X222A1 CLM05-1).
_APART = "give its rows a visit number of their own"


@dataclass
class _Visit:
    lines: list[Line] = field(default_factory=list)
    refused_at: int = 0  # the line of its first bad row


class FileReading:
    """Gathers rows into visits. A visit with a bad row, or one that may be its, waits whole: half a visit must never be billed."""

    def __init__(self, layout: FileLayout, today: date) -> None:
        self._layout = layout
        self._lines = LineReader(layout, today)
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
            line = self._lines.read(row.line, cells, str(len(visit.lines) + 1))
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


def _check_belongs(line: Line, visit: _Visit) -> None:
    if any(line.number == other.number for other in visit.lines):
        raise RowError("its line number appears twice in the visit")
    first = visit.lines[0] if visit.lines else line
    if (_person(line.patient), line.service_date) != (_person(first.patient), first.service_date):
        raise RowError("its patient or date differs from the visit's first row")
    if line.provider.source_id != first.provider.source_id:
        raise RowError(f"its rendering provider differs from the visit's first row: {_APART}")
    if _billed_to(line.coverages) != _billed_to(first.coverages):
        raise RowError(f"its payer or member ID differs from the visit's first row: {_APART}")
    for what, name in (("place of service", "place_of_service"), ("location", "location")):
        told = _first_told([*visit.lines, line], name)
        if getattr(line, name) and getattr(line, name).casefold() != told.casefold():
            raise RowError(f"its {what} differs from that of the visit's other rows: {_APART}")


def _first_told(lines: Iterable[Line], name: str) -> str:
    return next((str(value) for line in lines if (value := getattr(line, name))), "")


def _person(patient: EhrPatient) -> tuple[object, ...]:
    return patient.source_id, patient.last_name.casefold(), patient.first_name.casefold(), patient.birth_date


def _billed_to(plans: Iterable[EhrCoverage]) -> list[tuple[object, ...]]:
    return [(plan.rank, plan.payer_id or plan.payer_name.casefold(), plan.member_id.casefold()) for plan in plans]


def _together(lines: Iterable[Line]) -> EhrVisitFacts:
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


def _charge(line: Line, diagnoses: tuple[str, ...]) -> EhrCharge:
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
