"""999: one interchange, one group, an ST for each group acknowledged."""

from collections.abc import Sequence

from apps.x12.envelope import Envelope
from apps.x12.errors import WriteError
from apps.x12.guides.x999.records import ElementNote, GroupAcknowledgment, SegmentNote, TransactionAcknowledgment
from apps.x12.writer import Writer

VERSION = "005010X231A1"


def write_999(acknowledgments: Sequence[GroupAcknowledgment], envelope: Envelope) -> bytes:
    """Raises WriteError if there is nothing to write."""
    if not acknowledgments:
        raise WriteError("There is no acknowledgement to write.")
    writer = Writer(envelope)
    writer.open_group("FA", VERSION)
    for group in acknowledgments:
        writer.open_transaction("999", VERSION)
        writer.segment("AK1", group.functional_code, group.group_number, group.version)
        for transaction in group.transactions:
            _write_transaction(writer, transaction)
        writer.segment("AK9", group.status, group.included, group.received, group.accepted_count, *group.error_codes)
        writer.close_transaction()
    return writer.close_group()


def _write_transaction(writer: Writer, transaction: TransactionAcknowledgment) -> None:
    writer.segment("AK2", transaction.code, transaction.control_number, transaction.version)
    for note in transaction.notes:
        _write_note(writer, note)
    writer.segment("IK5", transaction.status, *transaction.error_codes)


def _write_note(writer: Writer, note: SegmentNote) -> None:
    writer.segment("IK3", note.segment_id, note.position, note.loop, note.code)
    for context in note.context:
        _write_context(writer, context)
    if note.claim_control_number:
        writer.segment("CTX", ("CLM01", note.claim_control_number))
    for element in note.elements:
        _write_element(writer, element)


def _write_element(writer: Writer, element: ElementNote) -> None:
    place = (element.position, element.component, element.repetition)
    writer.segment("IK4", place, element.reference, element.code, writer.free(element.bad_value))
    for context in element.context:
        _write_context(writer, context)


def _write_context(writer: Writer, context: str) -> None:
    name, _, value = context.partition(":")
    writer.segment("CTX", (name, value))
