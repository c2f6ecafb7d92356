"""Loops 2110 (EB) and 2120 (who else is named), and AAA."""

from apps.x12.guides.eligibility_read import read_additional, read_pointers, read_provider
from apps.x12.guides.parts_read import (
    read_address,
    read_contacts,
    read_party,
    read_periods,
    read_procedure,
    read_references,
)
from apps.x12.guides.x271.records import Benefit, Delivery, Rejection, RelatedEntity
from apps.x12.segments import Segment, each, first, split_at


def read_rejections(segments: list[Segment]) -> tuple[Rejection, ...]:
    return tuple(
        Rejection(reason=aaa.text(3), follow_up=aaa.text(4), valid=aaa.text(1) == "Y", segment=aaa.number)
        for aaa in each(segments, "AAA")
    )


def read_benefit(block: list[Segment]) -> Benefit:
    head, entities = split_at(block, "NM1")
    for frame in ("LS", "LE"):  # around the entities; they say nothing
        first(block, frame)
    eb = block[0]
    procedure = read_procedure(eb, 13)
    if procedure.description:
        eb.source.notes.keep_silently(eb)
    return Benefit(
        code=eb.text(1),
        coverage_level=eb.text(2),
        service_types=eb.repetitions(3),
        insurance_type=eb.text(4),
        plan=eb.text(5),
        period=eb.text(6),
        amount=eb.optional_money(7),
        percent=eb.optional_number(8),
        quantity_qualifier=eb.text(9),
        quantity=eb.optional_number(10),
        authorization_required=eb.text(11),
        network=eb.text(12),
        procedure=procedure.code,
        modifiers=procedure.modifiers,
        procedure_qualifier=procedure.qualifier,
        procedure_end=eb.components(13, 8)[7],
        diagnosis_pointers=read_pointers(eb, 14),
        deliveries=tuple(_read_delivery(hsd) for hsd in each(head, "HSD")),
        additional=read_additional(head),
        dates=read_periods(head),
        messages=tuple(msg.text(1) for msg in each(head, "MSG")),
        references=read_references(head),
        entities=tuple(_read_entity(entity) for entity in entities),
        rejections=read_rejections(head),
        segment=eb.number,
    )


def _read_delivery(hsd: Segment) -> Delivery:
    return Delivery(
        quantity_qualifier=hsd.text(1),
        quantity=hsd.optional_number(2),
        unit=hsd.text(3),
        per=hsd.optional_number(4),
        period=hsd.text(5),
        periods=hsd.optional_number(6),
        frequency=hsd.text(7),
        pattern=hsd.text(8),
        segment=hsd.number,
    )


def _read_entity(block: list[Segment]) -> RelatedEntity:
    return RelatedEntity(
        party=read_party(block[0]),
        address=read_address(block),
        contacts=read_contacts(block),
        information=read_provider(block),
        segment=block[0].number,
    )
