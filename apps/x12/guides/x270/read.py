"""270: source (20), receiver (21), subscriber (22), dependent (23)."""

from collections.abc import Iterator
from dataclasses import replace

from apps.x12.guides.eligibility import CoveredPerson, Trace
from apps.x12.guides.eligibility_read import (
    read_additional,
    read_person,
    read_pointers,
    read_provider,
    read_sources,
    read_traces,
)
from apps.x12.guides.levels import Level, keep_unknown, patient_levels
from apps.x12.guides.parts import Amount
from apps.x12.guides.parts_read import (
    read_address,
    read_periods,
    read_procedure,
    read_references,
    required_segment,
)
from apps.x12.guides.x270.records import BenefitAsked, EligibilityInquiry, FurtherInquiries, Inquiry
from apps.x12.segments import Segment, each, first, split_at

_PERSON = ("NM1", "REF", "N3", "N4", "PRV", "DMG", "INS", "HI", "DTP")
_KNOWN = frozenset({"BHT", "HL", "TRN", *_PERSON, "EQ", "AMT", "III"})


def read_270(segments: list[Segment]) -> EligibilityInquiry:
    """Raises UnreadableError where BHT is missing."""
    keep_unknown(segments, _KNOWN)
    header, blocks = split_at(segments, "HL")
    bht = required_segment(header, "BHT")
    first_asked, *others = [
        _read_asked(source, receiver) for source in read_sources(blocks) for receiver in source.below or [Level()]
    ]
    return EligibilityInquiry(
        reference=bht.text(3),
        source=first_asked.source,
        receiver=first_asked.receiver,
        receiver_references=first_asked.receiver_references,
        receiver_address=first_asked.receiver_address,
        receiver_information=first_asked.receiver_information,
        inquiries=first_asked.inquiries,
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        others=tuple(others),
        segment=segments[0].number,
    )


def _read_asked(source: Level, receiver: Level) -> FurtherInquiries:
    return FurtherInquiries(
        source=source.party(),
        receiver=receiver.party(),
        receiver_references=read_references(receiver.segments),
        receiver_address=read_address(receiver.segments),
        receiver_information=read_provider(receiver.segments),
        inquiries=tuple(inquiry for level in receiver.below for inquiry in _read_inquiries(level)),
        segment=receiver.number or source.number,
    )


def _read_inquiries(subscriber: Level) -> Iterator[Inquiry]:
    insured = _read_member(subscriber.segments)
    for level in patient_levels(subscriber, "EQ"):
        inquiry = _read_inquiry(level.segments, insured)
        if level is subscriber:
            yield inquiry
        else:
            yield replace(inquiry, dependent=_read_member(level.segments))


def _read_member(block: list[Segment]) -> CoveredPerson:
    """The dates that are asked about (DTP*291) are the inquiry's."""
    head, _ = split_at(block, "EQ")
    return read_person([segment for segment in head if (segment.id, segment.text(1)) != ("DTP", "291")])


def _read_inquiry(block: list[Segment], subscriber: CoveredPerson) -> Inquiry:
    head, asked = split_at(block, "EQ")
    trace, *more = read_traces(head) or (Trace(""),)
    dtp = first(head, "DTP", "291")
    start, end = dtp.period(2, 3) if dtp else (None, None)
    plain = [eq for eq in asked if _is_plain(eq)]
    return Inquiry(
        subscriber=subscriber,
        trace_number=trace.number,
        trace_originator=trace.originator,
        trace_division=trace.division,
        more_traces=tuple(more),
        service_date=start,
        service_end_date=end if end != start else None,
        service_types=tuple(code for eq in plain for code in eq[0].repetitions(1)),
        benefits=tuple(_read_benefit(eq) for eq in asked if not _is_plain(eq)),
        segment=block[0].number,
    )


def _is_plain(block: list[Segment]) -> bool:
    return len(block) == 1 and not block[0].texts(2)


def _read_benefit(block: list[Segment]) -> BenefitAsked:
    eq = block[0]
    procedure = read_procedure(eq, 2)
    amounts = ((amt, amt.optional_money(2)) for amt in each(block, "AMT"))
    return BenefitAsked(
        service_types=eq.repetitions(1),
        procedure=procedure.code,
        modifiers=procedure.modifiers,
        procedure_qualifier=procedure.qualifier,
        coverage_level=eq.text(3),
        insurance_type=eq.text(4),
        diagnosis_pointers=read_pointers(eq, 5),
        amounts=tuple(Amount(amt.text(1), money, amt.number) for amt, money in amounts if money is not None),
        additional=read_additional(block),
        references=read_references(block),
        dates=read_periods(block),
        segment=eq.number,
    )
