"""Reading the pieces that 270 and 271 share."""

from apps.x12.guides.eligibility import (
    AdditionalInformation,
    CoveredPerson,
    Diagnosis,
    MilitaryService,
    ProviderInformation,
    Trace,
)
from apps.x12.guides.levels import Level, read_levels
from apps.x12.guides.parts_read import read_address, read_periods, read_references
from apps.x12.segments import Segment, each, first


def read_sources(blocks: list[list[Segment]]) -> list[Level]:
    """The payers' levels with all that is under them; an empty one where the file has none."""
    return read_levels(blocks, "20", "21", "22", "23") or [Level()]


def read_traces(segments: list[Segment]) -> tuple[Trace, ...]:
    return tuple(Trace(trn.text(2), trn.text(3), trn.text(1), trn.text(4), trn.number) for trn in each(segments, "TRN"))


def read_provider(segments: list[Segment]) -> ProviderInformation | None:
    prv = first(segments, "PRV")
    return ProviderInformation(prv.text(1), prv.text(3), prv.text(2), prv.number) if prv else None


def read_additional(segments: list[Segment]) -> tuple[AdditionalInformation, ...]:
    return tuple(
        AdditionalInformation(iii.text(1), iii.text(2), iii.text(3), iii.text(4), iii.number)
        for iii in each(segments, "III")
    )


def read_pointers(segment: Segment, element: int) -> tuple[str, ...]:
    """Which of the person's diagnoses it is about, from 1."""
    return tuple(filter(None, segment.components(element)))


def read_person(head: list[Segment]) -> CoveredPerson:
    nm1, dmg, ins = first(head, "NM1"), first(head, "DMG"), first(head, "INS")
    return CoveredPerson(
        last_name=nm1.text(3) if nm1 else "",
        first_name=nm1.text(4) if nm1 else "",
        middle_name=nm1.text(5) if nm1 else "",
        suffix=nm1.text(7) if nm1 else "",
        id_qualifier=(nm1.text(8) if nm1 else "") or "MI",
        member_id=nm1.text(9) if nm1 else "",
        birth_date=dmg.day(2) if dmg else None,
        sex=dmg.text(3) if dmg else "",
        address=read_address(head),
        relationship=ins.text(2) if ins else "",
        maintenance_type=ins.text(3) if ins else "",
        maintenance_reason=ins.text(4) if ins else "",
        birth_sequence=ins.count(17) if ins else None,
        references=read_references(head),
        provider=read_provider(head),
        diagnoses=_read_diagnoses(head),
        dates=read_periods(head),
        military=_read_military(head),
        segment=nm1.number if nm1 else 0,
    )


def _read_diagnoses(head: list[Segment]) -> tuple[Diagnosis, ...]:
    found = [(hi, hi.components(at, 2)) for hi in each(head, "HI") for at in range(1, len(hi.elements)) if hi.text(at)]
    return tuple(Diagnosis(code, qualifier, hi.number) for hi, (qualifier, code, *_) in found)


def _read_military(head: list[Segment]) -> MilitaryService | None:
    mpi = first(head, "MPI")
    if mpi is None:
        return None
    start, end = mpi.period(6, 7)
    return MilitaryService(
        information=mpi.text(1),
        employment=mpi.text(2),
        affiliation=mpi.text(3),
        description=mpi.text(4),
        rank=mpi.text(5),
        start=start,
        end=end,
        segment=mpi.number,
    )
