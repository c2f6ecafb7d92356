"""270: one interchange, one group, one transaction."""

from itertools import groupby

from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.guides.eligibility import Trace
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
    write_amounts,
    write_party,
    write_period,
    write_references,
)
from apps.x12.guides.x270.records import MOST_INQUIRIES, BenefitAsked, EligibilityInquiry, FurtherInquiries, Inquiry
from apps.x12.values import write_range
from apps.x12.writer import Writer, at_most

VERSION = "005010X279A1"


def write_270(inquiry: EligibilityInquiry, envelope: Envelope) -> bytes:
    """1 to 99 patients. Raises WriteError, also for a patient without a trace number: its answer would find nobody."""
    patients = [patient for item in inquiry.asked for patient in item.inquiries]
    at_most(patients, MOST_INQUIRIES, "patients")
    writer = Writer(envelope)
    writer.open_group("HS", VERSION)
    writer.open_transaction("270", VERSION)
    writer.segment("BHT", "0022", "13", inquiry.reference, inquiry.created_on, inquiry.created_at)
    levels = LevelWriter(writer)
    for source, asked in groupby(inquiry.asked, key=lambda item: item.source):
        top = levels.open(None, "20", has_children=True)
        write_party(writer, source)
        for item in asked:
            _write_asked(levels, top, item)
    writer.close_transaction()
    return writer.close_group()


def _write_asked(levels: LevelWriter, parent: int, asked: EligibilityInquiry | FurtherInquiries) -> None:
    writer = levels.writer
    own = levels.open(parent, "21", has_children=bool(asked.inquiries))
    write_party(writer, asked.receiver)
    write_references(writer, asked.receiver_references)
    write_address(writer, asked.receiver_address)
    write_provider(writer, asked.receiver_information)
    for item in asked.inquiries:
        _write_inquiry(levels, own, item)


def _write_inquiry(levels: LevelWriter, parent: int, item: Inquiry) -> None:
    """The trace stands at the patient's own level (X279 2000C, 2000D)."""
    if not item.trace_number:
        raise WriteError("An inquiry needs its trace number (TRN02).")
    writer = levels.writer
    own = levels.open(parent, "22", has_children=item.dependent is not None)
    if item.dependent:
        write_identity(writer, item.subscriber, "IL")
        write_details(writer, item.subscriber)
        levels.open(own, "23", has_children=False)
    write_traces(writer, (Trace(item.trace_number, item.trace_originator, "1", item.trace_division), *item.more_traces))
    patient = item.dependent or item.subscriber
    write_identity(writer, patient, "03" if item.dependent else "IL")
    write_details(writer, patient)
    _write_dates(writer, item)
    for service_type in item.service_types:
        writer.segment("EQ", service_type)
    for benefit in item.benefits:
        _write_benefit(writer, benefit)


def _write_benefit(writer: Writer, benefit: BenefitAsked) -> None:
    procedure = procedure_element("EQ02", benefit.procedure_qualifier, benefit.procedure, benefit.modifiers)
    writer.segment(
        "EQ",
        list(benefit.service_types),
        procedure,
        benefit.coverage_level,
        benefit.insurance_type,
        benefit.diagnosis_pointers,
    )
    write_amounts(writer, benefit.amounts)
    write_additional(writer, benefit.additional)
    write_references(writer, benefit.references)
    for period in benefit.dates:
        write_period(writer, period)


def _write_dates(writer: Writer, item: Inquiry) -> None:
    start, end = item.service_date, item.service_end_date
    if start and end and end != start:
        writer.segment("DTP", "291", "RD8", write_range(start, end))
    elif start:
        writer.segment("DTP", "291", "D8", start)
