"""277CA: one interchange, one group, an ST for each acknowledgement."""

from collections.abc import Sequence

from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.guides.levels import LevelWriter
from apps.x12.guides.parts_write import write_party, write_period, write_reference, write_references
from apps.x12.guides.statuses import write_line_status, write_statuses
from apps.x12.guides.x277ca.records import (
    ClaimAcknowledgment,
    ClaimStatus,
    ProviderStatus,
    ReceiverStatus,
    Totals,
)
from apps.x12.writer import Writer

VERSION = "005010X214"


def write_277ca(acknowledgments: Sequence[ClaimAcknowledgment], envelope: Envelope) -> bytes:
    """Raises WriteError if there is nothing to write."""
    if not acknowledgments:
        raise WriteError("There is no acknowledgement to write.")
    writer = Writer(envelope)
    writer.open_group("HN", VERSION)
    for item in acknowledgments:
        writer.open_transaction("277", VERSION)
        writer.segment("BHT", "0085", "08", item.reference, item.created_on, item.created_at, "TH")
        _write_source(LevelWriter(writer), item)
        writer.close_transaction()
    return writer.close_group()


def _write_source(levels: LevelWriter, item: ClaimAcknowledgment) -> None:
    writer = levels.writer
    top = levels.open(None, "20", has_children=True)
    write_party(writer, item.source)
    if item.trace_number:
        writer.segment("TRN", "1", item.trace_number)
    for qualifier, day in (("050", item.received_on), ("009", item.processed_on)):
        if day:
            writer.segment("DTP", qualifier, "D8", day)
    for receiver in item.receivers:
        _write_receiver(levels, top, receiver)


def _write_receiver(levels: LevelWriter, parent: int, receiver: ReceiverStatus) -> None:
    own = levels.open(parent, "21", has_children=bool(receiver.providers))
    write_party(levels.writer, receiver.receiver)
    levels.writer.segment("TRN", "2", receiver.batch_reference)
    write_statuses(levels.writer, receiver.statuses)
    _write_totals(levels.writer, receiver.totals, "90", "AA")
    for provider in receiver.providers:
        _write_provider(levels, own, provider)


def _write_provider(levels: LevelWriter, parent: int, provider: ProviderStatus) -> None:
    own = levels.open(parent, "19", has_children=bool(provider.claims))
    write_party(levels.writer, provider.provider)
    if provider.trace_number:
        levels.writer.segment("TRN", "1", provider.trace_number)
    write_statuses(levels.writer, provider.statuses)
    write_references(levels.writer, provider.references)
    _write_totals(levels.writer, provider.totals, "QA", "QC")
    for claim in provider.claims:
        # X214 2000D: this level has no HL04.
        levels.open(own, "PT", has_children=None)
        _write_claim(levels.writer, claim)


def _write_claim(writer: Writer, claim: ClaimStatus) -> None:
    if claim.patient:
        write_party(writer, claim.patient)
    writer.segment("TRN", "2", claim.control_number)
    write_statuses(writer, claim.statuses)
    write_reference(writer, "1K", claim.payer_claim_number)
    write_reference(writer, "D9", claim.clearinghouse_number)
    write_references(writer, claim.references)
    if claim.service:
        write_period(writer, claim.service)
    for line in claim.lines:
        write_line_status(writer, line)


def _write_totals(writer: Writer, totals: Totals, accepted: str, rejected: str) -> None:
    for name, qualifier, value in (
        ("QTY", accepted, totals.accepted),
        ("QTY", rejected, totals.rejected),
        ("AMT", "YU", totals.accepted_charge),
        ("AMT", "YY", totals.rejected_charge),
    ):
        if value is not None:
            writer.segment(name, qualifier, value)
