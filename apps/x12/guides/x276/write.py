"""276: one interchange, one group, one transaction."""

from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.guides.levels import LevelWriter
from apps.x12.guides.parts_write import procedure_element, write_party, write_period, write_reference, write_references
from apps.x12.guides.x276.records import (
    ClaimInquiry,
    ClaimStatusInquiry,
    Insured,
    LineInquiry,
    PatientInquiry,
    ProviderInquiry,
)
from apps.x12.writer import Writer

VERSION = "005010X212"


def write_276(inquiry: ClaimStatusInquiry, envelope: Envelope) -> bytes:
    """Raises WriteError if no claim is asked about, and for one without a trace number: its answer would find nobody."""
    claims = [claim for patient in inquiry.patients for claim in patient.claims]
    if not claims:
        raise WriteError("There is no claim to ask about.")
    if not all(claim.trace_number for claim in claims):
        raise WriteError("An inquiry needs its trace number (TRN02).")
    writer = Writer(envelope)
    writer.open_group("HR", VERSION)
    writer.open_transaction("276", VERSION)
    writer.segment("BHT", "0010", "13", inquiry.reference, inquiry.created_on, inquiry.created_at)
    levels = LevelWriter(writer)
    for source in inquiry.sources:
        top = levels.open(None, "20", has_children=bool(source.receivers))
        write_party(writer, source.source)
        for receiver in source.receivers:
            own = levels.open(top, "21", has_children=bool(receiver.providers))
            write_party(writer, receiver.receiver)
            for provider in receiver.providers:
                _write_provider(levels, own, provider)
    writer.close_transaction()
    return writer.close_group()


def _write_provider(levels: LevelWriter, parent: int, provider: ProviderInquiry) -> None:
    own = levels.open(parent, "19", has_children=bool(provider.patients))
    write_party(levels.writer, provider.provider)
    for patient in provider.patients:
        _write_patient(levels, own, patient)


def _write_patient(levels: LevelWriter, parent: int, item: PatientInquiry) -> None:
    levels.open_patient(parent, item.subscriber, item.dependent, _write_insured)
    for claim in item.claims:
        _write_claim(levels.writer, claim)


def _write_insured(writer: Writer, person: Insured) -> None:
    """X212 2000D: here the birth date stands before the name."""
    if person.birth_date or person.sex:
        writer.segment("DMG", "D8" if person.birth_date else "", person.birth_date, person.sex)
    write_party(writer, person.party)


def _write_claim(writer: Writer, claim: ClaimInquiry) -> None:
    writer.segment("TRN", "1", claim.trace_number)
    write_reference(writer, "1K", claim.payer_claim_number)
    write_reference(writer, "BLT", claim.bill_type)
    write_reference(writer, "EJ", claim.control_number)
    write_reference(writer, "XZ", claim.prescription_number)
    write_reference(writer, "D9", claim.clearinghouse_number)
    write_references(writer, claim.references)
    if claim.charge is not None:
        writer.segment("AMT", "T3", claim.charge)
    if claim.service:
        write_period(writer, claim.service)
    for line in claim.lines:
        _write_line(writer, line)


def _write_line(writer: Writer, line: LineInquiry) -> None:
    procedure = procedure_element("SVC01", line.qualifier, line.procedure, line.modifiers)
    writer.segment("SVC", procedure, line.charge, "", line.revenue_code, "", "", line.units)
    write_reference(writer, "FJ", line.control_number)
    write_references(writer, line.references)
    if line.service:
        write_period(writer, line.service)
