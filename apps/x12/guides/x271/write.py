"""271: one interchange, one group, one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.x12.envelope import Envelope
from apps.x12.guides.parts_write import (
    name_elements,
    write_address,
    write_contact,
    write_party,
    write_period,
    write_references,
)
from apps.x12.guides.x271.records import Answer, Benefit, CoveredPerson, EligibilityResponse, Rejection, RelatedEntity
from apps.x12.writer import Writer

VERSION = "005010X279A1"


def write_271(response: EligibilityResponse, envelope: Envelope) -> bytes:
    """Raises WriteError if a value cannot be carried."""
    writer = Writer(envelope)
    writer.open_group("HB", VERSION)
    writer.open_transaction("271", VERSION)
    writer.segment("BHT", "0022", "11", response.reference, response.created_on, response.created_at)
    _Levels(writer).write(response)
    writer.close_transaction()
    return writer.close_group()


@dataclass(slots=True)
class _Levels:
    writer: Writer
    number: int = 0

    def write(self, response: EligibilityResponse) -> None:
        writer = self.writer
        top = self._level("", "20", has_children=bool(response.receivers))
        write_party(writer, response.source)
        _write_rejections(writer, response.rejections)
        for part in response.receivers:
            own = self._level(top, "21", has_children=bool(part.answers))
            write_party(writer, part.receiver)
            _write_rejections(writer, part.rejections)
            for answer in part.answers:
                self._answer(own, answer)

    def _level(self, parent: int | str, code: str, *, has_children: bool) -> int:
        self.number += 1
        self.writer.segment("HL", self.number, parent, code, "1" if has_children else "0")
        return self.number

    def _answer(self, parent: int, answer: Answer) -> None:
        """A subscriber's level, and below it the dependent's, at which then everything stands."""
        own = self._level(parent, "22", has_children=answer.dependent is not None)
        if answer.dependent:
            _write_person(self.writer, answer.subscriber, "IL", ())
            self._level(own, "23", has_children=False)
        for trace in answer.traces:
            self.writer.segment("TRN", trace.kind, trace.number, trace.originator)
        _write_person(self.writer, answer.patient, "03" if answer.dependent else "IL", answer.rejections)
        for benefit in answer.benefits:
            _write_benefit(self.writer, benefit)


def _write_person(writer: Writer, person: CoveredPerson, role: str, rejections: Sequence[Rejection]) -> None:
    names = name_elements(writer, person.last_name, person.first_name, person.middle_name, person.suffix)
    identity = ("MI", person.member_id) if person.member_id else ()
    writer.segment("NM1", role, "1", *names, *identity)
    write_references(writer, person.references)
    write_address(writer, person.address)
    _write_rejections(writer, rejections)
    if person.birth_date or person.sex:
        writer.segment("DMG", "D8" if person.birth_date else "", person.birth_date, person.sex)
    if person.relationship:
        writer.segment("INS", "Y" if person.relationship == "18" else "N", person.relationship)
    for period in person.dates:
        write_period(writer, period)


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
        (benefit.procedure_qualifier, benefit.procedure, *benefit.modifiers),
    )
    write_references(writer, benefit.references)
    for period in benefit.dates:
        write_period(writer, period)
    _write_rejections(writer, benefit.rejections)
    for message in benefit.messages:
        writer.segment("MSG", writer.free(message))
    if benefit.entities:
        writer.segment("LS", "2120")
        for entity in benefit.entities:
            _write_entity(writer, entity)
        writer.segment("LE", "2120")


def _write_entity(writer: Writer, entity: RelatedEntity) -> None:
    write_party(writer, entity.party)
    write_address(writer, entity.address)
    for contact in entity.contacts:
        write_contact(writer, contact)
    if entity.taxonomy:
        writer.segment("PRV", "PC", "PXC", entity.taxonomy)
