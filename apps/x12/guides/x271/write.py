"""271: one interchange, one group, one transaction."""

from collections.abc import Sequence

from apps.x12.envelope import Envelope
from apps.x12.guides.eligibility_write import (
    write_additional,
    write_details,
    write_identity,
    write_provider,
    write_traces,
)
from apps.x12.guides.levels import LevelWriter
from apps.x12.guides.parts_write import (
    procedure_element,
    write_address,
    write_contact,
    write_party,
    write_period,
    write_references,
)
from apps.x12.guides.x271.records import (
    Answer,
    Answers,
    Benefit,
    EligibilityResponse,
    FurtherAnswers,
    Rejection,
    RelatedEntity,
)
from apps.x12.writer import Writer

VERSION = "005010X279A1"


def write_271(response: EligibilityResponse, envelope: Envelope) -> bytes:
    """Raises WriteError if a value cannot be carried."""
    writer = Writer(envelope)
    writer.open_group("HB", VERSION)
    writer.open_transaction("271", VERSION)
    writer.segment("BHT", "0022", "11", response.reference, response.created_on, response.created_at)
    levels = LevelWriter(writer)
    for payer in response.payers:
        _write_source(levels, payer)
    writer.close_transaction()
    return writer.close_group()


def _write_source(levels: LevelWriter, response: EligibilityResponse | FurtherAnswers) -> None:
    top = levels.open(None, "20", has_children=bool(response.receivers))
    write_party(levels.writer, response.source)
    for contact in response.contacts:
        write_contact(levels.writer, contact)
    _write_rejections(levels.writer, response.rejections)
    for part in response.receivers:
        _write_receiver(levels, top, part)


def _write_receiver(levels: LevelWriter, parent: int, part: Answers) -> None:
    own = levels.open(parent, "21", has_children=bool(part.answers))
    write_party(levels.writer, part.receiver)
    write_references(levels.writer, part.references)
    write_address(levels.writer, part.address)
    _write_rejections(levels.writer, part.rejections)
    write_provider(levels.writer, part.information)
    for answer in part.answers:
        _write_answer(levels, own, answer)


def _write_answer(levels: LevelWriter, parent: int, answer: Answer) -> None:
    """A subscriber's level, and below it the dependent's, at which then everything stands."""
    writer = levels.writer
    own = levels.open(parent, "22", has_children=answer.dependent is not None)
    if answer.dependent:
        write_identity(writer, answer.subscriber, "IL")
        write_details(writer, answer.subscriber)
        levels.open(own, "23", has_children=False)
    write_traces(writer, answer.traces)
    write_identity(writer, answer.patient, "03" if answer.dependent else "IL")
    _write_rejections(writer, answer.rejections)
    write_details(writer, answer.patient)
    for benefit in answer.benefits:
        _write_benefit(writer, benefit)


def _write_rejections(writer: Writer, rejections: Sequence[Rejection]) -> None:
    for rejection in rejections:
        writer.segment("AAA", "Y" if rejection.valid else "N", "", rejection.reason, rejection.follow_up)


def _write_benefit(writer: Writer, benefit: Benefit) -> None:
    writer.segment(
        "EB",
        benefit.code,
        benefit.coverage_level,
        list(benefit.service_types),
        benefit.insurance_type,
        writer.free(benefit.plan),
        benefit.period,
        benefit.amount,
        benefit.percent,
        benefit.quantity_qualifier,
        benefit.quantity,
        benefit.authorization_required,
        benefit.network,
        _procedure(benefit),
        benefit.diagnosis_pointers,
    )
    for item in benefit.deliveries:
        writer.segment(
            "HSD",
            item.quantity_qualifier,
            item.quantity,
            item.unit,
            item.per,
            item.period,
            item.periods,
            item.frequency,
            item.pattern,
        )
    write_references(writer, benefit.references)
    for period in benefit.dates:
        write_period(writer, period)
    _write_rejections(writer, benefit.rejections)
    for message in benefit.messages:
        writer.segment("MSG", writer.free(message))
    write_additional(writer, benefit.additional)
    if benefit.entities:
        writer.segment("LS", "2120")
        for entity in benefit.entities:
            _write_entity(writer, entity)
        writer.segment("LE", "2120")


def _procedure(benefit: Benefit) -> tuple[str, ...]:
    """EB13: a range ends in its eighth part."""
    return procedure_element(
        "EB13", benefit.procedure_qualifier, benefit.procedure, benefit.modifiers, "", benefit.procedure_end
    )


def _write_entity(writer: Writer, entity: RelatedEntity) -> None:
    write_party(writer, entity.party)
    write_address(writer, entity.address)
    for contact in entity.contacts:
        write_contact(writer, contact)
    write_provider(writer, entity.information)
