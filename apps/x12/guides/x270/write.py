"""270: one interchange, one group, one transaction."""

from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.guides.parts_write import name_elements, write_party, write_references
from apps.x12.guides.x270.records import MOST_INQUIRIES, EligibilityInquiry, Inquiry, Member
from apps.x12.writer import Writer, at_most

VERSION = "005010X279A1"


def write_270(inquiry: EligibilityInquiry, envelope: Envelope) -> bytes:
    """1 to 99 patients. Raises WriteError, also for a patient without a trace number: its answer would find nobody."""
    at_most(inquiry.inquiries, MOST_INQUIRIES, "patients")
    writer = Writer(envelope)
    writer.open_group("HS", VERSION)
    writer.open_transaction("270", VERSION)
    writer.segment("BHT", "0022", "13", inquiry.reference, inquiry.created_on, inquiry.created_at)
    writer.segment("HL", 1, "", "20", "1")
    write_party(writer, inquiry.source)
    writer.segment("HL", 2, 1, "21", "1")
    write_party(writer, inquiry.receiver)
    number = 3
    for item in inquiry.inquiries:
        number = _write_inquiry(writer, item, number)
    writer.close_transaction()
    return writer.close_group()


def _write_inquiry(writer: Writer, item: Inquiry, number: int) -> int:
    """The next free HL number. The trace stands at the patient's own level (X279 2000C, 2000D)."""
    if not item.trace_number:
        raise WriteError("An inquiry needs its trace number (TRN02).")
    patient = item.dependent or item.subscriber
    writer.segment("HL", number, 2, "22", "1" if item.dependent else "0")
    if item.dependent:
        _write_member(writer, item.subscriber, "IL")
        number += 1
        writer.segment("HL", number, number - 1, "23", "0")
    writer.segment("TRN", "1", item.trace_number, item.trace_originator)
    _write_member(writer, patient, "03" if item.dependent else "IL")
    _write_dates(writer, item)
    for service_type in item.service_types:
        writer.segment("EQ", service_type)
    return number + 1


def _write_member(writer: Writer, member: Member, role: str) -> None:
    names = name_elements(writer, member.last_name, member.first_name, member.middle_name, member.suffix)
    identity = ("MI", member.member_id) if member.member_id else ()
    writer.segment("NM1", role, "1", *names, *identity)
    write_references(writer, member.references)
    if member.birth_date or member.sex:
        writer.segment("DMG", "D8" if member.birth_date else "", member.birth_date, member.sex)


def _write_dates(writer: Writer, item: Inquiry) -> None:
    start, end = item.service_date, item.service_end_date
    if start and end and end != start:
        writer.segment("DTP", "291", "RD8", f"{start:%Y%m%d}-{end:%Y%m%d}")
    elif start:
        writer.segment("DTP", "291", "D8", start)
