"""Writing the pieces that 270 and 271 share."""

from collections.abc import Iterable

from apps.x12.guides.eligibility import (
    AdditionalInformation,
    CoveredPerson,
    MilitaryService,
    ProviderInformation,
    Trace,
)
from apps.x12.guides.parts_write import name_elements, write_address, write_period, write_references
from apps.x12.values import write_date, write_range
from apps.x12.writer import Writer

# INS05 to INS16, which X279 does not use.
_UNUSED = ("",) * 12


def write_traces(writer: Writer, traces: Iterable[Trace]) -> None:
    for trace in traces:
        writer.segment("TRN", trace.kind, trace.number, trace.originator, trace.division)


def write_provider(writer: Writer, provider: ProviderInformation | None) -> None:
    if provider:
        writer.segment("PRV", provider.code, provider.qualifier, provider.taxonomy)


def write_additional(writer: Writer, items: Iterable[AdditionalInformation]) -> None:
    for item in items:
        writer.segment("III", item.qualifier, item.code, item.category, writer.free(item.text))


def write_identity(writer: Writer, person: CoveredPerson, role: str) -> None:
    """NM1, REF, N3, N4: in a 271 its rejections follow."""
    names = name_elements(writer, person.last_name, person.first_name, person.middle_name, person.suffix)
    identity = (person.id_qualifier, person.member_id) if person.member_id else ()
    writer.segment("NM1", role, "1", *names, *identity)
    write_references(writer, person.references)
    write_address(writer, person.address)


def write_details(writer: Writer, person: CoveredPerson) -> None:
    """PRV, DMG, INS, HI, DTP, MPI."""
    write_provider(writer, person.provider)
    if person.birth_date or person.sex:
        writer.segment("DMG", "D8" if person.birth_date else "", person.birth_date, person.sex)
    ins = (person.relationship, person.maintenance_type, person.maintenance_reason, *_UNUSED, person.birth_sequence)
    if any(item not in ("", None) for item in ins):
        writer.segment("INS", "Y" if person.relationship == "18" else "N", *ins)
    if person.diagnoses:
        writer.segment("HI", *((item.qualifier, item.code) for item in person.diagnoses))
    for period in person.dates:
        write_period(writer, period)
    if person.military:
        _write_military(writer, person.military)


def _write_military(writer: Writer, item: MilitaryService) -> None:
    if item.start and item.end and item.start != item.end:
        when = ("RD8", write_range(item.start, item.end))
    else:
        when = ("D8", write_date(item.start)) if item.start else ("", "")
    described = writer.free(item.description)
    writer.segment("MPI", item.information, item.employment, item.affiliation, described, item.rank, *when)
