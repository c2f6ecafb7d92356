"""277: one interchange, one group, one transaction."""

from apps.x12.envelope import Envelope
from apps.x12.guides.levels import LevelWriter
from apps.x12.guides.parts_write import write_contact, write_party, write_period, write_reference, write_references
from apps.x12.guides.statuses import write_line_status, write_statuses
from apps.x12.guides.x277.records import (
    ClaimStatus,
    ClaimStatusResponse,
    PatientStatus,
    ProviderStatus,
    ReceiverStatus,
    SourceStatus,
)
from apps.x12.writer import Writer

VERSION = "005010X212"


def write_277(response: ClaimStatusResponse, envelope: Envelope) -> bytes:
    """Raises WriteError if a value cannot be carried."""
    writer = Writer(envelope)
    writer.open_group("HN", VERSION)
    writer.open_transaction("277", VERSION)
    writer.segment("BHT", "0010", "08", response.reference, response.created_on, response.created_at, "DG")
    levels = LevelWriter(writer)
    for source in response.sources:
        _write_source(levels, source)
    writer.close_transaction()
    return writer.close_group()


def _write_source(levels: LevelWriter, source: SourceStatus) -> None:
    own = levels.open(None, "20", has_children=bool(source.receivers))
    write_party(levels.writer, source.source)
    for contact in source.contacts:
        write_contact(levels.writer, contact)
    for receiver in source.receivers:
        _write_receiver(levels, own, receiver)


def _write_receiver(levels: LevelWriter, parent: int, receiver: ReceiverStatus) -> None:
    own = levels.open(parent, "21", has_children=bool(receiver.providers))
    write_party(levels.writer, receiver.receiver)
    if receiver.trace_number:
        levels.writer.segment("TRN", "2", receiver.trace_number)
    write_statuses(levels.writer, receiver.statuses)
    for provider in receiver.providers:
        _write_provider(levels, own, provider)


def _write_provider(levels: LevelWriter, parent: int, provider: ProviderStatus) -> None:
    own = levels.open(parent, "19", has_children=bool(provider.patients))
    write_party(levels.writer, provider.provider)
    if provider.trace_number:
        levels.writer.segment("TRN", "1", provider.trace_number)
    write_statuses(levels.writer, provider.statuses)
    for patient in provider.patients:
        _write_patient(levels, own, patient)


def _write_patient(levels: LevelWriter, parent: int, item: PatientStatus) -> None:
    levels.open_patient(parent, item.subscriber, item.dependent, write_party)
    for claim in item.claims:
        _write_claim(levels.writer, claim)


def _write_claim(writer: Writer, claim: ClaimStatus) -> None:
    writer.segment("TRN", "2", claim.trace_number)
    write_statuses(writer, claim.statuses)
    write_reference(writer, "1K", claim.payer_claim_number)
    write_reference(writer, "BLT", claim.bill_type)
    write_reference(writer, "EJ", claim.control_number)
    write_reference(writer, "XZ", claim.prescription_number)
    write_reference(writer, "VV", claim.voucher_number)
    write_reference(writer, "D9", claim.clearinghouse_number)
    write_references(writer, claim.references)
    if claim.service:
        write_period(writer, claim.service)
    for line in claim.lines:
        write_line_status(writer, line)
