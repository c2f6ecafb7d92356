"""277: source (20), receiver (21), provider (19), subscriber (22), dependent (23), and what is said at each."""

from collections.abc import Iterator

from apps.x12.guides.levels import Level, keep_unknown, read_levels, traced_claims
from apps.x12.guides.parts_read import read_contacts, read_period, read_references, required_segment
from apps.x12.guides.statuses import read_line_status, read_statuses
from apps.x12.guides.x277.records import (
    ClaimStatus,
    ClaimStatusResponse,
    PatientStatus,
    ProviderStatus,
    ReceiverStatus,
    SourceStatus,
)
from apps.x12.segments import Segment, first, split_at, value_of

_KNOWN = frozenset({"BHT", "HL", "NM1", "PER", "TRN", "STC", "REF", "DTP", "SVC"})


def read_277(segments: list[Segment]) -> ClaimStatusResponse:
    """Raises UnreadableError where BHT is missing."""
    keep_unknown(segments, _KNOWN)
    header, blocks = split_at(segments, "HL")
    bht = required_segment(header, "BHT")
    return ClaimStatusResponse(
        reference=bht.text(3),
        sources=tuple(_read_source(level) for level in read_levels(blocks, "20", "21", "19", "22", "23")),
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        segment=segments[0].number,
    )


def _read_source(level: Level) -> SourceStatus:
    return SourceStatus(
        source=level.party(),
        contacts=read_contacts(level.segments),
        receivers=tuple(_read_receiver(each) for each in level.below),
        segment=level.number,
    )


def _read_receiver(level: Level) -> ReceiverStatus:
    return ReceiverStatus(
        receiver=level.party(),
        providers=tuple(_read_provider(each) for each in level.below),
        trace_number=value_of(level.segments, "TRN", "2"),
        statuses=read_statuses(level.segments),
        segment=level.number,
    )


def _read_provider(level: Level) -> ProviderStatus:
    trace = first(level.segments, "TRN")
    found = (patient for subscriber in level.below for patient in _read_patients(subscriber))
    return ProviderStatus(
        provider=level.party(),
        patients=tuple(found),
        trace_number=trace.text(2) if trace else "",
        statuses=read_statuses(level.segments),
        segment=level.number,
    )


def _read_patients(subscriber: Level) -> Iterator[PatientStatus]:
    insured = subscriber.party()
    for level, claims in traced_claims(subscriber, "2"):
        yield PatientStatus(
            subscriber=insured,
            dependent=None if level is subscriber else level.party(),
            claims=tuple(_read_claim(claim) for claim in claims),
            segment=level.number,
        )


def _read_claim(block: list[Segment]) -> ClaimStatus:
    head, lines = split_at(block, "SVC")
    dtp = first(head, "DTP", "472")
    return ClaimStatus(
        trace_number=block[0].text(2),
        statuses=read_statuses(head),
        payer_claim_number=value_of(head, "REF", "1K"),
        bill_type=value_of(head, "REF", "BLT"),
        control_number=value_of(head, "REF", "EJ"),
        prescription_number=value_of(head, "REF", "XZ"),
        voucher_number=value_of(head, "REF", "VV"),
        clearinghouse_number=value_of(head, "REF", "D9"),
        references=read_references(head, "1K", "BLT", "EJ", "XZ", "VV", "D9"),
        service=read_period(dtp) if dtp else None,
        lines=tuple(read_line_status(line) for line in lines),
        segment=block[0].number,
    )
