"""277CA: one interchange, one group, an ST for each acknowledgement."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import write_party, write_period, write_reference, write_references
from apps.x12.guides.x277ca.records import (
    ClaimAcknowledgment,
    ClaimStatus,
    LineStatus,
    ProviderStatus,
    ReceiverStatus,
    Status,
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
        _Levels(writer).write(item)
        writer.close_transaction()
    return writer.close_group()


@dataclass(slots=True)
class _Levels:
    writer: Writer
    number: int = 0

    def write(self, item: ClaimAcknowledgment) -> None:
        writer = self.writer
        top = self._level("", "20", has_children=True)
        write_party(writer, item.source)
        if item.trace_number:
            writer.segment("TRN", "1", item.trace_number)
        for qualifier, day in (("050", item.received_on), ("009", item.processed_on)):
            if day:
                writer.segment("DTP", qualifier, "D8", day)
        for receiver in item.receivers:
            self._receiver(top, receiver)

    def _level(self, parent: int | str, code: str, *, has_children: bool | None) -> int:
        self.number += 1
        children = "" if has_children is None else str(int(has_children))
        self.writer.segment("HL", self.number, parent, code, children)
        return self.number

    def _receiver(self, parent: int, receiver: ReceiverStatus) -> None:
        own = self._level(parent, "21", has_children=bool(receiver.providers))
        write_party(self.writer, receiver.receiver)
        self.writer.segment("TRN", "2", receiver.batch_reference)
        _write_statuses(self.writer, receiver.statuses)
        _write_totals(self.writer, receiver.totals, "90", "AA")
        for provider in receiver.providers:
            self._provider(own, provider)

    def _provider(self, parent: int, provider: ProviderStatus) -> None:
        own = self._level(parent, "19", has_children=bool(provider.claims))
        write_party(self.writer, provider.provider)
        if provider.trace_number:
            self.writer.segment("TRN", "1", provider.trace_number)
        _write_statuses(self.writer, provider.statuses)
        write_references(self.writer, provider.references)
        _write_totals(self.writer, provider.totals, "QA", "QC")
        for claim in provider.claims:
            # X214 2000D: this level has no HL04.
            self._level(own, "PT", has_children=None)
            _write_claim(self.writer, claim)


def _write_claim(writer: Writer, claim: ClaimStatus) -> None:
    if claim.patient:
        write_party(writer, claim.patient)
    writer.segment("TRN", "2", claim.control_number)
    _write_statuses(writer, claim.statuses)
    write_reference(writer, "1K", claim.payer_claim_number)
    write_reference(writer, "D9", claim.clearinghouse_number)
    write_references(writer, claim.references)
    if claim.service:
        write_period(writer, claim.service)
    for line in claim.lines:
        _write_line(writer, line)


def _write_line(writer: Writer, line: LineStatus) -> None:
    procedure = (line.qualifier, line.procedure, *line.modifiers)
    writer.segment("SVC", procedure, line.charge, "", "", "", "", line.units)
    _write_statuses(writer, line.statuses)
    write_reference(writer, "FJ", line.control_number)
    if line.service:
        write_period(writer, line.service)


def _write_totals(writer: Writer, totals: Totals, accepted: str, rejected: str) -> None:
    for name, qualifier, value in (
        ("QTY", accepted, totals.accepted),
        ("QTY", rejected, totals.rejected),
        ("AMT", "YU", totals.accepted_charge),
        ("AMT", "YY", totals.rejected_charge),
    ):
        if value is not None:
            writer.segment(name, qualifier, value)


def _write_statuses(writer: Writer, statuses: Sequence[Status]) -> None:
    for status in statuses:
        codes = [(code.category, code.code, code.entity) for code in status.codes] + [("",)] * 3
        unused = [""] * 5
        writer.segment(
            "STC",
            codes[0],
            status.effective_on,
            status.action,
            status.charge,
            *unused,
            codes[1],
            codes[2],
            writer.free(status.message),
        )
