"""276: source (20), receiver (21), provider (19), subscriber (22), dependent (23), and at the patient's level its claims."""

from collections.abc import Iterator

from apps.x12.guides.levels import Level, keep_unknown, read_levels, traced_claims
from apps.x12.guides.parts_read import read_period, read_procedure, read_references, required_segment
from apps.x12.guides.x276.records import (
    ClaimInquiry,
    ClaimStatusInquiry,
    Insured,
    LineInquiry,
    PatientInquiry,
    ProviderInquiry,
    ReceiverInquiry,
    SourceInquiry,
)
from apps.x12.segments import Segment, first, split_at, value_of

_KNOWN = frozenset({"BHT", "HL", "NM1", "DMG", "TRN", "REF", "AMT", "DTP", "SVC"})


def read_276(segments: list[Segment]) -> ClaimStatusInquiry:
    """Raises UnreadableError where BHT is missing."""
    keep_unknown(segments, _KNOWN)
    header, blocks = split_at(segments, "HL")
    bht = required_segment(header, "BHT")
    return ClaimStatusInquiry(
        reference=bht.text(3),
        sources=tuple(_read_source(level) for level in read_levels(blocks, "20", "21", "19", "22", "23")),
        created_on=bht.day(4),
        created_at=bht.time_of_day(5),
        segment=segments[0].number,
    )


def _read_source(level: Level) -> SourceInquiry:
    receivers = tuple(_read_receiver(each) for each in level.below)
    return SourceInquiry(source=level.party(), receivers=receivers, segment=level.number)


def _read_receiver(level: Level) -> ReceiverInquiry:
    providers = tuple(_read_provider(each) for each in level.below)
    return ReceiverInquiry(receiver=level.party(), providers=providers, segment=level.number)


def _read_provider(level: Level) -> ProviderInquiry:
    found = (patient for subscriber in level.below for patient in _read_patients(subscriber))
    return ProviderInquiry(provider=level.party(), patients=tuple(found), segment=level.number)


def _read_patients(subscriber: Level) -> Iterator[PatientInquiry]:
    insured = _read_insured(subscriber)
    for level, claims in traced_claims(subscriber, "1"):
        yield PatientInquiry(
            subscriber=insured,
            dependent=None if level is subscriber else _read_insured(level),
            claims=tuple(_read_claim(claim) for claim in claims),
            segment=level.number,
        )


def _read_insured(level: Level) -> Insured:
    dmg = first(level.segments, "DMG")
    return Insured(
        party=level.party(),
        birth_date=dmg.day(2) if dmg else None,
        sex=dmg.text(3) if dmg else "",
        segment=level.number,
    )


def _read_claim(block: list[Segment]) -> ClaimInquiry:
    head, lines = split_at(block, "SVC")
    charge, dtp = first(head, "AMT", "T3"), first(head, "DTP", "472")
    return ClaimInquiry(
        trace_number=block[0].text(2),
        payer_claim_number=value_of(head, "REF", "1K"),
        bill_type=value_of(head, "REF", "BLT"),
        control_number=value_of(head, "REF", "EJ"),
        prescription_number=value_of(head, "REF", "XZ"),
        clearinghouse_number=value_of(head, "REF", "D9"),
        references=read_references(head, "1K", "BLT", "EJ", "XZ", "D9"),
        charge=charge.optional_money(2) if charge else None,
        service=read_period(dtp) if dtp else None,
        lines=tuple(_read_line(line) for line in lines),
        segment=block[0].number,
    )


def _read_line(block: list[Segment]) -> LineInquiry:
    svc, dtp = block[0], first(block, "DTP", "472")
    procedure = read_procedure(svc, 1)
    return LineInquiry(
        charge=svc.optional_money(2),
        procedure=procedure.code,
        modifiers=procedure.modifiers,
        qualifier=procedure.qualifier,
        revenue_code=svc.text(4),
        units=svc.optional_number(7),
        control_number=value_of(block, "REF", "FJ"),
        references=read_references(block, "FJ"),
        service=read_period(dtp) if dtp else None,
        segment=svc.number,
    )
