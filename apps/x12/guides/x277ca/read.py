"""277CA: information source (20), receiver (21), billing provider (19), patient (PT), each with what is said of it."""

from apps.x12.errors import ErrorKind
from apps.x12.guides.levels import Level, keep_unknown, read_levels
from apps.x12.guides.parts import Party
from apps.x12.guides.parts_read import read_period, read_references, required_segment
from apps.x12.guides.statuses import read_line_status, read_statuses
from apps.x12.guides.x277ca.records import ClaimAcknowledgment, ClaimStatus, ProviderStatus, ReceiverStatus, Totals
from apps.x12.segments import Segment, first, split_at, value_of

_KNOWN = frozenset({"BHT", "HL", "NM1", "TRN", "DTP", "STC", "QTY", "AMT", "REF", "SVC"})


def read_277ca(segments: list[Segment]) -> ClaimAcknowledgment:
    """Raises UnreadableError where BHT is missing."""
    keep_unknown(segments, _KNOWN)
    header, blocks = split_at(segments, "HL")
    bht = required_segment(header, "BHT")
    sources = read_levels(blocks, "20", "21", "19", "PT")
    source = sources[0] if sources else Level()
    if not source.segments:
        header[0].note_segment(ErrorKind.MISSING_SEGMENT, "The information source is missing.", "HL level 20")
    received, processed = first(source.segments, "DTP", "050"), first(source.segments, "DTP", "009")
    return ClaimAcknowledgment(
        reference=bht.text(3),
        source=source.party(),
        receivers=tuple(_read_receiver(level) for each in sources for level in each.below),
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        trace_number=value_of(source.segments, "TRN", "1"),
        received_on=received.period(2, 3)[0] if received else None,
        processed_on=processed.period(2, 3)[0] if processed else None,
        segment=segments[0].number,
    )


def _read_receiver(level: Level) -> ReceiverStatus:
    return ReceiverStatus(
        receiver=level.party(),
        batch_reference=value_of(level.segments, "TRN", "2"),
        statuses=read_statuses(level.segments),
        providers=tuple(_read_provider(each) for each in level.below),
        totals=_read_totals(level.segments, "90", "AA"),
        segment=level.number,
    )


def _read_provider(level: Level) -> ProviderStatus:
    trace = first(level.segments, "TRN")
    return ProviderStatus(
        provider=level.party(),
        claims=tuple(claim for patient in level.below for claim in _read_claims(patient)),
        trace_number=trace.text(2) if trace else "",
        statuses=read_statuses(level.segments),
        references=read_references(level.segments),
        totals=_read_totals(level.segments, "QA", "QC"),
        segment=level.number,
    )


def _read_totals(block: list[Segment], accepted: str, rejected: str) -> Totals:
    """X214: QTY 90 and AA at the receiver's level, QA and QC at the provider's; AMT YU accepted, YY rejected at both."""
    accepted_count, rejected_count = first(block, "QTY", accepted), first(block, "QTY", rejected)
    accepted_charge, rejected_charge = first(block, "AMT", "YU"), first(block, "AMT", "YY")
    found = filter(None, (accepted_count, rejected_count, accepted_charge, rejected_charge))
    return Totals(
        accepted=accepted_count.count(2) if accepted_count else None,
        rejected=rejected_count.count(2) if rejected_count else None,
        accepted_charge=accepted_charge.optional_money(2) if accepted_charge else None,
        rejected_charge=rejected_charge.optional_money(2) if rejected_charge else None,
        segment=min((segment.number for segment in found), default=0),
    )


def _read_claims(level: Level) -> list[ClaimStatus]:
    """A patient may have several claims: each begins with its TRN."""
    _, claims = split_at(level.segments, "TRN")
    patient = level.party()
    if not claims:
        level.segments[0].note_segment(ErrorKind.MISSING_SEGMENT, "A patient without a claim's trace.", "TRN*2")
    return [_read_claim(claim, patient) for claim in claims]


def _read_claim(block: list[Segment], patient: Party) -> ClaimStatus:
    head, lines = split_at(block, "SVC")
    dtp = first(head, "DTP", "472")
    return ClaimStatus(
        control_number=block[0].text(2),
        statuses=read_statuses(head),
        patient=patient,
        payer_claim_number=value_of(head, "REF", "1K"),
        clearinghouse_number=value_of(head, "REF", "D9"),
        references=read_references(head, "1K", "D9"),
        service=read_period(dtp) if dtp else None,
        lines=tuple(read_line_status(line) for line in lines),
        segment=block[0].number,
    )
